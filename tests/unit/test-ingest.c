/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <curl/curl.h>

#include "sync/wire/multipart.h"
#include "tests/unit/district-fixture.h"

/* A district that listens, and kiosks that send: chain, fork, conflict, gap,
 * aside, media, again and again. */

static GBytes *
lay(TestKiosk *kiosk)
{
	return lay_record(kiosk, "somebody", NULL, NULL, NULL);
}

static void
assert_refused(const Got *got, long status, const char *code, int64_t number)
{
	g_assert_cmpstr(got_code(got), ==, code);
	g_assert_cmpint(got->status, ==, status);
	g_assert_cmpint(got_number(got), ==, number);
	g_assert_cmpstr(got_header(got, "cairn-receipt"), ==, "");
}

static int64_t
ask_receipt(const DistrictFixture *f, const TestKiosk *kiosk)
{
	g_autoptr(Got) got =
		ask(f, &(Ask){ "GET", "/kiosk/receipt", .user = kiosk->user });
	Receipt receipt;

	g_assert_true(receipt_parse(got->text, f->public_key, &receipt, NULL));
	return receipt.number;
}

static void
test_batch(DistrictFixture *f, const void *data)
{
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	g_assert_cmpint(ask_receipt(f, &kiosk), ==, 0);
	send_records(f, &kiosk, "somebody", 50);
	send_records(f, &kiosk, "somebody", 3);
	g_assert_cmpint(ask_receipt(f, &kiosk), ==, 53);
	restart_district(f);
	g_assert_cmpint(ask_receipt(f, &kiosk), ==, 53);
}

static void
test_again(DistrictFixture *f, const void *data)
{
	g_autoptr(Got) first = NULL;
	g_autoptr(Got) second = NULL;
	g_autoptr(GBytes) one = NULL;
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	one = lay(&kiosk);
	first = post_statements(f, &kiosk, one);
	second = post_statements(f, &kiosk, one);
	g_assert_cmpint(second->status, ==, 200);
	g_assert_cmpstr(second->text, ==, first->text);
	g_assert_cmpint(check_receipt(f, &kiosk, second), ==, 1);
}

static void
test_gap(DistrictFixture *f, const void *data)
{
	g_autoptr(GBytes) skipped = NULL;
	g_autoptr(GBytes) next = NULL;
	g_autoptr(Got) got = NULL;
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, "somebody", 2);
	skipped = lay(&kiosk);
	next = lay(&kiosk);
	got = post_statements(f, &kiosk, next);
	assert_refused(got, 409, "gap", 3);
}

/* Two stores with one identity part after record 2. */
static void
test_fork(DistrictFixture *f, const void *data)
{
	g_autoptr(GBytes) other = NULL;
	g_autoptr(GBytes) request_body = NULL;
	g_autoptr(Got) refused = NULL;
	g_autoptr(Got) forked = NULL;
	g_autoptr(Got) again = NULL;
	g_autoptr(Got) taken = NULL;
	ForkRequest request = { .after = 2 };
	EnrolAnswer answer, second;
	TestKiosk kiosk, copy;
	SignKey key;

	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, "somebody", 2);
	copy = kiosk;
	send_records(f, &kiosk, "somebody", 2);
	g_strlcpy(request.hash, copy.previous, sizeof(request.hash));
	other = lay(&copy);
	refused = post_statements(f, &copy, other);
	assert_refused(refused, 409, "forked", 3);

	sign_key_new(&key);
	sign_key_text(&key, request.public_key);
	request_body = fork_request_format(&request);
	forked = ask(f, &(Ask){ "POST", "/kiosk/fork", .bytes = request_body,
				.user = copy.user });
	g_assert_true(
		enrol_answer_parse(forked->text, forked->size, &answer, NULL));
	g_assert_cmpstr(answer.kiosk, !=, kiosk.id);
	again = ask(f, &(Ask){ "POST", "/kiosk/fork", .bytes = request_body,
			       .user = copy.user });
	g_assert_true(
		enrol_answer_parse(again->text, again->size, &second, NULL));
	g_assert_cmpstr(second.kiosk, ==, answer.kiosk);

	g_snprintf(copy.user, sizeof(copy.user), "%s:%s", second.kiosk,
		   second.secret);
	taken = post_statements(f, &copy, other);
	g_assert_cmpint(taken->status, ==, 200);
	g_assert_cmpint(check_receipt(f, &copy, taken), ==, 3);
	send_records(f, &copy, "somebody", 4);
	send_records(f, &kiosk, "somebody", 1);
}

