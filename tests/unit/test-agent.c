/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/unit/agent-fixture.h"

/* --- delivering --- */

static void
test_delivers(AgentFixture *f, const void *data)
{
	lay_stones(f, 25);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 25);
	g_assert_cmpuint(f->toy->n_posts, ==, 3);
	g_assert_cmpuint(f->toy->n_stored, ==, 25);
	g_assert_cmpint(count_outbox(f).receipted_number, ==, 25);
	g_assert_cmpint(get_link(f).state, ==, LINK_ONLINE);
	g_assert_cmpint(get_link(f).last_contact.us, >=, f->toy->now.us);
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpuint(f->toy->n_posts, ==, 3);
}

static void
test_media_travel_once(AgentFixture *f, const void *data)
{
	char sha256[ID_SHA256 + 1];
	GBytes *got;

	lay_stone(f, "a photo");
	lay_stone(f, "a photo");
	lay_stone(f, "another\r\n--photo");
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 3);
	g_assert_cmpuint(g_hash_table_size(f->toy->media), ==, 2);
	id_sha256("another\r\n--photo", 16, sha256);
	got = g_hash_table_lookup(f->toy->media, sha256);
	g_assert_nonnull(got);
}

static void
test_no_time_no_sending(AgentFixture *f, const void *data)
{
	lay_stone(f, NULL);
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
test_lost_answer(AgentFixture *f, const void *data)
{
	lay_stones(f, 5);
	f->toy->lose_statements = true;
	assert_round(f, ROUND_OFFLINE);
	g_assert_cmpint(count_outbox(f).waiting, ==, 5);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 5);
	g_assert_cmpuint(f->toy->n_posts, ==, 1);
}

static void
test_false_receipt(AgentFixture *f, const void *data)
{
	lay_stones(f, 2);
	f->toy->spoil_receipt = true;
	assert_round(f, ROUND_REFUSED);
	g_assert_cmpint(count_outbox(f).waiting, ==, 2);
	g_assert_cmpint(get_link(f).state, ==, LINK_REFUSED);
	f->toy->spoil_receipt = false;
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 2);
	g_assert_cmpuint(f->toy->n_stored, ==, 2);
}

/* --- one bad record --- */

static void
test_halves(AgentFixture *f, const void *data)
{
	f->toy->name_poison = data != NULL;
	f->toy->poison = 7;
	lay_stones(f, 20);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 20);
	g_assert_cmpint(count_outbox(f).aside, ==, 1);
	g_assert_cmpint(count_outbox(f).receipted, ==, 19);
	g_assert_cmpuint(f->toy->n_stored, ==, 19);
	g_assert_cmpuint(f->toy->n_posts, <=, data != NULL ? 5 : 9);
	g_assert_cmpuint(toy_district_count(f->toy, "POST /kiosk/aside"), ==,
			 1);
	g_assert_nonnull(strstr(get_link(f).message, "1 records"));
}

static void
test_missing_medium(AgentFixture *f, const void *data)
{
	g_autofree char *path = NULL;
	char sha256[ID_SHA256 + 1];

	lay_stone(f, "first");
	lay_stone(f, "second");
	lay_stone(f, "third");
	id_sha256("second", 6, sha256);
	path = store_media_path(f->store, sha256);
	g_assert_cmpint(g_remove(path), ==, 0);
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpint(count_outbox(f).aside, ==, 1);
	g_assert_cmpuint(f->toy->n_stored, ==, 2);
	assert_delivered(f, 3);
}

/* The second line of the log rots, and the database with all of it. */
static void
rot_the_second_record(AgentFixture *f)
{
	g_autofree char *log =
		g_build_filename(f->folder, "records.jsonl", NULL);
	g_autofree char *db = g_build_filename(f->folder, "kiosk.db", NULL);
	g_autofree char *text = NULL;

	g_clear_pointer(&f->agent, agent_free);
	g_clear_pointer(&f->store, store_close);
	g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
	strchr(text, '\n')[5] = 'X';
	g_assert_true(g_file_set_contents(log, text, -1, NULL));
	g_assert_true(g_file_set_contents(db, "gone", -1, NULL));
	g_test_expect_message("store", G_LOG_LEVEL_WARNING, "*damaged*");
	f->store = store_open(f->folder, NULL);
	g_test_assert_expected_messages();
	restart_agent(f);
}

static void
test_lost_record_is_told(AgentFixture *f, const void *data)
{
	f->toy->strict = true;
	lay_stones(f, 3);
	rot_the_second_record(f);
	assert_round(f, ROUND_DELIVERED);
	g_assert_cmpint(count_outbox(f).aside, ==, 1);
	g_assert_cmpint(count_outbox(f).receipted, ==, 2);
	g_assert_cmpuint(f->toy->n_stored, ==, 2);
	g_assert_cmpuint(toy_district_count(f->toy, "POST /kiosk/aside"), ==,
			 1);
}

