/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "sync/forward/pseudonym.h"
#include "sync/xapi/statement.h"

/*
 * What is left of a statement when it is sent on.  Everything that is not
 * named here stays byte for byte as it was, numbers included.
 *
 *   stored, authority, version   never go along: the other LRS sets them
 *   agents                       pseudonyms, without names, everywhere
 *   extensions                   only those that are listed
 *   result.response              only with words
 *   attachments                  only with media
 *
 * A signed statement that is changed in any of this loses its signature: it
 * would no longer fit, and it holds the whole statement as it was.
 */
typedef struct {
	const Pseudonyms *pseudonyms;  /* borrowed; NULL: as they are */
	const char *const *extensions; /* IRIs, NULL at the end; "*": all */
	bool media, words;
} Redaction;

typedef struct {
	char sha2[128 + 1];     /* lower case */
	char content_type[128]; /* "": too long to be said again */
	bool has_file_url;      /* else its bytes must come along */
} RedactedMedium;

/* Appends the text that goes out; media (RedactedMedium) are those that it
 * speaks of.  The statement was checked. */
void redact(const Redaction *how, const XapiStatement *statement, GString *out,
	    GArray *media);
