/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "wire"

#include "sync/wire/messages.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/wire/members.h"

/* Enrolment, fork, aside, problem: JSON bodies.  Signed ones: token.c. */

#define MESSAGE_SMALL_MAX (16 * 1024) /* bytes of any message here */
#define ID_TOKEN_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* Messages hold texts and integers only, so this cannot fail. */
static GBytes *
print(json_t *value)
{
	g_autoptr(json_t) owned = value;

	g_return_val_if_fail(value != NULL, NULL); /* not UTF-8 */
	return json_canonical(owned, NULL);
}

static json_t *
read_object(const void *bytes, size_t size, const char *what, GError **error)
{
	g_autoptr(json_t) value = NULL;

	if (size > MESSAGE_SMALL_MAX) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "%s: more than %d bytes", what, MESSAGE_SMALL_MAX);
		return NULL;
	}
	value = json_read(bytes, size, error);
	if (value != NULL && json_is_object(value))
		return g_steal_pointer(&value);
	if (value != NULL)
		g_set_error(error, FAULT, FAULT_INVALID,
			    "must be a JSON object");
	g_prefix_error(error, "%s: ", what);
	return NULL;
}

static bool
finish(bool ok, const char *what, GError **error)
{
	if (!ok)
		g_prefix_error(error, "%s: ", what);
	return ok;
}

static bool
read_code(const json_t *object, char *out, GError **error)
{
	if (!member_text(object, "code", MESSAGE_CODE, out, MESSAGE_CODE + 1,
			 error))
		return false;
	if (strspn(out, "0123456789") == MESSAGE_CODE)
		return true;
	return member_invalid("code", "must be 12 digits", error);
}

static bool
read_secret(const json_t *object, char *out, GError **error)
{
	if (!member_text(object, "secret", ID_TOKEN, out, ID_TOKEN + 1, error))
		return false;
	if (strspn(out, ID_TOKEN_LETTERS) == ID_TOKEN)
		return true;
	return member_invalid("secret", "must be base64url", error);
}

bool
message_base_is_valid(const char *base)
{
	size_t size = strlen(base);

	if (!g_str_has_prefix(base, "https://") &&
	    !g_str_has_prefix(base, "http://"))
		return false;
	for (const char *at = base; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f ||
		    strchr("\"<>\\^`{|}?#", *at) != NULL)
			return false;
	return size <= MESSAGE_BASE_MAX && base[size - 1] != '/';
}

/* --- enrolment --- */

GBytes *
enrol_request_format(const EnrolRequest *request)
{
	return print(json_pack("{s:s,s:s,s:s}", "code", request->code, "kiosk",
			       request->kiosk, "public_key",
			       request->public_key));
}

bool
enrol_request_parse(const void *bytes, size_t size, EnrolRequest *out,
		    GError **error)
{
	static const char *const names[] = { "code", "kiosk", "public_key",
					     NULL };
	g_autoptr(json_t) object = read_object(bytes, size, "enrolment", error);
	EnrolRequest request = { 0 };
	bool ok = object != NULL && json_only(object, names, error) &&
		  read_code(object, request.code, error) &&
		  member_uuid(object, "kiosk", request.kiosk, error) &&
		  member_key(object, "public_key", request.public_key, error);

	if (ok)
		*out = request;
	return finish(ok, "enrolment", error);
}

GBytes *
enrol_answer_format(const EnrolAnswer *answer)
{
	return print(json_pack("{s:s,s:s,s:s}", "kiosk", answer->kiosk,
			       "secret", answer->secret, "district_key",
			       answer->district_key));
}

/* A later district may say more: members that we do not know are let be. */
bool
enrol_answer_parse(const void *bytes, size_t size, EnrolAnswer *out,
		   GError **error)
{
	g_autoptr(json_t) object = read_object(bytes, size, "identity", error);
	EnrolAnswer answer = { 0 };
	bool ok =
		object != NULL &&
		member_uuid(object, "kiosk", answer.kiosk, error) &&
		read_secret(object, answer.secret, error) &&
		member_key(object, "district_key", answer.district_key, error);

	if (ok)
		*out = answer;
	return finish(ok, "identity", error);
}

/* --- fork --- */

GBytes *
fork_request_format(const ForkRequest *request)
{
	return print(json_pack("{s:I,s:s,s:s}", "after",
			       (json_int_t)request->after, "hash",
			       request->hash, "public_key",
			       request->public_key));
}

bool
fork_request_parse(const void *bytes, size_t size, ForkRequest *out,
		   GError **error)
{
	static const char *const names[] = { "after", "hash", "public_key",
					     NULL };
	g_autoptr(json_t) object = read_object(bytes, size, "fork", error);
	ForkRequest request = { 0 };
	bool ok = object != NULL && json_only(object, names, error) &&
		  json_number(object, "after", 0, JSON_INTEGER_MAX,
			      &request.after, error) &&
		  member_sha256(object, "hash", request.hash, error) &&
		  member_key(object, "public_key", request.public_key, error);

	if (ok && (request.after == 0) != g_str_equal(request.hash, ID_NO_HASH))
		ok = member_invalid("hash", "is all zeros exactly after 0",
				    error);
	if (ok)
		*out = request;
	return finish(ok, "fork", error);
}

/* --- aside --- */

GBytes *
aside_notice_format(const AsideNotice *notice)
{
	return print(json_pack("{s:I,s:s,s:s}", "number",
			       (json_int_t)notice->number, "hash", notice->hash,
			       "reason", notice->reason));
}

bool
aside_notice_parse(const void *bytes, size_t size, AsideNotice *out,
		   GError **error)
{
	static const char *const names[] = { "hash", "number", "reason", NULL };
	g_autoptr(json_t) object = read_object(bytes, size, "aside", error);
	AsideNotice notice = { 0 };
	bool ok = object != NULL && json_only(object, names, error) &&
		  json_number(object, "number", 1, JSON_INTEGER_MAX,
			      &notice.number, error) &&
		  member_sha256(object, "hash", notice.hash, error) &&
		  member_text(object, "reason", 0, notice.reason,
			      sizeof(notice.reason), error);

	if (ok)
		*out = notice;
	return finish(ok, "aside", error);
}

/* --- problem --- */

GBytes *
problem_format(const Problem *problem)
{
	json_t *value =
		json_pack("{s:i,s:s,s:s}", "status", problem->status, "code",
			  problem->code, "detail", problem->detail);

	if (problem->number != 0)
		json_object_set_new(value, "number",
				    json_integer(problem->number));
	return print(value);
}

/* They go into a log, and onto a screen. */
static void
make_one_line(char *text)
{
	for (; *text != '\0'; text++)
		if (g_ascii_iscntrl(*text))
			*text = ' ';
}

/* RFC 9457 lets others add members, "type" and "title" among them. */
bool
problem_parse(const void *bytes, size_t size, Problem *out, GError **error)
{
	g_autoptr(json_t) object = read_object(bytes, size, "problem", error);
	Problem problem = { 0 };
	int64_t status = 0;
	bool ok = object != NULL &&
		  json_number(object, "status", 100, 599, &status, error) &&
		  member_text(object, "code", 1, problem.code,
			      sizeof(problem.code), error) &&
		  member_text(object, "detail", 0, problem.detail,
			      sizeof(problem.detail), error) &&
		  (json_object_get(object, "number") == NULL ||
		   json_number(object, "number", 0, JSON_INTEGER_MAX,
			       &problem.number, error));

	problem.status = (int)status;
	make_one_line(problem.code);
	make_one_line(problem.detail);
	if (ok)
		*out = problem;
	return finish(ok, "problem", error);
}
