/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/forward/progress.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/json.h"
#include "sync/wire/members.h"

#define STATE_FILE     "state.json"
#define STATE_FILE_MAX 8192
#define STATE_FORMAT   1

static bool
read_members(const json_t *object, Progress *out, GError **error)
{
	int64_t format;

	return json_number(object, "format", 1, STATE_FORMAT, &format, error) &&
	       member_text(object, "source", 0, out->source,
			   sizeof(out->source), error) &&
	       member_text(object, "target", 0, out->target,
			   sizeof(out->target), error) &&
	       member_text(object, "since", 0, out->since, sizeof(out->since),
			   error) &&
	       member_text(object, "through", 0, out->through,
			   sizeof(out->through), error) &&
	       member_text(object, "version", 0, out->version,
			   sizeof(out->version), error) &&
	       member_text(object, "message", 0, out->message,
			   sizeof(out->message), error) &&
	       json_number(object, "sent", 0, JSON_INTEGER_MAX, &out->sent,
			   error) &&
	       json_number(object, "kept", 0, JSON_INTEGER_MAX, &out->kept,
			   error) &&
	       json_number(object, "last_try_us", 0, JSON_INTEGER_MAX,
			   &out->last_try.us, error) &&
	       json_number(object, "last_good_us", 0, JSON_INTEGER_MAX,
			   &out->last_good.us, error);
}

bool
progress_read(const char *folder, Progress *out, GError **error)
{
	g_autofree char *path = g_build_filename(folder, STATE_FILE, NULL);
	g_autoptr(GError) cause = NULL;
	g_autoptr(GBytes) bytes = file_read(path, STATE_FILE_MAX, &cause);
	g_autoptr(json_t) object = NULL;

	*out = (Progress){ 0 };
	if (g_error_matches(cause, FAULT, FAULT_NOT_FOUND))
		return true;
	if (bytes == NULL) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	object = json_read(g_bytes_get_data(bytes, NULL),
			   g_bytes_get_size(bytes), NULL);
	if (object != NULL && read_members(object, out, &cause))
		return true;
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "%s is no forwarder's state (%s); without it everything is "
		    "sent once more, which does no harm",
		    path, cause != NULL ? cause->message : "no JSON");
	return false;
}

bool
progress_write(const char *folder, const Progress *progress, GError **error)
{
	g_autofree char *path = g_build_filename(folder, STATE_FILE, NULL);
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(json_t) object =
		json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I}",
			  "format", STATE_FORMAT, "source", progress->source,
			  "target", progress->target, "since", progress->since,
			  "through", progress->through, "version",
			  progress->version, "message", progress->message,
			  "sent", (json_int_t)progress->sent, "kept",
			  (json_int_t)progress->kept, "last_try_us",
			  (json_int_t)progress->last_try.us, "last_good_us",
			  (json_int_t)progress->last_good.us);

	bytes = json_canonical(object, error);
	return bytes != NULL &&
	       file_write_durably(path, g_bytes_get_data(bytes, NULL),
				  g_bytes_get_size(bytes), 0600, error);
}
