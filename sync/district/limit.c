/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/limit.h"

#define KEYS_MAX  20000 /* who failed lately */
#define LOOKED_AT 16    /* of them, when one must go */

typedef struct {
	int64_t full_us; /* since boot: when all failures are forgotten */
} Bucket;

struct Limit {
	int burst;
	int64_t refill_us;
	const Clock *clock; /* borrowed */

	GMutex lock;
	GHashTable *buckets; /* owned: key → Bucket */
};

Limit *
limit_new(int burst, int64_t refill_us, const Clock *clock)
{
	Limit *limit = g_new0(Limit, 1);

	limit->burst = burst;
	limit->refill_us = refill_us;
	limit->clock = clock;
	g_mutex_init(&limit->lock);
	limit->buckets =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return limit;
}

/* A bucket with n failures is full again in n refills. */
static int64_t
wait_us(const Limit *limit, const Bucket *bucket, int64_t now)
{
	return bucket->full_us - now - (limit->burst - 1) * limit->refill_us;
}

int64_t
limit_wait(Limit *limit, const char *key)
{
	int64_t now = clock_read(limit->clock).since_boot_us;
	const Bucket *bucket;
	int64_t wait = 0;

	g_mutex_lock(&limit->lock);
	bucket = g_hash_table_lookup(limit->buckets, key);
	if (bucket != NULL)
		wait = wait_us(limit, bucket, now);
	g_mutex_unlock(&limit->lock);
	return wait > 0 ? wait / G_USEC_PER_SEC + 1 : 0;
}

static gboolean
is_full(void *key, void *value, void *now)
{
	return ((const Bucket *)value)->full_us <= *(const int64_t *)now;
}

/* Those that are full; else, of a few, who has failed least: whoever makes
 * up names to fill the table drives their own out. */
static void
make_room(Limit *limit, int64_t now)
{
	const char *least = NULL;
	int64_t full_us = INT64_MAX;
	GHashTableIter at;
	gpointer key, value;

	if (g_hash_table_foreach_remove(limit->buckets, is_full, &now) > 0)
		return;
	g_hash_table_iter_init(&at, limit->buckets);
	for (int i = 0; i < LOOKED_AT && //
			g_hash_table_iter_next(&at, &key, &value);
	     i++) {
		const Bucket *bucket = value;

		if (bucket->full_us < full_us) {
			full_us = bucket->full_us;
			least = key;
		}
	}
	if (least != NULL)
		g_hash_table_remove(limit->buckets, least);
}

/* With the lock. */
static Bucket *
get_bucket(Limit *limit, const char *key, int64_t now)
{
	Bucket *bucket = g_hash_table_lookup(limit->buckets, key);

	if (bucket != NULL)
		return bucket;
	if (g_hash_table_size(limit->buckets) >= KEYS_MAX)
		make_room(limit, now);
	bucket = g_new0(Bucket, 1);
	g_hash_table_insert(limit->buckets, g_strdup(key), bucket);
	return bucket;
}

void
limit_fail(Limit *limit, const char *key)
{
	int64_t now = clock_read(limit->clock).since_boot_us;
	Bucket *bucket;

	g_mutex_lock(&limit->lock);
	bucket = get_bucket(limit, key, now);
	bucket->full_us = MAX(bucket->full_us, now) + limit->refill_us;
	g_mutex_unlock(&limit->lock);
}

void
limit_hear(Limit *limit, const char *key, int64_t full_in_us, bool all)
{
	int64_t now = clock_read(limit->clock).since_boot_us;
	Bucket *bucket;

	g_mutex_lock(&limit->lock);
	if (full_in_us > 0) {
		bucket = get_bucket(limit, key, now);
		bucket->full_us = all ? now + full_in_us
				      : MAX(bucket->full_us, now + full_in_us);
	} else if (all) {
		g_hash_table_remove(limit->buckets, key);
	}
	g_mutex_unlock(&limit->lock);
}

void
limit_forgive(Limit *limit, const char *key)
{
	g_mutex_lock(&limit->lock);
	g_hash_table_remove(limit->buckets, key);
	g_mutex_unlock(&limit->lock);
}

void
limit_free(Limit *limit)
{
	if (limit == NULL)
		return;

	g_hash_table_unref(limit->buckets);
	g_mutex_clear(&limit->lock);
	g_free(limit);
}
