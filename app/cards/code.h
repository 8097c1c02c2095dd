/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

/*
 * What a QR code says.
 *
 * A badge is digits only, so that a hand scanner reads it in any keyboard
 * layout: kind 1, 18 random digits, 2 check digits (ISO 7064 MOD 97-10 over
 * the 19 before).  21 digits: QR version 1-Q.
 *
 * A prompt card is a short upper-case URL (QR alphanumeric), so that it also
 * opens on a family's phone: HTTPS://<HOST>/P/<ID>-<CC>, where ID is four of
 * 2-9 A-Z without I L O U and CC two MOD 97-10 check digits over ID.
 */
#define CODE_BADGE_DIGITS 21
#define CODE_PROMPT_ID    4
#define CODE_TEXT_MAX     256 /* longer texts are not ours */

typedef enum {
	CODE_FOREIGN, /* a cereal box: fine, but not ours */
	CODE_WORN,    /* ours by its shape, but the check digits fail */
	CODE_BADGE,
	CODE_PROMPT,
} CodeKind;

typedef struct {
	CodeKind kind;
	char badge[CODE_BADGE_DIGITS + 1]; /* CODE_BADGE */
	char prompt[CODE_PROMPT_ID + 1];   /* CODE_PROMPT */
} Code;

/* Any bytes, size of them; never fails.  Spaces around are ignored. */
Code code_parse(const char *text, size_t size);

/* A new badge from the kernel's random source. */
void code_new_badge(char out[static CODE_BADGE_DIGITS + 1]);

/*
 * The text of a prompt's card for a district's host name ("cairn.example",
 * with ":port" if there is one); NULL if the id or the host is malformed.
 */
char *code_format_prompt(const char *host, const char *id);
