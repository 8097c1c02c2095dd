/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/health.h"

#include <sys/statvfs.h>

#include "app/base/fault.h"
#include "sync/district/media-state.h"

#define LOOK_EVERY_US (INT64_C(5) * G_USEC_PER_SEC)
#define STUCK_US      (INT64_C(30) * G_USEC_PER_SEC)

struct Health {
	Writer *writer;     /* borrowed */
	Media *media;       /* borrowed */
	const Clock *clock; /* borrowed */
	int64_t reserve;
	int64_t looked_us; /* the ticking thread's own */

	GMutex lock; /* guards what follows */
	bool begun, pending, failed;
	bool full;         /* until there is room for a megabyte */
	guint64 full_seen; /* of the writer's count */
	int64_t answered_us;
	int64_t free_bytes;
};

static void
look_at_disk(Health *health)
{
	struct statvfs about;
	int64_t free_bytes = -1;

	if (statvfs(media_get_disk(health->media), &about) == 0)
		free_bytes = (int64_t)about.f_bavail * (int64_t)about.f_frsize;
	g_mutex_lock(&health->lock);
	health->free_bytes = free_bytes;
	g_mutex_unlock(&health->lock);
}

Health *
health_new(Writer *writer, Media *media, int64_t reserve, const Clock *clock)
{
	Health *health = g_new0(Health, 1);

	health->writer = writer;
	health->media = media;
	health->reserve = reserve;
	health->clock = clock;
	health->looked_us = -LOOK_EVERY_US;
	health->answered_us = clock_read(clock).since_boot_us;
	g_mutex_init(&health->lock);
	look_at_disk(health);
	return health;
}

void
health_free(Health *health)
{
	if (health == NULL)
		return;

	g_mutex_clear(&health->lock);
	g_free(health);
}

/* Writes what is there already: a real commit that changes nothing. */
static bool
write_again(Archive *archive, void *data, GError **error)
{
	ArchiveDistrict district;

	return archive_get_district(archive, &district, error) &&
	       archive_set_district(archive, &district, error);
}

static void
note(Health *health, const GError *error)
{
	int64_t now = clock_read(health->clock).since_boot_us;
	bool was_well;

	g_mutex_lock(&health->lock);
	was_well = !health->failed && !health->full;
	health->begun = true;
	health->pending = false;
	health->full = g_error_matches(error, FAULT, FAULT_FULL);
	health->failed = error != NULL && !health->full;
	health->answered_us = now;
	g_mutex_unlock(&health->lock);
	if (was_well && error != NULL)
		g_warning("the archive takes nothing: %s", error->message);
	else if (!was_well && error == NULL)
		g_message("the archive takes what is sent again");
}

static void
note_commit(void *health, bool committed, const GError *error)
{
	note(health, error);
}

/* Undone in any case. */
static bool
try_room(Archive *archive, void *data, GError **error)
{
	(void)!archive_try_room(archive, error);
	return false;
}

/* Whom the database lets make no table cannot try: the next write tells. */
static void
note_room(void *health, bool committed, const GError *error)
{
	note(health,
	     g_error_matches(error, FAULT, FAULT_REFUSED) ? NULL : error);
}

/* Whether any write found no room, and none has been found since. */
static bool
is_full(Health *health)
{
	WriterStats stats;
	bool full, news;

	writer_get_stats(health->writer, &stats);
	g_mutex_lock(&health->lock);
	news = stats.full > health->full_seen && !health->full;
	health->full = health->full || news;
	health->full_seen = stats.full;
	full = health->full;
	g_mutex_unlock(&health->lock);
	if (news)
		g_warning("the archive has no room for what is sent: make "
			  "some where the database is");
	return full;
}

void
health_tick(Health *health)
{
	int64_t now = clock_read(health->clock).since_boot_us;
	bool ask, full;

	if (now - health->looked_us < LOOK_EVERY_US)
		return;
	health->looked_us = now;
	look_at_disk(health);
	media_probe(health->media);
	full = is_full(health);
	g_mutex_lock(&health->lock);
	ask = !health->pending;
	health->pending = true;
	g_mutex_unlock(&health->lock);
	/* A full queue will be asked again; it may be stuck. */
	if (ask && !writer_add(health->writer, full ? try_room : write_again,
			       full ? note_room : note_commit, health)) {
		g_mutex_lock(&health->lock);
		health->pending = false;
		g_mutex_unlock(&health->lock);
	}
}

HealthState
health_get(Health *health)
{
	int64_t now = clock_read(health->clock).since_boot_us;
	MediaState media;
	HealthState state;

	media_get_state(health->media, &media);
	state.media =
		media.is_known ? media_trouble_name(media.now) : "starting";
	g_mutex_lock(&health->lock);
	state.free_bytes = health->free_bytes;
	if (now - health->answered_us > STUCK_US)
		state.archive = "stuck";
	else if (!health->begun)
		state.archive = "starting";
	else if (health->full)
		state.archive = "full";
	else
		state.archive = health->failed ? "failing" : "ok";
	state.ready = health->begun && !health->failed && !health->full &&
		      now - health->answered_us <= STUCK_US;
	g_mutex_unlock(&health->lock);
	state.disk = state.free_bytes >= health->reserve ? "ok" : "full";
	state.ready = state.ready && state.free_bytes >= health->reserve;
	return state;
}
