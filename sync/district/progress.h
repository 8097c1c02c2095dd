/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* How far a long command is, on stderr: a line for each thing and one a
 * second; on a terminal in one place. */
typedef struct {
	int64_t told_us;
	char what[64];
} Progress;

/* of: 0 if nobody knows.  Always true: go on. */
bool
progress_tell(Progress *progress, const char *what, int64_t done, int64_t of);
void progress_end(Progress *progress);
