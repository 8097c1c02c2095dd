/* SPDX-License-Identifier: Apache-2.0 */
#include "app/prompt/flow.h"

#include <string.h>

void
flow_init(Flow *flow, const bool capable[PIECE_KINDS + 1])
{
	*flow = (Flow){ .step = FLOW_START };
	memcpy(flow->capable, capable, sizeof(flow->capable));
}

void
flow_end(Flow *flow)
{
	bool capable[PIECE_KINDS + 1];

	memcpy(capable, flow->capable, sizeof(capable));
	flow_init(flow, capable);
}

const char *
flow_who(const Flow *flow)
{
	return flow->learner[0] != '\0' ? flow->learner : flow->badge;
}

bool
flow_has_begun(const Flow *flow)
{
	return flow_who(flow)[0] != '\0' && flow->prompt[0] != '\0' &&
	       flow->step != FLOW_SAVED;
}

/* --- who --- */

static bool
is_same(const Flow *flow, const char *who)
{
	return flow_who(flow)[0] != '\0' && g_str_equal(flow_who(flow), who);
}

/* A new child: a card that was shown before any badge is remembered. */
static void
begin(Flow *flow)
{
	char prompt[EVIDENCE_ID_MAX + 1] = "";

	if (flow_who(flow)[0] == '\0')
		g_strlcpy(prompt, flow->prompt, sizeof(prompt));
	flow_end(flow);
	g_strlcpy(flow->prompt, prompt, sizeof(flow->prompt));
	flow->step = FLOW_HELLO;
}

bool
flow_take_learner(Flow *flow, const RosterLearner *learner)
{
	if (is_same(flow, learner->id) || flow->step == FLOW_SAVING)
		return false;
	begin(flow);
	g_strlcpy(flow->learner, learner->id, sizeof(flow->learner));
	g_strlcpy(flow->name, learner->name, sizeof(flow->name));
	g_strlcpy(flow->grade, learner->grade, sizeof(flow->grade));
	g_strlcpy(flow->picture, learner->picture, sizeof(flow->picture));
	return true;
}

bool
flow_take_unknown_badge(Flow *flow, const char *digits)
{
	if (is_same(flow, digits) || flow->step == FLOW_SAVING)
		return false;
	begin(flow);
	g_strlcpy(flow->badge, digits, sizeof(flow->badge));
	return true;
}

bool
flow_open_classes(Flow *flow)
{
	if (flow->step != FLOW_START)
		return false;
	flow->step = FLOW_CLASSES;
	return true;
}

bool
flow_take_class(Flow *flow, const char *class_id)
{
	if (flow->step != FLOW_CLASSES)
		return false;
	g_strlcpy(flow->class_id, class_id, sizeof(flow->class_id));
	flow->step = FLOW_PICTURES;
	return true;
}

bool
flow_not_me(Flow *flow)
{
	if (flow->step != FLOW_HELLO)
		return false;
	flow_end(flow);
	return true;
}

/* --- what --- */

bool
flow_offers_way(const Flow *flow, const PortraitPrompt *prompt, PieceKind way)
{
	return flow->capable[way] && prompt->offers[way];
}

bool
flow_can_answer(const Flow *flow, const PortraitPrompt *prompt)
{
	for (int way = PIECE_PHOTO; way <= PIECE_TEXT; way++)
		if (flow_offers_way(flow, prompt, (PieceKind)way))
			return true;
	return false;
}

/* An unknown badge, or a grade that no band has, may choose from all. */
bool
flow_offers_prompt(const Flow *flow, const Portrait *portrait,
		   const PortraitPrompt *prompt)
{
	const PortraitBand *band = portrait_find_band(portrait, flow->grade);

	return flow_can_answer(flow, prompt) &&
	       (band == NULL || band == prompt->statement->band);
}

static FlowStep
step_of_way(PieceKind way)
{
	switch (way) {
	case PIECE_PHOTO:
		return FLOW_PHOTO;
	case PIECE_DRAWING:
		return FLOW_DRAWING;
	case PIECE_CHOICE:
		return FLOW_CHOICE;
	case PIECE_VOICE:
	case PIECE_TEXT:
		break;
	}
	return FLOW_WAYS; /* voice and words have no screen yet */
}

static PieceKind
only_way(const Flow *flow, const PortraitPrompt *prompt)
{
	PieceKind found = 0;

	for (int way = PIECE_PHOTO; way <= PIECE_TEXT; way++) {
		if (!flow_offers_way(flow, prompt, (PieceKind)way))
			continue;
		if (found != 0)
			return 0;
		found = (PieceKind)way;
	}
	return found;
}

/* Where a child stands who has this prompt, way, answer and level. */
static FlowStep
place(const Flow *flow)
{
	if (flow->way == 0)
		return FLOW_WAYS;
	return flow->piece.kind == 0 ? step_of_way(flow->way) : FLOW_LEVELS;
}

static void
begin_prompt(Flow *flow, const PortraitPrompt *prompt)
{
	g_strlcpy(flow->prompt, prompt->id, sizeof(flow->prompt));
	flow->way = only_way(flow, prompt);
	flow->piece = (Piece){ 0 };
	flow->level = 0;
	flow->step = place(flow);
}

