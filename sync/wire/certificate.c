/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "wire"

#include "sync/wire/certificate.h"

#include "sync/wire/members.h"
#include "sync/wire/token.h"

#define PURPOSE "cairn-erasure-1"

/* In the certificate by name: never change one. */
static const char *const names[] = {
	[CERTIFIED_STATEMENTS] = "statements",
	[CERTIFIED_ENTRIES] = "entries",
	[CERTIFIED_NAMES] = "names",
	[CERTIFIED_REVIEWS] = "reviews",
	[CERTIFIED_DOCUMENTS] = "documents",
	[CERTIFIED_MEDIA] = "media",
	[CERTIFIED_MEDIA_BYTES] = "media_bytes",
	[CERTIFIED_POSTINGS] = "postings",
	[CERTIFIED_ACTIVITIES] = "activities",
	[CERTIFIED_USAGE] = "usage",
	[CERTIFIED_BADGES] = "badges",
	[CERTIFIED_LEARNERS] = "learners",
	[CERTIFIED_SHARED] = "kept_shared_media",
	[CERTIFIED_HELD] = "kept_held",
	[CERTIFIED_MENTIONS] = "kept_mentions",
};
G_STATIC_ASSERT(G_N_ELEMENTS(names) == CERTIFIED_COUNTS);

static const char *const reasons[] = {
	[CERTIFICATE_REQUEST] = "request",
	[CERTIFICATE_RETENTION] = "retention",
};

const char *
certified_name(Certified which)
{
	return names[which];
}

char *
certificate_format(const Certificate *certificate, const SignKey *key)
{
	json_t *counts = json_object();
	json_t *value;

	for (size_t i = 0; i < CERTIFIED_COUNTS; i++)
		json_object_set_new(counts, names[i],
				    json_integer(certificate->counts[i]));
	value = json_pack("{s:s,s:s,s:s,s:s,s:I,s:o}", "id", certificate->id,
			  "base", certificate->base, "reason",
			  reasons[certificate->reason], "learner",
			  certificate->learner, "at_us",
			  (json_int_t)certificate->at.us, "counts", counts);
	g_return_val_if_fail(value != NULL, NULL);
	return token_print(value, PURPOSE, key);
}

static bool
read_reason(const json_t *object, Certificate *out, GError **error)
{
	const char *text = json_text(object, "reason", 1, 16, error);

	if (text == NULL)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
		if (g_str_equal(text, reasons[i])) {
			out->reason = (CertificateReason)i;
			return true;
		}
	return member_invalid("reason", "is none that we know", error);
}

/* A later program may count more. */
static bool
read_counts(const json_t *object, Certificate *out, GError **error)
{
	const json_t *counts = json_object_get(object, "counts");

	if (counts == NULL)
		return member_invalid("counts", "must be given", error);
	for (size_t i = 0; i < CERTIFIED_COUNTS; i++)
		if (!json_number(counts, names[i], 0, JSON_INTEGER_MAX,
				 &out->counts[i], error))
			return false;
	return true;
}

bool
certificate_parse(const char *text, const char *public_key, Certificate *out,
		  GError **error)
{
	g_autoptr(json_t) object = token_read(text, PURPOSE, public_key, error);
	Certificate certificate = { 0 };

	if (object == NULL ||
	    !member_uuid(object, "id", certificate.id, error) ||
	    !member_text(object, "base", 1, certificate.base,
			 sizeof(certificate.base), error) ||
	    !read_reason(object, &certificate, error) ||
	    !member_text(object, "learner", 0, certificate.learner,
			 sizeof(certificate.learner), error) ||
	    !json_number(object, "at_us", -JSON_INTEGER_MAX, JSON_INTEGER_MAX,
			 &certificate.at.us, error) ||
	    !read_counts(object, &certificate, error))
		return false;
	*out = certificate;
	return true;
}
