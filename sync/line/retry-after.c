/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/line/retry-after.h"

#include <string.h>
#include <curl/curl.h>
#include <glib.h>

int64_t
retry_after_parse(const char *retry_after, const char *date)
{
	gint64 seconds;
	time_t until, now;

	if (retry_after == NULL || retry_after[0] == '\0')
		return -1;
	if (strspn(retry_after, "0123456789") == strlen(retry_after))
		return g_ascii_string_to_signed(retry_after, 10, 0, G_MAXINT32,
						&seconds, NULL)
			       ? seconds
			       : G_MAXINT32;
	until = curl_getdate(retry_after, NULL);
	now = date != NULL ? curl_getdate(date, NULL) : -1;
	if (until < 0 || now < 0)
		return -1;
	return MAX((int64_t)until - (int64_t)now, 0);
}
