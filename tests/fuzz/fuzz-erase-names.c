/* SPDX-License-Identifier: Apache-2.0 */
/* The law: each agent that is taken is known by its key and, if it is an
 * address, by its hash; a refusal says where, and repeats nothing. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/district/erase-names.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool
has(const GPtrArray *array, const char *text)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)(uintptr_t)array,
						text, g_str_equal, NULL);
}

static void
check_key(const EraseNames *names, const char *key)
{
	g_autofree char *hex = NULL;
	g_autofree char *hashed = NULL;

	g_assert_true(g_utf8_validate(key, -1, NULL));
	if (!g_str_has_prefix(key, "mailto:")) {
		g_assert_true(g_str_has_prefix(key, "sha1:") ||
			      g_str_has_prefix(key, "openid:") ||
			      g_str_has_prefix(key, "account:"));
		return;
	}
	hex = g_compute_checksum_for_string(G_CHECKSUM_SHA1, key, -1);
	hashed = g_strconcat("sha1:", hex, NULL);
	g_assert_true(has(names->keys, hashed));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_auto(EraseNames) names = { 0 };
	g_autoptr(GError) error = NULL;

	if (!erase_names_parse((const char *)bytes, size, &names, &error)) {
		g_assert_error(error, FAULT, FAULT_INVALID);
		return 0;
	}
	g_assert_no_error(error);
	g_assert_cmpuint(names.keys->len, >, 0);
	for (guint i = 0; i < names.keys->len; i++)
		check_key(&names, names.keys->pdata[i]);
	for (guint i = 0; i < names.words->len; i++)
		g_assert_cmpuint(strlen(names.words->pdata[i]), >, 0);
	return 0;
}