static void
back_to_prompts(Flow *flow)
{
	flow->prompt[0] = '\0';
	flow->way = 0;
	flow->piece = (Piece){ 0 };
	flow->step = FLOW_PROMPTS;
}

static bool
is_before_hello(const Flow *flow)
{
	return flow->step == FLOW_START || flow->step == FLOW_CLASSES ||
	       flow->step == FLOW_PICTURES;
}

/* Before an answer is begun another card may be shown. */
static bool
may_change_prompt(const Flow *flow)
{
	return flow->step == FLOW_HELLO || flow->step == FLOW_PROMPTS ||
	       flow->step == FLOW_WAYS || flow->step == FLOW_CHOICE;
}

bool
flow_take_prompt(Flow *flow, const Portrait *portrait, const char *id)
{
	const PortraitPrompt *prompt = portrait_find_prompt(portrait, id);

	if (prompt == NULL || !flow_can_answer(flow, prompt))
		return false;
	if (is_before_hello(flow)) {
		g_strlcpy(flow->prompt, id, sizeof(flow->prompt));
		return true;
	}
	if (!may_change_prompt(flow))
		return false;
	if (g_str_equal(flow->prompt, id))
		return flow_go_on(flow, portrait);
	flow->has_draft = false;
	begin_prompt(flow, prompt);
	return true;
}

bool
flow_go_on(Flow *flow, const Portrait *portrait)
{
	const PortraitPrompt *prompt =
		portrait_find_prompt(portrait, flow->prompt);

	if (flow->step != FLOW_HELLO)
		return false;
	flow->has_draft = false;
	if (prompt == NULL || !flow_can_answer(flow, prompt)) {
		back_to_prompts(flow);
		return true;
	}
	/* The pack may have changed since the draft was kept. */
	if (flow->way == 0 || !flow_offers_way(flow, prompt, flow->way))
		begin_prompt(flow, prompt);
	else
		flow->step = place(flow);
	return true;
}

bool
flow_start_new(Flow *flow)
{
	if (flow->step != FLOW_HELLO)
		return false;
	back_to_prompts(flow);
	flow->has_draft = false;
	flow->returned_reason[0] = '\0';
	return true;
}

bool
flow_choose_way(Flow *flow, const Portrait *portrait, PieceKind way)
{
	const PortraitPrompt *prompt =
		portrait_find_prompt(portrait, flow->prompt);

	if (flow->step != FLOW_WAYS || prompt == NULL ||
	    !flow_offers_way(flow, prompt, way))
		return false;
	flow->way = way;
	flow->step = step_of_way(way);
	return true;
}

bool
flow_answer(Flow *flow, const Piece *piece)
{
	if (flow->way == 0 || flow->step != step_of_way(flow->way) ||
	    piece->kind != flow->way)
		return false;
	flow->piece = *piece;
	flow->step = FLOW_LEVELS;
	return true;
}

bool
flow_say_level(Flow *flow, int level)
{
	if (flow->step != FLOW_LEVELS || level < 0 ||
	    level > EVIDENCE_LEVELS_MAX)
		return false;
	flow->level = level;
	flow->step = FLOW_SAVING;
	return true;
}

bool
flow_saved(Flow *flow)
{
	if (flow->step != FLOW_SAVING)
		return false;
	flow->step = FLOW_SAVED;
	return true;
}

bool
flow_stuck(Flow *flow)
{
	flow->step = FLOW_STUCK;
	return true;
}

/* --- nobody there --- */

FlowIdle
flow_idle(Flow *flow)
{
	if (flow->step == FLOW_START && flow->prompt[0] == '\0')
		return FLOW_IDLE_REST;
	/* With nobody here there is nobody to ask. */
	if (flow->warned || flow_who(flow)[0] == '\0')
		return FLOW_IDLE_END;
	flow->warned = true;
	return FLOW_IDLE_WARN;
}

bool
flow_touched(Flow *flow)
{
	bool answered = flow->warned;

	flow->warned = false;
	return answered;
}

/* --- back: one step, never losing who is here --- */

static void
back_from_way(Flow *flow, const Portrait *portrait)
{
	const PortraitPrompt *prompt =
		portrait_find_prompt(portrait, flow->prompt);

	flow->piece = (Piece){ 0 };
	if (prompt == NULL || only_way(flow, prompt) != 0) {
		back_to_prompts(flow);
		return;
	}
	flow->way = 0;
	flow->step = FLOW_WAYS;
}

bool
flow_back(Flow *flow, const Portrait *portrait)
{
	switch (flow->step) {
	case FLOW_CLASSES:
	case FLOW_HELLO:
		flow_end(flow);
		return true;
	case FLOW_PICTURES:
		flow->step = FLOW_CLASSES;
		return true;
	case FLOW_PROMPTS:
		flow->step = FLOW_HELLO;
		return true;
	case FLOW_WAYS:
		back_to_prompts(flow);
		return true;
	case FLOW_CHOICE:
	case FLOW_PHOTO:
	case FLOW_DRAWING:
		back_from_way(flow, portrait);
		return true;
	case FLOW_LEVELS:
		flow->piece = (Piece){ 0 };
		flow->step = step_of_way(flow->way);
		return true;
	case FLOW_START:
	case FLOW_SAVING:
	case FLOW_SAVED:
	case FLOW_STUCK:
		return false;
	}
	return false;
}
