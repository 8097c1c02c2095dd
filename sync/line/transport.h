/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"
#include "app/base/id.h"
#include "sync/line/answer-headers.h"
#include "sync/line/body.h"

typedef struct Answer Answer;

/* Takes an answer's bytes as they come; what it is of is known by then.
 * False with error set ends the question with that error. */
typedef struct {
	bool (*take)(void *self, const Answer *answer, const void *bytes,
		     size_t size, GError **error);
	void *self;
} Sink;

/*
 * One question and its answer: what the logic of who sends needs of HTTP,
 * and all it knows of it.  curl-transport.h does it for real; a test hands
 * in its own.
 */
typedef struct {
	const char *path; /* "/kiosk/bundle" */
	bool post;
	const char *content_type; /* of the body */
	Body *body;               /* NULL: none */
	const char *user;         /* NULL: without credentials */
	const char *password;
	const char *if_none_match; /* an ETag's text; NULL: not sent */
	const char *version;       /* X-Experience-API-Version; NULL: none */
	WallTime now; /* as best known, for certificates; 0: not known */
	size_t answer_max;
	const Sink *sink; /* for a 200's body; NULL: into memory, as others */
} Request;

struct Answer {
	int status;
	GBytes *body; /* owned */
	AnswerHeaders headers;
	int64_t retry_after_s; /* -1: not said */
};

typedef struct {
	/*
	 * True if there was an answer, whatever its status.  FAULT_OFFLINE:
	 * nobody answered, or not to the end; FAULT_REFUSED: not who
	 * we asked for (its certificate), or an address that we do not talk to;
	 * FAULT_INVALID: larger than answer_max; FAULT_DAMAGED: a file of
	 * the body could not be read; FAULT_BUSY: we are to stop.
	 */
	bool (*send)(void *self, const Request *request, Answer *out,
		     GError **error);
	void *self;
} Transport;

void answer_clear(Answer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)
