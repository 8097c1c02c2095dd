/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/base/fault.h"
#include "app/store/store-outbox.h"
#include "app/store/store-roster.h"
#include "sync/agent/agent.h"
#include "sync/agent/secrets.h"
#include "tests/unit/toy-district.h"

#define CODE   "1234-5678 9012\n"
#define POST   "POST /xapi/statements"
#define DAY_US (INT64_C(86400) * G_USEC_PER_SEC)

/* A kiosk without a battery clock: it says 1970 until told otherwise. */
typedef struct {
	char *folder;
	Store *store;
	ToyDistrict *toy;
	Agent *agent;
	ClockReading now;
	Clock clock;
	volatile sig_atomic_t stop;
} Fixture;

static ClockReading
read_clock(void *self)
{
	Fixture *f = self;

	f->now.since_boot_us += 1000;
	f->now.wall.us += 1000;
	return f->now;
}

static AgentParts
make_parts(Fixture *f)
{
	return (AgentParts){ .store = f->store,
			     .clock = &f->clock,
			     .transport = toy_district_get(f->toy),
			     .batch_count = 10,
			     .batch_bytes = 1 << 20,
			     .poll_ms = 30000,
			     .stop = &f->stop };
}

static void
restart_agent(Fixture *f)
{
	const AgentParts parts = make_parts(f);

	g_clear_pointer(&f->agent, agent_free);
	f->agent = agent_new(&parts);
}

static void
enrol(Fixture *f)
{
	g_autoptr(GError) error = NULL;
	const AgentParts parts = make_parts(f);
	bool ok = agent_enrol(&parts, CODE, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
setup(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;

	f->folder = g_dir_make_tmp("cairn-agent-XXXXXX", &error);
	f->store = store_open(f->folder, &error);
	g_assert_no_error(error);
	f->toy = toy_district_new();
	f->clock = (Clock){ read_clock, f };
	memset(f->now.boot, 'a', CLOCK_BOOT_ID);
	enrol(f);
	restart_agent(f);
}

static void
remove_all(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		remove_all(inner);
	}
	g_remove(path);
}

static void
teardown(Fixture *f, const void *data)
{
	agent_free(f->agent);
	store_close(f->store);
	toy_district_free(f->toy);
	remove_all(f->folder);
	g_free(f->folder);
}

/* --- what the tests say --- */

static void
lay(Fixture *f, const char *photo)
{
	g_autoptr(GError) error = NULL;
	g_autofree Evidence *e = g_new0(Evidence, 1);

	*e = (Evidence){ .learner = "k7x2m9qd",
			 .portrait = "7b0f7c52-4d51-4e0e-9a57-0d9a4a2c9f01",
			 .portrait_version = "1",
			 .statement = "0f5d0b0e-0b7e-4c0a-9f5a-3a4f5f1f6a11",
			 .prompt = "C2T4",
			 .language = "en",
			 .scale = "faces3",
			 .level = 2,
			 .levels = 3,
			 .pieces = { { .kind = PIECE_CHOICE,
				       .text = "shared" } },
			 .n_pieces = 1 };
	if (photo != NULL) {
		g_autoptr(GBytes) bytes = g_bytes_new(photo, strlen(photo));

		e->n_pieces = 2;
		e->pieces[1].kind = PIECE_PHOTO;
		g_assert_true(store_add_media(f->store, bytes, "image/jpeg",
					      &e->pieces[1], &error));
		g_assert_no_error(error);
	}
	g_assert_true(store_lay(f->store, &f->clock, e, &error));
	g_assert_no_error(error);
}

static void
lay_many(Fixture *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		lay(f, NULL);
}

static OutboxCounts
count(Fixture *f)
{
	g_autoptr(GError) error = NULL;
	OutboxCounts counts;

	g_assert_true(store_count_outbox(f->store, &counts, &error));
	return counts;
}

static StoreIdentity
identity(Fixture *f)
{
	g_autoptr(GError) error = NULL;
	StoreIdentity identity;

	g_assert_true(store_get_identity(f->store, &identity, &error));
	return identity;
}

static StoreLink
get_link(Fixture *f)
{
	StoreLink link;

	g_assert_true(store_get_link(f->store, &link, NULL));
	return link;
}

static void
assert_round(Fixture *f, RoundResult expected)
{
	g_assert_cmpint(agent_round(f->agent), ==, expected);
}

/* Everything is at the district, once, under this kiosk's name. */
static void
assert_delivered(Fixture *f, unsigned n)
{
	OutboxCounts counts = count(f);
	StoreIdentity own = identity(f);

	g_assert_cmpint(counts.waiting, ==, 0);
	g_assert_cmpint(own.last_number, ==, n);
	g_assert_cmpint(toy_district_top(f->toy, own.kiosk), ==, n);
}

/* --- delivering --- */

static void
test_delivers(Fixture *f, const void *data)
{
	lay_many(f, 25);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 25);
	g_assert_cmpuint(f->toy->n_posts, ==, 3);
	g_assert_cmpuint(f->toy->n_stored, ==, 25);
	g_assert_cmpint(count(f).receipted_number, ==, 25);
	g_assert_cmpint(get_link(f).state, ==, LINK_ONLINE);
	g_assert_cmpint(get_link(f).last_contact.us, >=, f->toy->now.us);
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpuint(f->toy->n_posts, ==, 3);
}

