/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/lrs-read.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/lrs-request.h"
#include "sync/district/media.h"
#include "sync/district/reply-parts.h"
#include "sync/wire/multipart.h"
#include "sync/xapi/format.h"
#include "sync/xapi/stored.h"

/* Statements as an answer has them: in the format that was asked for, and
 * with their attachments. */

typedef struct {
	char sha2[128 + 1];
	char sha256[ID_SHA256 + 1];
	char type[256];
	int64_t size;
} Attached;

struct LrsAnswer {
	Archive *archive; /* borrowed */
	Media *media;     /* borrowed */
	ArchiveDistrict district;
	XapiFormat format;
	XapiLanguages *languages; /* owned */
	bool attachments;
	GArray *attached; /* owned: Attached */
	char *definition; /* owned: the last one given */
};

LrsAnswer *
lrs_answer_new(Archive *archive, Media *media, const XapiQuery *query,
	       const char *languages, GError **error)
{
	g_autoptr(LrsAnswer) answer = g_new0(LrsAnswer, 1);

	answer->archive = archive;
	answer->media = media;
	answer->format = query->format;
	answer->attachments = query->attachments;
	answer->languages = xapi_languages_read(languages);
	answer->attached = g_array_new(FALSE, FALSE, sizeof(Attached));
	if (!archive_get_district(archive, &answer->district, error))
		return NULL;
	return g_steal_pointer(&answer);
}

void
lrs_answer_free(LrsAnswer *answer)
{
	if (answer == NULL)
		return;

	xapi_languages_free(answer->languages);
	g_array_unref(answer->attached);
	g_free(answer->definition);
	g_free(answer);
}

/* --- one statement --- */

static const char *
find_definition(void *self, const char *activity)
{
	LrsAnswer *answer = self;

	g_free(answer->definition);
	answer->definition =
		archive_get_definition(answer->archive, activity, NULL);
	return answer->definition;
}

/* A kiosk's is kept as it came: what the LRS says of it is added here. */
static GBytes *
complete(const LrsAnswer *answer, const ArchiveStatement *from, GError **error)
{
	char stored[LRS_STAMP_SIZE + 1] = "";
	GString *text = g_string_new(NULL);
	g_autofree char *authority = NULL;
	g_autoptr(Tape) tape = NULL;
	XapiStatement statement;
	size_t size;
	const char *bytes = g_bytes_get_data(from->body, &size);

	if (from->tool != 0)
		return g_string_free(text, TRUE), g_bytes_ref(from->body);
	tape = tape_read(bytes, size, error);
	if (tape == NULL) {
		g_string_free(text, TRUE);
		return NULL;
	}
	lrs_stamp(from->stored, stored);
	authority =
		lrs_authority(&answer->district, from->kiosk, from->kiosk_name);
	statement = xapi_statement_on(tape);
	xapi_stored(text, &statement,
		    &(XapiLrs){ from->id, stored, authority, false });
	return g_string_free_to_bytes(text);
}

static bool
is_attached(const LrsAnswer *answer, const char *sha2)
{
	for (guint i = 0; i < answer->attached->len; i++)
		if (g_str_equal(g_array_index(answer->attached, Attached, i)
					.sha2,
				sha2))
			return true;
	return false;
}

/* Each once, and only what we hold. */
static bool
attach(LrsAnswer *answer, const XapiStatement *statement, GError **error)
{
	XapiAttachment of;

	for (size_t i = 0; xapi_statement_attachment(statement, i, &of); i++) {
		Attached attached = { .size = 0 };

		if (is_attached(answer, of.sha2))
			continue;
		if (!archive_find_sha2(answer->archive, of.sha2,
				       attached.sha256, &attached.size, error))
			return false;
		if (attached.sha256[0] == '\0')
			continue;
		g_strlcpy(attached.sha2, of.sha2, sizeof(attached.sha2));
		if (of.content_type->size < sizeof(attached.type))
			memcpy(attached.type, of.content_type->text,
			       of.content_type->size);
		g_array_append_val(answer->attached, attached);
	}
	return true;
}

