/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/cards/code.h"

static void
texts_are_told_apart(void)
{
	static const struct {
		const char *text;
		CodeKind kind;
	} cases[] = {
		{ "", CODE_FOREIGN },
		{ "0012345678905", CODE_FOREIGN }, /* a cereal box */
		{ "HTTPS://EXAMPLE.COM/P/", CODE_FOREIGN },
		{ "HTTPS://EXAMPLE.COM/P/C2T4", CODE_FOREIGN },
		{ "HTTPS://EXAMPLE.COM/P/CLT4-11", CODE_FOREIGN },
		{ "HTTPS:///P/C2T4-11", CODE_FOREIGN },
		{ "HTTPS://EXAMPLE.COM/P/C2T4-00", CODE_WORN },
		{ "112345678901234567800", CODE_WORN },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(code_parse(cases[i].text, strlen(cases[i].text))
					.kind,
				==, cases[i].kind);
}

static void
a_badge_reads_back(void)
{
	for (int i = 0; i < 200; i++) {
		char badge[CODE_BADGE_DIGITS + 1];
		Code code;

		code_new_badge(badge);
		code = code_parse(badge, strlen(badge));
		g_assert_cmpint(code.kind, ==, CODE_BADGE);
		g_assert_cmpstr(code.badge, ==, badge);
	}
}

/* MOD 97-10 finds every single wrong digit and every swap of neighbours. */
static void
a_slip_is_always_seen(void)
{
	char badge[CODE_BADGE_DIGITS + 1];

	code_new_badge(badge);
	for (size_t i = 1; i < CODE_BADGE_DIGITS; i++)
		for (int digit = '0'; digit <= '9'; digit++) {
			char slip[CODE_BADGE_DIGITS + 1];

			memcpy(slip, badge, sizeof(slip));
			if (slip[i] == digit)
				continue;
			slip[i] = digit;
			g_assert_cmpint(code_parse(slip, strlen(slip)).kind, ==,
					CODE_WORN);
		}
}

static void
a_card_reads_back_in_any_case(void)
{
	g_autofree char *text =
		code_format_prompt("cairn.example:8443", "C2T4");
	g_autofree char *lower = g_ascii_strdown(text, -1);
	g_autofree char *spaced = g_strconcat("  ", text, "\r\n", NULL);

	g_assert_true(
		g_str_has_prefix(text, "HTTPS://CAIRN.EXAMPLE:8443/P/C2T4-"));
	g_assert_cmpstr(code_parse(text, strlen(text)).prompt, ==, "C2T4");
	g_assert_cmpstr(code_parse(lower, strlen(lower)).prompt, ==, "C2T4");
	g_assert_cmpstr(code_parse(spaced, strlen(spaced)).prompt, ==, "C2T4");
	g_assert_null(code_format_prompt("no host", "C2T4"));
	g_assert_null(code_format_prompt("cairn.example", "OIL2"));
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/code/texts-are-told-apart", texts_are_told_apart);
	g_test_add_func("/code/badge/reads-back", a_badge_reads_back);
	g_test_add_func("/code/badge/slip-is-always-seen",
			a_slip_is_always_seen);
	g_test_add_func("/code/card/reads-back-in-any-case",
			a_card_reads_back_in_any_case);
	return g_test_run();
}
