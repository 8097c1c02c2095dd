/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "wire"

#include "sync/wire/statement.h"

#include <string.h>

#include "app/base/json.h"
#include "sync/wire/statement-private.h"

/*
 * Printed by hand, in one fixed order: the same record gives the same bytes
 * for ever, whatever a JSON library thinks, and at twenty times its speed.
 */

#define ACTIVITY_TYPES_TLA "https://w3id.org/xapi/tla/activity-types/"
#define TYPE_FRAMEWORK     ACTIVITY_TYPES_TLA "competency-framework"
#define TYPE_COMPETENCY    ACTIVITY_TYPES_TLA "competency"
#define TYPE_PROMPT        "http://id.tincanapi.com/activitytype/school-assignment"
#define TYPE_PERFORMANCE   "http://adlnet.gov/expapi/activities/performance"
#define VERB_SUBMIT        "http://activitystrea.ms/submit"
#define USAGE_MEDIA        "http://id.tincanapi.com/attachment/supporting_media"
#define CASE_PATH          "/ims/case/v1p1/"

/* --- texts and numbers --- */

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

static void
print_text(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	while (*text != '\0') {
		size_t n = 0;

		while (text[n] != '\0' && is_plain((unsigned char)text[n]))
			n++;
		g_string_append_len(out, text, (gssize)n);
		text += n;
		if (*text == '"' || *text == '\\')
			g_string_append_printf(out, "\\%c", *text++);
		else if (*text != '\0')
			g_string_append_printf(out, "\\u%04x",
					       (unsigned)*text++);
	}
	g_string_append_c(out, '"');
}

/* Three decimals, rounded half up: no binary fraction comes near it. */
static void
print_thousandths(GString *out, int part, int whole)
{
	int thousandths = (2000 * part + whole) / (2 * whole);

	g_string_append_printf(out, "%d.%03d", thousandths / 1000,
			       thousandths % 1000);
}

/* --- the parts of a statement --- */

static void
print_actor(GString *out, const Evidence *e, const char *base)
{
	bool known = e->learner[0] != '\0';

	g_string_append_printf(out,
			       ",\"actor\":{\"objectType\":\"Agent\","
			       "\"account\":{\"homePage\":\"%s/%s\","
			       "\"name\":\"%s\"}}",
			       base, known ? "learner" : "badge",
			       known ? e->learner : e->badge);
}

static void
print_object(GString *out, const Evidence *e, const char *base)
{
	g_string_append_printf(out,
			       ",\"verb\":{\"id\":\"" VERB_SUBMIT "\","
			       "\"display\":{\"en\":\"submitted\"}},"
			       "\"object\":{\"objectType\":\"Activity\","
			       "\"id\":\"%s" STATEMENT_EVIDENCE "%s\","
			       "\"definition\":{\"type\":\"" TYPE_PERFORMANCE
			       "\"}}",
			       base, e->id);
}

/* xAPI wants min below max; a scale of one level has neither. */
static void
print_score(GString *out, const Evidence *e)
{
	g_string_append_printf(out, "\"score\":{\"raw\":%d,", e->level);
	if (e->levels > 1)
		g_string_append_printf(out, "\"min\":1,\"max\":%d,", e->levels);
	g_string_append(out, "\"scaled\":");
	print_thousandths(out, e->levels > 1 ? e->level - 1 : 1,
			  e->levels > 1 ? e->levels - 1 : 1);
	g_string_append_c(out, '}');
}

static const char *
find_response(const Evidence *e)
{
	for (size_t i = 0; i < e->n_pieces; i++)
		if (!piece_is_media(&e->pieces[i]))
			return e->pieces[i].text;
	return NULL;
}

static void
print_result(GString *out, const Evidence *e)
{
	const char *response = find_response(e);

	if (e->level == 0 && response == NULL)
		return;
	g_string_append(out, ",\"result\":{");
	if (e->level > 0)
		print_score(out, e);
	if (e->level > 0 && response != NULL)
		g_string_append_c(out, ',');
	if (response != NULL) {
		g_string_append(out, "\"response\":");
		print_text(out, response);
	}
	g_string_append_c(out, '}');
}

