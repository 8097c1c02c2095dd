/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <signal.h>

#include "sync/line/lrs.h"
#include "sync/forward/redact.h"

/*
 * From one LRS to another, what rules allow.  A round reads all that the
 * source promises to be whole and sends it on; each batch is in the ledger
 * before it goes, and the place in the source moves on after the target has
 * said that it holds it.  So a round may end anywhere, by a power cut too:
 * the next one goes on from there, and what is sent twice has the same ids.
 */
typedef struct {
	Lrs *source, *target; /* borrowed */
	const char *source_url, *target_url;
	const char *folder;  /* state, ledger, set aside, spool; 0700 */
	const char *rules;   /* file; "": none, so nothing is sent */
	const char *classes; /* file; "": none, so no rule may ask for one */
	const char *version; /* "auto", "1.0.3" or "2.0.0" */
	const char *from;    /* stored after this; "": from the beginning */
	Redaction redaction;
	size_t batch_count;
	int64_t batch_bytes, media_bytes;
	const volatile sig_atomic_t *stop; /* borrowed; not 0: finish */
} ForwardParts;

typedef enum {
	FORWARD_DONE,    /* all that there is */
	FORWARD_OFFLINE, /* later */
	FORWARD_REFUSED, /* an adult must look */
	FORWARD_BROKEN,  /* the disk */
	FORWARD_STOPPED,
} ForwardResult;

typedef struct Forward Forward;

/* parts' texts are borrowed. */
Forward *forward_new(const ForwardParts *parts);
ForwardResult forward_round(Forward *forward);
/* Sends again what was set aside; what is no longer at the source, or no
 * longer allowed, is let go. */
ForwardResult forward_retry_aside(Forward *forward);

/* Seconds that the other side asked us to wait; -1: it did not. */
int64_t forward_get_retry_after(const Forward *forward);
/* Of the last round; "" if all is well. */
const char *forward_get_message(const Forward *forward);

void forward_free(Forward *forward);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Forward, forward_free)
