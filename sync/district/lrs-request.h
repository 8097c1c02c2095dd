/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/exchange.h"

/*
 * What all requests to xAPI resources have in common: the version they are
 * in, their parameters, how they are refused, and the headers of every answer.
 */
#define LRS_VERSION_HEADER "X-Experience-API-Version"
#define LRS_PATH           "/xapi/"

/* Sets the version, or the reply that refuses. */
void lrs_negotiate(Exchange *exchange);
/* Once it is known who asks: what is answered if they name none. */
void lrs_note_version(Exchange *exchange);

/* A parameter of ours, in what `more` says: a seq to go on from. */
#define LRS_MORE           "more"
#define LRS_PARAMETERS_MAX 64

typedef struct {
	XapiParameter list[LRS_PARAMETERS_MAX];
	size_t n;
	bool is_bad;
} LrsParameters;

/* The URL's, or the form's; false if they can't be listed. */
bool lrs_list_parameters(const Exchange *exchange, LrsParameters *out);
/* -1: it is the first page. */
int64_t lrs_get_more(const Exchange *exchange);

/* Reads the URL's parameters, or the form's; false with the reply set. */
bool lrs_read_query(Exchange *exchange, XapiRequest request, XapiQuery *out)
	G_GNUC_WARN_UNUSED_RESULT;
/* Of the body; "" if none is given. */
const char *lrs_content_type(const Exchange *exchange);
/* Is it this media type, whatever its parameters? */
bool lrs_is_type(const char *content_type, const char *type);

/* What the error's fault stands for: FAULT_REFUSED is 413 here. */
void lrs_fail(Exchange *exchange, const GError *error);
/* A refusal that must be plain text (Communication 3.1.s4.b3). */
void lrs_fail_plainly(Exchange *exchange, int status, const char *detail);

/* Last-Modified. */
void lrs_add_modified(Exchange *exchange, WallTime stored);

/* The account that stands for a sender of statements, JSON of an agent. */
char *lrs_authority(const ArchiveDistrict *district, const char *id,
		    const char *name);

/* Those of every answer. */
void lrs_add_headers(const Exchange *exchange, struct MHD_Response *response);
