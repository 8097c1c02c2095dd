/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/check.h"

#include "sync/district/check-private.h"

void
check_found(Check *check, const char *what, const char *to_do,
	    const char *where, ...)
{
	g_autofree char *place = NULL;
	va_list words;

	va_start(words, where);
	place = g_strdup_vprintf(where, words);
	va_end(words);
	check->findings++;
	check->found(check->data, &(CheckFinding){ what, place, to_do });
}

static void
tell_broken(void *data, const char *where)
{
	check_found(data, "the database is damaged",
		    "stop the server, keep the file, restore a backup", "%s",
		    where);
}

static void
tell_pack(void *data, const char *where)
{
	check_found(data, "a file of the portrait pack is damaged",
		    "import the portrait again", "%s", where);
}

static bool
check_record(Check *check, Archive *archive, GError **error)
{
	return check_chains(check, archive, error) &&
	       check_audit(check, archive, error) &&
	       archive_check_pack(archive, tell_pack, check, error) &&
	       check_media(check, archive, error);
}

bool
check_district(Check *check, GError **error)
{
	g_autoptr(Archive) archive = archive_open(check->archive, error);
	bool ok;

	if (archive == NULL || !archive_begin_snapshot(archive, error))
		return false;
	ok = archive_check_database(archive, check->quick, tell_broken, check,
				    error) &&
	     check_record(check, archive, error);
	g_clear_pointer(&archive, archive_close);
	return ok && (check->quick || check_drawn(check, error));
}
