/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/media-stream.h"
#include "tests/unit/toy-s3.h"

/* Media in a folder of the test's own, or in a toy store that speaks S3. */
#define INCOMING_MAX (1024 * 1024)
#define MEDIUM_MAX   (512 * 1024)

typedef struct {
	char *root; /* of the folder; what comes in is below it, too */
	Media *media;
	ToyS3 *toy; /* NULL: the folder */
} MediaFixture;

/* For g_test_add(): NULL the folder; further settings of [media], a line
 * each, for a store that knows checksums; with "plain" in front, one that
 * does not. */
void setup_media(MediaFixture *f, const void *settings);
void teardown_media(MediaFixture *f, const void *settings);
#define MEDIA_S3    ""
#define MEDIA_PLAIN "plain"

/* Another opening of the same place. */
Media *open_media(const MediaFixture *f, const char *settings);

MediaFile *receive_medium(Media *media, const char *text);
void keep_medium(const MediaFixture *f, const char *text,
		 char sha256[static ID_SHA256 + 1]);
bool remove_medium(const MediaFixture *f, const char *sha256, GError **error);
/* The caller's; NULL with an error. */
char *
read_range(const MediaFixture *f, const MediaRange *range, GError **error);
/* What is held becomes that; NULL: nothing. */
void spoil_medium(const MediaFixture *f, const char *sha256, const char *with);
guint count_incoming(const MediaFixture *f);
