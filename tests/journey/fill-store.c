/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fill-store STORE PACK ROSTER [CARDS]: gives a store what a district would
 * have sent, so that a kiosk can be looked at without one.  With CARDS, puts
 * pictures of the badges and of every prompt's card into that folder, and
 * prints what the first badge says; also of a badge that nobody has, one that
 * cannot be read whole, and a cereal box.
 */
#include <stdio.h>

#include "app/cards/code.h"
#include "app/cards/sheet.h"
#include "app/portrait/portrait.h"
#include "app/store/store-outbox.h"
#include "app/store/store-roster.h"

static void
stop_on(const GError *error)
{
	if (error != NULL)
		g_error("%s", error->message);
}

static void
give_ids(Roster *roster, const Portrait *portrait)
{
	static const char *const pictures[] = {
		"fox",   "owl",     "cat",   "dog",    "bear",    "rabbit",
		"panda", "koala",   "mouse", "pig",    "lion",    "tiger",
		"frog",  "penguin", "chick", "monkey", "cow",     "fish",
		"whale", "turtle",  "snail", "bee",    "ladybug", "cactus",
		"sun",   "moon",    "star",  "tree",   "rocket",  "boat",
	};

	for (size_t i = 0; i < roster->n_learners; i++) {
		char digits[CODE_BADGE_DIGITS + 1];

		code_new_badge(digits);
		g_snprintf(roster->learners[i].id, EVIDENCE_ID_MAX,
			   "learner-%zu", i + 1);
		g_strlcpy(roster->learners[i].badges[0], digits,
			  sizeof(roster->learners[i].badges[0]));
	}
	roster_assign_pictures(roster, pictures, G_N_ELEMENTS(pictures));
}

static void
write_card(const char *folder, const char *name, const char *text, GBytes *icon,
	   const char *caption)
{
	g_autofree char *path = g_strdup_printf("%s/%s.png", folder, name);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) png = sheet_picture(text, icon, caption, &error);

	stop_on(error);
	g_file_set_contents(path, g_bytes_get_data(png, NULL),
			    (gssize)g_bytes_get_size(png), &error);
	stop_on(error);
}

/* A badge that no roster has, and one that cannot be read whole. */
static void
write_odd_badges(const char *folder)
{
	char digits[CODE_BADGE_DIGITS + 1];

	code_new_badge(digits);
	write_card(folder, "unknown", digits, NULL, "Nobody");
	digits[1] = digits[1] == '9' ? '0' : (char)(digits[1] + 1);
	write_card(folder, "worn", digits, NULL, "Worn");
}

static void
write_cards(const char *folder, const Roster *roster, const Portrait *portrait)
{
	for (size_t i = 0; i < roster->n_learners; i++)
		write_card(folder, roster->learners[i].id,
			   roster->learners[i].badges[0], NULL,
			   roster->learners[i].name);
	for (size_t i = 0; i < portrait_count_prompts(portrait); i++) {
		const char *id = portrait_get_prompt(portrait, i)->id;
		g_autofree char *text = code_format_prompt("cairn.example", id);

		write_card(folder, id, text, NULL, id);
	}
	write_card(folder, "cereal", "4012345678901", NULL, "Cereal");
	write_odd_badges(folder);
}

int
main(int argc, char *argv[])
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GHashTable) pack = NULL;
	g_autoptr(Portrait) portrait = NULL;
	g_autoptr(Roster) roster = NULL;
	g_autoptr(Store) store = NULL;
	StoreBundle bundle = { .etag = "sample",
			       .district = "Stony Creek",
			       .base = "https://cairn.example",
			       .retention_days = 14 };

	if (argc < 4)
		g_error("give STORE PACK ROSTER [CARDS]");
	pack = portrait_read_folder(argv[2], &error);
	stop_on(error);
	portrait = portrait_load(pack, &error);
	stop_on(error);
	roster = roster_read_oneroster(argv[3], &error);
	stop_on(error);
	give_ids(roster, portrait);
	store = store_open(argv[1], &error);
	stop_on(error);
	bundle.roster = roster;
	bundle.pack = pack;
	if (!store_apply_bundle(store, &bundle, &error))
		stop_on(error);
	if (argc > 4) {
		write_cards(argv[4], roster, portrait);
		printf("%s\n", roster->learners[0].badges[0]);
	}
	return 0;
}
