/* SPDX-License-Identifier: Apache-2.0 */
/* The law: canonical bytes are read again as the same value, and are their
 * own canonical bytes. */
#include <stddef.h>
#include <stdint.h>

#include "app/base/fault.h"
#include "app/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(json_t) value = json_read(bytes, size, &error);
	g_autoptr(json_t) again = NULL;
	g_autoptr(GBytes) once = NULL;
	g_autoptr(GBytes) twice = NULL;

	if (value != NULL)
		once = json_canonical(value, &error);
	if (once == NULL) {
		g_assert_error(error, FAULT, FAULT_INVALID);
		return 0;
	}
	again = json_read(g_bytes_get_data(once, NULL), g_bytes_get_size(once),
			  &error);
	g_assert_no_error(error);
	g_assert_true(json_equal(value, again));
	twice = json_canonical(again, &error);
	g_assert_true(g_bytes_equal(once, twice));
	return 0;
}
