/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "sync/wire/messages.h"
#include "sync/wire/sign.h"

/*
 * What makes this kiosk itself: one 0600 file an identity in the store's
 * folder secrets/, named by the kiosk's id.  Written durably before the
 * store is told of the identity; an older identity's file stays.
 */
typedef struct {
	char kiosk[ID_UUID + 1];
	char secret[ID_TOKEN + 1];            /* for the district */
	char district_key[SIGN_KEY_TEXT + 1]; /* to check the district */
	SignKey key;                          /* the kiosk's own */
} Secrets;

/* folder is the store's.  FAULT_NOT_FOUND, FAULT_REFUSED if others may read
 * the file, FAULT_DAMAGED if it is no such file. */
bool secrets_read(const char *folder, const char *kiosk, Secrets *out,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* When its file was written, in microseconds by the disk's clock; 0: there is
 * none. */
int64_t secrets_written(const char *folder, const char *kiosk);
bool secrets_write(const char *folder, const Secrets *secrets, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * The key of an identity that is being asked for, kept until the answer is:
 * a request that is sent again has the same.  what: "enrol" or "fork".
 */
bool secrets_open_pending(const char *folder, const char *what, SignKey *out,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool secrets_drop_pending(const char *folder, const char *what, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

void secrets_clear(Secrets *secrets);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Secrets, secrets_clear)
