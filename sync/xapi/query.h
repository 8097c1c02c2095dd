/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

#include "sync/xapi/value.h"

/*
 * The parameters of a request (Communication 2; 2.0 4.1.6): each resource and
 * method has its own, any other is refused, and so is one that is there twice
 * or in another case (Communication 3.2.s3.b7, b8; 2.0 4.1.5).
 */
typedef enum {
	XAPI_STATEMENTS_GET,
	XAPI_STATEMENTS_PUT,
	XAPI_STATEMENTS_POST,
	XAPI_STATE_PUT, /* and POST */
	XAPI_STATE_GET,
	XAPI_STATE_DELETE,
	XAPI_AGENTS_GET,
	XAPI_ACTIVITIES_GET,
	XAPI_AGENT_PROFILE_PUT, /* and POST and DELETE */
	XAPI_AGENT_PROFILE_GET,
	XAPI_ACTIVITY_PROFILE_PUT, /* and POST and DELETE */
	XAPI_ACTIVITY_PROFILE_GET,
	XAPI_ABOUT_GET,
} XapiRequest;

/* As they are after %-decoding; end with a NUL. */
typedef struct {
	const char *name, *value;
} XapiParameter;

typedef enum {
	XAPI_FORMAT_EXACT,
	XAPI_FORMAT_IDS,
	XAPI_FORMAT_CANONICAL,
} XapiFormat;

/* What is not asked for is empty, NULL, false or 0. */
typedef struct {
	char statement_id[37]; /* lower case */
	bool is_voided;        /* that of a voidedStatementId */
	char registration[37]; /* lower case */
	char *agent;           /* owned: its key, as in keys.h */
	char *agent_json;      /* owned */
	char *verb, *activity; /* owned: IRIs; activity also activityId */
	char *document;        /* owned: stateId or profileId */
	bool related_agents, related_activities;
	bool ascending, attachments;
	bool has_since, has_until;
	WallTime since; /* stored after this … */
	WallTime until; /* … and at or before this */
	int64_t limit;  /* 0: as many as the server gives */
	XapiFormat format;
} XapiQuery;

/* FAULT_INVALID, naming the parameter, its rule and section, or fills *out,
 * which is the caller's to clear. */
bool xapi_query_read(XapiRequest request, const XapiParameter *parameters,
		     size_t n, XapiVersion version, XapiQuery *out,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xapi_query_clear(XapiQuery *query);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(XapiQuery, xapi_query_clear)
