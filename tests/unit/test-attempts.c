/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/district/attempts.h"
#include "sync/district/limit.h"

/* How often somebody may be wrong, by a clock that the test holds. */

#define SECOND_US INT64_C(1000000)

typedef struct {
	Clock clock;
	ClockReading now;
	Attempts *attempts;
} Fixture;

static ClockReading
read_held(void *self)
{
	return ((Fixture *)self)->now;
}

static void
setup(Fixture *f, const void *data)
{
	*f = (Fixture){ .clock = { read_held, f },
			.now = { .since_boot_us = SECOND_US } };
	f->attempts = attempts_new(&f->clock, NULL);
}

static void
teardown(Fixture *f, const void *data)
{
	attempts_free(f->attempts);
}

/* Tries as fast as it is let, for so long; how often it was let. */
static int
guess(Fixture *f, const Attempt *attempt, int seconds)
{
	int64_t end = f->now.since_boot_us + seconds * SECOND_US;
	int n = 0;

	for (;;) {
		int64_t wait = attempts_wait(f->attempts, NULL, attempt);

		if (f->now.since_boot_us + wait * SECOND_US >= end)
			break;
		f->now.since_boot_us += wait * SECOND_US;
		attempts_fail(f->attempts, attempt);
		n++;
	}
	f->now.since_boot_us = end;
	return n;
}

static Attempt
password(const char *account, const char *address, const char *device)
{
	return (Attempt){ ATTEMPT_PASSWORD, account, address, device };
}

static void
test_one_address(Fixture *f, const void *data)
{
	const Attempt attacker = password("ms.o", "192.0.2.1", NULL);
	const Attempt elsewhere = password("ms.o", "192.0.2.2", NULL);
	const Attempt other = password("mr.x", "192.0.2.1", NULL);
	int n = guess(f, &attacker, 3600);

	g_assert_cmpint(n, >=, 10 + 100);
	g_assert_cmpint(n, <=, 10 + 130);
	/* The account from elsewhere, and others from there, go on. */
	g_assert_cmpint(attempts_wait(f->attempts, NULL, &elsewhere), ==, 0);
	g_assert_cmpint(attempts_wait(f->attempts, NULL, &other), ==, 0);
}

static void
test_many_accounts(Fixture *f, const void *data)
{
	const Attempt next = password("somebody", "192.0.2.1", NULL);
	const Attempt neighbour = password("somebody", "192.0.2.2", NULL);
	int64_t wait;

	for (int i = 0; i < 60; i++) {
		g_autofree char *account = g_strdup_printf("t%d", i);
		const Attempt attempt = password(account, "192.0.2.1", NULL);

		g_assert_cmpint(attempts_wait(f->attempts, NULL, &attempt), ==,
				0);
		attempts_fail(f->attempts, &attempt);
	}
	wait = attempts_wait(f->attempts, NULL, &next);
	g_assert_cmpint(wait, >, 0);
	g_assert_cmpint(attempts_wait(f->attempts, NULL, &neighbour), ==, 0);
	f->now.since_boot_us += wait * SECOND_US;
	g_assert_cmpint(attempts_wait(f->attempts, NULL, &next), ==, 0);
}

static void
test_many_addresses(Fixture *f, const void *data)
{
	const Attempt fresh = password("ms.o", "203.0.113.9", NULL);
	const Attempt known = password("ms.o", "203.0.113.9", "device");
	const Attempt other = password("mr.x", "203.0.113.9", NULL);

	for (int i = 0; i < 50; i++) {
		g_autofree char *address = g_strdup_printf("198.51.100.%d", i);
		const Attempt attempt = password("ms.o", address, NULL);

		g_assert_cmpint(attempts_wait(f->attempts, NULL, &attempt), ==,
				0);
		attempts_fail(f->attempts, &attempt);
	}
	g_assert_cmpint(attempts_wait(f->attempts, NULL, &fresh), >, 0);
	g_assert_cmpint(attempts_wait(f->attempts, NULL, &known), ==, 0);
	g_assert_cmpint(attempts_wait(f->attempts, NULL, &other), ==, 0);
}

/* A stolen browser may guess no faster than an address. */
static void
test_known_browser(Fixture *f, const void *data)
{
	const Attempt known = password("ms.o", "192.0.2.1", "device");

	g_assert_cmpint(guess(f, &known, 3600), <=, 10 + 130);
	attempts_forgive(f->attempts, &known);
	g_assert_cmpint(attempts_wait(f->attempts, NULL, &known), ==, 0);
}

/* A tool with an old secret, at the address of a school. */
static void
test_kinds(Fixture *f, const void *data)
{
	const Attempt tool = { ATTEMPT_TOOL, "lake", "192.0.2.1", NULL };
	const Attempt teacher = password("ms.o", "192.0.2.1", NULL);

	guess(f, &tool, 3600);
	g_assert_cmpint(attempts_wait(f->attempts, NULL, &teacher), ==, 0);
}

/* Names made up to fill the table do not drive out who failed most. */
static void
test_full_table(Fixture *f, const void *data)
{
	g_autoptr(Limit) limit = limit_new(3, 3600 * SECOND_US, &f->clock);

	for (int i = 0; i < 50; i++)
		limit_fail(limit, "target");
	for (int i = 0; i < 60000; i++) {
		g_autofree char *name = g_strdup_printf("made up %d", i);

		limit_fail(limit, name);
	}
	g_assert_cmpint(limit_wait(limit, "target"), >, 0);
	limit_fail(limit, "late");
	limit_fail(limit, "late");
	limit_fail(limit, "late");
	g_assert_cmpint(limit_wait(limit, "late"), >, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, test) \
	g_test_add("/attempts/" name, Fixture, NULL, setup, test, teardown)
	ADD("one-address-locks-only-itself-out", test_one_address);
	ADD("many-accounts-from-one-address", test_many_accounts);
	ADD("many-addresses-spare-known-browsers", test_many_addresses);
	ADD("a-known-browser-has-limits-too", test_known_browser);
	ADD("kinds-are-counted-apart", test_kinds);
	ADD("a-full-table-keeps-the-worst", test_full_table);
	return g_test_run();
}