/* It says it left after 1, but shares 2 and 3 as well. */
static void
test_fork_too_early(DistrictFixture *f, const void *data)
{
	g_autoptr(GBytes) body = NULL;
	g_autoptr(GBytes) array = NULL;
	g_autoptr(GBytes) two = NULL;
	g_autoptr(GBytes) three = NULL;
	g_autoptr(GBytes) other = NULL;
	g_autoptr(Got) shared = NULL;
	g_autoptr(Got) forked = NULL;
	g_autoptr(Got) got = NULL;
	ForkRequest request = { .after = 1 };
	EnrolAnswer answer;
	TestKiosk kiosk, copy;

	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, "somebody", 1);
	g_strlcpy(request.hash, kiosk.previous, sizeof(request.hash));
	two = lay(&kiosk);
	three = lay(&kiosk);
	array = make_array((GBytes *[]){ two, three }, 2);
	shared = post_statements(f, &kiosk, array);
	copy = kiosk;
	send_records(f, &kiosk, "somebody", 1);
	sign_key_text(&f->service->key, request.public_key);
	body = fork_request_format(&request);
	forked = ask(f, &(Ask){ "POST", "/kiosk/fork", .bytes = body,
				.user = copy.user });
	g_assert_true(
		enrol_answer_parse(forked->text, forked->size, &answer, NULL));
	g_snprintf(copy.user, sizeof(copy.user), "%s:%s", answer.kiosk,
		   answer.secret);
	other = lay(&copy);
	g_clear_pointer(&array, g_bytes_unref);
	array = make_array((GBytes *[]){ two, three, other }, 3);
	got = post_statements(f, &copy, array);
	g_assert_cmpint(got->status, ==, 200);
	g_assert_cmpint(check_receipt(f, &copy, got), ==, 4);
}

static void
test_fork_elsewhere(DistrictFixture *f, const void *data)
{
	g_autoptr(GBytes) body = NULL;
	g_autoptr(Got) got = NULL;
	ForkRequest request = { .after = 2 };
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, "somebody", 2);
	id_sha256("x", 1, request.hash);
	sign_key_text(&kiosk.key, request.public_key);
	body = fork_request_format(&request);
	got = ask(f, &(Ask){ "POST", "/kiosk/fork", .bytes = body,
			     .user = kiosk.user });
	assert_refused(got, 409, "forked", 2);
}

static char same_id[ID_UUID + 1];

static void
take_id(Evidence *e)
{
	g_strlcpy(same_id, e->id, sizeof(same_id));
}

static void
use_id(Evidence *e)
{
	g_strlcpy(e->id, same_id, sizeof(e->id));
}

static void
test_conflict_and_aside(DistrictFixture *f, const void *data)
{
	g_autoptr(GBytes) one = NULL;
	g_autoptr(GBytes) two = NULL;
	g_autoptr(GBytes) notice_body = NULL;
	g_autoptr(Got) first = NULL;
	g_autoptr(Got) refused = NULL;
	g_autoptr(Got) aside = NULL;
	g_autoptr(Got) again = NULL;
	AsideNotice notice = { .number = 2, .reason = "conflict" };
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	one = lay_record(&kiosk, "somebody", NULL, NULL, take_id);
	two = lay_record(&kiosk, "somebody", NULL, NULL, use_id);
	first = post_statements(f, &kiosk, one);
	refused = post_statements(f, &kiosk, two);
	assert_refused(refused, 409, "conflict", 2);

	g_strlcpy(notice.hash, kiosk.previous, sizeof(notice.hash));
	notice_body = aside_notice_format(&notice);
	for (int i = 0; i < 2; i++) {
		aside = ask(f,
			    &(Ask){ "POST", "/kiosk/aside",
				    .bytes = notice_body, .user = kiosk.user });
		g_assert_cmpint(aside->status, ==, 204);
		g_assert_cmpint(check_receipt(f, &kiosk, aside), ==, 2);
		g_clear_pointer(&aside, got_free);
	}
	send_records(f, &kiosk, "somebody", 2);
	again = post_statements(f, &kiosk, one);
	g_assert_cmpint(again->status, ==, 200);
	g_assert_cmpint(check_receipt(f, &kiosk, again), ==, 4);
}

