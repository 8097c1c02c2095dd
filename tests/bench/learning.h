/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include <glib.h>

/*
 * A made-up district at work: statements of 1.0 to 1.5 kB, no two alike, with
 * random ids as tools give them, of 10,000 learners, 600 prompts, and the
 * sessions in which forty of them or so are made.  What is told of a prompt
 * is always the same.  The same seed makes the same statements.
 */
#define LEARNING_LEARNERS 10000
#define LEARNING_PROMPTS  600
#define LEARNING_HOME     "https://district.example.org/learners"
#define LEARNING_PROMPT   "https://district.example.org/prompts/%u"

typedef struct {
	uint64_t random;
	uint64_t made;
	char session[37]; /* registration of what is being made */
} Learning;

void learning_init(Learning *learning, uint64_t seed);
uint64_t learning_random(Learning *learning);
void learning_uuid(Learning *learning, char out[static 37]);

/* Appends the next statement.  sha2 and size are of its one attachment;
 * NULL: it has none. */
void learning_append(Learning *learning, GString *out, const char *sha2,
		     size_t size);
/* Appends the next n as a JSON list. */
void learning_append_list(Learning *learning, GString *out, size_t n);
