/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <curl/curl.h>

#include "tests/unit/district-fixture.h"

/* What is too much is refused, each by its setting. */

#define SENDERS 12

/* Content-Type of a batch of one record with its photo. */
static GBytes *
with_photo(TestKiosk *kiosk, const char *photo, char **type)
{
	g_autoptr(GBytes) record =
		lay_record(kiosk, "somebody", NULL, photo, NULL);
	GString *body = g_string_new("--x\r\nContent-Type: "
				     "application/json\r\n\r\n[");
	char hash[ID_SHA256 + 1];

	id_sha256(photo, strlen(photo), hash);
	g_string_append_len(body, g_bytes_get_data(record, NULL),
			    (gssize)g_bytes_get_size(record));
	g_string_append_printf(body,
			       "]\r\n--x\r\nContent-Type: image/jpeg\r\n"
			       "Content-Transfer-Encoding: binary\r\n"
			       "X-Experience-API-Hash: %s\r\n\r\n%s\r\n"
			       "--x--\r\n",
			       hash, photo);
	*type = g_strdup("multipart/mixed; boundary=x");
	return g_string_free_to_bytes(body);
}

static void
test_medium(DistrictFixture *f, const void *data)
{
	g_autofree char *small = g_strnfill(1024, 's');
	g_autofree char *large = g_strnfill(1025, 'l');
	const char *const photos[] = { small, large };
	const long statuses[] = { 200, 413 };
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	for (size_t i = 0; i < G_N_ELEMENTS(photos); i++) {
		g_autofree char *type = NULL;
		g_autoptr(GBytes) body = with_photo(&kiosk, photos[i], &type);
		g_autoptr(Got) got = ask(f, &(Ask){ "POST", "/xapi/statements",
						    .bytes = body, .type = type,
						    .user = kiosk.user });

		g_assert_cmpint(got->status, ==, statuses[i]);
	}
}

static void
test_headers(DistrictFixture *f, const void *data)
{
	g_autofree char *header = g_strdup_printf("X-Long: %05000d", 1);
	g_autoptr(Got) got = ask(f, &(Ask){ "GET", "/", .header = header });

	g_assert_cmpint(got->status, ==, 431);
}

static void
test_body(DistrictFixture *f, const void *data)
{
	g_autofree char *body = g_strnfill(5000, ' ');
	g_autoptr(Got) got =
		ask(f, &(Ask){ "POST", "/api/sign-in", .body = body });

	g_assert_cmpint(got->status, ==, 413);
	g_assert_cmpstr(got_code(got), ==, "too-large");
}

typedef struct {
	const DistrictFixture *f;
	GAsyncQueue *done;
	TestKiosk kiosk;
} Sender;

static void *
send_one(void *data)
{
	Sender *sender = data;
	g_autoptr(GBytes) record =
		lay_record(&sender->kiosk, "somebody", NULL, NULL, NULL);

	g_async_queue_push(sender->done,
			   post_statements(sender->f, &sender->kiosk, record));
	return NULL;
}

/* While another holds the archive nothing is written: what the
 * writer has in hand waits, and so does a queue's worth, and no more. */
static void
test_queue(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GAsyncQueue) done = g_async_queue_new();
	g_autoptr(Got) first = NULL;
	Sender senders[SENDERS];
	GThread *threads[SENDERS];

	for (int i = 0; i < SENDERS; i++) {
		senders[i] = (Sender){ .f = f, .done = done };
		enrol_test_kiosk(f, &senders[i].kiosk);
	}
	g_assert_true(archive_begin(archive, NULL));
	for (int i = 0; i < SENDERS; i++)
		threads[i] = g_thread_new("sender", send_one, &senders[i]);
	first = g_async_queue_pop(done);
	g_assert_true(archive_end(archive, true, NULL));
	g_assert_cmpint(first->status, ==, 503);
	g_assert_nonnull(strstr(first->text, "too much waits"));
	g_assert_cmpstr(got_header(first, "retry-after"), ==, "2");
	for (int i = 0; i < SENDERS; i++)
		g_thread_join(threads[i]);
	for (int i = 1; i < SENDERS; i++) {
		g_autoptr(Got) got = g_async_queue_pop(done);

		g_assert_true(got->status == 200 || got->status == 503);
	}
}

#define ADD(path, settings, test) \
	g_test_add("/limits/" path, DistrictFixture, settings, setup_district, \
		   test, teardown_district)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	ADD("a-medium", "[limits]\nmedium_bytes=1024", test_medium);
	ADD("headers", "[server]\nheader_bytes=4096", test_headers);
	ADD("a-body", NULL, test_body);
	ADD("a-full-queue-says-when-to-come-back", "[server]\nqueue=4",
	    test_queue);
	return g_test_run();
}
