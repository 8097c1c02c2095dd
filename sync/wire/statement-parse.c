/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "wire"

#include "sync/wire/statement.h"

#include <math.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/wire/messages.h"
#include "sync/wire/statement-list.h"
#include "sync/wire/statement-private.h"

/*
 * The record is in the statement whole.  So reading is: take the record out,
 * make the statement that it ought to have, and compare.  What came straight
 * from a kiosk is the same byte for byte, and that is all there is to check;
 * what went through another LRS is compared by meaning.
 */

#define SCALED_TOLERANCE 0.0006 /* three decimals, and how others print */

typedef struct {
	Evidence evidence;
	ShownTime shown;
	char base[MESSAGE_BASE_MAX + 1];
} Found;

static bool
invalid(GError **error, const char *path, const char *rule)
{
	g_set_error(error, FAULT, FAULT_INVALID, "statement%s: %s", path, rule);
	return false;
}

/* --- the short way: byte for byte --- */

/* Behind the first `name` in bytes, or NULL.  A quote within a JSON text is
 * escaped, so a name with its quotes and colon is nothing but a name. */
static const char *
find_behind(const char *bytes, size_t size, const char *name)
{
	const char *at = memmem(bytes, size, name, strlen(name));

	return at != NULL ? at + strlen(name) : NULL;
}

static bool
find_base(const char *bytes, size_t size, char *out)
{
	const char *end = bytes + size;
	const char *at = find_behind(
		bytes, size,
		"\"object\":{\"objectType\":\"Activity\",\"id\":\"");
	const char *stop;

	if (at == NULL)
		return false;
	stop = memmem(at, (size_t)(end - at), STATEMENT_EVIDENCE,
		      strlen(STATEMENT_EVIDENCE));
	if (stop == NULL || stop - at > MESSAGE_BASE_MAX)
		return false;
	memcpy(out, at, (size_t)(stop - at));
	out[stop - at] = '\0';
	return message_base_is_valid(out);
}

static bool
find_shown(const char *bytes, size_t size, ShownTime *out)
{
	const char *at =
		find_behind(bytes, size, "\"" STATEMENT_SHOWN "\":{\"us\":");
	char *stop = NULL;
	char digits[64] = "";

	if (at == NULL)
		return false;
	memcpy(digits, at,
	       MIN(sizeof(digits) - 1, (size_t)(bytes + size - at)));
	out->wall.us = g_ascii_strtoll(digits, &stop, 10);
	if (!g_str_has_prefix(stop, ",\"about_us\":"))
		return false;
	out->about_us =
		g_ascii_strtoll(stop + strlen(",\"about_us\":"), NULL, 10);
	return true;
}

static bool
parse_exact(const char *bytes, size_t size, Found *found)
{
	const char *record =
		find_behind(bytes, size, "\"" STATEMENT_RECORD "\":");
	g_autoptr(GBytes) ours = NULL;
	size_t n;

	if (record == NULL)
		return false;
	n = json_span(record, (size_t)(bytes + size - record));
	if (n == 0 || !find_base(bytes, size, found->base) ||
	    !find_shown(bytes, size, &found->shown) ||
	    !evidence_parse(record, n, &found->evidence, NULL))
		return false;
	ours = statement_format(&found->evidence, &found->shown, found->base);
	return g_bytes_get_size(ours) == size &&
	       memcmp(g_bytes_get_data(ours, NULL), bytes, size) == 0;
}

/* --- the long way: by meaning --- */

static bool
take_record(const json_t *extensions, Evidence *out, GError **error)
{
	const json_t *record = json_object_get(extensions, STATEMENT_RECORD);
	g_autoptr(GBytes) canonical = NULL;
	size_t size;

	if (!json_is_object(record))
		return invalid(error, ".context.extensions",
			       "\"" STATEMENT_RECORD "\" must be an object");
	canonical = json_canonical(record, error);
	if (canonical == NULL)
		return false;

	const void *bytes = g_bytes_get_data(canonical, &size);

	return evidence_parse(bytes, size, out, error);
}

static bool
take_shown(const json_t *extensions, ShownTime *out, GError **error)
{
	const json_t *shown = json_object_get(extensions, STATEMENT_SHOWN);

	if (json_is_object(shown) &&
	    json_number(shown, "us", -JSON_INTEGER_MAX, JSON_INTEGER_MAX,
			&out->wall.us, NULL) &&
	    json_number(shown, "about_us", 0, JSON_INTEGER_MAX, &out->about_us,
			NULL))
		return true;
	return invalid(error, ".context.extensions",
		       "\"" STATEMENT_SHOWN
		       "\" must have \"us\" and \"about_us\"");
}

static bool
take_base(const json_t *statement, const char *evidence,
	  char out[static MESSAGE_BASE_MAX + 1], GError **error)
{
	const char *id = json_string_value(
		json_object_get(json_object_get(statement, "object"), "id"));
	g_autofree char *end = g_strconcat(STATEMENT_EVIDENCE, evidence, NULL);
	size_t size = id != NULL ? strlen(id) : 0;

	if (id == NULL || !g_str_has_suffix(id, end) ||
	    size - strlen(end) > MESSAGE_BASE_MAX)
		return invalid(error, ".object.id",
			       "must end with " STATEMENT_EVIDENCE
			       " and the statement's id");
	g_strlcpy(out, id, size - strlen(end) + 1);
	return message_base_is_valid(out) ||
	       invalid(error, ".object.id",
		       "must begin with a district's "
		       "address");
}

