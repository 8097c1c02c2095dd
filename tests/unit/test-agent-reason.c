/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>

#include "sync/agent/agent-private.h"
#include "tests/unit/agent-fixture.h"

/* Why a round failed, as a word that every screen has in its own language. */

static void
assert_reason(AgentFixture *f, LinkState state, LinkReason reason)
{
	const StoreLink link = get_link(f);

	g_assert_cmpint(link.state, ==, state);
	g_assert_cmpstr(link_reason_word(link.reason), ==,
			link_reason_word(reason));
	g_assert_cmpint(link.message[0] != '\0', ==, reason != LINK_UNKNOWN);
}

static void
by_what_is_answered(AgentFixture *f, const void *data)
{
	static const struct {
		int status; /* 0: nobody answers */
		RoundResult result;
		LinkState state;
		LinkReason reason;
	} rows[] = {
		{ 0, ROUND_OFFLINE, LINK_OFFLINE, LINK_NO_ANSWER },
		{ 302, ROUND_OFFLINE, LINK_OFFLINE, LINK_OTHER_ANSWER },
		{ 400, ROUND_OFFLINE, LINK_OFFLINE, LINK_OTHER_ANSWER },
		{ 401, ROUND_REFUSED, LINK_REFUSED, LINK_KEY },
		{ 403, ROUND_REFUSED, LINK_REFUSED, LINK_KEY },
		{ 407, ROUND_REFUSED, LINK_REFUSED, LINK_PROXY },
		{ 429, ROUND_OFFLINE, LINK_OFFLINE, LINK_THERE_BUSY },
		{ 503, ROUND_OFFLINE, LINK_OFFLINE, LINK_THERE_BUSY },
		{ 507, ROUND_OFFLINE, LINK_OFFLINE, LINK_THERE_FULL },
	};

	lay_stone(f, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		f->toy->gone = rows[i].status == 0;
		f->toy->status = rows[i].status;
		assert_round(f, rows[i].result);
		assert_reason(f, rows[i].state, rows[i].reason);
	}
	f->toy->status = 0;
	assert_round(f, ROUND_DELIVERED);
	assert_reason(f, LINK_ONLINE, LINK_UNKNOWN);
}

static void
by_what_does_not_fit(AgentFixture *f, const void *data)
{
	lay_stones(f, 3);
	f->toy->spoil_receipt = true;
	assert_round(f, ROUND_REFUSED);
	assert_reason(f, LINK_REFUSED, LINK_OTHER_ANSWER);
	f->toy->spoil_receipt = false;
	assert_round(f, ROUND_DELIVERED);
	f->toy->lacks = 2;
	lay_stone(f, NULL);
	assert_round(f, ROUND_REFUSED);
	assert_reason(f, LINK_REFUSED, LINK_MISMATCH);
	f->toy->lacks = 0;
	assert_round(f, ROUND_DELIVERED);
	assert_reason(f, LINK_ONLINE, LINK_UNKNOWN);
}

static void
by_what_it_refuses(AgentFixture *f, const void *data)
{
	f->toy->poison = 2;
	f->toy->refuse_as = "weather";
	lay_stones(f, 3);
	assert_round(f, ROUND_REFUSED);
	assert_reason(f, LINK_REFUSED, LINK_REFUSES);
	f->toy->refuse_as = NULL;
	assert_round(f, ROUND_DELIVERED);
	assert_reason(f, LINK_ONLINE, LINK_ASIDE);
}

static void
by_what_is_wrong_here(AgentFixture *f, const void *data)
{
	const StoreIdentity identity = get_identity(f);
	g_autofree char *path =
		g_build_filename(store_get_folder(f->store), "secrets",
				 identity.kiosk, NULL);

	g_assert_cmpint(g_chmod(path, 0644), ==, 0);
	lay_stone(f, NULL);
	assert_round(f, ROUND_REFUSED);
	assert_reason(f, LINK_REFUSED, LINK_HERE);
	g_assert_cmpint(g_chmod(path, 0600), ==, 0);
	assert_round(f, ROUND_DELIVERED);
}

static void
what_is_cut_says_so(void)
{
	char out[12];

	agent_copy_text(out, sizeof(out), "eleven long");
	g_assert_cmpstr(out, ==, "eleven long");
	agent_copy_text(out, sizeof(out), "twelve longs");
	g_assert_cmpstr(out, ==, "twelve l…");
	agent_copy_text(out, sizeof(out), "sechs Füße, drei Beine");
	g_assert_cmpstr(out, ==, "sechs F…");
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, test) \
	g_test_add("/agent-reason/" path, AgentFixture, NULL, setup_agent, \
		   test, teardown_agent)
	ADD("by-what-is-answered", by_what_is_answered);
	ADD("by-what-does-not-fit", by_what_does_not_fit);
	ADD("by-what-it-refuses", by_what_it_refuses);
	ADD("by-what-is-wrong-here", by_what_is_wrong_here);
#undef ADD
	g_test_add_func("/agent-reason/what-is-cut-says-so",
			what_is_cut_says_so);
	return g_test_run();
}
