/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>

#include "app/base/fault.h"
#include "app/store/store-roster.h"
#include "sync/agent/secrets.h"
#include "tests/unit/agent-fixture.h"

#define DAY_US (INT64_C(86400) * G_USEC_PER_SEC)

/* --- copies --- */

static void
assert_new_secrets(AgentFixture *f)
{
	g_autoptr(GError) error = NULL;
	StoreIdentity own = get_identity(f);
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
other_sends(AgentFixture *f, int64_t after, unsigned n)
{
	StoreIdentity own = get_identity(f);

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
test_copy_is_told_apart(AgentFixture *f, const void *data)
{
	StoreIdentity before;

	lay_stones(f, 4);
	assert_round(f, ROUND_DELIVERED);
	before = get_identity(f);
	other_sends(f, 4, 2);
	lay_stones(f, 12);
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpstr(before.kiosk, !=, get_identity(f).kiosk);
	assert_delivered(f, 16);
	assert_new_secrets(f);
	g_assert_cmpint(toy_district_top(f->toy, before.kiosk), ==, 6);
	g_assert_cmpuint(f->toy->n_stored, ==, 16);
	g_assert_cmpint(count_outbox(f).aside, ==, 0);

	lay_stone(f, NULL);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 17);
}

/* An older image was put back: the district knows more than we have. */
static void
test_older_copy(AgentFixture *f, const void *data)
{
	StoreIdentity before;

	lay_stones(f, 4);
	assert_round(f, ROUND_DELIVERED);
	before = get_identity(f);
	lay_stones(f, 1);
	other_sends(f, 4, 9);
	restart_agent(f); /* asks for the newest receipt first */
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpstr(before.kiosk, !=, get_identity(f).kiosk);
	assert_delivered(f, 5);
	g_assert_cmpuint(f->toy->n_stored, ==, 5);
	assert_new_secrets(f);
}

/* Both copies have what was waiting; the other one sent it, and went on. */
static void
test_copies_share_what_waited(AgentFixture *f, const void *data)
{
	StoreIdentity before = get_identity(f);

	lay_stones(f, 3);
	assert_round(f, ROUND_DELIVERED);
	lay_stones(f, 2);
	f->toy->lose_statements = true;
	assert_round(f, ROUND_OFFLINE); /* 4 and 5 are there, unreceipted */
	other_sends(f, 5, data != NULL ? 2 : 12);
	lay_stones(f, 4);
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpstr(before.kiosk, !=, get_identity(f).kiosk);
	assert_delivered(f, 9);
	g_assert_cmpint(count_outbox(f).aside, ==, 0);
	g_assert_cmpuint(f->toy->n_stored, ==, 9);
	g_assert_nonnull(
		g_hash_table_lookup(f->toy->starts, get_identity(f).kiosk));
	g_assert_cmpstr(g_hash_table_lookup(f->toy->starts,
					    get_identity(f).kiosk),
			==, "5");
}

static void
test_older_copy_without_news(AgentFixture *f, const void *data)
{
	StoreIdentity before = get_identity(f);

	lay_stones(f, 3);
	assert_round(f, ROUND_DELIVERED);
	other_sends(f, 3, 4);
	restart_agent(f);
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpstr(before.kiosk, !=, get_identity(f).kiosk);
	g_assert_cmpstr(g_hash_table_lookup(f->toy->starts,
					    get_identity(f).kiosk),
			==, "3");
}

/* The answer to the fork is lost: the same key gets the same identity. */
static void
test_fork_again_is_the_same(AgentFixture *f, const void *data)
{
	lay_stones(f, 2);
	assert_round(f, ROUND_DELIVERED);
	other_sends(f, 2, 1);
	lay_stone(f, NULL);
	f->toy->only_path = "/kiosk/fork";
	f->toy->status = 503;
	assert_round(f, ROUND_OFFLINE);
	f->toy->status = 0;
	restart_agent(f);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 3);
	g_assert_cmpuint(g_hash_table_size(f->toy->secrets), ==, 2);
}

