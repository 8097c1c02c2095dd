/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/toy-district.h"

#include <stdarg.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/wire/multipart.h"
#include "sync/wire/statement-list.h"
#include "sync/wire/statement.h"

#define BASE "https://cairn.example"

static GHashTable *
new_texts(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static GHashTable *
new_bytes(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				     (GDestroyNotify)g_bytes_unref);
}

ToyDistrict *
toy_district_new(void)
{
	ToyDistrict *toy = g_new0(ToyDistrict, 1);

	sign_key_new(&toy->key);
	sign_key_text(&toy->key, toy->public_key);
	toy->now.us = INT64_C(1795000000) * G_USEC_PER_SEC;
	toy->secrets = new_texts();
	toy->keys = new_texts();
	toy->starts = new_texts();
	toy->chain = new_texts();
	toy->ids = new_texts();
	toy->media = new_bytes();
	toy->files = new_bytes();
	toy->asked = g_string_new(NULL);
	toy->retry_after_s = -1;
	g_strlcpy(toy->code, "123456789012", sizeof(toy->code));
	toy_district_set_bundle(toy, 30, NULL);
	return toy;
}

void
toy_district_free(ToyDistrict *toy)
{
	if (toy == NULL)
		return;
	g_hash_table_unref(toy->secrets);
	g_hash_table_unref(toy->keys);
	g_hash_table_unref(toy->starts);
	g_hash_table_unref(toy->chain);
	g_hash_table_unref(toy->ids);
	g_hash_table_unref(toy->media);
	g_hash_table_unref(toy->files);
	g_bytes_unref(toy->bundle);
	g_string_free(toy->asked, TRUE);
	g_free(toy);
}

void
toy_district_set_bundle(ToyDistrict *toy, int64_t retention_days, ...)
{
	RosterLearner learner = { .id = "k7x2m9qd",
				  .name = "Maya R.",
				  .class_id = "c1",
				  .grade = "KG",
				  .badges = { "100123" } };
	RosterClass room = { "c1", "Room 4", "KG" };
	Roster roster = { .classes = &room,
			  .n_classes = 1,
			  .learners = &learner,
			  .n_learners = 1 };
	BundleFile files[8] = { 0 };
	Bundle bundle = { .district = "Prairie View",
			  .base = BASE,
			  .retention_days = retention_days,
			  .roster = &roster,
			  .files = files };
	BundleErasedWho who;
	const char *path;
	va_list list;

	if (toy->erased_who != NULL) {
		id_sha256(toy->erased_who, strlen(toy->erased_who), who.hash);
		bundle.who = &who;
		bundle.n_who = 1;
	}

	va_start(list, retention_days);
	while ((path = va_arg(list, const char *)) != NULL) {
		const char *text = va_arg(list, const char *);
		BundleFile *file = &files[bundle.n_files++];

		g_strlcpy(file->path, path, sizeof(file->path));
		file->size = (int64_t)strlen(text);
		id_sha256(text, strlen(text), file->sha256);
		g_hash_table_replace(toy->files, g_strdup(file->sha256),
				     g_bytes_new(text, strlen(text)));
	}
	va_end(list);
	g_clear_pointer(&toy->bundle, g_bytes_unref);
	toy->bundle = bundle_format(&bundle);
}

/* --- the chain --- */

static char *
place(const char *kiosk, int64_t number)
{
	return g_strdup_printf("%s %" G_GINT64_FORMAT, kiosk, (gint64)number);
}

static const char *
find(ToyDistrict *toy, const char *kiosk, int64_t number)
{
	g_autofree char *key = place(kiosk, number);

	return number == toy->lacks ? NULL
				    : g_hash_table_lookup(toy->chain, key);
}

static void
put(ToyDistrict *toy, const char *kiosk, int64_t number, const char *hash)
{
	g_hash_table_replace(toy->chain, place(kiosk, number), g_strdup(hash));
}

int64_t
toy_district_top(ToyDistrict *toy, const char *kiosk)
{
	const char *start = g_hash_table_lookup(toy->starts, kiosk);
	int64_t number = start != NULL ? g_ascii_strtoll(start, NULL, 10) : 0;

	while (find(toy, kiosk, number + 1) != NULL)
		number++;
	return number;
}

char *
toy_district_receipt(ToyDistrict *toy, const char *kiosk)
{
	Receipt receipt = { .number = toy_district_top(toy, kiosk),
			    .at = toy->now };
	const char *hash = find(toy, kiosk, receipt.number);

	g_strlcpy(receipt.kiosk, kiosk, sizeof(receipt.kiosk));
	g_strlcpy(receipt.hash, hash != NULL ? hash : ID_NO_HASH,
		  sizeof(receipt.hash));
	return receipt_format(&receipt, &toy->key);
}

