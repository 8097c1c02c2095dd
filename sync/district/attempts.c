/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/attempts.h"

#include "sync/district/limit.h"

#define SECOND_US INT64_C(1000000)

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

struct Attempts {
	Limit *by_address, *by_pair, *by_account; /* owned */
};

/* What an attempt is counted by; NULL: not by that. */
typedef struct {
	char *address, *pair, *account; /* owned */
} Keys;

static void
keys_clear(Keys *keys)
{
	g_free(keys->address);
	g_free(keys->pair);
	g_free(keys->account);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Keys, keys_clear)

static Keys
keys_of(const Attempt *attempt)
{
	int kind = (int)attempt->kind;
	const char *account = attempt->account;

	if (attempt->device != NULL)
		return (Keys){ .pair = g_strdup_printf("%d device %s", kind,
						       attempt->device) };
	return (Keys){
		.address = g_strdup_printf("%d %s", kind, attempt->address),
		.pair = account != NULL
				? g_strdup_printf("%d %s %s", kind,
						  attempt->address, account)
				: NULL,
		.account = account != NULL
				   ? g_strdup_printf("%d %s", kind, account)
				   : NULL,
	};
}

Attempts *
attempts_new(const Clock *clock)
{
	Attempts *attempts = g_new0(Attempts, 1);

	attempts->by_address =
		limit_new(ADDRESS_BURST, ADDRESS_REFILL_US, clock);
	attempts->by_pair = limit_new(PAIR_BURST, PAIR_REFILL_US, clock);
	attempts->by_account =
		limit_new(ACCOUNT_BURST, ACCOUNT_REFILL_US, clock);
	return attempts;
}

static int64_t
wait_for(Limit *limit, const char *key)
{
	return key != NULL ? limit_wait(limit, key) : 0;
}

int64_t
attempts_wait(Attempts *attempts, const Attempt *attempt)
{
	g_auto(Keys) keys = keys_of(attempt);
	int64_t address = wait_for(attempts->by_address, keys.address);
	int64_t pair = wait_for(attempts->by_pair, keys.pair);
	int64_t account = wait_for(attempts->by_account, keys.account);

	return MAX(MAX(address, pair), account);
}

static void
fail(Limit *limit, const char *key)
{
	if (key != NULL)
		limit_fail(limit, key);
}

void
attempts_fail(Attempts *attempts, const Attempt *attempt)
{
	g_auto(Keys) keys = keys_of(attempt);

	fail(attempts->by_address, keys.address);
	fail(attempts->by_pair, keys.pair);
	fail(attempts->by_account, keys.account);
}

void
attempts_forgive(Attempts *attempts, const Attempt *attempt)
{
	g_auto(Keys) keys = keys_of(attempt);

	if (keys.pair != NULL)
		limit_forgive(attempts->by_pair, keys.pair);
}

void
attempts_free(Attempts *attempts)
{
	if (attempts == NULL)
		return;

	limit_free(attempts->by_address);
	limit_free(attempts->by_pair);
	limit_free(attempts->by_account);
	g_free(attempts);
}
