/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/store/store-audit.h"
#include "app/store/store-outbox.h"
#include "app/store/store-roster.h"
#include "tests/unit/shelf.h"

/* What the district has erased goes from the kiosk, and the chain stays. */

#define SECRET "zyxquetzal"
#define CHILD  "zyxquetzal-learner"
#define BADGE  "700000000000000001"

static Roster nobody;

typedef struct {
	StoreErased erased[4];
	StoreErasedWho who[4];
	StoreBundle bundle;
} Order;

static void
order_init(Order *order)
{
	*order = (Order){ .bundle = { .base = "https://district.example",
				      .roster = &nobody,
				      .retention_days = 14 } };
	order->bundle.erased = order->erased;
	order->bundle.who = order->who;
	id_new_uuid(order->bundle.etag);
}

static void
order_record(Shelf *f, Order *order, int64_t number)
{
	StoreErased *erased = &order->erased[order->bundle.n_erased++];
	StoreLine line;

	g_assert_true(store_audit_line(f->store, number, &line, NULL));
	erased->number = number;
	g_strlcpy(erased->hash, line.hash, sizeof(erased->hash));
}

static void
order_who(Order *order, const char *who)
{
	id_sha256(who, strlen(who), order->who[order->bundle.n_who++].hash);
}

static void
apply(Shelf *f, const Order *order)
{
	g_autoptr(GError) error = NULL;
	bool ok = store_apply_bundle(f->store, &order->bundle, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
carry_out(Shelf *f, const Order *order)
{
	g_autoptr(GError) error = NULL;
	bool ok;

	apply(f, order);
	ok = store_finish_erasing(f->store, f->held.now.wall, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

/* --- what is laid --- */

static void
lay(Shelf *f, const char *learner, const char *badge, const char *photo)
{
	g_autoptr(GError) error = NULL;
	g_autofree Evidence *e = g_memdup2(&(Evidence){ 0 }, sizeof(*e));
	bool ok;

	*e = shelf_choice();
	g_strlcpy(e->learner, learner, sizeof(e->learner));
	g_strlcpy(e->badge, badge, sizeof(e->badge));
	g_snprintf(e->asked, sizeof(e->asked), "Who is %s?",
		   learner[0] == '\0' || g_str_equal(learner, CHILD) ? SECRET
								     : "Ben");
	if (photo != NULL) {
		g_autoptr(GBytes) bytes = g_bytes_new(photo, strlen(photo));

		e->pieces[0].kind = PIECE_PHOTO;
		ok = store_add_media(f->store, bytes, "image/jpeg",
				     &e->pieces[0], &error);
		g_assert_no_error(error);
		g_assert_true(ok);
	}
	ok = store_lay(f->store, &f->held.clock, e, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

/* 1, 3, 5: the child's, 5 by its badge; 2, 4: Ben's; and drafts of both. */
static void
lay_all(Shelf *f)
{
	g_autoptr(GBytes) photo =
		g_bytes_new_static("begun " SECRET, strlen("begun " SECRET));
	g_autofree char *draft = NULL;
	g_autoptr(GBytes) body = NULL;
	Piece piece = { 0 };

	shelf_set_clock(f, "a", SHELF_TODAY, true);
	lay(f, CHILD, "", "a photo of " SECRET);
	lay(f, "ben", "", "of both");
	lay(f, CHILD, "", "of both");
	lay(f, "ben", "", NULL);
	lay(f, "", BADGE, NULL);
	g_assert_true(
		store_add_media(f->store, photo, "image/jpeg", &piece, NULL));
	draft = g_strdup_printf("{\"photo\":\"%s\",\"say\":\"" SECRET "\"}",
				piece.sha256);
	body = g_bytes_new(draft, strlen(draft));
	g_assert_true(store_save_draft(f->store, CHILD, body, NULL));
	g_assert_true(store_save_draft(f->store, "ben", body, NULL));
}

static void
read_outbox(Shelf *f, size_t expected)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OutboxBatch) batch =
		store_read_outbox(f->store, &f->held.clock, 50, 1 << 20,
				  &error);

	g_assert_no_error(error);
	g_assert_cmpuint(batch->n, ==, expected);
}

static void
receipt(Shelf *f, int64_t number)
{
	WallTime at = { SHELF_TODAY };

	g_assert_true(store_accept_receipt(f->store, number, at, NULL));
}

/* --- the disk --- */

static bool
folder_has(const char *folder, const char *bytes)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *all = NULL;
		size_t size;

		if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
			if (folder_has(path, bytes))
				return true;
			continue;
		}
		if (g_file_get_contents(path, &all, &size, NULL) && size > 0 &&
		    memmem(all, size, bytes, strlen(bytes)) != NULL) {
			g_test_message("%s has it", path);
			return true;
		}
	}
	return false;
}

static void
assert_whole(Shelf *f)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(store_verify(f->store, &error));
	g_assert_no_error(error);
}

