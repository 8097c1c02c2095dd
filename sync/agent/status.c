/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/agent/status.h"

#include "app/base/json.h"
#include "app/store/store-health.h"

typedef struct {
	const AgentAbout *about; /* borrowed */
	StoreHealth health;
	bool has_lrs, safe;
} Status;

/* What a kiosk does without, when what it talks to is any LRS. */
static const char *const lacks[] = {
	"receipts: an LRS says that it took a record, and signs nothing",
	"forgetting: so every record and medium stays here until the disk is "
	"full",
	"the light that says safe to take away",
	"a bundle: prompts and learners stay as they are, and reviews do not "
	"come back",
	"the check for a copied card",
};

static const char *
state_word(LinkState state)
{
	switch (state) {
	case LINK_NEVER:
		return "never";
	case LINK_OFFLINE:
		return "offline";
	case LINK_ONLINE:
		return "online";
	case LINK_REFUSED:
		return "refused";
	}
	return "unknown";
}

/* --- for people --- */

static void
print_line(GString *out, const char *what, const char *text)
{
	g_string_append_printf(out, "%-18s %s\n", what, text);
}

static void
print_count(GString *out, const char *what, int64_t n)
{
	g_string_append_printf(out, "%-18s %" G_GINT64_FORMAT "\n", what,
			       (gint64)n);
}

static void
print_time(GString *out, const char *what, WallTime at, const char *otherwise)
{
	char text[CLOCK_TIMESTAMP_SIZE];

	if (at.us == 0) {
		print_line(out, what, otherwise);
		return;
	}
	clock_format(at, text);
	print_line(out, what, text);
}

static void
print_link(const StoreLink *link, GString *out)
{
	print_line(out, "link", state_word(link->state));
	if (link->reason != LINK_UNKNOWN)
		print_line(out, "because", link_reason_word(link->reason));
	if (link->message[0] != '\0')
		print_line(out, "", link->message);
	print_time(out, "last contact", link->last_contact, "never");
}

static void
print_outbox(const Status *status, GString *out)
{
	const OutboxCounts *counts = &status->health.counts;

	print_count(out, "records", status->health.identity.last_number);
	print_count(out, "waiting", counts->waiting);
	if (counts->waiting > 0)
		print_time(out, "since", status->health.waiting_since,
			   "not known");
	print_count(out, "receipted", counts->receipted);
	print_count(out, "sent, no receipt", counts->sent);
	print_count(out, "set aside", counts->aside);
	print_line(out, "safe to take away", status->safe ? "yes" : "no");
}

static void
print_machine(const StoreHealth *health, GString *out)
{
	print_line(out, "time", health->knows_time ? "known" : "not known yet");
	if (health->free_bytes >= 0)
		print_count(out, "free bytes", health->free_bytes);
	if (!health->has_room)
		print_line(out, "disk", "full: nothing new is begun");
	if (health->notice[0] != '\0')
		print_line(out, "notice", health->notice);
	if (health->damaged > 0)
		print_count(out, "damaged copies", health->damaged);
	print_line(out, "bundle", health->has_bundle ? health->bundle : "none");
	if (health->has_bundle)
		print_time(out, "taken in", health->bundle_at, "not known");
	print_count(out, "store version", health->schema);
}

static void
print_text(const Status *status, GString *out)
{
	const AgentAbout *about = status->about;

	print_line(out, "kiosk", status->health.identity.kiosk);
	print_line(out, status->has_lrs ? "lrs" : "district",
		   status->has_lrs ? about->lrs : about->district);
	print_link(&status->health.link, out);
	print_outbox(status, out);
	print_machine(&status->health, out);
	print_line(out, "program", about->version);
	if (!status->has_lrs)
		return;
	g_string_append(out,
			"with an LRS in place of a district there is no\n");
	for (size_t i = 0; i < G_N_ELEMENTS(lacks); i++)
		g_string_append_printf(out, "  - %s\n", lacks[i]);
}

/* --- for programs --- */

static json_t *
make_lacks(const Status *status)
{
	json_t *list = json_array();

	for (size_t i = 0; status->has_lrs && i < G_N_ELEMENTS(lacks); i++)
		json_array_append_new(list, json_string(lacks[i]));
	return list;
}

static json_t *
make_outbox(const Status *status)
{
	const OutboxCounts *counts = &status->health.counts;

	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:b}", "records",
			 (json_int_t)status->health.identity.last_number,
			 "waiting", (json_int_t)counts->waiting,
			 "waiting_since_us",
			 (json_int_t)status->health.waiting_since.us,
			 "receipted", (json_int_t)counts->receipted, "sent",
			 (json_int_t)counts->sent, "aside",
			 (json_int_t)counts->aside, "safe", status->safe);
}

static json_t *
make_machine(const Status *status)
{
	const StoreHealth *health = &status->health;

	return json_pack("{s:b,s:b,s:I,s:s,s:s,s:I,s:i,s:i,s:s}", "knows_time",
			 health->knows_time, "has_room", health->has_room,
			 "free_bytes", (json_int_t)health->free_bytes, "notice",
			 health->notice, "bundle", health->bundle,
			 "bundle_at_us", (json_int_t)health->bundle_at.us,
			 "store_version", health->schema, "damaged",
			 health->damaged, "version", status->about->version);
}

static void
print_json(const Status *status, GString *out)
{
	const StoreLink *link = &status->health.link;
	g_autoptr(json_t) value =
		json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:o}", "kiosk",
			  status->health.identity.kiosk, "lrs",
			  status->about->lrs, "district",
			  status->about->district, "link",
			  state_word(link->state), "reason",
			  link_reason_word(link->reason), "message",
			  link->message, "last_contact_us",
			  (json_int_t)link->last_contact.us, "lacks",
			  make_lacks(status));
	g_autoptr(json_t) outbox = make_outbox(status);
	g_autoptr(json_t) machine = make_machine(status);
	g_autoptr(GBytes) bytes = NULL;

	json_object_update(value, outbox);
	json_object_update(value, machine);
	bytes = json_canonical(value, NULL);
	g_string_append_len(out, g_bytes_get_data(bytes, NULL),
			    (gssize)g_bytes_get_size(bytes));
	g_string_append_c(out, '\n');
}

bool
agent_status(Store *store, const Clock *clock, const AgentAbout *about,
	     bool json, GString *out, GError **error)
{
	Status status = { .about = about, .has_lrs = about->lrs[0] != '\0' };

	if (!store_read_health(store, clock, &status.health, error))
		return false;
	status.safe = store_is_safe(&status.health.counts, &status.health.link,
				    status.has_lrs);
	if (json)
		print_json(&status, out);
	else
		print_text(&status, out);
	return true;
}
