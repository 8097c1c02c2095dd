/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/lrs-fixture.h"

#include <string.h>

const char *
add_test_tool(const DistrictFixture *f, ToolScopes scopes)
{
	static char user[ID_UUID + 1 + ID_TOKEN + 1];
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	ArchiveTool tool = { .scopes = scopes, .name = "A tool" };
	char secret[ID_TOKEN + 1];
	bool ok;

	id_new_uuid(tool.id);
	id_new_token(secret);
	id_sha256(secret, strlen(secret), tool.secret_hash);
	ok = archive_add_tool(archive, &tool, f->now.wall, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_snprintf(user, sizeof(user), "%s:%s", tool.id, secret);
	return user;
}

Got *
ask_lrs(const DistrictFixture *f, const char *user, const char *version,
	const LrsCase *row)
{
	return ask(f, &(Ask){ row->method, row->path, .body = row->body,
			      .type = row->type, .user = user,
			      .header = row->header,
			      .version = row->version != NULL ? row->version
							      : version });
}

static void
setup_table(void *f, const void *data)
{
	setup_district(f, NULL);
}

static void
teardown_table(void *f, const void *data)
{
	teardown_district(f, NULL);
}

static void
run_table(void *fixture, const void *data)
{
	DistrictFixture *f = fixture;
	const LrsTable *table = data;
	const char *user = add_test_tool(f, TOOL_ALL);

	for (size_t i = 0; i < table->n; i++) {
		const LrsCase *row = &table->rows[i];
		g_autoptr(Got) got = NULL;

		if (row->version != NULL &&
		    row->version[0] != table->version[0])
			continue;
		got = ask_lrs(f, user, table->version, row);
		if (row->status != 0 && got->status != row->status)
			g_error("%s (%s): %ld, not %ld: %s", row->name,
				table->version, got->status, row->status,
				got->text);
		if (row->says != NULL && strstr(got->text, row->says) == NULL)
			g_error("%s (%s): no %s in %s", row->name,
				table->version, row->says, got->text);
		g_assert_cmpstr(got_header(got, "x-experience-api-version"), !=,
				"");
	}
}

void
add_lrs_table(const char *path, const LrsCase *rows, size_t n)
{
	static const char *const versions[] = { "1.0.3", "2.0.0" };
	static LrsTable tables[64];
	static size_t n_tables = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
		g_autofree char *name =
			g_strdup_printf("/lrs/%s/%s", path, versions[i]);
		LrsTable *table = &tables[n_tables++];

		g_assert_cmpint(n_tables, <=, G_N_ELEMENTS(tables));
		*table = (LrsTable){ rows, n, versions[i] };
		g_test_add_vtable(name, sizeof(DistrictFixture), table,
				  setup_table, run_table, teardown_table);
	}
}

char *
found_ids(const Got *got)
{
	json_t *list = json_object_get(got->json, "statements");
	GString *ids = g_string_new(NULL);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *id = json_string_value(
			json_object_get(json_array_get(list, i), "id"));

		g_string_append_c(ids, id[35]);
	}
	return g_string_free(ids, FALSE);
}
