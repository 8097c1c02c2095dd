/* SPDX-License-Identifier: Apache-2.0 */
/* The law: a roster that a bundle brings is written as the same again. */
#include <stddef.h>
#include <stdint.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "app/roster/roster.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const pictures[] = { "fox", "owl" };
	g_autoptr(GError) error = NULL;
	g_autoptr(json_t) value = json_read(bytes, size, NULL);
	g_autoptr(json_t) once = NULL;
	g_autoptr(json_t) twice = NULL;
	g_autoptr(Roster) roster = NULL;
	g_autoptr(Roster) again = NULL;

	if (value == NULL)
		return 0;
	roster = roster_from_json(value, &error);
	if (roster == NULL) {
		g_assert_error(error, FAULT, FAULT_INVALID);
		return 0;
	}
	roster_assign_pictures(roster, pictures, G_N_ELEMENTS(pictures));
	once = roster_to_json(roster);
	again = roster_from_json(once, &error);
	g_assert_no_error(error);
	twice = roster_to_json(again);
	g_assert_true(json_equal(once, twice));
	return 0;
}
