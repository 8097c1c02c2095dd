/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store.h"

/*
 * The agent's word to the screen: how it fares with whom it sends to.  What
 * a screen tells in its own language is a state and a reason; the message is
 * the same for IT, with all that is known.
 */

/* Numbered on the disk. */
typedef enum {
	LINK_NEVER = 0,   /* not enrolled yet */
	LINK_OFFLINE = 1, /* fine: nothing is lost, it waits */
	LINK_ONLINE = 2,
	LINK_REFUSED = 3, /* an adult must look */
} LinkState;

/* A word each on the disk: link_reason_word(). */
typedef enum {
	LINK_UNKNOWN,      /* nothing to say, or a later agent's reason */
	LINK_NO_ANSWER,    /* nobody answers, or too late */
	LINK_OTHER_ANSWER, /* not as a district or an LRS answers */
	LINK_THERE_BUSY,   /* or ill */
	LINK_THERE_FULL,   /* no room on its disk */
	LINK_CERTIFICATE,  /* is not trusted */
	LINK_PROXY,        /* wants to know who we are */
	LINK_KEY,          /* is not taken there */
	LINK_REFUSES,      /* what we ask, for another reason */
	LINK_MISMATCH,     /* what is held there is not what is held here */
	LINK_CLOCK,        /* what is to be sent has no time yet */
	LINK_HERE,         /* something at this kiosk: disk, a file of ours */
	LINK_ASIDE,        /* well, but some records were refused */
	LINK_NO_RECEIPTS,  /* well, and an LRS gives none */
	LINK_REASONS
} LinkReason;

#define LINK_MESSAGE_MAX 2000 /* bytes */

typedef struct {
	LinkState state;
	LinkReason reason;
	WallTime last_contact;              /* 0: never */
	char message[LINK_MESSAGE_MAX + 1]; /* for IT; no child's data */
} StoreLink;

/* "no-answer"; "" for LINK_UNKNOWN. */
const char *link_reason_word(LinkReason reason);

bool store_set_link(Store *store, const StoreLink *link, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool store_get_link(Store *store, StoreLink *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
