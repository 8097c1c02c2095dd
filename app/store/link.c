/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/store-link.h"

#include "app/store/store-private.h"

static const char *const reason_words[LINK_REASONS] = {
	[LINK_UNKNOWN] = "",
	[LINK_NO_ANSWER] = "no-answer",
	[LINK_OTHER_ANSWER] = "other-answer",
	[LINK_THERE_BUSY] = "busy",
	[LINK_THERE_FULL] = "full",
	[LINK_CERTIFICATE] = "certificate",
	[LINK_PROXY] = "proxy",
	[LINK_KEY] = "key",
	[LINK_REFUSES] = "refuses",
	[LINK_MISMATCH] = "mismatch",
	[LINK_CLOCK] = "clock",
	[LINK_HERE] = "here",
	[LINK_ASIDE] = "aside",
	[LINK_NO_RECEIPTS] = "no-receipts",
};

const char *
link_reason_word(LinkReason reason)
{
	g_return_val_if_fail(reason < LINK_REASONS, "");

	return reason_words[reason];
}

static LinkReason
reason_of(const char *word)
{
	for (LinkReason at = LINK_UNKNOWN; at < LINK_REASONS; at++)
		if (g_str_equal(reason_words[at], word))
			return at;
	return LINK_UNKNOWN;
}

bool
store_set_link(Store *store, const StoreLink *link, GError **error)
{
	static const char sql[] =
		"INSERT INTO link (only, state, last_contact_us, message,"
		" reason) VALUES (1, ?1, ?2, ?3, ?4)"
		" ON CONFLICT (only) DO UPDATE SET state = excluded.state,"
		" last_contact_us = excluded.last_contact_us,"
		" message = excluded.message, reason = excluded.reason";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, link->state);
	sql_bind_int(stmt, 2, link->last_contact.us);
	sql_bind_text(stmt, 3, link->message);
	sql_bind_text(stmt, 4, link_reason_word(link->reason));
	return sql_done(stmt, "noting the link", error);
}

bool
store_get_link(Store *store, StoreLink *out, GError **error)
{
	static const char sql[] =
		"SELECT state, last_contact_us, message, reason FROM link";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL || !sql_step(stmt, &row, "reading the link", error))
		return false;
	*out = (StoreLink){ 0 };
	if (!row)
		return true;
	out->state = (LinkState)sql_int(stmt, 0);
	out->last_contact.us = sql_int(stmt, 1);
	g_strlcpy(out->message, sql_text(stmt, 2), sizeof(out->message));
	out->reason = reason_of(sql_text(stmt, 3));
	return true;
}
