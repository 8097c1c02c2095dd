/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-check.h"
#include "sync/district/check.h"

/* What check.c asks of check-*.c. */

/* where: as for printf(). */
void check_found(Check *check, const char *what, const char *to_do,
		 const char *where, ...) G_GNUC_PRINTF(4, 5);

bool check_chains(Check *check, Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool check_audit(Check *check, Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool check_media(Check *check, Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool check_drawn(Check *check, GError **error) G_GNUC_WARN_UNUSED_RESULT;
