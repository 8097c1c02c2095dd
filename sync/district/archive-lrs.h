/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-tool.h"

/*
 * The log as an LRS has it: statements by their id, each stored at an instant
 * of its own, later than all before it.
 */
typedef struct {
	int64_t seq;
	char id[ID_UUID + 1];
	WallTime stored;
	int64_t tool;            /* 0: a kiosk */
	ToolScopes scopes;       /* of the tool */
	char kiosk[ID_UUID + 1]; /* "" */
	char kiosk_name[ROSTER_NAME_MAX + 1];
	GBytes *body; /* owned; a kiosk's as it came, a tool's as stored */
} ArchiveStatement;

void archive_statement_clear(ArchiveStatement *statement);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ArchiveStatement, archive_statement_clear)

/* Instants for n statements, a microsecond apart, at or after now. */
bool archive_allot(Archive *archive, WallTime now, size_t n, WallTime *first,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	WallTime stored; /* of the last statement that is committed */
	int64_t seq;     /* it */
	int64_t indexed; /* queries find what is up to this seq */
} ArchiveEnd;

bool archive_get_end(Archive *archive, ArchiveEnd *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* When the statement of that seq was stored; 1970 if there is none. */
bool archive_get_stored(Archive *archive, int64_t seq, WallTime *out,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a tool sends. */
typedef struct {
	int64_t tool;
	const char *id, *hash; /* of what it means */
	WallTime stored;
	const char *body;
	size_t size;
	bool added; /* set by archive_append(): the id was free */
} ArchiveAppend;

/* One behind the other, stored at the instants that they were allotted. */
bool archive_append(Archive *archive, ArchiveAppend *statements, size_t n,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* FAULT_NOT_FOUND also for one that was erased. */
bool
archive_get_statement(Archive *archive, const char *id, ArchiveStatement *out,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool archive_is_voided(Archive *archive, int64_t seq, bool *voided,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- attachments --- */

/* A medium is also named by this SHA-2. */
bool archive_name_medium(Archive *archive, const char *sha2, const char *sha256,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The SHA-256 and size of what a SHA-2 names; "" if it is not held. */
bool archive_find_sha2(Archive *archive, const char *sha2,
		       char sha256[static ID_SHA256 + 1], int64_t *size,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
