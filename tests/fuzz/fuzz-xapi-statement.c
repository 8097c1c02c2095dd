/* SPDX-License-Identifier: Apache-2.0 */
/* The laws: the tape takes for JSON what jansson does; a statement that is
 * valid, stored and read back is valid, means the same, and is unchanged but
 * for what the LRS sets; to store it again changes nothing; in the format
 * `ids` it is found by the same keys; every format is JSON. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/xapi/format.h"
#include "sync/xapi/keys.h"
#include "sync/xapi/meaning.h"
#include "sync/xapi/stored.h"
#include "tests/unit/xapi-level.h"

#define READ_AS \
	(JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL | \
	 JSON_DECODE_INT_AS_REAL)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const XapiLrs lrs = { "12345678-1234-5678-1234-567812345678",
			     "2026-11-23T10:00:00.000Z",
			     "{\"mbox\":\"mailto:lrs@example.org\"}", false };

/* jansson takes no number beyond a double's range and no NUL in a name, which
 * the tape does; and takes a NUL for the end, which the tape refuses. */
static void
check_as_jansson(const char *text, size_t size, const Tape *tape)
{
	json_error_t why;
	g_autoptr(json_t) value = json_loadb(text, size, READ_AS, &why);
	const enum json_error_code code =
		value == NULL ? json_error_code(&why) : json_error_unknown;

	if (code == json_error_numeric_overflow ||
	    code == json_error_null_byte_in_key ||
	    memchr(text, '\0', size) != NULL)
		return;
	g_assert_true((value != NULL) == (tape != NULL));
}

/* --- formats --- */

static char *
say_keys(const XapiStatement *statement)
{
	g_auto(XapiKeys) keys = { 0 };
	GString *said = g_string_new(NULL);

	xapi_keys(statement, &keys);
	for (guint i = 0; i < keys.keys->len; i++) {
		const XapiKey *key = &g_array_index(keys.keys, XapiKey, i);

		/* A group's members are not all that `ids` says. */
		if ((key->roles & XAPI_KEY_RELATED_ACTIVITY) != 0)
			g_string_append_printf(said, "%d %s\n", key->roles,
					       key->text);
	}
	g_string_append_printf(said, "%s %s %d %.*s", keys.registration,
			       keys.target, keys.is_voiding,
			       (int)keys.verb->size, keys.verb->text);
	return g_string_free(said, FALSE);
}

static void
check_formats(const XapiStatement *statement)
{
	g_autoptr(XapiLanguages) languages =
		xapi_languages_read("es-MX, en;q=0.5, *;q=0.1");
	g_autoptr(GString) ids = g_string_new(NULL);
	g_autoptr(GString) canonical = g_string_new(NULL);
	g_autoptr(Tape) ids_tape = NULL, canonical_tape = NULL;
	g_autofree char *before = say_keys(statement);
	g_autofree char *after = NULL;
	XapiStatement reduced;

	xapi_format_ids(ids, statement);
	xapi_format_canonical(canonical, statement, NULL, languages);
	ids_tape = tape_read(ids->str, ids->len, NULL);
	canonical_tape = tape_read(canonical->str, canonical->len, NULL);
	g_assert_nonnull(ids_tape);
	g_assert_nonnull(canonical_tape);
	reduced = xapi_statement_on(ids_tape);
	after = say_keys(&reduced);
	g_assert_cmpstr(before, ==, after);
}

/* --- storing --- */

static void
check_stored(const XapiStatement *statement)
{
	g_autoptr(GString) stored = g_string_new(NULL);
	g_autoptr(GString) again = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(XapiBatch) back = NULL;
	XapiStatement read;
	XapiMeaning before, after;

	xapi_stored(stored, statement, &lrs);
	back = xapi_batch_read(stored->str, stored->len, statement->version,
			       &xapi_limits, &error);
	g_assert_no_error(error);
	read = xapi_batch_get(back, 0);
	xapi_meaning(statement, &before);
	xapi_meaning(&read, &after);
	g_assert_true(
		xapi_meaning_is_same(&before, &after, statement->version));
	xapi_stored(again, &read, &lrs);
	g_assert_cmpstr(stored->str, ==, again->str);
	g_assert_true(xapi_is_level(statement, stored->str, stored->len));
	check_formats(&read);
}

static void
check_batch(const char *text, size_t size, XapiVersion version)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(XapiBatch) batch =
		xapi_batch_read(text, size, version, &xapi_limits, &error);

	if (batch == NULL) {
		g_assert_true(error != NULL && error->domain == FAULT);
		g_assert_true(g_utf8_validate(error->message, -1, NULL));
		return;
	}
	for (size_t i = 0; i < xapi_batch_count(batch); i++) {
		XapiStatement statement = xapi_batch_get(batch, i);
		XapiAttachment file;

		for (size_t k = 0;
		     xapi_statement_attachment(&statement, k, &file); k++)
			g_assert_true(
				xapi_is_sha2(file.sha2, strlen(file.sha2)));
		check_stored(&statement);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *text = (const char *)bytes;
	g_autoptr(GError) error = NULL;
	g_autoptr(Tape) tape = tape_read(text, size, &error);

	if (size > 0 &&
	    (tape != NULL || strstr(error->message, "levels") == NULL))
		check_as_jansson(text, size, tape);
	check_batch(text, size, XAPI_1_0);
	check_batch(text, size, XAPI_2_0);
	return 0;
}
