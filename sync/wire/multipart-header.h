/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/wire/multipart.h"

/* The texts of multipart: what stands before a body.  Only multipart.c and
 * its test need it. */

/* From `multipart/mixed; boundary="…"`; FAULT_INVALID if it is not that. */
bool multipart_boundary_parse(const char *content_type,
			      char out[static MULTIPART_BOUNDARY_MAX + 1],
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The headers of a part with their line ends, the empty line included.
 * Headers that nobody asks for are passed over; one of ours twice, a line
 * without a colon or a control character is FAULT_INVALID.
 */
bool multipart_headers_parse(const char *text, MultipartHeaders *out,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