/* A page of the network's own, in place of an answer, blames no record. */
static void
test_stranger_sets_nothing_aside(AgentFixture *f, const void *data)
{
	static const int statuses[] = { 200, 302, 400, 404, 405, 413, 422 };

	lay_stones(f, 2);
	assert_round(f, ROUND_DELIVERED);
	lay_stones(f, 2);
	f->toy->only_path = "/xapi/statements";
	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		f->toy->status = statuses[i];
		g_assert_cmpint(agent_round(f->agent), !=, ROUND_DELIVERED);
		g_assert_cmpint(count_outbox(f).waiting, ==, 2);
		g_assert_cmpint(count_outbox(f).aside, ==, 0);
	}
	f->toy->status = 0;
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 4);
}

static void
test_no_progress(AgentFixture *f, const void *data)
{
	lay_stones(f, 3);
	assert_round(f, ROUND_DELIVERED);
	f->toy->lacks = 2;
	lay_stone(f, NULL);
	assert_round(f, ROUND_REFUSED);
	g_assert_cmpuint(f->toy->n_posts, <=, 3);
	g_assert_nonnull(strstr(get_link(f).message, "no receipt"));
}

/* The district was put back from an older copy: it gets all again. */
static void
test_district_lost_some(AgentFixture *f, const void *data)
{
	f->toy->strict = true;
	f->toy->poison = 5;
	lay_stones(f, 8);
	assert_round(f, ROUND_DELIVERED);
	g_hash_table_remove_all(f->toy->chain);
	g_hash_table_remove_all(f->toy->ids);
	if (data != NULL)
		lay_stones(f, 4);
	else
		agent_pass(f->agent, 6 * 3600 * 1000);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, data != NULL ? 12 : 8);
	g_assert_cmpint(count_outbox(f).aside, ==, 1);
	g_assert_cmpuint(g_hash_table_size(f->toy->ids), ==,
			 data != NULL ? 11 : 7);
}

static void
test_unknown_code_sets_nothing_aside(AgentFixture *f, const void *data)
{
	f->toy->poison = 2;
	f->toy->refuse_as = "weather";
	lay_stones(f, 3);
	assert_round(f, ROUND_REFUSED);
	g_assert_cmpint(count_outbox(f).aside, ==, 0);
	g_assert_cmpint(count_outbox(f).waiting, ==, 3);
	g_assert_cmpuint(f->toy->n_posts, ==, 1);
}

/* --- refusals --- */

static void
test_unknown_kiosk(AgentFixture *f, const void *data)
{
	lay_stone(f, NULL);
	g_hash_table_remove_all(f->toy->secrets);
	assert_round(f, ROUND_REFUSED);
	g_assert_cmpint(get_link(f).state, ==, LINK_REFUSED);
	g_assert_nonnull(strstr(get_link(f).message, "unknown-kiosk"));
	g_assert_cmpint(count_outbox(f).waiting, ==, 1);

	enrol_kiosk(f);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 1);
}

static void
test_retry_after(AgentFixture *f, const void *data)
{
	lay_stone(f, NULL);
	f->toy->status = 503;
	f->toy->retry_after_s = 120;
	assert_round(f, ROUND_OFFLINE);
	lay_stone(f, NULL); /* even news wait as long as they were told to */
	g_assert_false(agent_pass(f->agent, 119000));
	g_assert_true(agent_pass(f->agent, 120000));
}

static void
test_news_wake(AgentFixture *f, const void *data)
{
	assert_round(f, ROUND_DELIVERED);
	g_assert_false(agent_pass(f->agent, 1000));
	lay_stone(f, NULL);
	g_assert_true(agent_pass(f->agent, 1000));
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 1);
	g_assert_false(agent_pass(f->agent, 1000));
	g_assert_true(agent_pass(f->agent, 30000));
}

static void
test_stops(AgentFixture *f, const void *data)
{
	lay_stone(f, NULL);
	f->stop = 1;
	assert_round(f, ROUND_STOPPED);
	g_assert_cmpstr(strstr(f->toy->asked->str, "GET"), ==, NULL);
	g_assert_cmpint(count_outbox(f).waiting, ==, 1);
}

#define ADD(claim, data, test) \
	g_test_add("/agent/" claim, AgentFixture, data, setup_agent, test, \
		   teardown_agent)

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
	ADD("what-the-disk-lost-is-told", NULL, test_lost_record_is_told);
	ADD("a-strangers-answer-sets-nothing-aside", NULL,
	    test_stranger_sets_nothing_aside);
	ADD("a-refusal-we-do-not-know-sets-nothing-aside", NULL,
	    test_unknown_code_sets_nothing_aside);
	ADD("what-the-district-lost-is-sent-again", "new",
	    test_district_lost_some);
	ADD("what-was-lost-is-noticed-without-news", NULL,
	    test_district_lost_some);
	ADD("no-receipt-is-no-endless-loop", NULL, test_no_progress);
	ADD("an-unknown-kiosk-waits-for-an-adult", NULL, test_unknown_kiosk);
	ADD("retry-after-is-kept", NULL, test_retry_after);
	ADD("a-new-stone-wakes-it", NULL, test_news_wake);
	ADD("stops-when-told", NULL, test_stops);
	return g_test_run();
}
