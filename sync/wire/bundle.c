/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "wire"

#include "sync/wire/bundle.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "app/portrait/portrait.h"
#include "sync/wire/members.h"

#define RETENTION_DAYS_MAX 36500
#define DECISIONS          4

/* On the wire by name: never change one. */
static const char *const decisions[DECISIONS] = { "confirmed", "returned",
						  "later", "withdrawn" };

void
bundle_free(Bundle *bundle)
{
	if (bundle == NULL)
		return;
	roster_free(bundle->roster);
	g_free(bundle->files);
	g_free(bundle->reviews);
	g_free(bundle->erased);
	g_free(bundle->who);
	g_free(bundle);
}

/* --- to bytes --- */

static json_t *
files_to_json(const Bundle *bundle)
{
	json_t *list = json_array();

	for (size_t i = 0; i < bundle->n_files; i++) {
		const BundleFile *file = &bundle->files[i];

		json_array_append_new(list, json_pack("{s:s,s:s,s:I}", "path",
						      file->path, "sha256",
						      file->sha256, "size",
						      (json_int_t)file->size));
	}
	return list;
}

static json_t *
review_to_json(const BundleReview *review)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:I}", "evidence",
			 review->evidence, "learner", review->learner, "prompt",
			 review->prompt, "decision", review->decision, "reason",
			 review->reason, "note", review->note, "at_us",
			 (json_int_t)review->at.us);
}

static json_t *
reviews_to_json(const Bundle *bundle)
{
	json_t *list = json_array();

	for (size_t i = 0; i < bundle->n_reviews; i++)
		json_array_append_new(list,
				      review_to_json(&bundle->reviews[i]));
	return list;
}

/* A kiosk that is older than this member need not be told that there is
 * none. */
static void
add_erased(const Bundle *bundle, json_t *value)
{
	json_t *records = json_array(), *who = json_array();

	for (size_t i = 0; i < bundle->n_erased; i++)
		json_array_append_new(
			records, json_pack("{s:I,s:s}", "number",
					   (json_int_t)bundle->erased[i].number,
					   "hash", bundle->erased[i].hash));
	for (size_t i = 0; i < bundle->n_who; i++)
		json_array_append_new(who, json_string(bundle->who[i].hash));
	if (bundle->n_erased > 0 || bundle->n_who > 0)
		json_object_set_new(value, "erased",
				    json_pack("{s:O,s:O}", "records", records,
					      "who", who));
	json_decref(records);
	json_decref(who);
}

GBytes *
bundle_format(const Bundle *bundle)
{
	g_autoptr(json_t) value =
		json_pack("{s:i,s:s,s:s,s:I,s:o,s:o,s:o}", "format",
			  BUNDLE_FORMAT, "district", bundle->district, "base",
			  bundle->base, "retention_days",
			  (json_int_t)bundle->retention_days, "roster",
			  roster_to_json(bundle->roster), "files",
			  files_to_json(bundle), "reviews",
			  reviews_to_json(bundle));

	g_return_val_if_fail(value != NULL, NULL); /* not UTF-8 */
	add_erased(bundle, value);
	return json_canonical(value, NULL);
}

/* --- from bytes --- */

/* A path goes into the kiosk's pack table by name, and a tool may one day
 * write it to a folder: no way out of that folder. */
static bool
is_pack_path(const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);

	for (char **part = parts; *part != NULL; part++)
		if ((*part)[0] == '\0' || (*part)[0] == '.' ||
		    strchr(*part, '\\') != NULL)
			return false;
	for (const char *at = path; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return false;
	return parts[0] != NULL;
}

static bool
read_file(const json_t *value, BundleFile *out, GError **error)
{
	static const char *const names[] = { "path", "sha256", "size", NULL };

	if (!json_only(value, names, error) ||
	    !member_text(value, "path", 1, out->path, sizeof(out->path),
			 error) ||
	    !member_sha256(value, "sha256", out->sha256, error) ||
	    !json_number(value, "size", 0, PORTRAIT_FILE_MAX, &out->size,
			 error))
		return false;
	return is_pack_path(out->path) ||
	       member_invalid("path", "must stay inside the pack", error);
}

static bool
read_files(const json_t *object, Bundle *out, GError **error)
{
	json_t *list = json_list(object, "files", PORTRAIT_FILES_MAX, error);
	int64_t total = 0;

	if (list == NULL)
		return false;
	out->n_files = json_array_size(list);
	out->files = g_new0(BundleFile, out->n_files + 1);
	for (size_t i = 0; i < out->n_files; i++) {
		if (!read_file(json_array_get(list, i), &out->files[i],
			       error)) {
			g_prefix_error(error, "files[%zu]: ", i);
			return false;
		}
		total += out->files[i].size;
	}
	return total <= PORTRAIT_PACK_MAX ||
	       member_invalid("files", "are larger than a pack may be", error);
}

static bool
is_decision(const char *text)
{
	for (size_t i = 0; i < DECISIONS; i++)
		if (g_str_equal(decisions[i], text))
			return true;
	return false;
}

static bool
read_review(const json_t *value, BundleReview *out, GError **error)
{
	static const char *const names[] = { "evidence", "learner", "prompt",
					     "decision", "reason",  "note",
					     "at_us",    NULL };

	if (!json_only(value, names, error) ||
	    !member_uuid(value, "evidence", out->evidence, error) ||
	    !member_text(value, "learner", 0, out->learner,
			 sizeof(out->learner), error) ||
	    !member_text(value, "prompt", 0, out->prompt, sizeof(out->prompt),
			 error) ||
	    !member_text(value, "decision", 1, out->decision,
			 sizeof(out->decision), error) ||
	    !member_text(value, "reason", 0, out->reason, sizeof(out->reason),
			 error) ||
	    !member_text(value, "note", 0, out->note, sizeof(out->note),
			 error) ||
	    !json_number(value, "at_us", -JSON_INTEGER_MAX, JSON_INTEGER_MAX,
			 &out->at.us, error))
		return false;
	return is_decision(out->decision) ||
	       member_invalid("decision", "is none that we know", error);
}

