/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include "sync/agent/agent-private.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/store/store-roster.h"
#include "sync/wire/bundle.h"

/*
 * The bundle is believed by its signature, its files by the hashes in it.
 * Until all of them are here the store keeps the old one; what was fetched
 * is kept in memory, so a pack comes even over a line that breaks often.
 */

static bool
to_decision(const char *name, Decision *out)
{
	static const char *const names[] = {
		[DECISION_CONFIRMED] = "confirmed",
		[DECISION_RETURNED] = "returned",
		[DECISION_LATER] = "later",
		[DECISION_WITHDRAWN] = "withdrawn",
	};

	for (int at = DECISION_CONFIRMED; at <= DECISION_WITHDRAWN; at++)
		if (g_str_equal(names[at], name)) {
			*out = (Decision)at;
			return true;
		}
	return false;
}

static StoreReview *
to_reviews(const Bundle *bundle)
{
	StoreReview *reviews = g_new0(StoreReview, bundle->n_reviews + 1);

	for (size_t i = 0; i < bundle->n_reviews; i++) {
		const BundleReview *from = &bundle->reviews[i];
		StoreReview *to = &reviews[i];
		bool known = to_decision(from->decision, &to->decision);

		g_assert(known); /* bundle_parse() takes no other */
		memcpy(to->evidence, from->evidence, sizeof(to->evidence));
		memcpy(to->learner, from->learner, sizeof(to->learner));
		memcpy(to->prompt, from->prompt, sizeof(to->prompt));
		memcpy(to->reason, from->reason, sizeof(to->reason));
		memcpy(to->note, from->note, sizeof(to->note));
		to->at = from->at;
	}
	return reviews;
}

static StoreErased *
to_erased(const Bundle *bundle)
{
	StoreErased *erased = g_new0(StoreErased, bundle->n_erased + 1);

	for (size_t i = 0; i < bundle->n_erased; i++) {
		erased[i].number = bundle->erased[i].number;
		memcpy(erased[i].hash, bundle->erased[i].hash,
		       sizeof(erased[i].hash));
	}
	return erased;
}

static StoreErasedWho *
to_who(const Bundle *bundle)
{
	StoreErasedWho *who = g_new0(StoreErasedWho, bundle->n_who + 1);

	for (size_t i = 0; i < bundle->n_who; i++)
		memcpy(who[i].hash, bundle->who[i].hash, sizeof(who[i].hash));
	return who;
}

/* --- the pack --- */

static bool
has_pack(Store *store, const Bundle *bundle, bool *out, GError **error)
{
	g_autoptr(GHashTable) kept = store_read_pack(store, error);

	if (kept == NULL)
		return false;
	*out = g_hash_table_size(kept) == bundle->n_files;
	for (size_t i = 0; *out && i < bundle->n_files; i++) {
		GBytes *body = g_hash_table_lookup(kept, bundle->files[i].path);
		char sha256[ID_SHA256 + 1];

		*out = body != NULL;
		if (body != NULL)
			id_sha256_bytes(body, sha256);
		*out = *out && g_str_equal(sha256, bundle->files[i].sha256);
	}
	return true;
}

/* What the store has already need not come again, whatever its path. */
static bool
keep_known_files(Agent *agent, GError **error)
{
	g_autoptr(GHashTable) kept = store_read_pack(agent->parts.store, error);
	GHashTableIter at;
	gpointer body;

	if (kept == NULL)
		return false;
	g_hash_table_iter_init(&at, kept);
	while (g_hash_table_iter_next(&at, NULL, &body)) {
		char sha256[ID_SHA256 + 1];

		id_sha256_bytes(body, sha256);
		g_hash_table_replace(agent->fetched, g_strdup(sha256),
				     g_bytes_ref(body));
	}
	return true;
}

static bool
fetch(Agent *agent, const BundleFile *file, GError **error)
{
	GBytes *body;

	if (g_hash_table_contains(agent->fetched, file->sha256))
		return true;
	if (!agent_go_on(agent, error))
		return false;
	body = talk_get_file(&agent->talk, file->sha256, file->size,
			     &agent->refusal, error);
	if (body == NULL)
		return false;
	g_hash_table_replace(agent->fetched, g_strdup(file->sha256), body);
	return true;
}

/* path → bytes of every file. */
static GHashTable *
fetch_pack(Agent *agent, const Bundle *bundle, GError **error)
{
	g_autoptr(GHashTable) pack =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				      (GDestroyNotify)g_bytes_unref);

	if (!keep_known_files(agent, error))
		return NULL;
	for (size_t i = 0; i < bundle->n_files; i++) {
		const BundleFile *file = &bundle->files[i];

		if (!fetch(agent, file, error))
			return NULL;
		g_hash_table_replace(pack, g_strdup(file->path),
				     g_bytes_ref(g_hash_table_lookup(
					     agent->fetched, file->sha256)));
	}
	return g_steal_pointer(&pack);
}

/* --- the whole --- */

static bool
apply(Agent *agent, const Bundle *bundle, const char *etag, GHashTable *pack,
      GError **error)
{
	g_autofree StoreReview *reviews = to_reviews(bundle);
	g_autofree StoreErased *erased = to_erased(bundle);
	g_autofree StoreErasedWho *who = to_who(bundle);
	StoreBundle stored = {
		.roster = bundle->roster,
		.pack = pack,
		.reviews = reviews,
		.n_reviews = bundle->n_reviews,
		.retention_days = bundle->retention_days,
		.at = agent_now(agent),
	};

	stored.erased = erased;
	stored.n_erased = bundle->n_erased;
	stored.who = who;
	stored.n_who = bundle->n_who;
	g_strlcpy(stored.etag, etag, sizeof(stored.etag));
	g_strlcpy(stored.district, bundle->district, sizeof(stored.district));
	g_strlcpy(stored.base, bundle->base, sizeof(stored.base));
	return store_apply_bundle(agent->parts.store, &stored, error);
}

static bool
take_bundle(Agent *agent, GBytes *bytes, GError **error)
{
	g_autoptr(Bundle) bundle = bundle_parse(g_bytes_get_data(bytes, NULL),
						g_bytes_get_size(bytes), error);
	g_autoptr(GHashTable) pack = NULL;
	char etag[ID_SHA256 + 1];
	bool known;

	if (bundle == NULL ||
	    !has_pack(agent->parts.store, bundle, &known, error))
		return false;
	if (!known) {
		pack = fetch_pack(agent, bundle, error);
		if (pack == NULL)
			return false;
	}
	id_sha256_bytes(bytes, etag);
	if (!apply(agent, bundle, etag, pack, error))
		return false;
	g_hash_table_remove_all(agent->fetched);
	g_message("a new bundle: %zu learners, %zu files, %zu reviews",
		  bundle->roster->n_learners, bundle->n_files,
		  bundle->n_reviews);
	return true;
}

/* The kiosk may be in the way: the next round goes on with it. */
static void
finish_erasing(Agent *agent)
{
	g_autoptr(GError) error = NULL;

	if (!store_finish_erasing(agent->parts.store, agent_now(agent), &error))
		g_message("erasing goes on later: %s", error->message);
}

bool
agent_pull(Agent *agent, GError **error)
{
	g_autofree char *etag =
		store_get_bundle_etag(agent->parts.store, error);
	g_autoptr(GBytes) bytes = NULL;

	finish_erasing(agent);
	if (etag == NULL || !talk_get_bundle(&agent->talk, etag, &bytes,
					     &agent->refusal, error))
		return false;
	if (bytes == NULL)
		return true;
	if (!take_bundle(agent, bytes, error))
		return false;
	finish_erasing(agent);
	return true;
}
