/* SPDX-License-Identifier: Apache-2.0 */
#include "app/portrait/portrait-private.h"

#include <string.h>

#include "app/base/fault.h"

/*
 * Pictures come from outside and are drawn at the kiosk, in browsers and on
 * paper: an SVG with anything but shapes is refused.
 */

static bool
has_folded(const char *text, const char *needle)
{
	return strstr(text, needle) != NULL;
}

static bool
is_harmless(GBytes *svg)
{
	static const char *const banned[] = {
		"<script", "<!entity", "<!doctype", "<foreignobject",
		"<image",  "<iframe",  "<style",    "javascript:",
		"http://", "https://", "data:",     "file:",
		"@import", " onload",  " onclick",  " onerror",
	};
	g_autofree char *text = g_ascii_strdown(g_bytes_get_data(svg, NULL),
						(gssize)g_bytes_get_size(svg));
	/* The namespace is the one address that an SVG must have. */
	g_auto(GStrv) parts =
		g_strsplit(text, "http://www.w3.org/2000/svg", -1);
	g_autofree char *rest = g_strjoinv("", parts);

	for (size_t i = 0; i < G_N_ELEMENTS(banned); i++)
		if (has_folded(rest, banned[i]))
			return false;
	return has_folded(text, "<svg");
}

static bool
need_icon(const Portrait *portrait, const char *path, GError **error)
{
	if (portrait_peek_file(portrait, path) != NULL)
		return true;
	g_set_error(error, FAULT, FAULT_INVALID, "the pack has no %s", path);
	return false;
}

static bool
need_icon_of(const Portrait *portrait, const char *kind, const char *id,
	     GError **error)
{
	g_autofree char *path = g_strdup_printf("icons/%s/%s.svg", kind, id);

	return need_icon(portrait, path, error);
}

static bool
need_prompt_icons(const Portrait *portrait, const PortraitPrompt *prompt,
		  GError **error)
{
	if (!need_icon(portrait, prompt->icon, error))
		return false;
	for (size_t i = 0; i < prompt->n_choices; i++)
		if (!need_icon_of(portrait, "choice", prompt->choices[i],
				  error))
			return false;
	return true;
}

static bool
need_level_icons(const Portrait *portrait, const PortraitScale *scale,
		 GError **error)
{
	for (size_t i = 0; scale->self && i < scale->n_levels; i++)
		if (!need_icon_of(portrait, "level", scale->levels[i], error))
			return false;
	return true;
}

static bool
need_all(const Portrait *portrait, GError **error)
{
	for (size_t i = 0; i < portrait->n_competencies; i++)
		if (!need_icon(portrait, portrait->competencies[i].icon, error))
			return false;
	for (size_t i = 0; i < portrait->n_prompts; i++)
		if (!need_prompt_icons(portrait, &portrait->prompts[i], error))
			return false;
	for (size_t i = 0; i < portrait->n_scales; i++)
		if (!need_level_icons(portrait, &portrait->scales[i], error))
			return false;
	return true;
}

bool
portrait_check_icons(Portrait *portrait, GError **error)
{
	GHashTableIter at;
	gpointer path, bytes;

	g_hash_table_iter_init(&at, portrait->files);
	while (g_hash_table_iter_next(&at, &path, &bytes)) {
		if (!g_str_has_suffix(path, ".svg") || is_harmless(bytes))
			continue;
		g_set_error(error, FAULT, FAULT_INVALID,
			    "%s: a picture may have shapes only: no script, "
			    "style, image or address",
			    (const char *)path);
		return false;
	}
	return need_all(portrait, error);
}
