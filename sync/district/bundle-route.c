/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "sync/district/archive-erased.h"
#include "sync/district/archive-review.h"
#include "sync/district/archive-roster.h"
#include "sync/district/handlers.h"
#include "sync/district/request-text.h"
#include "sync/district/route.h"
#include "sync/wire/bundle.h"

#define BUNDLE_PURPOSE "cairn-bundle-1"
/* Kiosks whose newest tag is remembered; beyond, all are forgotten. */
#define TAGS_MAX 20000

/*
 * A kiosk asks often and little changes, so for each we remember what its
 * newest bundle was made of (`made_of`), and that bundle's tag: as long as
 * that is the same, the answer is 304 without making it again.
 */
typedef struct {
	char made_of[160];
	char tag[ID_SHA256 + 1];
} Made;

static bool
say_what_of(Archive *archive, int64_t kiosk, const ArchiveDistrict *district,
	    char *out, size_t size, GError **error)
{
	int64_t entries, reviews, usage;

	if (!archive_get_review_version(archive, &entries, &reviews, error) ||
	    !archive_count_usage(archive, kiosk, &usage, error))
		return false;
	g_snprintf(out, size,
		   "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
		   " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %08x",
		   (gint64)district->roster_version,
		   (gint64)district->pack_version, (gint64)reviews,
		   (gint64)usage, (gint64)district->retention_days,
		   g_str_hash(district->base) ^ g_str_hash(district->name));
	return true;
}

static bool
find_tag(Service *service, const char *kiosk, const char *made_of,
	 char tag[static ID_SHA256 + 1])
{
	const Made *made;
	bool found;

	g_mutex_lock(&service->lock);
	made = g_hash_table_lookup(service->bundles, kiosk);
	found = made != NULL && g_str_equal(made->made_of, made_of);
	if (found)
		g_strlcpy(tag, made->tag, ID_SHA256 + 1);
	g_mutex_unlock(&service->lock);
	return found;
}

static void
keep_tag(Service *service, const char *kiosk, const char *made_of,
	 const char *tag)
{
	Made *made = g_new0(Made, 1);

	g_strlcpy(made->made_of, made_of, sizeof(made->made_of));
	g_strlcpy(made->tag, tag, sizeof(made->tag));
	g_mutex_lock(&service->lock);
	if (g_hash_table_size(service->bundles) >= TAGS_MAX)
		g_hash_table_remove_all(service->bundles);
	g_hash_table_replace(service->bundles, g_strdup(kiosk), made);
	g_mutex_unlock(&service->lock);
}

static void
take_files(Bundle *bundle, const Pack *pack)
{
	bundle->n_files = pack->files->len;
	bundle->files = g_new0(BundleFile, bundle->n_files + 1);
	for (size_t i = 0; i < bundle->n_files; i++)
		bundle->files[i] = *(const BundleFile *)pack->files->pdata[i];
}

static bool
take_reviews(Bundle *bundle, Archive *archive, int64_t kiosk, GError **error)
{
	GArray *reviews =
		archive_list_reviews(archive, kiosk, BUNDLE_REVIEWS_MAX, error);

	if (reviews == NULL)
		return false;
	bundle->n_reviews = reviews->len;
	bundle->reviews = (BundleReview *)(void *)g_array_free(reviews, FALSE);
	return true;
}

static bool
take_erased(Bundle *bundle, Archive *archive, const ArchiveKiosk *kiosk,
	    GError **error)
{
	g_autoptr(GPtrArray) who =
		archive_list_erased_who(archive, BUNDLE_ERASED_MAX, error);
	GArray *erased = who != NULL
				 ? archive_list_erased(archive, kiosk,
						       BUNDLE_ERASED_MAX, error)
				 : NULL;

	if (erased == NULL)
		return false;
	bundle->n_erased = erased->len;
	bundle->erased = (BundleErased *)(void *)g_array_free(erased, FALSE);
	bundle->n_who = who->len;
	bundle->who = g_new0(BundleErasedWho, who->len + 1);
	for (guint i = 0; i < who->len; i++)
		g_strlcpy(bundle->who[i].hash, who->pdata[i],
			  sizeof(bundle->who[i].hash));
	return true;
}

static GBytes *
make_bundle(Service *service, Archive *archive, const ArchiveKiosk *kiosk,
	    const ArchiveDistrict *district, GError **error)
{
	g_autoptr(Bundle) bundle = g_new0(Bundle, 1);
	g_autoptr(Pack) pack = service_get_pack(service, archive, error);

	if (pack == NULL)
		return NULL;
	g_strlcpy(bundle->district, district->name, sizeof(bundle->district));
	g_strlcpy(bundle->base, district->base, sizeof(bundle->base));
	bundle->retention_days = district->retention_days;
	bundle->roster = archive_read_roster(archive, error);
	take_files(bundle, pack);
	if (bundle->roster == NULL ||
	    !take_reviews(bundle, archive, kiosk->key, error) ||
	    !take_erased(bundle, archive, kiosk, error))
		return NULL;
	return bundle_format(bundle);
}

static void
reply_bundle(Exchange *exchange, GBytes *bytes, const char *tag)
{
	char signature[SIGN_SIGNATURE_TEXT + 1];
	size_t size;
	const void *data = g_bytes_get_data(bytes, &size);

	if (reply_not_modified(exchange, tag))
		return;
	sign_bytes(&exchange->service->key, BUNDLE_PURPOSE, data, size,
		   signature);
	reply_header(exchange, "Cairn-Signature", signature);
	reply_bytes(exchange, 200, "application/json", bytes);
}

static bool
answer_bundle(Exchange *exchange, Archive *archive, GError **error)
{
	Service *service = exchange->service;
	const ArchiveKiosk *kiosk = &exchange->kiosk;
	ArchiveDistrict district;
	char made_of[160], tag[ID_SHA256 + 1];
	g_autoptr(GBytes) bytes = NULL;

	if (!archive_get_district(archive, &district, error) ||
	    !say_what_of(archive, kiosk->key, &district, made_of,
			 sizeof(made_of), error))
		return false;
	if (find_tag(service, kiosk->id, made_of, tag) &&
	    etag_matches(exchange_header(exchange, "If-None-Match"), tag))
		return reply_not_modified(exchange, tag);
	bytes = make_bundle(service, archive, kiosk, &district, error);
	if (bytes == NULL)
		return false;
	id_sha256_bytes(bytes, tag);
	keep_tag(service, kiosk->id, made_of, tag);
	reply_bundle(exchange, bytes, tag);
	return true;
}

void
handle_bundle(Exchange *exchange, Archive *archive)
{
	g_autoptr(GError) error = NULL;

	if (!answer_bundle(exchange, archive, &error))
		reply_error(exchange, error);
}