/* --- answering --- */

static bool
answer_problem(Answer *out, int status, const char *code, int64_t number)
{
	Problem problem = { .status = status, .number = number };

	g_strlcpy(problem.code, code, sizeof(problem.code));
	g_strlcpy(problem.detail, "as the toy says", sizeof(problem.detail));
	out->status = status;
	out->body = problem_format(&problem);
	g_strlcpy(out->headers.content_type, "application/problem+json",
		  sizeof(out->headers.content_type));
	return true;
}

static bool
answer_text(Answer *out, const char *text)
{
	out->status = 200;
	out->body = g_bytes_new(text, strlen(text));
	return true;
}

static bool
answer_identity(ToyDistrict *toy, const char *public_key, const char *kiosk,
		Answer *out)
{
	EnrolAnswer answer = { 0 };

	g_strlcpy(answer.kiosk, kiosk, sizeof(answer.kiosk));
	id_new_token(answer.secret);
	g_strlcpy(answer.district_key, toy->public_key,
		  sizeof(answer.district_key));
	g_hash_table_replace(toy->keys, g_strdup(public_key), g_strdup(kiosk));
	g_hash_table_replace(toy->secrets, g_strdup(kiosk),
			     g_strdup(answer.secret));
	out->status = 200;
	out->body = enrol_answer_format(&answer);
	return true;
}

static GBytes *
read_body(Body *body)
{
	GByteArray *all = g_byte_array_new();
	guint8 room[1000];
	size_t n;

	body_rewind(body);
	while (body_read(body, room, sizeof(room), &n, NULL) && n > 0)
		g_byte_array_append(all, room, (guint)n);
	g_assert_cmpint(all->len, ==, body_get_size(body));
	return g_byte_array_free_to_bytes(all);
}

/* --- statements --- */

typedef struct {
	GByteArray *json, *part;
	MultipartHeaders headers;
	unsigned n_parts;
	ToyDistrict *toy;
} Parts;

static bool
on_begin(const MultipartHeaders *headers, void *data, GError **error)
{
	Parts *parts = data;

	parts->headers = *headers;
	g_byte_array_set_size(parts->part, 0);
	return true;
}

static bool
on_bytes(const void *bytes, size_t size, void *data, GError **error)
{
	g_byte_array_append(((Parts *)data)->part, bytes, (guint)size);
	return true;
}

static bool
on_end(void *data, GError **error)
{
	Parts *parts = data;
	char sha256[ID_SHA256 + 1];

	if (parts->n_parts++ == 0) {
		g_byte_array_append(parts->json, parts->part->data,
				    parts->part->len);
		return true;
	}
	id_sha256(parts->part->data, parts->part->len, sha256);
	g_assert_cmpstr(parts->headers.sha256, ==, sha256);
	g_assert_cmpstr(parts->headers.encoding, ==, "binary");
	g_hash_table_replace(parts->toy->media, g_strdup(sha256),
			     g_bytes_new(parts->part->data, parts->part->len));
	return true;
}

