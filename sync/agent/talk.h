/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "sync/agent/secrets.h"
#include "sync/line/transport.h"
#include "sync/wire/messages.h"

/*
 * The questions of sync/README.md, one function each: what goes out is
 * formatted, what comes back is checked, signatures included.
 *
 * Faults: FAULT_OFFLINE: later, when the network or the district is well
 * again; FAULT_REFUSED: an adult must look; FAULT_INVALID: the district
 * refused what was sent (see the refusal's problem); FAULT_NOT_FOUND: it has
 * no such thing; FAULT_BUSY: we are to stop.
 */
typedef struct {
	const Transport *transport; /* borrowed */
	Secrets secrets;            /* all zeros: not enrolled yet */
	WallTime now;               /* as best known; 0: not known */
} Talk;

/* Of the last question; the problem when a function returns false. */
typedef struct {
	bool asked;            /* any */
	int status;            /* of its answer; 0: none came */
	Problem problem;       /* code "": the district said none */
	int64_t retry_after_s; /* -1: not said */
} Refusal;

bool talk_enrol(const Talk *talk, const EnrolRequest *request, EnrolAnswer *out,
		Refusal *refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool talk_get_time(const Talk *talk, WallTime *out, Refusal *refusal,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The bundle's bytes, their signature checked; *out NULL if it is still the
 * one that has this etag (the SHA-256 of its bytes; "" none). */
bool
talk_get_bundle(const Talk *talk, const char *etag, GBytes **out,
		Refusal *refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A file of the pack; FAULT_REFUSED if it has another hash. */
GBytes *
talk_get_file(const Talk *talk, const char *sha256, int64_t size,
	      Refusal *refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* content_type is the body's. */
bool
talk_post_statements(const Talk *talk, Body *body, const char *content_type,
		     Receipt *out, Refusal *refusal, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* The newest receipt; of number 0 if there is none yet. */
bool talk_get_receipt(const Talk *talk, Receipt *out, Refusal *refusal,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool talk_fork(const Talk *talk, const ForkRequest *request, EnrolAnswer *out,
	       Refusal *refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool talk_aside(const Talk *talk, const AsideNotice *notice, Refusal *refusal,
		GError **error) G_GNUC_WARN_UNUSED_RESULT;
