/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/id.h"

/* The texts of a request that we read ourselves.  Any bytes may come. */

#define BASIC_USER_MAX   64 /* bytes */
#define BASIC_SECRET_MAX 200

/* `Basic` of a user and a secret (RFC 7617): UTF-8 without control
 * characters, neither of them empty; false if it is not that. */
bool
basic_parse(const char *header, char user[static BASIC_USER_MAX + 1],
	    char secret[static BASIC_SECRET_MAX + 1]) G_GNUC_WARN_UNUSED_RESULT;
/* May it be a user, or a secret, of those? */
bool basic_user_is_valid(const char *user);
bool basic_secret_is_valid(const char *secret);

/* The value of the cookie of that name, if it is a token. */
bool cookie_parse(const char *header, const char *name,
		  char token[static ID_TOKEN + 1]) G_GNUC_WARN_UNUSED_RESULT;

/* Does If-None-Match name this tag (without its quotes)? */
bool etag_matches(const char *header, const char *tag);

/*
 * Does path fit a pattern?  `*` is one part, `**` the rest; what it stood
 * for goes to argument: a part has neither "..", a backslash nor a control
 * character in it, and is not empty.
 */
bool path_matches(const char *pattern, const char *path, char *argument,
		  size_t size);

/* The path without its empty parts: `//a///b/` is `/a/b`; `/` stays. */
char *path_without_gaps(const char *path);

typedef enum {
	RANGE_WHOLE, /* none asked, or one that may be passed over */
	RANGE_PART,
	RANGE_NONE, /* nothing of it is there: 416 */
} Range;

/* One range of bytes, as RFC 9110 has it: first … last, within size. */
Range
range_parse(const char *header, int64_t size, int64_t *first, int64_t *last);

/* A name of a header: a token of RFC 9110. */
bool header_name_is_valid(const char *name);
