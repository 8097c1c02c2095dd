/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>
#include <jansson.h>

#include "sync/district/media-stream.h"

/*
 * The answer to a request.  Handlers give one by these calls; the first one
 * given holds.
 */
typedef struct Exchange Exchange;

/* A piece of an answer that is sent as it is read. */
typedef struct {
	GBytes *bytes; /* owned; NULL: of a medium */
	Media *media;  /* borrowed */
	MediaRange range;
	MediaStream *stream; /* owned; NULL: not begun */
	int64_t size;
} ReplyPart;

typedef struct {
	int status;   /* 0: none yet */
	GBytes *body; /* owned; NULL: none, or a file */
	int file;     /* owned: sent instead of body; -1: none */
	int64_t file_from, file_size;
	GPtrArray *parts;   /* owned: ReplyPart, instead of body */
	const char *type;   /* static; NULL: perhaps among headers */
	GPtrArray *headers; /* owned: name, value, name, value … */
} Reply;

void reply_empty(Exchange *exchange, int status);
void reply_json(Exchange *exchange, int status, json_t *value); /* takes it */
/* type is static. */
void
reply_bytes(Exchange *exchange, int status, const char *type, GBytes *bytes);
/* Takes the descriptor; answers with the range that is asked for. */
void reply_file(Exchange *exchange, const char *type, int file, int64_t size);
/* The same for a medium of that size. */
void reply_medium(Exchange *exchange, const char *type, const char *sha256,
		  int64_t size);
/* Takes parts, of ReplyPart; see reply-parts.h. */
void reply_parts(Exchange *exchange, int status, GPtrArray *parts);
void reply_header(Exchange *exchange, const char *name, const char *value);
/* Sets the ETag; true, with 304 set, if the client has it already. */
bool reply_not_modified(Exchange *exchange, const char *tag);

/* code and detail as in sync/README.md; number 0: no record. */
void reply_problem(Exchange *exchange, int status, const char *code,
		   int64_t number, const char *detail);
/* What the error's fault stands for in HTTP. */
void reply_error(Exchange *exchange, const GError *error);
void reply_retry(Exchange *exchange, int status, const char *code,
		 int64_t after_s, const char *detail);

void reply_clear(Reply *reply);
