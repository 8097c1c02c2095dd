/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

/*
 * A table with a header row: RFC 4180 as OneRoster narrows it (UTF-8, no
 * line break within a field), a byte order mark and either line end taken.
 */
#define CSV_BYTES_MAX   (64 * 1024 * 1024)
#define CSV_COLUMNS_MAX 64

typedef struct Csv Csv;

/* FAULT_INVALID says the line. */
Csv *csv_read(const char *text, size_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
size_t csv_count(const Csv *csv); /* rows below the header */
bool csv_has(const Csv *csv, const char *column);
/* "" where the row is short or there is no such column. */
const char *csv_get(const Csv *csv, size_t row, const char *column);
size_t csv_line(const Csv *csv, size_t row); /* of the file, for messages */

void csv_free(Csv *csv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Csv, csv_free)
