/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/id.h"
#include "sync/district/archive.h"

/*
 * Who read or changed what: a table that is only ever added to, until its
 * rows are older than [audit] days.  It holds ids and never a child's name,
 * what a child recorded, or a secret.
 *
 * What changes something is added in the transaction of the change: there is
 * neither without the other.
 */
#define AUDIT_WHO_MAX     64
#define AUDIT_ADDRESS_MAX 63
#define AUDIT_ACTION_MAX  64
#define AUDIT_OBJECT_MAX  160
#define AUDIT_ABOUT_MAX   64
#define AUDIT_MEDIUM      "medium:" /* and its SHA-256 */
#define AUDIT_STATEMENT   "statement:"

/* On the disk by number. */
typedef enum {
	AUDIT_NOBODY = 0,  /* who is not known: a wrong secret */
	AUDIT_COMMAND = 1, /* typed at the server, by the system's user */
	AUDIT_KIOSK = 2,
	AUDIT_TEACHER = 3,
	AUDIT_ADMINISTRATOR = 4,
	AUDIT_TOOL = 5,
	AUDIT_SERVER = 6, /* by itself */
} AuditWho;

/* "teacher" … */
const char *audit_who_name(AuditWho kind);

typedef struct {
	int64_t seq; /* 1, 2, 3 …; set by the archive */
	WallTime at;
	AuditWho kind;
	char who[AUDIT_WHO_MAX + 1];
	char address[AUDIT_ADDRESS_MAX + 1];
	char action[AUDIT_ACTION_MAX + 1]; /* "GET /media/…", "key rotate" */
	char object[AUDIT_OBJECT_MAX + 1]; /* "entry:ID"; "": said by action */
	char about[AUDIT_ABOUT_MAX + 1];   /* a learner, or a class; or "" */
	int64_t n;                         /* times, or things; at least 1 */
	int status;                        /* as HTTP has it; 200: done */
	char hash[ID_SHA256 + 1];          /* archive-audit-chain.h; set by the
					    * archive; "": of before there was one */
} AuditEvent;

bool archive_add_audit(Archive *archive, const AuditEvent *event,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As above, for a command: who is the system's user.  object and about may
 * be NULL. */
bool audit_command(Archive *archive, const char *action, const char *object,
		   const char *about, int64_t n, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* A read; of a medium once for each learner whose evidence has it, and of a
 * statement with its learner. */
bool archive_add_audit_of_read(Archive *archive, const AuditEvent *event,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is not asked for is "", NULL or 0. */
typedef struct {
	WallTime since, until; /* until 0: no end; that instant is out of it */
	const char *who;       /* an id */
	const char *learner;   /* also what was read of their whole class */
	int64_t after;         /* seq */
	int64_t limit;         /* 0: all */
} AuditFind;

typedef bool (*AuditFunc)(const AuditEvent *event, void *data, GError **error);

/* Oldest first; stops when func returns false. */
bool archive_each_audit(Archive *archive, const AuditFind *find, AuditFunc func,
			void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Drops at most `most` events from the beginning, up to the first that is
 * not from before an instant, and adds one that says so.  What is dated
 * after now is of a clock that was wrong, and as old as what follows.
 */
typedef struct {
	WallTime now, before;
	int64_t most;
} AuditDrop;

bool
archive_drop_audit(Archive *archive, const AuditDrop *drop, int64_t *dropped,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
