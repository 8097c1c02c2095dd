/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/exchange.h"

/*
 * What exchange->kiosk says is held, signed.  Where it goes with a write it
 * is only sent after the commit.
 */
char *receipt_of(const Exchange *exchange);
void receipt_add_header(Exchange *exchange);
