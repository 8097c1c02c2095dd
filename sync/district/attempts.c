/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/attempts.h"

#include <string.h>

#include "sync/district/archive-attempt.h"
#include "sync/district/limit.h"

#define SECOND_US INT64_C(1000000)

/* What an attempt is counted by. */
typedef enum { BY_ADDRESS, BY_PAIR, BY_ACCOUNT, BY_N } By;

G_STATIC_ASSERT(BY_N == ATTEMPT_KEYS);

/* A school has one address for all of its teachers. */
#define ADDRESS_BURST     60
#define ADDRESS_REFILL_US (5 * SECOND_US)
#define PAIR_BURST        10
#define PAIR_REFILL_US    (30 * SECOND_US)
/* Sooner again than any one address can use it up. */
#define ACCOUNT_BURST     50
#define ACCOUNT_REFILL_US (20 * SECOND_US)

G_STATIC_ASSERT(ACCOUNT_BURST > PAIR_BURST);
G_STATIC_ASSERT(ACCOUNT_REFILL_US < PAIR_REFILL_US);

static const struct {
	int burst;
	int64_t refill_us;
} rules[BY_N] = {
	[BY_ADDRESS] = { ADDRESS_BURST, ADDRESS_REFILL_US },
	[BY_PAIR] = { PAIR_BURST, PAIR_REFILL_US },
	[BY_ACCOUNT] = { ACCOUNT_BURST, ACCOUNT_REFILL_US },
};

/* Room for what several servers let pass at once. */
G_STATIC_ASSERT(ATTEMPT_LONGEST_US >= 2 * ACCOUNT_BURST * ACCOUNT_REFILL_US);

#define WAITING_MAX 20000  /* keys on their way to the archive */
#define ROWS_MAX    100000 /* kept in the archive: who was wrong most */
#define DROP_MOST   64     /* rows that are full again, beyond those written */
#define BOUND_EVERY 1000   /* keys written between two looks at how many are */

struct Attempts {
	const Clock *clock;  /* borrowed */
	Writer *writer;      /* borrowed; NULL */
	Limit *limits[BY_N]; /* owned */
	guint since_bound;   /* the writing thread's */

	GMutex lock;         /* guards what follows */
	GHashTable *waiting; /* owned: key → Count, not written yet */
	GHashTable *flying;  /* the batch's that is being written; NULL: none */
};

/* What the archive is to be told of a key: first forget, then count. */
typedef struct {
	bool forget;
	int64_t later_us;
} Count;

/* --- what is counted by --- */

typedef struct {
	char *text[BY_N];          /* owned; NULL: not by that */
	ArchiveAttempt rows[BY_N]; /* their hashes */
} Keys;