static bool
read_reviews(const json_t *object, Bundle *out, GError **error)
{
	json_t *list = json_list(object, "reviews", BUNDLE_REVIEWS_MAX, error);

	if (list == NULL)
		return false;
	out->n_reviews = json_array_size(list);
	out->reviews = g_new0(BundleReview, out->n_reviews + 1);
	for (size_t i = 0; i < out->n_reviews; i++)
		if (!read_review(json_array_get(list, i), &out->reviews[i],
				 error)) {
			g_prefix_error(error, "reviews[%zu]: ", i);
			return false;
		}
	return true;
}

static bool
read_erased_record(const json_t *value, BundleErased *out, GError **error)
{
	static const char *const names[] = { "number", "hash", NULL };

	return json_only(value, names, error) &&
	       json_number(value, "number", 1, JSON_INTEGER_MAX, &out->number,
			   error) &&
	       member_sha256(value, "hash", out->hash, error);
}

static bool
read_erased_records(const json_t *object, Bundle *out, GError **error)
{
	json_t *list = json_list(object, "records", BUNDLE_ERASED_MAX, error);

	if (list == NULL)
		return false;
	out->n_erased = json_array_size(list);
	out->erased = g_new0(BundleErased, out->n_erased + 1);
	for (size_t i = 0; i < out->n_erased; i++)
		if (!read_erased_record(json_array_get(list, i),
					&out->erased[i], error)) {
			g_prefix_error(error, "records[%zu]: ", i);
			return false;
		}
	return true;
}

static bool
read_who(const json_t *object, Bundle *out, GError **error)
{
	json_t *list = json_list(object, "who", BUNDLE_ERASED_MAX, error);

	if (list == NULL)
		return false;
	out->n_who = json_array_size(list);
	out->who = g_new0(BundleErasedWho, out->n_who + 1);
	for (size_t i = 0; i < out->n_who; i++) {
		const char *hash = json_string_value(json_array_get(list, i));

		if (hash == NULL || !id_is_sha256(hash))
			return member_invalid("who", "must be SHA-256 each",
					      error);
		g_strlcpy(out->who[i].hash, hash, sizeof(out->who[i].hash));
	}
	return true;
}

static bool
read_erased(const json_t *object, Bundle *out, GError **error)
{
	static const char *const names[] = { "records", "who", NULL };
	const json_t *erased = json_object_get(object, "erased");

	if (erased == NULL)
		return true;
	if (json_only(erased, names, error) &&
	    read_erased_records(erased, out, error) &&
	    read_who(erased, out, error))
		return out->n_erased > 0 || out->n_who > 0 ||
		       member_invalid("erased", "must not be empty", error);
	g_prefix_error(error, "erased: ");
	return false;
}

static bool
read_roster(const json_t *object, Bundle *out, GError **error)
{
	const json_t *value = json_object_get(object, "roster");

	if (value == NULL)
		return member_invalid("roster", "must be given", error);
	out->roster = roster_from_json(value, error);
	if (out->roster == NULL)
		g_prefix_error(error, "roster: ");
	return out->roster != NULL;
}

/* An IRI's beginning: what is glued to it must stay an IRI. */
static bool
read_base(const json_t *object, Bundle *out, GError **error)
{
	if (!member_text(object, "base", 1, out->base, sizeof(out->base),
			 error))
		return false;
	return message_base_is_valid(out->base) ||
	       member_invalid("base",
			      "must be an http or https address without a "
			      "slash at its end",
			      error);
}

static bool
read_format(const json_t *object, GError **error)
{
	int64_t format;

	if (!json_number(object, "format", 1, JSON_INTEGER_MAX, &format, error))
		return false;
	if (format == BUNDLE_FORMAT)
		return true;
	g_set_error(error, FAULT, FAULT_TOO_NEW,
		    "format %" G_GINT64_FORMAT " needs a later program",
		    (gint64)format);
	return false;
}

static bool
read_bundle(const json_t *object, Bundle *out, GError **error)
{
	static const char *const names[] = { "format",  "district",
					     "base",    "retention_days",
					     "roster",  "files",
					     "reviews", "erased",
					     NULL };

	return read_format(object, error) && json_only(object, names, error) &&
	       member_text(object, "district", 0, out->district,
			   sizeof(out->district), error) &&
	       read_base(object, out, error) &&
	       json_number(object, "retention_days", 0, RETENTION_DAYS_MAX,
			   &out->retention_days, error) &&
	       read_roster(object, out, error) &&
	       read_files(object, out, error) &&
	       read_reviews(object, out, error) &&
	       read_erased(object, out, error);
}

Bundle *
bundle_parse(const void *bytes, size_t size, GError **error)
{
	g_autoptr(Bundle) bundle = g_new0(Bundle, 1);
	g_autoptr(json_t) object = NULL;

	if (size > MESSAGE_BYTES_MAX) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "bundle: more than %d bytes", MESSAGE_BYTES_MAX);
		return NULL;
	}
	object = json_read(bytes, size, error);
	if (object == NULL || !read_bundle(object, bundle, error)) {
		g_prefix_error(error, "bundle: ");
		return NULL;
	}
	return g_steal_pointer(&bundle);
}
