/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/clock.h"

/*
 * The instant of storing as it stands in a statement: UTC to the microsecond,
 * "2026-11-24T15:04:05.000123Z", always of this size.
 */
#define LRS_STAMP_SIZE 27

/* Writes no NUL. */
void lrs_stamp(WallTime stored, char *out);

/* Stands for an instant that is not known yet; nobody outside of this process
 * can know it. */
const char *lrs_stamp_blank(void);
