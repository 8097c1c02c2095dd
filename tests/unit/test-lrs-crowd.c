/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/lrs-fixture.h"

#include <stdlib.h>
#include <string.h>

/* Many tools at once with the same people and the same things: what made
 * others deadlock, skip and store twice (Communication 2.1.2, 2.1.3.s2.b5). */

#define SENDERS    8
#define BATCHES    8
#define BATCH_SIZE 10
#define ACTORS     4
#define THINGS     6
#define ALL        (SENDERS * BATCHES * BATCH_SIZE)
#define AT         "/xapi/statements"

typedef struct {
	const DistrictFixture *f;
	const char *user;
	unsigned n;  /* which sender */
	long status; /* of its last answer */
	gint *left;  /* senders that go on; atomic */
} Sender;

static void
print_id(GString *out, unsigned sender, unsigned batch, unsigned i)
{
	g_string_append_printf(out, "%08x-0000-4000-8000-0000%04x%04x", sender,
			       batch, i);
}

/* Each begins with another actor and another thing, so that no two take them
 * in the same order. */
static void
print_statement(GString *out, unsigned sender, unsigned batch, unsigned i)
{
	unsigned at = sender + i;

	g_string_append(out, "{\"id\":\"");
	print_id(out, sender, batch, i);
	g_string_append_printf(
		out,
		"\",\"actor\":{\"mbox\":\"mailto:a%u@b.cd\"},\"verb\":{\"id\":"
		"\"http://v.w/did\",\"display\":{\"en\":\"did %u\"}},\"object\":"
		"{\"id\":\"http://t.u/%u\",\"definition\":{\"name\":{\"en\":"
		"\"name %u\"}}},\"context\":{\"instructor\":{\"mbox\":"
		"\"mailto:a%u@b.cd\"},\"contextActivities\":{\"parent\":[{"
		"\"id\":\"http://t.u/%u\"}]}}}",
		at % ACTORS, sender, at % THINGS, batch, (at + 1) % ACTORS,
		(at + 2) % THINGS);
}

static void
post_batch(Sender *s, unsigned sender, unsigned batch)
{
	g_autoptr(GString) body = g_string_new("[");
	g_autoptr(Got) got = NULL;

	for (unsigned i = 0; i < BATCH_SIZE; i++) {
		g_string_append(body, i > 0 ? "," : "");
		print_statement(body, sender, batch, i);
	}
	g_string_append(body, "]");
	got = ask_lrs(s->f, s->user, "2.0.0",
		      &(LrsCase){ "", "POST", AT, body->str, 0 });
	if (got->status != 200)
		g_error("sender %u, batch %u: %ld: %s", sender, batch,
			got->status, got->text);
}

/* Its own, and its neighbour's, whose answer may have been lost. */
static void *
send_all(void *data)
{
	Sender *s = data;

	for (unsigned i = 0; i < BATCHES; i++) {
		post_batch(s, s->n, i);
		post_batch(s, (s->n + 1) % SENDERS, i);
	}
	g_atomic_int_add(s->left, -1);
	return NULL;
}

/* --- who follows --- */

/* One page into seen; what comes next, or NULL. */
static char *
read_page(const Sender *s, const char *path, GHashTable *seen, char **last)
{
	g_autoptr(Got) got = ask_lrs(s->f, s->user, "2.0.0",
				     &(LrsCase){ "", "GET", path, NULL, 0 });
	json_t *list = json_object_get(got->json, "statements");
	const char *more =
		json_string_value(json_object_get(got->json, "more"));

	g_assert_cmpint(got->status, ==, 200);
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *one = json_array_get(list, i);
		const char *id = json_string_value(json_object_get(one, "id"));
		const char *stored =
			json_string_value(json_object_get(one, "stored"));

		g_assert_true(g_hash_table_add(seen, g_strdup(id)));
		g_assert_true(*last == NULL || strcmp(stored, *last) >= 0);
		g_free(*last);
		*last = g_strdup(stored);
	}
	return more[0] != '\0' ? g_strdup(more) : NULL;
}

