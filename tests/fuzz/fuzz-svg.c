/* SPDX-License-Identifier: Apache-2.0 */
/* The law: a picture that passes holds nothing that could run or be fetched,
 * whatever stands around it. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/portrait/svg.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Without comments, which nobody draws. */
static char *
strip_comments(const char *text)
{
	GString *rest = g_string_new(NULL);
	const char *begin;

	while ((begin = strstr(text, "<!--")) != NULL) {
		const char *end = strstr(begin + strlen("<!--"), "-->");

		g_string_append_len(rest, text, begin - text);
		text = end != NULL ? end + strlen("-->") : "";
	}
	g_string_append(rest, text);
	return g_string_free(rest, FALSE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const dangers[] = { "<script",   "<use",
					       "<image",    "<a ",
					       "<!DOCTYPE", "<!ENTITY",
					       "<![CDATA[", "<style" };
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	g_autofree char *drawn = NULL;

	if (!svg_check((const char *)bytes, size, &error)) {
		g_assert_error(error, FAULT, FAULT_INVALID);
		return 0;
	}
	text = g_strndup((const char *)bytes, size);
	drawn = strip_comments(text);
	for (size_t i = 0; i < G_N_ELEMENTS(dangers); i++)
		g_assert_null(strstr(drawn, dangers[i]));
	return 0;
}