bool
lrs_answer_add(LrsAnswer *answer, GString *out, const ArchiveStatement *from,
	       GError **error)
{
	const XapiCanon canon = { find_definition, NULL, answer };
	g_autoptr(GBytes) exact = complete(answer, from, error);
	g_autoptr(Tape) tape = NULL;
	XapiStatement statement;
	const char *bytes;
	size_t size;

	if (exact == NULL)
		return false;
	bytes = g_bytes_get_data(exact, &size);
	if (answer->format == XAPI_FORMAT_EXACT && !answer->attachments) {
		g_string_append_len(out, bytes, (gssize)size);
		return true;
	}
	tape = tape_read(bytes, size, error);
	if (tape == NULL)
		return false;
	statement = xapi_statement_on(tape);
	if (answer->attachments && !attach(answer, &statement, error))
		return false;
	switch (answer->format) {
	case XAPI_FORMAT_EXACT:
		g_string_append_len(out, bytes, (gssize)size);
		break;
	case XAPI_FORMAT_IDS:
		xapi_format_ids(out, &statement);
		break;
	case XAPI_FORMAT_CANONICAL:
		xapi_format_canonical(out, &statement, &canon,
				      answer->languages);
		break;
	}
	return true;
}

/* --- the whole --- */

static void
add_text(GPtrArray *parts, GString **text)
{
	g_autoptr(GBytes) bytes = g_string_free_to_bytes(*text);

	reply_parts_add_bytes(parts, bytes);
	*text = g_string_new(NULL);
}

static void
print_head(GString *out, const char *boundary, const Attached *of)
{
	g_string_append_printf(out,
			       "\r\n--%s\r\nContent-Type: %s\r\n"
			       "Content-Transfer-Encoding: binary\r\n"
			       "X-Experience-API-Hash: %s\r\n\r\n",
			       boundary,
			       of->type[0] != '\0' ? of->type
						   : "application/octet-stream",
			       of->sha2);
}

/* A medium that was lost must not keep its statement, and all that are listed
 * with it, from whoever asks. */
static bool
leave_out_lost(LrsAnswer *answer, GError **error)
{
	for (guint i = answer->attached->len; i > 0; i--) {
		const Attached *of =
			&g_array_index(answer->attached, Attached, i - 1);
		int64_t size;

		if (!media_find(answer->media, of->sha256, &size, error))
			return false;
		if (size == of->size)
			continue;
		g_warning("an attachment is lost, and left out of an answer: "
			  "cairn-district check names it");
		g_array_remove_index(answer->attached, i - 1);
	}
	return true;
}

/* The statement is there: that its attachment is not is no 404. */
static void
fail_parts(Exchange *exchange, const GError *error)
{
	g_autoptr(GError) lost = NULL;

	if (!g_error_matches(error, FAULT, FAULT_NOT_FOUND)) {
		lrs_fail(exchange, error);
		return;
	}
	lost = g_error_new(FAULT, FAULT_DAMAGED, "an attachment is lost: %s",
			   error->message);
	lrs_fail(exchange, lost);
}

static GPtrArray *
make_parts(const LrsAnswer *answer, const GString *json, char **type)
{
	GPtrArray *parts = reply_parts_new();
	char boundary[MULTIPART_BOUNDARY_MAX + 1];
	GString *text = g_string_new(NULL);

	multipart_new_boundary(boundary);
	*type = g_strconcat("multipart/mixed; boundary=", boundary, NULL);
	g_string_append_printf(text,
			       "--%s\r\nContent-Type: application/json\r\n\r\n",
			       boundary);
	g_string_append_len(text, json->str, (gssize)json->len);
	for (guint i = 0; i < answer->attached->len; i++) {
		const Attached *of =
			&g_array_index(answer->attached, Attached, i);

		print_head(text, boundary, of);
		add_text(parts, &text);
		reply_parts_add_medium(parts, answer->media, of->sha256,
				       of->size);
	}
	multipart_print_end(text, boundary);
	add_text(parts, &text);
	g_string_free(text, TRUE);
	return parts;
}

static void
reply_multipart(LrsAnswer *answer, Exchange *exchange, const GString *json)
{
	g_autofree char *type = NULL;
	g_autoptr(GPtrArray) parts = NULL;
	g_autoptr(GError) error = NULL;

	if (!leave_out_lost(answer, &error)) {
		lrs_fail(exchange, error);
		return;
	}
	parts = make_parts(answer, json, &type);
	if (!reply_parts_begin(parts, &error)) {
		fail_parts(exchange, error);
		return;
	}
	reply_header(exchange, "Content-Type", type);
	reply_parts(exchange, 200, g_steal_pointer(&parts));
}

void
lrs_answer_send(LrsAnswer *answer, Exchange *exchange, GString *json)
{
	g_autoptr(GBytes) bytes = NULL;

	if (answer->attachments) {
		reply_multipart(answer, exchange, json);
		g_string_free(json, TRUE);
		return;
	}
	bytes = g_string_free_to_bytes(json);
	reply_bytes(exchange, 200, "application/json", bytes);
}