static void
keys_clear(Keys *keys)
{
	for (By by = 0; by < BY_N; by++)
		g_free(keys->text[by]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Keys, keys_clear)

static void
name_keys(const Attempt *attempt, char *out[static BY_N])
{
	int kind = (int)attempt->kind;
	const char *account = attempt->account;

	if (attempt->device != NULL) {
		out[BY_PAIR] =
			g_strdup_printf("%d device %s", kind, attempt->device);
		return;
	}
	out[BY_ADDRESS] = g_strdup_printf("%d %s", kind, attempt->address);
	if (account == NULL)
		return;
	out[BY_PAIR] =
		g_strdup_printf("%d %s %s", kind, attempt->address, account);
	out[BY_ACCOUNT] = g_strdup_printf("%d %s", kind, account);
}

/* An address alone and an account alone are not one key. */
static Keys
keys_of(const Attempt *attempt)
{
	Keys keys = { 0 };

	name_keys(attempt, keys.text);
	for (By by = 0; by < BY_N; by++) {
		g_autofree char *text = NULL;

		if (keys.text[by] == NULL)
			continue;
		text = g_strdup_printf("%d %s", (int)by, keys.text[by]);
		id_sha256(text, strlen(text), keys.rows[by].key);
	}
	return keys;
}

/* --- to the archive --- */

typedef struct {
	Attempts *attempts; /* borrowed */
	GHashTable *counts; /* owned */
} Batch;

static bool
write_count(Archive *archive, const char *key, const Count *count, WallTime now,
	    GError **error)
{
	const ArchiveAttemptCount how = { now, MIN(count->later_us,
						   ATTEMPT_LONGEST_US) };

	if (count->forget && !archive_forget_attempt(archive, key, error))
		return false;
	return count->later_us == 0 ||
	       archive_count_attempt(archive, key, &how, error);
}

/* What is full again goes at least as fast as anything comes. */
static bool
tidy(Attempts *attempts, Archive *archive, guint n, WallTime now,
     GError **error)
{
	attempts->since_bound += n;
	if (attempts->since_bound >= BOUND_EVERY) {
		attempts->since_bound = 0;
		if (!archive_bound_attempts(archive, ROWS_MAX, error))
			return false;
	}
	return archive_drop_attempts(archive, now, n + DROP_MOST, error);
}

static bool
write_batch(Archive *archive, void *data, GError **error)
{
	const Batch *batch = data;
	WallTime now = clock_read(batch->attempts->clock).wall;
	GHashTableIter at;
	gpointer key, count;

	g_hash_table_iter_init(&at, batch->counts);
	while (g_hash_table_iter_next(&at, &key, &count))
		if (!write_count(archive, key, count, now, error))
			return false;
	return tidy(batch->attempts, archive, g_hash_table_size(batch->counts),
		    now, error);
}

/* With the lock. */
static void
add_count(Attempts *attempts, const char *key, Count more)
{
	Count *count = g_hash_table_lookup(attempts->waiting, key);

	if (count == NULL) {
		if (g_hash_table_size(attempts->waiting) >= WAITING_MAX)
			return; /* this process knows */
		count = g_new0(Count, 1);
		g_hash_table_insert(attempts->waiting, g_strdup(key), count);
	}
	*count = more.forget ? more
			     : (Count){ count->forget,
					count->later_us + more.later_us };
}

/* With the lock: what came later is there already. */
static void
put_back(Attempts *attempts, GHashTable *counts)
{
	GHashTableIter at;
	gpointer key, value;

	g_hash_table_iter_init(&at, counts);
	while (g_hash_table_iter_next(&at, &key, &value)) {
		const Count *older = value;
		const Count *newer =
			g_hash_table_lookup(attempts->waiting, key);

		if (newer == NULL || !newer->forget)
			add_count(attempts, key, *older);
	}
}

static void send(Attempts *attempts);

static void
end_batch(void *data, bool committed, const GError *error)
{
	Batch *batch = data;
	Attempts *attempts = batch->attempts;

	if (!committed)
		g_warning("counting who was wrong: %s",
			  error != NULL ? error->message : "not written");
	g_mutex_lock(&attempts->lock);
	attempts->flying = NULL;
	if (!committed)
		put_back(attempts, batch->counts);
	else
		send(attempts);
	g_mutex_unlock(&attempts->lock);
	g_hash_table_unref(batch->counts);
	g_free(batch);
}

static GHashTable *
new_table(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

/* With the lock.  One batch at a time: however many are wrong at once, no
 * more than that waits for the writer. */
static void
send(Attempts *attempts)
{
	Batch *batch;

	if (attempts->writer == NULL || attempts->flying != NULL ||
	    g_hash_table_size(attempts->waiting) == 0)
		return;
	batch = g_new0(Batch, 1);
	batch->attempts = attempts;
	batch->counts = attempts->waiting;
	attempts->waiting = new_table();
	attempts->flying = batch->counts;
	if (writer_add(attempts->writer, write_batch, end_batch, batch))
		return;
	/* The next one that is wrong tries again. */
	attempts->flying = NULL;
	g_hash_table_unref(attempts->waiting);
	attempts->waiting = batch->counts;
	g_free(batch);
}

/* --- from the archive --- */

static bool
is_on_its_way(Attempts *attempts, const char *key)
{
	bool is;

	g_mutex_lock(&attempts->lock);
	is = g_hash_table_contains(attempts->waiting, key) ||
	     (attempts->flying != NULL &&
	      g_hash_table_contains(attempts->flying, key));
	g_mutex_unlock(&attempts->lock);
	return is;
}

/* What others counted; and, if nothing of ours is on its way, what they
 * have forgiven. */
static void
hear(Attempts *attempts, Archive *archive, Keys *keys)
{
	int64_t now = clock_read(attempts->clock).wall.us;
	g_autoptr(GError) error = NULL;
	bool ours[BY_N];

	for (By by = 0; by < BY_N; by++)
		ours[by] = is_on_its_way(attempts, keys->rows[by].key);
	if (!archive_read_attempts(archive, keys->rows, &error)) {
		g_warning("%s", error->message);
		return;
	}
	for (By by = 0; by < BY_N; by++) {
		int64_t full_in_us = keys->rows[by].full_us - now;

		if (full_in_us < 0 || full_in_us > ATTEMPT_UNLIKELY_US)
			full_in_us = 0;
		if (keys->text[by] != NULL)
			limit_hear(attempts->limits[by], keys->text[by],
				   full_in_us, !ours[by]);
	}
}

/* --- outside --- */

Attempts *
attempts_new(const Clock *clock, Writer *writer)
{
	Attempts *attempts = g_new0(Attempts, 1);

	attempts->clock = clock;
	attempts->writer = writer;
	for (By by = 0; by < BY_N; by++)
		attempts->limits[by] =
			limit_new(rules[by].burst, rules[by].refill_us, clock);
	g_mutex_init(&attempts->lock);
	attempts->waiting = new_table();
	return attempts;
}

static int64_t
wait_for(Attempts *attempts, const Keys *keys)
{
	int64_t longest = 0;

	for (By by = 0; by < BY_N; by++)
		if (keys->text[by] != NULL)
			longest = MAX(longest, limit_wait(attempts->limits[by],
							  keys->text[by]));
	return longest;
}

int64_t
attempts_wait(Attempts *attempts, Archive *archive, const Attempt *attempt)
{
	g_auto(Keys) keys = keys_of(attempt);
	int64_t wait = wait_for(attempts, &keys);

	if (wait > 0 || attempts->writer == NULL || archive == NULL)
		return wait;
	hear(attempts, archive, &keys);
	return wait_for(attempts, &keys);
}

void
attempts_fail(Attempts *attempts, const Attempt *attempt)
{
	g_auto(Keys) keys = keys_of(attempt);

	g_mutex_lock(&attempts->lock);
	for (By by = 0; by < BY_N; by++) {
		if (keys.text[by] == NULL)
			continue;
		limit_fail(attempts->limits[by], keys.text[by]);
		if (attempts->writer != NULL)
			add_count(attempts, keys.rows[by].key,
				  (Count){ false, rules[by].refill_us });
	}
	send(attempts);
	g_mutex_unlock(&attempts->lock);
}

void
attempts_forgive(Attempts *attempts, const Attempt *attempt)
{
	g_auto(Keys) keys = keys_of(attempt);

	if (keys.text[BY_PAIR] == NULL)
		return;
	g_mutex_lock(&attempts->lock);
	limit_forgive(attempts->limits[BY_PAIR], keys.text[BY_PAIR]);
	if (attempts->writer != NULL)
		add_count(attempts, keys.rows[BY_PAIR].key,
			  (Count){ .forget = true });
	send(attempts);
	g_mutex_unlock(&attempts->lock);
}

void
attempts_free(Attempts *attempts)
{
	if (attempts == NULL)
		return;

	for (By by = 0; by < BY_N; by++)
		limit_free(attempts->limits[by]);
	g_hash_table_unref(attempts->waiting);
	g_mutex_clear(&attempts->lock);
	g_free(attempts);
}
