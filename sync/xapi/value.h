/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "app/base/clock.h"

/*
 * What a single value may be.  1.0.3 is adlnet/xAPI-Spec (Data, sections 2
 * and 4); 2.0 is IEEE 9274.1.1-2023 (section 4.2.7).  Every text is UTF-8
 * already; sizes are in bytes, and there need be no NUL.
 *
 * Where a specification allows "best-effort validation" (IRIs) this is the
 * grammar without what a scheme adds to it.
 */
typedef enum {
	XAPI_1_0, /* 1.0.0 … 1.0.3 */
	XAPI_2_0, /* 2.0.0 */
} XapiVersion;

/* What X-Experience-API-Version may say: "1.0", "1.0.n", "2.0" or "2.0.n". */
bool xapi_version_parse(const char *text, size_t size, XapiVersion *out)
	G_GNUC_WARN_UNUSED_RESULT;
/* "1.0.3" or "2.0.0", for messages and for the header of an answer. */
const char *xapi_version_name(XapiVersion version);
/* "1.0.0" or "2.0.0", for a statement that came without one (Data 2.4.10.s3,
 * 2.0 4.2.4.3). */
const char *xapi_version_of_statement(XapiVersion version);

/* RFC 3987, absolute: a scheme, and something behind it. */
bool xapi_is_iri(const char *text, size_t size);
/* "mailto:" and one address (Data 2.4.2.3). */
bool xapi_is_mbox(const char *text, size_t size);
bool xapi_is_sha1(const char *text, size_t size); /* 40 hex digits */
/* SHA-224, -256, -384 or -512 in hex digits (FIPS 180). */
bool xapi_is_sha2(const char *text, size_t size);
/* Standard form of any version and variant, either case (Data 4.4). */
bool xapi_is_uuid(const char *text, size_t size);
/* RFC 5646, well formed. */
bool xapi_is_language(const char *text, size_t size);
/* RFC 2045: type, subtype and parameters. */
bool xapi_is_media_type(const char *text, size_t size);
/* A media type's type and subtype alone, whatever its case. */
bool xapi_media_type_is(const char *text, size_t size, const char *type);

/* --- ISO 8601 (value-time.c) --- */

/*
 * 1.0.3 takes ISO 8601's date and time of day, extended or basic, to the
 * minute or finer, with or without a zone (none is read as UTC; Data 4.5);
 * 2.0 takes RFC 3339.  Both take a blank instead of the T.  No zone is -00:00
 * (ISO 8601:2004, 4.2.5.1).  Digits beyond the microsecond don't count.
 */
bool xapi_timestamp_parse(const char *text, size_t size, XapiVersion version,
			  WallTime *out) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The same instant in UTC, with the digits of its fraction as they were
 * (Data 4.5.s1.b6; 2.0 4.2.7 Timestamps).  NULL when there is nothing to
 * change: it is in UTC, or says no zone.
 */
char *xapi_timestamp_to_utc(const char *text, size_t size);

/* ISO 8601:2004 4.4.3.2, not 4.4.3.3; in 1.0.3 also the specification's own
 * "P16559.14S" (Data 4.6). */
bool xapi_is_duration(const char *text, size_t size, XapiVersion version);

/* Appends a duration as it is compared: a text, but not beyond 0.01 s
 * (Data 2.3.1.b8, 4.6.s1.b5). */
void xapi_duration_fold(GString *out, const char *text, size_t size);
