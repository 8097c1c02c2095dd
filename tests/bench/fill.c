/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fill ARCHIVE TOOL KIOSK TEACHER: fills a district's archive by the code
 * that fills it in earnest, without HTTP.  For each number read from standard
 * input, goes on until so many statements are there, and prints how many
 * seconds that took.
 *
 * Half of them a tool's, checked and indexed; half a kiosk's, of the learners
 * in the roster by turns, of whom each has his last two waiting to be
 * reviewed: a teacher has decided on those before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/district/archive-log.h"
#include "sync/district/archive-review.h"
#include "sync/district/archive-roster.h"
#include "sync/district/lrs-batch.h"
#include "sync/district/lrs-index.h"
#include "sync/wire/statement.h"
#include "tests/bench/learning.h"

#define BATCH      50
#define BATCHES    20 /* of each kind, in a commit */
#define WAITING    2  /* of each learner */
#define DRAW_AFTER 5  /* commits */
#define STEP_US    (7 * G_USEC_PER_SEC)

typedef struct {
	char waiting[WAITING][ID_UUID + 1];
	guint next;
} Child;

typedef struct {
	Archive *archive;
	LrsIndex *index;
	ArchiveTool tool;
	ArchiveKiosk kiosk;
	ArchiveStaff teacher;
	Roster *roster;
	Child *children; /* as in the roster */
	Learning learning;
	GString *text;
	int64_t records, statements;
	WallTime now;
} Fill;

static void
stop_on(const GError *error)
{
	if (error == NULL)
		return;
	fprintf(stderr, "fill: %s\n", error->message);
	exit(1);
}

/* error is looked at when ok is known: an argument may be read before. */
static void
must(bool ok, GError **error)
{
	stop_on(*error);
	g_assert(ok);
}

/* --- what a tool sends --- */

static void
add_batch(Fill *fill)
{
	static const char authority[] = "{\"account\":{\"homePage\":"
					"\"https://district.example.org\","
					"\"name\":\"a tool\"}}";
	g_autoptr(GError) error = NULL;
	g_autoptr(Received) received = NULL;
	g_autoptr(LrsBatch) batch = NULL;
	const char *conflict;

	g_string_truncate(fill->text, 0);
	learning_append_list(&fill->learning, fill->text, BATCH);
	received = received_text(fill->text->str, fill->text->len);
	batch = lrs_batch_new(received, XAPI_1_0, &xapi_limits);
	must(lrs_batch_read(batch, NULL, authority, &error) &&
		     lrs_batch_write(batch, fill->archive, fill->tool.key,
				     fill->now, &conflict, &error),
	     &error);
	lrs_batch_hand_over(batch, fill->index);
	fill->statements += BATCH;
}

/* --- what a kiosk sends --- */

static void
make_evidence(Fill *fill, const RosterLearner *learner, Evidence *out)
{
	*out = (Evidence){ .number = ++fill->records, .n_pieces = 1 };
	learning_uuid(&fill->learning, out->id);
	g_strlcpy(out->kiosk, fill->kiosk.id, sizeof(out->kiosk));
	g_strlcpy(out->previous, ID_NO_HASH, sizeof(out->previous));
	g_strlcpy(out->learner, learner->id, sizeof(out->learner));
	g_strlcpy(out->portrait, "7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f01",
		  sizeof(out->portrait));
	g_strlcpy(out->portrait_version, "2026-11",
		  sizeof(out->portrait_version));
	g_strlcpy(out->statement, "0f5d0b0e-0b7e-5c0a-9f5a-3a4f5f1f6a11",
		  sizeof(out->statement));
	g_strlcpy(out->prompt, "A2C3", sizeof(out->prompt));
	g_strlcpy(out->language, "en", sizeof(out->language));
	g_strlcpy(out->asked, "How did you help?", sizeof(out->asked));
	g_strlcpy(out->at.boot, "0123456789abcdef0123456789abcdef",
		  sizeof(out->at.boot));
	out->at.wall = fill->now;
	out->at.trusted = true;
	out->pieces[0].kind = PIECE_TEXT;
	g_strlcpy(out->pieces[0].text, "I helped to carry the blocks back",
		  sizeof(out->pieces[0].text));
}

