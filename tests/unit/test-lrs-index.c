/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <sqlite3.h>

#include "sync/district/archive-erase.h"
#include "sync/district/lrs-batch.h"
#include "sync/district/lrs-index.h"
#include "sync/xapi/check.h"

/* What is drawn from terms that were handed over is what is drawn from the
 * log; and they are used for no row but their own. */

/* What stands in a text for a longer one; ' stands for ". */
static const char *const words[][2] = {
	{ "@ada", "{'objectType':'Agent','mbox':'mailto:ada@Example.org'}" },
	{ "@ben", "{'objectType':'Agent','account':{"
		  "'homePage':'https://d.example','name':'ben'}}" },
	{ "@does", "'verb':{'id':'https://d.example/does'}" },
	{ "@voids", "'verb':{'id':'http://adlnet.gov/expapi/verbs/voided'}" },
	{ "@about", "'id':'https://d.example/" },
	{ "@named", "','definition':{'name':{'en':" },
	{ "@ref", "'objectType':'StatementRef',@id" },
	{ "@id", "'id':'3f2504e0-4f89-41d3-9a0c-0305e82c330" },
	{ "'", "\"" },
};

#define BATCHES 3
static const char *const batches[BATCHES][4] = {
	{ "{@id1','actor':@ada,@does,'object':{@abouta@named'A'}}}}",
	  "{@id2','actor':{'objectType':'Group','member':[@ada,@ben]},@does,"
	  "'object':@ben,'context':{"
	  "'registration':'3f2504e0-4f89-41d3-9a0c-0305e82c330f',"
	  "'instructor':@ben,'contextActivities':{"
	  "'parent':{@aboutb@named'B'}}}}}}",
	  "{@id3','actor':@ben,@does,'object':{@ref5'}}" },

	{ "{@id4','actor':@ada,@does,'object':{@abouta@named'A'}}}}",
	  "{@id5','actor':@ada,@does,'object':{'objectType':'SubStatement',"
	  "'actor':@ben,@does,'object':{@aboutc@named'C'}}}}}",
	  "{@id6','actor':@ada,@voids,'object':{@ref4'}}" },

	/* Nothing here is new but the statements, and one name. */
	{ "{@id7','actor':@ben,@does,'object':{@abouta@named'A'}}}}",
	  "{@id8','actor':@ben,@does,'object':{@abouta@named'another'}}}}" },
};

static const char *const plain[] = { "{@id1','actor':@ada,@does,'object':@ben}",
				     NULL };
static const char *const other[] = { "{@id1','actor':@ben,@does,'object':@ben}",
				     NULL };

static const char authority[] =
	"{\"account\":{\"homePage\":\"https://d.example\",\"name\":\"tool\"}}";
static const WallTime now = { INT64_C(1795000000) * G_USEC_PER_SEC };

typedef struct {
	char *folder, *path;
	Archive *archive;
	LrsIndex *index;
	ArchiveTool tool;
} Fixture;

static void
must(bool ok, GError **error)
{
	g_assert_no_error(*error);
	g_assert_true(ok);
}

