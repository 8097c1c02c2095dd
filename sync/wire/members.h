/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "app/base/id.h"
#include "app/base/json.h"
#include "sync/wire/sign.h"

/*
 * Members of a message's object, checked and copied; beside app/base/json.h,
 * for the kinds of text that messages have.  Each sets FAULT_INVALID with the
 * member's name.
 */

/* min … size - 1 bytes, and its NUL. */
bool member_text(const json_t *object, const char *name, size_t min, char *out,
		 size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool member_uuid(const json_t *object, const char *name,
		 char out[static ID_UUID + 1], GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool member_sha256(const json_t *object, const char *name,
		   char out[static ID_SHA256 + 1], GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* A public key. */
bool member_key(const json_t *object, const char *name,
		char out[static SIGN_KEY_TEXT + 1], GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Always false. */
bool member_invalid(const char *name, const char *rule, GError **error);
