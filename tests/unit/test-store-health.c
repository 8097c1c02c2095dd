/* SPDX-License-Identifier: Apache-2.0 */
#include <sqlite3.h>
#include <string.h>

#include "app/base/json.h"
#include "app/store/store-health.h"
#include "sync/agent/status.h"
#include "tests/unit/shelf.h"

static StoreHealth
health_of(Shelf *f)
{
	g_autoptr(GError) error = NULL;
	StoreHealth health;
	bool ok = store_read_health(f->store, &f->held.clock, &health, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	return health;
}

static void
set_link(Shelf *f, LinkState state, const char *message)
{
	StoreLink link = { .state = state,
			   .reason = state == LINK_OFFLINE ? LINK_NO_ANSWER
							   : LINK_UNKNOWN,
			   .last_contact = { SHELF_TODAY } };

	g_strlcpy(link.message, message, sizeof(link.message));
	g_assert_true(store_set_link(f->store, &link, NULL));
}

static void
an_empty_store_knows_little(Shelf *f, const void *data)
{
	const StoreHealth health = health_of(f);

	g_assert_cmpint(health.counts.waiting, ==, 0);
	g_assert_cmpint(health.waiting_since.us, ==, 0);
	g_assert_cmpint(health.link.state, ==, LINK_NEVER);
	g_assert_false(health.has_bundle);
	g_assert_cmpstr(health.bundle, ==, "");
	g_assert_true(health.has_room);
	g_assert_cmpint(health.free_bytes, >, 0);
	g_assert_cmpint(health.schema, ==, 5);
	g_assert_cmpstr(health.notice, ==, "");
}

static void
the_oldest_that_waits_says_since_when(Shelf *f, const void *data)
{
	g_autoptr(OutboxBatch) batch = NULL;
	int64_t second;

	shelf_set_clock(f, "b", SHELF_TODAY, true);
	shelf_lay(f, 3);
	g_assert_cmpint(health_of(f).waiting_since.us, >=, SHELF_TODAY);
	g_assert_cmpint(health_of(f).waiting_since.us, <,
			SHELF_TODAY + G_USEC_PER_SEC);
	batch = store_read_outbox(f->store, &f->held.clock, 3, 1 << 20, NULL);
	second = batch->entries[1].shown.wall.us;
	g_assert_true(store_accept_receipt(f->store, 1,
					   (WallTime){ SHELF_TODAY }, NULL));
	g_assert_cmpint(health_of(f).waiting_since.us, ==, second);
	g_assert_cmpint(health_of(f).counts.waiting, ==, 2);
}

static void
of_a_clock_that_nobody_set_no_time_is_told(Shelf *f, const void *data)
{
	const ClockAnchor other = { .boot = "c", .booted = { SHELF_TODAY } };
	ClockAnchor same = other;

	shelf_set_clock(f, "b", 0, false);
	shelf_lay(f, 1);
	g_assert_cmpint(health_of(f).waiting_since.us, ==, 0);
	g_assert_true(store_add_anchor(f->store, &other, NULL));
	g_assert_false(health_of(f).knows_time);
	memcpy(same.boot, f->held.now.boot, sizeof(same.boot));
	g_assert_true(store_add_anchor(f->store, &same, NULL));
	g_assert_true(health_of(f).knows_time);
	shelf_set_clock(f, "d", SHELF_TODAY, true);
	g_assert_true(health_of(f).knows_time);
}

static void
a_bundle_says_when_it_came(Shelf *f, const void *data)
{
	const Roster nobody = { 0 };
	StoreBundle bundle = { .etag = "abc",
			       .district = "Example District",
			       .base = "https://district.example",
			       .roster = &nobody,
			       .at = { SHELF_TODAY } };
	StoreHealth health;

	g_assert_true(store_apply_bundle(f->store, &bundle, NULL));
	shelf_reopen(f);
	health = health_of(f);
	g_assert_true(health.has_bundle);
	g_assert_cmpstr(health.bundle, ==, "abc");
	g_assert_cmpstr(health.district, ==, "Example District");
	g_assert_cmpint(health.bundle_at.us, ==, SHELF_TODAY);
}

static void
run_sql(Shelf *f, const char *sql)
{
	g_autofree char *path = g_build_filename(f->folder, "kiosk.db", NULL);
	sqlite3 *db = NULL;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_close(db), ==, SQLITE_OK);
}

/* Kept as words: those of an agent of before, or of a later one, are none. */
static void
why_it_does_not_reach_anybody_is_kept(Shelf *f, const void *data)
{
	StoreLink link = { .state = LINK_REFUSED };
	g_autofree char *lasting = g_strnfill(LINK_MESSAGE_MAX, 'x');

	g_strlcpy(link.message, lasting, sizeof(link.message));
	for (LinkReason at = LINK_UNKNOWN; at < LINK_REASONS; at++) {
		link.reason = at;
		g_assert_true(store_set_link(f->store, &link, NULL));
		g_assert_cmpint(health_of(f).link.reason, ==, at);
	}
	g_assert_cmpstr(health_of(f).link.message, ==, lasting);
	run_sql(f, "UPDATE link SET reason = 'moon'");
	g_assert_cmpint(health_of(f).link.reason, ==, LINK_UNKNOWN);
	run_sql(f, "DELETE FROM link; INSERT INTO link (only, state,"
		   " last_contact_us, message) VALUES (1, 1, 0, 'as before')");
	g_assert_cmpint(health_of(f).link.reason, ==, LINK_UNKNOWN);
	g_assert_cmpstr(health_of(f).link.message, ==, "as before");
}