static void
set_up(Fixture *f, const void *data)
{
	ArchiveTool tool = { .id = "tool", .name = "tool", .scopes = TOOL_ALL };
	g_autoptr(GError) error = NULL;

	f->folder = g_dir_make_tmp("cairn-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "district.db", NULL);
	f->archive = archive_open(f->path, &error);
	must(f->archive != NULL &&
		     archive_add_tool(f->archive, &tool, now, &error) &&
		     archive_find_tool(f->archive, "tool", &f->tool, &error),
	     &error);
	f->index = lrs_index_new();
}

static void
tear_down(Fixture *f, const void *data)
{
	lrs_index_free(f->index);
	archive_close(f->archive);
	g_unlink(f->path);
	g_rmdir(f->folder);
	g_free(f->path);
	g_free(f->folder);
}

/* Of statements, up to NULL. */
static char *
make_json(const char *const *statements)
{
	GString *json = g_string_new("[");

	for (size_t i = 0; statements[i] != NULL; i++)
		g_string_append_printf(json, "%s%s", i > 0 ? "," : "",
				       statements[i]);
	g_string_append_c(json, ']');
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		g_string_replace(json, words[i][0], words[i][1], 0);
	return g_string_free(json, FALSE);
}

static LrsBatch *
read_batch(const Received *received)
{
	g_autoptr(GError) error = NULL;
	LrsBatch *batch = lrs_batch_new(received, XAPI_1_0, &xapi_limits);

	must(lrs_batch_read(batch, NULL, authority, &error), &error);
	return batch;
}

static void
append(Fixture *f, const char *const *statements, bool hand_over, bool commit)
{
	g_autofree char *json = make_json(statements);
	g_autoptr(Received) received = received_text(json, strlen(json));
	g_autoptr(LrsBatch) batch = read_batch(received);
	g_autoptr(GError) error = NULL;
	const char *conflict;

	must(archive_begin(f->archive, &error), &error);
	must(lrs_batch_write(batch, f->archive, f->tool.key, now, &conflict,
			     &error),
	     &error);
	if (hand_over)
		lrs_batch_hand_over(batch, f->index);
	g_assert_true(archive_end(f->archive, commit, NULL) == commit);
}

static void
draw(Fixture *f)
{
	g_autoptr(GError) error = NULL;
	bool more = true;

	while (more)
		must(lrs_index_some(f->index, f->archive, &more, &error),
		     &error);
}

/* All that is drawn, as one text. */
static char *
drawn(const Fixture *f)
{
	static const char sql[] =
		"SELECT 'p', term, seq, source FROM posting"
		" UNION ALL SELECT 'r', target, seq, voids FROM statement_ref"
		" UNION ALL SELECT 'v', seq, 0, 0 FROM voided"
		" UNION ALL SELECT 'a', id, definition, 0 FROM activity"
		" UNION ALL SELECT 'i', indexed, 0, 0 FROM log_end"
		" ORDER BY 1, 2, 3, 4";
	GString *text = g_string_new(NULL);
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db = NULL;

	g_assert_cmpint(sqlite3_open(f->path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), ==,
			SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		g_string_append_printf(text, "%s %s %s %s\n",
				       sqlite3_column_text(stmt, 0),
				       sqlite3_column_text(stmt, 1),
				       sqlite3_column_text(stmt, 2),
				       sqlite3_column_text(stmt, 3));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return g_string_free(text, FALSE);
}

/* What the log alone gives. */
static char *
drawn_from_log(size_t n)
{
	Fixture f = { 0 };
	char *text;

	set_up(&f, NULL);
	for (size_t i = 0; i < n; i++) {
		append(&f, batches[i], false, true);
		draw(&f);
	}
	text = drawn(&f);
	tear_down(&f, NULL);
	return text;
}

static void
is_as_read(Fixture *f, const void *data)
{
	size_t n = BATCHES;
	g_autofree char *expected = drawn_from_log(n);
	g_autofree char *text = NULL;

	for (size_t i = 0; i < n; i++) {
		append(f, batches[i], true, true);
		draw(f);
	}
	text = drawn(f);
	g_assert_cmpstr(text, ==, expected);
}

/* Some handed over, some not, drawn together. */
static void
is_as_read_among_others(Fixture *f, const void *data)
{
	size_t n = BATCHES;
	g_autofree char *expected = drawn_from_log(n);
	g_autofree char *text = NULL;

	for (size_t i = 0; i < n; i++)
		append(f, batches[i], i != 1, true);
	draw(f);
	text = drawn(f);
	g_assert_cmpstr(text, ==, expected);
}

/* An undone commit's instants are given again, even under the same ids. */
static void
is_of_its_row_alone(Fixture *f, const void *data)
{
	g_autofree char *expected = drawn_from_log(1);
	g_autofree char *text = NULL;

	append(f, other, true, false);
	append(f, batches[0], false, true);
	draw(f);
	text = drawn(f);
	g_assert_cmpstr(text, ==, expected);
}

/* It is really the terms that are posted: these say what no body does. */
static void
is_used(Fixture *f, const void *data)
{
	ArchiveFind find = { .upto = INT64_MAX, .limit = 2 };
	g_autofree LrsTerms *terms = NULL;
	g_autoptr(GArray) rows = NULL;
	g_autoptr(GArray) found = NULL;
	g_autoptr(GError) error = NULL;
	const ArchiveBehind *row;

	append(f, plain, false, true);
	rows = archive_list_rows(f->archive, 0, 2, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(rows->len, ==, 1);
	row = &g_array_index(rows, ArchiveBehind, 0);
	terms = g_malloc0(sizeof(*terms) + sizeof(Term));
	terms->stored = row->stored;
	terms->tool = row->tool;
	terms->n = 1;
	terms->terms[0] = find.terms[0] = archive_term('x', "mark", 4);
	g_strlcpy(terms->id, row->id, sizeof(terms->id));
	g_strlcpy(terms->hash, row->hash, sizeof(terms->hash));
	lrs_index_take(f->index, g_steal_pointer(&terms));
	draw(f);
	found = archive_find(f->archive, &find, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(found->len, ==, 1);
}

static void
is_not_used_once_erased(Fixture *f, const void *data)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	append(f, batches[0], true, true);
	for (int64_t seq = 1; seq <= 3; seq++)
		must(archive_empty_statement(f->archive, seq, ERASE_REQUESTED,
					     now, &error),
		     &error);
	draw(f);
	text = drawn(f);
	g_assert_cmpstr(text, ==, "i 3 0 0\n");
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, test) \
	g_test_add("/lrs-index/handed-over/" path, Fixture, NULL, set_up, \
		   test, tear_down)
	ADD("is-drawn-as-if-read", is_as_read);
	ADD("among-others-too", is_as_read_among_others);
	ADD("for-its-row-alone", is_of_its_row_alone);
	ADD("is-what-is-posted", is_used);
	ADD("not-once-erased", is_not_used_once_erased);
	return g_test_run();
}
