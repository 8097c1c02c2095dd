/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/base/sql.h"
#include "sync/district/archive-audit-chain.h"
#include "sync/district/check.h"
#include "sync/district/db-migrations.h"
#include "sync/district/db-schema.h"
#include "sync/district/db.h"
#include "tests/unit/district-fixture.h"
#include "tests/unit/lrs-fixture.h"

/* The audit log is a chain: what was done to it is found. */

#define EVENTS 8

static void
add(Archive *archive, const char *who)
{
	AuditEvent event = { .at = { INT64_C(1795000000) * G_USEC_PER_SEC },
			     .kind = AUDIT_TEACHER,
			     .action = "GET /media/*",
			     .address = "192.0.2.7",
			     .object = "medium:00, 1:x",
			     .about = "ü",
			     .n = 1,
			     .status = 200 };
	g_autoptr(GError) error = NULL;
	bool ok;

	g_strlcpy(event.who, who, sizeof(event.who));
	ok = archive_add_audit(archive, &event, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
drop_first(Archive *archive, const DistrictFixture *f, int64_t most)
{
	const AuditDrop how = { f->now.wall, { INT64_MAX }, most };
	g_autoptr(GError) error = NULL;
	int64_t dropped = 0;

	g_assert_true(archive_drop_audit(archive, &how, &dropped, &error));
	g_assert_no_error(error);
	g_assert_cmpint(dropped, ==, most);
}

/* The district rests meanwhile: its own events are all there. */
static void
setup(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = NULL;

	setup_district(f, "[audit]\ndays = 0\n");
	restart_district(f);
	archive = open_test_archive(f);
	for (int i = 0; i < EVENTS; i++)
		add(archive, "somebody");
}

/* --- what check says --- */

static void
note(void *data, const CheckFinding *finding)
{
	g_string_append_printf(data, "%s: %s\n", finding->where, finding->what);
	g_assert_cmpuint(strlen(finding->to_do), >, 10);
}

static char *
check_it(const DistrictFixture *f, const char *remembered)
{
	GString *text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	Check check = { .archive = f->service->archive,
			.media = f->service->media,
			.quick = true,
			.found = note,
			.data = text };
	bool ok = remembered == NULL ||
		  check_parse_audit(&check, remembered, &error);

	ok = ok && check_district(&check, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpint(check.audit_events, >, 0);
	return g_string_free(text, FALSE);
}

static void
assert_whole(const DistrictFixture *f, const char *remembered)
{
	g_autofree char *said = check_it(f, remembered);

	g_assert_cmpstr(said, ==, "");
}

static void
assert_says(const DistrictFixture *f, const char *remembered, const char *what)
{
	g_autofree char *said = check_it(f, remembered);

	if (strstr(said, what) == NULL)
		g_error("%s: said\n%s", what, said);
}

static void
run_sql(const DistrictFixture *f, const char *sql)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = db_open(f->service->archive, &error);
	bool ok;

	g_assert_no_error(error);
	ok = db_run(db, sql, "spoiling", &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static char *
end_of(const DistrictFixture *f, AuditEnd *end)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;

	g_assert_true(archive_get_audit_end(archive, end, &error));
	g_assert_no_error(error);
	return g_strdup_printf("%" G_GINT64_FORMAT ":%s", (gint64)end->seq,
			       end->hash);
}

/* --- spoilt --- */

#define LAST   "(SELECT seq FROM audit_end)"
#define MIDDLE LAST " - 3"

static const struct {
	const char *name, *sql, *says;
} spoilt[] = {
	{ "changed", "UPDATE audit SET who = 'another' WHERE seq = " MIDDLE,
	  "an event is not as it was" },
	{ "moved-between-columns",
	  "UPDATE audit SET who = 'some', address = 'body192.0.2.7'"
	  " WHERE seq = " MIDDLE,
	  "an event is not as it was" },
	{ "another-hash", "UPDATE audit SET hash = '' WHERE seq = " MIDDLE,
	  "does not follow the one before it" },
	{ "taken-out", "DELETE FROM audit WHERE seq = " MIDDLE,
	  "an event is missing" },
	{ "cut-off-behind", "DELETE FROM audit WHERE seq = " LAST,
	  "an event is missing" },
	{ "cut-off-before", "DELETE FROM audit WHERE seq = 1",
	  "audit log, event 1: an event is missing" },
	{ "all-gone",
	  "DELETE FROM audit WHERE seq < " LAST
	  "; UPDATE audit_end SET chain_from = seq,"
	  " chain_before = (SELECT hash FROM audit)",
	  "events are gone, and no event says so" },
	{ "dropped-without-a-word",
	  "UPDATE audit_end SET chain_from = 3, chain_before ="
	  " (SELECT hash FROM audit WHERE seq = 2);"
	  "DELETE FROM audit WHERE seq < 3",
	  "event 2: events are gone, and no event says so" },
	{ "put-in",
	  "INSERT INTO audit (seq, at_us, who_kind, who, address, action,"
	  " object, about, n, status, hash) SELECT seq + 1, at_us, who_kind,"
	  " who, address, action, object, about, n, status, hash FROM audit"
	  " WHERE seq = " LAST,
	  "an event is not as it was" },
	{ "another-end", "UPDATE audit_end SET seq = seq - 1",
	  "the log does not end where it was written to" },
	{ "another-end-hash", "UPDATE audit_end SET hash = 'f00d'",
	  "the log does not end where it was written to" },
	{ "exchanged",
	  "UPDATE audit SET seq = -1 WHERE seq = 2;"
	  "UPDATE audit SET seq = 2 WHERE seq = 3;"
	  "UPDATE audit SET seq = 3 WHERE seq = -1",
	  "event 2: an event is not as it was" },
};

static void
test_spoilt(DistrictFixture *f, const void *data)
{
	gsize i = GPOINTER_TO_SIZE(data);

	assert_whole(f, NULL);
	run_sql(f, spoilt[i].sql);
	assert_says(f, NULL, spoilt[i].says);
}

static void
setup_spoilt(DistrictFixture *f, const void *data)
{
	setup(f, NULL);
}

/* --- whoever can write all of it --- */

static bool
take_last(const AuditEvent *event, void *data, GError **error)
{
	*(AuditEvent *)data = *event;
	return true;
}

static void
test_made_anew(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autofree AuditEvent *last = g_new0(AuditEvent, 1);
	g_autofree AuditEvent *before = g_new0(AuditEvent, 1);
	g_autofree char *sql = NULL;
	g_autofree char *remembered = NULL;
	AuditEnd end;
	char hash[ID_SHA256 + 1];

	remembered = end_of(f, &end);
	g_assert_true(archive_each_audit(archive, &(AuditFind){ .after = 0 },
					 take_last, last, NULL));
	g_assert_true(archive_each_audit(archive,
					 &(AuditFind){ .after = end.seq - 2,
						       .limit = 1 },
					 take_last, before, NULL));
	g_assert_cmpstr(last->hash, ==, end.hash);
	g_strlcpy(last->who, "another", sizeof(last->who));
	audit_hash(before->hash, last, hash);
	sql = g_strdup_printf("UPDATE audit SET who = 'another', hash = '%s'"
			      " WHERE seq = " LAST
			      ";UPDATE audit_end SET hash = '%s'",
			      hash, hash);
	assert_whole(f, remembered);
	run_sql(f, sql);
	assert_whole(f, NULL);
	assert_says(f, remembered, "this event is another than it was");
}

static void
test_notes(DistrictFixture *f, const void *data)
{
	static const char *const bad[] = { "",
					   "1",
					   "1:",
					   "x:y",
					   "1:f00d",
					   "0:" ID_NO_HASH,
					   "-1:" ID_NO_HASH };

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		Check check = { 0 };

		g_assert_false(check_parse_audit(&check, bad[i], &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
	}
}

/* --- what is too old --- */

static void
test_drop(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autofree char *remembered = NULL;
	g_autofree char *later = NULL;
	AuditEnd end;

	remembered = end_of(f, &end);
	drop_first(archive, f, end.seq - 1);
	assert_whole(f, remembered);
	add(archive, "somebody");
	later = end_of(f, &end);
	assert_whole(f, later);
	drop_first(archive, f, 2); /* the first drop, too */
	assert_whole(f, remembered);
	g_assert_cmpint(end.from, >, EVENTS);
	run_sql(f, "DELETE FROM audit WHERE action = 'audit retention'"
		   " AND seq = " LAST);
	assert_says(f, NULL, "events are gone, and no event says so");
}

/* A clock that was ahead once does not keep the log for ever; one that was
 * behind does not shorten it. */
static void
test_wrong_clock(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	const AuditDrop how = { f->now.wall,
				{ f->now.wall.us - G_USEC_PER_SEC },
				1000 };
	AuditEvent event = { .action = "x", .n = 1, .status = 200 };
	int64_t dropped = 0;

	event.at.us = f->now.wall.us * 2;
	g_assert_true(archive_add_audit(archive, &event, &error));
	event.at.us = 5;
	g_assert_true(archive_add_audit(archive, &event, &error));
	event.at.us = f->now.wall.us;
	g_assert_true(archive_add_audit(archive, &event, &error));
	event.at.us = 5;
	g_assert_true(archive_add_audit(archive, &event, &error));
	run_sql(f, "UPDATE audit SET at_us = 5 WHERE seq <= " LAST " - 4");
	g_assert_true(archive_drop_audit(archive, &how, &dropped, &error));
	g_assert_no_error(error);
	run_sql(f, "UPDATE audit SET n = n + 1 WHERE seq = " LAST " - 2");
	assert_says(f, NULL, "an event is not as it was"); /* two stay */
}

/* --- groups, and who else writes --- */

static void
test_undone(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;

	g_assert_true(archive_begin(archive, &error));
	add(archive, "before");
	g_assert_true(archive_mark(archive, &error));
	add(archive, "undone");
	g_assert_true(archive_settle(archive, false, &error));
	g_assert_true(archive_mark(archive, &error));
	add(archive, "kept");
	g_assert_true(archive_settle(archive, true, &error));
	g_assert_true(archive_end(archive, true, &error));
	g_assert_no_error(error);
	g_assert_true(archive_begin(archive, &error));
	add(archive, "all undone");
	g_assert_false(archive_end(archive, false, &error));
	g_clear_error(&error);
	add(archive, "behind");
	assert_whole(f, NULL);
}

typedef struct {
	const DistrictFixture *f;
	const char *name;
} Crowd;

static void *
add_many(void *data)
{
	const Crowd *crowd = data;
	g_autoptr(Archive) archive = open_test_archive(crowd->f);

	for (int i = 0; i < 100; i++)
		add(archive, crowd->name);
	return NULL;
}

/* Requests at two servers, and commands beside them. */
static void
test_together(DistrictFixture *f, const void *data)
{
	Crowd crowd[] = { { f, "one" }, { f, "other" } };
	DistrictFixture beside;
	GThread *threads[G_N_ELEMENTS(crowd)];

	start_beside(f, &beside);
	for (size_t i = 0; i < G_N_ELEMENTS(crowd); i++)
		threads[i] = g_thread_new("crowd", add_many, &crowd[i]);
	for (int i = 0; i < 20; i++) {
		g_autoptr(Got) got =
			ask(i % 2 == 0 ? f : &beside,
			    &(Ask){ "GET", "/xapi/statements?limit=1",
				    .user = "nobody:nothing" });

		g_assert_cmpint(got->status, ==, 401);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(crowd); i++)
		g_thread_join(threads[i]);
	stop_beside(&beside);
	restart_district(f); /* so that all is written */
	assert_whole(f, NULL);
}

/* --- from before there was a chain --- */

#define OLD 6 /* migrations; the next two count attempts and chain events */

static bool
had(sqlite3 *old, const char *table, const char *column)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT 1 FROM pragma_table_info('%s') WHERE '%s' IN ('', name)",
		table, column);
	g_autoptr(SqlStatement) query = NULL;

	g_assert_cmpint(sqlite3_prepare_v2(old, sql, -1, &query, NULL), ==,
			SQLITE_OK);
	return sqlite3_step(query) == SQLITE_ROW;
}

/* Whatever migrations have added since, theirs too who come later. */
static char *
undo_table(sqlite3 *old, const DbTable *table)
{
	GString *sql = g_string_new(NULL);

	if (!had(old, table->name, ""))
		g_string_append_printf(sql, "DROP TABLE \"%s\";", table->name);
	for (guint i = 0; i < table->columns->len && sql->len == 0; i++) {
		const char *name =
			g_array_index(table->columns, DbField, i).name;

		if (!had(old, table->name, name))
			g_string_append_printf(
				sql, "ALTER TABLE \"%s\" DROP COLUMN \"%s\";",
				table->name, name);
	}
	return g_string_free(sql, FALSE);
}

/* As the archive was before there was a chain, with all that is in it. */
static void
make_old(DistrictFixture *f)
{
	g_autofree char *path = g_build_filename(f->folder, "old.db", NULL);
	g_autoptr(GError) error = NULL;
	sqlite3 *old = sql_open(path, db_migrations, OLD, &error);
	g_autoptr(Db) db = db_open(f->service->archive, &error);
	g_autoptr(GPtrArray) tables = db_list_tables(db, &error);
	g_autoptr(GString) sql = g_string_new(NULL);

	g_assert_no_error(error);
	for (guint i = 0; i < tables->len; i++) {
		g_autofree char *undo = undo_table(old, tables->pdata[i]);

		g_string_append(sql, undo);
	}
	g_string_append_printf(
		sql,
		f->database != NULL ? "UPDATE archive_version SET version = %d"
				    : "PRAGMA user_version = %d",
		OLD);
	sqlite3_close(old);
	/* Not under a server that runs. */
	g_clear_pointer(&f->server, server_stop);
	run_sql(f, sql->str);
}

static void
test_upgrade(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = NULL;
	g_autofree AuditEvent *first = g_new0(AuditEvent, 1);
	TestKiosk kiosk;
	AuditEnd was, is;

	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, "somebody", 3);
	g_free(end_of(f, &was));
	make_old(f);
	restart_district(f);
	send_records(f, &kiosk, "somebody", 2);
	archive = open_test_archive(f);
	add(archive, "somebody");
	g_free(end_of(f, &is));
	g_assert_cmpint(is.seq, >, was.seq);
	g_assert_cmpint(is.from, >=, was.seq);
	assert_whole(f, NULL);
	g_assert_true(archive_each_audit(archive, &(AuditFind){ .limit = 1 },
					 take_last, first, NULL));
	g_assert_cmpint(first->seq, ==, 1);
	g_assert_cmpstr(first->hash, ==, "");
	drop_first(archive, f, 3);
	assert_whole(f, NULL);
	run_sql(f, "DELETE FROM audit WHERE seq ="
		   " (SELECT chain_from FROM audit_end)");
	assert_says(f, NULL, "an event is missing");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(spoilt); i++) {
		g_autofree char *path = g_strconcat("/audit-chain/spoilt/",
						    spoilt[i].name, NULL);

		g_test_add(path, DistrictFixture, GSIZE_TO_POINTER(i),
			   setup_spoilt, test_spoilt, teardown_district);
	}
#define ADD(name, test) \
	g_test_add("/audit-chain/" name, DistrictFixture, NULL, setup, test, \
		   teardown_district)
	ADD("made-anew-is-not-what-was-noted", test_made_anew);
	ADD("a-note-is-a-number-and-a-hash", test_notes);
	ADD("what-is-dropped-leaves-it-whole", test_drop);
	ADD("a-wrong-clock-neither-keeps-nor-drops", test_wrong_clock);
	ADD("what-is-undone-leaves-no-gap", test_undone);
	ADD("several-writers-make-one-chain", test_together);
	ADD("an-archive-of-before-goes-on", test_upgrade);
	return g_test_run();
}
