/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <signal.h>
#include <glib.h>

#include "app/store/store-link.h"
#include "app/store/store-outbox.h"
#include "sync/agent/agent.h"
#include "tests/unit/toy-district.h"

/* An agent, its store, and a district in memory.  The kiosk has no battery
 * clock: it says 1970 until told otherwise. */
typedef struct {
	char *folder;
	Store *store;
	ToyDistrict *toy;
	Agent *agent;
	ClockReading now;
	Clock clock;
	volatile sig_atomic_t stop;
} AgentFixture;

AgentParts agent_parts(AgentFixture *f);
void restart_agent(AgentFixture *f);
void enrol_kiosk(AgentFixture *f);
void setup_agent(AgentFixture *f, const void *data);
void teardown_agent(AgentFixture *f, const void *data);

/* photo: its bytes as text; NULL: none. */
void lay_stone(AgentFixture *f, const char *photo);
void lay_stones(AgentFixture *f, unsigned n);

OutboxCounts count_outbox(AgentFixture *f);
StoreIdentity get_identity(AgentFixture *f);
StoreLink get_link(AgentFixture *f);

void assert_round(AgentFixture *f, RoundResult expected);
/* Everything is at the district under this kiosk's name. */
void assert_delivered(AgentFixture *f, unsigned n);
