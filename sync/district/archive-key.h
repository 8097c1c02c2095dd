/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-kiosk.h"
#include "sync/district/archive-staff.h"
#include "sync/district/archive-tool.h"

/* Whatever lets somebody in, of all kinds, as IT sees it: no secret and no
 * hash of one is in it. */
typedef enum {
	KEY_ANY = 0,
	KEY_TOOL,
	KEY_TEACHER,
	KEY_ADMINISTRATOR,
	KEY_KIOSK,
	KEY_CODE, /* that enrols a kiosk, while nobody has used it */
} KeyKind;

/* "tool" …; any other text is none. */
const char *key_kind_name(KeyKind kind);
bool key_kind_parse(const char *text, KeyKind *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
	KEY_ACTIVE,
	KEY_ONE_TIME,    /* the password must be changed at its first use */
	KEY_OVERLAP,     /* the secret before is still good, until… */
	KEY_ENROL_AGAIN, /* a kiosk that must */
	KEY_WAITING,     /* a code, good until… */
	KEY_REVOKED,
} KeyState;

const char *key_state_name(KeyState state);

KeyState archive_kiosk_state(const ArchiveKiosk *kiosk, WallTime now);

#define KEY_ID_MAX 64

typedef struct {
	KeyKind kind;
	int64_t key;             /* the archive's own */
	char id[KEY_ID_MAX + 1]; /* user, login, kiosk, "code-…" */
	char name[ROSTER_NAME_MAX + 1];
	ToolScopes scopes; /* of a tool */
	KeyState state;
	WallTime made, used, until; /* 0: never */
} ArchiveKey;

/* Of ArchiveKey, by kind. */
GArray *archive_list_keys(Archive *archive, WallTime now, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* FAULT_NOT_FOUND; FAULT_INVALID if two kinds have that id. */
bool
archive_find_key(Archive *archive, KeyKind kind, const char *id, WallTime now,
		 ArchiveKey *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An account, whatever its role.  FAULT_NOT_FOUND. */
bool archive_find_staff_key(Archive *archive, const char *login, WallTime now,
			    ArchiveKey *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
