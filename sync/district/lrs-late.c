/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-erased.h"
#include "sync/district/lrs-batch-private.h"
#include "sync/xapi/keys.h"

/* Statements of somebody who was erased: they are taken, so that a tool's
 * queue goes on, and nothing of them is kept but id and hash. */

static bool
names_erased(Archive *archive, const XapiStatement *statement, bool *late,
	     GError **error)
{
	g_auto(XapiKeys) keys = { 0 };

	*late = false;
	xapi_keys(statement, &keys);
	for (guint i = 0; i < keys.keys->len && !*late; i++) {
		const XapiKey *key = &g_array_index(keys.keys, XapiKey, i);

		if ((key->roles & XAPI_KEY_RELATED_AGENT) != 0 &&
		    !archive_is_erased_agent(archive, key->text, late, error))
			return false;
	}
	return true;
}

static void
want_parts(LrsBatch *batch, const XapiStatement *statement)
{
	XapiAttachment attachment;

	for (size_t i = 0; xapi_statement_attachment(statement, i, &attachment);
	     i++)
		for (size_t p = 0; p < received_n_media(batch->received); p++) {
			ReceivedMedium *part =
				received_medium(batch->received, p);

			part->wanted |=
				g_str_equal(part->sha2, attachment.sha2);
		}
}

static bool
judge(LrsBatch *batch, Archive *archive, guint i, GError **error)
{
	XapiStatement statement = xapi_batch_get(batch->xapi, i);
	LrsReady *ready = &g_array_index(batch->ready, LrsReady, i);

	if (!names_erased(archive, &statement, &ready->late, error))
		return false;
	if (!ready->late)
		want_parts(batch, &statement);
	return true;
}

bool
lrs_batch_find_late(LrsBatch *batch, Archive *archive, GError **error)
{
	bool any;

	if (!archive_has_erased_who(archive, &any, error))
		return false;
	for (size_t i = 0; i < received_n_media(batch->received); i++)
		received_medium(batch->received, i)->wanted = !any;
	for (guint i = 0; any && i < batch->ready->len; i++)
		if (!judge(batch, archive, i, error))
			return false;
	return true;
}
