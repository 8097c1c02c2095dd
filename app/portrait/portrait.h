/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "app/base/id.h"
#include "app/evidence/evidence.h"

/*
 * A community's Portrait of a Learner, loaded from a portrait pack and
 * checked as a whole.  Immutable after loading; all pointers that its calls
 * return live as long as it does.
 */
#define PORTRAIT_FILE_MAX    (2 * 1024 * 1024)  /* bytes of one file */
#define PORTRAIT_PACK_MAX    (64 * 1024 * 1024) /* bytes of all files */
#define PORTRAIT_FILES_MAX   2000
#define PORTRAIT_CHOICES_MAX 8

typedef struct Portrait Portrait;

typedef struct {
	const char *id;            /* "faces3" */
	bool self;                 /* the learner's own; else the teacher's */
	const char *const *levels; /* ids, lowest first */
	size_t n_levels;
} PortraitScale;

typedef struct {
	const char *id;            /* "k2" */
	const char *const *grades; /* CEDS codes "KG", "01"; NULL-terminated */
	bool reader;               /* false: speak every label, no typing */
	const PortraitScale *self_scale;
} PortraitBand;

typedef struct {
	const char *id;     /* "communication" */
	const char *uuid;   /* CASE CFItem */
	const char *icon;   /* path in the pack */
	const char *colour; /* "#1b6ca8" */
} PortraitCompetency;

typedef struct {
	const char *id;
	const char *uuid; /* CASE CFItem */
	const PortraitCompetency *competency;
	const PortraitBand *band;
} PortraitStatement;

typedef struct {
	const char *id; /* "C2T4": four of 2-9 A-Z without I L O U */
	const PortraitStatement *statement;
	const char *icon;             /* path; the competency's by default */
	bool offers[PIECE_KINDS + 1]; /* by PieceKind */
	const char *const *choices;   /* ids; icon "icons/choice/<id>.svg" */
	size_t n_choices;
	int voice_seconds;
} PortraitPrompt;

/*
 * files maps a path in the pack ("portrait.toml", "lang/en.toml",
 * "icons/x.svg", "audio/en/prompt.C2T4.ogg") to its GBytes; it is kept.
 * FAULT_INVALID says which file, key and rule; FAULT_TOO_NEW a later format.
 */
Portrait *
portrait_load(GHashTable *files, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads a pack's folder into such a table: g_str_hash, owned path → GBytes. */
GHashTable *portrait_read_folder(const char *path, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

const char *portrait_get_id(const Portrait *portrait); /* UUID */
const char *portrait_get_uri(const Portrait *portrait);
const char *portrait_get_version(const Portrait *portrait);
const char *portrait_get_default_language(const Portrait *portrait);
const char *const *portrait_get_languages(const Portrait *portrait);
/* What the loader let pass but a person should look at; one line each. */
const char *const *portrait_get_warnings(const Portrait *portrait);

const PortraitPrompt *
portrait_find_prompt(const Portrait *portrait, const char *id);
const PortraitBand *portrait_find_band(const Portrait *portrait,
				       const char *grade); /* NULL: none */
size_t portrait_count_prompts(const Portrait *portrait);
const PortraitPrompt *portrait_get_prompt(const Portrait *portrait, size_t i);
size_t portrait_count_competencies(const Portrait *portrait);
const PortraitCompetency *
portrait_get_competency(const Portrait *portrait, size_t i);
const PortraitStatement *
portrait_find_statement(const Portrait *portrait, const char *uuid);
const PortraitScale *
portrait_find_scale(const Portrait *portrait, const char *id);

/*
 * The words of a key in a language, falling back to the pack's default one:
 * "competency.<id>.name", "statement.<id>", "prompt.<id>.ask" (to read),
 * "prompt.<id>.say" (to hear), "choice.<id>", "scale.self.<level>".  NULL if
 * no language has it.
 */
const char *
portrait_word(const Portrait *portrait, const char *language, const char *key);

/* The recorded speech of such a key, "audio/<language>/<key>.ogg", or NULL;
 * no fallback to another language. */
GBytes *portrait_peek_speech(const Portrait *portrait, const char *language,
			     const char *key);

/* Any file of the pack, or NULL. */
GBytes *portrait_peek_file(const Portrait *portrait, const char *path);

void portrait_free(Portrait *portrait);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Portrait, portrait_free)
