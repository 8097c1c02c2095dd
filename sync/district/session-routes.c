/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/district/audit.h"
#include "sync/district/handlers.h"
#include "sync/district/password.h"
#include "sync/district/route.h"
#include "sync/district/session.h"

/* --- what a session looks like --- */

static json_t *
classes_to_json(Archive *archive, const ArchiveStaff *staff, GError **error)
{
	g_autoptr(GPtrArray) classes =
		archive_list_staff_classes(archive, staff, error);
	json_t *list;

	if (classes == NULL)
		return NULL;
	list = json_array();
	for (guint i = 0; i < classes->len; i++) {
		const RosterClass *class = classes->pdata[i];

		json_array_append_new(list,
				      json_pack("{s:s,s:s}", "id", class->id,
						"title", class->title));
	}
	return list;
}

static json_t *
languages_to_json(Service *service, Archive *archive, GError **error)
{
	g_autoptr(Pack) pack = service_get_pack(service, archive, error);
	const char *const *languages;
	json_t *list;

	if (pack == NULL)
		return NULL;
	list = json_array();
	if (pack->portrait == NULL) {
		json_array_append_new(list, json_string("en"));
		return list;
	}
	languages = portrait_get_languages(pack->portrait);
	for (size_t i = 0; languages[i] != NULL; i++)
		json_array_append_new(list, json_string(languages[i]));
	return list;
}

static bool
reply_session(Exchange *exchange, Archive *archive, const char *cookie,
	      const ArchiveStaff *staff, GError **error)
{
	char token[ID_SHA256 + 1];
	g_autofree char *id =
		g_strdup_printf("%" G_GINT64_FORMAT, (gint64)staff->key);
	g_autoptr(json_t) classes = classes_to_json(archive, staff, error);
	g_autoptr(json_t) languages = NULL;

	if (classes == NULL)
		return false;
	languages = languages_to_json(exchange->service, archive, error);
	if (languages == NULL)
		return false;
	session_token(cookie, token);
	reply_json(exchange, 200,
		   json_pack("{s:{s:s,s:s,s:s},s:s,s:b,s:O,s:O}", "teacher",
			     "id", id, "name", staff->name, "role",
			     staff->role == STAFF_ADMINISTRATOR
				     ? "administrator"
				     : "teacher",
			     "token", token, "must_change", staff->must_change,
			     "classes", classes, "languages", languages));
	return true;
}

void
handle_session(Exchange *exchange, Archive *archive)
{
	g_autoptr(GError) error = NULL;

	if (!reply_session(exchange, archive, exchange->session,
			   exchange->staff, &error))
		reply_error(exchange, error);
}

/* --- signing in --- */

/* Another site's page may not sign a teacher in as somebody else. */
static bool
is_from_elsewhere(const Exchange *exchange)
{
	const char *site = exchange_header(exchange, "Sec-Fetch-Site");

	return site != NULL && !g_str_equal(site, "same-origin") &&
	       !g_str_equal(site, "none");
}

/* What a password for this account is counted by. */
typedef struct {
	char address[PROXIES_ADDRESS_MAX + 1];
	char device[ID_TOKEN + 1];
	Attempt attempt;
} Try;

static bool
may_try(Exchange *exchange, Archive *archive, const char *name,
	const ArchiveStaff *staff, Try *out)
{
	int64_t wait;

	exchange_address(exchange, out->address, sizeof(out->address));
	out->attempt = (Attempt){ .kind = ATTEMPT_PASSWORD,
				  .account = name,
				  .address = out->address };
	if (staff->key != 0 &&
	    session_read_device(exchange, staff, out->device))
		out->attempt.device = out->device;
	wait = attempts_wait(exchange->service->attempts, archive,
			     &out->attempt);
	if (wait > 0)
		reply_retry(exchange, 429, "too-often", wait,
			    "too many wrong passwords: wait");
	return wait == 0;
}

static void
refuse_sign_in(Exchange *exchange, const Try *try)
{
	attempts_fail(exchange->service->attempts, &try->attempt);
	g_message("a sign-in failed");
	reply_problem(exchange, 401, "wrong", 0,
		      "the name or the password is wrong");
}

/* Of nobody, if there is none or it is revoked. */
static bool
find_account(Exchange *exchange, Archive *archive, const char *name,
	     ArchiveStaff *out)
{
	g_autoptr(GError) error = NULL;
	bool found = archive_find_staff(archive, name, out, &error);

	if (!found && !g_error_matches(error, FAULT, FAULT_NOT_FOUND)) {
		reply_error(exchange, error);
		return false;
	}
	if (!found || out->revoked.us != 0)
		*out = (ArchiveStaff){ 0 };
	return true;
}

