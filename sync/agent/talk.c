/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include "sync/agent/talk.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/wire/bundle.h"

#define SMALL_ANSWER_MAX (16 * 1024) /* bytes of any but bundle and files */
#define IDS_ANSWER_MAX   (64 * 1024) /* the ids of a batch */
#define BUNDLE_PURPOSE   "cairn-bundle-1"
#define JSON_TYPE        "application/json"
#define XAPI_VERSION     "1.0.3"

/* --- what an answer's status means --- */

static bool
is_problem(const Answer *answer, Problem *out)
{
	return g_str_has_prefix(answer->headers.content_type,
				"application/problem+json") &&
	       problem_parse(g_bytes_get_data(answer->body, NULL),
			     g_bytes_get_size(answer->body), out, NULL);
}

static Fault
fault_of(int status, bool problem)
{
	if (status == 401 || status == 403 || status == 407)
		return FAULT_REFUSED;
	if (status == 429 || status >= 500 || !problem)
		return FAULT_OFFLINE;
	return status == 404 ? FAULT_NOT_FOUND : FAULT_INVALID;
}

static const char *
advise(int status)
{
	if (status == 401 || status == 403)
		return "the district does not take this kiosk; enrol it again";
	if (status == 407)
		return "the proxy asks who we are; see [agent] proxy";
	if (status == 429 || status >= 500)
		return "the district is busy or ill; it will be tried again";
	return "this is not how a district answers: a network's sign-in page, "
	       "or a wrong [agent] district?";
}

static bool
judge(const Request *request, const Answer *answer, Refusal *refusal,
      GError **error)
{
	bool problem = is_problem(answer, &refusal->problem);

	refusal->retry_after_s = answer->retry_after_s;
	g_set_error(error, FAULT, fault_of(answer->status, problem),
		    "%.*s: %d %s: %s", (int)strcspn(request->path, "?"),
		    request->path, answer->status,
		    problem ? refusal->problem.code : "no district's answer",
		    problem && refusal->problem.detail[0] != '\0'
			    ? refusal->problem.detail
			    : advise(answer->status));
	return false;
}

static bool
is_good(const Request *request, const Answer *answer)
{
	return answer->status == 200 || answer->status == 204 ||
	       answer->status == 201 ||
	       (answer->status == 304 && request->if_none_match != NULL);
}

/* Asks as this kiosk, or as nobody if there are no secrets yet. */
static bool
ask(const Talk *talk, Request *request, Answer *answer, Refusal *refusal,
    GError **error)
{
	const Transport *transport = talk->transport;

	*refusal = (Refusal){ .asked = true, .retry_after_s = -1 };
	*answer = (Answer){ .retry_after_s = -1 };
	request->now = talk->now;
	if (talk->secrets.kiosk[0] != '\0') {
		request->user = talk->secrets.kiosk;
		request->password = talk->secrets.secret;
	}
	if (!transport->send(transport->self, request, answer, error))
		return false;
	refusal->status = answer->status;
	if (answer->body == NULL)
		answer->body = g_bytes_new(NULL, 0);
	return is_good(request, answer) ||
	       judge(request, answer, refusal, error);
}

static bool
post(const Talk *talk, const char *path, GBytes *json, Answer *answer,
     Refusal *refusal, GError **error)
{
	g_autoptr(Body) body = body_new();
	Request request = { .path = path,
			    .post = true,
			    .content_type = JSON_TYPE,
			    .body = body,
			    .answer_max = SMALL_ANSWER_MAX };

	body_add_bytes(body, json);
	return ask(talk, &request, answer, refusal, error);
}

/* A 200 whose content is not the district's: somebody else's page. */
static bool
misread(const char *path, GError **error)
{
	g_prefix_error(error, "%s: ", path);
	return false;
}

static char *
get_text(const Answer *answer)
{
	size_t size;
	const char *bytes = g_bytes_get_data(answer->body, &size);

	return g_strchomp(g_strndup(bytes != NULL ? bytes : "", size));
}

/* --- identities --- */

static bool
ask_identity(const Talk *talk, const char *path, GBytes *json, EnrolAnswer *out,
	     Refusal *refusal, GError **error)
{
	g_auto(Answer) answer = { 0 };

	if (!post(talk, path, json, &answer, refusal, error))
		return false;
	return enrol_answer_parse(g_bytes_get_data(answer.body, NULL),
				  g_bytes_get_size(answer.body), out, error) ||
	       misread(path, error);
}

bool
talk_enrol(const Talk *talk, const EnrolRequest *request, EnrolAnswer *out,
	   Refusal *refusal, GError **error)
{
	g_autoptr(GBytes) json = enrol_request_format(request);
	Talk nobody = { .transport = talk->transport, .now = talk->now };

	return ask_identity(&nobody, "/kiosk/enrol", json, out, refusal, error);
}

