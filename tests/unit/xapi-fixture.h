/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

#include "sync/xapi/statement.h"

/*
 * Statements in tests are written with ' for ", and of these parts, so that
 * a row shows what it is about.
 */
#define ACTOR  "'actor':{'mbox':'mailto:ada@example.org'}"
#define VERB   "'verb':{'id':'http://example.org/did'}"
#define OBJECT "'object':{'id':'http://example.org/a'}"
#define AV     ACTOR "," VERB ","
#define AVO    ACTOR "," VERB "," OBJECT
#define UUID_A "12345678-1234-5678-1234-56781234567a"
#define UUID_B "12345678-1234-5678-1234-56781234567b"
#define SHA256_A \
	"495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a"
#define AGENT_A "{'mbox':'mailto:a@example.org'}"
#define AGENT_B "{'mbox':'mailto:b@example.org'}"
#define VOIDED  "'verb':{'id':'http://adlnet.gov/expapi/verbs/voided'}"

/* ' becomes "; owned by the caller. */
char *xapi_json(const char *text);

/* Reads a batch from text with ' for "; *json keeps its bytes. */
XapiBatch *
xapi_read(const char *text, XapiVersion version, char **json, GError **error);
