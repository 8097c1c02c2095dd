/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/line/lrs.h"
#include "sync/xapi/statement.h"

/*
 * Statements in the order they were stored, read from an LRS by what every
 * conformant one has: since, ascending, more and Consistent-Through.
 *
 * `stored` need not be unique, and `since` begins behind an instant, so a
 * listing ends between two instants, or at the end; and never goes beyond
 * what the LRS promises to be whole.
 */
#define SOURCE_LISTING_MAX (64 * 1024 * 1024) /* bytes, of one instant too */

typedef struct {
	const TapeValue *value;
	const char *bytes; /* what value's tape was read from */
	char stored[64];   /* as the LRS says it */
	WallTime at;       /* the same */
} SourceStatement;

typedef struct {
	GPtrArray *tapes;  /* owned: Tape */
	GPtrArray *bodies; /* owned: GBytes */
	GArray *list;      /* owned: SourceStatement */
	char through[64];
	bool is_end; /* nothing more is promised now */
} Listing;

bool source_list(Lrs *lrs, const char *since, size_t limit, Listing *out,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void listing_clear(Listing *listing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listing, listing_clear)

/* One statement and, if asked for, what is attached to it, in files. */
typedef struct {
	char sha2[128 + 1];
	char *path; /* owned */
	int64_t size;
} SourceMedium;

typedef struct {
	GByteArray *json; /* owned */
	GArray *media;    /* owned: SourceMedium; files go with it */
} Fetched;

/*
 * spool is a folder on a disk: media go there as they come, at most media_max
 * bytes.  FAULT_NOT_FOUND if there is none with that id, or it is voided;
 * FAULT_INVALID if it is too large, or not what the LRS said it was.
 */
bool
source_fetch(Lrs *lrs, const char *id, const char *spool, int64_t media_max,
	     Fetched *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Without media. */
bool source_get(Lrs *lrs, const char *id, Fetched *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void fetched_clear(Fetched *fetched); /* removes the files */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fetched, fetched_clear)
