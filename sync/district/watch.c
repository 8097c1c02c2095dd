/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/watch.h"

#include <stdatomic.h>
#include <sys/socket.h>

#define NEVER INT64_MAX

struct Watch {
	WatchLimits limits;
	const Clock *clock; /* borrowed */

	GMutex lock;  /* guards what follows */
	GQueue links; /* of Link */
};

struct Link {
	Watch *watch; /* borrowed */
	GList at;     /* in watch->links */
	int descriptor;
	int64_t begun_us; /* the body's begin */
	_Atomic int64_t until_us;
};

static int64_t
now_us(const Watch *watch)
{
	return clock_read(watch->clock).since_boot_us;
}

Watch *
watch_new(const WatchLimits *limits, const Clock *clock)
{
	Watch *watch = g_new0(Watch, 1);

	watch->limits = *limits;
	watch->clock = clock;
	g_mutex_init(&watch->lock);
	g_queue_init(&watch->links);
	return watch;
}

Link *
watch_add(Watch *watch, int descriptor)
{
	Link *link = g_new0(Link, 1);

	link->watch = watch;
	link->descriptor = descriptor;
	link->at.data = link;
	link_wait(link);
	g_mutex_lock(&watch->lock);
	g_queue_push_tail_link(&watch->links, &link->at);
	g_mutex_unlock(&watch->lock);
	return link;
}

void
watch_remove(Watch *watch, Link *link)
{
	g_mutex_lock(&watch->lock);
	g_queue_unlink(&watch->links, &link->at);
	g_mutex_unlock(&watch->lock);
	g_free(link);
}

guint
watch_count(Watch *watch)
{
	guint n;

	g_mutex_lock(&watch->lock);
	n = watch->links.length;
	g_mutex_unlock(&watch->lock);
	return n;
}

/* --- one link --- */

/* How long n bytes may take. */
static int64_t
time_of(const Watch *watch, int64_t n)
{
	int64_t rate = watch->limits.bytes_per_s;
	int64_t most = NEVER / 4 / G_USEC_PER_SEC;

	return rate == 0 ? NEVER / 4
			 : watch->limits.idle_us +
				   MIN(n / rate, most) * G_USEC_PER_SEC;
}

void
link_wait(Link *link)
{
	link->until_us = now_us(link->watch) + link->watch->limits.idle_us;
}

void
link_receive(Link *link)
{
	link->begun_us = now_us(link->watch);
	link_received(link, 0);
}

void
link_received(Link *link, size_t size)
{
	link->until_us = link->begun_us + time_of(link->watch, (int64_t)size);
}

void
link_rest(Link *link)
{
	link->until_us = NEVER;
}

void
link_send(Link *link, int64_t size)
{
	link->until_us = now_us(link->watch) + time_of(link->watch, size);
}

/* --- all --- */

/* The server's thread sees the end of the stream and closes it as any. */
guint
watch_cut(Watch *watch, gboolean all)
{
	int64_t now = now_us(watch);
	guint n = 0;

	g_mutex_lock(&watch->lock);
	for (GList *at = watch->links.head; at != NULL; at = at->next) {
		Link *link = at->data;

		if (!all && link->until_us > now)
			continue;
		shutdown(link->descriptor, SHUT_RDWR);
		n++;
	}
	g_mutex_unlock(&watch->lock);
	return n;
}

void
watch_free(Watch *watch)
{
	if (watch == NULL)
		return;

	g_mutex_clear(&watch->lock);
	g_free(watch);
}