static void
sign_in(Exchange *exchange, Archive *archive, const char *name,
	const char *password)
{
	g_autofree ArchiveStaff *staff = g_new0(ArchiveStaff, 1);
	Try try;

	if (!find_account(exchange, archive, name, staff))
		return;
	if (staff->key != 0)
		audit_object(exchange, "account", staff->login);
	if (!may_try(exchange, archive, name, staff, &try))
		return;
	if (!password_verify(staff->password, password)) {
		refuse_sign_in(exchange, &try);
		return;
	}
	attempts_forgive(exchange->service->attempts, &try.attempt);
	exchange->known = staff->role == STAFF_ADMINISTRATOR
				  ? AUDIT_ADMINISTRATOR
				  : AUDIT_TEACHER;
	exchange->staff = g_steal_pointer(&staff);
	id_new_token(exchange->session);
	id_sha256(exchange->session, ID_TOKEN, exchange->session_hash);
}

void
handle_sign_in(Exchange *exchange, Archive *archive)
{
	g_autoptr(json_t) object = exchange_read_json(exchange);
	g_autoptr(GError) error = NULL;
	g_autofree char *name = NULL;
	const char *given, *password;

	if (object == NULL)
		return;
	if (is_from_elsewhere(exchange)) {
		reply_problem(exchange, 403, "elsewhere", 0,
			      "sign in on the district's own page");
		return;
	}
	given = json_text(object, "name", 1, STAFF_LOGIN_MAX, &error);
	password = given != NULL ? json_text(object, "password", 1,
					     PASSWORD_MAX, &error)
				 : NULL;
	if (password == NULL) {
		reply_error(exchange, error);
		return;
	}
	name = g_utf8_strdown(given, -1);
	g_strstrip(name);
	sign_in(exchange, archive, name, password);
}

bool
write_sign_in(Archive *archive, Exchange *exchange, GError **error)
{
	const Service *service = exchange->service;

	if (!archive_drop_old_sessions(archive, session_oldest(service),
				       session_idlest(service), error) ||
	    !archive_add_session(archive, exchange->session_hash,
				 exchange->staff->key, service_now(service),
				 error) ||
	    !archive_use_staff(archive, exchange->staff->key,
			       service_now(service), error))
		return false;
	session_set_device(exchange, exchange->staff);
	session_set_cookie(exchange, exchange->session);
	return reply_session(exchange, archive, exchange->session,
			     exchange->staff, error);
}

bool
write_sign_out(Archive *archive, Exchange *exchange, GError **error)
{
	if (!archive_end_session(archive, exchange->session_hash, error))
		return false;
	session_set_cookie(exchange, "");
	reply_empty(exchange, 204);
	return true;
}

/* --- a new password --- */

/* Somebody at a teacher's open screen must not guess either. */
static bool
check_old(Exchange *exchange, Archive *archive, const char *password)
{
	const ArchiveStaff *staff = exchange->staff;
	Try try;

	if (!may_try(exchange, archive, staff->login, staff, &try))
		return false;
	if (password_verify(staff->password, password))
		return true;
	refuse_sign_in(exchange, &try);
	return false;
}

static bool
check_new(Exchange *exchange, const char *old, const char *new)
{
	const char *refusal = password_refusal(new, exchange->staff->login);

	if (refusal == NULL && g_str_equal(old, new))
		refusal = "same";
	if (refusal == NULL)
		return true;
	reply_problem(exchange, 422, refusal, 0,
		      "a password has at least 10 letters, not the account's "
		      "name, nothing common, and is a new one");
	return false;
}

void
handle_password(Exchange *exchange, Archive *archive)
{
	g_autoptr(json_t) object = exchange_read_json(exchange);
	g_autoptr(GError) error = NULL;
	const char *old, *new;

	if (object == NULL)
		return;
	old = json_text(object, "old", 1, PASSWORD_MAX, &error);
	new = old != NULL ? json_text(object, "new", 1, PASSWORD_MAX, &error)
			  : NULL;
	if (new == NULL) {
		reply_error(exchange, error);
		return;
	}
	if (check_old(exchange, archive, old) && check_new(exchange, old, new))
		password_hash(new, exchange->staff->password);
}

/* A new password is a new session: what somebody else may have copied of the
 * old one is worth nothing. */
bool
write_password(Archive *archive, Exchange *exchange, GError **error)
{
	ArchiveStaff *staff = exchange->staff;
	WallTime now = service_now(exchange->service);

	if (!archive_set_password(archive, staff->key, staff->password, false,
				  now, NULL, error))
		return false;
	staff->must_change = false;
	id_new_token(exchange->session);
	id_sha256(exchange->session, ID_TOKEN, exchange->session_hash);
	return write_sign_in(archive, exchange, error);
}
