/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/line/answer-headers.h"

#include <string.h>
#include <glib.h>

static void
keep(char *out, size_t room, const char *value)
{
	if (g_strlcpy(out, value, room) >= room)
		out[0] = '\0';
}

static void
keep_header(AnswerHeaders *headers, const char *name, const char *value)
{
	const struct {
		const char *name;
		char *out;
		size_t room;
	} wanted[] = {
		{ "Content-Type", headers->content_type,
		  sizeof(headers->content_type) },
		{ "Cairn-Signature", headers->signature,
		  sizeof(headers->signature) },
		{ "Cairn-Receipt", headers->receipt, sizeof(headers->receipt) },
		{ "Retry-After", headers->retry_after,
		  sizeof(headers->retry_after) },
		{ "Date", headers->date, sizeof(headers->date) },
		{ "X-Experience-API-Version", headers->version,
		  sizeof(headers->version) },
		{ "X-Experience-API-Consistent-Through",
		  headers->consistent_through,
		  sizeof(headers->consistent_through) },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
		if (g_ascii_strcasecmp(wanted[i].name, name) == 0)
			keep(wanted[i].out, wanted[i].room, value);
}

void
answer_headers_take(AnswerHeaders *headers, const char *line, size_t size)
{
	g_autofree char *text = g_strndup(line, size);
	char *colon = strchr(text, ':');

	if (g_str_has_prefix(text, "HTTP/")) {
		*headers = (AnswerHeaders){ 0 };
	} else if (colon != NULL && strlen(text) == size) {
		*colon = '\0';
		keep_header(headers, text, g_strstrip(colon + 1));
	}
}
