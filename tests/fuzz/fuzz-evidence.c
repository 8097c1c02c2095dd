/* SPDX-License-Identifier: Apache-2.0 */
/* The law: a record that parses prints back the same bytes, which any other
 * printer of canonical JSON prints too, and what does not parse says why and
 * leaves the record alone. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "app/evidence/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autofree Evidence *evidence = g_new0(Evidence, 1);
	g_autofree Evidence *before = g_new0(Evidence, 1);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) given = g_bytes_new_static(bytes, size);
	g_autoptr(GBytes) printed = NULL;
	g_autoptr(GBytes) by_others = NULL;
	g_autoptr(json_t) value = NULL;

	if (!evidence_parse(bytes, size, evidence, &error)) {
		g_assert_true(error != NULL && error->domain == FAULT);
		g_assert_cmpmem(evidence, sizeof(*evidence), before,
				sizeof(*before));
		return 0;
	}
	g_assert_no_error(error);
	g_assert_true(evidence_check(evidence, NULL));
	printed = evidence_format(evidence);
	g_assert_true(g_bytes_equal(printed, given));
	value = json_read(bytes, size, NULL);
	by_others = json_canonical(value, NULL);
	g_assert_true(g_bytes_equal(by_others, given));
	return 0;
}
