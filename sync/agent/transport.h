/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"
#include "app/base/id.h"
#include "sync/agent/answer-headers.h"
#include "sync/agent/body.h"

/*
 * One question to the district and its answer: what the agent's logic needs
 * of HTTP, and all it knows of it.  curl-transport.h does it for real; a
 * test hands in its own.
 */
typedef struct {
	const char *path; /* "/kiosk/bundle" */
	bool post;
	const char *content_type; /* of the body */
	Body *body;               /* NULL: none */
	const char *kiosk;        /* NULL: without credentials */
	const char *secret;
	const char *if_none_match; /* an ETag's text; NULL: not sent */
	bool xapi;                 /* X-Experience-API-Version */
	WallTime now; /* as best known, for certificates; 0: not known */
	size_t answer_max;
} Request;

typedef struct {
	int status;
	GBytes *body; /* owned */
	AnswerHeaders headers;
	int64_t retry_after_s; /* -1: not said */
} Answer;

typedef struct {
	/*
	 * True if there was an answer, whatever its status.  FAULT_OFFLINE:
	 * nobody answered, or not to the end; FAULT_REFUSED: not the
	 * district (its certificate), or an address that we do not talk to;
	 * FAULT_INVALID: larger than answer_max; FAULT_DAMAGED: a file of
	 * the body could not be read; FAULT_BUSY: we are to stop.
	 */
	bool (*send)(void *self, const Request *request, Answer *out,
		     GError **error);
	void *self;
} Transport;

void answer_clear(Answer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)
