/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-lrs.h"
#include "sync/district/archive-private.h"

/* What the modules archive-lrs*.c share; nobody else includes this. */
#define STATEMENT_COLUMNS \
	"s.seq, s.id, s.stored_us, s.tool, coalesce(t.scopes, 0), k.id, " \
	"k.name, s.body"
#define STATEMENT_SENDERS \
	" LEFT JOIN kiosk k ON k.key = s.kiosk" \
	" LEFT JOIN tool t ON t.key = s.tool"
#define STATEMENT_TABLES "statement s" STATEMENT_SENDERS

void archive_read_statement(ArchiveQuery *query, ArchiveStatement *out);
