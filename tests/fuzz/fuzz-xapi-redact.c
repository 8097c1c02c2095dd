/* SPDX-License-Identifier: Apache-2.0 */
/* The law: what is left of a statement is JSON that names them no more, and
 * has nothing that the statement did not have but noughts. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sync/xapi/redact.h"
#include "sync/xapi/tape.h"

#define NAME "0f5d0b0e-0b7e"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check_rest(GBytes *rest, size_t before, const XapiWho *who)
{
	size_t size;
	const char *bytes = g_bytes_get_data(rest, &size);
	g_autoptr(Tape) tape = tape_read(bytes, size, NULL);
	g_autoptr(GBytes) again = NULL;

	g_assert_nonnull(tape);
	g_assert_cmpuint(size, <=, before);
	g_assert_false(xapi_who_in_value(who, tape_root(tape)));
	g_assert_false(xapi_who_in_bytes(who, bytes, size));
	g_assert_cmpint(xapi_redact(bytes, size, who, &again), ==,
			XAPI_REDACT_NOTHING);
	g_assert_null(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) texts = g_ptr_array_new();
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	XapiWho who = { keys, texts, words };
	g_autoptr(GBytes) rest = NULL;
	XapiRedact how;

	g_hash_table_add(keys, (char[]){ "mailto:a@b.cd" });
	g_hash_table_add(keys, (char[]){ "account:http://d.e " NAME });
	g_ptr_array_add(texts, (char[]){ NAME });
	g_ptr_array_add(words, (char[]){ "a@b.cd" });
	how = xapi_redact((const char *)bytes, size, &who, &rest);
	g_assert_true((how == XAPI_REDACT_PART) == (rest != NULL));
	if (rest != NULL)
		check_rest(rest, size, &who);
	return 0;
}
