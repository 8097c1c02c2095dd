/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/portrait/portrait.h"

/*
 * What is made of evidence, and what it may be used for.  Its why and how are
 * words: "measure.<id>.why", "measure.<id>.how".
 */
typedef struct {
	const char *id;
	const PortraitCompetency *competency;
	const char *question;       /* growth|breadth|agreement|participation */
	int needs;                  /* pieces before anything is said */
	const char *const *uses;    /* NULL-terminated */
	const char *const *not_for; /* NULL-terminated, never empty */
} PortraitMeasure;

size_t portrait_count_measures(const Portrait *portrait);
const PortraitMeasure *portrait_get_measure(const Portrait *portrait, size_t i);
