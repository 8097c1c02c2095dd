/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

/*
 * What other tools call a learner, as IT gives it: a line each, of
 *
 *     kid@school.example                          an e-mail address
 *     5feceb66ffc86f38d952786c6d696c79c2dbc239    its mbox_sha1sum
 *     https://id.example/kid                      an openid
 *     {"account":{"homePage":"…","name":"…"}}     an agent, as xAPI has it
 *
 * Empty lines, and those that begin with #, say nothing.  Such names are a
 * child's: they come from a file or a pipe, and no message repeats them.
 */
#define ERASE_NAMES_MAX      100
#define ERASE_NAMES_FILE_MAX (64 << 10) /* bytes */
/* Bytes: a shorter account's name stands anywhere by chance. */
#define ERASE_NAME_MIN 16

typedef struct {
	GPtrArray *keys;  /* owned: agents in their normal form */
	GPtrArray *words; /* owned: what of them may stand in any text */
} EraseNames;

/* FAULT_INVALID names the line.  Clear out in either case. */
bool erase_names_parse(const char *text, size_t size, EraseNames *out,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void erase_names_clear(EraseNames *names);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EraseNames, erase_names_clear)
