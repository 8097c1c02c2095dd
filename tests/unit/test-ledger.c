/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/forward/aside.h"
#include "sync/forward/ledger.h"
#include "sync/forward/progress.h"
#include "sync/forward/status.h"

/* What a forwarder keeps on the disk. */

#define ONE "00000000-0000-4000-8000-000000000001"
#define TWO "00000000-0000-4000-8000-000000000002"

typedef struct {
	char *folder;
} Fixture;

static void
setup(Fixture *f, const void *data)
{
	f->folder = g_dir_make_tmp("cairn-ledger-XXXXXX", NULL);
}

static void
remove_inner(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		remove_inner(inner);
		g_remove(inner);
	}
}

static void
teardown(Fixture *f, const void *data)
{
	remove_inner(f->folder);
	g_rmdir(f->folder);
	g_free(f->folder);
}

static Ledger *
reopen(const Fixture *f)
{
	g_autoptr(GError) error = NULL;
	Ledger *ledger = ledger_open(f->folder, &error);

	g_assert_no_error(error);
	return ledger;
}

static void
add(Ledger *ledger, const char *id, const char *actor, bool refused)
{
	LedgerLine line = { .actor = actor,
			    .at = { 1795000000000000 },
			    .refused = refused };

	g_strlcpy(line.id, id, sizeof(line.id));
	ledger_add(ledger, &line);
	g_assert_true(ledger_sync(ledger, NULL));
}

static bool
has(const Ledger *ledger, const char *id)
{
	g_autoptr(GError) error = NULL;
	bool out;

	g_assert_true(ledger_has(ledger, id, &out, &error));
	g_assert_no_error(error);
	return out;
}

static bool
on_line(const LedgerLine *line, void *data)
{
	g_string_append_c(data, line->id[ID_UUID - 1]);
	return true;
}

static char *
list(const Ledger *ledger, const char *actor)
{
	GString *out = g_string_new(NULL);

	g_assert_true(ledger_each(ledger, actor, on_line, out, NULL));
	return g_string_free(out, FALSE);
}

#define assert_list(ledger, actor, expected) \
	do { \
		g_autofree char *got = list(ledger, actor); \
		g_assert_cmpstr(got, ==, expected); \
	} while (0)

static off_t
size_of(const Fixture *f)
{
	g_autofree char *path = g_build_filename(f->folder, "sent.jsonl", NULL);
	GStatBuf about;

	g_assert_cmpint(g_stat(path, &about), ==, 0);
	g_assert_cmpint(about.st_mode & 0777, ==, 0600);
	return about.st_size;
}

static void
test_lists(Fixture *f, const void *data)
{
	g_autoptr(Ledger) ledger = reopen(f);

	add(ledger, ONE, "mailto:a@x.example", false);
	add(ledger, TWO, "mailto:b@x.example", false);
	assert_list(ledger, NULL, "12");
	assert_list(ledger, "mailto:b@x.example", "2");
	assert_list(ledger, "mailto:c@x.example", "");
	add(ledger, ONE, "mailto:a@x.example", true);
	assert_list(ledger, NULL, "2");
	g_assert_false(has(ledger, ONE));
	g_assert_true(has(ledger, TWO));
	add(ledger, ONE, "mailto:a@x.example", false); /* sent after all */
	assert_list(ledger, NULL, "12");
	g_assert_true(has(ledger, ONE));
}

static void
test_once(Fixture *f, const void *data)
{
	Ledger *ledger = reopen(f);
	off_t size;

	add(ledger, ONE, "a", false);
	size = size_of(f);
	for (int i = 0; i < 3; i++) { /* an hour offline, and restarted */
		add(ledger, ONE, "a", false);
		ledger_close(ledger);
		ledger = reopen(f);
	}
	g_assert_cmpint(size_of(f), ==, size);
	ledger_close(ledger);
}

