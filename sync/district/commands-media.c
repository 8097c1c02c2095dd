/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <stdio.h>

#include "app/base/fault.h"
#include "sync/district/commands.h"
#include "sync/district/district.h"
#include "sync/district/media-copy.h"

/* cairn-district media: from where they live to where they are to live. */

static bool
invalid(GError **error, const char *what)
{
	g_set_error(error, FAULT, FAULT_INVALID, "%s", what);
	return false;
}

static void
tell_damaged(const char *sha256, const GError *why)
{
	fprintf(stderr, "not copied: %s: %s\n", sha256, why->message);
}

static bool
copy(Media *from, Media *to, bool verify, GError **error)
{
	MediaCopied count;

	if (!media_clear_incoming(to, error) ||
	    !media_copy(from, to, verify, tell_damaged, &count, error))
		return false;
	printf("%" G_GINT64_FORMAT " copied (%" G_GINT64_FORMAT
	       " bytes), %" G_GINT64_FORMAT " there already, %" G_GINT64_FORMAT
	       " damaged\n",
	       (gint64)count.copied, (gint64)count.bytes, (gint64)count.there,
	       (gint64)count.damaged);
	if (count.damaged == 0)
		return true;
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "%" G_GINT64_FORMAT " media are damaged where they are",
		    (gint64)count.damaged);
	return false;
}

static Media *
open_place(const char *place, const char *folder, const Settings *settings,
	   GError **error)
{
	return district_open_media_at(g_str_equal(place, "folder") ? "" : place,
				      folder, settings, error);
}

bool
command_media(const Command *command, int argc, char **argv, GError **error)
{
	g_autofree char *data = NULL, *config = NULL;
	g_auto(GStrv) words = NULL;
	gboolean verify = FALSE;
	const GOptionEntry options[] = {
		{ "data", 'd', 0, G_OPTION_ARG_FILENAME, &data,
		  "the district's folder", "FOLDER" },
		{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &config,
		  "settings; default: FOLDER/district.conf", "FILE" },
		{ "verify", 0, 0, G_OPTION_ARG_NONE, &verify,
		  "read what is there already, too", NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words,
		  NULL, "copy FROM TO" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autoptr(Settings) settings = NULL;
	g_autoptr(Media) from = NULL;
	g_autoptr(Media) to = NULL;

	if (!command_read(command, options, argc, argv, NULL, error))
		return false;
	if (words == NULL || g_strv_length(words) != 3 ||
	    !g_str_equal(words[0], "copy"))
		return invalid(error, "say media copy FROM TO; a place is "
				      "folder (the district's own), another "
				      "folder, or s3://bucket/prefix");
	settings = district_read_settings(data, config, error);
	if (settings == NULL || !district_prepare(data, error))
		return false;
	from = open_place(words[1], data, settings, error);
	if (from == NULL)
		return false;
	to = open_place(words[2], data, settings, error);
	return to != NULL && copy(from, to, verify, error);
}
