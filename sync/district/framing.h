/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <microhttpd.h>

/*
 * What is wrong with how a request is framed, or NULL.  libmicrohttpd 0.9.75
 * lets pass what two servers in a row could read as different requests (RFC
 * 9112, 6.3; ASVS 5.0, 4.2.1): a length beside chunks, two lengths, no host
 * or two, a name with a space in it.
 */
const char *
framing_refusal(struct MHD_Connection *connection, const char *version);
