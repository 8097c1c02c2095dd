/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/erase-fixture.h"

#include <string.h>
#include <libpq-fe.h>

#include "app/base/fault.h"
#include "sync/district/archive-learner.h"
#include "sync/wire/multipart.h"

#define BASE "https://district.example"

/* --- what is sent --- */

Got *
post_with_photo(const DistrictFixture *f, const char *user, GBytes *statement,
		const char *photo)
{
	MultipartHeaders head = { .content_type = "application/json" };
	MultipartHeaders medium = { .content_type = "image/jpeg",
				    .encoding = "binary" };
	GString *out = g_string_new(NULL);
	g_autoptr(GBytes) body = NULL;

	multipart_print_head(out, "b", &head);
	g_string_append_len(out, g_bytes_get_data(statement, NULL),
			    (gssize)g_bytes_get_size(statement));
	id_sha256(photo, strlen(photo), medium.sha256);
	multipart_print_head(out, "b", &medium);
	g_string_append(out, photo);
	multipart_print_end(out, "b");
	body = g_string_free_to_bytes(out);
	return ask(f, &(Ask){ "POST", "/xapi/statements", .bytes = body,
			      .type = "multipart/mixed; boundary=\"b\"",
			      .user = user });
}

static void
say_secret(Evidence *e)
{
	g_strlcpy(e->asked, "Who is " SECRET "?", sizeof(e->asked));
}

static void
say_others(Evidence *e)
{
	g_strlcpy(e->asked, "Who is " OTHERS "?", sizeof(e->asked));
}

static void
lay(DistrictFixture *f, EraseScene *scene, bool is_child, const char *photo)
{
	GBytes *record =
		lay_record(&scene->kiosk,
			   is_child ? scene->child : scene->other, NULL, photo,
			   is_child ? say_secret : say_others);
	g_autoptr(Got) got =
		photo != NULL
			? post_with_photo(f, scene->kiosk.user, record, photo)
			: post_statements(f, &scene->kiosk, record);

	g_assert_cmpint(got->status, ==, 200);
	if (is_child)
		g_ptr_array_add(scene->sent, record);
	else
		g_bytes_unref(record);
}

/* As a kiosk does that does not know the badge. */
static void
lay_by_badge(DistrictFixture *f, EraseScene *scene)
{
	GBytes *record =
		lay_record(&scene->kiosk, NULL, scene->badge, NULL, say_secret);
	g_autoptr(Got) got = post_statements(f, &scene->kiosk, record);

	g_assert_cmpint(got->status, ==, 200);
	g_ptr_array_add(scene->sent, record);
}

static void
decide(DistrictFixture *f, EraseScene *scene)
{
	g_autoptr(Got) queue = ask_as(f, &scene->teacher, "GET",
				      "/api/queue?class=class-1", NULL);
	json_t *list = json_object_get(queue->json, "entries");

	g_assert_cmpint((int)json_array_size(list), ==, 6);
	for (size_t i = 0; i < 2; i++) {
		json_t *entry = json_array_get(list, i);
		const char *learner = json_string_value(
			json_object_get(json_object_get(entry, "learner"),
					"id"));
		const char *word =
			g_str_equal(learner, scene->child) ? SECRET : OTHERS;
		g_autofree char *path =
			g_strdup_printf("/api/entries/%s/decision",
					json_string_value(
						json_object_get(entry, "id")));
		g_autofree char *body = g_strdup_printf(
			"{\"decision\":\"returned\",\"reason\":\"tell-more\","
			"\"note\":\"Dear %s\"}",
			word);
		g_autoptr(Got) got =
			ask_as(f, &scene->teacher, "POST", path, body);

		g_assert_cmpint(got->status, ==, 200);
	}
}

/* --- a tool --- */

#define STATEMENT(id, actor, more) \
	"{\"id\":\"" id "\",\"actor\":" actor ",\"verb\":{\"id\":" \
	"\"http://a.b/did\"},\"object\":{\"id\":\"http://a.b/%s\"," \
	"\"definition\":{\"name\":{\"en\":\"%s\"}}}" more "}"
#define AGENT \
	"{\"account\":{\"homePage\":\"" BASE "/learner\",\"name\":\"%s\"}," \
	"\"name\":\"%s\"}"

