/* SPDX-License-Identifier: Apache-2.0 */
#include "app/prompt/flow.h"

#define SAMPLE "app/portrait/sample"

/* Of the sample pack: "A2C3" is for K-2, "A3C6" for 3-5, "C2F5" has no
 * choices, "A2F5" no photo. */
static const bool kiosk_can[PIECE_KINDS + 1] = {
	[PIECE_PHOTO] = true, [PIECE_DRAWING] = true, [PIECE_CHOICE] = true
};
static const bool only_draws[PIECE_KINDS + 1] = { [PIECE_DRAWING] = true };
static const RosterLearner maya = {
	.id = "learner-1", .name = "Maya R.", .grade = "01", .picture = "fox"
};
static const RosterLearner theo = {
	.id = "learner-2", .name = "Theo", .grade = "04", .picture = "owl"
};

static GHashTable *files;
static Portrait *portrait;

static void
load_sample(void)
{
	g_autofree char *path =
		g_test_build_filename(G_TEST_DIST, "..", SAMPLE, NULL);
	g_autoptr(GError) error = NULL;

	files = portrait_read_folder(path, &error);
	g_assert_no_error(error);
	portrait = portrait_load(files, &error);
	g_assert_no_error(error);
}

/* --- a table of ways through: one letter an event --- */

static bool
step(Flow *flow, char event)
{
	const Piece answer = { .kind = flow->way, .text = "x" };

	switch (event) {
	case 'M':
		return flow_take_learner(flow, &maya);
	case 'T':
		return flow_take_learner(flow, &theo);
	case 'U':
		return flow_take_unknown_badge(flow, "00012345678901234567");
	case 'k':
		return flow_take_prompt(flow, portrait, "A2C3");
	case 'n':
		return flow_take_prompt(flow, portrait, "C2F5");
	case 'x':
		return flow_take_prompt(flow, portrait, "Z9Z9");
	case 'c':
		return flow_open_classes(flow);
	case 'C':
		return flow_take_class(flow, "class-1");
	case '!':
		return flow_not_me(flow);
	case 'g':
		return flow_go_on(flow, portrait);
	case '+':
		return flow_start_new(flow);
	case 'p':
		return flow_choose_way(flow, portrait, PIECE_PHOTO);
	case 'd':
		return flow_choose_way(flow, portrait, PIECE_DRAWING);
	case 't':
		return flow_choose_way(flow, portrait, PIECE_CHOICE);
	case 'v':
		return flow_choose_way(flow, portrait, PIECE_VOICE);
	case 'a':
		return flow_answer(flow, &answer);
	case '2':
		return flow_say_level(flow, 2);
	case '0':
		return flow_say_level(flow, 0);
	case 's':
		return flow_saved(flow);
	case '#':
		return flow_stuck(flow);
	case '<':
		return flow_back(flow, portrait);
	case '.':
		flow_end(flow);
		return true;
	case 'i':
		if (flow_idle(flow) == FLOW_IDLE_END)
			flow_end(flow);
		return true;
	case '*':
		return flow_touched(flow);
	}
	g_assert_not_reached();
}
#define EVENTS "MTUknxcC!g+pdtva20s#<.i*"

