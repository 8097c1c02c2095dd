/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive.h"

/* Documents of tools: states, and profiles of agents and activities. */

typedef enum { /* as they are on the disk */
	       DOCUMENT_STATE = 1,
	       DOCUMENT_AGENT_PROFILE = 2,
	       DOCUMENT_ACTIVITY_PROFILE = 3,
} DocumentKind;

/* Which one; "" where a kind has no such part.  Borrowed. */
typedef struct {
	DocumentKind kind;
	const char *activity, *agent, *registration, *id;
} DocumentName;

#define DOCUMENT_ETAG 40 /* SHA-1 in hex digits */

typedef struct {
	char *type; /* owned: its Content-Type */
	char etag[DOCUMENT_ETAG + 1];
	WallTime stored;
	GBytes *body; /* owned; NULL: there is no such document */
} ArchiveDocument;

void archive_document_clear(ArchiveDocument *document);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ArchiveDocument, archive_document_clear)

bool archive_get_document(Archive *archive, const DocumentName *name,
			  ArchiveDocument *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool archive_put_document(Archive *archive, const DocumentName *name,
			  const ArchiveDocument *document, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool archive_delete_document(Archive *archive, const DocumentName *name,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of that activity and agent, and of the registration if there is one:
 * their ids, stored after an instant; *newest is the last one's, if any. */
GPtrArray *archive_list_documents(Archive *archive, const DocumentName *name,
				  WallTime since, WallTime *newest,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_delete_documents(Archive *archive, const DocumentName *name,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
