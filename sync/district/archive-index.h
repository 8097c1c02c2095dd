/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-lrs.h"

/*
 * What statements are found by: postings, a term → the statements that have
 * it.  They are drawn from the log behind it; archive_get_end() says how far.
 */
typedef int64_t Term; /* of a hash; 0: none */

/* kind keeps an agent and an activity of one name apart.  A letter and its
 * capital give neighbours, which lie and are written together. */
Term archive_term(char kind, const char *text, size_t size);

/* --- drawing; within a transaction --- */

/* How far postings are made; nobody else can move it until the commit. */
bool archive_take_index(Archive *archive, int64_t *indexed, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool archive_set_indexed(Archive *archive, int64_t seq, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* ArchiveStatement behind a seq, in order; of those that were erased, the
 * body is empty. */
GArray *archive_list_behind(Archive *archive, int64_t seq, int64_t n,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of those, what their rows say without their bodies. */
typedef struct {
	int64_t seq, tool;
	ToolScopes scopes;
	WallTime stored;
	char id[ID_UUID + 1], hash[ID_SHA256 + 1];
	bool erased;  /* its body is no longer what came */
	bool awaited; /* somebody refers to it already */
} ArchiveBehind;

GArray *archive_list_rows(Archive *archive, int64_t seq, int64_t n,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* source: 0, or the statement that has the term and that seq refers to. */
typedef struct {
	Term term;
	int64_t seq, source;
} ArchivePosting;

/* Sorts them first: what lies together in the database is then written
 * together. */
bool archive_add_postings(Archive *archive, GArray *postings, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	int64_t seq;
	char id[ID_UUID + 1];
	bool voids;
} ArchiveReferrer;

bool archive_add_referrer(Archive *archive, const char *target, int64_t seq,
			  bool voids, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of ArchiveReferrer: whose object is this statement. */
GArray *archive_list_referrers(Archive *archive, const char *target,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_void(Archive *archive, int64_t seq, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- activities --- */

/* JSON, the caller's; NULL without an error: none is known. */
char *archive_get_definition(Archive *archive, const char *activity,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_set_definition(Archive *archive, const char *activity,
			    const char *definition, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- finding --- */

#define FIND_TERMS_MAX 4

typedef struct {
	Term terms[FIND_TERMS_MAX]; /* all of them, in one statement or in
				     * one that it refers to; 0: no more */
	Term mine;                  /* and this, in it; 0: whoever sent it */
	int64_t after, upto;        /* seq: after < … ≤ upto */
	bool ascending;
	int64_t limit;
} ArchiveFind;

/* The last statement stored at or before an instant; 0: none. */
bool archive_seq_at(Archive *archive, WallTime at, int64_t *seq, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* ArchiveStatement, none that is voided; newest first or as asked for. */
GArray *archive_find(Archive *archive, const ArchiveFind *asked, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
