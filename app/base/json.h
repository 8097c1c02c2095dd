/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>
#include <jansson.h>

/*
 * JSON as jansson reads it, strictly: one value, no duplicate names, at most
 * JSON_DEPTH deep, integers within ±(2^53 - 1) as RFC 7493 has it.
 */
#define JSON_DEPTH       32
#define JSON_INTEGER_MAX INT64_C(9007199254740991)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

/* Owned by the caller; NULL and FAULT_INVALID with line and column. */
json_t *json_read(const void *bytes, size_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * RFC 8785 canonical bytes, for values without real numbers: FAULT_INVALID
 * if there is one.
 */
GBytes *
json_canonical(const json_t *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A text with its quotes, as RFC 8785 has it; it must be UTF-8. */
void json_print_text(GString *out, const char *text, size_t size);

/*
 * Members of an object, checked.  Each sets FAULT_INVALID with the member's
 * name; the text stays the object's.  json_text() refuses texts longer than
 * max bytes, and empty ones unless min is 0.
 */
const char *json_text(const json_t *object, const char *name, size_t min,
		      size_t max, GError **error);
bool
json_number(const json_t *object, const char *name, int64_t min, int64_t max,
	    int64_t *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool json_flag(const json_t *object, const char *name, bool *out,
	       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An array of at most max elements; NULL and FAULT_INVALID otherwise. */
json_t *
json_list(const json_t *object, const char *name, size_t max, GError **error);

/* Refuses any member that is not in the NULL-terminated list. */
bool json_only(const json_t *object, const char *const *names, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
