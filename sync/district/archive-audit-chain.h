/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-audit.h"

/*
 * The audit log as a chain: events are numbered without gaps, and each has
 * the SHA-256 of the one before and of itself, so that one that was changed,
 * taken out or put in is found.  Whoever may write the database can make the
 * whole chain anew; they cannot make it end in a hash that somebody noted
 * elsewhere.
 *
 * The hash is of what follows, each as its length in bytes, a colon, itself
 * and a comma: the hash before, seq, at in microseconds, kind, who, address,
 * action, object, about, n, status, as `audit --json` has them.
 *
 * What is too old is dropped from the beginning, whole; that is an event of
 * the log, and the chain goes on from the hash of the last that was dropped.
 */
typedef struct {
	int64_t seq;              /* of the last event; 0: there was none */
	char hash[ID_SHA256 + 1]; /* its hash */
	int64_t from;             /* seq of the first that is chained */
	char before[ID_SHA256 + 1];
} AuditEnd;

void audit_hash(const char *before, const AuditEvent *event,
		char out[static ID_SHA256 + 1]);

bool archive_get_audit_end(Archive *archive, AuditEnd *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* All events, oldest first, one at a time; with archive_begin_snapshot(). */
bool archive_stream_audit(Archive *archive, AuditFunc func, void *data,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "audit:SEQ", the object of the event that says what was dropped. */
#define AUDIT_DROPPED "audit:"
#define AUDIT_DROP    "audit retention"

/* For archive.c and archive-audit.c: the event gets its number and hash;
 * what moved is written at the end of the transaction. */
bool archive_chain_event(Archive *archive, AuditEvent *event, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool archive_write_audit_end(Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool archive_move_audit_begin(Archive *archive, const AuditEvent *last,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
