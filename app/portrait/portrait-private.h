/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <jansson.h>

#include "app/portrait/measures.h"
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
	PortraitMeasure *measures;
	size_t n_scales, n_bands, n_competencies, n_statements, n_prompts;
	size_t n_measures;
};

/* Each sets FAULT_INVALID naming file, table and rule. */

/* structure.c: portrait.toml → the tables above. */
bool portrait_read_structure(Portrait *portrait, GError **error);
/* measures.c: [[measure]] → the table above. */
bool portrait_read_measures(Portrait *portrait, GError **error);
/* words.c: lang/ *.toml → words, and every word that is needed is there. */
bool portrait_read_words(Portrait *portrait, GError **error);
/* icons.c: every picture that is needed is there and harmless. */
bool portrait_check_icons(Portrait *portrait, GError **error);

void
portrait_warn(Portrait *portrait, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* --- what the readers of tables share (structure.c) --- */

/* Fills slot, whose first member is the entry's id. */
typedef bool (*PortraitReadEntry)(Portrait *portrait, json_t *entry, void *slot,
				  GError **error);

bool portrait_read_table(Portrait *portrait, const char *name, size_t size,
			 void **entries, size_t *n, PortraitReadEntry read,
			 GError **error);
const char *
portrait_read_id(const json_t *entry, const char *table, GError **error);
const char *const *portrait_read_list(Portrait *portrait, const json_t *entry,
				      const char *name, size_t *n);
void portrait_warn_unknown(Portrait *portrait, json_t *entry, const char *table,
			   const char *const *known);
bool portrait_refuse(GError **error, const char *table, const char *id,
		     const char *rule);
const PortraitCompetency *
portrait_find_competency(const Portrait *portrait, const char *id);