/* --- bundle --- */

static bool
has_file(AgentFixture *f, const char *path, const char *text)
{
	g_autoptr(GHashTable) pack = store_read_pack(f->store, NULL);
	GBytes *body = g_hash_table_lookup(pack, path);

	return body != NULL && g_bytes_get_size(body) == strlen(text) &&
	       memcmp(g_bytes_get_data(body, NULL), text, strlen(text)) == 0;
}

static void
test_bundle_is_applied(AgentFixture *f, const void *data)
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
test_false_bundle(AgentFixture *f, const void *data)
{
	g_autofree char *before = NULL, *after = NULL;

	toy_district_set_bundle(f->toy, 30, "a.toml", "one", NULL);
	assert_round(f, ROUND_DELIVERED);
	before = store_get_bundle_etag(f->store, NULL);
	toy_district_set_bundle(f->toy, 30, "a.toml", "two", NULL);
	f->toy->spoil_bundle = true;
	lay_stone(f, NULL);
	agent_pass(f->agent, 30000);
	assert_round(f, ROUND_REFUSED);
	after = store_get_bundle_etag(f->store, NULL);
	g_assert_cmpstr(before, ==, after);
	g_assert_true(has_file(f, "a.toml", "one"));
	g_assert_cmpint(get_link(f).state, ==, LINK_REFUSED);
	assert_delivered(f, 1); /* and holds nothing up */
}

static void
test_false_file(AgentFixture *f, const void *data)
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
test_forgets(AgentFixture *f, const void *data)
{
	g_autofree Evidence *e = g_new0(Evidence, 1);
	g_autoptr(GError) error = NULL;

	lay_stones(f, 3);
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
test_enrols(AgentFixture *f, const void *data)
{
	static const char *const wrong[] = { "", "1234", "12345678901x",
					     "1234567890123" };
	g_autoptr(GError) error = NULL;
	const AgentParts parts = agent_parts(f);
	g_auto(Secrets) first = { 0 }, second = { 0 };

	g_assert_true(get_identity(f).enrolled);
	assert_new_secrets(f);
	g_assert_true(
		secrets_read(f->folder, get_identity(f).kiosk, &first, &error));
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_assert_false(agent_enrol(&parts, wrong[i], &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_clear_error(&error);
	}
	g_assert_false(agent_enrol(&parts, "999999999999", &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_clear_error(&error);

	enrol_kiosk(f);
	g_assert_true(secrets_read(f->folder, get_identity(f).kiosk, &second,
				   &error));
	g_assert_cmpstr(first.secret, !=, second.secret);
	g_assert_cmpmem(&first.key, sizeof(first.key), &second.key,
			sizeof(second.key));
}

#define ADD(claim, data, test) \
	g_test_add("/agent-trust/" claim, AgentFixture, data, setup_agent, \
		   test, teardown_agent)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("a-copy-gets-an-identity-and-loses-nothing", NULL,
	    test_copy_is_told_apart);
	ADD("an-older-copy-is-told-by-its-receipt", NULL, test_older_copy);
	ADD("copies-part-where-they-part", "few",
	    test_copies_share_what_waited);
	ADD("copies-part-where-they-part-however-far", NULL,
	    test_copies_share_what_waited);
	ADD("an-older-copy-is-noticed-without-news", NULL,
	    test_older_copy_without_news);
	ADD("a-fork-asked-again-is-the-same", NULL,
	    test_fork_again_is_the_same);
	ADD("a-bundle-is-applied-and-known-files-stay", NULL,
	    test_bundle_is_applied);
	ADD("a-false-bundle-changes-nothing", NULL, test_false_bundle);
	ADD("a-false-file-changes-nothing", NULL, test_false_file);
	ADD("forgets-after-the-retention-days", NULL, test_forgets);
	ADD("enrols-and-again", NULL, test_enrols);
	return g_test_run();
}
