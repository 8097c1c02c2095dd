/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "sync/xapi/tape.h"
#include "sync/xapi/value.h"

/*
 * The objects of xAPI as tables: which properties each may have, and of what
 * kind.  Checking, hashing, printing and finding keys all walk by them, so
 * that a property is named once.
 */
typedef enum {
	KIND_TEXT,
	KIND_WORD, /* one text only: the member's `word` */
	KIND_IRI,
	KIND_MBOX,
	KIND_SHA1,
	KIND_SHA2,
	KIND_UUID,
	KIND_TIMESTAMP,
	KIND_DURATION,
	KIND_LANGUAGE,
	KIND_VERSION,
	KIND_MEDIA_TYPE,
	KIND_INTERACTION,
	KIND_NUMBER,
	KIND_LENGTH, /* 0, 1, 2 … */
	KIND_FLAG,
	KIND_LANGUAGE_MAP,
	KIND_EXTENSIONS,
	KIND_TEXTS,  /* a list of texts */
	KIND_IRIS,   /* a list of one or more IRIs */
	KIND_OBJECT, /* of the member's shape */
	KIND_LIST,   /* of objects of that shape */
	KIND_ONE_OR_LIST,
	KIND_ACTOR,     /* agent or group, by its objectType */
	KIND_THING,     /* what a statement is about, by its objectType */
	KIND_SUB_THING, /* the same within a sub-statement */
} XapiKind;

typedef enum {
	MEMBER_REQUIRED = 1 << 0,
	MEMBER_SINCE_2_0 = 1 << 1,
	MEMBER_IFI = 1 << 2,     /* an inverse functional identifier */
	MEMBER_BY_LRS = 1 << 3,  /* the LRS may set it (Data 2.3.1.b1) */
	MEMBER_OUTSIDE = 1 << 4, /* no part of what a statement means:
				  * display, definition … (Data 2.3.1) */
	MEMBER_UNORDERED = 1 << 5,
	MEMBER_APART = 1 << 6, /* compared by itself: attachments */
} XapiMemberFlags;

#define SHAPE_MEMBERS_MAX 16

typedef struct XapiShape XapiShape;

typedef struct {
	const char *name;
	uint8_t size; /* of name */
	XapiKind kind;
	XapiMemberFlags flags;
	const XapiShape *shape;
	const char *word;
} XapiMember;

struct XapiShape {
	const char *name;
	const char *section[2]; /* by XapiVersion: where its rules stand */
	const XapiMember *members;
	unsigned n;
};

extern const XapiShape xapi_shape_statement, xapi_shape_sub_statement,
	xapi_shape_agent, xapi_shape_group, xapi_shape_account,
	xapi_shape_activity, xapi_shape_definition, xapi_shape_component,
	xapi_shape_statement_ref, xapi_shape_verb, xapi_shape_score,
	xapi_shape_context, xapi_shape_attachment;

/* The member of that name, or NULL. */
const XapiMember *xapi_shape_find(const XapiShape *shape, const TapeValue *name,
				  XapiVersion version);

/*
 * The shape of a value of KIND_ACTOR, KIND_THING or KIND_SUB_THING by its
 * objectType, and of one whose kind has a shape of its own; NULL: there is no
 * such objectType here.
 */
const XapiShape *
xapi_shape_of(const XapiMember *member, const TapeValue *value);

/* Whether a value of this kind is an object, or a list of objects, with a
 * shape. */
bool xapi_kind_has_shape(XapiKind kind);

/* A property of an object of this shape, for rules that look at several:
 * NULL if it is not there. */
const TapeValue *xapi_shape_get(const TapeValue *const *found,
				const XapiShape *shape, const char *name);
