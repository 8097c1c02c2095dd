/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"
#include "app/base/id.h"

/*
 * What was sent on, for as long as the folder is kept: sent.jsonl, a line a
 * statement, written and synced before it goes out.  So a statement that may
 * be at the other LRS is always in it, though one that is in it may not have
 * come through.  Who did it is noted as it was sent, so with pseudonyms the
 * ledger knows no more than the other LRS does.
 */
typedef struct {
	char id[ID_UUID + 1];
	const char *actor; /* borrowed; "": nobody that can be named */
	WallTime at;
	bool refused; /* by the other LRS, and set aside */
} LedgerLine;

typedef struct Ledger Ledger;

Ledger *
ledger_open(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lines whose ids were written last are not written again: a batch that is
 * sent again and again is in the ledger once. */
void ledger_add(Ledger *ledger, const LedgerLine *line);
/* All that was added is on the disk after this. */
bool ledger_sync(Ledger *ledger, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether it was sent, and not refused.  Reads the whole file. */
bool ledger_has(const Ledger *ledger, const char *id, bool *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* In the order they were sent, each once, refused ones left out.  actor NULL:
 * of everybody.  Stops when func returns false. */
typedef bool (*LedgerFunc)(const LedgerLine *line, void *data);
bool ledger_each(const Ledger *ledger, const char *actor, LedgerFunc func,
		 void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void ledger_close(Ledger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ledger, ledger_close)