static void
test_media_travel_once(Fixture *f, const void *data)
{
	char sha256[ID_SHA256 + 1];
	GBytes *got;

	lay(f, "a photo");
	lay(f, "a photo");
	lay(f, "another\r\n--photo");
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 3);
	g_assert_cmpuint(g_hash_table_size(f->toy->media), ==, 2);
	id_sha256("another\r\n--photo", 16, sha256);
	got = g_hash_table_lookup(f->toy->media, sha256);
	g_assert_nonnull(got);
}

static void
test_no_time_no_sending(Fixture *f, const void *data)
{
	lay(f, NULL);
	f->toy->status = 500;
	f->toy->only_path = NULL;
	assert_round(f, ROUND_OFFLINE);
	g_assert_cmpuint(f->toy->n_posts, ==, 0);
	g_assert_cmpint(get_link(f).state, ==, LINK_OFFLINE);
	f->toy->status = 0;
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 1);
}

static void
test_lost_answer(Fixture *f, const void *data)
{
	lay_many(f, 5);
	f->toy->lose_statements = true;
	assert_round(f, ROUND_OFFLINE);
	g_assert_cmpint(count(f).waiting, ==, 5);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 5);
	g_assert_cmpuint(f->toy->n_posts, ==, 1);
}

static void
test_false_receipt(Fixture *f, const void *data)
{
	lay_many(f, 2);
	f->toy->spoil_receipt = true;
	assert_round(f, ROUND_REFUSED);
	g_assert_cmpint(count(f).waiting, ==, 2);
	g_assert_cmpint(get_link(f).state, ==, LINK_REFUSED);
	f->toy->spoil_receipt = false;
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 2);
	g_assert_cmpuint(f->toy->n_stored, ==, 2);
}

/* --- one bad record --- */

static void
test_halves(Fixture *f, const void *data)
{
	f->toy->name_poison = data != NULL;
	f->toy->poison = 7;
	lay_many(f, 20);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 20);
	g_assert_cmpint(count(f).aside, ==, 1);
	g_assert_cmpint(count(f).receipted, ==, 19);
	g_assert_cmpuint(f->toy->n_stored, ==, 19);
	g_assert_cmpuint(f->toy->n_posts, <=, data != NULL ? 5 : 9);
	g_assert_cmpuint(toy_district_count(f->toy, "POST /kiosk/aside"), ==,
			 1);
	g_assert_nonnull(strstr(get_link(f).message, "1 records"));
}

static void
test_missing_medium(Fixture *f, const void *data)
{
	g_autofree char *path = NULL;
	char sha256[ID_SHA256 + 1];

	lay(f, "first");
	lay(f, "second");
	lay(f, "third");
	id_sha256("second", 6, sha256);
	path = store_media_path(f->store, sha256);
	g_assert_cmpint(g_remove(path), ==, 0);
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpint(count(f).aside, ==, 1);
	g_assert_cmpuint(f->toy->n_stored, ==, 2);
	assert_delivered(f, 3);
}

/* A page of the network's own, in place of an answer, blames no record. */
static void
test_stranger_sets_nothing_aside(Fixture *f, const void *data)
{
	static const int statuses[] = { 200, 302, 400, 404, 405, 413, 422 };

	lay_many(f, 2);
	assert_round(f, ROUND_DELIVERED);
	lay_many(f, 2);
	f->toy->only_path = "/xapi/statements";
	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		f->toy->status = statuses[i];
		g_assert_cmpint(agent_round(f->agent), !=, ROUND_DELIVERED);
		g_assert_cmpint(count(f).waiting, ==, 2);
		g_assert_cmpint(count(f).aside, ==, 0);
	}
	f->toy->status = 0;
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 4);
}

