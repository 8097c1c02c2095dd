/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <curl/curl.h>

#include "app/base/id.h"
#include "sync/district/s3-line.h"

/* What s3-line.c, s3-call.c and s3-request.c share; nobody else includes it. */

struct S3Line {
	S3Config config; /* owned */
	GThread *thread;
	CURLM *multi;     /* owned; the thread's */
	GPtrArray *calls; /* owned: of S3Call, the thread's: not done yet */

	GMutex lock;       /* guards what follows */
	GPtrArray *orders; /* owned: of S3Call, to be looked at */
	bool stop, abandoned;
	MediaState state;
};

struct S3Call {
	gatomicrefcount references;
	S3Line *line; /* borrowed */

	/* what is asked */
	const char *method; /* static */
	char *path, *query; /* owned: escaped */
	GArray *pairs;      /* owned: S3Header, texts owned */
	char *file;         /* owned; NULL: no body */
	char sha256[ID_SHA256 + 1];
	bool streams;
	int64_t whole, from, size;

	/* the thread's: the attempt at hand */
	CURL *curl;               /* owned; NULL: none */
	struct curl_slist *lines; /* owned */
	int handle;               /* owned: of file; -1 */
	char message[CURL_ERROR_SIZE];
	int64_t begun_us, due_us; /* since boot */
	int64_t tried;
	int64_t got;   /* of a stream's bytes, in all attempts */
	bool checked;  /* this attempt's headers */
	GError *cause; /* owned: ours, not to be tried again */
	S3Headers headers;
	GString *text; /* owned: what is no stream */

	GMutex lock; /* guards what follows */
	GCond changed;
	GByteArray *bytes; /* owned: come and not taken */
	size_t taken;      /* of these */
	bool paused, wanted, cancelled, done;
	GError *error; /* owned */
	void (*wake)(void *data);
	void *wake_data;
};

/* --- s3-request.c: one attempt; all on the line's thread --- */

/* A handle that is ready to go; false with cause set. */
bool s3_request_begin(S3Call *call);
/* Is it a success, or NULL with *again telling whether it may pass? */
bool s3_request_judge(S3Call *call, CURLcode code, bool *again, GError **error);
/* What kind of trouble that error is, of the attempt that is judged. */
MediaTrouble
s3_request_trouble(const S3Call *call, CURLcode code, const GError *error);
void s3_request_end(S3Call *call);

/* --- s3-call.c --- */

/* Room for n more; else it is paused. */
bool s3_call_put(S3Call *call, const void *bytes, size_t n);
void s3_call_done(S3Call *call, GError *error); /* takes error */
void s3_call_unref(void *data);
/* --- s3-line.c --- */
void s3_line_order(S3Line *line, S3Call *call);