static void
decide(Fill *fill, const char *entry)
{
	g_autofree ArchiveReview *review = g_new0(ArchiveReview, 1);
	g_autoptr(GError) error = NULL;

	review->decision = REVIEW_CONFIRMED;
	review->at = fill->now;
	must(archive_add_review(fill->archive, &fill->teacher, entry, review,
				&error),
	     &error);
}

static void
add_record(Fill *fill)
{
	size_t at = (size_t)fill->records % fill->roster->n_learners;
	Child *child = &fill->children[at];
	g_autofree Evidence *evidence = g_new(Evidence, 1);
	ArchiveRecord record = { .n_media = 0 };
	ShownTime shown = { fill->now, 0 };
	g_autoptr(GBytes) body = NULL;
	g_autoptr(GError) error = NULL;
	WallTime stored = { 0 };
	char *waiting;

	make_evidence(fill, &fill->roster->learners[at], evidence);
	body = statement_format(evidence, &shown,
				"https://district.example.org");
	g_strlcpy(record.id, evidence->id, sizeof(record.id));
	record.number = evidence->number;
	id_sha256_bytes(body, record.hash);
	g_strlcpy(record.learner, evidence->learner, sizeof(record.learner));
	g_strlcpy(record.prompt, evidence->prompt, sizeof(record.prompt));
	record.shown = shown.wall;
	record.body = g_bytes_get_data(body, &record.body_size);
	must(archive_allot(fill->archive, fill->now, 1, &stored, &error) &&
		     archive_add_record(fill->archive, fill->kiosk.key, &record,
					stored, &error),
	     &error);
	fill->statements++;
	waiting = child->waiting[child->next++ % WAITING];
	if (waiting[0] != '\0')
		decide(fill, waiting);
	g_strlcpy(waiting, evidence->id, ID_UUID + 1);
}

/* --- all of it --- */

static void
commit_some(Fill *fill, int64_t count)
{
	g_autoptr(GError) error = NULL;

	must(archive_begin(fill->archive, &error), &error);
	for (int i = 0; i < BATCHES && fill->statements < count; i++) {
		fill->now.us += STEP_US;
		add_batch(fill);
		for (int k = 0; k < BATCH; k++)
			add_record(fill);
	}
	must(archive_end(fill->archive, true, &error), &error);
}

static void
draw_all(Fill *fill)
{
	g_autoptr(GError) error = NULL;

	for (bool more = true; more;)
		must(lrs_index_some(fill->index, fill->archive, &more, &error),
		     &error);
}

static void
fill_to(Fill *fill, int64_t count)
{
	for (int n = 1; fill->statements < count; n++) {
		commit_some(fill, count);
		if (n % DRAW_AFTER == 0)
			draw_all(fill);
	}
	draw_all(fill);
}

static void
open_fill(Fill *fill, char *argv[])
{
	g_autoptr(GError) error = NULL;

	fill->archive = archive_open(argv[1], &error);
	must(fill->archive != NULL &&
		     archive_leave_checkpoints(fill->archive, &error) &&
		     archive_find_tool(fill->archive, argv[2], &fill->tool,
				       &error) &&
		     archive_find_kiosk(fill->archive, argv[3], &fill->kiosk,
					&error) &&
		     archive_find_staff(fill->archive, argv[4], &fill->teacher,
					&error),
	     &error);
	fill->roster = archive_read_roster(fill->archive, &error);
	must(fill->roster != NULL, &error);
	fill->children = g_new0(Child, fill->roster->n_learners);
	fill->index = lrs_index_new();
	fill->text = g_string_new(NULL);
	fill->now = clock_read(clock_system()).wall;
	learning_init(&fill->learning, 20261126);
}

int
main(int argc, char *argv[])
{
	Fill fill = { 0 };
	char line[32];

	if (argc != 5)
		return 64;
	open_fill(&fill, argv);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		gint64 began = g_get_monotonic_time();

		fill_to(&fill, g_ascii_strtoll(line, NULL, 10));
		printf("%.3f\n", (double)(g_get_monotonic_time() - began) /
					 G_USEC_PER_SEC);
		fflush(stdout);
	}
	g_string_free(fill.text, TRUE);
	g_free(fill.children);
	roster_free(fill.roster);
	lrs_index_free(fill.index);
	archive_close(fill.archive);
	return 0;
}
