/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "sync/district/archive-kiosk.h"
#include "sync/district/server.h"
#include "sync/wire/statement.h"

/*
 * A district that listens on a port of its own, with the sample pack and
 * roster, and a clock that the test holds; and kiosks that lay stones in
 * memory.
 */
typedef struct {
	char *folder;
	char *database; /* address in PostgreSQL; NULL: SQLite */
	Settings *settings;
	Clock clock;
	ClockReading now;
	Service *service;
	Server *server;
	char *url;
	char public_key[SIGN_KEY_TEXT + 1];
} DistrictFixture;

/* data: settings' text, or NULL.  For g_test_add(). */
void setup_district(DistrictFixture *f, const void *data);
void teardown_district(DistrictFixture *f, const void *data);
void restart_district(DistrictFixture *f);
/* A second district with the same database, not for media that both receive. */
void start_beside(const DistrictFixture *f, DistrictFixture *beside);
void stop_beside(DistrictFixture *beside);
/* The test's own handle; close it. */
Archive *open_test_archive(const DistrictFixture *f);
void pass_time(DistrictFixture *f, int64_t seconds);

/* --- requests --- */

typedef struct {
	const char *method, *path, *body; /* body NULL: none */
	GBytes *bytes;                    /* or this */
	const char *type;                 /* of the body; NULL: JSON */
	const char *user;                 /* "kiosk:secret" */
	const char *cookie, *token, *etag;
	const char *header;  /* one more line, or more with \n between */
	const char *version; /* of xAPI; NULL: 1.0.3; "": none */
} Ask;

typedef struct {
	long status;
	char *text; /* the body */
	size_t size;
	GHashTable *headers; /* lower-case name → value; "all-cookies": each
			      * line of Set-Cookie */
	json_t *json;        /* of the body, if it is JSON */
} Got;

Got *ask(const DistrictFixture *f, const Ask *what);
const char *got_header(const Got *got, const char *name);
const char *got_code(const Got *got); /* of a problem; "" */
int64_t got_number(const Got *got);
void got_free(Got *got);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Got, got_free)

/* --- kiosks --- */

typedef struct {
	char id[ID_UUID + 1];
	char user[ID_UUID + 1 + ID_TOKEN + 1]; /* id:secret */
	char made_as[ID_UUID + 1];             /* the kiosk its records name */
	int64_t number;
	char previous[ID_SHA256 + 1];
	SignKey key;
} TestKiosk;

void enrol_test_kiosk(const DistrictFixture *f, TestKiosk *kiosk);

/* The next record of its chain; learner NULL: badge.  A medium's bytes as
 * text, or NULL.  change, if not NULL, may spoil it before it is chained. */
GBytes *lay_record(TestKiosk *kiosk, const char *learner, const char *badge,
		   const char *photo, void (*change)(Evidence *));
/* An array of the n statements. */
GBytes *make_array(GBytes *const *statements, size_t n);

/* Sends n new records; expects 200; checks the receipt. */
void send_records(const DistrictFixture *f, TestKiosk *kiosk,
		  const char *learner, int n);
Got *
post_statements(const DistrictFixture *f, const TestKiosk *kiosk, GBytes *body);
/* The receipt in a header; its number. */
int64_t
check_receipt(const DistrictFixture *f, const TestKiosk *kiosk, const Got *got);

/* Of a class of the sample: its i-th learner. */
char *learner_of(const DistrictFixture *f, const char *class_id, size_t i);

/* --- teachers --- */

typedef struct {
	char *cookie; /* "cairn=…" */
	char token[128];
} TestTeacher;

/* An account of that class ("all"), signed in with a password of its own. */
void sign_in_teacher(const DistrictFixture *f, const char *login,
		     const char *class_id, TestTeacher *out);
Got *ask_as(const DistrictFixture *f, const TestTeacher *teacher,
	    const char *method, const char *path, const char *body);
void test_teacher_clear(TestTeacher *teacher);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TestTeacher, test_teacher_clear)
#define TEACHER_PASSWORD "quiet stones 27"