static void
tell(DistrictFixture *f, EraseScene *scene, char *text, bool is_childs)
{
	g_autoptr(Got) got =
		ask(f, &(Ask){ "POST", "/xapi/statements", .body = text,
			       .user = scene->tool });

	g_assert_cmpint(got->status, ==, 200);
	if (is_childs)
		g_ptr_array_add(scene->said, text);
	else
		g_free(text);
}

static void
tell_all(DistrictFixture *f, EraseScene *scene)
{
	tell(f, scene,
	     g_strdup_printf(STATEMENT("11111111-1111-4111-8111-111111111111",
				       AGENT, ""),
			     scene->child, SECRET, SECRET, SECRET),
	     true);
	tell(f, scene,
	     g_strdup_printf(STATEMENT("22222222-2222-4222-8222-222222222222",
				       AGENT,
				       ",\"context\":{\"instructor\":" AGENT
				       "}"),
			     scene->other, OTHERS, OTHERS, SECRET, scene->child,
			     SECRET),
	     true);
	/* What somebody says of the first one. */
	tell(f, scene,
	     g_strdup("{\"id\":\"33333333-3333-4333-8333-333333333333\","
		      "\"actor\":{\"mbox\":\"mailto:t@a.bc\"},\"verb\":{"
		      "\"id\":\"http://a.b/scored\"},\"object\":{"
		      "\"objectType\":\"StatementRef\",\"id\":"
		      "\"11111111-1111-4111-8111-111111111111\"},"
		      "\"result\":{\"response\":\"" SECRET "\"}}"),
	     true);
	/* What is others', too. */
	tell(f, scene,
	     g_strdup_printf("{\"id\":\"44444444-4444-4444-8444-444444444444\","
			     "\"actor\":{\"objectType\":\"Group\",\"member\":["
			     "{\"account\":{\"homePage\":\"" BASE
			     "/badge\",\"name\":\"%s\"},\"name\":\"" SECRET
			     "\"}," AGENT
			     "]},\"verb\":{\"id\":\"http://a.b/did\"},"
			     "\"object\":{\"id\":\"http://a.b/" OTHERS "\"},"
			     "\"context\":{\"extensions\":{\"http://a.b/x\":"
			     "[1.50,\"%s\"]}}}",
			     scene->badge, scene->other, OTHERS, scene->child),
	     false);
	tell(f, scene,
	     g_strdup_printf(STATEMENT("55555555-5555-4555-8555-555555555555",
				       AGENT, ""),
			     scene->other, OTHERS, OTHERS, OTHERS),
	     false);
}

static void
keep_document(DistrictFixture *f, EraseScene *scene, const char *learner,
	      const char *body)
{
	g_autofree char *path = g_strdup_printf(
		"/xapi/agents/profile?profileId=p&agent=%%7B%%22account%%22"
		"%%3A%%7B%%22homePage%%22%%3A%%22https%%3A%%2F%%2Fdistrict."
		"example%%2Flearner%%22%%2C%%22name%%22%%3A%%22%s%%22%%7D%%7D",
		learner);
	g_autoptr(Got) got = ask(f, &(Ask){ "PUT", path, .body = body,
					    .header = "If-None-Match: *",
					    .user = scene->tool });

	g_assert_cmpint(got->status, ==, 204);
}

/* --- the scene --- */

void
make_scene(DistrictFixture *f, EraseScene *scene)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GPtrArray) badges = NULL;

	*scene = (EraseScene){
		.sent = g_ptr_array_new_with_free_func(
			(GDestroyNotify)g_bytes_unref),
		.said = g_ptr_array_new_with_free_func(g_free),
		.child = learner_of(f, "class-1", 0),
		.other = learner_of(f, "class-1", 1),
	};
	badges = archive_list_badges(archive, scene->child, NULL);
	scene->badge = g_strdup(badges->pdata[0]);
	enrol_test_kiosk(f, &scene->kiosk);
	sign_in_teacher(f, "rivera", "all", &scene->teacher);
	g_strlcpy(scene->tool, add_test_tool(f, TOOL_ALL), sizeof(scene->tool));
	lay(f, scene, true, NULL);
	lay(f, scene, false, SHARED);
	lay(f, scene, true, "a photo of " SECRET);
	lay(f, scene, true, SHARED);
	lay(f, scene, false, "a photo of " OTHERS);
	lay_by_badge(f, scene);
	decide(f, scene);
	tell_all(f, scene);
	keep_document(f, scene, scene->child, "\"" SECRET "\"");
	keep_document(f, scene, scene->other, "\"" OTHERS "\"");
}

