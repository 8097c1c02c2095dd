/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the kiosk itself says, in each language that it knows; the pack's
 * words are the portrait's.  A language that it does not know is English. */
typedef enum {
	WORD_START,
	WORD_START_SAY,
	WORD_START_BLIND_SAY,
	WORD_NO_BADGE,
	WORD_WHICH_CLASS,
	WORD_WHICH_PICTURE,
	WORD_HELLO, /* with a name: {} */
	WORD_HELLO_UNKNOWN,
	WORD_IS_IT_YOU,
	WORD_GO_ON,
	WORD_NOT_ME,
	WORD_GO_ON_DRAFT,
	WORD_NEW,
	WORD_LOOK_AGAIN,
	WORD_REASON_TELL_MORE,
	WORD_REASON_SHOW_AGAIN,
	WORD_REASON_OTHER_CARD,
	WORD_REASON_TALK,
	WORD_CHOOSE_PROMPT,
	WORD_CHOOSE_WAY,
	WORD_WAY_PHOTO,
	WORD_WAY_DRAWING,
	WORD_WAY_CHOICE,
	WORD_TAKE,
	WORD_TAKE_AGAIN,
	WORD_PHOTO_TAKEN,
	WORD_KEEP,
	WORD_UNDO,
	WORD_CLEAR,
	WORD_PEN, /* with a colour: {} */
	WORD_RED,
	WORD_ORANGE,
	WORD_YELLOW,
	WORD_GREEN,
	WORD_BLUE,
	WORD_PURPLE,
	WORD_BROWN,
	WORD_BLACK,
	WORD_HOW,
	WORD_SKIP,
	WORD_SAVED,
	WORD_FOREIGN,
	WORD_WORN,
	WORD_CARD_FIRST,  /* a prompt card before any badge */
	WORD_NOT_FOR_YOU, /* a card that the pack does not know */
	WORD_STUCK,
	WORD_NOT_SET_UP,
	WORD_STILL_THERE,
	WORD_HERE,
	WORD_OK,
	WORD_BACK,
	WORD_SAY_AGAIN,
	WORD_MORE,
	WORD_LESS,
	WORD_LANGUAGE, /* the other language's name for itself */
	WORD_SAFE,
	WORD_NOT_SAFE_YET,
	WORD_LENS,
	WORD_PAPER,
	WORD_STONES,      /* with a number: {} */
	WORD_STONES_SEEN, /* likewise */
	WORD_DEMO,

	/* For adults: see health-screen.h. */
	WORD_HEALTH_SENT,
	WORD_HEALTH_NONE_WAITS,
	WORD_HEALTH_WAITING, /* with a number: {} */
	WORD_HEALTH_NO_STORE,
	WORD_HEALTH_OLDEST,
	WORD_HEALTH_SENDS_TO,
	WORD_HEALTH_DISTRICT, /* with its name: {} */
	WORD_HEALTH_LRS,      /* with its address: {} */
	WORD_HEALTH_NOBODY,
	WORD_HEALTH_LINE,
	WORD_HEALTH_NEVER,
	WORD_HEALTH_ENROL,
	WORD_HEALTH_OFFLINE,
	WORD_HEALTH_ONLINE,
	WORD_HEALTH_REFUSED,
	WORD_HEALTH_ASIDE,
	WORD_HEALTH_ASIDE_SOME, /* with a number: {} */
	WORD_HEALTH_NONE,
	WORD_HEALTH_TIME,
	WORD_HEALTH_TIME_KNOWN,
	WORD_HEALTH_TIME_UNKNOWN,
	WORD_HEALTH_ROOM,
	WORD_HEALTH_FULL, /* with a size: {} */
	WORD_HEALTH_UNKNOWN,
	WORD_HEALTH_BUNDLE,
	WORD_HEALTH_NO_BUNDLE,
	WORD_HEALTH_BUNDLE_IS, /* with its version: {} */
	WORD_HEALTH_TAKEN_IN,  /* with a time: {} */
	WORD_HEALTH_SENSES,
	WORD_HEALTH_CAMERA,
	WORD_HEALTH_SCANNER,
	WORD_HEALTH_VOICE,
	WORD_HEALTH_WORKS,
	WORD_HEALTH_NOT_FOUND,
	WORD_HEALTH_NOT_WANTED,
	WORD_HEALTH_NOTICE,
	WORD_HEALTH_DAMAGED,
	WORD_HEALTH_DAMAGED_ARE, /* with a number: {} */
	WORD_HEALTH_KIOSK,
	WORD_HEALTH_PROGRAM,
	WORD_HEALTH_STORE_IS, /* with a number: {} */
	WORDS
} Word;

const char *words_get(const char *language, Word word);
/* What programs name by a word, link_reason_word() say; "" if it has none. */
const char *words_named(const char *language, const char *name);
/* With {} filled in; the caller's. */
char *words_with(const char *language, Word word, const char *with);
char *words_with_number(const char *language, Word word, int number);
