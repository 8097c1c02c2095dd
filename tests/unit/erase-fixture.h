/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/erase.h"
#include "tests/unit/lrs-fixture.h"

/*
 * A district with two learners' evidence, a teacher's word on it, and what a
 * tool has sent of them.  Everything of the first one, and only that, has the
 * word SECRET in it, be it text or photo; what is the other's has OTHERS.
 */
#define SECRET "zyxquetzal"
#define OTHERS "plainpebble"
#define SHARED "a photo of both of them"

typedef struct {
	TestKiosk kiosk;
	TestTeacher teacher;
	char tool[ID_UUID + 1 + ID_TOKEN + 1];
	char *child, *other; /* ids of learners */
	char *badge;         /* of the child */
	GPtrArray *sent;     /* of GBytes: the child's records, as sent */
	GPtrArray *said;     /* of char *: the child's statements of the tool */
} EraseScene;

void make_scene(DistrictFixture *f, EraseScene *scene);
void erase_scene_clear(EraseScene *scene);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EraseScene, erase_scene_clear)

#define SCENE_RECORDS    4 /* of the child: the last by its badge */
#define SCENE_STATEMENTS 3 /* of the tool about the child alone */
#define SCENE_DECISIONS  1 /* on one of those records; one on the other's */
#define SCENE_ALL        (6 + 5 + 2)

/* Looks (token NULL) or erases; expects success. */
void erase_child(DistrictFixture *f, const char *learner, const char *token,
		 EraseResult *out);
/* The error of it. */
GError *
refuse_to_erase(DistrictFixture *f, const char *learner, const char *token);
/* Looks, erases, finishes. */
void
erase_and_finish(DistrictFixture *f, const char *learner, EraseResult *out);

/* … of what other tools call the learner, too; names may be NULL. */
void erase_named_and_finish(DistrictFixture *f, const char *learner,
			    const EraseNames *names, EraseResult *out);

/* In PostgreSQL: a transaction that sees what is there now, and ends by itself
 * after a moment; to be joined.  NULL where nobody could look on. */
GThread *begin_to_read(const DistrictFixture *f);
/* Whether any file of the district, or of its database, has these bytes. */
bool is_on_disk(const DistrictFixture *f, const char *bytes);
bool has_medium_file(const DistrictFixture *f, const char *photo);
/* A statement with a photo, from a kiosk or a tool. */
Got *post_with_photo(const DistrictFixture *f, const char *user,
		     GBytes *statement, const char *photo);
