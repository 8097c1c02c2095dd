/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "sync/xapi/statement.h"

/*
 * What a statement is found by (Communication 2.1.3; 2.0 4.1.6.1).
 *
 * An agent or an identified group is named by its one inverse functional
 * identifier, in a normal form: two are the same when these texts are.
 *
 *     mailto:ada@example.org        the domain in lower case
 *     sha1:ebd31e95…                lower case
 *     openid:http://…
 *     account:http://home.page name     \\ for a backslash, \0 for a NUL
 *
 * A group's members count as the group does; an anonymous group has no key
 * but theirs.
 */
typedef enum {
	XAPI_KEY_AGENT = 1 << 0,            /* actor or object */
	XAPI_KEY_RELATED_AGENT = 1 << 1,    /* … authority, instructor, team,
					     * contextAgents, contextGroups;
					     * and of a sub-statement */
	XAPI_KEY_ACTIVITY = 1 << 2,         /* the object */
	XAPI_KEY_RELATED_ACTIVITY = 1 << 3, /* … any of the context, and of a
					     * sub-statement */
} XapiKeyRoles;

typedef struct {
	const char *text; /* ends with a NUL; the keys' own */
	uint32_t size;
	XapiKeyRoles roles; /* what is an agent is a related one, too */
} XapiKey;

typedef struct {
	const TapeValue *verb; /* its IRI, on the statement's tape */
	char registration[37]; /* lower case; empty: none */
	char target[37];       /* the statement that its object refers to; a
				* query that finds that one finds this, too */
	bool is_voiding;       /* and if the target voids none, it is voided */
	GArray *keys; /* owned: XapiKey, none twice as agent or activity */
	GStringChunk *texts; /* owned */
	GHashTable *seen;    /* owned; of many keys */
} XapiKeys;

/* Without its authority, which may be about to be set. */
void xapi_keys(const XapiStatement *statement, XapiKeys *out);
void xapi_keys_add_authority(XapiKeys *keys, const TapeValue *authority);
void xapi_keys_clear(XapiKeys *keys);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(XapiKeys, xapi_keys_clear)

/* The normal form of an agent or identified group; NULL: it has no
 * identifier.  Owned by the caller. */
char *xapi_agent_key(const TapeValue *actor);
