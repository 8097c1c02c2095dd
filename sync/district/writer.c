/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/writer.h"

#include "app/base/fault.h"

#define GROUP_MAX      256 /* writes in one commit */
#define INDEX_WRITES   512 /* wait to be drawn at the most */
#define CATCH_UP_DRAWS 50  /* that a query waits for */

/* Seldom: a page that changes with each group is then moved once for many. */
#define NAP_US          (50 * 1000)
#define CHECKPOINT_NAPS 4
#define INDEX_EVERY     5 /* checkpoints: a second */

typedef struct {
	WriteFunc write;
	WrittenFunc written;
	void *data;
	bool ok;
	GError *error; /* owned */
} Job;

struct Writer {
	Archive *archive;    /* owned; of the writing thread */
	Archive *checkpoint; /* owned; of the other */
	size_t queue_max;
	bool shared; /* with other servers */
	GThread *thread, *checkpointer;
	IndexFunc draw;
	void *index; /* borrowed */

	GMutex lock;     /* guards what follows */
	GCond changed;   /* something waits, or it is time to stop */
	GCond committed; /* or drawn: for the checkpointer */
	GQueue waiting;  /* of Job */
	bool stop;
	guint64 groups, writes, failed, full;
	Histogram seconds, sizes;
	bool writing;
	WallTime promised;

	GCond drawn;
	guint64 undrawn;         /* writes since the index was drawn */
	guint64 asked, answered; /* catching up: how often */
	guint64 refused;         /* of those the last that was in vain, */
	GError *refusal;         /* and why; owned */
	guint64 draws;
};

/* False if the whole group is lost: a full disk rolls everything back. */
static bool
run_job(Writer *writer, Job *job, GError **error)
{
	if (!archive_mark(writer->archive, error))
		return false;
	job->ok = job->write(writer->archive, job->data, &job->error) &&
		  archive_flush(writer->archive, &job->error);
	return archive_settle(writer->archive, job->ok, error);
}

/* If the group is not durable, none of it is. */
static void
fail_all(GPtrArray *group, const GError *error)
{
	for (guint i = 0; i < group->len; i++) {
		Job *job = group->pdata[i];

		job->ok = false;
		if (job->error == NULL)
			job->error = g_error_copy(error);
	}
}

/* One alone needs no mark: what it wrote is all there is to undo. */
static bool
try_one(Writer *writer, Job *job, GError **error)
{
	job->ok = job->write(writer->archive, job->data, &job->error) &&
		  archive_flush(writer->archive, &job->error);
	return archive_end(writer->archive, job->ok, job->ok ? error : NULL) ||
	       !job->ok;
}

static bool
try_group(Writer *writer, GPtrArray *group, GError **error)
{
	bool ok = true;

	if (!archive_begin(writer->archive, error))
		return false;
	if (group->len == 1)
		return try_one(writer, group->pdata[0], error);
	for (guint i = 0; i < group->len && ok; i++)
		ok = run_job(writer, group->pdata[i], error);
	return archive_end(writer->archive, ok, ok ? error : NULL);
}

static guint64
count_full(const GPtrArray *group)
{
	guint64 full = 0;

	for (guint i = 0; i < group->len; i++) {
		const Job *job = group->pdata[i];

		full += g_error_matches(job->error, FAULT, FAULT_FULL);
	}
	return full;
}

static void
commit_group(Writer *writer, GPtrArray *group)
{
	g_autoptr(GError) error = NULL;
	int64_t begun_us = clock_read(clock_system()).since_boot_us;
	bool ok = try_group(writer, group, &error);
	int64_t taken_us = clock_read(clock_system()).since_boot_us - begun_us;

	if (!ok) {
		g_warning("writing: %s", error->message);
		fail_all(group, error);
	}
	g_mutex_lock(&writer->lock);
	writer->failed += ok ? 0 : 1;
	writer->full += count_full(group);
	histogram_add(&writer->seconds, (double)taken_us / G_USEC_PER_SEC);
	histogram_add(&writer->sizes, group->len);
	g_mutex_unlock(&writer->lock);
}

static void
job_free(void *data)
{
	Job *job = data;

	job->written(job->data, job->ok, job->error);
	g_clear_error(&job->error);
	g_free(job);
}

/* --- the index --- */

/* With the lock. */
static bool
must_draw(const Writer *writer)
{
	return writer->draw != NULL && (writer->asked > writer->answered ||
					writer->undrawn >= INDEX_WRITES);
}