/* A power cut leaves half a line. */
static void
test_torn(Fixture *f, const void *data)
{
	g_autofree char *path = g_build_filename(f->folder, "sent.jsonl", NULL);
	g_autoptr(Ledger) ledger = NULL;

	g_assert_true(g_file_set_contents(path, "{\"id\":\"0000", -1, NULL));
	ledger = reopen(f);
	add(ledger, ONE, "a", false);
	assert_list(ledger, NULL, "1");
}

/* --- set aside --- */

static void
test_aside(Fixture *f, const void *data)
{
	Aside aside = { .id = TWO, .reason = "400: refused", .at = { 5 } };
	g_autoptr(GArray) list = aside_list(f->folder, NULL);

	g_assert_cmpuint(list->len, ==, 0);
	g_array_unref(list);
	g_assert_true(aside_add(f->folder, &aside, NULL));
	g_strlcpy(aside.id, ONE, sizeof(aside.id));
	g_assert_true(aside_add(f->folder, &aside, NULL));
	g_assert_true(aside_add(f->folder, &aside, NULL));
	list = aside_list(f->folder, NULL);
	g_assert_cmpuint(list->len, ==, 2);
	g_assert_cmpstr(g_array_index(list, Aside, 0).id, ==, ONE);
	g_assert_cmpstr(g_array_index(list, Aside, 1).reason, ==,
			"400: refused");
	g_assert_true(aside_remove(f->folder, ONE, NULL));
	g_assert_true(aside_remove(f->folder, ONE, NULL));
	g_array_unref(list);
	list = aside_list(f->folder, NULL);
	g_assert_cmpuint(list->len, ==, 1);
}

/* --- progress, and what is told of it --- */

static bool
status(const Fixture *f, StatusForm form, char **out)
{
	GString *text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	bool well;

	g_assert_true(forward_status(f->folder, 60, form, text, &well, &error));
	g_assert_no_error(error);
	*out = g_string_free(text, FALSE);
	return well;
}

static void
test_status(Fixture *f, const void *data)
{
	WallTime now = clock_read(clock_system()).wall;
	Progress progress = { .source = "https://a.example",
			      .target = "https://b.example",
			      .sent = 7,
			      .last_try = now,
			      .last_good = now };
	Progress again;
	g_autofree char *text = NULL, *metrics = NULL;

	g_assert_false(status(f, STATUS_TEXT, &text)); /* never ran */
	g_free(text);
	g_assert_true(progress_write(f->folder, &progress, NULL));
	g_assert_true(progress_read(f->folder, &again, NULL));
	g_assert_cmpmem(&progress, sizeof(progress), &again, sizeof(again));
	g_assert_true(status(f, STATUS_TEXT, &text));
	g_assert_true(g_str_has_prefix(text, "state              well\n"));
	g_free(text);
	progress.last_good.us -= 61 * G_USEC_PER_SEC; /* it stopped silently */
	g_assert_true(progress_write(f->folder, &progress, NULL));
	g_assert_false(status(f, STATUS_JSON, &text));
	g_assert_nonnull(strstr(text, "\"well\":false"));
	g_assert_nonnull(strstr(text, "\"sent\":7"));
	g_assert_false(status(f, STATUS_METRICS, &metrics));
	g_assert_nonnull(strstr(metrics, "\ncairn_forward_up 0\n"));
}

static void
test_damaged(Fixture *f, const void *data)
{
	g_autofree char *path = g_build_filename(f->folder, "state.json", NULL);
	g_autoptr(GError) error = NULL;
	Progress progress;

	g_assert_true(g_file_set_contents(path, "{\"format\":1}", -1, NULL));
	g_assert_false(progress_read(f->folder, &progress, &error));
	g_assert_error(error, FAULT, FAULT_DAMAGED);
}

#define ADD(claim, test) \
	g_test_add("/ledger/" claim, Fixture, NULL, setup, test, teardown)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("lists-what-was-sent", test_lists);
	ADD("notes-a-statement-once", test_once);
	ADD("half-a-line-is-passed-over", test_torn);
	ADD("aside/is-kept-until-removed", test_aside);
	ADD("progress/says-when-it-stopped", test_status);
	ADD("progress/damage-is-said", test_damaged);
	return g_test_run();
}
