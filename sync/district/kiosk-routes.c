/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "sync/district/archive-log.h"
#include "sync/district/archive-roster.h"
#include "sync/district/audit.h"
#include "sync/district/handlers.h"
#include "sync/district/ingest.h"
#include "sync/district/receipt.h"
#include "sync/district/route.h"

/* --- receipts --- */

char *
receipt_of(const Exchange *exchange)
{
	Receipt receipt = { .number = exchange->kiosk.held,
			    .at = service_now(exchange->service) };

	g_strlcpy(receipt.kiosk, exchange->kiosk.id, sizeof(receipt.kiosk));
	g_strlcpy(receipt.hash, exchange->kiosk.held_hash,
		  sizeof(receipt.hash));
	return receipt_format(&receipt, &exchange->service->key);
}

void
receipt_add_header(Exchange *exchange)
{
	g_autofree char *receipt = receipt_of(exchange);

	reply_header(exchange, "Cairn-Receipt", receipt);
}

static void
reply_text(Exchange *exchange, const char *text)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

	reply_bytes(exchange, 200, "text/plain; charset=utf-8", bytes);
}

void
handle_receipt(Exchange *exchange, Archive *archive)
{
	g_autofree char *receipt = receipt_of(exchange);

	reply_text(exchange, receipt);
}

void
handle_time(Exchange *exchange, Archive *archive)
{
	const char *nonce = exchange_query(exchange, "nonce");
	g_autofree char *time = NULL;

	if (!nonce_is_valid(nonce)) {
		reply_problem(exchange, 400, "invalid", 0,
			      "nonce must be 32 lower-case hex digits");
		return;
	}
	time = time_format(nonce, service_now(exchange->service),
			   &exchange->service->key);
	reply_text(exchange, time);
}

void
handle_pack_file(Exchange *exchange, Archive *archive)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes =
		archive_read_pack_file(archive, exchange->argument, &error);

	if (bytes != NULL)
		reply_bytes(exchange, 200, "application/octet-stream", bytes);
	else
		reply_error(exchange, error);
}

/* --- identities --- */

typedef struct {
	EnrolRequest request;
	char secret[ID_TOKEN + 1];
	char address[64];
} Enrolment;

static void
free_enrolment(void *data)
{
	sodium_memzero(data, sizeof(Enrolment));
	g_free(data);
}

void
handle_enrol(Exchange *exchange, Archive *archive)
{
	Enrolment *enrolment = g_new0(Enrolment, 1);
	g_autoptr(json_t) object = NULL;
	g_autoptr(GError) error = NULL;
	int64_t wait;

	exchange->state = enrolment;
	exchange->state_free = free_enrolment;
	exchange_address(exchange, enrolment->address,
			 sizeof(enrolment->address));
	wait = attempts_wait(exchange->service->attempts, archive,
			     &(Attempt){ ATTEMPT_CODE,
					 .address = enrolment->address });
	if (wait > 0) {
		reply_retry(exchange, 429, "too-often", wait,
			    "too many wrong codes: wait");
		return;
	}
	object = exchange_read_json(exchange);
	if (object != NULL &&
	    !enrol_request_parse(exchange->body->data, exchange->body->len,
				 &enrolment->request, &error))
		reply_error(exchange, error);
	else
		audit_object(exchange, "kiosk", enrolment->request.kiosk);
	id_new_token(enrolment->secret);
}

static void
reply_identity(Exchange *exchange, const char *kiosk, const char *secret)
{
	EnrolAnswer answer = { 0 };
	g_autoptr(GBytes) bytes = NULL;

	g_strlcpy(answer.kiosk, kiosk, sizeof(answer.kiosk));
	g_strlcpy(answer.secret, secret, sizeof(answer.secret));
	sign_key_text(&exchange->service->key, answer.district_key);
	bytes = enrol_answer_format(&answer);
	reply_bytes(exchange, 200, "application/json", bytes);
	sodium_memzero(&answer, sizeof(answer));
}

