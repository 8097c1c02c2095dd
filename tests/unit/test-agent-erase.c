/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/store/store-roster.h"
#include "tests/unit/agent-fixture.h"

/* What the district erases, the agent brings to the store; and what was
 * erased before it was sent holds nothing up. */

#define CHILD "k7x2m9qd" /* as lay_stone() has it */

static void
lay_of_another(AgentFixture *f)
{
	g_autofree Evidence *e = g_new0(Evidence, 1);
	g_autoptr(GError) error = NULL;

	lay_stone(f, NULL);
	g_assert_true(store_get_evidence(f->store, get_identity(f).last_number,
					 e, &error));
	g_strlcpy(e->learner, "another", sizeof(e->learner));
	g_assert_true(store_lay(f->store, &f->clock, e, &error));
	g_assert_no_error(error);
}

static bool
is_there(AgentFixture *f, int64_t number)
{
	g_autofree Evidence *e = g_new0(Evidence, 1);

	return store_get_evidence(f->store, number, e, NULL);
}

static void
erase_in_store(AgentFixture *f)
{
	Roster nobody = { 0 };
	StoreErasedWho who;
	StoreBundle bundle = { .etag = "erased",
			       .base = "https://cairn.example",
			       .roster = &nobody,
			       .retention_days = 30,
			       .who = &who,
			       .n_who = 1 };
	g_autoptr(GError) error = NULL;
	bool ok;

	id_sha256(CHILD, strlen(CHILD), who.hash);
	ok = store_apply_bundle(f->store, &bundle, &error) &&
	     store_finish_erasing(f->store, (WallTime){ 0 }, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
test_bundle_erases(AgentFixture *f, const void *data)
{
	lay_stones(f, 2);
	lay_of_another(f); /* 3: the child's, 4: another's */
	assert_round(f, ROUND_DELIVERED);
	f->toy->erased_who = CHILD;
	toy_district_set_bundle(f->toy, 31, NULL);
	restart_agent(f);
	assert_round(f, ROUND_DELIVERED);
	for (int64_t number = 1; number <= 3; number++)
		g_assert_false(is_there(f, number));
	g_assert_true(is_there(f, 4));
	lay_of_another(f);
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 6);
}

static void
test_unsent(AgentFixture *f, const void *data)
{
	lay_of_another(f);
	assert_round(f, ROUND_DELIVERED);
	lay_stones(f, 2);
	erase_in_store(f);
	g_assert_cmpint(count_outbox(f).aside, ==, 2);
	lay_of_another(f); /* 5: the child's once more, 6: another's */
	f->toy->strict = true;
	assert_round(f, ROUND_DELIVERED);
	assert_delivered(f, 6);
	g_assert_cmpint(count_outbox(f).aside, ==, 0);
	g_assert_cmpuint(f->toy->n_stored, ==, 4);
	g_assert_cmpuint(toy_district_count(f->toy, "POST /kiosk/aside"), ==,
			 2);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, test) \
	g_test_add("/agent/erase/" path, AgentFixture, NULL, setup_agent, \
		   test, teardown_agent)
	ADD("a-bundle-erases", test_bundle_erases);
	ADD("what-was-not-sent-holds-nothing-up", test_unsent);
	return g_test_run();
}
