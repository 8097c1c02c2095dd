/* SPDX-License-Identifier: Apache-2.0 */
#include "app/portrait/svg.h"

#include <string.h>

#include "app/base/fault.h"

typedef struct {
	int depth, elements;
	bool is_svg;
} Seen;

/* --- attributes --- */

/* Each url(…) of a value must name a part of the same picture. */
static bool
stays_inside(const char *value)
{
	for (const char *at = value; (at = strstr(at, "url")) != NULL; at++)
		if (!g_str_has_prefix(at, "url(#"))
			return false;
	/* A CSS escape or comment could hide one. */
	return strpbrk(value, "\\@") == NULL && strstr(value, "/*") == NULL;
}

static bool
is_harmless(const char *name, const char *value)
{
	g_autofree char *folded_name = g_ascii_strdown(name, -1);
	g_autofree char *folded = g_ascii_strdown(value, -1);

	/* GMarkup lets a bare one pass, which is no XML. */
	if (strchr(value, '<') != NULL)
		return false;
	if (g_str_has_prefix(folded_name, "xmlns"))
		return true;
	if (g_str_has_suffix(folded_name, "href"))
		return value[0] == '#';
	return !g_str_has_prefix(folded_name, "on") &&
	       !g_str_equal(folded_name, "src") &&
	       strstr(folded, "script:") == NULL && stays_inside(folded);
}

/* --- elements --- */

static void
on_start(GMarkupParseContext *context, const char *element, const char **names,
	 const char **values, gpointer data, GError **error)
{
	static const char *const drawing[] = {
		"svg",      "g",    "path",           "circle",
		"ellipse",  "rect", "line",           "polyline",
		"polygon",  "defs", "title",          "desc",
		"clipPath", "stop", "linearGradient", "radialGradient",
		NULL,
	};
	Seen *seen = data;

	if (!g_strv_contains(drawing, element)) {
		g_set_error(
			error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
			"<%s> is not allowed: only shapes, groups and gradients "
			"(\"plain SVG\", text made into paths)",
			element);
		return;
	}
	if (++seen->depth > SVG_DEPTH || ++seen->elements > SVG_ELEMENTS_MAX) {
		g_set_error(error, G_MARKUP_ERROR,
			    G_MARKUP_ERROR_INVALID_CONTENT,
			    "<%s>: too many shapes, or too deep", element);
		return;
	}
	seen->is_svg = seen->is_svg || g_str_equal(element, "svg");
	for (; *names != NULL; names++, values++)
		if (!is_harmless(*names, *values)) {
			g_set_error(error, G_MARKUP_ERROR,
				    G_MARKUP_ERROR_INVALID_CONTENT,
				    "%s=\"…\" is not allowed: no events, and "
				    "nothing from outside the picture",
				    *names);
			return;
		}
}

static void
on_end(GMarkupParseContext *context, const char *element, gpointer data,
       GError **error)
{
	((Seen *)data)->depth--;
}

/* Comments and the first line pass; document types, style sheets and CDATA
 * don't. */
static void
on_passed(GMarkupParseContext *context, const char *text, gsize size,
	  gpointer data, GError **error)
{
	g_autofree char *folded = g_ascii_strdown(text, (gssize)size);
	bool encoded = strstr(folded, "encoding") != NULL;

	if (g_str_has_prefix(folded, "<!--"))
		return;
	if (g_str_has_prefix(folded, "<?xml ") &&
	    (!encoded || strstr(folded, "utf-8") != NULL))
		return;
	g_set_error(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
		    "%.20s… is not allowed", folded);
}

static bool
parse(const char *text, size_t size, Seen *seen, GError **error)
{
	static const GMarkupParser parser = { .start_element = on_start,
					      .end_element = on_end,
					      .passthrough = on_passed };
	GMarkupParseContext *context =
		g_markup_parse_context_new(&parser, G_MARKUP_DEFAULT_FLAGS,
					   seen, NULL);
	bool ok = g_markup_parse_context_parse(context, text, (gssize)size,
					       error) &&
		  g_markup_parse_context_end_parse(context, error);

	g_markup_parse_context_free(context);
	return ok;
}

bool
svg_check(const char *text, size_t size, GError **error)
{
	g_autoptr(GError) cause = NULL;
	Seen seen = { 0 };

	if (size > 0 && g_utf8_validate_len(text, size, NULL) &&
	    parse(text, size, &seen, &cause) && seen.is_svg)
		return true;
	g_set_error(error, FAULT, FAULT_INVALID, "no picture for a pack: %s",
		    cause != NULL ? cause->message : "not an SVG in UTF-8");
	return false;
}
