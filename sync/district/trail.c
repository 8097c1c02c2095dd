/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/trail.h"

#include "sync/district/archive-audit-chain.h"

#define EVERY_US     G_USEC_PER_SEC
#define FULL         500  /* are written before their second is over */
#define MOST         4096 /* kept apart; beyond, by who and what only */
#define DROP_US      (INT64_C(3600) * G_USEC_PER_SEC)
#define DROP_MOST    2000 /* rows of one group */
#define DAY_US       (24 * DROP_US)
#define STOP_TRIES   100
#define STOP_WAIT_US (10 * 1000)

struct Trail {
	Writer *writer;     /* borrowed */
	const Clock *clock; /* borrowed */
	int64_t days;
	GThread *thread; /* owned */
	AuditEnd end;    /* as last read; the writer's */

	GAsyncQueue *wake; /* owned: of Wake */

	GMutex lock;         /* guards what follows */
	GHashTable *waiting; /* owned: what makes them equal → AuditEvent */
	int64_t arrivals;    /* so far: the order of those */
};

/* What the thread is told. */
typedef enum { WAKE_SOME = 1, WAKE_FULL, WAKE_STOP } Wake;

static GHashTable *
new_table(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

/* --- gathering --- */

static char *
key_of(const AuditEvent *event)
{
	return g_strdup_printf("%d\n%s\n%s\n%s\n%s\n%s\n%d", (int)event->kind,
			       event->who, event->address, event->action,
			       event->object, event->about, event->status);
}

static void
wake(Trail *trail, Wake why)
{
	g_async_queue_push(trail->wake, GINT_TO_POINTER(why));
}

/* With the lock. */
static void
gather(Trail *trail, const AuditEvent *event)
{
	g_autofree AuditEvent *copy = g_memdup2(event, sizeof(*event));
	g_autofree char *key = NULL;
	AuditEvent *known;

	copy->n = MAX(copy->n, 1);
	copy->seq = ++trail->arrivals;
	if (g_hash_table_size(trail->waiting) >= MOST) {
		copy->address[0] = copy->about[0] = '\0';
		g_strlcpy(copy->object, "(many)", sizeof(copy->object));
	}
	key = key_of(copy);
	known = g_hash_table_lookup(trail->waiting, key);
	if (known != NULL) {
		known->n += copy->n;
		return;
	}
	g_hash_table_insert(trail->waiting, g_steal_pointer(&key),
			    g_steal_pointer(&copy));
	if (g_hash_table_size(trail->waiting) == 1)
		wake(trail, WAKE_SOME);
	if (g_hash_table_size(trail->waiting) == FULL)
		wake(trail, WAKE_FULL);
}

void
trail_add(Trail *trail, const AuditEvent *event)
{
	g_mutex_lock(&trail->lock);
	gather(trail, event);
	g_mutex_unlock(&trail->lock);
}

/* --- writing --- */

typedef struct {
	Trail *trail;
	GHashTable *events; /* owned */
} Batch;

static int
by_arrival(const void *a, const void *b)
{
	const AuditEvent *left = a, *right = b;

	return left->seq < right->seq ? -1 : left->seq > right->seq;
}

static bool
write_batch(Archive *archive, void *data, GError **error)
{
	const Batch *batch = data;
	g_autoptr(GList) events =
		g_list_sort(g_hash_table_get_values(batch->events), by_arrival);

	for (const GList *at = events; at != NULL; at = at->next)
		if (!archive_add_audit_of_read(archive, at->data, error))
			return false;
	return true;
}

/* What could not be written waits on. */
static void
end_batch(void *data, bool committed, const GError *error)
{
	Batch *batch = data;
	GHashTableIter at;
	gpointer event;

	if (!committed) {
		g_warning("the audit log: %s",
			  error != NULL ? error->message : "not written");
		g_mutex_lock(&batch->trail->lock);
		g_hash_table_iter_init(&at, batch->events);
		while (g_hash_table_iter_next(&at, NULL, &event))
			gather(batch->trail, event);
		g_mutex_unlock(&batch->trail->lock);
	}
	g_hash_table_unref(batch->events);
	g_free(batch);
}

/* False if the writer has no room. */
static bool
send(Trail *trail)
{
	Batch *batch = g_new0(Batch, 1);
	bool sent = true;

	batch->trail = trail;
	g_mutex_lock(&trail->lock);
	batch->events = trail->waiting;
	trail->waiting = new_table();
	g_mutex_unlock(&trail->lock);
	if (g_hash_table_size(batch->events) > 0)
		sent = writer_add(trail->writer, write_batch, end_batch, batch);
	else
		end_batch(batch, true, NULL);
	if (!sent)
		end_batch(batch, false, NULL);
	return sent;
}

/* --- dropping --- */

static bool
write_drop(Archive *archive, void *data, GError **error)
{
	Trail *trail = data;
	WallTime now = clock_read(trail->clock).wall;
	const AuditDrop drop = { now,
				 { now.us - trail->days * DAY_US },
				 DROP_MOST };
	int64_t dropped;

	return (trail->days == 0 ||
		archive_drop_audit(archive, &drop, &dropped, error)) &&
	       archive_get_audit_end(archive, &trail->end, error);
}

/* What is in the journal nobody changes in the database.  The end is of
 * before this transaction's own event. */
static void
end_drop(void *data, bool committed, const GError *error)
{
	const Trail *trail = data;

	if (!committed)
		g_warning("the audit log: %s",
			  error != NULL ? error->message : "not shortened");
	else if (trail->end.seq > 0)
		g_message("the audit log is at %" G_GINT64_FORMAT ":%s",
			  (gint64)trail->end.seq, trail->end.hash);
}

/* A district's day has fewer rows than its hours drop. */
static void
drop_old(Trail *trail)
{
	if (!writer_add(trail->writer, write_drop, end_drop, trail))
		g_debug("the audit log is shortened later");
}

/* --- the thread --- */

static Wake
wait_for(Trail *trail, int64_t us)
{
	return (Wake)GPOINTER_TO_INT(
		g_async_queue_timeout_pop(trail->wake, (guint64)us));
}

static int64_t
since_boot(void)
{
	return clock_read(clock_system()).since_boot_us;
}

static void *
write_often(void *data)
{
	Trail *trail = data;
	int64_t dropped = since_boot();
	Wake why;

	drop_old(trail);
	do {
		why = wait_for(trail, DROP_US);
		if (why == WAKE_SOME) /* more may come to the same group */
			why = wait_for(trail, EVERY_US);
		(void)send(trail);
		if (since_boot() - dropped >= DROP_US) {
			drop_old(trail);
			dropped = since_boot();
		}
	} while (why != WAKE_STOP);
	return NULL;
}

/* --- outside --- */

Trail *
trail_new(Writer *writer, const Clock *clock, int64_t days)
{
	Trail *trail = g_new0(Trail, 1);

	trail->writer = writer;
	trail->clock = clock;
	trail->days = days;
	g_mutex_init(&trail->lock);
	trail->wake = g_async_queue_new();
	trail->waiting = new_table();
	trail->thread = g_thread_new("audit", write_often, trail);
	return trail;
}

void
trail_stop(Trail *trail)
{
	if (trail == NULL || trail->thread == NULL)
		return;

	wake(trail, WAKE_STOP);
	g_thread_join(g_steal_pointer(&trail->thread));
	for (int i = 0; i < STOP_TRIES && !send(trail); i++)
		g_usleep(STOP_WAIT_US);
}

void
trail_free(Trail *trail)
{
	if (trail == NULL)
		return;

	trail_stop(trail);
	if (g_hash_table_size(trail->waiting) > 0)
		g_warning("%u events of the audit log are lost",
			  g_hash_table_size(trail->waiting));
	g_hash_table_unref(trail->waiting);
	g_async_queue_unref(trail->wake);
	g_mutex_clear(&trail->lock);
	g_free(trail);
}