static void
test_no_progress(Fixture *f, const void *data)
{
	lay_many(f, 3);
	assert_round(f, ROUND_DELIVERED);
	f->toy->lacks = 2;
	lay(f, NULL);
	assert_round(f, ROUND_REFUSED);
	g_assert_cmpuint(f->toy->n_posts, <=, 3);
	g_assert_nonnull(strstr(get_link(f).message, "no receipt"));
}

/* The district was put back from an older copy: it gets all again. */
static void
test_district_lost_some(Fixture *f, const void *data)
{
	f->toy->strict = true;
	f->toy->poison = 5;
	lay_many(f, 8);
	assert_round(f, ROUND_DELIVERED);
	g_hash_table_remove_all(f->toy->chain);
	g_hash_table_remove_all(f->toy->ids);
	if (data != NULL)
		lay_many(f, 4);
	else
		agent_pass(f->agent, 6 * 3600 * 1000);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, data != NULL ? 12 : 8);
	g_assert_cmpint(count(f).aside, ==, 1);
	g_assert_cmpuint(g_hash_table_size(f->toy->ids), ==,
			 data != NULL ? 11 : 7);
}

static void
test_unknown_code_sets_nothing_aside(Fixture *f, const void *data)
{
	f->toy->poison = 2;
	f->toy->refuse_as = "weather";
	lay_many(f, 3);
	assert_round(f, ROUND_REFUSED);
	g_assert_cmpint(count(f).aside, ==, 0);
	g_assert_cmpint(count(f).waiting, ==, 3);
	g_assert_cmpuint(f->toy->n_posts, ==, 1);
}

/* --- copies --- */

static void
assert_new_secrets(Fixture *f)
{
	g_autoptr(GError) error = NULL;
	StoreIdentity own = identity(f);
	g_auto(Secrets) secrets = { 0 };
	g_autofree char *path =
		g_build_filename(f->folder, "secrets", own.kiosk, NULL);
	g_autofree char *pending =
		g_build_filename(f->folder, "secrets", "pending-fork", NULL);
	struct stat about;

	g_assert_true(secrets_read(f->folder, own.kiosk, &secrets, &error));
	g_assert_cmpint(stat(path, &about), ==, 0);
	g_assert_cmpuint(about.st_mode & 0777, ==, 0600);
	g_assert_false(g_file_test(pending, G_FILE_TEST_EXISTS));
}

/* The other card sent records after number `after` under our name. */
static void
other_sends(Fixture *f, int64_t after, unsigned n)
{
	StoreIdentity own = identity(f);

	for (unsigned i = 1; i <= n; i++) {
		char hash[ID_SHA256 + 1];

		id_sha256(&i, sizeof(i), hash);
		g_hash_table_replace(f->toy->chain,
				     g_strdup_printf("%s %" G_GINT64_FORMAT,
						     own.kiosk,
						     (gint64)after + i),
				     g_strdup(hash));
	}
}

static void
test_copy_is_told_apart(Fixture *f, const void *data)
{
	StoreIdentity before;

	lay_many(f, 4);
	assert_round(f, ROUND_DELIVERED);
	before = identity(f);
	other_sends(f, 4, 2);
	lay_many(f, 12);
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpstr(before.kiosk, !=, identity(f).kiosk);
	assert_delivered(f, 16);
	assert_new_secrets(f);
	g_assert_cmpint(toy_district_top(f->toy, before.kiosk), ==, 6);
	g_assert_cmpuint(f->toy->n_stored, ==, 16);
	g_assert_cmpint(count(f).aside, ==, 0);

	lay(f, NULL);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 17);
}

/* An older image was put back: the district knows more than we have. */
static void
test_older_copy(Fixture *f, const void *data)
{
	StoreIdentity before;

	lay_many(f, 4);
	assert_round(f, ROUND_DELIVERED);
	before = identity(f);
	lay_many(f, 1);
	other_sends(f, 4, 9);
	restart_agent(f); /* asks for the newest receipt first */
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpstr(before.kiosk, !=, identity(f).kiosk);
	assert_delivered(f, 5);
	g_assert_cmpuint(f->toy->n_stored, ==, 5);
	assert_new_secrets(f);
}

/* The answer to the fork is lost: the same key gets the same identity. */
static void
test_fork_again_is_the_same(Fixture *f, const void *data)
{
	lay_many(f, 2);
	assert_round(f, ROUND_DELIVERED);
	other_sends(f, 2, 1);
	lay(f, NULL);
	f->toy->only_path = "/kiosk/fork";
	f->toy->status = 503;
	assert_round(f, ROUND_OFFLINE);
	f->toy->status = 0;
	restart_agent(f);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 3);
	g_assert_cmpuint(g_hash_table_size(f->toy->secrets), ==, 2);
}

