/* SPDX-License-Identifier: Apache-2.0 */
/* The law: what is read as ours is what we would have printed, but for its
 * case and the spaces around it. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/cards/code.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
reads_as_printed(const char *text, const Code *code)
{
	const char *host = text + strlen("https://");
	const char *path = strstr(host, "/P/");
	g_autofree char *name = NULL;
	g_autofree char *printed = NULL;

	g_assert_nonnull(path);
	name = g_strndup(host, (size_t)(path - host));
	printed = code_format_prompt(name, code->prompt);
	g_assert_cmpstr(printed, ==, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	Code code = code_parse((const char *)bytes, size);
	g_autofree char *text = NULL;
	g_autofree char *upper = NULL;

	if (code.kind != CODE_BADGE && code.kind != CODE_PROMPT)
		return 0;
	text = g_strstrip(g_strndup((const char *)bytes, size));
	upper = g_ascii_strup(text, -1);
	if (code.kind == CODE_BADGE)
		g_assert_cmpstr(code.badge, ==, upper);
	else
		reads_as_printed(upper, &code);
	return 0;
}
