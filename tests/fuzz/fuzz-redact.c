/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is a statement.  The laws, for one that is valid: what is left of
 * it is valid, too; nothing is left of its names, accounts, mail addresses
 * and extensions; and what is left unveiled is what it was, read again.
 */
#include <glib/gstdio.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/file.h"
#include "sync/forward/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *const all[] = { "*", NULL };
static const char *const none[] = { NULL };

/* One key for the whole run. */
static const Pseudonyms *
get_pseudonyms(void)
{
	static Pseudonyms *pseudonyms;
	static const char key[] = "0123456789abcdef0123456789abcdef";
	g_autofree char *path = NULL;

	if (pseudonyms != NULL)
		return pseudonyms;
	path = g_strdup_printf("%s/fuzz-redact-%d.key", g_get_tmp_dir(),
			       (int)getpid());
	g_assert_true(file_write_durably(path, key, strlen(key), 0600, NULL));
	pseudonyms = pseudonyms_open(path, "https://h.example/p", NULL);
	g_assert_nonnull(pseudonyms);
	g_unlink(path);
	return pseudonyms;
}

static void
redact_again(const Redaction *how, const char *text, size_t size,
	     XapiVersion version, GString *out)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(XapiBatch) batch =
		xapi_batch_read(text, size, version, &xapi_limits, &error);
	g_autoptr(GArray) media =
		g_array_new(FALSE, TRUE, sizeof(RedactedMedium));
	XapiStatement statement;

	g_assert_no_error(error);
	statement = xapi_batch_get(batch, 0);
	redact(how, &statement, out, media);
	for (guint i = 0; i < media->len; i++)
		g_assert_true(how->media);
}

/* Its names are languages, and "openid" could be one. */
static bool
is_language_map(const TapeValue *name)
{
	return tape_is(name, "display", 7) || tape_is(name, "name", 4) ||
	       tape_is(name, "description", 11);
}

/* Where a person stands there is an account of ours, or a group without. */
static void
check_people(const TapeValue *value)
{
	const TapeValue *at = tape_first(value);

	if (value->type == TAPE_LIST)
		for (uint32_t i = 0; i < value->count; i++, at = tape_next(at))
			check_people(at);
	if (value->type != TAPE_OBJECT)
		return;
	for (uint32_t i = 0; i < value->count; i++, at = tape_next_name(at)) {
		static const char *const gone[] = { "mbox",   "mbox_sha1sum",
						    "openid", "authority",
						    "stored", NULL };

		if (is_language_map(at))
			continue;
		for (const char *const *name = gone; *name != NULL; name++)
			g_assert_false(tape_is(at, *name, strlen(*name)));
		check_people(tape_value_of(at));
	}
}

static void
check(const Redaction *how, const XapiStatement *statement, XapiVersion version)
{
	g_autoptr(GString) first = g_string_new(NULL);
	g_autoptr(GString) second = g_string_new(NULL);
	const char *bytes = statement->bytes + statement->value->at;
	size_t size = statement->value->end - statement->value->at;

	redact_again(how, bytes, size, version, first);
	if (how->pseudonyms == NULL) {
		redact_again(how, first->str, first->len, version, second);
		g_assert_cmpstr(first->str, ==, second->str);
	} else {
		g_autoptr(XapiBatch) left =
			xapi_batch_read(first->str, first->len, version,
					&xapi_limits, NULL);

		g_assert_nonnull(left);
		check_people(xapi_batch_get(left, 0).value);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const Redaction plain = { .extensions = all,
				  .media = true,
				  .words = true };
	const Redaction veiled = { .pseudonyms = get_pseudonyms(),
				   .extensions = none };

	for (int version = XAPI_1_0; version <= XAPI_2_0; version++) {
		g_autoptr(XapiBatch) batch =
			xapi_batch_read((const char *)bytes, size,
					(XapiVersion)version, &xapi_limits,
					NULL);

		for (size_t i = 0; batch != NULL && i < xapi_batch_count(batch);
		     i++) {
			XapiStatement statement = xapi_batch_get(batch, i);

			check(&plain, &statement, (XapiVersion)version);
			check(&veiled, &statement, (XapiVersion)version);
		}
	}
	return 0;
}