/* --- comparing --- */

static bool
same(GString *path, const json_t *ours, const json_t *theirs, GError **error);

/* Words to read; what they are called is each system's own affair. */
static bool
is_decoration(const char *name)
{
	return g_str_equal(name, "display") || g_str_equal(name, "definition");
}

static bool
may_be_absent(const char *name)
{
	return is_decoration(name) || g_str_equal(name, "objectType");
}

/* What an LRS sets, and what a richer context may have besides. */
static bool
may_be_added(const GString *path, const char *name)
{
	static const char *const by_lrs[] = { "stored", "authority", "version",
					      NULL };

	if (path->len == 0)
		return g_strv_contains(by_lrs, name);
	return is_decoration(name) || g_str_has_prefix(path->str, ".context");
}

static bool
same_member(GString *path, const char *name, const json_t *ours,
	    const json_t *theirs, GError **error)
{
	size_t before = path->len;
	bool ok;

	if (is_decoration(name) || (theirs == NULL && may_be_absent(name)))
		return true;
	g_string_append_printf(path, ".%s", name);
	ok = theirs != NULL ? same(path, ours, theirs, error)
			    : invalid(error, path->str, "is missing");
	g_string_truncate(path, before);
	return ok;
}

static bool
same_object(GString *path, const json_t *ours, const json_t *theirs,
	    GError **error)
{
	json_t *own = (json_t *)(uintptr_t)ours;
	json_t *all = (json_t *)(uintptr_t)theirs;

	for (void *at = json_object_iter(own); at != NULL;
	     at = json_object_iter_next(own, at)) {
		const char *name = json_object_iter_key(at);

		if (!same_member(path, name, json_object_iter_value(at),
				 json_object_get(theirs, name), error))
			return false;
	}
	for (void *at = json_object_iter(all); at != NULL;
	     at = json_object_iter_next(all, at)) {
		const char *name = json_object_iter_key(at);

		if (json_object_get(ours, name) != NULL ||
		    may_be_added(path, name))
			continue;
		g_string_append_printf(path, ".%s", name);
		return invalid(error, path->str, "is not in its record");
	}
	return true;
}

static bool
same_array(GString *path, const json_t *ours, const json_t *theirs,
	   GError **error)
{
	if (json_array_size(ours) != json_array_size(theirs))
		return invalid(error, path->str,
			       "has another number of "
			       "entries than its record");
	for (size_t i = 0; i < json_array_size(ours); i++) {
		size_t before = path->len;

		g_string_append_printf(path, "[%zu]", i);
		if (!same(path, json_array_get(ours, i),
			  json_array_get(theirs, i), error))
			return false;
		g_string_truncate(path, before);
	}
	return true;
}

static bool
same_instant(const char *ours, const char *theirs)
{
	WallTime own, other;

	return clock_parse(ours, &own) && clock_parse(theirs, &other) &&
	       ABS(own.us - other.us) < G_USEC_PER_SEC / 1000;
}

static bool
same_text(const GString *path, const json_t *ours, const json_t *theirs)
{
	if (g_str_equal(path->str, ".timestamp"))
		return same_instant(json_string_value(ours),
				    json_string_value(theirs));
	return json_equal(ours, theirs);
}

static bool
same(GString *path, const json_t *ours, const json_t *theirs, GError **error)
{
	bool ok;

	if (json_is_object(ours) && json_is_object(theirs))
		return same_object(path, ours, theirs, error);
	if (json_is_array(ours) && json_is_array(theirs))
		return same_array(path, ours, theirs, error);
	if (json_is_string(ours) && json_is_string(theirs))
		ok = same_text(path, ours, theirs);
	else if (json_is_number(ours) && json_is_number(theirs))
		ok = fabs(json_number_value(ours) - json_number_value(theirs)) <
		     SCALED_TOLERANCE;
	else
		ok = json_equal(ours, theirs);
	return ok || invalid(error, path->str, "is not what its record says");
}

static bool
parse_by_meaning(const void *bytes, size_t size, Found *found, GError **error)
{
	g_autoptr(json_t) theirs = json_read(bytes, size, error);
	g_autoptr(json_t) ours = NULL;
	g_autoptr(GBytes) formatted = NULL;
	g_autoptr(GString) path = g_string_new(NULL);
	const json_t *extensions;

	if (theirs == NULL)
		return false;
	extensions = json_object_get(json_object_get(theirs, "context"),
				     "extensions");
	if (!take_record(extensions, &found->evidence, error) ||
	    !take_shown(extensions, &found->shown, error) ||
	    !take_base(theirs, found->evidence.id, found->base, error))
		return false;
	formatted =
		statement_format(&found->evidence, &found->shown, found->base);
	ours = json_read(g_bytes_get_data(formatted, NULL),
			 g_bytes_get_size(formatted), error);
	return ours != NULL && same(path, ours, theirs, error);
}

bool
statement_parse(const void *bytes, size_t size, Evidence *out, ShownTime *shown,
		GError **error)
{
	g_autofree Found *found = NULL;

	g_return_val_if_fail(out != NULL && shown != NULL, false);
	if (bytes == NULL || size > STATEMENT_BYTES_MAX)
		return invalid(error, "", "must be 1 byte to 128 KiB");
	found = g_new0(Found, 1);
	if (!parse_exact(bytes, size, found) &&
	    !parse_by_meaning(bytes, size, found, error))
		return false;
	*out = found->evidence;
	*shown = found->shown;
	return true;
}
