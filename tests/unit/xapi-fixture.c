/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/xapi-fixture.h"

#include <string.h>

char *
xapi_json(const char *text)
{
	return g_strdelimit(g_strdup(text), "'", '"');
}

XapiBatch *
xapi_read(const char *text, XapiVersion version, char **json, GError **error)
{
	*json = xapi_json(text);
	return xapi_batch_read(*json, strlen(*json), version, &xapi_limits,
			       error);
}