static void
draw_some(Writer *writer)
{
	g_autoptr(GError) error = NULL;
	guint64 undrawn, asked;
	bool more = false, ok;

	g_mutex_lock(&writer->lock);
	undrawn = writer->undrawn;
	asked = writer->asked;
	g_mutex_unlock(&writer->lock);
	ok = writer->draw(writer->index, writer->archive, &more, &error);
	if (!ok)
		g_warning("drawing the index: %s", error->message);
	g_mutex_lock(&writer->lock);
	writer->full += g_error_matches(error, FAULT, FAULT_FULL);
	if (!ok || !more) {
		writer->undrawn -= undrawn;
		writer->answered = asked;
	}
	if (!ok) {
		writer->refused = asked;
		g_clear_error(&writer->refusal);
		writer->refusal = g_steal_pointer(&error);
	}
	writer->draws++;
	g_cond_broadcast(&writer->drawn);
	g_cond_signal(&writer->committed);
	g_mutex_unlock(&writer->lock);
}

/* --- groups --- */

/* Empty when there is only something to draw; NULL when it is time to stop
 * and nothing waits. */
static GPtrArray *
take_group(Writer *writer)
{
	GPtrArray *group = g_ptr_array_new_with_free_func(job_free);

	g_mutex_lock(&writer->lock);
	while (writer->waiting.length == 0 && !writer->stop &&
	       !must_draw(writer))
		g_cond_wait(&writer->changed, &writer->lock);
	while (writer->waiting.length > 0 && group->len < GROUP_MAX)
		g_ptr_array_add(group, g_queue_pop_head(&writer->waiting));
	writer->groups += group->len > 0;
	writer->writes += group->len;
	writer->undrawn += group->len;
	writer->writing = group->len > 0;
	g_cond_signal(&writer->committed);
	if (group->len == 0 && writer->stop)
		g_clear_pointer(&group, g_ptr_array_unref);
	g_mutex_unlock(&writer->lock);
	return group;
}

/* Whether the index is due behind this group. */
static bool
end_group(Writer *writer, const GPtrArray *group)
{
	bool due;

	g_mutex_lock(&writer->lock);
	writer->writing = false;
	due = must_draw(writer);
	g_mutex_unlock(&writer->lock);
	return due;
}

static void *
write_groups(void *data)
{
	Writer *writer = data;

	for (;;) {
		GPtrArray *group = take_group(writer);
		bool due;

		if (group == NULL)
			return NULL;
		if (group->len > 0)
			commit_group(writer, group);
		due = end_group(writer, group);
		g_ptr_array_unref(group); /* answers */
		if (due)
			draw_some(writer);
	}
}

/* --- the other thread --- */

/* False when it is time to stop. */
static bool
wait_for_commits(Writer *writer, guint64 *seen)
{
	bool stop;

	g_mutex_lock(&writer->lock);
	while (!writer->stop && writer->groups + writer->draws == *seen &&
	       writer->undrawn == 0)
		g_cond_wait(&writer->committed, &writer->lock);
	*seen = writer->groups + writer->draws;
	stop = writer->stop;
	g_mutex_unlock(&writer->lock);
	return !stop;
}

static void
rest(Writer *writer)
{
	bool stop = false;

	for (int i = 0; i < CHECKPOINT_NAPS && !stop; i++) {
		g_usleep(NAP_US);
		g_mutex_lock(&writer->lock);
		stop = writer->stop;
		g_mutex_unlock(&writer->lock);
	}
}

/* What nobody waits for is drawn by and by. */
static void
ask_for_index(Writer *writer)
{
	g_mutex_lock(&writer->lock);
	writer->asked += writer->undrawn > 0;
	g_cond_signal(&writer->changed);
	g_mutex_unlock(&writer->lock);
}

static void *
checkpoint_often(void *data)
{
	Writer *writer = data;
	guint64 seen = 0;

	for (guint turn = 1; wait_for_commits(writer, &seen); turn++) {
		g_autoptr(GError) error = NULL;

		if (!archive_checkpoint(writer->checkpoint, &error))
			g_warning("%s", error->message);
		rest(writer);
		if (turn % INDEX_EVERY == 0)
			ask_for_index(writer);
	}
	return NULL;
}

/* --- outside --- */