static StoreLine
line_of(Shelf *f, int64_t number)
{
	StoreLine line;

	g_assert_true(store_audit_line(f->store, number, &line, NULL));
	g_assert_cmpint(line.number, ==, number);
	return line;
}

/* --- tests --- */

static void
all_of_one_goes(Shelf *f, const void *data)
{
	g_autoptr(GBytes) gone = NULL;
	g_autoptr(GBytes) kept = NULL;
	Order order;

	lay_all(f);
	read_outbox(f, 5);
	receipt(f, 5);
	g_assert_true(folder_has(f->folder, CHILD));
	order_init(&order);
	order_who(&order, CHILD);
	order_who(&order, BADGE);
	carry_out(f, &order);
	/* Ben's draft has its words: those are his now. */
	g_assert_false(folder_has(f->folder, CHILD));
	g_assert_false(folder_has(f->folder, BADGE));
	g_assert_false(folder_has(f->folder, "Who is " SECRET));
	g_assert_false(folder_has(f->folder, "a photo of " SECRET));
	g_assert_true(folder_has(f->folder, "of both"));
	g_assert_true(folder_has(f->folder, "Who is Ben"));
	g_assert_true(folder_has(f->folder, "begun " SECRET));
	gone = store_load_draft(f->store, CHILD, NULL);
	kept = store_load_draft(f->store, "ben", NULL);
	g_assert_null(gone);
	g_assert_nonnull(kept);
	g_assert_cmpint(store_count_stones(f->store, CHILD, NULL, NULL), ==, 0);
	g_assert_cmpint(store_count_stones(f->store, "ben", NULL, NULL), ==, 2);
	g_assert_cmpint(line_of(f, 5).state, ==, OUTBOX_RECEIPTED);
	assert_whole(f);
	shelf_reopen(f);
	assert_whole(f);
	lay(f, "ben", "", NULL);
	g_assert_cmpint(line_of(f, 6).number, ==, 6);
	assert_whole(f);
}

static void
a_draft_takes_its_media_along(Shelf *f, const void *data)
{
	Order order;

	lay_all(f);
	g_assert_true(store_drop_draft(f->store, "ben", NULL));
	order_init(&order);
	order_who(&order, CHILD);
	carry_out(f, &order);
	g_assert_false(folder_has(f->folder, "begun " SECRET));
}

static void
single_records_go(Shelf *f, const void *data)
{
	Order order;
	Evidence found;

	lay_all(f);
	read_outbox(f, 5);
	receipt(f, 4);
	order_init(&order);
	order_record(f, &order, 1);
	order_record(f, &order, 5);
	carry_out(f, &order);
	g_assert_false(folder_has(f->folder, "a photo of " SECRET));
	g_assert_false(line_of(f, 1).remembered);
	g_assert_true(line_of(f, 3).remembered);
	/* The district has said that it had it, so it was sent. */
	g_assert_cmpint(line_of(f, 5).state, ==, OUTBOX_RECEIPTED);
	g_assert_true(store_get_evidence(f->store, 3, &found, NULL));
	assert_whole(f);
}

