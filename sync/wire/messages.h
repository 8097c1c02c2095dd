/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"
#include "app/roster/roster.h"
#include "sync/wire/sign.h"

/*
 * What kiosk and district say to each other besides statements; the paths
 * and shapes are in sync/README.md.  Each message has a format and a parse
 * that are each other's inverse; a parse sets FAULT_INVALID with the member,
 * FAULT_REFUSED for a signature that does not fit.
 */
#define MESSAGE_BYTES_MAX (8 * 1024 * 1024) /* of a bundle */
#define MESSAGE_NONCE     32                /* hex digits */
#define MESSAGE_CODE      12                /* an enrolment code's digits */
#define MESSAGE_BASE_MAX  255
/* Of a district: "https://cairn.example", no slash at the end. */
bool message_base_is_valid(const char *base);

/* "Everything of this kiosk up to number is durable here." */
typedef struct {
	char kiosk[ID_UUID + 1];
	int64_t number;
	char hash[ID_SHA256 + 1]; /* of that record; ID_NO_HASH for 0 */
	WallTime at;
} Receipt;

/* JSON "." signature, both base64url: one line, fit for a header. */
char *receipt_format(const Receipt *receipt, const SignKey *key);
bool receipt_parse(const char *text, const char *public_key, Receipt *out,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The district's time, answering a nonce: 32 lower-case hex digits. */
void nonce_new(char out[static MESSAGE_NONCE + 1]);
bool nonce_is_valid(const char *nonce);
char *time_format(const char *nonce, WallTime now, const SignKey *key);
bool time_parse(const char *text, const char *nonce, const char *public_key,
		WallTime *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* POST /kiosk/enrol */
typedef struct {
	char code[MESSAGE_CODE + 1];
	char kiosk[ID_UUID + 1];
	char public_key[SIGN_KEY_TEXT + 1];
} EnrolRequest;

/* Its answer, and that of POST /kiosk/fork. */
typedef struct {
	char kiosk[ID_UUID + 1];
	char secret[ID_TOKEN + 1];
	char district_key[SIGN_KEY_TEXT + 1];
} EnrolAnswer;

GBytes *enrol_request_format(const EnrolRequest *request);
bool enrol_request_parse(const void *bytes, size_t size, EnrolRequest *out,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *enrol_answer_format(const EnrolAnswer *answer);
bool enrol_answer_parse(const void *bytes, size_t size, EnrolAnswer *out,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* POST /kiosk/fork: a copied store left the chain after this record. */
typedef struct {
	int64_t after;                      /* 0: from the start */
	char hash[ID_SHA256 + 1];           /* of record `after` */
	char public_key[SIGN_KEY_TEXT + 1]; /* new; the same when resent */
} ForkRequest;

GBytes *fork_request_format(const ForkRequest *request);
bool fork_request_parse(const void *bytes, size_t size, ForkRequest *out,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* POST /kiosk/aside: a record that the district refused by itself. */
typedef struct {
	int64_t number;
	char hash[ID_SHA256 + 1];
	char reason[300];
} AsideNotice;

GBytes *aside_notice_format(const AsideNotice *notice);
bool aside_notice_parse(const void *bytes, size_t size, AsideNotice *out,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* application/problem+json (RFC 9457) with our own "code".  What is parsed
 * has no control character in its texts. */
typedef struct {
	int status;
	char code[32];    /* "forked", "conflict", "invalid", … */
	char detail[300]; /* what, where, what to do */
	int64_t number;   /* the record at fault; 0 if none */
} Problem;

GBytes *problem_format(const Problem *problem);
bool problem_parse(const void *bytes, size_t size, Problem *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
