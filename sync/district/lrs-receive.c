/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/lrs-batch-private.h"
#include "sync/district/lrs-request.h"

/* A tool's batch as it comes in: the statements to memory, each attachment to
 * a file (Communication 1.5.2; 2.0 4.1.3). */

static bool
invalid(const char *rule, GError **error)
{
	g_set_error(error, FAULT, FAULT_INVALID,
		    "%s (xAPI 1.0.3 Communication 1.5.2.s2; 2.0.0 4.1.3)",
		    rule);
	return false;
}

static bool
too_large(const char *what, const char *setting, size_t max, GError **error)
{
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "%s is larger than %zu bytes ([limits] %s)", what, max,
		    setting);
	return false;
}

static bool
too_many(size_t max, GError **error)
{
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "a batch has more than %zu attachments ([limits] "
		    "batch_media)",
		    max);
	return false;
}

/* --- parts --- */

static const EVP_MD *
digest_of(const char *sha2)
{
	switch (strlen(sha2)) {
	case 56:
		return EVP_sha224();
	case 96:
		return EVP_sha384();
	case 128:
		return EVP_sha512();
	default:
		return NULL; /* SHA-256: the file's own name */
	}
}

static bool
begin_attachment(LrsBatch *batch, const MultipartHeaders *headers,
		 GError **error)
{
	LrsPart *part = &batch->receiving;
	const EVP_MD *digest;

	if (!xapi_is_sha2(headers->sha256, strlen(headers->sha256)))
		return invalid("an attachment's part must have "
			       "X-Experience-API-Hash, a SHA-2 in hex digits",
			       error);
	if (g_ascii_strcasecmp(headers->encoding, "binary") != 0)
		return invalid("an attachment's part must have "
			       "Content-Transfer-Encoding: binary",
			       error);
	for (size_t i = 0; headers->sha256[i] != '\0'; i++)
		part->sha2[i] = g_ascii_tolower(headers->sha256[i]);
	part->sha2[strlen(headers->sha256)] = '\0';
	digest = digest_of(part->sha2);
	if (digest != NULL) {
		part->digest = EVP_MD_CTX_new();
		EVP_DigestInit_ex(part->digest, digest, NULL);
	}
	part->file = media_begin(batch->limits.media, batch->limits.medium_max,
				 error);
	return part->file != NULL;
}

static bool
begin_part(const MultipartHeaders *headers, void *data, GError **error)
{
	LrsBatch *batch = data;

	batch->in_statements = batch->n_parts++ == 0;
	if (batch->parts->len >= batch->limits.media_max)
		return too_many(batch->limits.media_max, error);
	if (!batch->in_statements)
		return begin_attachment(batch, headers, error);
	return lrs_is_type(headers->content_type, "application/json") ||
	       invalid("the first part must be application/json", error);
}

static bool
take_statements(LrsBatch *batch, const void *bytes, size_t size, GError **error)
{
	size_t max = batch->limits.xapi.batch_bytes;

	if (batch->statements->len + size > max)
		return too_large("the statements' part", "statements_bytes",
				 max, error);
	g_byte_array_append(batch->statements, bytes, (guint)size);
	return true;
}

static bool
take_bytes(const void *bytes, size_t size, void *data, GError **error)
{
	LrsBatch *batch = data;

	if (batch->in_statements)
		return take_statements(batch, bytes, size, error);
	if (batch->receiving.digest != NULL)
		EVP_DigestUpdate(batch->receiving.digest, bytes, size);
	return media_write(batch->receiving.file, bytes, size, error);
}

/* Whether the bytes are those that were promised. */
static bool
is_as_promised(const LrsPart *part)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1] = "";
	unsigned size = 0;

	if (part->digest == NULL)
		return g_str_equal(part->sha2, part->sha256);
	EVP_DigestFinal_ex(part->digest, hash, &size);
	for (unsigned i = 0; i < size; i++)
		g_snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return g_str_equal(part->sha2, hex);
}

static bool
end_part(void *data, GError **error)
{
	LrsBatch *batch = data;
	LrsPart *part = &batch->receiving;
	bool ok;

	if (batch->in_statements)
		return true;
	media_end(part->file, part->sha256, &part->size);
	ok = is_as_promised(part);
	g_array_append_val(batch->parts, *part);
	*part = (LrsPart){ 0 };
	return ok || invalid("an attachment's bytes are not those of its "
			     "X-Experience-API-Hash",
			     error);
}

static void
clear_part(void *data)
{
	LrsPart *part = data;

	g_clear_pointer(&part->file, media_file_free);
	g_clear_pointer(&part->digest, EVP_MD_CTX_free);
}

static void
clear_ready(void *data)
{
	LrsReady *ready = data;

	g_clear_pointer(&ready->terms, g_free);
}

/* --- a batch --- */

LrsBatch *
lrs_batch_new(const char *content_type, XapiVersion version,
	      const LrsLimits *limits, GError **error)
{
	static const MultipartEvents events = { begin_part, take_bytes,
						end_part };
	g_autoptr(LrsBatch) batch = g_new0(LrsBatch, 1);

	batch->limits = *limits;
	batch->version = version;
	batch->statements = g_byte_array_new();
	batch->parts = g_array_new(FALSE, FALSE, sizeof(LrsPart));
	g_array_set_clear_func(batch->parts, clear_part);
	batch->ready = g_array_new(FALSE, FALSE, sizeof(LrsReady));
	g_array_set_clear_func(batch->ready, clear_ready);
	batch->texts = g_string_new(NULL);
	if (lrs_is_type(content_type, "application/json"))
		return g_steal_pointer(&batch);
	if (!lrs_is_type(content_type, "multipart/mixed")) {
		invalid("Content-Type must be application/json or "
			"multipart/mixed",
			error);
		return NULL;
	}
	batch->reader =
		multipart_reader_new(content_type, &events, batch, error);
	return batch->reader != NULL ? g_steal_pointer(&batch) : NULL;
}

void
lrs_batch_free(LrsBatch *batch)
{
	if (batch == NULL)
		return;

	multipart_reader_free(batch->reader);
	xapi_batch_free(batch->xapi);
	g_byte_array_unref(batch->statements);
	clear_part(&batch->receiving);
	g_array_unref(batch->parts);
	g_array_unref(batch->ready);
	g_string_free(batch->texts, TRUE);
	g_free(batch);
}

bool
lrs_batch_feed(LrsBatch *batch, const void *bytes, size_t size, GError **error)
{
	batch->size += size;
	if (batch->size > batch->limits.batch_bytes)
		return too_large("the batch", "batch_bytes",
				 batch->limits.batch_bytes, error);
	if (batch->reader == NULL)
		return take_statements(batch, bytes, size, error);
	return multipart_reader_feed(batch->reader, bytes, size, error);
}

bool
lrs_batch_has_media(const LrsBatch *batch)
{
	return batch->parts->len > 0;
}

bool
lrs_batch_keep_media(LrsBatch *batch, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new();

	for (guint i = 0; i < batch->parts->len; i++)
		g_ptr_array_add(files,
				g_array_index(batch->parts, LrsPart, i).file);
	return media_keep_all((MediaFile *const *)files->pdata, files->len,
			      error);
}
