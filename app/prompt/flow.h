/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "app/portrait/portrait.h"
#include "app/roster/roster.h"

/*
 * Which step comes next: a pure state machine.  Events go in, a step comes
 * out; no clock, no store, no window.  An event that makes no sense in a
 * step changes nothing and returns false.
 */
typedef enum {
	FLOW_START,    /* show your badge, or tap your class */
	FLOW_CLASSES,  /* which class? */
	FLOW_PICTURES, /* which picture is yours? */
	FLOW_HELLO,    /* hello; not me; go on with what you began? */
	FLOW_PROMPTS,  /* show a card, or choose a picture */
	FLOW_WAYS,     /* how do you want to show it? */
	FLOW_CHOICE,
	FLOW_PHOTO,
	FLOW_DRAWING,
	FLOW_LEVELS, /* how did it go? */
	FLOW_SAVING, /* the kiosk is laying the stone */
	FLOW_SAVED,
	FLOW_STUCK, /* no room or damage: a calm word, an adult is told */
} FlowStep;

typedef struct {
	FlowStep step;
	bool capable[PIECE_KINDS + 1]; /* by PieceKind: what this kiosk can */

	/* Who; both empty: nobody yet. */
	char learner[EVIDENCE_ID_MAX + 1];
	char badge[EVIDENCE_ID_MAX + 1]; /* unknown to the roster */
	char name[ROSTER_NAME_MAX + 1];
	char grade[8];
	char picture[EVIDENCE_ID_MAX + 1];
	char class_id[EVIDENCE_ID_MAX + 1]; /* tapped, on the way to a name */

	/* What was begun; prompt "" : nothing yet. */
	char prompt[EVIDENCE_ID_MAX + 1];
	PieceKind way; /* 0: not chosen */
	Piece piece;   /* kind 0: not answered */
	int level;     /* 0: not said */

	bool has_draft; /* offered at hello */
	bool warned;    /* asked whether somebody is still there */
	char returned_reason[EVIDENCE_ID_MAX + 1]; /* "": nothing returned */
} Flow;

/* What a while without a touch leads to. */
typedef enum {
	FLOW_IDLE_REST, /* nobody was here anyway */
	FLOW_IDLE_WARN, /* ask whether somebody is there */
	FLOW_IDLE_END,  /* asked, and nobody answered */
} FlowIdle;

/* capable: by PieceKind. */
void flow_init(Flow *flow, const bool capable[PIECE_KINDS + 1]);

/* A badge, known (learner) or not; at any step: another child's begins anew
 * (the caller has kept the draft), one's own changes nothing. */
bool flow_take_learner(Flow *flow, const RosterLearner *learner);
bool flow_take_unknown_badge(Flow *flow, const char *digits);
/* A prompt card; before a badge it is remembered, at hello it is begun: or
 * gone on with, where it is the draft's.  Once an answer is being made, and
 * for the card that is on already, nothing changes. */
bool flow_take_prompt(Flow *flow, const Portrait *portrait, const char *id);

bool flow_open_classes(Flow *flow);
bool flow_take_class(Flow *flow, const char *class_id);
bool flow_not_me(Flow *flow);
/* From hello: to what was begun, asked again, or shown as a card; else to
 * the choice of prompts. */
bool flow_go_on(Flow *flow, const Portrait *portrait);
/* From hello: leaves the draft, or what was returned, be. */
bool flow_start_new(Flow *flow);
bool flow_choose_way(Flow *flow, const Portrait *portrait, PieceKind way);
/* The answer, its medium already in the vault. */
bool flow_answer(Flow *flow, const Piece *piece);
/* level 0: rather not say. */
bool flow_say_level(Flow *flow, int level);
bool flow_saved(Flow *flow);
bool flow_stuck(Flow *flow);
bool flow_back(Flow *flow, const Portrait *portrait);
void flow_end(Flow *flow); /* to the start, whatever was */

/* Nobody has touched anything for a while; after FLOW_IDLE_END the caller
 * keeps the draft, and then ends the flow. */
FlowIdle flow_idle(Flow *flow);
/* Somebody has.  True if that answers the warning. */
bool flow_touched(Flow *flow);

/* Is there anything that a draft should keep? */
bool flow_has_begun(const Flow *flow);
/* "" if nobody. */
const char *flow_who(const Flow *flow);

/* May this prompt be offered to who is here? */
bool flow_offers_prompt(const Flow *flow, const Portrait *portrait,
			const PortraitPrompt *prompt);
/* Is there any way to answer it here? */
bool flow_can_answer(const Flow *flow, const PortraitPrompt *prompt);
/* Can this way be offered for the prompt? */
bool
flow_offers_way(const Flow *flow, const PortraitPrompt *prompt, PieceKind way);
