/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <jansson.h>

#include "sync/district/archive-key.h"
#include "sync/district/request-text.h"

/*
 * Making, renewing and ending what lets somebody in.  Each within the
 * caller's transaction; it works at once in every running server, because
 * each request asks the archive.
 */
#define KEYS_SECRET_MAX (BASIC_USER_MAX + 1 + BASIC_SECRET_MAX)
#define KEYS_GRACE_MAX  (24 * 90) /* hours */

/* A secret to be told once and then cleared: "id:secret" of a tool (only its
 * id if the secret was chosen), a one-time password, an enrolment code. */
typedef struct {
	char text[KEYS_SECRET_MAX + 1];
	char hash[SECRET_HASH_MAX + 1]; /* what is kept of it */
} KeysSecret;

/*
 * A new one for a key of that kind and id; outside of a transaction, since
 * it may take a tenth of a second.  chosen: a tool's, or NULL.  FAULT_INVALID
 * for a user or a secret that will not do.
 */
bool keys_new_secret(KeyKind kind, const char *id, const char *chosen,
		     KeysSecret *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void keys_secret_clear(KeysSecret *secret);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeysSecret, keys_secret_clear)

typedef struct {
	const char *id; /* the user */
	const char *name;
	ToolScopes scopes;
} KeysTool;

bool
keys_add_tool(Archive *archive, const KeysTool *tool, const KeysSecret *secret,
	      WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool keys_add_code(Archive *archive, const char *name, const KeysSecret *secret,
		   WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	int64_t grace_hours; /* what was before is good for so long */
	bool restore;        /* also one that was revoked */
} KeysRotate;

/* Whether that may be asked for this key; FAULT_INVALID, FAULT_REFUSED. */
bool keys_check_rotate(const ArchiveKey *key, const KeysRotate *how,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/*
 * A tool gets a new secret, a person a one-time password (and their sessions
 * end), a kiosk a code to enrol again with: it keeps what it recorded, and
 * its chain goes on.
 */
bool keys_rotate(Archive *archive, const ArchiveKey *key, const KeysRotate *how,
		 const KeysSecret *secret, WallTime now, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* What they sent and decided stays.  Again is no error. */
bool keys_revoke(Archive *archive, const ArchiveKey *key, WallTime now,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* {"kind","id","name","scopes" (a tool's),"state","made","used","until"};
 * times are null for never. */
json_t *key_to_json(const ArchiveKey *key);