static void
test_all_or_nothing(DistrictFixture *f, const void *data)
{
	g_autoptr(GBytes) one = NULL;
	g_autoptr(GBytes) two = NULL;
	g_autoptr(GBytes) array = NULL;
	g_autoptr(Got) refused = NULL;
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	one = lay_record(&kiosk, "somebody", NULL, NULL, take_id);
	two = lay_record(&kiosk, "somebody", NULL, NULL, use_id);
	array = make_array((GBytes *[]){ one, two }, 2);
	refused = post_statements(f, &kiosk, array);
	assert_refused(refused, 409, "conflict", 2);
	g_assert_cmpint(ask_receipt(f, &kiosk), ==, 0);
}

static void
test_malformed(DistrictFixture *f, const void *data)
{
	static const struct {
		const char *type, *body;
	} cases[] = {
		{ NULL, "" },
		{ NULL, "[]" },
		{ NULL, "{}" },
		{ NULL, "[{}]" },
		{ NULL, "{\"id\":\"x\"}" },
		{ NULL, "nonsense" },
		{ "text/plain", "[]" },
		{ "multipart/mixed", "x" },
		{ "multipart/mixed; boundary=b", "--b\r\n\r\n[]\r\n--b--\r\n" },
		{ "multipart/mixed; boundary=b",
		  "--b\r\nContent-Type: application/json\r\n\r\n[]\r\n" },
	};
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Got) got =
			ask(f, &(Ask){ "POST", "/xapi/statements",
				       cases[i].body, .type = cases[i].type,
				       .user = kiosk.user });

		assert_refused(got, 400, "invalid", 0);
	}
}

static void
test_another_kiosks(DistrictFixture *f, const void *data)
{
	g_autoptr(GBytes) one = NULL;
	g_autoptr(Got) got = NULL;
	TestKiosk kiosk, other;

	enrol_test_kiosk(f, &kiosk);
	enrol_test_kiosk(f, &other);
	one = lay(&other);
	got = post_statements(f, &kiosk, one);
	assert_refused(got, 400, "invalid", 1);
}

/* --- media --- */

static GBytes *
make_multipart(GBytes *statement, const char *photo, const char *promised)
{
	MultipartHeaders head = { .content_type = "application/json" };
	MultipartHeaders medium = { .content_type = "image/jpeg",
				    .encoding = "binary" };
	GString *out = g_string_new(NULL);

	multipart_print_head(out, "b", &head);
	g_string_append_len(out, g_bytes_get_data(statement, NULL),
			    (gssize)g_bytes_get_size(statement));
	if (photo != NULL) {
		id_sha256(promised, strlen(promised), medium.sha256);
		multipart_print_head(out, "b", &medium);
		g_string_append(out, photo);
	}
	multipart_print_end(out, "b");
	return g_string_free_to_bytes(out);
}

static Got *
post_photo(const DistrictFixture *f, const TestKiosk *kiosk, GBytes *statement,
	   const char *photo, const char *promised)
{
	g_autoptr(GBytes) body = make_multipart(statement, photo, promised);

	return ask(f, &(Ask){ "POST", "/xapi/statements", .bytes = body,
			      .type = "multipart/mixed; boundary=\"b\"",
			      .user = kiosk->user });
}

static char *
medium_path(const DistrictFixture *f, const char *photo)
{
	char sha256[ID_SHA256 + 1];
	g_autofree char *two = NULL;

	id_sha256(photo, strlen(photo), sha256);
	two = g_strndup(sha256, 2);
	return g_build_filename(f->folder, "media", two, sha256, NULL);
}

static void
test_media(DistrictFixture *f, const void *data)
{
	g_autoptr(GBytes) one = NULL;
	g_autoptr(Got) missing = NULL;
	g_autoptr(Got) broken = NULL;
	g_autoptr(Got) taken = NULL;
	g_autoptr(Got) again = NULL;
	g_autofree char *path = medium_path(f, "a photo");
	g_autofree char *kept = NULL;
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	one = lay_record(&kiosk, "somebody", NULL, "a photo", NULL);
	missing = post_statements(f, &kiosk, one);
	assert_refused(missing, 400, "missing-medium", 1);
	broken = post_photo(f, &kiosk, one, "a torn ", "a photo");
	assert_refused(broken, 400, "invalid", 0);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	taken = post_photo(f, &kiosk, one, "a photo", "a photo");
	g_assert_cmpint(taken->status, ==, 200);
	g_assert_true(g_file_get_contents(path, &kept, NULL, NULL));
	g_assert_cmpstr(kept, ==, "a photo");
	again = post_photo(f, &kiosk, one, "a photo", "a photo");
	g_assert_cmpint(again->status, ==, 200);
}

