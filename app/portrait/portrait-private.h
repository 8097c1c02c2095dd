/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <jansson.h>

#include "app/portrait/portrait.h"

/* What the modules of app/portrait share; nobody else includes this. */
struct Portrait {
	GHashTable *files;   /* owned: path → GBytes */
	json_t *structure;   /* owned: portrait.toml; the texts below are its */
	GHashTable *words;   /* owned: language → (key → text) */
	GPtrArray *warnings; /* owned; NULL-terminated when loaded */
	GPtrArray *blocks;   /* owned: small arrays that the tables point at */

	const char *id, *uri, *version, *default_language;
	const char *const *languages;

	PortraitScale *scales;
	PortraitBand *bands;
	PortraitCompetency *competencies;
	PortraitStatement *statements;
	PortraitPrompt *prompts;
	size_t n_scales, n_bands, n_competencies, n_statements, n_prompts;
};

/* Each sets FAULT_INVALID naming file, table and rule. */

/* structure.c: portrait.toml → the tables above. */
bool portrait_read_structure(Portrait *portrait, GError **error);
/* words.c: lang/ *.toml → words, and every word that is needed is there. */
bool portrait_read_words(Portrait *portrait, GError **error);
/* icons.c: every picture that is needed is there and harmless. */
bool portrait_check_icons(Portrait *portrait, GError **error);

void
portrait_warn(Portrait *portrait, const char *format, ...) G_GNUC_PRINTF(2, 3);
