/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-audit.h"
#include "sync/district/writer.h"

/*
 * The audit log's events on their way to the archive, of what changes
 * nothing: reads and refusals.  They are gathered, equal ones as one with
 * their number, and written once a second in a group of the writer's: a read
 * waits for none of it, and a second of them may be lost to a power cut.
 *
 * Also drops what is older than [audit] days.  Any thread may call.
 */
typedef struct Trail Trail;

/* days 0: nothing is dropped.  writer and clock are borrowed. */
Trail *trail_new(Writer *writer, const Clock *clock, int64_t days);

void trail_add(Trail *trail, const AuditEvent *event);

/* Gives the writer what is left; then the writer is freed, then this. */
void trail_stop(Trail *trail);
void trail_free(Trail *trail);
