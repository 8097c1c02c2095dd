/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

/*
 * What is sent, as a chain of bytes in memory and files on the disk: a batch
 * with its photos is never in memory whole.  A file is opened when its turn
 * comes, one at a time.
 */
typedef struct Body Body;

Body *body_new(void);

void body_add_bytes(Body *body, GBytes *bytes); /* keeps a reference */
/* FAULT_NOT_FOUND or FAULT_DAMAGED unless it is there with that size. */
bool body_add_file(Body *body, const char *path, int64_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

int64_t body_get_size(const Body *body);

/* The next bytes, at most size; *n is 0 behind the last.  FAULT_DAMAGED if a
 * file ends early: the announced size could not be kept. */
bool body_read(Body *body, void *out, size_t size, size_t *n, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void body_rewind(Body *body);

void body_free(Body *body);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Body, body_free)
