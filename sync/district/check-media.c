/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "app/base/fault.h"
#include "sync/district/check-private.h"
#include "sync/district/media.h"

/* Each row's file, and each file's row. */

/* A file is durable before its row is: so long it may be on its way. */
#define ON_ITS_WAY_US (3 * G_USEC_PER_SEC)

/* --- each row's file --- */

static void
found(Check *check, const char *what, const char *sha256)
{
	check_found(check, what,
		    "put the file back from a backup; kiosks keep their media "
		    "for the retention days",
		    "media/%.2s/%s", sha256, sha256);
}

static bool
look_at_bytes(Check *check, const char *sha256, int64_t size, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (check->quick || media_verify(check->media, sha256, size, &cause))
		return true;
	if (g_error_matches(cause, FAULT, FAULT_DAMAGED) ||
	    g_error_matches(cause, FAULT, FAULT_NOT_FOUND)) {
		found(check, "a medium has other bytes than it had", sha256);
		return true;
	}
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

static bool
look_at_file(void *data, const char *sha256, int64_t wanted, GError **error)
{
	Check *check = data;
	int64_t size;

	check->media_files++;
	if (!media_find(check->media, sha256, &size, error))
		return false;
	if (size == wanted)
		return look_at_bytes(check, sha256, size, error);
	found(check,
	      size < 0 ? "a medium's file is missing"
		       : "a medium is not as large as it was",
	      sha256);
	return true;
}

/* --- each file's row --- */

typedef struct {
	Archive *archive;   /* borrowed */
	GPtrArray *orphans; /* borrowed: SHA-256 */
} Search;

static bool
look_for_row(const char *sha256, int64_t size, void *data, GError **error)
{
	Search *search = data;
	bool has;

	if (!archive_knows_file(search->archive, sha256, &has, error))
		return false;
	if (!has)
		g_ptr_array_add(search->orphans, g_strdup(sha256));
	return true;
}

/* What has no row after a while either, was cut off before its commit. */
static bool
tell_orphans(Check *check, const GPtrArray *orphans, GError **error)
{
	g_autoptr(Archive) now = NULL;

	if (orphans->len == 0)
		return true;
	g_usleep(ON_ITS_WAY_US);
	now = archive_open(check->archive, error);
	if (now == NULL)
		return false;
	for (guint i = 0; i < orphans->len; i++) {
		const char *sha256 = orphans->pdata[i];
		bool has;

		if (!archive_knows_file(now, sha256, &has, error))
			return false;
		if (!has)
			check_found(check, "a file that no statement names",
				    "move it away: it was cut off before its "
				    "commit, or its statement is gone",
				    "media/%.2s/%s", sha256, sha256);
	}
	return true;
}

bool
check_media(Check *check, Archive *archive, GError **error)
{
	g_autoptr(GPtrArray) orphans = g_ptr_array_new_with_free_func(g_free);
	Search search = { archive, orphans };

	return archive_each_medium(archive, look_at_file, check, error) &&
	       media_each(check->media, look_for_row, &search, error) &&
	       tell_orphans(check, orphans, error);
}