/* All that was stored after the last it saw; as `since` says it. */
static void
follow(const Sender *s, GHashTable *seen, char **last)
{
	g_autofree char *since = *last != NULL ? g_strdup(*last) : NULL;
	g_autofree char *path =
		g_strconcat(AT "?ascending=true&limit=25",
			    since != NULL ? "&since=" : "", since, NULL);

	while (path != NULL) {
		char *next = read_page(s, path, seen, last);

		g_free(path);
		path = next;
	}
}

/* Asks now one district, now the other; by what either said last. */
static void
follow_both(const Sender *senders, gint *left, GHashTable *seen)
{
	g_autofree char *last = NULL;

	for (unsigned i = 0; g_atomic_int_get(left) > 0; i++)
		follow(&senders[i % 2], seen, &last);
	follow(&senders[0], seen, &last);
}

static void
run_crowd(const DistrictFixture *f, const DistrictFixture *other)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autoptr(GHashTable) seen =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) again =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *none = NULL;
	GThread *threads[SENDERS];
	Sender senders[SENDERS];
	gint left = SENDERS;

	for (unsigned i = 0; i < SENDERS; i++) {
		senders[i] =
			(Sender){ i % 2 == 0 ? f : other, user, i, 0, &left };
		threads[i] = g_thread_new("sender", send_all, &senders[i]);
	}
	follow_both(senders, &left, seen);
	for (unsigned i = 0; i < SENDERS; i++)
		g_thread_join(threads[i]);
	g_assert_cmpuint(g_hash_table_size(seen), ==, ALL);
	follow(&senders[1], again, &none);
	g_assert_cmpuint(g_hash_table_size(again), ==, ALL);
}

static void
test_crowd(DistrictFixture *f, const void *data)
{
	run_crowd(f, f);
}

/* As many districts as one likes share a database. */
static void
test_two_districts(DistrictFixture *f, const void *data)
{
	DistrictFixture beside;

	start_beside(f, &beside);
	run_crowd(f, &beside);
	stop_beside(&beside);
}

/* --- one id, many meanings --- */

static void *
send_own(void *data)
{
	Sender *s = data;
	g_autofree char *body = g_strdup_printf(
		"[{\"id\":\"11111111-1111-4111-8111-111111111111\",\"actor\":{"
		"\"mbox\":\"mailto:a@b.cd\"},\"verb\":{\"id\":\"http://v.w/x\"}"
		",\"object\":{\"id\":\"http://t.u/%u\"}},{\"id\":\"%08x-1111-"
		"4111-8111-111111111111\",\"actor\":{\"mbox\":\"mailto:a@b.cd\""
		"},\"verb\":{\"id\":\"http://v.w/x\"},\"object\":{\"id\":"
		"\"http://t.u/own\"}}]",
		s->n, s->n);
	g_autoptr(Got) got = ask_lrs(s->f, s->user, "1.0.3",
				     &(LrsCase){ "", "POST", AT, body, 0 });

	s->status = got->status;
	return NULL;
}

/* One is stored with all of its batch, the others with nothing of theirs. */
static void
test_one_id(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autoptr(Got) got = NULL;
	GThread *threads[SENDERS];
	Sender senders[SENDERS];
	int taken = 0;

	for (unsigned i = 0; i < SENDERS; i++) {
		senders[i] = (Sender){ f, user, i, 0, NULL };
		threads[i] = g_thread_new("sender", send_own, &senders[i]);
	}
	for (unsigned i = 0; i < SENDERS; i++) {
		g_thread_join(threads[i]);
		g_assert_true(senders[i].status == 200 ||
			      senders[i].status == 409);
		taken += senders[i].status == 200;
	}
	g_assert_cmpint(taken, ==, 1);
	got = ask_lrs(f, user, "1.0.3", &(LrsCase){ "", "GET", AT, NULL, 0 });
	g_assert_cmpuint(json_array_size(
				 json_object_get(got->json, "statements")),
			 ==, 2);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, test) \
	g_test_add("/lrs/crowd/" name, DistrictFixture, NULL, setup_district, \
		   test, teardown_district)
	ADD("2.1.2-shared-people-and-things-and-none-is-skipped", test_crowd);
	if (g_getenv("CAIRN_TEST_POSTGRES") != NULL) /* SQLite has but one */
		ADD("two-districts-with-one-database", test_two_districts);
	ADD("2.1.2.s2.b6-one-id-many-meanings", test_one_id);
	return g_test_run();
}