static GBytes *
read_statements(ToyDistrict *toy, const Request *request)
{
	static const MultipartEvents events = { on_begin, on_bytes, on_end };
	g_autoptr(GBytes) body = read_body(request->body);
	g_autoptr(MultipartReader) reader = NULL;
	g_autoptr(GByteArray) part = g_byte_array_new();
	Parts parts = { .json = g_byte_array_new(), .part = part, .toy = toy };
	GError *error = NULL;
	bool ok;

	if (g_str_equal(request->content_type, "application/json")) {
		g_byte_array_unref(parts.json);
		return g_steal_pointer(&body);
	}
	reader = multipart_reader_new(request->content_type, &events, &parts,
				      &error);
	g_assert_no_error(error);
	ok = multipart_reader_feed(reader, g_bytes_get_data(body, NULL),
				   g_bytes_get_size(body), &error) &&
	     multipart_reader_finish(reader, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	return g_byte_array_free_to_bytes(parts.json);
}

/* NULL, or the code of what is wrong with it. */
static const char *
judge(ToyDistrict *toy, const char *kiosk, const Evidence *e, const char *hash,
      guint n)
{
	const char *held = find(toy, kiosk, e->number);
	const char *same = g_hash_table_lookup(toy->ids, e->id);

	if (held != NULL && !g_str_equal(held, hash))
		return "forked";
	if (e->number == toy->poison)
		return toy->refuse_as != NULL ? toy->refuse_as : "invalid";
	if (toy->strict && e->number > toy_district_top(toy, kiosk) + 1 + n)
		return "gap";
	return same != NULL && !g_str_equal(same, hash) ? "conflict" : NULL;
}

static int64_t
number_of(ToyDistrict *toy, const char *code, const char *kiosk, int64_t number)
{
	if (g_str_equal(code, "gap"))
		return toy_district_top(toy, kiosk) + 1;
	return toy->name_poison || g_str_equal(code, "forked") ? number : 0;
}

typedef struct {
	char id[ID_UUID + 1], hash[ID_SHA256 + 1];
	int64_t number;
} Taken;

/* All or nothing. */
static bool
judge_all(ToyDistrict *toy, const char *kiosk, GBytes *json, GArray *taken,
	  Answer *out)
{
	g_autofree Evidence *e = g_new0(Evidence, 1);
	GError *error = NULL;
	StatementList list;
	const char *at;
	size_t size;

	statement_list_init(&list, g_bytes_get_data(json, NULL),
			    g_bytes_get_size(json));
	while (statement_list_next(&list, &at, &size, &error) && at != NULL) {
		ShownTime shown;
		Taken one = { 0 };
		bool ok = statement_parse(at, size, e, &shown, &error);
		g_autoptr(GBytes) record = NULL;
		const char *code;

		g_assert_no_error(error);
		g_assert_true(ok);
		record = evidence_format(e);
		id_sha256_bytes(record, one.hash);
		g_strlcpy(one.id, e->id, sizeof(one.id));
		one.number = e->number;
		code = judge(toy, kiosk, e, one.hash, taken->len);
		if (code != NULL)
			return answer_problem(
				out, g_str_equal(code, "invalid") ? 422 : 409,
				code, number_of(toy, code, kiosk, e->number));
		g_array_append_val(taken, one);
	}
	g_assert_no_error(error);
	return false;
}

static bool
answer_statements(ToyDistrict *toy, const Request *request, Answer *out)
{
	g_autoptr(GBytes) json = read_statements(toy, request);
	g_autoptr(GArray) taken = g_array_new(FALSE, TRUE, sizeof(Taken));
	g_autofree char *receipt = NULL;

	toy->n_posts++;
	g_assert_cmpstr(request->version, ==, "1.0.3");
	if (judge_all(toy, request->user, json, taken, out))
		return true;
	for (guint i = 0; i < taken->len; i++) {
		const Taken *one = &g_array_index(taken, Taken, i);

		put(toy, request->user, one->number, one->hash);
		if (g_hash_table_replace(toy->ids, g_strdup(one->id),
					 g_strdup(one->hash)))
			toy->n_stored++;
	}
	receipt = toy_district_receipt(toy, request->user);
	if (toy->spoil_receipt)
		receipt[3] = receipt[3] == 'A' ? 'B' : 'A';
	g_strlcpy(out->headers.receipt, receipt, sizeof(out->headers.receipt));
	return answer_text(out, "[]");
}

/* --- the other questions --- */

static bool
answer_enrol(ToyDistrict *toy, const Request *request, Answer *out)
{
	g_autoptr(GBytes) body = read_body(request->body);
	EnrolRequest asked;

	if (!enrol_request_parse(g_bytes_get_data(body, NULL),
				 g_bytes_get_size(body), &asked, NULL))
		return answer_problem(out, 400, "invalid", 0);
	if (!g_str_equal(asked.code, toy->code))
		return answer_problem(out, 422, "code", 0);
	return answer_identity(toy, asked.public_key, asked.kiosk, out);
}

static bool
answer_fork(ToyDistrict *toy, const Request *request, Answer *out)
{
	g_autoptr(GBytes) body = read_body(request->body);
	char kiosk[ID_UUID + 1];
	const char *known, *held;
	ForkRequest asked;

	if (!fork_request_parse(g_bytes_get_data(body, NULL),
				g_bytes_get_size(body), &asked, NULL))
		return answer_problem(out, 400, "invalid", 0);
	held = find(toy, request->user, asked.after);
	if (asked.after > 0 && g_strcmp0(held, asked.hash) != 0)
		return answer_problem(out, 409, "no-such-record", 0);
	id_new_uuid(kiosk);
	known = g_hash_table_lookup(toy->keys, asked.public_key);
	if (known != NULL)
		g_strlcpy(kiosk, known, sizeof(kiosk));
	g_hash_table_replace(toy->starts, g_strdup(kiosk),
			     g_strdup_printf("%" G_GINT64_FORMAT,
					     (gint64)asked.after));
	put(toy, kiosk, asked.after, asked.hash);
	return answer_identity(toy, asked.public_key, kiosk, out);
}

static bool
answer_aside(ToyDistrict *toy, const Request *request, Answer *out)
{
	g_autoptr(GBytes) body = read_body(request->body);
	GError *error = NULL;
	AsideNotice notice;
	bool ok = aside_notice_parse(g_bytes_get_data(body, NULL),
				     g_bytes_get_size(body), &notice, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	put(toy, request->user, notice.number, notice.hash);
	out->status = 204;
	return true;
}

static bool
answer_bundle(ToyDistrict *toy, const Request *request, Answer *out)
{
	char sha256[ID_SHA256 + 1];
	g_autofree char *etag = NULL;

	id_sha256_bytes(toy->bundle, sha256);
	etag = g_strdup_printf("\"%s\"", sha256);
	out->status = g_strcmp0(etag, request->if_none_match) == 0 ? 304 : 200;
	if (out->status == 304)
		return true;
	out->body = g_bytes_ref(toy->bundle);
	sign_bytes(&toy->key, "cairn-bundle-1",
		   g_bytes_get_data(toy->bundle, NULL),
		   g_bytes_get_size(toy->bundle), out->headers.signature);
	if (toy->spoil_bundle)
		out->headers.signature[0] =
			out->headers.signature[0] == 'A' ? 'B' : 'A';
	return true;
}

static bool
answer_file(ToyDistrict *toy, const char *sha256, Answer *out)
{
	GBytes *file = g_hash_table_lookup(toy->files, sha256);

	if (file == NULL)
		return answer_problem(out, 404, "not-found", 0);
	out->status = 200;
	out->body = g_bytes_ref(file);
	return true;
}

static bool
answer_get(ToyDistrict *toy, const Request *request, Answer *out)
{
	static const char time[] = "/kiosk/time?nonce=";
	static const char files[] = "/kiosk/files/";
	g_autofree char *text = NULL;

	if (g_str_has_prefix(request->path, time)) {
		text = time_format(request->path + strlen(time), toy->now,
				   &toy->key);
		return answer_text(out, text);
	}
	if (g_str_has_prefix(request->path, files))
		return answer_file(toy, request->path + strlen(files), out);
	if (g_str_equal(request->path, "/kiosk/bundle"))
		return answer_bundle(toy, request, out);
	g_assert_cmpstr(request->path, ==, "/kiosk/receipt");
	text = toy_district_receipt(toy, request->user);
	return answer_text(out, text);
}

static bool
answer_post(ToyDistrict *toy, const Request *request, Answer *out)
{
	if (g_str_equal(request->path, "/kiosk/fork"))
		return answer_fork(toy, request, out);
	if (g_str_equal(request->path, "/kiosk/aside"))
		return answer_aside(toy, request, out);
	g_assert_cmpstr(request->path, ==, "/xapi/statements");
	return answer_statements(toy, request, out);
}

static bool
is_known(ToyDistrict *toy, const Request *request)
{
	return request->user != NULL &&
	       g_strcmp0(g_hash_table_lookup(toy->secrets, request->user),
			 request->password) == 0;
}

static bool
offline(GError **error)
{
	g_set_error(error, FAULT, FAULT_OFFLINE, "nobody answers");
	return false;
}

static bool
answer(void *self, const Request *request, Answer *out, GError **error)
{
	ToyDistrict *toy = self;

	g_string_append_printf(toy->asked, "%s %s\n",
			       request->post ? "POST" : "GET", request->path);
	if (toy->gone)
		return offline(error);
	out->retry_after_s = toy->retry_after_s;
	if (toy->status != 0 && (toy->only_path == NULL ||
				 g_str_equal(toy->only_path, request->path))) {
		out->status = toy->status;
		return true;
	}
	if (g_str_equal(request->path, "/kiosk/enrol"))
		return answer_enrol(toy, request, out);
	if (!is_known(toy, request))
		return answer_problem(out, 401, "unknown-kiosk", 0);
	if (!request->post)
		return answer_get(toy, request, out);
	answer_post(toy, request, out);
	if (!toy->lose_statements || request->version == NULL)
		return true;
	toy->lose_statements = false;
	return offline(error);
}

Transport
toy_district_get(ToyDistrict *toy)
{
	return (Transport){ answer, toy };
}

unsigned
toy_district_count(ToyDistrict *toy, const char *asked)
{
	g_auto(GStrv) lines = g_strsplit(toy->asked->str, "\n", -1);
	unsigned n = 0;

	for (char **line = lines; *line != NULL; line++)
		n += g_str_has_prefix(*line, asked);
	return n;
}
