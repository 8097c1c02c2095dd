/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

#include "sync/line/transport.h"
#include "sync/wire/bundle.h"
#include "sync/wire/messages.h"

/*
 * A district in memory, with the manners of sync/README.md and, at a test's
 * wish, bad ones.  Its answers are real: formatted and signed by sync/wire.
 */
typedef struct {
	SignKey key;
	char public_key[SIGN_KEY_TEXT + 1];
	WallTime now;

	GHashTable *secrets; /* kiosk → secret */
	GHashTable *keys;    /* public key → kiosk, for requests sent again */
	GHashTable *starts;  /* kiosk → "after hash" of its fork */
	GHashTable *chain;   /* "kiosk number" → hash; "aside …" too */
	GHashTable *ids;     /* evidence id → hash */
	GHashTable *media;   /* SHA-256 → GBytes */
	GHashTable *files;   /* of the pack: SHA-256 → GBytes */
	GBytes *bundle;
	char code[MESSAGE_CODE + 1];

	/* manners */
	int64_t poison;         /* this record is refused; 0: none */
	bool name_poison;       /* and named */
	const char *refuse_as;  /* with this code; NULL: "invalid" */
	bool strict;            /* refuses a record past a gap */
	int64_t lacks;          /* this record is not held after all; 0: none */
	int status;             /* of every answer; 0: as it should be */
	const char *only_path;  /* status is for this path; NULL: for all */
	int64_t retry_after_s;  /* -1: not said */
	const char *erased_who; /* of the next bundle that is set; or NULL */
	bool gone;              /* nobody answers */
	bool lose_statements;   /* taken, but the answer is lost, once */
	bool spoil_bundle;      /* its signature */
	bool spoil_receipt;

	/* what was seen */
	GString *asked;   /* "POST /kiosk/aside\n" … */
	unsigned n_posts; /* of statements */
	unsigned n_stored;
} ToyDistrict;

ToyDistrict *toy_district_new(void);
Transport toy_district_get(ToyDistrict *toy);

/* A bundle with this retention, one class, one learner and these files of a
 * pack: path, text, path, text, …, NULL. */
void toy_district_set_bundle(ToyDistrict *toy, int64_t retention_days,
			     ...) G_GNUC_NULL_TERMINATED;

/* Signs "everything up to number" for a kiosk, as it stands. */
char *toy_district_receipt(ToyDistrict *toy, const char *kiosk);
int64_t toy_district_top(ToyDistrict *toy, const char *kiosk);
unsigned toy_district_count(ToyDistrict *toy, const char *asked);

void toy_district_free(ToyDistrict *toy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ToyDistrict, toy_district_free)