/* --- refusals --- */

static void
test_unknown_kiosk(Fixture *f, const void *data)
{
	lay(f, NULL);
	g_hash_table_remove_all(f->toy->secrets);
	assert_round(f, ROUND_REFUSED);
	g_assert_cmpint(get_link(f).state, ==, LINK_REFUSED);
	g_assert_nonnull(strstr(get_link(f).message, "unknown-kiosk"));
	g_assert_cmpint(count(f).waiting, ==, 1);

	enrol(f);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 1);
}

static void
test_retry_after(Fixture *f, const void *data)
{
	lay(f, NULL);
	f->toy->status = 503;
	f->toy->retry_after_s = 120;
	assert_round(f, ROUND_OFFLINE);
	lay(f, NULL); /* even news wait as long as they were told to */
	g_assert_false(agent_pass(f->agent, 119000));
	g_assert_true(agent_pass(f->agent, 120000));
}

static void
test_news_wake(Fixture *f, const void *data)
{
	assert_round(f, ROUND_DELIVERED);
	g_assert_false(agent_pass(f->agent, 1000));
	lay(f, NULL);
	g_assert_true(agent_pass(f->agent, 1000));
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 1);
	g_assert_false(agent_pass(f->agent, 1000));
	g_assert_true(agent_pass(f->agent, 30000));
}

static void
test_stops(Fixture *f, const void *data)
{
	lay(f, NULL);
	f->stop = 1;
	assert_round(f, ROUND_STOPPED);
	g_assert_cmpstr(strstr(f->toy->asked->str, "GET"), ==, NULL);
	g_assert_cmpint(count(f).waiting, ==, 1);
}

/* --- bundle --- */

static bool
has_file(Fixture *f, const char *path, const char *text)
{
	g_autoptr(GHashTable) pack = store_read_pack(f->store, NULL);
	GBytes *body = g_hash_table_lookup(pack, path);

	return body != NULL && g_bytes_get_size(body) == strlen(text) &&
	       memcmp(g_bytes_get_data(body, NULL), text, strlen(text)) == 0;
}

static void
test_bundle_is_applied(Fixture *f, const void *data)
{
	g_autoptr(Roster) roster = NULL;

	toy_district_set_bundle(f->toy, 30, "a.toml", "one", "b/c.svg", "two",
				NULL);
	assert_round(f, ROUND_DELIVERED);
	g_assert_true(has_file(f, "a.toml", "one"));
	g_assert_true(has_file(f, "b/c.svg", "two"));
	roster = store_read_roster(f->store, NULL);
	g_assert_cmpuint(roster->n_learners, ==, 1);
	g_assert_cmpuint(toy_district_count(f->toy, "GET /kiosk/files"), ==, 2);

	toy_district_set_bundle(f->toy, 30, "a.toml", "one", "b/d.svg", "two",
				"e", "new", NULL);
	agent_pass(f->agent, 30000);
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpuint(toy_district_count(f->toy, "GET /kiosk/files"), ==, 3);
	g_assert_true(has_file(f, "b/d.svg", "two"));
	g_assert_true(has_file(f, "e", "new"));
	g_assert_false(has_file(f, "b/c.svg", "two"));
}

static void
test_false_bundle(Fixture *f, const void *data)
{
	g_autofree char *before = NULL, *after = NULL;

	toy_district_set_bundle(f->toy, 30, "a.toml", "one", NULL);
	assert_round(f, ROUND_DELIVERED);
	before = store_get_bundle_etag(f->store, NULL);
	toy_district_set_bundle(f->toy, 30, "a.toml", "two", NULL);
	f->toy->spoil_bundle = true;
	lay(f, NULL);
	agent_pass(f->agent, 30000);
	assert_round(f, ROUND_REFUSED);
	after = store_get_bundle_etag(f->store, NULL);
	g_assert_cmpstr(before, ==, after);
	g_assert_true(has_file(f, "a.toml", "one"));
	g_assert_cmpint(get_link(f).state, ==, LINK_REFUSED);
	assert_delivered(f, 1); /* and holds nothing up */
}

