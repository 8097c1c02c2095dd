/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/s3-sign.h"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/id.h"

#define ALGORITHM  "AWS4-HMAC-SHA256"
#define HASH_BYTES 32
#define KEY_BYTES  8192 /* of the file */
#define DAY        8    /* letters of a stamp */

/* --- the key --- */

static bool
is_word(const char *text)
{
	for (const char *at = text; at != NULL && *at != '\0'; at++)
		if (!g_ascii_isgraph(*at))
			return false;
	return text != NULL && text[0] != '\0';
}

bool
s3_key_read(const char *path, S3Key *out, GError **error)
{
	g_autoptr(GBytes) bytes = file_read_secret(path, KEY_BYTES, error);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	guint n;

	if (bytes == NULL)
		return false;
	text = g_malloc0(g_bytes_get_size(bytes) + 1);
	if (g_bytes_get_size(bytes) > 0)
		memcpy(text, g_bytes_get_data(bytes, NULL),
		       g_bytes_get_size(bytes));
	lines = g_strsplit(g_strchomp(text), "\n", -1);
	sodium_memzero(text, strlen(text));
	n = g_strv_length(lines);
	for (guint i = 0; i < n; i++)
		g_strstrip(lines[i]);
	if (n < 2 || n > 3 || !is_word(lines[0]) || !is_word(lines[1]) ||
	    (n == 3 && !is_word(lines[2]))) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "%s: must have the access key's name, its secret, "
			    "and perhaps a session's token, a line each",
			    path);
		return false;
	}
	*out = (S3Key){ g_strdup(lines[0]), g_strdup(lines[1]),
			g_strdup(lines[2]) };
	sodium_memzero(lines[1], strlen(lines[1]));
	return true;
}

static void
forget(char *text)
{
	if (text != NULL)
		sodium_memzero(text, strlen(text));
	g_free(text);
}

void
s3_key_clear(S3Key *key)
{
	g_free(key->access);
	forget(key->secret);
	forget(key->token);
	*key = (S3Key){ 0 };
}

/* --- texts --- */

void
s3_escape(GString *out, const char *text, bool slashes)
{
	for (const char *at = text; *at != '\0'; at++)
		if (g_ascii_isalnum(*at) || strchr("-._~", *at) != NULL ||
		    (slashes && *at == '/'))
			g_string_append_c(out, *at);
		else
			g_string_append_printf(out, "%%%02X",
					       (unsigned char)*at);
}

/* Pairs are sorted by name and then by value: between the two stands what
 * sorts before any letter until they are in order. */
#define BETWEEN '\x01'

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *
s3_query(const S3Header *query, size_t n)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < n; i++) {
		GString *pair = g_string_new(NULL);

		s3_escape(pair, query[i].name, false);
		g_string_append_c(pair, BETWEEN);
		s3_escape(pair, query[i].value, false);
		g_ptr_array_add(list, g_string_free(pair, FALSE));
	}
	g_ptr_array_sort(list, compare);
	for (guint i = 0; i < list->len; i++)
		*strchr(list->pdata[i], BETWEEN) = '=';
	g_ptr_array_add(list, NULL);
	return g_strjoinv("&", (char **)list->pdata);
}

void
s3_stamp(WallTime at, char out[static S3_STAMP + 1])
{
	g_autoptr(GDateTime) time =
		g_date_time_new_from_unix_utc(at.us / G_USEC_PER_SEC);
	g_autofree char *text = g_date_time_format(time, "%Y%m%dT%H%M%SZ");

	g_strlcpy(out, text, S3_STAMP + 1);
}

/* --- what is signed --- */

static void
append_trimmed(GString *out, const char *value)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
	bool some = false;

	for (char **word = words; *word != NULL; word++) {
		if ((*word)[0] == '\0')
			continue;
		g_string_append_printf(out, "%s%s", some ? " " : "", *word);
		some = true;
	}
}

/* "name:value" a line, and their names. */
static char *
list_headers(const S3Signing *what, char **names)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	GString *all = g_string_new(NULL);
	GString *signed_names = g_string_new(NULL);

	for (size_t i = 0; i < what->n_headers; i++) {
		GString *line = g_string_new(what->headers[i].name);

		g_string_append_c(line, BETWEEN);
		append_trimmed(line, what->headers[i].value);
		g_ptr_array_add(lines, g_string_free(line, FALSE));
	}
	g_ptr_array_sort(lines, compare);
	for (guint i = 0; i < lines->len; i++) {
		char *line = lines->pdata[i];

		*strchr(line, BETWEEN) = ':';
		g_string_append_printf(all, "%s\n", line);
		g_string_append_printf(signed_names, "%s%.*s", i > 0 ? ";" : "",
				       (int)strcspn(line, ":"), line);
	}
	*names = g_string_free(signed_names, FALSE);
	return g_string_free(all, FALSE);
}

static char *
text_to_sign(const S3Signing *what, const char *scope, char **names)
{
	g_autofree char *headers = list_headers(what, names);
	g_autofree char *query = s3_query(what->query, what->n_query);
	g_autofree char *request =
		g_strdup_printf("%s\n%s\n%s\n%s\n%s\n%s", what->method,
				what->path, query, headers, *names,
				what->payload);
	char hash[ID_SHA256 + 1];

	id_sha256(request, strlen(request), hash);
	return g_strdup_printf(ALGORITHM "\n%s\n%s\n%s", what->stamp, scope,
			       hash);
}

/* key becomes the MAC of text by it. */
static void
derive(unsigned char key[static HASH_BYTES], const char *text)
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, HASH_BYTES);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)text,
				      strlen(text));
	crypto_auth_hmacsha256_final(&state, key);
	sodium_memzero(&state, sizeof(state));
}

static void
make_key(const S3Signing *what, const S3Key *key,
	 unsigned char out[static HASH_BYTES])
{
	g_autofree char *secret = g_strconcat("AWS4", key->secret, NULL);
	g_autofree char *day = g_strndup(what->stamp, DAY);
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret,
				    strlen(secret));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)day, DAY);
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(secret, strlen(secret));
	derive(out, what->region);
	derive(out, what->service);
	derive(out, "aws4_request");
}

char *
s3_sign(const S3Signing *what, const S3Key *key)
{
	g_autofree char *scope =
		g_strdup_printf("%.*s/%s/%s/aws4_request", DAY, what->stamp,
				what->region, what->service);
	g_autofree char *names = NULL;
	g_autofree char *text = text_to_sign(what, scope, &names);
	unsigned char mac[HASH_BYTES];
	char hex[2 * HASH_BYTES + 1];

	make_key(what, key, mac);
	derive(mac, text);
	sodium_bin2hex(hex, sizeof(hex), mac, sizeof(mac));
	return g_strdup_printf(ALGORITHM " Credential=%s/%s, SignedHeaders=%s, "
					 "Signature=%s",
			       key->access, scope, names, hex);
}
