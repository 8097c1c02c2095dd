/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/session.h"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "sync/district/request-text.h"
#include "sync/district/route.h"

#define MINUTE_US    (INT64_C(60) * G_USEC_PER_SEC)
#define USE_EVERY_US (2 * MINUTE_US)

static const char *
cookie_name(Exchange *exchange)
{
	return exchange_is_secure(exchange) ? "__Host-cairn" : "cairn";
}

WallTime
session_oldest(const Service *service)
{
	int64_t hours = settings_number(service->settings, "sessions", "hours");

	return (WallTime){ service_now(service).us - hours * 60 * MINUTE_US };
}

WallTime
session_idlest(const Service *service)
{
	int64_t minutes =
		settings_number(service->settings, "sessions", "idle_minutes");

	return (WallTime){ service_now(service).us - minutes * MINUTE_US };
}

void
session_token(const char *cookie, char out[static ID_SHA256 + 1])
{
	g_autofree char *text = g_strconcat("cairn-token-1:", cookie, NULL);

	id_sha256(text, strlen(text), out);
}

void
session_set_cookie(Exchange *exchange, const char *cookie)
{
	const Service *service = exchange->service;
	int64_t hours = settings_number(service->settings, "sessions", "hours");
	g_autofree char *header =
		g_strdup_printf("%s=%s; Path=/; Max-Age=%" G_GINT64_FORMAT
				"; HttpOnly; SameSite=Strict%s",
				cookie_name(exchange), cookie,
				cookie[0] != '\0' ? (gint64)(hours * 3600) : 0,
				exchange_is_secure(exchange) ? "; Secure" : "");

	reply_header(exchange, "Set-Cookie", header);
}

/* --- who asks --- */

typedef struct {
	char hash[ID_SHA256 + 1];
	int64_t staff;
	WallTime now;
} Use;

static bool
write_use(Archive *archive, void *data, GError **error)
{
	const Use *use = data;

	return archive_use_session(archive, use->hash, use->now, error) &&
	       archive_use_staff(archive, use->staff, use->now, error);
}

static void
forget_use(void *data, bool committed, const GError *error)
{
	g_free(data);
}

/* A page that asks for news every few seconds is no teacher at work: only
 * what changes something, and opening a page, keeps a session alive. */
static void
note_use(Exchange *exchange, const ArchiveSession *session)
{
	WallTime now = service_now(exchange->service);
	Use *use;

	if (now.us - session->used.us < USE_EVERY_US)
		return;
	use = g_new0(Use, 1);
	use->now = now;
	use->staff = session->staff.key;
	g_strlcpy(use->hash, exchange->session_hash, sizeof(use->hash));
	if (!writer_add(exchange->service->writer, write_use, forget_use, use))
		g_free(use);
}

static bool
is_change(const Exchange *exchange)
{
	return !g_str_equal(exchange->route->method, "GET");
}

static bool
has_token(const Exchange *exchange)
{
	const char *sent = exchange_header(exchange, "Cairn-Token");
	char token[ID_SHA256 + 1];

	session_token(exchange->session, token);
	return sent != NULL && strlen(sent) == ID_SHA256 &&
	       sodium_memcmp(sent, token, ID_SHA256) == 0;
}

static void
sign_out(Exchange *exchange)
{
	reply_problem(exchange, 401, "signed-out", 0, "sign in");
}

static void
take_session(Exchange *exchange, const ArchiveSession *session)
{
	const Service *service = exchange->service;

	if (session->made.us < session_oldest(service).us ||
	    session->used.us < session_idlest(service).us) {
		sign_out(exchange);
		return;
	}
	if (is_change(exchange) && !has_token(exchange)) {
		reply_problem(exchange, 403, "token", 0,
			      "the session's token must come in Cairn-Token");
		return;
	}
	exchange->staff = g_new(ArchiveStaff, 1);
	*exchange->staff = session->staff;
	if (is_change(exchange) ||
	    g_str_equal(exchange->route->path, "/api/session"))
		note_use(exchange, session);
}

