/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/framing.h"

#include <stdbool.h>
#include <string.h>
#include <glib.h>

#include "sync/district/request-text.h"

typedef struct {
	int lengths, encodings, hosts;
	bool bad_name, bad_value;
} Framing;

static enum MHD_Result
look(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
	Framing *framing = data;

	if (name == NULL || !header_name_is_valid(name)) {
		framing->bad_name = true;
		return MHD_NO;
	}
	if (g_ascii_strcasecmp(name, "Content-Length") == 0) {
		framing->lengths++;
		framing->bad_value |= value == NULL || value[0] == '\0' ||
				      value[strspn(value, "0123456789")] != 0;
	} else if (g_ascii_strcasecmp(name, "Transfer-Encoding") == 0) {
		framing->encodings++;
		framing->bad_value |= value == NULL ||
				      g_ascii_strcasecmp(value, "chunked") != 0;
	} else if (g_ascii_strcasecmp(name, "Host") == 0) {
		framing->hosts++;
		framing->bad_value |= value == NULL || value[0] == '\0';
	}
	return MHD_YES;
}

const char *
framing_refusal(struct MHD_Connection *connection, const char *version)
{
	Framing framing = { 0 };

	MHD_get_connection_values(connection, MHD_HEADER_KIND, look, &framing);
	if (framing.bad_name)
		return "a header's name is malformed";
	if (framing.bad_value)
		return "Host, Content-Length or Transfer-Encoding is malformed";
	if (framing.lengths + framing.encodings > 1)
		return "the body's length is said twice";
	if (framing.hosts > 1 ||
	    (framing.hosts == 0 && strcmp(version, "HTTP/1.0") != 0))
		return "send one Host";
	return NULL;
}
