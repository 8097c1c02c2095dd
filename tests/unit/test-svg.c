/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/portrait/svg.h"

#define BEGIN "<svg xmlns=\"http://www.w3.org/2000/svg\">"
#define INKSCAPE \
	"<svg xmlns:inkscape=\"http://www.inkscape.org/\" " \
	"inkscape:version=\"1.2\"/>"

static void
drawings_pass(void)
{
	static const char *const drawings[] = {
		BEGIN "</svg>",
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a -->\n" BEGIN
		"<title>A fox</title><g id=\"a\"><path d=\"M0 0\"/></g></svg>",
		BEGIN "<defs><linearGradient id=\"a\"><stop offset=\"0\"/>"
		      "</linearGradient></defs><rect fill=\"url(#a)\" "
		      "style=\"stroke:url(#a);opacity:1\"/></svg>",
		INKSCAPE,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(drawings); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_true(
			svg_check(drawings[i], strlen(drawings[i]), &error));
		g_assert_no_error(error);
	}
}

static void
all_else_is_refused(void)
{
	static const char *const others[] = {
		"",
		"fox",
		"<html/>",
		"<g/>",
		BEGIN,
		BEGIN "<script>1</script></svg>",
		BEGIN "<foreignObject/></svg>",
		BEGIN "<image href=\"x.png\"/></svg>",
		BEGIN "<use href=\"#a\"/></svg>",
		BEGIN "<style>*{}</style></svg>",
		BEGIN "<text>fox</text></svg>",
		BEGIN "<animate/></svg>",
		BEGIN "<path\tonclick=\"x\"/></svg>",
		BEGIN "<path ONLOAD=\"x\"/></svg>",
		BEGIN "<linearGradient xlink:href=\"http://x/#a\"/></svg>",
		BEGIN "<rect fill=\"url(http://x/y)\"/></svg>",
		BEGIN "<rect fill=\"URL( '//x')\"/></svg>",
		BEGIN "<rect style=\"fill:u\\72l(//x)\"/></svg>",
		BEGIN "<rect style=\"@import 'x'\"/></svg>",
		BEGIN "<rect fill=\"java&#115;cript:1\"/></svg>",
		"<!DOCTYPE svg>" BEGIN "</svg>",
		"<?xml-stylesheet href=\"x.css\"?>" BEGIN "</svg>",
		"<?xml version=\"1.0\" encoding=\"UTF-7\"?>" BEGIN "</svg>",
		BEGIN "<![CDATA[x]]></svg>",
		BEGIN "&a;</svg>",
		BEGIN "\xff</svg>",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(svg_check(others[i], strlen(others[i]), &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
	}
}

static void
depth_and_number_have_a_limit(void)
{
	g_autoptr(GString) deep = g_string_new(NULL);
	g_autoptr(GString) wide = g_string_new("<svg>");

	for (int i = 0; i <= SVG_DEPTH; i++)
		g_string_append(deep, "<svg>");
	for (int i = 0; i <= SVG_DEPTH; i++)
		g_string_append(deep, "</svg>");
	for (int i = 0; i < SVG_ELEMENTS_MAX; i++)
		g_string_append(wide, "<g/>");
	g_string_append(wide, "</svg>");
	g_assert_false(svg_check(deep->str, deep->len, NULL));
	g_assert_false(svg_check(wide->str, wide->len, NULL));
	g_assert_true(svg_check(deep->str + strlen("<svg>"),
				deep->len - strlen("<svg></svg>"), NULL));
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/svg/drawings-pass", drawings_pass);
	g_test_add_func("/svg/all-else-refused", all_else_is_refused);
	g_test_add_func("/svg/limits", depth_and_number_have_a_limit);
	return g_test_run();
}
