/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "app/base/settings.h"
#include "sync/district/archive.h"
#include "sync/district/media.h"
#include "sync/wire/sign.h"

/*
 * A district's folder:
 *
 *   district.conf    settings, if there are any
 *   district.db      the archive, unless they name another
 *   media/ab/<hash>  what was sent with it, named by SHA-256
 *   media/incoming/  what is being received
 *   keys/            0700; district.key signs receipts, bundles and time
 *   address          where the server listens, while it runs
 */

/* Every setting of the server; ends with an entry whose key is NULL. */
extern const Setting district_settings[];

/* Of a file; NULL: the folder's own. */
Settings *district_read_settings(const char *folder, const char *file,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The folder and what belongs in it, made if it is not there. */
bool
district_prepare(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

Archive *district_open_archive(const char *folder, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
char *district_archive_address(const char *folder, const Settings *settings);
/* Where the settings say; the folder is prepared. */
Media *district_open_media(const char *folder, const Settings *settings,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* At a place of one's choice: "" for the folder's own, another folder that is
 * there, or s3://bucket/prefix. */
Media *district_open_media_at(const char *place, const char *folder,
			      const Settings *settings, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool district_open_key(const char *folder, SignKey *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
