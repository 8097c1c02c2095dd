/* SPDX-License-Identifier: Apache-2.0 */
#include "app/portrait/portrait-private.h"

#include "app/base/fault.h"
#include "app/portrait/svg.h"

static bool
need_icon(const Portrait *portrait, const char *path, GError **error)
{
	if (portrait_peek_file(portrait, path) != NULL &&
	    g_str_has_suffix(path, ".svg"))
		return true;
	g_set_error(error, FAULT, FAULT_INVALID,
		    "the pack has no \"%s\", which must be an SVG", path);
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
		gsize size;
		const char *text = g_bytes_get_data(bytes, &size);

		if (g_str_has_suffix(path, ".svg") &&
		    !svg_check(text, size, error)) {
			g_prefix_error(error, "%s: ", (const char *)path);
			return false;
		}
	}
	return need_all(portrait, error);
}
