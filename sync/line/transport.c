/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/line/transport.h"

void
answer_clear(Answer *answer)
{
	g_clear_pointer(&answer->body, g_bytes_unref);
}
