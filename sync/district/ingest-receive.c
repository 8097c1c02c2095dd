/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/ingest.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/ingest-private.h"

/* A batch as it comes in: the statements to memory, each medium to a file. */

static bool
invalid(const char *rule, GError **error)
{
	g_set_error(error, FAULT, FAULT_INVALID, "%s", rule);
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
		    "a batch has more than %zu media ([limits] batch_media)",
		    max);
	return false;
}

static bool
is_type(const char *content_type, const char *type)
{
	size_t n = strlen(type);

	return content_type != NULL &&
	       g_ascii_strncasecmp(content_type, type, n) == 0 &&
	       strchr("; \t", content_type[n]) != NULL;
}

/* --- parts --- */

static bool
begin_part(const MultipartHeaders *headers, void *data, GError **error)
{
	Ingest *ingest = data;

	ingest->in_statements = ingest->n_parts++ == 0;
	if (ingest->media->len >= ingest->limits.media_max)
		return too_many(ingest->limits.media_max, error);
	if (ingest->in_statements)
		return is_type(headers->content_type, "application/json") ||
		       invalid("the first part must be application/json",
			       error);
	if (!id_is_sha256(headers->sha256))
		return invalid("a medium needs X-Experience-API-Hash, 64 "
			       "lower-case hex digits",
			       error);
	if (headers->encoding[0] != '\0' &&
	    g_ascii_strcasecmp(headers->encoding, "binary") != 0)
		return invalid("a medium needs Content-Transfer-Encoding: "
			       "binary",
			       error);
	g_strlcpy(ingest->promised, headers->sha256, sizeof(ingest->promised));
	ingest->receiving = media_begin(ingest->limits.media,
					ingest->limits.medium_max, error);
	return ingest->receiving != NULL;
}

static bool
take_statements(Ingest *ingest, const void *bytes, size_t size, GError **error)
{
	size_t max = ingest->limits.statements_max;

	if (ingest->statements->len + size > max)
		return too_large("the statements' part", "statements_bytes",
				 max, error);
	g_byte_array_append(ingest->statements, bytes, (guint)size);
	return true;
}

static bool
take_bytes(const void *bytes, size_t size, void *data, GError **error)
{
	Ingest *ingest = data;

	if (ingest->in_statements)
		return take_statements(ingest, bytes, size, error);
	return media_write(ingest->receiving, bytes, size, error);
}

static bool
end_part(void *data, GError **error)
{
	Ingest *ingest = data;
	IngestMedium medium = { 0 };

	if (ingest->in_statements)
		return true;
	medium.file = g_steal_pointer(&ingest->receiving);
	media_end(medium.file, medium.sha256, &medium.size);
	g_array_append_val(ingest->media, medium);
	return g_str_equal(medium.sha256, ingest->promised) ||
	       invalid("a medium's bytes are not those of its "
		       "X-Experience-API-Hash",
		       error);
}

static void
clear_medium(void *data)
{
	IngestMedium *medium = data;

	g_clear_pointer(&medium->file, media_file_free);
}

/* --- a batch --- */

Ingest *
ingest_new(const char *content_type, const IngestLimits *limits, GError **error)
{
	static const MultipartEvents events = { begin_part, take_bytes,
						end_part };
	g_autoptr(Ingest) ingest = g_new0(Ingest, 1);

	ingest->limits = *limits;
	ingest->statements = g_byte_array_new();
	ingest->media = g_array_new(FALSE, FALSE, sizeof(IngestMedium));
	g_array_set_clear_func(ingest->media, clear_medium);
	ingest->records = g_array_new(FALSE, FALSE, sizeof(ArchiveRecord));
	if (is_type(content_type, "application/json"))
		return g_steal_pointer(&ingest);
	ingest->reader =
		multipart_reader_new(content_type != NULL ? content_type : "",
				     &events, ingest, error);
	return ingest->reader != NULL ? g_steal_pointer(&ingest) : NULL;
}

void
ingest_free(Ingest *ingest)
{
	if (ingest == NULL)
		return;

	multipart_reader_free(ingest->reader);
	g_byte_array_unref(ingest->statements);
	media_file_free(ingest->receiving);
	g_array_unref(ingest->media);
	g_array_unref(ingest->records);
	g_free(ingest);
}

bool
ingest_feed(Ingest *ingest, const void *bytes, size_t size, GError **error)
{
	ingest->size += size;
	if (ingest->size > ingest->limits.batch_max)
		return too_large("the batch", "batch_bytes",
				 ingest->limits.batch_max, error);
	if (ingest->reader == NULL)
		return take_statements(ingest, bytes, size, error);
	return multipart_reader_feed(ingest->reader, bytes, size, error);
}

bool
ingest_has_media(const Ingest *ingest)
{
	return ingest->media->len > 0;
}

bool
ingest_keep_media(Ingest *ingest, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new();

	for (guint i = 0; i < ingest->media->len; i++)
		g_ptr_array_add(files,
				g_array_index(ingest->media, IngestMedium, i)
					.file);
	return media_keep_all((MediaFile *const *)files->pdata, files->len,
			      error);
}
