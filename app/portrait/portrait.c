/* SPDX-License-Identifier: Apache-2.0 */
#include "app/portrait/portrait.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/json.h"
#include "app/portrait/portrait-private.h"

#define PACK_FOLDER_DEPTH 6

void
portrait_warn(Portrait *portrait, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_ptr_array_add(portrait->warnings,
			g_strdup_vprintf(format, arguments));
	va_end(arguments);
}

Portrait *
portrait_load(GHashTable *files, GError **error)
{
	g_autoptr(Portrait) portrait = g_new0(Portrait, 1);

	g_return_val_if_fail(files != NULL, NULL);
	portrait->files = g_hash_table_ref(files);
	portrait->words =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				      (GDestroyNotify)g_hash_table_unref);
	portrait->warnings = g_ptr_array_new_with_free_func(g_free);
	portrait->blocks = g_ptr_array_new_with_free_func(g_free);
	if (!portrait_read_structure(portrait, error) ||
	    !portrait_read_words(portrait, error) ||
	    !portrait_check_icons(portrait, error))
		return NULL;
	g_ptr_array_add(portrait->warnings, NULL);
	return g_steal_pointer(&portrait);
}

void
portrait_free(Portrait *portrait)
{
	if (portrait == NULL)
		return;

	g_free(portrait->scales);
	g_free(portrait->bands);
	g_free(portrait->competencies);
	g_free(portrait->statements);
	g_free(portrait->prompts);
	g_free(portrait->measures);
	g_ptr_array_unref(portrait->blocks);
	g_ptr_array_unref(portrait->warnings);
	g_hash_table_unref(portrait->words);
	json_decref(portrait->structure);
	g_hash_table_unref(portrait->files);
	g_free(portrait);
}

/* --- a pack's folder --- */

static bool read_folder(GHashTable *files, const char *root, const char *path,
			int depth, GError **error);

static bool
read_one(GHashTable *files, const char *root, const char *path, int depth,
	 GError **error)
{
	g_autofree char *full = g_build_filename(root, path, NULL);
	GBytes *bytes;

	if (g_file_test(full, G_FILE_TEST_IS_DIR))
		return read_folder(files, root, path, depth + 1, error);
	if (g_hash_table_size(files) >= PORTRAIT_FILES_MAX) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "%s: a pack has at most %d files", root,
			    PORTRAIT_FILES_MAX);
		return false;
	}
	bytes = file_read(full, PORTRAIT_FILE_MAX, error);
	if (bytes == NULL)
		return false;
	g_hash_table_insert(files, g_strdup(path), bytes);
	return true;
}

static bool
read_folder(GHashTable *files, const char *root, const char *path, int depth,
	    GError **error)
{
	g_autofree char *full = g_build_filename(root, path, NULL);
	g_autoptr(GError) cause = NULL;
	g_autoptr(GDir) dir = g_dir_open(full, 0, &cause);
	const char *name;

	if (dir == NULL || depth > PACK_FOLDER_DEPTH) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "%s: no pack's folder (%s)", full,
			    cause != NULL ? cause->message : "too deep");
		return false;
	}
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *at =
			path[0] != '\0' ? g_strconcat(path, "/", name, NULL)
					: g_strdup(name);

		if (name[0] != '.' && !read_one(files, root, at, depth, error))
			return false;
	}
	return true;
}

GHashTable *
portrait_read_folder(const char *path, GError **error)
{
	g_autoptr(GHashTable) files =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				      (GDestroyNotify)g_bytes_unref);

	if (!read_folder(files, path, "", 0, error))
		return NULL;
	return g_steal_pointer(&files);
}

/* --- asking --- */

const char *
portrait_get_id(const Portrait *portrait)
{
	return portrait->id;
}

const char *
portrait_get_uri(const Portrait *portrait)
{
	return portrait->uri;
}

const char *
portrait_get_version(const Portrait *portrait)
{
	return portrait->version;
}

const char *
portrait_get_default_language(const Portrait *portrait)
{
	return portrait->default_language;
}

const char *const *
portrait_get_languages(const Portrait *portrait)
{
	return portrait->languages;
}

const char *const *
portrait_get_warnings(const Portrait *portrait)
{
	return (const char *const *)portrait->warnings->pdata;
}

size_t
portrait_count_prompts(const Portrait *portrait)
{
	return portrait->n_prompts;
}

const PortraitPrompt *
portrait_get_prompt(const Portrait *portrait, size_t i)
{
	g_return_val_if_fail(i < portrait->n_prompts, NULL);
	return &portrait->prompts[i];
}

const PortraitPrompt *
portrait_find_prompt(const Portrait *portrait, const char *id)
{
	for (size_t i = 0; i < portrait->n_prompts; i++)
		if (g_strcmp0(portrait->prompts[i].id, id) == 0)
			return &portrait->prompts[i];
	return NULL;
}

const PortraitBand *
portrait_find_band(const Portrait *portrait, const char *grade)
{
	for (size_t i = 0; i < portrait->n_bands; i++)
		if (g_strv_contains(portrait->bands[i].grades, grade))
			return &portrait->bands[i];
	return NULL;
}

size_t
portrait_count_competencies(const Portrait *portrait)
{
	return portrait->n_competencies;
}

const PortraitCompetency *
portrait_get_competency(const Portrait *portrait, size_t i)
{
	g_return_val_if_fail(i < portrait->n_competencies, NULL);
	return &portrait->competencies[i];
}

const PortraitStatement *
portrait_find_statement(const Portrait *portrait, const char *uuid)
{
	for (size_t i = 0; i < portrait->n_statements; i++)
		if (g_strcmp0(portrait->statements[i].uuid, uuid) == 0)
			return &portrait->statements[i];
	return NULL;
}

const PortraitScale *
portrait_find_scale(const Portrait *portrait, const char *id)
{
	for (size_t i = 0; i < portrait->n_scales; i++)
		if (g_strcmp0(portrait->scales[i].id, id) == 0)
			return &portrait->scales[i];
	return NULL;
}

GBytes *
portrait_peek_file(const Portrait *portrait, const char *path)
{
	return g_hash_table_lookup(portrait->files, path);
}

GBytes *
portrait_peek_speech(const Portrait *portrait, const char *language,
		     const char *key)
{
	g_autofree char *path =
		g_strdup_printf("audio/%s/%s.ogg", language, key);

	return portrait_peek_file(portrait, path);
}