Writer *
writer_new(const char *path, size_t queue_max, GError **error)
{
	g_autoptr(Writer) writer = g_new0(Writer, 1);

	g_mutex_init(&writer->lock);
	g_cond_init(&writer->changed);
	g_cond_init(&writer->committed);
	g_cond_init(&writer->drawn);
	g_queue_init(&writer->waiting);
	writer->queue_max = queue_max;
	writer->seconds.bounds = histogram_seconds;
	writer->sizes.bounds = histogram_sizes;
	writer->archive = archive_open(path, error);
	if (writer->archive == NULL ||
	    !archive_leave_checkpoints(writer->archive, error))
		return NULL;
	writer->shared = archive_is_shared(writer->archive);
	writer->checkpoint = archive_open(path, error);
	if (writer->checkpoint == NULL)
		return NULL;
	writer->thread = g_thread_new("writer", write_groups, writer);
	writer->checkpointer =
		g_thread_new("checkpoint", checkpoint_often, writer);
	return g_steal_pointer(&writer);
}

void
writer_set_index(Writer *writer, IndexFunc draw, void *index)
{
	g_mutex_lock(&writer->lock);
	writer->draw = draw;
	writer->index = index;
	writer->asked++; /* there may be some from before */
	g_cond_signal(&writer->changed);
	g_mutex_unlock(&writer->lock);
}

bool
writer_catch_up(Writer *writer, GError **error)
{
	guint64 mine, last;
	GError *why = NULL;

	g_mutex_lock(&writer->lock);
	mine = ++writer->asked;
	last = writer->draws + CATCH_UP_DRAWS;
	g_cond_signal(&writer->changed);
	while (writer->answered < mine && writer->draws < last)
		g_cond_wait(&writer->drawn, &writer->lock);
	if (writer->answered < mine)
		g_set_error(&why, FAULT, FAULT_BUSY,
			    "the index is still being made");
	else if (writer->refused >= mine)
		why = g_error_copy(writer->refusal);
	g_mutex_unlock(&writer->lock);
	if (why != NULL)
		g_propagate_error(error, why);
	return why == NULL;
}

WallTime
writer_promise(Writer *writer, WallTime now)
{
	WallTime promised;

	g_mutex_lock(&writer->lock);
	if (!writer->shared && !writer->writing && now.us > writer->promised.us)
		writer->promised = now;
	promised = writer->promised;
	g_mutex_unlock(&writer->lock);
	return promised;
}

void
writer_heard(Writer *writer, WallTime stored)
{
	g_mutex_lock(&writer->lock);
	writer->promised.us = MAX(writer->promised.us, stored.us);
	g_mutex_unlock(&writer->lock);
}

WallTime
writer_stamp(Writer *writer, WallTime now)
{
	WallTime stamp = now;

	g_mutex_lock(&writer->lock);
	stamp.us = MAX(now.us, writer->promised.us + 1);
	g_mutex_unlock(&writer->lock);
	return stamp;
}

bool
writer_add(Writer *writer, WriteFunc write, WrittenFunc written, void *data)
{
	Job *job = g_new0(Job, 1);
	bool room;

	*job = (Job){ .write = write, .written = written, .data = data };
	g_mutex_lock(&writer->lock);
	room = writer->waiting.length < writer->queue_max && !writer->stop;
	if (room) {
		g_queue_push_tail(&writer->waiting, job);
		g_cond_signal(&writer->changed);
	}
	g_mutex_unlock(&writer->lock);
	if (!room)
		g_free(job);
	return room;
}

void
writer_get_stats(Writer *writer, WriterStats *out)
{
	g_mutex_lock(&writer->lock);
	*out = (WriterStats){ .groups = writer->groups,
			      .writes = writer->writes,
			      .failed = writer->failed,
			      .full = writer->full,
			      .draws = writer->draws,
			      .waiting = writer->waiting.length,
			      .seconds = writer->seconds,
			      .sizes = writer->sizes };
	g_mutex_unlock(&writer->lock);
}

void
writer_free(Writer *writer)
{
	if (writer == NULL)
		return;

	g_mutex_lock(&writer->lock);
	writer->stop = true;
	g_cond_signal(&writer->changed);
	g_cond_signal(&writer->committed);
	g_mutex_unlock(&writer->lock);
	if (writer->thread != NULL)
		g_thread_join(writer->thread);
	if (writer->checkpointer != NULL)
		g_thread_join(writer->checkpointer);
	archive_close(writer->archive);
	archive_close(writer->checkpoint);
	g_clear_error(&writer->refusal);
	g_cond_clear(&writer->changed);
	g_cond_clear(&writer->committed);
	g_cond_clear(&writer->drawn);
	g_mutex_clear(&writer->lock);
	g_free(writer);
}