static void
print_activities(GString *out, const Evidence *e, const char *base)
{
	g_string_append_printf(out,
			       "\"contextActivities\":{\"parent\":["
			       "{\"objectType\":\"Activity\","
			       "\"id\":\"%s/prompt/%s\","
			       "\"definition\":{\"type\":\"" TYPE_PROMPT "\"}}",
			       base, e->prompt);
	g_string_append_printf(out,
			       "],\"grouping\":[{\"objectType\":\"Activity\","
			       "\"id\":\"%s" CASE_PATH "CFDocuments/%s\","
			       "\"definition\":{\"type\":\"" TYPE_FRAMEWORK
			       "\"}}",
			       base, e->portrait);
	g_string_append_printf(out,
			       "],\"other\":[{\"objectType\":\"Activity\","
			       "\"id\":\"%s" CASE_PATH "CFItems/%s\","
			       "\"definition\":{\"type\":\"" TYPE_COMPETENCY
			       "\"}}]}",
			       base, e->statement);
}

static void
print_context(GString *out, const Evidence *e, const ShownTime *shown,
	      const char *base)
{
	g_autoptr(GBytes) record = evidence_format(e);
	size_t size;
	const char *bytes = g_bytes_get_data(record, &size);

	g_string_append(out, ",\"context\":{\"platform\":\"cairn\","
			     "\"language\":");
	print_text(out, e->language);
	g_string_append_c(out, ',');
	print_activities(out, e, base);
	g_string_append_printf(out,
			       ",\"extensions\":{\"" STATEMENT_SHOWN "\":"
			       "{\"us\":%" G_GINT64_FORMAT
			       ",\"about_us\":%" G_GINT64_FORMAT
			       "},\"" STATEMENT_RECORD "\":",
			       (gint64)shown->wall.us, (gint64)shown->about_us);
	g_string_append_len(out, bytes, (gssize)size);
	g_string_append(out, "}}");
}

/* The same medium in two pieces is one attachment. */
static bool
is_repeated(const Evidence *e, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (piece_is_media(&e->pieces[k]) &&
		    g_str_equal(e->pieces[k].sha256, e->pieces[i].sha256))
			return true;
	return false;
}

static void
print_attachments(GString *out, const Evidence *e)
{
	const char *before = ",\"attachments\":[";

	for (size_t i = 0; i < e->n_pieces; i++) {
		const Piece *piece = &e->pieces[i];

		if (!piece_is_media(piece) || is_repeated(e, i))
			continue;
		g_string_append_printf(
			out,
			"%s{\"usageType\":\"" USAGE_MEDIA "\","
			"\"display\":{\"en\":\"%s\"},\"contentType\":\"%s\","
			"\"length\":%" G_GINT64_FORMAT ",\"sha2\":\"%s\"}",
			before, piece_kind_name(piece->kind), piece->type,
			(gint64)piece->size, piece->sha256);
		before = ",";
	}
	if (before[1] == '\0')
		g_string_append_c(out, ']');
}

/* JSON has no larger integers (RFC 7493); no real clock is near. */
static ShownTime
within_bounds(const ShownTime *shown)
{
	return (ShownTime){
		.wall.us = CLAMP(shown->wall.us, -JSON_INTEGER_MAX,
				 JSON_INTEGER_MAX),
		.about_us = CLAMP(shown->about_us, 0, JSON_INTEGER_MAX),
	};
}

GBytes *
statement_format(const Evidence *evidence, const ShownTime *shown,
		 const char *base)
{
	GString *out = g_string_sized_new(4096);
	ShownTime time = within_bounds(shown);
	char timestamp[CLOCK_TIMESTAMP_SIZE];

	clock_format(time.wall, timestamp);
	g_string_append_printf(out, "{\"id\":\"%s\",\"timestamp\":\"%s\"",
			       evidence->id, timestamp);
	print_actor(out, evidence, base);
	print_object(out, evidence, base);
	print_result(out, evidence);
	print_context(out, evidence, &time, base);
	print_attachments(out, evidence);
	g_string_append_c(out, '}');
	return g_string_free_to_bytes(out);
}
