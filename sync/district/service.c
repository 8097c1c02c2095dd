/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/service.h"

#include "app/base/fault.h"
#include "sync/district/archive-roster.h"
#include "sync/district/lrs-index.h"
#include "sync/district/lrs-spoken.h"
#include "sync/wire/bundle.h"

#define READERS_MAX 16 /* handles kept open at rest */

static void
close_reader(void *archive)
{
	archive_close(archive);
}

static bool
draw_index(void *index, Archive *archive, bool *more, GError **error)
{
	return lrs_index_some(index, archive, more, error);
}

static bool
read_base(Service *service, GError **error)
{
	g_autoptr(Archive) archive = archive_open(service->archive, error);
	ArchiveDistrict district;

	if (archive == NULL || !archive_get_district(archive, &district, error))
		return false;
	service->base = g_strdup(district.base);
	return true;
}

static bool
open_parts(Service *service, const char *folder, GError **error)
{
	int64_t queue = settings_number(service->settings, "server", "queue");

	if (!district_prepare(folder, error))
		return false;
	service->media = district_open_media(folder, service->settings, error);
	if (service->media == NULL ||
	    !media_clear_incoming(service->media, error) ||
	    !district_open_key(folder, &service->key, error))
		return false;
	service->writer = writer_new(service->archive, (size_t)queue, error);
	if (service->writer == NULL)
		return false;
	service->attempts = attempts_new(service->clock, service->writer);
	service->index = lrs_index_new();
	writer_set_index(service->writer, draw_index, service->index);
	service->trail =
		trail_new(service->writer, service->clock,
			  settings_number(service->settings, "audit", "days"));
	return read_base(service, error);
}

static bool
choose_log(Service *service, GError **error)
{
	static const struct {
		const char *word;
		int from;
	} words[] = { { "none", G_MAXINT }, { "failed", 500 }, { "all", 0 } };
	const char *word = settings_text(service->settings, "log", "requests");

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_str_equal(word, words[i].word)) {
			service->log_from = words[i].from;
			return true;
		}
	g_set_error(error, FAULT, FAULT_INVALID,
		    "[log] requests must be none, failed or all, not \"%s\"",
		    word);
	return false;
}

Service *
service_open(const char *folder, const Settings *settings, const Clock *clock,
	     GError **error)
{
	g_autoptr(Service) service = g_new0(Service, 1);

	service->settings = settings;
	service->clock = clock;
	service->archive = district_archive_address(folder, settings);
	service->readers = g_async_queue_new_full(close_reader);
	service->spoken = lrs_spoken_new();
	service->secrets = secret_memory_new();
	service->bundles =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_mutex_init(&service->lock);
	service->proxies =
		proxies_parse(settings_text(settings, "proxy", "trusted"),
			      settings_text(settings, "proxy", "header"),
			      error);
	if (service->proxies == NULL || !choose_log(service, error) ||
	    !open_parts(service, folder, error))
		return NULL;
	service->metrics = metrics_new();
	service->health = health_new(service->writer, service->media,
				     settings_number(settings, "limits",
						     "disk_reserve_bytes"),
				     clock_system());
	return g_steal_pointer(&service);
}

void
service_close(Service *service)
{
	if (service == NULL)
		return;

	trail_stop(service->trail);
	writer_free(service->writer);
	trail_free(service->trail);
	lrs_index_free(service->index);
	g_async_queue_unref(service->readers);
	health_free(service->health);
	metrics_free(service->metrics);
	proxies_free(service->proxies);
	lrs_spoken_free(service->spoken);
	attempts_free(service->attempts);
	secret_memory_free(service->secrets);
	pack_unref(service->pack);
	g_hash_table_unref(service->bundles);
	g_mutex_clear(&service->lock);
	sign_key_clear(&service->key);
	media_free(service->media);
	g_free(service->archive);
	g_free(service->base);
	g_free(service);
}

Archive *
service_take(Service *service, GError **error)
{
	Archive *archive = g_async_queue_try_pop(service->readers);

	return archive != NULL ? archive
			       : archive_open(service->archive, error);
}

void
service_give_back(Service *service, Archive *archive)
{
	if (archive == NULL)
		return;
	if (g_async_queue_length(service->readers) >= READERS_MAX)
		archive_close(archive);
	else
		g_async_queue_push(service->readers, archive);
}

WallTime
service_now(const Service *service)
{
	return clock_read(service->clock).wall;
}

WallTime
service_stamp(const Service *service)
{
	return writer_stamp(service->writer, service_now(service));
}

bool
service_is_secure(const Service *service)
{
	return settings_flag(service->settings, "proxy", "speaks_tls") ||
	       settings_text(service->settings, "server",
			     "tls_certificate")[0] != '\0';
}

/* --- pack --- */

void
pack_unref(Pack *pack)
{
	if (pack == NULL || !g_atomic_ref_count_dec(&pack->references))
		return;

	portrait_free(pack->portrait);
	g_ptr_array_unref(pack->files);
	g_free(pack);
}

static int
by_path(const void *a, const void *b)
{
	const BundleFile *left = *(const BundleFile *const *)a;
	const BundleFile *right = *(const BundleFile *const *)b;

	return strcmp(left->path, right->path);
}

static GPtrArray *
list_files(GHashTable *files)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	GHashTableIter at;
	gpointer path, bytes;

	g_hash_table_iter_init(&at, files);
	while (g_hash_table_iter_next(&at, &path, &bytes)) {
		BundleFile *file = g_new0(BundleFile, 1);

		g_strlcpy(file->path, path, sizeof(file->path));
		id_sha256_bytes(bytes, file->sha256);
		file->size = (int64_t)g_bytes_get_size(bytes);
		g_ptr_array_add(list, file);
	}
	g_ptr_array_sort(list, by_path);
	return list;
}

static Pack *
load_pack(Archive *archive, int64_t version, GError **error)
{
	g_autoptr(GHashTable) files = archive_read_pack(archive, error);
	Portrait *portrait = NULL;
	Pack *pack;

	if (files == NULL)
		return NULL;
	if (g_hash_table_size(files) > 0) {
		portrait = portrait_load(files, error);
		if (portrait == NULL)
			return NULL;
	}
	pack = g_new0(Pack, 1);
	g_atomic_ref_count_init(&pack->references);
	pack->version = version;
	pack->portrait = portrait;
	pack->files = list_files(files);
	return pack;
}

static Pack *
get_known(Service *service, int64_t version)
{
	Pack *pack = NULL;

	g_mutex_lock(&service->lock);
	if (service->pack != NULL && service->pack->version == version) {
		pack = service->pack;
		g_atomic_ref_count_inc(&pack->references);
	}
	g_mutex_unlock(&service->lock);
	return pack;
}

/* An import by the command line shows as another version. */
Pack *
service_get_pack(Service *service, Archive *archive, GError **error)
{
	ArchiveDistrict district;
	Pack *pack, *old;

	if (!archive_get_district(archive, &district, error))
		return NULL;
	pack = get_known(service, district.pack_version);
	if (pack != NULL)
		return pack;
	pack = load_pack(archive, district.pack_version, error);
	if (pack == NULL)
		return NULL;
	g_atomic_ref_count_inc(&pack->references);
	g_mutex_lock(&service->lock);
	old = service->pack;
	service->pack = pack;
	g_mutex_unlock(&service->lock);
	pack_unref(old);
	return pack;
}
