/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/portrait/portrait.h"
#include "sync/district/archive-review.h"

/*
 * An entry as the teacher's page shows it, in a language; the shape is in
 * sync/README.md.  portrait may be NULL, or another than the one that the
 * learner saw: what was asked is then told in the words of the record.
 */
json_t *
entry_to_json(const ArchiveEntry *entry, const Portrait *portrait,
	      const char *language, GError **error) G_GNUC_WARN_UNUSED_RESULT;