static void
damaged_copies_are_counted(Shelf *f, const void *data)
{
	static const char *const names[] = { "kiosk.db.damaged-1",
					     "kiosk.db.damaged-1-wal",
					     "records.jsonl.damaged-2",
					     "notes.damaged-1" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path =
			g_build_filename(f->folder, names[i], NULL);

		g_assert_true(g_file_set_contents(path, "x", 1, NULL));
	}
	g_assert_cmpint(health_of(f).damaged, ==, 2);
}

static void
only_what_has_arrived_is_safe(void)
{
	static const struct {
		int64_t waiting, sent, aside;
		LinkState state;
		bool has_lrs, safe;
	} rows[] = {
		{ 0, 0, 0, LINK_ONLINE, false, true },
		{ 0, 0, 2, LINK_ONLINE, false, true },
		{ 1, 0, 0, LINK_ONLINE, false, false },
		{ 0, 1, 0, LINK_ONLINE, false, false },
		{ 0, 0, 0, LINK_ONLINE, true, false },
		{ 0, 0, 0, LINK_OFFLINE, false, false },
		{ 0, 0, 0, LINK_REFUSED, false, false },
		{ 0, 0, 0, LINK_NEVER, false, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const OutboxCounts counts = { .waiting = rows[i].waiting,
					      .sent = rows[i].sent,
					      .aside = rows[i].aside };
		const StoreLink link = { .state = rows[i].state };

		g_assert_cmpint(store_is_safe(&counts, &link, rows[i].has_lrs),
				==, rows[i].safe);
	}
}

static GString *
status_of(Shelf *f, const AgentAbout *about, bool json)
{
	g_autoptr(GError) error = NULL;
	GString *out = g_string_new(NULL);

	g_assert_true(agent_status(f->store, &f->held.clock, about, json, out,
				   &error));
	g_assert_no_error(error);
	return out;
}

static void
status_says_the_same_of_both_kinds(Shelf *f, const void *data)
{
	static const AgentAbout district = { .lrs = "",
					     .district = "https://d.example",
					     .version = "v1" };
	static const AgentAbout lrs = { .lrs = "https://lrs.example",
					.district = "",
					.version = "v1" };
	g_autofree char *lasting = g_strnfill(LINK_MESSAGE_MAX, 'x');
	GString *text;

	set_link(f, LINK_OFFLINE, lasting);
	text = status_of(f, &district, false);
	g_assert_nonnull(strstr(text->str, "because            no-answer\n"));
	g_assert_nonnull(strstr(text->str, lasting));
	g_string_free(text, TRUE);
	set_link(f, LINK_ONLINE, "");
	text = status_of(f, &district, false);
	g_assert_nonnull(strstr(text->str, "safe to take away  yes\n"));
	g_assert_nonnull(strstr(text->str, "program            v1\n"));
	g_assert_null(strstr(text->str, "with an LRS"));
	g_string_free(text, TRUE);
	text = status_of(f, &lrs, false);
	g_assert_nonnull(strstr(text->str, "safe to take away  no\n"));
	g_assert_nonnull(strstr(text->str, "with an LRS"));
	g_string_free(text, TRUE);
}

static void
status_is_told_to_programs(Shelf *f, const void *data)
{
	static const AgentAbout about = { .lrs = "",
					  .district = "https://d.example",
					  .version = "v1" };
	GString *text;
	g_autoptr(json_t) value = NULL;

	shelf_set_clock(f, "b", SHELF_TODAY, true);
	shelf_lay(f, 2);
	set_link(f, LINK_OFFLINE, "nobody answered");
	text = status_of(f, &about, true);
	value = json_loads(text->str, 0, NULL);
	g_assert_nonnull(value);
	g_assert_cmpint(json_integer_value(json_object_get(value, "waiting")),
			==, 2);
	g_assert_cmpint(json_integer_value(
				json_object_get(value, "waiting_since_us")),
			>=, SHELF_TODAY);
	g_assert_cmpint(json_integer_value(
				json_object_get(value, "store_version")),
			==, 5);
	g_assert_cmpstr(json_string_value(json_object_get(value, "link")), ==,
			"offline");
	g_assert_cmpstr(json_string_value(json_object_get(value, "reason")), ==,
			"no-answer");
	g_assert_true(json_is_false(json_object_get(value, "safe")));
	g_string_free(text, TRUE);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, test) \
	g_test_add(path, Shelf, NULL, shelf_setup, test, shelf_teardown)
	ADD("/store-health/an-empty-store-knows-little",
	    an_empty_store_knows_little);
	ADD("/store-health/the-oldest-that-waits-says-since-when",
	    the_oldest_that_waits_says_since_when);
	ADD("/store-health/of-a-clock-that-nobody-set-no-time-is-told",
	    of_a_clock_that_nobody_set_no_time_is_told);
	ADD("/store-health/a-bundle-says-when-it-came",
	    a_bundle_says_when_it_came);
	ADD("/store-health/why-it-does-not-reach-anybody-is-kept",
	    why_it_does_not_reach_anybody_is_kept);
	ADD("/store-health/damaged-copies-are-counted",
	    damaged_copies_are_counted);
	g_test_add_func("/store-health/only-what-has-arrived-is-safe",
			only_what_has_arrived_is_safe);
	ADD("/store-health/status-says-the-same-of-both-kinds",
	    status_says_the_same_of_both_kinds);
	ADD("/store-health/status-is-told-to-programs",
	    status_is_told_to_programs);
#undef ADD
	return g_test_run();
}
