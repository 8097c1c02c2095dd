/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/agent-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define CODE "1234-5678 9012\n"

static ClockReading
read_clock(void *self)
{
	AgentFixture *f = self;

	f->now.since_boot_us += 1000;
	f->now.wall.us += 1000;
	return f->now;
}

AgentParts
agent_parts(AgentFixture *f)
{
	return (AgentParts){ .store = f->store,
			     .clock = &f->clock,
			     .transport = toy_district_get(f->toy),
			     .batch_count = 10,
			     .batch_bytes = 1 << 20,
			     .poll_ms = 30000,
			     .stop = &f->stop };
}

void
restart_agent(AgentFixture *f)
{
	const AgentParts parts = agent_parts(f);

	g_clear_pointer(&f->agent, agent_free);
	f->agent = agent_new(&parts);
}

void
enrol_kiosk(AgentFixture *f)
{
	g_autoptr(GError) error = NULL;
	const AgentParts parts = agent_parts(f);
	bool ok = agent_enrol(&parts, CODE, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

void
setup_agent(AgentFixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;

	f->folder = g_dir_make_tmp("cairn-agent-XXXXXX", &error);
	f->store = store_open(f->folder, &error);
	g_assert_no_error(error);
	f->toy = toy_district_new();
	f->clock = (Clock){ read_clock, f };
	memset(f->now.boot, 'a', CLOCK_BOOT_ID);
	enrol_kiosk(f);
	restart_agent(f);
}

static void
remove_all(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		remove_all(inner);
	}
	g_remove(path);
}

void
teardown_agent(AgentFixture *f, const void *data)
{
	agent_free(f->agent);
	store_close(f->store);
	toy_district_free(f->toy);
	remove_all(f->folder);
	g_free(f->folder);
}

void
lay_stone(AgentFixture *f, const char *photo)
{
	g_autoptr(GError) error = NULL;
	g_autofree Evidence *e = g_new0(Evidence, 1);

	*e = (Evidence){ .learner = "k7x2m9qd",
			 .portrait = "7b0f7c52-4d51-4e0e-9a57-0d9a4a2c9f01",
			 .portrait_version = "1",
			 .statement = "0f5d0b0e-0b7e-4c0a-9f5a-3a4f5f1f6a11",
			 .prompt = "C2T4",
			 .language = "en",
			 .scale = "faces3",
			 .level = 2,
			 .levels = 3,
			 .pieces = { { .kind = PIECE_CHOICE,
				       .text = "shared" } },
			 .n_pieces = 1 };
	if (photo != NULL) {
		g_autoptr(GBytes) bytes = g_bytes_new(photo, strlen(photo));

		e->n_pieces = 2;
		e->pieces[1].kind = PIECE_PHOTO;
		g_assert_true(store_add_media(f->store, bytes, "image/jpeg",
					      &e->pieces[1], &error));
		g_assert_no_error(error);
	}
	g_assert_true(store_lay(f->store, &f->clock, e, &error));
	g_assert_no_error(error);
}

void
lay_stones(AgentFixture *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		lay_stone(f, NULL);
}

OutboxCounts
count_outbox(AgentFixture *f)
{
	g_autoptr(GError) error = NULL;
	OutboxCounts counts;

	g_assert_true(store_count_outbox(f->store, &counts, &error));
	return counts;
}

StoreIdentity
get_identity(AgentFixture *f)
{
	g_autoptr(GError) error = NULL;
	StoreIdentity identity;

	g_assert_true(store_get_identity(f->store, &identity, &error));
	return identity;
}

StoreLink
get_link(AgentFixture *f)
{
	StoreLink link;

	g_assert_true(store_get_link(f->store, &link, NULL));
	return link;
}

void
assert_round(AgentFixture *f, RoundResult expected)
{
	g_assert_cmpint(agent_round(f->agent), ==, expected);
}

/* Everything is at the district, once, under this kiosk's name. */
void
assert_delivered(AgentFixture *f, unsigned n)
{
	OutboxCounts counts = count_outbox(f);
	StoreIdentity own = get_identity(f);

	g_assert_cmpint(counts.waiting, ==, 0);
	g_assert_cmpint(own.last_number, ==, n);
	g_assert_cmpint(toy_district_top(f->toy, own.kiosk), ==, n);
}