void
session_authorize(Exchange *exchange, Archive *archive)
{
	g_autofree ArchiveSession *session = g_new0(ArchiveSession, 1);
	g_autoptr(GError) error = NULL;

	if (!cookie_parse(exchange_header(exchange, "Cookie"),
			  cookie_name(exchange), exchange->session)) {
		sign_out(exchange);
		return;
	}
	id_sha256(exchange->session, ID_TOKEN, exchange->session_hash);
	if (archive_find_session(archive, exchange->session_hash, session,
				 &error))
		take_session(exchange, session);
	else if (g_error_matches(error, FAULT, FAULT_NOT_FOUND))
		sign_out(exchange);
	else
		reply_error(exchange, error);
}

/* --- known browsers --- */

#define DEVICE_S       (180 * 24 * 3600)
#define DEVICE_RANDOM  16
#define DEVICE_TAG     16
#define DEVICE_PURPOSE "cairn-device-1"

G_STATIC_ASSERT(DEVICE_TAG >= crypto_generichash_BYTES_MIN);

/* One for each account: a school's computer has many teachers. */
static char *
device_name(Exchange *exchange, const ArchiveStaff *staff)
{
	char hash[ID_SHA256 + 1];

	id_sha256(staff->login, strlen(staff->login), hash);
	return g_strdup_printf("%s-device-%.8s", cookie_name(exchange), hash);
}

/* A new password is another tag. */
static void
tag_device(const Service *service, const ArchiveStaff *staff,
	   const unsigned char random[static DEVICE_RANDOM],
	   unsigned char out[static DEVICE_TAG])
{
	unsigned char key[crypto_generichash_KEYBYTES];
	crypto_generichash_state state;

	crypto_generichash(key, sizeof(key),
			   (const unsigned char *)DEVICE_PURPOSE,
			   strlen(DEVICE_PURPOSE), service->key.secret_key,
			   crypto_sign_SEEDBYTES);
	crypto_generichash_init(&state, key, sizeof(key), DEVICE_TAG);
	crypto_generichash_update(&state, random, DEVICE_RANDOM);
	crypto_generichash_update(&state, (const unsigned char *)staff->login,
				  strlen(staff->login) + 1);
	crypto_generichash_update(&state,
				  (const unsigned char *)staff->password,
				  strlen(staff->password) + 1);
	crypto_generichash_final(&state, out, DEVICE_TAG);
	sodium_memzero(key, sizeof(key));
}

void
session_set_device(Exchange *exchange, const ArchiveStaff *staff)
{
	g_autofree char *name = device_name(exchange, staff);
	unsigned char bytes[DEVICE_RANDOM + DEVICE_TAG];
	char text[ID_TOKEN + 1];
	g_autofree char *header = NULL;

	randombytes_buf(bytes, DEVICE_RANDOM);
	tag_device(exchange->service, staff, bytes, bytes + DEVICE_RANDOM);
	sodium_bin2base64(text, sizeof(text), bytes, sizeof(bytes),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	header =
		g_strdup_printf("%s=%s; Path=/; Max-Age=%d"
				"; HttpOnly; SameSite=Strict%s",
				name, text, DEVICE_S,
				exchange_is_secure(exchange) ? "; Secure" : "");
	reply_header(exchange, "Set-Cookie", header);
}

bool
session_read_device(Exchange *exchange, const ArchiveStaff *staff,
		    char device[static ID_TOKEN + 1])
{
	g_autofree char *name = device_name(exchange, staff);
	unsigned char bytes[DEVICE_RANDOM + DEVICE_TAG + 1];
	unsigned char tag[DEVICE_TAG];
	size_t size;

	if (!cookie_parse(exchange_header(exchange, "Cookie"), name, device) ||
	    sodium_base642bin(bytes, sizeof(bytes), device, ID_TOKEN, NULL,
			      &size, NULL,
			      sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
	    size != DEVICE_RANDOM + DEVICE_TAG)
		return false;
	tag_device(exchange->service, staff, bytes, tag);
	return sodium_memcmp(tag, bytes + DEVICE_RANDOM, DEVICE_TAG) == 0;
}