static void
each_way_ends_where_it_should(void)
{
	static const struct {
		const char *events;
		FlowStep end;
		const char *who, *prompt;
	} ways[] = {
		{ "", FLOW_START, "", "" },
		{ "M", FLOW_HELLO, "learner-1", "" },
		{ "M!", FLOW_START, "", "" },
		{ "cC", FLOW_PICTURES, "", "" },
		{ "cCM", FLOW_HELLO, "learner-1", "" },
		{ "cC<", FLOW_CLASSES, "", "" },
		{ "cC<<", FLOW_START, "", "" },
		{ "C", FLOW_START, "", "" },
		{ "Mg", FLOW_PROMPTS, "learner-1", "" },
		{ "Mgk", FLOW_WAYS, "learner-1", "A2C3" },
		{ "Mk", FLOW_WAYS, "learner-1", "A2C3" },
		/* a card before the badge is remembered */
		{ "k", FLOW_START, "", "A2C3" },
		{ "kM", FLOW_HELLO, "learner-1", "A2C3" },
		{ "kMg", FLOW_WAYS, "learner-1", "A2C3" },
		{ "kcCM", FLOW_HELLO, "learner-1", "A2C3" },
		{ "kM!", FLOW_START, "", "" },
		{ "x", FLOW_START, "", "" },
		/* the ways of answering */
		{ "Mgkp", FLOW_PHOTO, "learner-1", "A2C3" },
		{ "Mgkd", FLOW_DRAWING, "learner-1", "A2C3" },
		{ "Mgkt", FLOW_CHOICE, "learner-1", "A2C3" },
		{ "Mgkv", FLOW_WAYS, "learner-1", "A2C3" },
		{ "Mgnt", FLOW_WAYS, "learner-1", "C2F5" },
		{ "Mgkpa", FLOW_LEVELS, "learner-1", "A2C3" },
		{ "Mgkpa2", FLOW_SAVING, "learner-1", "A2C3" },
		{ "Mgkpa0", FLOW_SAVING, "learner-1", "A2C3" },
		{ "Mgkpa2s", FLOW_SAVED, "learner-1", "A2C3" },
		{ "Mgkpa2s.", FLOW_START, "", "" },
		{ "Mgkpa2#", FLOW_STUCK, "learner-1", "A2C3" },
		/* another card: before an answer, not while one is made */
		{ "Mgkn", FLOW_WAYS, "learner-1", "C2F5" },
		{ "Mgktn", FLOW_WAYS, "learner-1", "C2F5" },
		{ "Mgkdn", FLOW_DRAWING, "learner-1", "A2C3" },
		/* back, a step at a time */
		{ "Mgkpa<", FLOW_PHOTO, "learner-1", "A2C3" },
		{ "Mgkpa<<", FLOW_WAYS, "learner-1", "A2C3" },
		{ "Mgkpa<<<", FLOW_PROMPTS, "learner-1", "" },
		{ "Mgkpa<<<<", FLOW_HELLO, "learner-1", "" },
		{ "Mgkpa<<<<<", FLOW_START, "", "" },
		/* another child's badge greets that child; one's own is no
		 * news; while a stone is laid nothing is */
		{ "MgkpT", FLOW_HELLO, "learner-2", "" },
		{ "MgkpM", FLOW_PHOTO, "learner-1", "A2C3" },
		{ "Mgkpa2T", FLOW_SAVING, "learner-1", "A2C3" },
		{ "Mgkpa2sT", FLOW_HELLO, "learner-2", "" },
		{ "U", FLOW_HELLO, "00012345678901234567", "" },
		{ "Ugk", FLOW_WAYS, "00012345678901234567", "A2C3" },
		/* nobody touches anything */
		{ "iiiii", FLOW_START, "", "" },
		{ "ki", FLOW_START, "", "" },
		{ "ci", FLOW_START, "", "" },
		{ "Mgkpi", FLOW_PHOTO, "learner-1", "A2C3" },
		{ "Mgkpi*i", FLOW_PHOTO, "learner-1", "A2C3" },
		{ "Mgkpii", FLOW_START, "", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		Flow flow;

		flow_init(&flow, kiosk_can);
		for (const char *at = ways[i].events; *at != '\0'; at++)
			step(&flow, *at);
		g_test_message("%s", ways[i].events);
		g_assert_cmpint(flow.step, ==, ways[i].end);
		g_assert_cmpstr(flow_who(&flow), ==, ways[i].who);
		g_assert_cmpstr(flow.prompt, ==, ways[i].prompt);
	}
}

static void
the_only_way_is_not_asked_for(void)
{
	Flow flow;

	flow_init(&flow, only_draws);
	step(&flow, 'M');
	step(&flow, 'k');
	g_assert_cmpint(flow.step, ==, FLOW_DRAWING);
	step(&flow, '<');
	g_assert_cmpint(flow.step, ==, FLOW_PROMPTS);
}

static void
prompts_are_of_the_childs_band(void)
{
	static const struct {
		char who;
		bool k2, upper;
	} cases[] = { { 'M', true, false },
		      { 'T', false, true },
		      { 'U', true, true } };
	const PortraitPrompt *k2 = portrait_find_prompt(portrait, "A2C3");
	const PortraitPrompt *upper = portrait_find_prompt(portrait, "A3C6");

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		Flow flow;

		flow_init(&flow, kiosk_can);
		step(&flow, cases[i].who);
		g_assert_cmpint(flow_offers_prompt(&flow, portrait, k2), ==,
				cases[i].k2);
		g_assert_cmpint(flow_offers_prompt(&flow, portrait, upper), ==,
				cases[i].upper);
	}
}

/* --- drafts --- */

static Flow
at_hello_with_draft(PieceKind way)
{
	Flow flow;

	flow_init(&flow, kiosk_can);
	step(&flow, 'M');
	g_strlcpy(flow.prompt, "A2F5", sizeof(flow.prompt));
	flow.way = way;
	flow.has_draft = true;
	return flow;
}

static void
a_draft_is_gone_on_with(void)
{
	Flow flow = at_hello_with_draft(PIECE_DRAWING);

	g_assert_true(step(&flow, 'g'));
	g_assert_cmpint(flow.step, ==, FLOW_DRAWING);
	g_assert_false(flow.has_draft);
}

static void
the_drafts_own_card_goes_on_with_it(void)
{
	Flow flow = at_hello_with_draft(PIECE_DRAWING);

	g_assert_true(flow_take_prompt(&flow, portrait, "A2F5"));
	g_assert_cmpint(flow.step, ==, FLOW_DRAWING);
}

static void
another_card_leaves_a_draft_behind(void)
{
	Flow flow = at_hello_with_draft(PIECE_DRAWING);

	g_assert_true(step(&flow, 'k'));
	g_assert_cmpint(flow.step, ==, FLOW_WAYS);
	g_assert_cmpstr(flow.prompt, ==, "A2C3");
	g_assert_cmpint(flow.way, ==, 0);
	flow = at_hello_with_draft(PIECE_DRAWING);
	g_assert_true(step(&flow, '+'));
	g_assert_cmpint(flow.step, ==, FLOW_PROMPTS);
	g_assert_cmpint(flow.way, ==, 0);
}

