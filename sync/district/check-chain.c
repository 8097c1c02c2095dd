/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/archive-erased.h"
#include "sync/district/check-private.h"
#include "sync/wire/statement.h"
#include "sync/xapi/meaning.h"

/* Every chain from its first record to the last that a receipt speaks of, and
 * what tools sent.  A number without a body (set aside, or erased) keeps its
 * hash, and the chain goes on over it. */

#define EMPTY_OR_NOT \
	"a record is empty and was not erased, or is there still and was"
#define RESTORE "restore it from a backup; the kiosk may have it still"

typedef struct {
	Check *check; /* borrowed */
	const ArchiveKiosk *kiosk;
	GPtrArray *names;         /* owned: the ids that its records may name */
	int64_t last;             /* number looked at */
	char hash[ID_SHA256 + 1]; /* of it */
	Evidence *evidence;       /* owned: room for one */
} Chain;

static void
chain_clear(Chain *chain)
{
	g_clear_pointer(&chain->names, g_ptr_array_unref);
	g_free(chain->evidence);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Chain, chain_clear)

static void
found(const Chain *chain, const char *what, int64_t number)
{
	check_found(chain->check, what, RESTORE,
		    "kiosk %s, record %" G_GINT64_FORMAT, chain->kiosk->id,
		    (gint64)number);
}

/* --- one record --- */

static bool
is_named(const Chain *chain, const char *id)
{
	for (guint i = 0; i < chain->names->len; i++)
		if (g_str_equal(chain->names->pdata[i], id))
			return true;
	return false;
}

static void
judge_record(const Chain *chain, const ArchiveLink *link)
{
	const Evidence *evidence = chain->evidence;
	g_autoptr(GBytes) canonical = evidence_format(evidence);
	char hash[ID_SHA256 + 1];

	id_sha256_bytes(canonical, hash);
	if (!g_str_equal(hash, link->hash))
		found(chain, "a record does not have its hash", link->number);
	if (evidence->number != link->number ||
	    !g_str_equal(evidence->id, link->id) ||
	    !is_named(chain, evidence->kiosk))
		found(chain, "a record is not the one that its row names",
		      link->number);
	if (!g_str_equal(evidence->previous, chain->hash))
		found(chain, "a record does not follow the one before it",
		      link->number);
}

static void
look_at_body(const Chain *chain, const ArchiveLink *link)
{
	ShownTime shown;

	if (link->id[0] == '\0')
		return; /* set aside */
	if ((link->size == 0) != (link->erased != 0))
		found(chain, EMPTY_OR_NOT, link->number);
	if (link->size == 0)
		return;
	if (statement_parse(link->body, link->size, chain->evidence, &shown,
			    NULL))
		judge_record(chain, link);
	else
		found(chain, "a record cannot be read", link->number);
}

static bool
look_at_link(void *data, const ArchiveLink *link, GError **error)
{
	Chain *chain = data;

	chain->check->statements++;
	if (link->number <= chain->last) {
		found(chain, "a number is held twice", link->number);
		return true;
	}
	if (link->number > chain->last + 1)
		found(chain, "a record is missing", chain->last + 1);
	else
		look_at_body(chain, link);
	chain->last = link->number;
	g_strlcpy(chain->hash, link->hash, sizeof(chain->hash));
	return true;
}

/* --- one chain --- */

/* Its own name, and those of what it is a copy of. */
static bool
name_ancestors(Archive *archive, Chain *chain, GError **error)
{
	ArchiveKiosk at = *chain->kiosk;

	g_ptr_array_add(chain->names, g_strdup(at.id));
	while (at.forked_from != 0) {
		if (!archive_get_kiosk(archive, at.forked_from, &at, error))
			return false;
		g_ptr_array_add(chain->names, g_strdup(at.id));
	}
	return true;
}

static bool
begin_chain(Archive *archive, Chain *chain, GError **error)
{
	const ArchiveKiosk *kiosk = chain->kiosk;

	g_strlcpy(chain->hash, ID_NO_HASH, sizeof(chain->hash));
	chain->last = kiosk->forked_from != 0 ? kiosk->forked_after : 0;
	return name_ancestors(archive, chain, error) &&
	       (chain->last == 0 ||
		archive_find_number(archive, kiosk, chain->last, chain->hash,
				    error));
}

static void
end_chain(const Chain *chain)
{
	const ArchiveKiosk *kiosk = chain->kiosk;

	if (chain->last < kiosk->held)
		found(chain, "a record that a receipt speaks of is missing",
		      chain->last + 1);
	else if (chain->last > kiosk->held)
		found(chain, "a record is held that no receipt speaks of",
		      kiosk->held + 1);
	else if (!g_str_equal(chain->hash, kiosk->held_hash))
		found(chain, "the last receipt speaks of another record",
		      kiosk->held);
}

static bool
check_chain(Check *check, Archive *archive, const ArchiveKiosk *kiosk,
	    GError **error)
{
	g_auto(Chain) chain = {
		.check = check,
		.kiosk = kiosk,
		.names = g_ptr_array_new_with_free_func(g_free),
		.evidence = g_new0(Evidence, 1),
	};

	check->kiosks++;
	if (!begin_chain(archive, &chain, error) ||
	    !archive_each_link(archive, kiosk->key, look_at_link, &chain,
			       error))
		return false;
	end_chain(&chain);
	return true;
}

/* --- what tools sent --- */

static void
judge_sent(Check *check, const ArchiveLink *link, const Tape *tape)
{
	XapiStatement statement = xapi_statement_on(tape);
	char id[ID_UUID + 1] = "", hash[2 * XAPI_HASH_SIZE + 1];
	XapiMeaning meaning;

	xapi_meaning(&statement, &meaning);
	for (size_t i = 0; i < XAPI_HASH_SIZE; i++)
		g_snprintf(hash + 2 * i, 3, "%02x", meaning.statement[i]);
	if (!xapi_statement_id(&statement, id) || !g_str_equal(id, link->id))
		check_found(check, "a statement is not the one its row names",
			    RESTORE, "statement %s", link->id);
	else if (link->erased == 0 && !g_str_equal(hash, link->hash))
		check_found(check, "a statement does not have its hash",
			    RESTORE, "statement %s", link->id);
}

static bool
look_at_sent(void *data, const ArchiveLink *link, GError **error)
{
	Check *check = data;
	g_autoptr(Tape) tape = NULL;

	check->statements++;
	/* One of which a name was taken is there still, with another hash. */
	if ((link->size == 0) !=
	    (link->erased != 0 && link->erased != ERASE_NAME))
		check_found(check, EMPTY_OR_NOT, RESTORE, "statement %s",
			    link->id);
	if (link->size == 0)
		return true;
	tape = tape_read(link->body, link->size, NULL);
	if (tape != NULL)
		judge_sent(check, link, tape);
	else
		check_found(check, "a statement cannot be read", RESTORE,
			    "statement %s", link->id);
	return true;
}

bool
check_chains(Check *check, Archive *archive, GError **error)
{
	g_autoptr(GArray) kiosks = archive_list_kiosks(archive, error);

	if (kiosks == NULL)
		return false;
	for (guint i = 0; i < kiosks->len; i++)
		if (!check_chain(check, archive,
				 &g_array_index(kiosks, ArchiveKiosk, i),
				 error))
			return false;
	return archive_each_sent(archive, look_at_sent, check, error);
}
