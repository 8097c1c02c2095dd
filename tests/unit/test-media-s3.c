/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "sync/district/media-state.h"
#include "tests/unit/media-fixture.h"

/* What goes wrong between us and a store, and what comes of it. */

#define LARGE (3 * 1024 * 1024 + 17)

static void
assert_asked(const MediaFixture *f, const char *must)
{
	g_autofree char *asked = toy_s3_asked(f->toy);

	g_assert_cmpstr(asked, ==, must);
}

/* A medium that is received; whether it is kept. */
static bool
try_keep(const MediaFixture *f, const char *text, GError **error)
{
	g_autoptr(MediaFile) file = receive_medium(f->media, text);
	char sha256[ID_SHA256 + 1];
	int64_t size;

	media_end(file, sha256, &size);
	return media_keep(file, error);
}

static char *
plant(const MediaFixture *f, size_t size, char sha256[static ID_SHA256 + 1])
{
	char *text = g_malloc(size + 1);

	for (size_t i = 0; i < size; i++)
		text[i] = (char)('a' + i * i % 23);
	text[size] = '\0';
	id_sha256(text, size, sha256);
	spoil_medium(f, sha256, text);
	return text;
}

static void
assert_read(const MediaFixture *f, const char *text, const char *sha256,
	    int64_t from, int64_t size)
{
	MediaRange range = media_whole(sha256, (int64_t)strlen(text));
	g_autoptr(MediaStream) stream = NULL;
	g_autofree char *got = g_malloc((size_t)size + 1);
	g_autoptr(GError) error = NULL;
	int64_t at = 0;
	ssize_t n;

	range.from = from;
	range.size = size;
	stream = media_stream_new(f->media, &range);
	while ((n = media_stream_read(stream, got + at, (size_t)(size + 1 - at),
				      &error)) > 0)
		at += n;
	g_assert_no_error(error);
	g_assert_cmpint(at, ==, size);
	g_assert_cmpmem(got, (size_t)size, text + from, (size_t)size);
}

static void
assert_unread(const MediaFixture *f, const char *sha256, int64_t size,
	      int fault)
{
	MediaRange range = media_whole(sha256, size);
	g_autoptr(GError) error = NULL;
	char *text = read_range(f, &range, &error);

	g_assert_null(text);
	g_assert_error(error, FAULT, fault);
}

/* --- keeping --- */

