/* SPDX-License-Identifier: Apache-2.0 */

/* What parses as a draft prints back the same bytes. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/prompt/draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Draft) draft = draft_parse(data, size, &error);
	g_autoptr(GBytes) again = NULL;

	g_assert_true((draft == NULL) == (error != NULL));
	if (draft == NULL)
		return 0;
	again = draft_format(draft);
	g_assert_cmpmem(g_bytes_get_data(again, NULL), g_bytes_get_size(again),
			data, size);
	return 0;
}
