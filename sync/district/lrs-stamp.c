/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/lrs-stamp.h"

#include <string.h>

#include "app/base/id.h"

#define TO_MILLISECONDS 23 /* "2026-11-24T15:04:05.000" */

void
lrs_stamp(WallTime stored, char *out)
{
	char text[CLOCK_TIMESTAMP_SIZE];
	int rest = (int)(stored.us % 1000);

	clock_format(stored, text);
	memcpy(out, text, TO_MILLISECONDS);
	out[TO_MILLISECONDS] = (char)('0' + rest / 100);
	out[TO_MILLISECONDS + 1] = (char)('0' + rest / 10 % 10);
	out[TO_MILLISECONDS + 2] = (char)('0' + rest % 10);
	out[TO_MILLISECONDS + 3] = 'Z';
}

const char *
lrs_stamp_blank(void)
{
	static char blank[ID_TOKEN + 1];
	static gsize made = 0;

	if (g_once_init_enter(&made)) {
		id_new_token(blank);
		blank[LRS_STAMP_SIZE] = '\0';
		g_once_init_leave(&made, 1);
	}
	return blank;
}
