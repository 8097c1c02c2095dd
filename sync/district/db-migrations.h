/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The tables, as SQLite has them: an entry is never edited.  PostgreSQL is
 * told the same by other words: db-postgres-open.c. */
static const char *const db_migrations[] = {
#include "sync/district/migrations/001-initial.sql.inc"
	,
#include "sync/district/migrations/002-lrs.sql.inc"
	,
#include "sync/district/migrations/003-erase.sql.inc"
	,
#include "sync/district/migrations/004-terms.sql.inc"
	,
#include "sync/district/migrations/005-audit.sql.inc"
	,
#include "sync/district/migrations/006-keys.sql.inc"
	,
#include "sync/district/migrations/007-attempts.sql.inc"
	,
#include "sync/district/migrations/008-audit-chain.sql.inc"
	,
#include "sync/district/migrations/009-erased-agents.sql.inc"
};