static void
test_medium_nobody_names(DistrictFixture *f, const void *data)
{
	g_autoptr(GBytes) one = NULL;
	g_autoptr(Got) got = NULL;
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	one = lay(&kiosk);
	got = post_photo(f, &kiosk, one, "a photo", "a photo");
	assert_refused(got, 400, "invalid", 0);
}

static void
test_limits(DistrictFixture *f, const void *data)
{
	g_autofree char *photo = g_strnfill(200000, 'x');
	g_autoptr(GBytes) one = NULL;
	g_autoptr(GBytes) many = NULL;
	g_autoptr(Got) large = NULL;
	g_autoptr(Got) records = NULL;
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	one = lay_record(&kiosk, "somebody", NULL, photo, NULL);
	large = post_photo(f, &kiosk, one, photo, photo);
	assert_refused(large, 413, "too-large", 0);
	many = make_array((GBytes *[]){ one, one, one }, 3);
	records = post_statements(f, &kiosk, many);
	assert_refused(records, 413, "too-large", 0);
}

/* --- many at once --- */

typedef struct {
	const DistrictFixture *f;
	TestKiosk kiosk;
} Sender;

static void *
send_many(void *data)
{
	Sender *sender = data;

	for (int i = 0; i < 20; i++)
		send_records(sender->f, &sender->kiosk, "somebody", 5);
	return NULL;
}

static void
test_group_commit(DistrictFixture *f, const void *data)
{
	Sender senders[8];
	GThread *threads[8];
	WriterStats stats;

	for (int i = 0; i < 8; i++) {
		senders[i].f = f;
		enrol_test_kiosk(f, &senders[i].kiosk);
	}
	for (int i = 0; i < 8; i++)
		threads[i] = g_thread_new("sender", send_many, &senders[i]);
	for (int i = 0; i < 8; i++)
		g_thread_join(threads[i]);
	for (int i = 0; i < 8; i++)
		g_assert_cmpint(ask_receipt(f, &senders[i].kiosk), ==, 100);
	writer_get_stats(f->service->writer, &stats);
	g_assert_cmpint((int)stats.writes, >=, 8 * 20);
	g_assert_cmpint((int)stats.groups, <, (int)stats.writes);
}

static void
test_version(DistrictFixture *f, const void *data)
{
	g_autoptr(GBytes) one = NULL;
	g_autoptr(Got) got = NULL;
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	one = lay(&kiosk);
	got = ask(f, &(Ask){ "POST", "/xapi/statements", .bytes = one,
			     .user = kiosk.user });
	g_assert_cmpstr(got_header(got, "x-experience-api-version"), ==,
			"1.0.3");
}

#define ADD(path, settings, test) \
	g_test_add("/ingest/" path, DistrictFixture, settings, setup_district, \
		   test, teardown_district)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	ADD("a-batch-is-receipted-and-survives", NULL, test_batch);
	ADD("the-same-again-changes-nothing", NULL, test_again);
	ADD("a-gap-is-named", NULL, test_gap);
	ADD("a-copy-becomes-a-kiosk-of-its-own", NULL, test_fork);
	ADD("a-copy-may-have-left-later", NULL, test_fork_too_early);
	ADD("a-copy-must-share-what-it-left", NULL, test_fork_elsewhere);
	ADD("a-chain-goes-on-over-what-is-aside", NULL,
	    test_conflict_and_aside);
	ADD("a-batch-is-all-or-nothing", NULL, test_all_or_nothing);
	ADD("nonsense-is-refused", NULL, test_malformed);
	ADD("another-kiosks-record-is-refused", NULL, test_another_kiosks);
	ADD("media-come-whole-or-not-at-all", NULL, test_media);
	ADD("a-medium-needs-a-record", NULL, test_medium_nobody_names);
	ADD("limits-hold", "[limits]\nbatch_bytes=100000\nbatch_records=2\n",
	    test_limits);
	ADD("many-at-once-share-commits", NULL, test_group_commit);
	ADD("the-version-is-answered", NULL, test_version);
	return g_test_run();
}
