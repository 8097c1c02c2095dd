/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/agent/status.h"

#include "app/base/json.h"
#include "app/store/store-roster.h"

typedef struct {
	const char *lrs, *district; /* borrowed */
	const char *notice;         /* borrowed: of the store */
	StoreIdentity identity;
	OutboxCounts counts;
	StoreLink link;
	bool has_room;
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

static bool
read_status(Store *store, Status *out, GError **error)
{
	out->notice = store_get_notice(store);
	out->has_room = store_has_room(store);
	return store_get_identity(store, &out->identity, error) &&
	       store_count_outbox(store, &out->counts, error) &&
	       store_get_link(store, &out->link, error);
}

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

/* The same question as the light on the start screen. */
static bool
is_safe(const Status *status)
{
	return status->lrs[0] == '\0' && status->link.state == LINK_ONLINE &&
	       status->counts.waiting == 0 && status->counts.sent == 0;
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
print_link(const Status *status, GString *out)
{
	char text[CLOCK_TIMESTAMP_SIZE] = "never";

	print_line(out, "link", state_word(status->link.state));
	if (status->link.message[0] != '\0')
		print_line(out, "", status->link.message);
	if (status->link.last_contact.us != 0)
		clock_format(status->link.last_contact, text);
	print_line(out, "last contact", text);
}

static void
print_text(const Status *status, GString *out)
{
	const OutboxCounts *counts = &status->counts;

	print_line(out, "kiosk", status->identity.kiosk);
	print_line(out, status->lrs[0] != '\0' ? "lrs" : "district",
		   status->lrs[0] != '\0' ? status->lrs : status->district);
	print_link(status, out);
	print_count(out, "records", status->identity.last_number);
	print_count(out, "waiting", counts->waiting);
	print_count(out, "receipted", counts->receipted);
	print_count(out, "sent, no receipt", counts->sent);
	print_count(out, "set aside", counts->aside);
	print_line(out, "safe to take away", is_safe(status) ? "yes" : "no");
	if (!status->has_room)
		print_line(out, "disk", "full: nothing new is begun");
	if (status->notice[0] != '\0')
		print_line(out, "notice", status->notice);
	if (status->lrs[0] == '\0')
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

	for (size_t i = 0; status->lrs[0] != '\0' && i < G_N_ELEMENTS(lacks);
	     i++)
		json_array_append_new(list, json_string(lacks[i]));
	return list;
}

static void
print_json(const Status *status, GString *out)
{
	const OutboxCounts *counts = &status->counts;
	g_autoptr(json_t) value = json_pack(
		"{s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:b,s:s,s:o}",
		"kiosk", status->identity.kiosk, "lrs", status->lrs, "district",
		status->district, "link", state_word(status->link.state),
		"message", status->link.message, "last_contact_us",
		(json_int_t)status->link.last_contact.us, "records",
		(json_int_t)status->identity.last_number, "waiting",
		(json_int_t)counts->waiting, "receipted",
		(json_int_t)counts->receipted, "sent", (json_int_t)counts->sent,
		"aside", (json_int_t)counts->aside, "safe", is_safe(status),
		"has_room", status->has_room, "notice", status->notice, "lacks",
		make_lacks(status));
	g_autoptr(GBytes) bytes = json_canonical(value, NULL);

	g_string_append_len(out, g_bytes_get_data(bytes, NULL),
			    (gssize)g_bytes_get_size(bytes));
	g_string_append_c(out, '\n');
}

bool
agent_status(Store *store, const char *lrs, const char *district, bool json,
	     GString *out, LinkState *state, GError **error)
{
	Status status = { .lrs = lrs, .district = district };

	if (!read_status(store, &status, error))
		return false;
	if (json)
		print_json(&status, out);
	else
		print_text(&status, out);
	*state = status.link.state;
	return true;
}
