/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each line of the input is a child's given name, a tab, and the rest.  The
 * laws: what is shown begins with what the child is called, is text, and is never
 * cut within a letter.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/roster/names.h"

#define NAMES_MAX 30

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static RosterName
read_line(char *line)
{
	char *tab = strchr(line, '\t');
	RosterName name = { .group = "class" };

	if (tab != NULL)
		*tab++ = '\0';
	name.called = roster_tidy_name(line);
	name.rest = roster_tidy_name(tab != NULL ? tab : "");
	return name;
}

/* Are the first n bytes shown the beginning of rest, and is no letter cut? */
static bool
is_begin(const char *rest, const char *shown, size_t n)
{
	return strncmp(rest, shown, n) == 0 &&
	       !g_unichar_ismark(g_utf8_get_char(rest + n));
}

static void
check_shown(const RosterName *name, const char *shown)
{
	const char *begin = shown + strlen(name->called);
	size_t n;

	g_assert_true(g_utf8_validate(shown, -1, NULL));
	g_assert_true(g_str_has_prefix(shown, name->called));
	if (*begin == '\0')
		return;
	g_assert_cmpint(*begin++, ==, ' ');
	n = strlen(begin);
	g_assert_true(
		is_begin(name->rest, begin, n) ||
		(begin[n - 1] == '.' && is_begin(name->rest, begin, n - 1)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autofree char *text = g_strndup((const char *)bytes, size);
	g_auto(GStrv) lines = g_strsplit(text, "\n", NAMES_MAX);
	RosterName names[NAMES_MAX];
	g_auto(GStrv) shown = NULL;
	size_t n = g_strv_length(lines);

	if (!g_utf8_validate(text, -1, NULL))
		return 0;
	for (size_t i = 0; i < n; i++)
		names[i] = read_line(lines[i]);
	shown = roster_tell_apart(names, n);
	for (size_t i = 0; i < n; i++)
		check_shown(&names[i], shown[i]);
	for (size_t i = 0; i < n; i++)
		roster_name_clear(&names[i]);
	return 0;
}