static void
test_false_file(Fixture *f, const void *data)
{
	char sha256[ID_SHA256 + 1];

	assert_round(f, ROUND_DELIVERED);
	toy_district_set_bundle(f->toy, 30, "a.toml", "one", "b", "two", NULL);
	id_sha256("two", 3, sha256);
	g_hash_table_replace(f->toy->files, g_strdup(sha256),
			     g_bytes_new("tow", 3));
	agent_pass(f->agent, 30000);
	assert_round(f, ROUND_REFUSED);
	g_assert_false(has_file(f, "a.toml", "one"));

	g_hash_table_replace(f->toy->files, g_strdup(sha256),
			     g_bytes_new("two", 3));
	assert_round(f, ROUND_DELIVERED);
	g_assert_true(has_file(f, "b", "two"));
	g_assert_cmpuint(toy_district_count(f->toy, "GET /kiosk/files"), ==, 3);
}

static void
test_forgets(Fixture *f, const void *data)
{
	g_autofree Evidence *e = g_new0(Evidence, 1);
	g_autoptr(GError) error = NULL;

	lay_many(f, 3);
	assert_round(f, ROUND_DELIVERED);
	f->toy->now.us += 29 * DAY_US;
	agent_pass(f->agent, 6 * 3600 * 1000);
	assert_round(f, ROUND_DELIVERED);
	g_assert_true(store_get_evidence(f->store, 1, e, &error));
	f->toy->now.us += 2 * DAY_US;
	agent_pass(f->agent, 6 * 3600 * 1000);
	assert_round(f, ROUND_DELIVERED);
	g_assert_false(store_get_evidence(f->store, 1, e, &error));
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
}

/* --- enrolment --- */

static void
test_enrols(Fixture *f, const void *data)
{
	static const char *const wrong[] = { "", "1234", "12345678901x",
					     "1234567890123" };
	g_autoptr(GError) error = NULL;
	const AgentParts parts = make_parts(f);
	g_auto(Secrets) first = { 0 }, second = { 0 };

	g_assert_true(identity(f).enrolled);
	assert_new_secrets(f);
	g_assert_true(
		secrets_read(f->folder, identity(f).kiosk, &first, &error));
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_assert_false(agent_enrol(&parts, wrong[i], &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_clear_error(&error);
	}
	g_assert_false(agent_enrol(&parts, "999999999999", &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_clear_error(&error);

	enrol(f);
	g_assert_true(
		secrets_read(f->folder, identity(f).kiosk, &second, &error));
	g_assert_cmpstr(first.secret, !=, second.secret);
	g_assert_cmpmem(&first.key, sizeof(first.key), &second.key,
			sizeof(second.key));
}

#define ADD(claim, data, test) \
	g_test_add("/agent/" claim, Fixture, data, setup, test, teardown)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("delivers-in-batches", NULL, test_delivers);
	ADD("a-medium-travels-once", NULL, test_media_travel_once);
	ADD("without-the-time-nothing-is-sent", NULL, test_no_time_no_sending);
	ADD("a-lost-answer-is-not-sent-again", NULL, test_lost_answer);
	ADD("a-false-receipt-is-none", NULL, test_false_receipt);
	ADD("halves-until-the-bad-one-is-alone", NULL, test_halves);
	ADD("a-named-bad-one-is-found-at-once", "named", test_halves);
	ADD("a-missing-medium-blocks-no-other", NULL, test_missing_medium);
	ADD("a-strangers-answer-sets-nothing-aside", NULL,
	    test_stranger_sets_nothing_aside);
	ADD("a-refusal-we-do-not-know-sets-nothing-aside", NULL,
	    test_unknown_code_sets_nothing_aside);
	ADD("what-the-district-lost-is-sent-again", "new",
	    test_district_lost_some);
	ADD("what-was-lost-is-noticed-without-news", NULL,
	    test_district_lost_some);
	ADD("no-receipt-is-no-endless-loop", NULL, test_no_progress);
	ADD("a-copy-gets-an-identity-and-loses-nothing", NULL,
	    test_copy_is_told_apart);
	ADD("an-older-copy-is-told-by-its-receipt", NULL, test_older_copy);
	ADD("a-fork-asked-again-is-the-same", NULL,
	    test_fork_again_is_the_same);
	ADD("an-unknown-kiosk-waits-for-an-adult", NULL, test_unknown_kiosk);
	ADD("retry-after-is-kept", NULL, test_retry_after);
	ADD("a-new-stone-wakes-it", NULL, test_news_wake);
	ADD("stops-when-told", NULL, test_stops);
	ADD("a-bundle-is-applied-and-known-files-stay", NULL,
	    test_bundle_is_applied);
	ADD("a-false-bundle-changes-nothing", NULL, test_false_bundle);
	ADD("a-false-file-changes-nothing", NULL, test_false_file);
	ADD("forgets-after-the-retention-days", NULL, test_forgets);
	ADD("enrols-and-again", NULL, test_enrols);
	return g_test_run();
}
