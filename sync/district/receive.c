/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/receive.h"

#include <string.h>
#include <openssl/evp.h>

#include "app/base/fault.h"
#include "sync/wire/multipart.h"
#include "sync/xapi/query.h"
#include "sync/xapi/value.h"

struct Received {
	ReceiveLimits limits;
	MultipartReader *reader; /* owned; NULL: application/json */
	size_t size;             /* of the batch so far */

	GByteArray *statements; /* owned: the first part */
	GArray *media;          /* owned: ReceivedMedium */

	size_t n_parts;
	bool in_statements; /* of the part that is coming */
	ReceivedMedium coming;
	EVP_MD_CTX *digest; /* owned; NULL: its file's own SHA-256 will do */
};

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

static void
promise(Received *received, const char *sha2)
{
	ReceivedMedium *coming = &received->coming;
	const EVP_MD *digest;

	for (size_t i = 0; sha2[i] != '\0'; i++)
		coming->sha2[i] = g_ascii_tolower(sha2[i]);
	digest = digest_of(coming->sha2);
	if (digest == NULL)
		return;
	received->digest = EVP_MD_CTX_new();
	EVP_DigestInit_ex(received->digest, digest, NULL);
}

static bool
begin_medium(Received *received, const MultipartHeaders *headers,
	     GError **error)
{
	if (!xapi_is_sha2(headers->sha256, strlen(headers->sha256)))
		return invalid("an attachment's part must have "
			       "X-Experience-API-Hash, a SHA-2 in hex digits",
			       error);
	if (g_ascii_strcasecmp(headers->encoding, "binary") != 0)
		return invalid("an attachment's part must have "
			       "Content-Transfer-Encoding: binary",
			       error);
	promise(received, headers->sha256);
	received->coming.file =
		media_begin(received->limits.media,
			    received->limits.medium_bytes, error);
	return received->coming.file != NULL;
}

static bool
begin_part(const MultipartHeaders *headers, void *data, GError **error)
{
	Received *received = data;

	received->in_statements = received->n_parts++ == 0;
	if (received->media->len >= received->limits.media_max)
		return too_many(received->limits.media_max, error);
	if (!received->in_statements)
		return begin_medium(received, headers, error);
	return xapi_media_type_is(headers->content_type,
				  strlen(headers->content_type),
				  "application/json") ||
	       invalid("the first part must be application/json", error);
}

static bool
take_statements(Received *received, const void *bytes, size_t size,
		GError **error)
{
	size_t max = received->limits.statements_bytes;

	if (received->statements->len + size > max)
		return too_large("the statements' part", "statements_bytes",
				 max, error);
	g_byte_array_append(received->statements, bytes, (guint)size);
	return true;
}

static bool
take_bytes(const void *bytes, size_t size, void *data, GError **error)
{
	Received *received = data;

	if (received->in_statements)
		return take_statements(received, bytes, size, error);
	if (received->digest != NULL)
		EVP_DigestUpdate(received->digest, bytes, size);
	return media_write(received->coming.file, bytes, size, error);
}

/* Whether the bytes are those that were promised. */
static bool
is_as_promised(const Received *received)
{
	const ReceivedMedium *came = &received->coming;
	unsigned char hash[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1] = "";
	unsigned size = 0;

	if (received->digest == NULL)
		return g_str_equal(came->sha2, came->sha256);
	EVP_DigestFinal_ex(received->digest, hash, &size);
	for (unsigned i = 0; i < size; i++)
		g_snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return g_str_equal(came->sha2, hex);
}

static bool
end_part(void *data, GError **error)
{
	Received *received = data;
	ReceivedMedium *came = &received->coming;
	bool ok;

	if (received->in_statements)
		return true;
	media_end(came->file, came->sha256, &came->size);
	ok = is_as_promised(received);
	g_clear_pointer(&received->digest, EVP_MD_CTX_free);
	g_array_append_val(received->media, *came);
	*came = (ReceivedMedium){ 0 };
	return ok || invalid("an attachment's bytes are not those of its "
			     "X-Experience-API-Hash",
			     error);
}

/* --- a batch --- */

static void
clear_medium(void *data)
{
	ReceivedMedium *medium = data;

	g_clear_pointer(&medium->file, media_file_free);
}

static Received *
make(const ReceiveLimits *limits)
{
	Received *received = g_new0(Received, 1);

	received->limits = *limits;
	received->statements = g_byte_array_new();
	received->media = g_array_new(FALSE, FALSE, sizeof(ReceivedMedium));
	g_array_set_clear_func(received->media, clear_medium);
	return received;
}

Received *
received_new(const char *content_type, const ReceiveLimits *limits,
	     GError **error)
{
	static const MultipartEvents events = { begin_part, take_bytes,
						end_part };
	g_autoptr(Received) received = make(limits);
	size_t n = strlen(content_type);

	if (xapi_media_type_is(content_type, n, "application/json"))
		return g_steal_pointer(&received);
	if (!xapi_media_type_is(content_type, n, "multipart/mixed")) {
		invalid("Content-Type must be application/json or "
			"multipart/mixed",
			error);
		return NULL;
	}
	received->reader =
		multipart_reader_new(content_type, &events, received, error);
	return received->reader != NULL ? g_steal_pointer(&received) : NULL;
}

Received *
received_text(const char *text, size_t size)
{
	Received *received = make(&(ReceiveLimits){ 0 });

	g_byte_array_append(received->statements, (const guint8 *)text,
			    (guint)size);
	return received;
}

bool
received_feed(Received *received, const void *bytes, size_t size,
	      GError **error)
{
	received->size += size;
	if (received->size > received->limits.batch_bytes)
		return too_large("the batch", "batch_bytes",
				 received->limits.batch_bytes, error);
	if (received->reader == NULL)
		return take_statements(received, bytes, size, error);
	return multipart_reader_feed(received->reader, bytes, size, error);
}

bool
received_end(Received *received, GError **error)
{
	return received->reader == NULL ||
	       multipart_reader_finish(received->reader, error);
}

const char *
received_statements(const Received *received, size_t *size)
{
	*size = received->statements->len;
	return (const char *)received->statements->data;
}

size_t
received_n_media(const Received *received)
{
	return received->media->len;
}

ReceivedMedium *
received_medium(const Received *received, size_t i)
{
	return &g_array_index(received->media, ReceivedMedium, i);
}

bool
received_keep(const Received *received, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new();

	for (size_t i = 0; i < received->media->len; i++)
		g_ptr_array_add(files, received_medium(received, i)->file);
	return media_keep_all((MediaFile *const *)files->pdata, files->len,
			      error);
}

void
received_free(Received *received)
{
	if (received == NULL)
		return;

	multipart_reader_free(received->reader);
	g_byte_array_unref(received->statements);
	g_array_unref(received->media);
	clear_medium(&received->coming);
	EVP_MD_CTX_free(received->digest);
	g_free(received);
}
