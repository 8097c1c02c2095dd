/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "app/base/file.h"
#include "sync/district/archive-erase.h"
#include "sync/district/district.h"
#include "sync/district/erase.h"
#include "sync/district/media.h"

/* What is left to do when an erasure is committed: all of it may be done
 * twice, and is only noted as done afterwards. */

#define FILES_AT_ONCE 200
#define HOUR_US       (INT64_C(3600) * G_USEC_PER_SEC)
#define DAY_HOURS     24
#define NIGHT_HOURS   4

/* --- files --- */

static bool
remove_one(Archive *archive, const MediaGuard *guard, const char *sha256,
	   GError **error)
{
	int64_t size;
	bool named;

	return archive_has_medium(archive, sha256, &size, &named, error) &&
	       (named || media_remove(guard, sha256, error));
}

static bool
note_removed(Archive *archive, const GPtrArray *files, GError **error)
{
	bool ok = true;

	if (!archive_begin(archive, error))
		return false;
	for (guint i = 0; i < files->len && ok; i++)
		ok = archive_drop_gone(archive, files->pdata[i], error);
	return archive_end(archive, ok, error);
}

static bool
remove_some(Archive *archive, Media *media, bool *more, GError **error)
{
	g_autoptr(GPtrArray) files =
		archive_list_gone(archive, FILES_AT_ONCE, error);
	g_autoptr(MediaGuard) guard = NULL;

	*more = files != NULL && files->len > 0;
	if (files == NULL || !*more)
		return files != NULL;
	guard = media_guard(media, error);
	if (guard == NULL)
		return false;
	for (guint i = 0; i < files->len; i++)
		if (!remove_one(archive, guard, files->pdata[i], error))
			return false;
	return note_removed(archive, files, error);
}

bool
erase_remove_files(Archive *archive, Media *media, GError **error)
{
	bool more = true;

	while (more)
		if (!remove_some(archive, media, &more, error))
			return false;
	return true;
}

/* --- the database --- */

bool
erase_may_rewrite(const Settings *settings, WallTime now)
{
	int64_t from = settings_number(settings, "retention", "hour");
	int64_t hour = now.us / HOUR_US % DAY_HOURS;

	return !settings_flag(settings, "retention", "rewrite_nightly") ||
	       (hour - from + DAY_HOURS) % DAY_HOURS < NIGHT_HOURS;
}

/* --- certificates --- */

static bool
write_certificate(const char *folder, const char *id, const char *line,
		  GError **error)
{
	g_autofree char *certificates =
		g_build_filename(folder, ERASE_FOLDER, NULL);
	g_autofree char *path = g_strdup_printf("%s/%s", certificates, id);
	g_autofree char *text = g_strconcat(line, "\n", NULL);

	return file_make_folder(certificates, 0700, error) &&
	       file_write_durably(path, text, strlen(text), 0600, error);
}

bool
erase_finish(Archive *archive, const char *folder, Media *media,
	     GPtrArray *remains, GError **error)
{
	g_autoptr(GPtrArray) acts = NULL;
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

	if (!erase_remove_files(archive, media, error))
		return false;
	acts = archive_list_erasures(archive, error);
	if (acts == NULL)
		return false;
	if (acts->len > 0 &&
	    !archive_scrub(archive, remains != NULL ? remains : lines, error))
		return false;
	for (guint i = 0; i < acts->len; i += 2)
		if (!write_certificate(folder, acts->pdata[i],
				       acts->pdata[i + 1], error) ||
		    !archive_end_erasure(archive, acts->pdata[i], error))
			return false;
	return true;
}
