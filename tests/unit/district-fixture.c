/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/district-fixture.h"

#include <string.h>
#include <curl/curl.h>
#include <glib/gstdio.h>
#include <sodium.h>

#include "app/base/json.h"
#include "sync/district/archive-roster.h"
#include "sync/district/import.h"
#include "tests/unit/toy-postgres.h"

#define ALL_COOKIES    "all-cookies"
#define TODAY_US       (INT64_C(1795000000) * G_USEC_PER_SEC)
#define FIRST_PASSWORD "first-one-time-word"

/* --- the district --- */

static ClockReading
read_held(void *self)
{
	DistrictFixture *f = self;

	return f->now;
}

static void
start(DistrictFixture *f)
{
	g_autoptr(GError) error = NULL;
	char listen[] = "127.0.0.1:0";

	f->service = service_open(f->folder, f->settings, &f->clock, &error);
	g_assert_no_error(error);
	f->server = server_start(f->service, listen, &error);
	g_assert_no_error(error);
	f->url = g_strdup(server_get_address(f->server));
	sign_key_text(&f->service->key, f->public_key);
}

static void
stop(DistrictFixture *f)
{
	g_clear_pointer(&f->server, server_stop);
	g_clear_pointer(&f->service, service_close);
	g_clear_pointer(&f->url, g_free);
}

void
restart_district(DistrictFixture *f)
{
	stop(f);
	start(f);
}

void
start_beside(const DistrictFixture *f, DistrictFixture *beside)
{
	*beside = *f;
	start(beside);
}

void
stop_beside(DistrictFixture *beside)
{
	stop(beside);
}

Archive *
open_test_archive(const DistrictFixture *f)
{
	g_autoptr(GError) error = NULL;
	Archive *archive = district_open_archive(f->folder, &error);

	g_assert_no_error(error);
	return archive;
}

static void
import_samples(const DistrictFixture *f)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(Portrait) portrait = NULL;
	g_autoptr(GError) error = NULL;
	ImportCounts counts;
	bool ok;

	ok = import_portrait(archive, "app/portrait/sample", &portrait, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	ok = import_roster(archive, "app/roster/sample", f->now.wall, &counts,
			   &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
write_settings(const DistrictFixture *f, const char *text)
{
	g_autofree char *path =
		g_build_filename(f->folder, "district.conf", NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

void
setup_district(DistrictFixture *f, const void *data)
{
	const char *text = data != NULL ? data : "";
	g_autofree char *conf = NULL;
	g_autoptr(GError) error = NULL;

	*f = (DistrictFixture){
		.clock = { read_held, f },
		.now = { .boot = "0123456789abcdef0123456789abcdef",
			 .since_boot_us = G_USEC_PER_SEC,
			 .wall = { TODAY_US },
			 .trusted = true },
	};
	g_assert_cmpint(sodium_init(), >=, 0);
	f->folder = g_dir_make_tmp("district-XXXXXX", &error);
	g_assert_no_error(error);
	f->database = toy_postgres_new();
	conf = g_strdup_printf("%s\n[server]\narchive = %s\n", text,
			       f->database != NULL ? f->database : "");
	write_settings(f, conf);
	f->settings = district_read_settings(f->folder, NULL, &error);
	g_assert_no_error(error);
	import_samples(f);
	start(f);
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		remove_tree(child);
	}
	g_remove(path);
}

void
teardown_district(DistrictFixture *f, const void *data)
{
	stop(f);
	toy_postgres_drop(f->database);
	remove_tree(f->folder);
	settings_free(f->settings);
	g_free(f->folder);
}

void
pass_time(DistrictFixture *f, int64_t seconds)
{
	f->now.wall.us += seconds * G_USEC_PER_SEC;
	f->now.since_boot_us += seconds * G_USEC_PER_SEC;
}

/* --- requests --- */

static size_t
take_body(void *bytes, size_t size, size_t n, void *data)
{
	g_string_append_len(data, bytes, (gssize)(size * n));
	return size * n;
}

/* Twice is one value with a comma (RFC 9110, 5.3), but for cookies: the last
 * counts, and all are kept besides. */
static void
keep_header(GHashTable *headers, const char *name, const char *value)
{
	bool cookie = g_str_equal(name, "set-cookie");
	const char *key = cookie ? ALL_COOKIES : name;
	const char *before = g_hash_table_lookup(headers, key);

	if (cookie)
		g_hash_table_replace(headers, g_strdup(name), g_strdup(value));
	g_hash_table_replace(headers, g_strdup(key),
			     g_strconcat(before != NULL ? before : "",
					 before != NULL ? ", " : "", value,
					 NULL));
}

static size_t
take_header(char *bytes, size_t size, size_t n, void *data)
{
	g_autofree char *line = g_strndup(bytes, size * n);
	char *colon = strchr(line, ':');
	g_autofree char *name = NULL;

	if (colon == NULL)
		return size * n;
	*colon = '\0';
	name = g_ascii_strdown(line, -1);
	keep_header(data, name, g_strstrip(colon + 1));
	return size * n;
}

static void
add_line(struct curl_slist **lines, const char *name, const char *value)
{
	g_autofree char *line = g_strconcat(name, ": ", value, NULL);

	if (value != NULL)
		*lines = curl_slist_append(*lines, line);
}

static struct curl_slist *
make_lines(const Ask *what)
{
	struct curl_slist *lines = NULL;
	g_auto(GStrv) more = what->header != NULL
				     ? g_strsplit(what->header, "\n", -1)
				     : NULL;

	add_line(&lines, "Content-Type",
		 what->type != NULL ? what->type : "application/json");
	if (what->version == NULL || what->version[0] != '\0')
		add_line(&lines, "X-Experience-API-Version",
			 what->version != NULL ? what->version : "1.0.3");
	add_line(&lines, "Cookie", what->cookie);
	add_line(&lines, "Cairn-Token", what->token);
	add_line(&lines, "If-None-Match", what->etag);
	for (char **line = more; line != NULL && *line != NULL; line++)
		lines = curl_slist_append(lines, *line);
	return lines;
}

static void
set_body(CURL *curl, const Ask *what)
{
	const char *body = what->body;
	size_t size = body != NULL ? strlen(body) : 0;

	if (what->bytes != NULL)
		body = g_bytes_get_data(what->bytes, &size);
	if (body == NULL)
		return;
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
}

Got *
ask(const DistrictFixture *f, const Ask *what)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *lines = make_lines(what);
	g_autofree char *url = g_strconcat(f->url, what->path, NULL);
	GString *body = g_string_new(NULL);
	Got *got = g_new0(Got, 1);

	got->headers =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, got->headers);
	if (what->user != NULL)
		curl_easy_setopt(curl, CURLOPT_USERPWD, what->user);
	set_body(curl, what);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, what->method);
	if (g_str_equal(what->method, "HEAD"))
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	g_assert_cmpint(curl_easy_perform(curl), ==, CURLE_OK);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &got->status);
	curl_slist_free_all(lines);
	curl_easy_cleanup(curl);
	got->size = body->len;
	got->text = g_string_free(body, FALSE);
	if (strstr(got_header(got, "content-type"), "json") != NULL)
		got->json = json_loadb(got->text, got->size, 0, NULL);
	return got;
}

