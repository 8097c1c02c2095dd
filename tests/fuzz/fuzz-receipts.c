/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is what a district says it holds of a kiosk of STONES records,
 * four bytes a receipt: whether it answers a batch, its number, whose hash
 * it has, and where the batch ended.  The laws: what is receipted never
 * becomes less; a receipt without the hash of our own record counts as far
 * as what was just sent to that district, and not at all when it was only
 * asked for; a receipt is never for a record that is not here.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/agent/agent-private.h"
#include "tests/unit/agent-fixture.h"

#define STONES     6
#define STEP_BYTES 4
#define STEPS_MAX  64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct {
	bool answers;      /* a batch; else it was asked for */
	int64_t last_sent; /* of the batch: 1 … STONES */
	bool ours;         /* it has the hash of our record */
	Receipt receipt;
} Step;

static Step
read_step(AgentFixture *f, const uint8_t *bytes)
{
	Step step = { .answers = (bytes[0] & 1) != 0,
		      .last_sent = 1 + bytes[3] % STONES };
	Receipt *receipt = &step.receipt;
	int64_t of = bytes[2] % (STONES + 2);

	receipt->number =
		bytes[1] < 128 ? bytes[1] % (STONES + 3) : INT64_MAX - bytes[1];
	memset(receipt->hash, 'f', ID_SHA256);
	if (of <= STONES &&
	    !agent_hash_record(f->agent, of, receipt->hash, NULL))
		g_assert_not_reached();
	step.ours = of <= STONES && of == receipt->number;
	return step;
}

static bool
take(Agent *agent, const Step *step, GError **error)
{
	return step->answers ? agent_take_answer(agent, &step->receipt,
						 step->last_sent, error)
			     : agent_take_newest(agent, &step->receipt, error);
}

static void
check(AgentFixture *f, const Step *step)
{
	int64_t before = count_outbox(f).receipted_number;
	g_autoptr(GError) error = NULL;
	bool ok = take(f->agent, step, &error);
	int64_t after = count_outbox(f).receipted_number;

	g_assert_true(ok == (error == NULL));
	g_assert_true(ok || error->domain == FAULT);
	g_assert_cmpint(after, >=, before);
	g_assert_cmpint(after, <=, STONES);
	if (!step->ours)
		g_assert_cmpint(after, <=,
				step->answers ? MAX(before, step->last_sent)
					      : before);
	else if (ok)
		g_assert_cmpint(after, >=, step->receipt.number);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	AgentFixture f = { 0 };
	size_t n = MIN(size / STEP_BYTES, STEPS_MAX);

	if (n == 0)
		return 0;
	setup_agent(&f, NULL);
	lay_stones(&f, STONES);
	for (size_t i = 0; i < n; i++) {
		Step step = read_step(&f, bytes + i * STEP_BYTES);

		check(&f, &step);
	}
	teardown_agent(&f, NULL);
	return 0;
}
