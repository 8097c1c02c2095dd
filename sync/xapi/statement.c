/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/statement.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/xapi/number.h"

const XapiLimits xapi_limits = { 5000, 1 << 20, 32 << 20 };

struct XapiBatch {
	Tape *tape;               /* owned */
	const TapeValue **values; /* owned; on the tape */
	size_t n;
	bool is_list;
	XapiVersion version;
};

static bool
refuse(GError **error, const char *path, const char *what, size_t most)
{
	g_set_error(error, FAULT, FAULT_REFUSED, "%s: must have at most %zu %s",
		    path, most, what);
	return false;
}

static void
print_path(const XapiBatch *batch, size_t i, char out[static 32])
{
	if (batch->is_list)
		g_snprintf(out, 32, "$[%zu]", i);
	else
		g_strlcpy(out, "$", 32);
}

static bool
list_values(XapiBatch *batch, const XapiLimits *limits, GError **error)
{
	const TapeValue *root = tape_root(batch->tape);
	const TapeValue *at = root;

	batch->is_list = root->type == TAPE_LIST;
	batch->n = batch->is_list ? root->count : 1;
	if (batch->n > limits->statements)
		return refuse(error, "$", "statements", limits->statements);
	if (batch->is_list)
		at = tape_first(root);
	batch->values = g_new(const TapeValue *, batch->n + 1);
	for (size_t i = 0; i < batch->n; i++, at = tape_next(at))
		batch->values[i] = at;
	return true;
}

static bool
check_values(const XapiBatch *batch, const XapiLimits *limits, GError **error)
{
	for (size_t i = 0; i < batch->n; i++) {
		const TapeValue *value = batch->values[i];
		char path[32];

		print_path(batch, i, path);
		if (value->end - value->at > limits->statement_bytes)
			return refuse(error, path, "bytes",
				      limits->statement_bytes);
		if (!xapi_check_statement(value, batch->version, path, error))
			return false;
	}
	return true;
}

/* Communication 2.1.1.s2.b4, 2.1.2.s2.b6; 2.0 4.1.6.1. */
static bool
check_ids(const XapiBatch *batch, GError **error)
{
	g_autoptr(GHashTable) ids = NULL;

	if (batch->n < 2)
		return true;
	ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (size_t i = 0; i < batch->n; i++) {
		XapiStatement statement = xapi_batch_get(batch, i);
		char id[37];

		if (xapi_statement_id(&statement, id) &&
		    !g_hash_table_add(ids, g_strdup(id))) {
			g_set_error(error, FAULT, FAULT_INVALID,
				    "$[%zu].id: an earlier statement of this "
				    "batch has it (xAPI %s %s)",
				    i, xapi_version_name(batch->version),
				    batch->version == XAPI_1_0
					    ? "Communication 2.1.2.s2.b6"
					    : "4.1.6.1");
			return false;
		}
	}
	return true;
}

XapiBatch *
xapi_batch_read(const char *bytes, size_t size, XapiVersion version,
		const XapiLimits *limits, GError **error)
{
	g_autoptr(XapiBatch) batch = g_new0(XapiBatch, 1);

	g_return_val_if_fail(limits != NULL, NULL);
	batch->version = version;
	if (size > limits->batch_bytes) {
		refuse(error, "$", "bytes", limits->batch_bytes);
		return NULL;
	}
	batch->tape = tape_read(bytes, size, error);
	if (batch->tape == NULL || !list_values(batch, limits, error) ||
	    !check_values(batch, limits, error) || !check_ids(batch, error))
		return NULL;
	return g_steal_pointer(&batch);
}

void
xapi_batch_free(XapiBatch *batch)
{
	if (batch == NULL)
		return;
	tape_free(batch->tape);
	g_free(batch->values);
	g_free(batch);
}

size_t
xapi_batch_count(const XapiBatch *batch)
{
	return batch->n;
}

bool
xapi_batch_is_list(const XapiBatch *batch)
{
	return batch->is_list;
}

XapiStatement
xapi_batch_get(const XapiBatch *batch, size_t i)
{
	g_assert(i < batch->n);
	return (XapiStatement){ tape_bytes(batch->tape), batch->values[i],
				batch->version };
}

XapiStatement
xapi_statement_on(const Tape *tape)
{
	return (XapiStatement){ tape_bytes(tape), tape_root(tape), XAPI_2_0 };
}

/* Lower case of n hex digits or so, and a NUL. */
static void
fold(char *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = g_ascii_tolower(text[i]);
	out[n] = '\0';
}

bool
xapi_statement_id(const XapiStatement *statement, char out[static 37])
{
	const TapeValue *id = tape_member(statement->value, "id");

	if (id == NULL || id->size != 36)
		return false;
	fold(out, id->text, id->size);
	return true;
}

/* --- attachments --- */

static const TapeValue *
element_at(const TapeValue *list, size_t i)
{
	const TapeValue *at;

	if (list == NULL || i >= list->count)
		return NULL;
	at = tape_first(list);
	for (; i > 0; i--)
		at = tape_next(at);
	return at;
}

static const TapeValue *
find_attachment(const XapiStatement *statement, size_t i)
{
	const TapeValue *own = tape_member(statement->value, "attachments");
	size_t n = own != NULL ? own->count : 0;

	if (i < n)
		return element_at(own, i);
	return element_at(tape_member(tape_member(statement->value, "object"),
				      "attachments"),
			  i - n);
}

bool
xapi_statement_attachment(const XapiStatement *statement, size_t i,
			  XapiAttachment *out)
{
	const TapeValue *found = find_attachment(statement, i);
	const TapeValue *sha2 = tape_member(found, "sha2");
	const TapeValue *length = tape_member(found, "length");
	const TapeValue *usage = tape_member(found, "usageType");
	XapiNumber number;

	if (sha2 == NULL || length == NULL || usage == NULL ||
	    sha2->size >= sizeof(out->sha2))
		return false;
	*out = (XapiAttachment){
		.content_type = tape_member(found, "contentType"),
		.has_file_url = tape_member(found, "fileUrl") != NULL,
		.is_signature =
			tape_is(usage, XAPI_SIGNATURE, strlen(XAPI_SIGNATURE)),
	};
	number = xapi_number(length->text, length->size);
	fold(out->sha2, sha2->text, sha2->size);
	return xapi_number_is_count(&number, &out->length);
}
