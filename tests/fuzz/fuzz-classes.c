/* SPDX-License-Identifier: Apache-2.0 */
/* The law: who is in which class, when it parses, prints as what parses to the
 * same print; everybody in it is known; and a refusal names a line. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/roster/classes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) first = g_string_new(NULL);
	g_autoptr(GString) second = g_string_new(NULL);
	g_autoptr(Classes) classes =
		classes_parse((const char *)bytes, size, &error);
	g_autoptr(Classes) again = NULL;

	if (classes == NULL) {
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_true(g_utf8_validate(error->message, -1, NULL));
		return 0;
	}
	g_assert_no_error(error);
	g_assert_false(classes_knows(classes, ""));
	classes_print(classes, first);
	again = classes_parse(first->str, first->len, &error);
	g_assert_no_error(error);
	classes_print(again, second);
	g_assert_cmpstr(first->str, ==, second->str);
	return 0;
}
