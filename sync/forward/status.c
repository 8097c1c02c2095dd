/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/forward/status.h"

#include <string.h>

#include "app/base/json.h"
#include "sync/forward/aside.h"
#include "sync/forward/progress.h"
#include "sync/xapi/value.h"

typedef struct {
	Progress progress;
	GArray *aside;   /* owned: Aside */
	int64_t lag_s;   /* behind what the source had; -1: not known */
	int64_t quiet_s; /* since the last good round; -1: none yet */
	bool well;
} Status;

static void
status_clear(Status *status)
{
	g_clear_pointer(&status->aside, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Status, status_clear)

static int64_t
seconds_since(WallTime then, WallTime now)
{
	return then.us == 0 ? -1 : MAX(now.us - then.us, 0) / G_USEC_PER_SEC;
}

static bool
read_status(const char *folder, int64_t alarm_s, Status *out, GError **error)
{
	WallTime now = clock_read(clock_system()).wall;

	if (!progress_read(folder, &out->progress, error))
		return false;
	out->aside = aside_list(folder, error);
	if (out->aside == NULL)
		return false;
	out->quiet_s = seconds_since(out->progress.last_good, now);
	out->well = out->progress.message[0] == '\0' && out->quiet_s >= 0 &&
		    out->quiet_s <= alarm_s;
	/* After a good round nothing waited; since then we cannot know. */
	out->lag_s = out->progress.message[0] == '\0' ? 0 : out->quiet_s;
	return true;
}

/* --- for people --- */

static void
print_time(GString *out, const char *what, WallTime time)
{
	char text[CLOCK_TIMESTAMP_SIZE] = "never";

	if (time.us != 0)
		clock_format(time, text);
	g_string_append_printf(out, "%-18s %s\n", what, text);
}

static void
print_text(const Status *status, GString *out)
{
	const Progress *p = &status->progress;

	g_string_append_printf(out, "%-18s %s\n", "state",
			       status->well ? "well" : "needs a look");
	if (p->message[0] != '\0')
		g_string_append_printf(out, "%-18s %s\n", "last round",
				       p->message);
	g_string_append_printf(out, "%-18s %s\n", "from", p->source);
	g_string_append_printf(out, "%-18s %s%s%s\n", "to", p->target,
			       p->version[0] != '\0' ? ", xAPI " : "",
			       p->version);
	print_time(out, "last good round", p->last_good);
	print_time(out, "last try", p->last_try);
	g_string_append_printf(out, "%-18s %s\n", "read up to",
			       p->since[0] != '\0' ? p->since : "nothing yet");
	g_string_append_printf(out, "%-18s %" G_GINT64_FORMAT "\n", "sent",
			       (gint64)p->sent);
	g_string_append_printf(out, "%-18s %" G_GINT64_FORMAT "\n",
			       "kept by rules", (gint64)p->kept);
	g_string_append_printf(out, "%-18s %u\n", "set aside",
			       status->aside->len);
	for (guint i = 0; i < status->aside->len; i++) {
		const Aside *one = &g_array_index(status->aside, Aside, i);

		g_string_append_printf(out, "  %s  %s\n", one->id, one->reason);
	}
}

/* --- for programs --- */

static void
print_json(const Status *status, GString *out)
{
	const Progress *p = &status->progress;
	g_autoptr(json_t) aside = json_array();
	g_autoptr(json_t) value = NULL;
	g_autoptr(GBytes) bytes = NULL;

	for (guint i = 0; i < status->aside->len; i++) {
		const Aside *one = &g_array_index(status->aside, Aside, i);

		json_array_append_new(aside,
				      json_pack("{s:s,s:s,s:I}", "id", one->id,
						"reason", one->reason, "at_us",
						(json_int_t)one->at.us));
	}
	value = json_pack("{s:b,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:I,"
			  "s:O}",
			  "well", status->well, "message", p->message, "source",
			  p->source, "target", p->target, "version", p->version,
			  "since", p->since, "through", p->through,
			  "last_good_us", (json_int_t)p->last_good.us,
			  "last_try_us", (json_int_t)p->last_try.us, "lag_s",
			  (json_int_t)status->lag_s, "sent",
			  (json_int_t)p->sent, "kept", (json_int_t)p->kept,
			  "aside", aside);
	bytes = json_canonical(value, NULL);
	g_string_append_len(out, g_bytes_get_data(bytes, NULL),
			    (gssize)g_bytes_get_size(bytes));
	g_string_append_c(out, '\n');
}

static void
print_figure(GString *out, const char *name, const char *type,
	     const char *about, int64_t value)
{
	g_string_append_printf(out,
			       "# HELP cairn_forward_%s %s\n"
			       "# TYPE cairn_forward_%s %s\n"
			       "cairn_forward_%s %" G_GINT64_FORMAT "\n",
			       name, about, name, type, name, (gint64)value);
}

static void
print_metrics(const Status *status, GString *out)
{
	const Progress *p = &status->progress;

	print_figure(out, "up", "gauge", "Whether the last round was good.",
		     status->well);
	print_figure(out, "last_good_timestamp_seconds", "gauge",
		     "When the last good round was.",
		     p->last_good.us / G_USEC_PER_SEC);
	print_figure(out, "last_try_timestamp_seconds", "gauge",
		     "When the last round was.",
		     p->last_try.us / G_USEC_PER_SEC);
	print_figure(out, "statements_sent_total", "counter",
		     "Statements that the target holds.", p->sent);
	print_figure(out, "statements_kept_total", "counter",
		     "Statements that no rule let go.", p->kept);
	print_figure(out, "statements_aside", "gauge",
		     "Statements that the target refused.", status->aside->len);
}

bool
forward_status(const char *folder, int64_t alarm_s, StatusForm form,
	       GString *out, bool *well, GError **error)
{
	g_auto(Status) status = { 0 };

	if (!read_status(folder, alarm_s, &status, error))
		return false;
	switch (form) {
	case STATUS_TEXT:
		print_text(&status, out);
		break;
	case STATUS_JSON:
		print_json(&status, out);
		break;
	case STATUS_METRICS:
		print_metrics(&status, out);
		break;
	}
	*well = status.well;
	return true;
}