const char *
got_header(const Got *got, const char *name)
{
	const char *value = g_hash_table_lookup(got->headers, name);

	return value != NULL ? value : "";
}

const char *
got_code(const Got *got)
{
	const char *code =
		json_string_value(json_object_get(got->json, "code"));

	return code != NULL ? code : "";
}

int64_t
got_number(const Got *got)
{
	return json_integer_value(json_object_get(got->json, "number"));
}

void
got_free(Got *got)
{
	if (got == NULL)
		return;
	g_hash_table_unref(got->headers);
	json_decref(got->json);
	g_free(got->text);
	g_free(got);
}

/* --- kiosks --- */

void
enrol_test_kiosk(const DistrictFixture *f, TestKiosk *kiosk)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	g_autoptr(Got) got = NULL;
	g_autoptr(GBytes) body = NULL;
	EnrolRequest request = { 0 };
	EnrolAnswer answer;
	bool ok;

	*kiosk = (TestKiosk){ 0 };
	id_new_uuid(kiosk->id);
	sign_key_new(&kiosk->key);
	g_strlcpy(kiosk->made_as, kiosk->id, sizeof(kiosk->made_as));
	g_strlcpy(kiosk->previous, ID_NO_HASH, sizeof(kiosk->previous));
	id_new_digits(request.code, MESSAGE_CODE);
	g_strlcpy(request.kiosk, kiosk->id, sizeof(request.kiosk));
	sign_key_text(&kiosk->key, request.public_key);
	ok = archive_add_code(archive, request.code, "Room 4", f->now.wall,
			      &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	body = enrol_request_format(&request);
	got = ask(f, &(Ask){ "POST", "/kiosk/enrol", .bytes = body });
	g_assert_cmpint(got->status, ==, 200);
	ok = enrol_answer_parse(got->text, got->size, &answer, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpstr(answer.district_key, ==, f->public_key);
	g_snprintf(kiosk->user, sizeof(kiosk->user), "%s:%s", answer.kiosk,
		   answer.secret);
}

GBytes *
lay_record(TestKiosk *kiosk, const char *learner, const char *badge,
	   const char *photo, void (*change)(Evidence *))
{
	g_autofree Evidence *e = g_new0(Evidence, 1);
	ShownTime shown = { { TODAY_US + kiosk->number * G_USEC_PER_SEC }, 0 };
	g_autoptr(GBytes) canonical = NULL;

	*e = (Evidence){ .number = ++kiosk->number,
			 .portrait = "7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f01",
			 .portrait_version = "2026-11",
			 .statement = "0f5d0b0e-0b7e-5c0a-9f5a-3a4f5f1f6a11",
			 .prompt = "A2C3",
			 .language = "en",
			 .asked = "How did you help?",
			 .at = { .boot = "0123456789abcdef0123456789abcdef",
				 .wall = shown.wall,
				 .trusted = true },
			 .n_pieces = 1 };
	id_new_uuid(e->id);
	g_strlcpy(e->kiosk, kiosk->made_as, sizeof(e->kiosk));
	g_strlcpy(e->previous, kiosk->previous, sizeof(e->previous));
	g_strlcpy(e->learner, learner != NULL ? learner : "",
		  sizeof(e->learner));
	g_strlcpy(e->badge, learner == NULL ? badge : "", sizeof(e->badge));
	if (photo != NULL) {
		e->pieces[0].kind = PIECE_PHOTO;
		e->pieces[0].size = (int64_t)strlen(photo);
		g_strlcpy(e->pieces[0].type, "image/jpeg",
			  sizeof(e->pieces[0].type));
		id_sha256(photo, strlen(photo), e->pieces[0].sha256);
	} else {
		e->pieces[0].kind = PIECE_CHOICE;
		g_strlcpy(e->pieces[0].text, "tidied",
			  sizeof(e->pieces[0].text));
	}
	if (change != NULL)
		change(e);
	canonical = evidence_format(e);
	id_sha256_bytes(canonical, kiosk->previous);
	return statement_format(e, &shown, "https://district.example");
}

GBytes *
make_array(GBytes *const *statements, size_t n)
{
	GString *text = g_string_new("[");

	for (size_t i = 0; i < n; i++) {
		g_string_append(text, i > 0 ? "," : "");
		g_string_append_len(text, g_bytes_get_data(statements[i], NULL),
				    (gssize)g_bytes_get_size(statements[i]));
	}
	g_string_append_c(text, ']');
	return g_string_free_to_bytes(text);
}

Got *
post_statements(const DistrictFixture *f, const TestKiosk *kiosk, GBytes *body)
{
	return ask(f, &(Ask){ "POST", "/xapi/statements", .bytes = body,
			      .user = kiosk->user });
}

int64_t
check_receipt(const DistrictFixture *f, const TestKiosk *kiosk, const Got *got)
{
	g_autoptr(GError) error = NULL;
	Receipt receipt;
	bool ok = receipt_parse(got_header(got, "cairn-receipt"), f->public_key,
				&receipt, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_true(g_str_has_prefix(kiosk->user, receipt.kiosk));
	return receipt.number;
}

void
send_records(const DistrictFixture *f, TestKiosk *kiosk, const char *learner,
	     int n)
{
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autoptr(GBytes) body = NULL;
	g_autoptr(Got) got = NULL;

	for (int i = 0; i < n; i++)
		g_ptr_array_add(all,
				lay_record(kiosk, learner, NULL, NULL, NULL));
	body = make_array((GBytes *const *)all->pdata, all->len);
	got = post_statements(f, kiosk, body);
	g_assert_cmpstr(got_code(got), ==, "");
	g_assert_cmpint(got->status, ==, 200);
	g_assert_cmpint((int)json_array_size(got->json), ==, n);
	g_assert_cmpint(check_receipt(f, kiosk, got), ==, kiosk->number);
}

char *
learner_of(const DistrictFixture *f, const char *class_id, size_t i)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(Roster) roster = archive_read_roster(archive, NULL);

	for (size_t k = 0; k < roster->n_learners; k++)
		if (g_str_equal(roster->learners[k].class_id, class_id) &&
		    i-- == 0)
			return g_strdup(roster->learners[k].id);
	g_assert_not_reached();
}

/* --- teachers --- */

static void
take_session(const Got *got, TestTeacher *out)
{
	const char *cookie = got_header(got, "set-cookie");
	json_t *token = json_object_get(got->json, "token");

	g_assert_cmpint(got->status, ==, 200);
	g_free(out->cookie);
	out->cookie = g_strndup(cookie, strcspn(cookie, ";"));
	g_strlcpy(out->token, json_string_value(token), sizeof(out->token));
}

void
sign_in_teacher(const DistrictFixture *f, const char *login,
		const char *class_id, TestTeacher *out)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	g_autofree char *body = g_strdup_printf(
		"{\"name\":\"%s\",\"password\":\"" FIRST_PASSWORD "\"}", login);
	g_autoptr(Got) first = NULL;
	g_autoptr(Got) second = NULL;
	bool ok;

	*out = (TestTeacher){ 0 };
	ok = import_teacher(archive, login, NULL, class_id, FIRST_PASSWORD,
			    f->now.wall, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	first = ask(f, &(Ask){ "POST", "/api/sign-in", .body = body });
	take_session(first, out);
	second = ask_as(f, out, "POST", "/api/password",
			"{\"old\":\"" FIRST_PASSWORD
			"\",\"new\":\"" TEACHER_PASSWORD "\"}");
	take_session(second, out);
}

Got *
ask_as(const DistrictFixture *f, const TestTeacher *teacher, const char *method,
       const char *path, const char *body)
{
	return ask(f, &(Ask){ method, path, .body = body,
			      .cookie = teacher->cookie,
			      .token = teacher->token });
}

void
test_teacher_clear(TestTeacher *teacher)
{
	g_free(teacher->cookie);
}
