/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/erase-names.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/xapi/check.h"
#include "sync/xapi/keys.h"

#define MBOX_SCHEME "mailto:"
#define SHA1_HEX    40

static void
add(GPtrArray *to, const char *text)
{
	g_ptr_array_add(to, g_strdup(text));
}

static void
add_sha1(EraseNames *out, const char *hex)
{
	add(out->words, hex);
	g_ptr_array_add(out->keys, g_strconcat("sha1:", hex, NULL));
}

static void
add_sha1_of(EraseNames *out, const char *mbox)
{
	g_autofree char *hex =
		g_compute_checksum_for_string(G_CHECKSUM_SHA1, mbox, -1);

	add_sha1(out, hex);
}

/* Tools write an address as they please, and its hash is then another. */
static void
add_mbox(EraseNames *out, const char *mbox, const char *key)
{
	g_autofree char *small = g_ascii_strdown(mbox, -1);

	add(out->keys, key);
	add(out->keys, small);
	add(out->words, small + strlen(MBOX_SCHEME));
	add_sha1_of(out, mbox);
	add_sha1_of(out, key);
	add_sha1_of(out, small);
}

static void
add_account(EraseNames *out, const TapeValue *account)
{
	const TapeValue *name = tape_member(account, "name");

	if (name->size >= ERASE_NAME_MIN &&
	    memchr(name->text, '\0', name->size) == NULL)
		g_ptr_array_add(out->words, g_strndup(name->text, name->size));
}

static bool
add_agent(EraseNames *out, const char *json, size_t size, GError **error)
{
	g_autoptr(Tape) tape = tape_read(json, size, error);
	g_autofree char *key = NULL;
	const TapeValue *mbox, *openid, *sha1, *account;

	if (tape == NULL ||
	    !xapi_check_actor(tape_root(tape), XAPI_2_0, true, "$", error))
		return false;
	key = xapi_agent_key(tape_root(tape));
	mbox = tape_member(tape_root(tape), "mbox");
	openid = tape_member(tape_root(tape), "openid");
	sha1 = tape_member(tape_root(tape), "mbox_sha1sum");
	account = tape_member(tape_root(tape), "account");
	if (mbox != NULL) {
		g_autofree char *text = g_strndup(mbox->text, mbox->size);

		add_mbox(out, text, key);
	} else if (sha1 != NULL) {
		add_sha1(out, key + strlen("sha1:"));
	} else {
		add(out->keys, key);
	}
	if (openid != NULL)
		add(out->words, key + strlen("openid:"));
	if (account != NULL)
		add_account(out, account);
	return true;
}

/* --- lines --- */

/* What a line that is no JSON names: a property of an agent; NULL: nothing. */
static const char *
property_of(const char *line)
{
	if (xapi_is_sha1(line, strlen(line)))
		return "mbox_sha1sum";
	if (strstr(line, "://") != NULL)
		return "openid";
	return strchr(line, '@') != NULL ? "mbox" : NULL;
}

static bool
add_line(EraseNames *out, const char *line, GError **error)
{
	g_autoptr(GString) json = g_string_new(NULL);
	g_autofree char *value = NULL;
	const char *property = property_of(line);

	if (line[0] == '{')
		return add_agent(out, line, strlen(line), error);
	if (property == NULL) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "neither an e-mail address, its SHA-1, an openid, "
			    "nor an agent as JSON");
		return false;
	}
	value = g_str_equal(property, "mbox") &&
				!g_str_has_prefix(line, MBOX_SCHEME)
			? g_strconcat(MBOX_SCHEME, line, NULL)
			: g_strdup(line);
	g_string_append_printf(json, "{\"%s\":", property);
	json_print_text(json, value, strlen(value));
	g_string_append_c(json, '}');
	return add_agent(out, json->str, json->len, error);
}

static bool
add_lines(EraseNames *out, char **lines, GError **error)
{
	size_t n = 0;

	for (size_t i = 0; lines[i] != NULL; i++) {
		const char *line = g_strstrip(lines[i]);

		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (++n > ERASE_NAMES_MAX) {
			g_set_error(error, FAULT, FAULT_INVALID,
				    "more than %d names", ERASE_NAMES_MAX);
			return false;
		}
		if (!add_line(out, line, error)) {
			g_prefix_error(error, "line %zu: ", i + 1);
			return false;
		}
	}
	if (n > 0)
		return true;
	g_set_error(error, FAULT, FAULT_INVALID, "no name in it");
	return false;
}

bool
erase_names_parse(const char *text, size_t size, EraseNames *out,
		  GError **error)
{
	g_autofree char *whole = NULL;
	g_auto(GStrv) lines = NULL;

	*out = (EraseNames){ g_ptr_array_new_with_free_func(g_free),
			     g_ptr_array_new_with_free_func(g_free) };
	if (memchr(text, '\0', size) != NULL ||
	    !g_utf8_validate(text, (gssize)size, NULL)) {
		g_set_error(error, FAULT, FAULT_INVALID, "is no UTF-8 text");
		return false;
	}
	whole = g_strndup(text, size);
	lines = g_strsplit(whole, "\n", -1);
	return add_lines(out, lines, error);
}

void
erase_names_clear(EraseNames *names)
{
	g_clear_pointer(&names->keys, g_ptr_array_unref);
	g_clear_pointer(&names->words, g_ptr_array_unref);
}
