/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store-outbox.h"

/*
 * Looking at the store line by line: for IT's page of truth and for the
 * tests that compare what was promised with what is there.
 */
typedef struct {
	int64_t number;
	char id[ID_UUID + 1]; /* "" if the record itself was lost */
	char hash[ID_SHA256 + 1];
	OutboxState state;
	char reason[300]; /* why it was set aside, or "" */
	bool remembered;  /* false: forgotten after its receipt, or lost */
} StoreLine;

/* The first line from this number on; FAULT_NOT_FOUND past the last. */
bool store_audit_line(Store *store, int64_t number, StoreLine *out,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
