/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "tests/crash/disk.h"

/* What disk.c notes down and disk-image.c replays. */

#define DISK_FOLDER (-1) /* instead of a file's number */

typedef enum {
	CALL_WRITE,
	CALL_TRUNCATE,
	CALL_SYNC,
	CALL_NAME,   /* path is file from now on */
	CALL_UNNAME, /* path is nothing any more */
	CALL_RENAME,
	CALL_SYNC_FOLDER,
} CallKind;

typedef struct {
	CallKind kind;
	int file;
	off_t at; /* of a write; the size of a truncation */
	GBytes *bytes;
	char *path, *to; /* within the folder */
} Call;

/* Of Call, oldest first; the disk's. */
const GPtrArray *disk_get_notes(void);