/* The pack may have changed, or this kiosk cannot do it. */
static void
a_drafts_way_that_is_offered_no_more_is_asked_for_again(void)
{
	static const PieceKind gone[] = { PIECE_PHOTO, PIECE_VOICE,
					  PIECE_TEXT };

	for (size_t i = 0; i < G_N_ELEMENTS(gone); i++) {
		Flow flow = at_hello_with_draft(gone[i]);

		g_assert_true(step(&flow, 'g'));
		g_assert_cmpint(flow.step, ==, FLOW_WAYS);
		g_assert_cmpint(flow.way, ==, 0);
	}
}

/* --- whatever happens --- */

static void
check_holds(const Flow *flow)
{
	const PortraitPrompt *prompt =
		portrait_find_prompt(portrait, flow->prompt);
	bool answers = flow->step == FLOW_CHOICE || flow->step == FLOW_PHOTO ||
		       flow->step == FLOW_DRAWING;

	/* Only the beginning has nobody, and then nobody is left over. */
	if (flow->step <= FLOW_PICTURES)
		g_assert_cmpstr(flow_who(flow), ==, "");
	else if (flow->step != FLOW_STUCK)
		g_assert_cmpstr(flow_who(flow), !=, "");
	g_assert_true(flow->learner[0] == '\0' || flow->badge[0] == '\0');
	if (flow->step == FLOW_START)
		g_assert_false(flow_has_begun(flow));
	/* What is asked is known, and its way can be walked. */
	if (answers || flow->step == FLOW_LEVELS || flow->step == FLOW_SAVING) {
		g_assert_nonnull(prompt);
		g_assert_true(flow_offers_way(flow, prompt, flow->way));
	}
	if (answers)
		g_assert_cmpint(flow->piece.kind, ==, 0);
	/* No stone without an answer. */
	if (flow->step == FLOW_LEVELS || flow->step == FLOW_SAVING ||
	    flow->step == FLOW_SAVED)
		g_assert_cmpint(flow->piece.kind, ==, flow->way);
	g_assert_cmpmem(flow->capable, sizeof(flow->capable), kiosk_can,
			sizeof(kiosk_can));
}

/* In a fresh copy all padding is equal, so memory can be compared. */
static bool
is_unchanged(const Flow *a, const Flow *b)
{
	return a->step == b->step && a->way == b->way && a->level == b->level &&
	       a->piece.kind == b->piece.kind && a->has_draft == b->has_draft &&
	       g_str_equal(a->prompt, b->prompt) &&
	       g_str_equal(flow_who(a), flow_who(b));
}

static void
any_events_in_any_order_hold(void)
{
	for (int round = 0; round < 400; round++) {
		Flow flow;

		flow_init(&flow, kiosk_can);
		for (int i = 0; i < 200; i++) {
			char event = EVENTS[g_test_rand_int_range(
				0, (int)sizeof(EVENTS) - 1)];
			const Flow before = flow;

			if (!step(&flow, event) && event != '*')
				g_assert_true(is_unchanged(&before, &flow));
			check_holds(&flow);
		}
	}
}

/* From wherever a child stands, the start is a few steps back or a wait
 * away; nobody is shut in. */
static void
everybody_gets_out(void)
{
	for (int round = 0; round < 400; round++) {
		Flow flow;

		flow_init(&flow, kiosk_can);
		for (int i = 0; i < 60; i++)
			step(&flow, EVENTS[g_test_rand_int_range(
					    0, (int)sizeof(EVENTS) - 1)]);
		step(&flow, 'i');
		step(&flow, 'i');
		g_assert_cmpint(flow.step, ==, FLOW_START);
		g_assert_cmpstr(flow_who(&flow), ==, "");
	}
}

#define CLAIM(name, test) g_test_add_func("/flow/" name, test)

int
main(int argc, char *argv[])
{
	int status;

	g_test_init(&argc, &argv, NULL);
	load_sample();
	CLAIM("each-way-ends-where-it-should", each_way_ends_where_it_should);
	CLAIM("the-only-way-is-not-asked-for", the_only_way_is_not_asked_for);
	CLAIM("prompts-are-of-the-childs-band", prompts_are_of_the_childs_band);
	CLAIM("a-draft-is-gone-on-with", a_draft_is_gone_on_with);
	CLAIM("the-drafts-own-card-goes-on-with-it",
	      the_drafts_own_card_goes_on_with_it);
	CLAIM("another-card-leaves-a-draft-behind",
	      another_card_leaves_a_draft_behind);
	CLAIM("a-drafts-way-that-is-offered-no-more-is-asked-for-again",
	      a_drafts_way_that_is_offered_no_more_is_asked_for_again);
	CLAIM("any-events-in-any-order-hold", any_events_in_any_order_hold);
	CLAIM("everybody-gets-out", everybody_gets_out);
	status = g_test_run();
	portrait_free(portrait);
	g_hash_table_unref(files);
	return status;
}
