/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/keeper.h"

#include "sync/district/district.h"
#include "sync/district/erase.h"

#define LOOK_EVERY_US (5 * G_USEC_PER_SEC)
#define HOUR_US       (INT64_C(3600) * G_USEC_PER_SEC)
#define DAY_US        (24 * HOUR_US)
#define NONE          -1

struct Keeper {
	KeeperPlace place;
	const Clock *clock; /* borrowed */
	GThread *thread;
	GAsyncQueue *stop; /* owned: a word in it ends the thread */

	/* the thread's own */
	Archive *archive; /* owned; NULL: to be opened */
	int64_t day;
	int said; /* the fault of last time, or NONE */
};

static bool
erase_by_age(Archive *archive, const char *folder, const Settings *settings,
	     WallTime now, GError **error)
{
	g_auto(EraseResult) result = { 0 };
	SignKey key = { 0 };
	EraseRequest request = { .learner = "",
				 .now = now,
				 .confirm = "",
				 .key = &key,
				 .by_itself = true };
	EraseAges ages;
	bool ok;

	if (!district_open_key(folder, &key, error))
		return false;
	erase_read_ages(settings, &ages);
	ok = erase_old(archive, &request, &ages, &result, error);
	sign_key_clear(&key);
	if (ok && result.line != NULL)
		g_message("what was old enough was erased: certificate %s",
			  result.certificate.id);
	return ok;
}

static bool
is_due(const Settings *settings, WallTime now, int64_t day)
{
	int64_t hour = settings_number(settings, "retention", "hour");

	return settings_flag(settings, "retention", "nightly") &&
	       now.us / DAY_US > day && now.us % DAY_US / HOUR_US >= hour;
}

bool
keeper_look(Archive *archive, const KeeperPlace *place, WallTime now,
	    int64_t *day, GError **error)
{
	if (is_due(place->settings, now, *day)) {
		if (!erase_by_age(archive, place->folder, place->settings, now,
				  error))
			return false;
		*day = now.us / DAY_US;
	}
	if (!erase_may_rewrite(place->settings, now))
		return erase_remove_files(archive, place->media, error);
	return erase_finish(archive, place->folder, place->media, NULL, error);
}

static bool
look(Keeper *keeper, GError **error)
{
	WallTime now = clock_read(keeper->clock).wall;
	g_autofree char *address =
		district_archive_address(keeper->place.folder,
					 keeper->place.settings);

	if (keeper->archive == NULL)
		keeper->archive = archive_open(address, error);
	return keeper->archive != NULL &&
	       keeper_look(keeper->archive, &keeper->place, now, &keeper->day,
			   error);
}

/* What goes on for a night is said once. */
static void
tell(Keeper *keeper, const GError *error)
{
	int fault = error != NULL ? error->code : NONE;

	if (error != NULL && fault != keeper->said)
		g_message("erasing: %s", error->message);
	keeper->said = fault;
}

static void *
keep(void *data)
{
	Keeper *keeper = data;

	do {
		g_autoptr(GError) error = NULL;

		if (!look(keeper, &error))
			g_clear_pointer(&keeper->archive, archive_close);
		tell(keeper, error);
	} while (g_async_queue_timeout_pop(keeper->stop, LOOK_EVERY_US) ==
		 NULL);
	return NULL;
}

Keeper *
keeper_new(const KeeperPlace *place, const Clock *clock)
{
	Keeper *keeper = g_new0(Keeper, 1);

	keeper->place = *place;
	keeper->clock = clock;
	keeper->stop = g_async_queue_new();
	keeper->said = NONE;
	keeper->thread = g_thread_new("keeper", keep, keeper);
	return keeper;
}

void
keeper_free(Keeper *keeper)
{
	if (keeper == NULL)
		return;

	g_async_queue_push(keeper->stop, keeper);
	g_thread_join(keeper->thread);
	g_async_queue_unref(keeper->stop);
	archive_close(keeper->archive);
	g_free(keeper);
}