bool
talk_fork(const Talk *talk, const ForkRequest *request, EnrolAnswer *out,
	  Refusal *refusal, GError **error)
{
	g_autoptr(GBytes) json = fork_request_format(request);

	return ask_identity(talk, "/kiosk/fork", json, out, refusal, error);
}

bool
talk_aside(const Talk *talk, const AsideNotice *notice, Refusal *refusal,
	   GError **error)
{
	g_autoptr(GBytes) json = aside_notice_format(notice);
	g_auto(Answer) answer = { 0 };

	return post(talk, "/kiosk/aside", json, &answer, refusal, error);
}

/* --- time --- */

bool
talk_get_time(const Talk *talk, WallTime *out, Refusal *refusal, GError **error)
{
	char nonce[MESSAGE_NONCE + 1];
	g_autofree char *path = NULL, *text = NULL;
	g_auto(Answer) answer = { 0 };
	Request request = { .answer_max = SMALL_ANSWER_MAX };

	nonce_new(nonce);
	path = g_strconcat("/kiosk/time?nonce=", nonce, NULL);
	request.path = path;
	if (!ask(talk, &request, &answer, refusal, error))
		return false;
	text = get_text(&answer);
	return time_parse(text, nonce, talk->secrets.district_key, out,
			  error) ||
	       misread("/kiosk/time", error);
}

/* --- bundle and files --- */

bool
talk_get_bundle(const Talk *talk, const char *etag, GBytes **out,
		Refusal *refusal, GError **error)
{
	g_autofree char *quoted = g_strdup_printf("\"%s\"", etag);
	g_auto(Answer) answer = { 0 };
	Request request = { .path = "/kiosk/bundle",
			    .if_none_match = etag[0] != '\0' ? quoted : NULL,
			    .answer_max = MESSAGE_BYTES_MAX };

	if (!ask(talk, &request, &answer, refusal, error))
		return false;
	if (answer.status == 304) {
		*out = NULL;
		return true;
	}
	if (!sign_verify(talk->secrets.district_key, BUNDLE_PURPOSE,
			 g_bytes_get_data(answer.body, NULL),
			 g_bytes_get_size(answer.body),
			 answer.headers.signature, error))
		return misread(request.path, error);
	*out = g_steal_pointer(&answer.body);
	return true;
}

GBytes *
talk_get_file(const Talk *talk, const char *sha256, int64_t size,
	      Refusal *refusal, GError **error)
{
	g_autofree char *path = g_strconcat("/kiosk/files/", sha256, NULL);
	g_auto(Answer) answer = { 0 };
	Request request = { .path = path, .answer_max = (size_t)size };
	char got[ID_SHA256 + 1];

	if (!ask(talk, &request, &answer, refusal, error))
		return NULL;
	id_sha256_bytes(answer.body, got);
	if (g_str_equal(got, sha256))
		return g_steal_pointer(&answer.body);
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "%s: what came has another hash", path);
	return NULL;
}

/* --- statements and receipts --- */

static bool
read_receipt(const Talk *talk, const char *text, const char *path, Receipt *out,
	     GError **error)
{
	if (text[0] == '\0') {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "%s: an answer without a receipt; is [agent] "
			    "district the right address?",
			    path);
		return false;
	}
	if (!receipt_parse(text, talk->secrets.district_key, out, error))
		return misread(path, error);
	if (g_str_equal(out->kiosk, talk->secrets.kiosk))
		return true;
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "%s: a receipt for another kiosk", path);
	return false;
}

bool
talk_post_statements(const Talk *talk, Body *body, const char *content_type,
		     Receipt *out, Refusal *refusal, GError **error)
{
	g_auto(Answer) answer = { 0 };
	Request request = { .path = "/xapi/statements",
			    .post = true,
			    .content_type = content_type,
			    .body = body,
			    .version = XAPI_VERSION,
			    .answer_max = IDS_ANSWER_MAX };

	return ask(talk, &request, &answer, refusal, error) &&
	       read_receipt(talk, answer.headers.receipt, request.path, out,
			    error);
}

bool
talk_get_receipt(const Talk *talk, Receipt *out, Refusal *refusal,
		 GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_auto(Answer) answer = { 0 };
	g_autofree char *text = NULL;
	Request request = { .path = "/kiosk/receipt",
			    .answer_max = SMALL_ANSWER_MAX };

	if (ask(talk, &request, &answer, refusal, &cause)) {
		text = get_text(&answer);
		return read_receipt(talk, text, request.path, out, error);
	}
	if (g_error_matches(cause, FAULT, FAULT_NOT_FOUND)) {
		*out = (Receipt){ .hash = ID_NO_HASH };
		g_strlcpy(out->kiosk, talk->secrets.kiosk, sizeof(out->kiosk));
		return true;
	}
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}