void
erase_scene_clear(EraseScene *scene)
{
	test_teacher_clear(&scene->teacher);
	g_free(scene->child);
	g_free(scene->other);
	g_free(scene->badge);
	g_ptr_array_unref(scene->sent);
	g_ptr_array_unref(scene->said);
}

/* --- erasing --- */

static void
erase_with_names(DistrictFixture *f, const char *learner,
		 const EraseNames *names, const char *token, EraseResult *out)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	EraseRequest request = { learner, names, f->now.wall, token,
				 &f->service->key };
	g_autoptr(GError) error = NULL;
	bool ok = erase_learner(archive, &request, out, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_true((token != NULL) == (out->line != NULL));
}

void
erase_child(DistrictFixture *f, const char *learner, const char *token,
	    EraseResult *out)
{
	erase_with_names(f, learner, NULL, token, out);
}

GError *
refuse_to_erase(DistrictFixture *f, const char *learner, const char *token)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	EraseRequest request = { learner, NULL, f->now.wall, token,
				 &f->service->key };
	g_auto(EraseResult) result = { 0 };
	GError *error = NULL;

	g_assert_false(erase_learner(archive, &request, &result, &error));
	g_assert_nonnull(error);
	return error;
}

void
erase_named_and_finish(DistrictFixture *f, const char *learner,
		       const EraseNames *names, EraseResult *out)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_auto(EraseResult) looked = { 0 };
	g_autoptr(GError) error = NULL;
	bool ok;

	erase_with_names(f, learner, names, NULL, &looked);
	erase_with_names(f, learner, names, looked.token, out);
	ok = erase_finish(archive, f->folder, f->service->media, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

void
erase_and_finish(DistrictFixture *f, const char *learner, EraseResult *out)
{
	erase_named_and_finish(f, learner, NULL, out);
}

/* --- the disk --- */

static bool
has_bytes(const char *path, const char *bytes)
{
	g_autofree char *all = NULL;
	size_t size;

	return g_file_get_contents(path, &all, &size, NULL) && size > 0 &&
	       memmem(all, size, bytes, strlen(bytes)) != NULL;
}

static bool
folder_has(const char *folder, const char *bytes)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		bool is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);

		if (is_folder ? folder_has(path, bytes)
			      : has_bytes(path, bytes)) {
			g_test_message("%s has %s", path, bytes);
			return true;
		}
	}
	return false;
}

/* The folder of this database alone. */
static char *
find_postgres(const char *address)
{
	PGconn *conn = PQconnectdb(address);
	PGresult *answer =
		PQexec(conn,
		       "SELECT current_setting('data_directory') || '/base/' ||"
		       " oid FROM pg_database"
		       " WHERE datname = current_database()");
	char *path = g_strdup(PQgetvalue(answer, 0, 0));

	PQclear(answer);
	PQclear(PQexec(conn, "CHECKPOINT"));
	PQfinish(conn);
	return path;
}

bool
is_on_disk(const DistrictFixture *f, const char *bytes)
{
	g_autofree char *base =
		f->database != NULL ? find_postgres(f->database) : NULL;

	return folder_has(f->folder, bytes) ||
	       (base != NULL && folder_has(base, bytes));
}

bool
has_medium_file(const DistrictFixture *f, const char *photo)
{
	char sha256[ID_SHA256 + 1];
	g_autofree char *two = NULL;
	g_autofree char *path = NULL;

	id_sha256(photo, strlen(photo), sha256);
	two = g_strndup(sha256, 2);
	path = g_build_filename(f->folder, "media", two, sha256, NULL);
	return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* --- somebody who still sees what was --- */

#define READS_FOR_US (500 * 1000)

static gpointer
end_reading(gpointer data)
{
	PGconn *conn = data;

	g_usleep(READS_FOR_US);
	PQclear(PQexec(conn, "COMMIT"));
	PQfinish(conn);
	return NULL;
}

GThread *
begin_to_read(const DistrictFixture *f)
{
	PGconn *conn;

	if (f->database == NULL)
		return NULL;
	conn = PQconnectdb(f->database);
	PQclear(PQexec(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ"));
	PQclear(PQexec(conn, "SELECT count(*) FROM pg_class"));
	g_assert_cmpint(PQtransactionStatus(conn), ==, PQTRANS_INTRANS);
	return g_thread_new("reader", end_reading, conn);
}
