/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <glib.h>

#include "app/base/fault.h"
#include "sync/wire/bundle.h"

#define UUID "3b1c7a52-5d0e-4c63-9f1b-0a5d6e1f0001"
#define SHA  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static Bundle *
make_bundle(void)
{
	Bundle *b = g_new0(Bundle, 1);

	*b = (Bundle){ .district = "Prairie View",
		       .base = "https://cairn.example",
		       .retention_days = 30,
		       .roster = g_new0(Roster, 1),
		       .files = g_new0(BundleFile, 2),
		       .n_files = 2,
		       .reviews = g_new0(BundleReview, 1),
		       .n_reviews = 1 };
	b->roster->classes = g_new0(RosterClass, 1);
	b->roster->n_classes = 1;
	b->roster->classes[0] = (RosterClass){ "c1", "Room 4", "KG" };
	b->roster->learners = g_new0(RosterLearner, 1);
	b->roster->n_learners = 1;
	b->roster->learners[0] = (RosterLearner){ .id = "k7x2m9qd",
						  .name = "Zo\303\253",
						  .class_id = "c1",
						  .grade = "KG",
						  .picture = "fox",
						  .badges = { "10012345" } };
	b->files[0] = (BundleFile){ "portrait.toml", SHA, 12 };
	b->files[1] = (BundleFile){ "audio/en/prompt.C2T4.ogg", SHA, 0 };
	b->reviews[0] = (BundleReview){ .evidence = UUID,
					.learner = "k7x2m9qd",
					.prompt = "C2T4",
					.decision = "returned",
					.reason = "tell-more",
					.note = "why?",
					.at = { 1795000000000000 } };
	return b;
}

static Bundle *
read_back(GBytes *bytes, GError **error)
{
	return bundle_parse(g_bytes_get_data(bytes, NULL),
			    g_bytes_get_size(bytes), error);
}

static void
test_comes_back(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Bundle) bundle = make_bundle();
	g_autoptr(GBytes) bytes = bundle_format(bundle);
	g_autoptr(Bundle) back = read_back(bytes, &error);
	g_autoptr(GBytes) again = NULL;

	g_assert_no_error(error);
	again = bundle_format(back);
	g_assert_true(g_bytes_equal(bytes, again));
	g_assert_cmpstr(back->roster->learners[0].name, ==, "Zo\303\253");
	g_assert_cmpstr(back->files[1].path, ==, "audio/en/prompt.C2T4.ogg");
	g_assert_cmpstr(back->reviews[0].decision, ==, "returned");
	g_assert_cmpint(back->reviews[0].at.us, ==, 1795000000000000);
	g_assert_cmpint(back->retention_days, ==, 30);
}

static void
test_empty_one(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Bundle) bundle = make_bundle();
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(Bundle) back = NULL;

	bundle->n_files = bundle->n_reviews = 0;
	bundle->roster->n_classes = bundle->roster->n_learners = 0;
	bytes = bundle_format(bundle);
	back = read_back(bytes, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(back->n_files + back->n_reviews, ==, 0);
}

static const char *const ways_out[] = { "../x",  "a/../b",  "/etc/x", "a//b",
					"a/",    ".hidden", "a\\b",   "a\nb",
					"a/./b", "" };

static void
test_paths_stay_inside(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ways_out); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Bundle) bundle = make_bundle();
		g_autoptr(GBytes) bytes = NULL;

		g_strlcpy(bundle->files[1].path, ways_out[i],
			  sizeof(bundle->files[1].path));
		bytes = bundle_format(bundle);
		g_assert_null(read_back(bytes, &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, "files[1]"));
	}
}

static void
spoil_decision(Bundle *b)
{
	g_strlcpy(b->reviews[0].decision, "hm", sizeof(b->reviews[0].decision));
}

static void
spoil_evidence(Bundle *b)
{
	b->reviews[0].evidence[0] = 'x';
}

static void
spoil_base(Bundle *b)
{
	g_strlcpy(b->base, "https://cairn.example/", sizeof(b->base));
}

static void
spoil_retention(Bundle *b)
{
	b->retention_days = -1;
}

static void
spoil_hash(Bundle *b)
{
	b->files[0].sha256[63] = 'X';
}

static void
spoil_size(Bundle *b)
{
	b->files[0].size = 1 << 30;
}

static const struct {
	void (*spoil)(Bundle *bundle);
	const char *blames;
} spoilers[] = {
	{ spoil_decision, "decision" }, { spoil_evidence, "evidence" },
	{ spoil_base, "base" },         { spoil_retention, "retention_days" },
	{ spoil_hash, "sha256" },       { spoil_size, "size" },
};

static void
test_members_are_checked(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(spoilers); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Bundle) bundle = make_bundle();
		g_autoptr(GBytes) bytes = NULL;

		spoilers[i].spoil(bundle);
		bytes = bundle_format(bundle);
		g_assert_null(read_back(bytes, &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, spoilers[i].blames));
	}
}

static void
test_later_format(void)
{
	static const char later[] = "{\"format\":2}";
	g_autoptr(GError) error = NULL;

	g_assert_null(bundle_parse(later, strlen(later), &error));
	g_assert_error(error, FAULT, FAULT_TOO_NEW);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/bundle/comes-back-as-it-was", test_comes_back);
	g_test_add_func("/bundle/may-be-empty", test_empty_one);
	g_test_add_func("/bundle/paths-stay-inside-the-pack",
			test_paths_stay_inside);
	g_test_add_func("/bundle/members-are-checked",
			test_members_are_checked);
	g_test_add_func("/bundle/a-later-format-is-told-apart",
			test_later_format);
	return g_test_run();
}
