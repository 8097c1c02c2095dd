/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/store/store-roster.h"
#include "tests/unit/shelf.h"

static RosterClass classes[] = { { .id = "c1", .title = "Sunflowers" } };

static RosterLearner learners[] = {
	{ .id = "ana",
	  .name = "Ana Sofía",
	  .class_id = "c1",
	  .grade = "KG",
	  .picture = "fox",
	  .badges = { "100000000000000001", "100000000000000002" } },
	{ .id = "ben", .name = "Ben", .class_id = "c1", .picture = "bee" },
};

static const Roster roster = {
	.classes = classes,
	.n_classes = G_N_ELEMENTS(classes),
	.learners = learners,
	.n_learners = G_N_ELEMENTS(learners),
};

static StoreBundle
a_bundle(const char *etag, const StoreReview *reviews, size_t n)
{
	StoreBundle bundle = { .base = "https://district.example",
			       .district = "Example District",
			       .roster = &roster,
			       .reviews = reviews,
			       .n_reviews = n,
			       .retention_days = 14 };

	g_strlcpy(bundle.etag, etag, sizeof(bundle.etag));
	return bundle;
}

static void
apply(Shelf *f, const StoreBundle *bundle)
{
	g_autoptr(GError) error = NULL;
	bool ok = store_apply_bundle(f->store, bundle, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
what_the_district_sent_is_found(Shelf *f, const void *data)
{
	const StoreBundle sent = a_bundle("one", NULL, 0);
	g_autoptr(Roster) read = NULL;
	g_autofree char *etag = store_get_bundle_etag(f->store, NULL);
	StoreBundle kept;
	RosterLearner found;

	g_assert_cmpstr(etag, ==, "");
	apply(f, &sent);
	shelf_reopen(f);
	g_assert_true(store_get_bundle(f->store, &kept, NULL));
	g_assert_cmpstr(kept.etag, ==, "one");
	g_assert_cmpint(kept.retention_days, ==, 14);
	g_assert_true(
		store_find_badge(f->store, "100000000000000002", &found, NULL));
	g_assert_cmpstr(found.id, ==, "ana");
	g_assert_cmpstr(found.name, ==, "Ana Sofía");
	g_assert_cmpstr(found.badges[0], ==, "100000000000000001");
	read = store_read_roster(f->store, NULL);
	g_assert_cmpuint(read->n_learners, ==, 2);
	g_assert_cmpuint(read->n_classes, ==, 1);
}

static void
who_is_not_in_the_roster_is_not_found(Shelf *f, const void *data)
{
	const StoreBundle sent = a_bundle("one", NULL, 0);
	g_autoptr(GError) error = NULL;
	RosterLearner found;

	apply(f, &sent);
	g_assert_false(store_find_badge(f->store, "999999999999999999", &found,
					&error));
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
	g_clear_error(&error);
	g_assert_false(store_find_learner(f->store, "zoe", &found, &error));
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
}

static void
a_bundle_is_applied_whole_or_not_at_all(Shelf *f, const void *data)
{
	RosterLearner twins[] = {
		{ .id = "cleo", .name = "Cleo", .class_id = "c1" },
		{ .id = "cleo", .name = "Cleo", .class_id = "c1" },
	};
	const Roster odd = { .learners = twins, .n_learners = 2 };
	const StoreBundle good = a_bundle("one", NULL, 0);
	StoreBundle bad = a_bundle("two", NULL, 0);
	g_autofree char *etag = NULL;
	RosterLearner found;

	apply(f, &good);
	bad.roster = &odd;
	g_assert_false(store_apply_bundle(f->store, &bad, NULL));
	etag = store_get_bundle_etag(f->store, NULL);
	g_assert_cmpstr(etag, ==, "one");
	g_assert_true(store_find_learner(f->store, "ana", &found, NULL));
	g_assert_false(store_find_learner(f->store, "cleo", &found, NULL));
}

static void
a_pack_stays_until_another_comes(Shelf *f, const void *data)
{
	g_autoptr(GHashTable) pack =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				      (GDestroyNotify)g_bytes_unref);
	g_autoptr(GHashTable) kept = NULL;
	g_autoptr(GHashTable) names = NULL;
	StoreBundle sent = a_bundle("one", NULL, 0);
	char sha256[ID_SHA256 + 1];

	g_hash_table_insert(pack, g_strdup("portrait.toml"),
			    g_bytes_new_static("title", 5));
	sent.pack = pack;
	apply(f, &sent);
	sent = a_bundle("two", NULL, 0);
	apply(f, &sent);
	kept = store_read_pack(f->store, NULL);
	g_assert_cmpuint(g_hash_table_size(kept), ==, 1);
	g_assert_true(g_hash_table_contains(kept, "portrait.toml"));
	names = store_list_pack(f->store, NULL);
	id_sha256("title", 5, sha256);
	g_assert_cmpstr(g_hash_table_lookup(names, sha256), ==,
			"portrait.toml");
}

static StoreReview
review_of(const Evidence *evidence, Decision decision)
{
	StoreReview review = { .decision = decision, .at = { 1 } };

	g_strlcpy(review.evidence, evidence->id, sizeof(review.evidence));
	g_strlcpy(review.learner, evidence->learner, sizeof(review.learner));
	g_strlcpy(review.prompt, evidence->prompt, sizeof(review.prompt));
	g_strlcpy(review.reason,
		  decision == DECISION_RETURNED ? "tell-more" : "",
		  sizeof(review.reason));
	return review;
}

static void
a_return_waits_until_it_is_answered(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	Evidence stone = shelf_choice();
	StoreReview review, found;
	StoreBundle sent;

	g_assert_true(store_lay(f->store, &f->held.clock, &stone, &error));
	review = review_of(&stone, DECISION_RETURNED);
	sent = a_bundle("one", &review, 1);
	apply(f, &sent);
	g_assert_true(
		store_find_returned(f->store, stone.learner, &found, &error));
	g_assert_cmpstr(found.evidence, ==, stone.id);
	g_assert_cmpstr(found.reason, ==, "tell-more");
	g_assert_false(store_find_returned(f->store, "ben", &found, NULL));
	shelf_lay(f, 1); /* the same learner, the same prompt */
	g_assert_false(
		store_find_returned(f->store, stone.learner, &found, &error));
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
}

static void
confirmed_stones_are_counted(Shelf *f, const void *data)
{
	StoreReview reviews[2], found;
	StoreBundle sent;

	for (size_t i = 0; i < 2; i++) {
		Evidence stone = shelf_choice();

		g_assert_true(
			store_lay(f->store, &f->held.clock, &stone, NULL));
		reviews[i] = review_of(&stone, i == 0 ? DECISION_CONFIRMED
						      : DECISION_LATER);
	}
	sent = a_bundle("one", reviews, 2);
	apply(f, &sent);
	g_assert_cmpint(store_count_confirmed(f->store, "k7x2m9qd", NULL), ==,
			1);
	g_assert_true(
		store_find_review(f->store, reviews[1].evidence, &found, NULL));
	g_assert_cmpint(found.decision, ==, DECISION_LATER);
	/* The list is whole each time: what is no longer in it is undone. */
	sent = a_bundle("two", reviews + 1, 1);
	apply(f, &sent);
	g_assert_cmpint(store_count_confirmed(f->store, "k7x2m9qd", NULL), ==,
			0);
}

static void
a_lost_one_is_asked_for_anew(Shelf *f, const void *data)
{
	const StoreBundle sent = a_bundle("one", NULL, 0);
	g_autofree char *etag = NULL;
	RosterLearner found;

	apply(f, &sent);
	shelf_lay(f, 1);
	shelf_lose_database(f);
	/* All of it is gone, so it must be asked for anew. */
	etag = store_get_bundle_etag(f->store, NULL);
	g_assert_cmpstr(etag, ==, "");
	g_assert_false(store_find_learner(f->store, "ana", &found, NULL));
}

int
main(int argc, char *argv[])
{
	static const struct {
		const char *path;
		void (*run)(Shelf *f, const void *data);
	} tests[] = {
		{ "/store-bundle/what-was-sent-is-found",
		  what_the_district_sent_is_found },
		{ "/store-bundle/others-are-not-found",
		  who_is_not_in_the_roster_is_not_found },
		{ "/store-bundle/whole-or-not-at-all",
		  a_bundle_is_applied_whole_or_not_at_all },
		{ "/store-bundle/pack-stays-until-another-comes",
		  a_pack_stays_until_another_comes },
		{ "/store-bundle/return-waits-until-answered",
		  a_return_waits_until_it_is_answered },
		{ "/store-bundle/confirmed-are-counted",
		  confirmed_stones_are_counted },
		{ "/store-bundle/lost-is-asked-for-anew",
		  a_lost_one_is_asked_for_anew },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Shelf, NULL, shelf_setup,
			   tests[i].run, shelf_teardown);
	return g_test_run();
}
