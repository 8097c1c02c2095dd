/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <glib.h>

#include "sync/xapi/tape.h"

/*
 * Accept-Language (RFC 9110, 12.5.4), and the one entry of a language map
 * that suits it best (Communication 2.1.3.s4): each range in the order of its
 * weight, as RFC 4647's lookup takes it, "es-MX", then "es"; a range also
 * takes a longer tag, "es" "es-MX" (RFC 2616, 14.4).
 */
#define XAPI_LANGUAGES_MAX 32 /* further ranges are not looked at */

typedef struct XapiLanguages XapiLanguages;

/* Owned by the caller, never NULL: what is no range is left out, and without
 * any, or without a header (NULL), every language is as good. */
XapiLanguages *xapi_languages_read(const char *header);
void xapi_languages_free(XapiLanguages *languages);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(XapiLanguages, xapi_languages_free)

/* The name of the best entry, the first where none suits; NULL if the map is
 * empty. */
const TapeValue *
xapi_languages_choose(const XapiLanguages *languages, const TapeValue *map);
