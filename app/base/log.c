/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "log"

#include "app/base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>

#include "app/base/fault.h"

#define OURS "CAIRN_" /* how our own fields begin */

static LogFormat chosen;

bool
log_format_parse(const char *text, LogFormat *out, GError **error)
{
	static const char *const names[] = { "auto", "text", "json" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_str_equal(text, names[i])) {
			*out = (LogFormat)i;
			return true;
		}
	g_set_error(error, FAULT, FAULT_INVALID,
		    "[log] format must be auto, text or json, not \"%s\"",
		    text);
	return false;
}

/* --- a line --- */

static bool
is_field(const GLogField *field, const char *key)
{
	return g_str_equal(field->key, key);
}

static char *
text_of(const GLogField *field)
{
	size_t size = field->length >= 0 ? (size_t)field->length
					 : strlen(field->value);

	return g_utf8_make_valid(field->value, (gssize)size);
}

/* One line, whatever is in it. */
static void
add_text(GString *line, const GLogField *field)
{
	g_autofree char *text = text_of(field);

	for (char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at < ' ')
			*at = ' ';
	g_string_append(line, text);
}

static const char *
word_for(GLogLevelFlags level)
{
	if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
		return "error: ";
	return (level & G_LOG_LEVEL_WARNING) != 0 ? "warning: " : "";
}

static char *
as_text(GLogLevelFlags level, const GLogField *fields, gsize n)
{
	GString *line = g_string_new(word_for(level));

	for (gsize i = 0; i < n; i++)
		if (is_field(&fields[i], "MESSAGE"))
			add_text(line, &fields[i]);
	g_string_append_c(line, '\n');
	return g_string_free(line, FALSE);
}

static char *
as_json(const GLogField *fields, gsize n)
{
	static const char *const kept[] = { "MESSAGE", "MESSAGE_ID", "PRIORITY",
					    "GLIB_DOMAIN", NULL };
	json_t *line = json_object();
	char *whole, *out;

	for (gsize i = 0; i < n; i++) {
		g_autofree char *value = NULL;

		if (!g_str_has_prefix(fields[i].key, OURS) &&
		    !g_strv_contains(kept, fields[i].key))
			continue;
		value = text_of(&fields[i]);
		json_object_set_new(line, fields[i].key, json_string(value));
	}
	whole = json_dumps(line, JSON_COMPACT);
	out = g_strconcat(whole, "\n", NULL);
	free(whole);
	json_decref(line);
	return out;
}

char *
log_line(LogFormat format, GLogLevelFlags level, const GLogField *fields,
	 gsize n)
{
	return format == LOG_JSON ? as_json(fields, n)
				  : as_text(level, fields, n);
}

/* --- where it goes --- */

static GLogWriterOutput
write_log(GLogLevelFlags level, const GLogField *fields, gsize n, void *data)
{
	const char *domain = NULL;
	g_autofree char *line = NULL;

	for (gsize i = 0; i < n; i++)
		if (is_field(&fields[i], "GLIB_DOMAIN"))
			domain = fields[i].value;
	if (g_log_writer_default_would_drop(level, domain))
		return G_LOG_WRITER_HANDLED;
	if (chosen == LOG_AUTO && g_log_writer_is_journald(STDERR_FILENO) &&
	    g_log_writer_journald(level, fields, n, NULL) ==
		    G_LOG_WRITER_HANDLED)
		return G_LOG_WRITER_HANDLED;
	line = log_line(chosen, level, fields, n);
	fputs(line, stderr);
	return G_LOG_WRITER_HANDLED;
}

void
log_start(LogFormat format)
{
	static gsize once;

	chosen = format;
	if (g_once_init_enter(&once)) {
		g_log_set_writer_func(write_log, NULL, NULL);
		g_once_init_leave(&once, 1);
	}
}

/* --- requests --- */

static GLogField
field(const char *key, const char *value)
{
	return (GLogField){ key, value, -1 };
}

void
log_request(const LogRequest *request)
{
	const char *kiosk = request->kiosk != NULL ? request->kiosk : "";
	g_autofree char *status = g_strdup_printf("%d", request->status);
	g_autofree char *taken =
		g_strdup_printf("%" G_GINT64_FORMAT, (gint64)request->taken_us);
	g_autofree char *message =
		g_strdup_printf("%s %s: %s in %" G_GINT64_FORMAT " ms%s%s",
				request->method, request->route, status,
				(gint64)request->taken_us / 1000,
				kiosk[0] != '\0' ? ", kiosk " : "", kiosk);
	const GLogField fields[] = {
		field("MESSAGE", message),
		field("PRIORITY", request->status >= 500 ? "4" : "6"),
		field("MESSAGE_ID", LOG_REQUEST_ID),
		field("GLIB_DOMAIN", "requests"),
		field("CAIRN_METHOD", request->method),
		field("CAIRN_ROUTE", request->route),
		field("CAIRN_STATUS", status),
		field("CAIRN_DURATION_US", taken),
		field("CAIRN_KIOSK", kiosk),
	};

	g_log_structured_array(G_LOG_LEVEL_MESSAGE, fields,
			       G_N_ELEMENTS(fields));
}
