/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store-erase.h"
#include "app/store/store.h"
#include "app/roster/roster.h"

/* What the district sent: applied whole or not at all. */

/* On the disk and the wire by name. */
typedef enum {
	DECISION_CONFIRMED = 1,
	DECISION_RETURNED = 2,
	DECISION_LATER = 3,
	DECISION_WITHDRAWN = 4,
} Decision;

typedef struct {
	char evidence[ID_UUID + 1];
	char learner[EVIDENCE_ID_MAX + 1];
	char prompt[EVIDENCE_ID_MAX + 1];
	Decision decision;
	char reason[EVIDENCE_ID_MAX + 1]; /* a key: "tell-more", "show-again",
					     "other-card", "talk"; or "" */
	char note[EVIDENCE_TEXT_MAX + 1]; /* the teacher's own words, or "" */
	WallTime at;
} StoreReview;

typedef struct StoreBundle {
	char etag[EVIDENCE_ID_MAX + 1];
	char district[ROSTER_NAME_MAX + 1]; /* its shown name */
	char base[256]; /* the district's IRI base, no slash at the end */
	const Roster *roster;
	GHashTable *pack;           /* path → GBytes; NULL: no change */
	const StoreReview *reviews; /* the whole list */
	size_t n_reviews;
	int64_t retention_days;
	WallTime at; /* when it is taken in; 0: not known */
	const StoreErased *erased;
	size_t n_erased;
	const StoreErasedWho *who;
	size_t n_who;
} StoreBundle;

/* What is erased is gone for good when this returns true, but for what
 * store_finish_erasing() is for. */
bool store_apply_bundle(Store *store, const StoreBundle *bundle, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* "" before the first bundle; changes whenever one is applied. */
char *store_get_bundle_etag(Store *store, GError **error);
/* retention_days, base, at; FAULT_NOT_FOUND before the first bundle. */
bool store_get_bundle(Store *store, StoreBundle *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT; /* roster, pack, reviews are left NULL */

/* The pack's files, as portrait_load() takes them; empty if none. */
GHashTable *
store_read_pack(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Owned set of the SHA-256 of each file of the pack, hex → path. */
GHashTable *
store_list_pack(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

Roster *
store_read_roster(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* FAULT_NOT_FOUND: well-formed but unknown; it may still record. */
bool store_find_badge(Store *store, const char *badge, RosterLearner *out,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool store_find_learner(Store *store, const char *id, RosterLearner *out,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The newest returned evidence of a learner that is not yet answered by a
 * later one for the same prompt; FAULT_NOT_FOUND if none. */
bool store_find_returned(Store *store, const char *learner, StoreReview *out,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Decision on one evidence; FAULT_NOT_FOUND if none. */
bool store_find_review(Store *store, const char *evidence, StoreReview *out,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many of this learner's stones a teacher has confirmed; -1 on error. */
int64_t
store_count_confirmed(Store *store, const char *learner, GError **error);
