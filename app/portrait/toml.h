/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <glib.h>
#include <jansson.h>

/*
 * The part of TOML 1.0 (toml.io) that packs are written in → JSON values:
 * comments, [table], [[array of tables]], dotted keys, "basic" and 'literal'
 * strings, decimal integers, booleans, arrays, inline tables.  Everything
 * else (dates, floats, multi-line strings) is refused by line and column.  No C
 * library for TOML is in Debian 12.
 */
#define TOML_BYTES_MAX (1024 * 1024)
#define TOML_DEPTH     16

/* The caller's; FAULT_INVALID says the line and column. */
json_t *toml_read(const char *text, size_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