bool
write_enrol(Archive *archive, Exchange *exchange, GError **error)
{
	Enrolment *enrolment = exchange->state;
	g_autoptr(GError) cause = NULL;
	char hash[ID_SHA256 + 1];

	id_sha256(enrolment->secret, ID_TOKEN, hash);
	if (archive_enrol(archive, &enrolment->request, hash,
			  service_now(exchange->service), &cause)) {
		reply_identity(exchange, enrolment->request.kiosk,
			       enrolment->secret);
		return true;
	}
	if (g_error_matches(cause, FAULT, FAULT_REFUSED)) {
		attempts_fail(exchange->service->attempts,
			      &(Attempt){ ATTEMPT_CODE,
					  .address = enrolment->address });
		reply_problem(exchange, 403, "code", 0, cause->message);
	} else {
		g_propagate_error(error, g_steal_pointer(&cause));
	}
	return false;
}

typedef struct {
	ForkRequest request;
	char secret[ID_TOKEN + 1];
} Fork;

static void
free_fork(void *data)
{
	sodium_memzero(data, sizeof(Fork));
	g_free(data);
}

void
handle_fork(Exchange *exchange, Archive *archive)
{
	Fork *fork = g_new0(Fork, 1);
	g_autoptr(json_t) object = exchange_read_json(exchange);
	g_autoptr(GError) error = NULL;

	exchange->state = fork;
	exchange->state_free = free_fork;
	if (object != NULL &&
	    !fork_request_parse(exchange->body->data, exchange->body->len,
				&fork->request, &error))
		reply_error(exchange, error);
	id_new_token(fork->secret);
}

/* The copy and we must agree on the record that it says it left after. */
static bool
check_fork(Archive *archive, Exchange *exchange, const ForkRequest *request,
	   GError **error)
{
	char hash[ID_SHA256 + 1] = ID_NO_HASH;

	if (request->after > 0 &&
	    !archive_find_number(archive, &exchange->kiosk, request->after,
				 hash, error))
		return false;
	if (g_str_equal(hash, request->hash))
		return true;
	reply_problem(exchange, 409, "forked", request->after,
		      "another record of this number is held: the copy left "
		      "earlier");
	return false;
}

bool
write_fork(Archive *archive, Exchange *exchange, GError **error)
{
	Fork *fork = exchange->state;
	char hash[ID_SHA256 + 1];
	ArchiveKiosk copy;

	id_sha256(fork->secret, ID_TOKEN, hash);
	if (!check_fork(archive, exchange, &fork->request, error) ||
	    !archive_fork(archive, &exchange->kiosk, &fork->request, hash,
			  service_now(exchange->service), &copy, error))
		return false;
	g_message("kiosk %s is a copy of %s", copy.id, exchange->kiosk.id);
	audit_object(exchange, "kiosk", copy.id);
	reply_identity(exchange, copy.id, fork->secret);
	return true;
}

/* --- records set aside --- */

void
handle_aside(Exchange *exchange, Archive *archive)
{
	AsideNotice *notice = g_new0(AsideNotice, 1);
	g_autoptr(json_t) object = exchange_read_json(exchange);
	g_autoptr(GError) error = NULL;

	exchange->state = notice;
	exchange->state_free = g_free;
	if (object != NULL &&
	    !aside_notice_parse(exchange->body->data, exchange->body->len,
				notice, &error))
		reply_error(exchange, error);
}

bool
write_aside(Archive *archive, Exchange *exchange, GError **error)
{
	const AsideNotice *notice = exchange->state;
	Problem refusal = { 0 };

	if (ingest_set_aside(archive, &exchange->kiosk, notice,
			     service_now(exchange->service), &refusal, error)) {
		g_message("kiosk %s set record %" G_GINT64_FORMAT " aside",
			  exchange->kiosk.id, (gint64)notice->number);
		receipt_add_header(exchange);
		reply_empty(exchange, 204);
		return true;
	}
	if (refusal.status != 0)
		reply_problem(exchange, refusal.status, refusal.code,
			      refusal.number, refusal.detail);
	return false;
}