/* A copied store: another record of that number is another child's. */
static void
another_hash_is_another_record(Shelf *f, const void *data)
{
	Order order;

	lay_all(f);
	order_init(&order);
	order_record(f, &order, 2);
	order.erased[0].number = 1;
	carry_out(f, &order);
	g_assert_true(line_of(f, 1).remembered);
	g_assert_true(line_of(f, 2).remembered);
	read_outbox(f, 5);
}

static void
what_was_not_sent_is_set_aside(Shelf *f, const void *data)
{
	OutboxCounts counts;
	Order order;

	lay_all(f);
	order_init(&order);
	order_who(&order, CHILD);
	order_who(&order, BADGE);
	carry_out(f, &order);
	g_assert_cmpint(line_of(f, 1).state, ==, OUTBOX_ASIDE);
	g_assert_cmpstr(line_of(f, 1).reason, ==, STORE_ERASED);
	read_outbox(f, 1); /* up to the gap */
	g_assert_false(folder_has(f->folder, "Who is " SECRET));
	assert_whole(f);
	receipt(f, 5);
	g_assert_true(store_count_outbox(f->store, &counts, NULL));
	g_assert_cmpint(counts.aside, ==, 0);
	g_assert_cmpint(counts.receipted, ==, 5);
}

static void
a_lost_database_knows_it_from_the_log(Shelf *f, const void *data)
{
	Order order;

	lay_all(f);
	order_init(&order);
	order_who(&order, CHILD);
	order_who(&order, BADGE);
	carry_out(f, &order);
	shelf_lose_database(f);
	g_assert_cmpint(line_of(f, 1).state, ==, OUTBOX_ASIDE);
	g_assert_cmpstr(line_of(f, 1).reason, ==, STORE_ERASED);
	g_assert_cmpint(line_of(f, 5).state, ==, OUTBOX_ASIDE);
	g_assert_true(line_of(f, 2).remembered);
	assert_whole(f);
}

static void
interrupted_it_is_finished(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	Order order;

	lay_all(f);
	order_init(&order);
	order_who(&order, CHILD);
	apply(f, &order);
	shelf_reopen(f);
	g_assert_true(folder_has(f->folder, "a photo of " SECRET));
	g_assert_true(store_finish_erasing(f->store, f->held.now.wall, &error));
	g_assert_no_error(error);
	g_assert_false(folder_has(f->folder, "a photo of " SECRET));
	g_assert_false(folder_has(f->folder, CHILD));
	g_assert_true(store_finish_erasing(f->store, f->held.now.wall, &error));
}

static void
the_same_order_again_changes_nothing(Shelf *f, const void *data)
{
	Order order;

	lay_all(f);
	order_init(&order);
	order_who(&order, CHILD);
	carry_out(f, &order);
	lay(f, CHILD, "", NULL);
	carry_out(f, &order);
	g_assert_false(folder_has(f->folder, CHILD));
	carry_out(f, &order);
	assert_whole(f);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, test) \
	g_test_add("/store/erase/" path, Shelf, NULL, shelf_setup, test, \
		   shelf_teardown)
	ADD("all-of-one-goes", all_of_one_goes);
	ADD("a-draft-takes-its-media-along", a_draft_takes_its_media_along);
	ADD("single-records-go", single_records_go);
	ADD("another-hash-is-another-record", another_hash_is_another_record);
	ADD("what-was-not-sent-is-set-aside", what_was_not_sent_is_set_aside);
	ADD("a-lost-database-knows-it-from-the-log",
	    a_lost_database_knows_it_from_the_log);
	ADD("interrupted-it-is-finished", interrupted_it_is_finished);
	ADD("the-same-order-again-changes-nothing",
	    the_same_order_again_changes_nothing);
	return g_test_run();
}
