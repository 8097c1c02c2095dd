/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-index.h"
#include "sync/district/exchange.h"
#include "sync/district/lrs-stamp.h"

/* Statements as an answer to a query has them. */
typedef struct LrsAnswer LrsAnswer;

/* languages: Accept-Language, or NULL. */
LrsAnswer *
lrs_answer_new(Archive *archive, Media *media, const XapiQuery *query,
	       const char *languages, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lrs_answer_free(LrsAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LrsAnswer, lrs_answer_free)

/* Appends it in the query's format, and keeps in mind what is attached. */
bool
lrs_answer_add(LrsAnswer *answer, GString *out, const ArchiveStatement *from,
	       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* 200, with the attachments if the query wants them; takes json. */
void lrs_answer_send(LrsAnswer *answer, Exchange *exchange, GString *json);
