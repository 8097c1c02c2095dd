/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The names that statement.c prints and statement-parse.c looks for.  They
 * are on every wire and in every archive: never change one. */

/* Why a tag: URI, see README.md. */
#define STATEMENT_TAG    "tag:cairn,2026:xapi/"
#define STATEMENT_RECORD STATEMENT_TAG "record"
#define STATEMENT_SHOWN  STATEMENT_TAG "shown"

/* Between a district's base and an evidence's id. */
#define STATEMENT_EVIDENCE "/evidence/"
