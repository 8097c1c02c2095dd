/* SPDX-License-Identifier: Apache-2.0 */
/* The law: a bundle that parses prints as one that prints the same. */
#include <stddef.h>
#include <stdint.h>

#include "app/base/fault.h"
#include "sync/wire/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Bundle) first = bundle_parse(bytes, size, &error);
	g_autoptr(Bundle) second = NULL;
	g_autoptr(GBytes) printed = NULL, again = NULL;

	if (first == NULL) {
		g_assert_true(error != NULL && error->domain == FAULT);
		return 0;
	}
	printed = bundle_format(first);
	second = bundle_parse(g_bytes_get_data(printed, NULL),
			      g_bytes_get_size(printed), &error);
	g_assert_no_error(error);
	again = bundle_format(second);
	g_assert_true(g_bytes_equal(printed, again));
	return 0;
}
