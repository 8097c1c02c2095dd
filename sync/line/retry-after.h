/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/*
 * Seconds that a Retry-After (RFC 9110, section 10.2.3) asks to wait, a
 * number or a date; -1 if it says nothing that can be read.  A date counts
 * from the answer's own Date, since our clock may say 1970.
 */
int64_t retry_after_parse(const char *retry_after, const char *date);
