/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store-private.h"

/*
 * Statements that are prepared once: half of what laying a stone cost a
 * processor was reading SQL.  One is the store's until it closes its
 * database; who has it gives it back, reset and with nothing bound, by
 * autoptr, before asking for the same again.
 */
typedef sqlite3_stmt KeptStatement;

GPtrArray *kept_new(void);
KeptStatement *kept_prepare(Store *store, const char *sql, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void kept_give_back(KeptStatement *stmt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeptStatement, kept_give_back)