static void
test_passing(MediaFixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	bool ok;

	toy_s3_answer(f->toy, 503, "SlowDown", 0);
	toy_s3_go(f->toy, TOY_S3_STATUS, "PUT", 2);
	ok = try_keep(f, "slow", &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	assert_asked(f, "PUT PUT PUT");

	toy_s3_go(f->toy, TOY_S3_CUT_PUT, "PUT", 1);
	ok = try_keep(f, "hangs up", &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	assert_asked(f, "PUT PUT");

	toy_s3_answer(f->toy, 400, "XAmzContentSHA256Mismatch", 0);
	toy_s3_go(f->toy, TOY_S3_STATUS, "PUT", 1);
	ok = try_keep(f, "changed on the way", &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	assert_asked(f, "PUT PUT");
}

static void
test_lasting(MediaFixture *f, const void *data)
{
	g_autoptr(MediaFile) file = receive_medium(f->media, "later");
	g_autoptr(GError) error = NULL;
	char sha256[ID_SHA256 + 1];
	int64_t size;
	bool ok;

	media_end(file, sha256, &size);
	toy_s3_answer(f->toy, 500, "InternalError", 0);
	toy_s3_go(f->toy, TOY_S3_STATUS, "PUT", 100);
	g_assert_false(media_keep(file, &error));
	g_assert_error(error, FAULT, FAULT_BUSY);
	g_assert_nonnull(strstr(error->message, "500 InternalError"));
	g_clear_error(&error);
	assert_asked(f, "PUT PUT PUT"); /* retries=2 */

	toy_s3_go(f->toy, TOY_S3_WELL, "", 0);
	ok = media_keep(file, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	ok = media_verify(f->media, sha256, size, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
test_refused(MediaFixture *f, const void *data)
{
	static const struct {
		const char *code;
		int status, fault;
	} rows[] = {
		{ "AccessDenied", 403, FAULT_OFFLINE },
		{ "RequestTimeTooSkewed", 403, FAULT_OFFLINE },
		{ "NoSuchBucket", 404, FAULT_OFFLINE },
		{ "PermanentRedirect", 301, FAULT_OFFLINE },
		{ "InsufficientStorage", 507, FAULT_FULL },
		{ "QuotaExceeded", 400, FAULT_FULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		toy_s3_answer(f->toy, rows[i].status, rows[i].code, 0);
		toy_s3_go(f->toy, TOY_S3_STATUS, "PUT", 1);
		g_assert_false(try_keep(f, "no", &error));
		g_assert_error(error, FAULT, rows[i].fault);
		g_assert_nonnull(strstr(error->message, rows[i].code));
		assert_asked(f, "PUT");
	}
}

static void
test_patience(MediaFixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;

	toy_s3_answer(f->toy, 503, "SlowDown", 100);
	toy_s3_go(f->toy, TOY_S3_STATUS, "PUT", 100);
	g_assert_false(try_keep(f, "not now", &error));
	g_assert_error(error, FAULT, FAULT_BUSY);
	assert_asked(f, "PUT");
}

static void
test_checksum(MediaFixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;

	toy_s3_go(f->toy, TOY_S3_CHECKSUM, "PUT", 1);
	g_assert_false(try_keep(f, "something else", &error));
	g_assert_error(error, FAULT, FAULT_BUSY);
}

static void
test_short(MediaFixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	bool ok;

	toy_s3_go(f->toy, TOY_S3_SHORT, "PUT", 1);
	g_assert_false(try_keep(f, "half of it", &error));
	g_assert_error(error, FAULT, FAULT_BUSY);
	assert_asked(f, "PUT HEAD");
	g_clear_error(&error);
	ok = try_keep(f, "half of it", &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

/* --- reading --- */

static void
test_goes_on(MediaFixture *f, const void *data)
{
	char sha256[ID_SHA256 + 1];
	g_autofree char *text = plant(f, LARGE, sha256);

	toy_s3_go(f->toy, TOY_S3_CUT, "GET", 2);
	assert_read(f, text, sha256, 0, LARGE);
	assert_asked(f, "GET GET GET");
	toy_s3_go(f->toy, TOY_S3_CUT, "GET", 1);
	assert_read(f, text, sha256, 1000, 70000);
	assert_asked(f, "GET GET");
	toy_s3_answer(f->toy, 500, "InternalError", 0);
	toy_s3_go(f->toy, TOY_S3_STATUS, "GET", 1);
	assert_read(f, text, sha256, LARGE - 1, 1);
	assert_asked(f, "GET GET");
}

static void
test_unreadable(MediaFixture *f, const void *data)
{
	char sha256[ID_SHA256 + 1];
	g_autofree char *text = plant(f, 5000, sha256);
	MediaRange part = media_whole(sha256, 5000);
	g_autoptr(GError) error = NULL;

	toy_s3_go(f->toy, TOY_S3_CUT, "GET", 100);
	assert_unread(f, sha256, 5000, FAULT_OFFLINE);
	toy_s3_go(f->toy, TOY_S3_LONG, "GET", 1);
	assert_unread(f, sha256, 5000, FAULT_DAMAGED);
	assert_unread(f, sha256, 5001, FAULT_DAMAGED);
	assert_unread(f, sha256, 4999, FAULT_DAMAGED);
	toy_s3_answer(f->toy, 404, "NoSuchBucket", 0);
	toy_s3_go(f->toy, TOY_S3_STATUS, "GET", 1);
	assert_unread(f, sha256, 5000, FAULT_OFFLINE);

	toy_s3_go(f->toy, TOY_S3_NO_RANGE, "GET", 100);
	part.from = 10;
	part.size = 20;
	g_assert_null(read_range(f, &part, &error));
	g_assert_error(error, FAULT, FAULT_BUSY);
	toy_s3_go(f->toy, TOY_S3_WELL, "", 0);
	assert_read(f, text, sha256, 10, 20);
	spoil_medium(f, sha256, NULL);
	assert_unread(f, sha256, 5000, FAULT_NOT_FOUND);
}

/* A small buffer: what nobody takes waits at the other end. */
static void
test_pauses(MediaFixture *f, const void *data)
{
	char one[ID_SHA256 + 1], two[ID_SHA256 + 1];
	g_autofree char *first = plant(f, LARGE, one);
	g_autofree char *second = plant(f, 100, two);
	MediaRange range = media_whole(one, LARGE);
	g_autoptr(MediaStream) waits = media_stream_new(f->media, &range);
	g_autoptr(MediaStream) left = media_stream_new(f->media, &range);
	g_autoptr(GError) error = NULL;
	char byte;
	bool ok = media_stream_wait(waits, &error) &&
		  media_stream_read(left, &byte, 1, &error) == 1;

	g_assert_no_error(error);
	g_assert_true(ok);
	assert_read(f, second, two, 0, 100);
	for (int64_t at = 0; at < LARGE; at++) {
		ssize_t n = media_stream_read(waits, &byte, 1, &error);

		g_assert_cmpint(n, ==, 1);
		g_assert_cmpint(byte, ==, first[at]);
	}
	g_assert_cmpint(media_stream_read(waits, &byte, 1, &error), ==, 0);
}

typedef struct {
	GMutex lock;
	GCond woken;
	bool is;
} Bell;

static void
ring(void *data)
{
	Bell *bell = data;

	g_mutex_lock(&bell->lock);
	bell->is = true;
	g_cond_signal(&bell->woken);
	g_mutex_unlock(&bell->lock);
}

static void
wait_for(Bell *bell)
{
	g_mutex_lock(&bell->lock);
	while (!bell->is)
		g_cond_wait(&bell->woken, &bell->lock);
	bell->is = false;
	g_mutex_unlock(&bell->lock);
}

static void
test_without_waiting(MediaFixture *f, const void *data)
{
	char sha256[ID_SHA256 + 1];
	g_autofree char *text = plant(f, LARGE, sha256);
	MediaRange range = media_whole(sha256, LARGE);
	g_autoptr(MediaStream) stream = media_stream_new(f->media, &range);
	g_autofree char *got = g_malloc(LARGE);
	g_autoptr(GError) error = NULL;
	Bell bell = { 0 };
	int64_t at = 0;

	while (at < LARGE) {
		ssize_t n = media_stream_take(stream, got + at,
					      (size_t)(LARGE - at), &error);

		g_assert_no_error(error);
		at += n;
		if (n > 0)
			continue;
		media_stream_arm(stream, ring, &bell);
		wait_for(&bell);
	}
	g_assert_cmpmem(got, LARGE, text, LARGE);
}

/* --- no answer --- */

static void
test_still(MediaFixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;

	toy_s3_go(f->toy, TOY_S3_STILL, "PUT", 1);
	g_assert_false(try_keep(f, "anybody there", &error));
	g_assert_error(error, FAULT, FAULT_OFFLINE);
}

static void
test_nobody(MediaFixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	int64_t size;

	toy_s3_free(f->toy);
	g_assert_false(try_keep(f, "anybody there", &error));
	g_assert_error(error, FAULT, FAULT_OFFLINE);
	g_clear_error(&error);
	g_assert_false(media_find(f->media, ID_NO_HASH, &size, &error));
	g_assert_error(error, FAULT, FAULT_OFFLINE);
	f->toy = NULL;
}

static void *
wait_long(void *data)
{
	MediaFixture *f = data;
	GError *error = NULL;

	(void)try_keep(f, "for ever", &error);
	return error;
}

static void
test_abandon(MediaFixture *f, const void *data)
{
	g_autoptr(GError) first = NULL;
	g_autoptr(GError) later = NULL;
	g_autofree char *asked = g_strdup("");
	GThread *thread;

	toy_s3_go(f->toy, TOY_S3_STILL, "PUT", 1);
	thread = g_thread_new("waits", wait_long, f);
	while (asked[0] == '\0') {
		g_free(asked);
		asked = toy_s3_asked(f->toy);
		g_thread_yield();
	}
	media_abandon(f->media);
	first = g_thread_join(thread);
	g_assert_error(first, FAULT, FAULT_OFFLINE);
	g_assert_false(try_keep(f, "and later", &later));
	g_assert_error(later, FAULT, FAULT_OFFLINE);
}

/* --- lists --- */

static bool
count(const char *sha256, int64_t size, void *data, GError **error)
{
	++*(int *)data;
	return true;
}

static void
test_list(MediaFixture *f, const void *data)
{
	char sha256[ID_SHA256 + 1];
	g_autoptr(GError) error = NULL;
	int n = 0;
	bool ok;

	for (int i = 0; i < 2 * TOY_S3_PAGE; i++) {
		g_autofree char *text = g_strdup_printf("%d", i);

		keep_medium(f, text, sha256);
	}
	g_free(toy_s3_asked(f->toy));
	ok = media_each(f->media, count, &n, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpint(n, ==, 2 * TOY_S3_PAGE);
	assert_asked(f, "GET GET");
	toy_s3_go(f->toy, TOY_S3_BAD_LIST, "GET", 1);
	g_assert_false(media_each(f->media, count, &n, &error));
	g_assert_error(error, FAULT, FAULT_DAMAGED);
}

#define ADD(name, settings, test) \
	g_test_add("/media-s3/" name, MediaFixture, settings, setup_media, \
		   test, teardown_media)

/* --- many of one batch --- */

#define MANY 7

static void
receive_many(const MediaFixture *f, MediaFile *files[static MANY])
{
	for (int i = 0; i < MANY; i++) {
		g_autofree char *text = g_strdup_printf("stone %d", i);
		char sha256[ID_SHA256 + 1];
		int64_t size;

		files[i] = receive_medium(f->media, text);
		media_end(files[i], sha256, &size);
	}
}

static size_t
count_words(char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	g_free(text);
	return g_strv_length(words);
}

/* One is never answered: how many others were asked for meanwhile tells how
 * many go side by side. */
static void
test_side_by_side(MediaFixture *f, const void *data)
{
	const char *settings = data;
	size_t at_once = strstr(settings, "at_once=1\n") != NULL ? 1 : 3;
	MediaFile *files[MANY];
	g_autoptr(GError) error = NULL;
	bool ok;

	receive_many(f, files);
	toy_s3_go(f->toy, TOY_S3_STILL, "PUT", MANY);
	g_assert_false(media_keep_all(files, MANY, &error));
	g_assert_error(error, FAULT, FAULT_OFFLINE);
	g_clear_error(&error);
	g_assert_cmpuint(count_words(toy_s3_asked(f->toy)), ==, at_once);

	toy_s3_go(f->toy, TOY_S3_WELL, "", 0);
	ok = media_keep_all(files, MANY, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpuint(count_words(toy_s3_asked(f->toy)), ==, MANY);
	ok = media_keep_all(files, MANY, &error); /* they are */
	g_assert_true(ok);
	g_assert_cmpuint(count_words(toy_s3_asked(f->toy)), ==, 0);
	for (int i = 0; i < MANY; i++)
		media_file_free(files[i]);
	g_assert_cmpuint(count_incoming(f), <=, 1); /* this process's folder */
}

/* --- how it goes --- */

static MediaState
state_of(const MediaFixture *f)
{
	MediaState state;

	media_get_state(f->media, &state);
	return state;
}

/* The question is on its way: until it is answered. */
static MediaState
probe(const MediaFixture *f)
{
	MediaState state;

	media_probe(f->media);
	do {
		g_usleep(1000);
		state = state_of(f);
	} while (!state.is_known);
	return state;
}

static void
test_probe(MediaFixture *f, const void *data)
{
	g_autofree char *asked = NULL;
	MediaState state = state_of(f);

	g_assert_false(state.is_known);
	state = probe(f);
	g_assert_cmpint(state.now, ==, MEDIA_WELL);
	g_assert_cmpuint(state.requests, ==, 1);
	for (int i = 0; i < 100; i++)
		media_probe(f->media); /* it was answered just now */
	asked = toy_s3_asked(f->toy);
	g_assert_cmpstr(asked, ==, "GET");
}

static void
test_answers(MediaFixture *f, const void *data)
{
	static const struct {
		const char *code;
		int status;
		MediaTrouble trouble;
	} answers[] = {
		{ "SlowDown", 503, MEDIA_BUSY },
		{ "InvalidAccessKeyId", 403, MEDIA_REFUSED },
		{ "NoSuchBucket", 404, MEDIA_REFUSED },
		{ "InsufficientStorage", 507, MEDIA_FULL },
	};
	char sha256[ID_SHA256 + 1];

	for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autoptr(MediaFile) file = receive_medium(f->media, "a stone");
		g_autoptr(GError) error = NULL;
		MediaState state;
		int64_t size;

		media_end(file, sha256, &size);
		toy_s3_answer(f->toy, answers[i].status, answers[i].code, 0);
		toy_s3_go(f->toy, TOY_S3_STATUS, "PUT", 1);
		g_assert_false(media_keep(file, &error));
		state = state_of(f);
		g_assert_cmpint(state.now, ==, answers[i].trouble);
		g_assert_cmpuint(state.failures[answers[i].trouble], >=, 1);
		g_assert_cmpint(state.failed[answers[i].trouble].us, >, 0);
		g_assert_cmpuint(state.requests, ==, i + 1);
	}
	keep_medium(f, "a stone", sha256);
	g_assert_cmpint(state_of(f).now, ==, MEDIA_WELL);
	g_assert_cmpuint(state_of(f).failures[MEDIA_REFUSED], ==, 2);
}

static void
test_gone(MediaFixture *f, const void *data)
{
	g_clear_pointer(&f->toy, toy_s3_free);
	g_assert_cmpint(probe(f).now, ==, MEDIA_UNREACHABLE);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("what-may-pass-is-tried-again", MEDIA_S3, test_passing);
	ADD("what-lasts-is-busy-and-nothing-is-lost", "retries=2\n",
	    test_lasting);
	ADD("what-only-it-can-mend-is-not-tried-again", MEDIA_S3, test_refused);
	ADD("it-comes-back-later-as-it-is-told", "patience_s=1\n",
	    test_patience);
	ADD("a-wrong-checksum-is-not-kept", MEDIA_S3, test_checksum);
	ADD("nor-is-half", MEDIA_PLAIN, test_short);
	ADD("what-breaks-off-goes-on", MEDIA_S3, test_goes_on);
	ADD("what-is-not-the-medium-is-not-read", MEDIA_S3, test_unreadable);
	ADD("what-nobody-takes-waits", "buffer_bytes=16384\n", test_pauses);
	ADD("nobody-need-wait", "buffer_bytes=16384\n", test_without_waiting);
	ADD("silence-has-an-end", "stall_s=3\nretries=0\n", test_still);
	ADD("nobody-there-is-offline", MEDIA_S3, test_nobody);
	ADD("what-waits-is-given-up-at-the-end", MEDIA_S3, test_abandon);
	ADD("lists-go-on", MEDIA_S3, test_list);
	ADD("many-go-one-after-the-other",
	    "stall_s=3\nretries=0\nkeep_at_once=1\n", test_side_by_side);
	ADD("or-side-by-side-up-to-a-limit",
	    "stall_s=3\nretries=0\nkeep_at_once=3\n", test_side_by_side);
	ADD("who-asks-how-it-is-asks-seldom", MEDIA_S3, test_probe);
	ADD("what-goes-wrong-is-counted-by-kind", "retries=0\n", test_answers);
	ADD("a-store-that-is-gone-is-told", "retries=0\n", test_gone);
	return g_test_run();
}
