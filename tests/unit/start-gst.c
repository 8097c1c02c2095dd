/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/start-gst.h"

#include <gst/gst.h>

/*
 * GLib forgets its first table of quarks when it needs a larger one, which
 * GStreamer's many names bring about.  That table is allocated before main(),
 * by a constructor whose stack names nothing that not-ours.lsan could name.
 * So it is remembered here, where LeakSanitizer finds the way to it.
 */
#define QUARKS_SIZE (2048 * sizeof(char *))

static const volatile void *first_quarks;

void __sanitizer_malloc_hook(const volatile void *block, size_t size);

void
__sanitizer_malloc_hook(const volatile void *block, size_t size)
{
	if (first_quarks == NULL && size == QUARKS_SIZE)
		first_quarks = block;
}

void
start_gst(void)
{
	gst_init(NULL, NULL);
}
