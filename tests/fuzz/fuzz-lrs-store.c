/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is what a tool sends as application/json.  The law, through the
 * archive itself: what is taken and stored is read back in `exact` unchanged
 * but for what the LRS sets, which is what it was told; the same batch again
 * changes nothing.
 */
#include <glib/gstdio.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/district/lrs-batch.h"
#include "sync/district/lrs-read.h"
#include "tests/unit/xapi-level.h"

#define NOW       ((WallTime){ INT64_C(1796000000123456) })
#define AUTHORITY "{\"mbox\":\"mailto:lrs@example.org\"}"
#define TOOL      1

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char *folder;
static Archive *archive;

static void
end_archive(void)
{
	static const char *const names[] = { "district.db", "district.db-wal",
					     "district.db-shm" };

	archive_close(archive);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path =
			g_build_filename(folder, names[i], NULL);

		g_unlink(path);
	}
	g_rmdir(folder);
	g_free(folder);
}

static void
begin_archive(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *address = NULL;
	ArchiveTool tool = { .id = "11111111-1111-4111-8111-111111111111",
			     .name = "A tool",
			     .scopes = TOOL_ALL };
	bool ok;

	folder = g_dir_make_tmp("cairn-XXXXXX", NULL);
	address = g_strconcat("sqlite:", folder, "/district.db", NULL);
	archive = archive_open(address, &error);
	g_assert_no_error(error);
	ok = archive_add_tool(archive, &tool, NOW, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	atexit(end_archive);
}

/* NULL: it is refused, and says why. */
static LrsBatch *
read_batch(const Received *received, XapiVersion version)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LrsBatch) batch =
		lrs_batch_new(received, version, &xapi_limits);

	if (lrs_batch_read(batch, NULL, AUTHORITY, &error))
		return g_steal_pointer(&batch);
	g_assert_true(error != NULL && error->domain == FAULT);
	return NULL;
}

static void
write_batch(LrsBatch *batch)
{
	g_autoptr(GError) error = NULL;
	const char *conflict = NULL;
	bool ok = lrs_batch_write(batch, archive, TOOL, NOW, &conflict, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(conflict, ==, NULL);
	g_assert_true(ok);
}

static GString *
read_exact(const char *id)
{
	const XapiQuery query = { .format = XAPI_FORMAT_EXACT };
	g_auto(ArchiveStatement) held = { 0 };
	g_autoptr(GError) error = NULL;
	g_autoptr(LrsAnswer) answer =
		lrs_answer_new(archive, NULL, &query, NULL, &error);
	GString *exact = g_string_new(NULL);

	g_assert_no_error(error);
	if (!archive_get_statement(archive, id, &held, &error) ||
	    !lrs_answer_add(answer, exact, &held, &error))
		g_error("%s", error->message);
	g_assert_cmpint(held.tool, ==, TOOL);
	g_assert_cmpstr(held.id, ==, id);
	return exact;
}

static void
check_set(const GString *exact, const char *id)
{
	g_autoptr(Tape) tape = tape_read(exact->str, exact->len, NULL);
	const TapeValue *root = tape_root(tape);
	const TapeValue *stored = tape_member(root, "stored");
	const TapeValue *own = tape_member(root, "id");

	g_assert_cmpuint(own->size, ==, ID_UUID);
	g_assert_true(g_ascii_strncasecmp(own->text, id, ID_UUID) == 0);
	g_assert_cmpuint(stored->size, ==, LRS_STAMP_SIZE);
	g_assert_nonnull(tape_member(root, "authority"));
	g_assert_nonnull(tape_member(root, "timestamp"));
	g_assert_nonnull(tape_member(root, "version"));
}

static void
check_version(const uint8_t *bytes, size_t size, XapiVersion version)
{
	g_autoptr(Received) received = received_text((const char *)bytes, size);
	g_autoptr(LrsBatch) batch = read_batch(received, version);
	g_autoptr(XapiBatch) sent =
		batch == NULL ? NULL
			      : xapi_batch_read((const char *)bytes, size,
						version, &xapi_limits, NULL);

	if (batch == NULL)
		return;
	g_assert_true(archive_begin(archive, NULL));
	write_batch(batch);
	for (size_t i = 0; i < lrs_batch_count(batch); i++) {
		const char *id = lrs_batch_get_id(batch, i);
		XapiStatement statement = xapi_batch_get(sent, i);
		g_autoptr(GString) exact = read_exact(id);
		g_autoptr(GString) again = NULL;

		check_set(exact, id);
		g_assert_true(
			xapi_is_level(&statement, exact->str, exact->len));
		write_batch(batch);
		again = read_exact(id);
		g_assert_cmpstr(exact->str, ==, again->str);
	}
	g_assert_false(archive_end(archive, false, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (archive == NULL)
		begin_archive();
	/* No tool knows it, but libFuzzer sees what it is compared with. */
	if (memmem(bytes, size, lrs_stamp_blank(), LRS_STAMP_SIZE) != NULL)
		return 0;
	check_version(bytes, size, XAPI_1_0);
	check_version(bytes, size, XAPI_2_0);
	return 0;
}
