/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "app/screens/health-screen.h"
#include "app/store/store-health.h"

/* What is known of a thing that a kiosk may have. */
typedef enum {
	SENSE_UNWANTED,
	SENSE_MISSING,
	SENSE_WORKS,
} Sense;

/* All that the adults' screen tells of. */
typedef struct {
	const StoreHealth *store;  /* NULL: it cannot be opened, */
	const char *store_fault;   /* which is why */
	const char *lrs, *address; /* settings: of an LRS, of a district; "" */
	const char *version;       /* of this program */
	const char *host;          /* this machine's name */
	Sense camera, scanner, voice;
} HealthKnown;

/* The same in the words of a language, as the screen shows it. */
typedef struct {
	char *headline; /* owned */
	GArray *lines;  /* owned: HealthLine, with owned texts */
} HealthTold;

HealthTold *health_tell(const HealthKnown *known, const char *language);
/* All of it as one text, to see whether anything has changed; the caller's. */
char *health_told_text(const HealthTold *told);
void health_told_free(HealthTold *told);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HealthTold, health_told_free)
