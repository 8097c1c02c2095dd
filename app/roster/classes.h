/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "app/roster/roster.h"

/*
 * Who is in which class and grade, and no name: what a district tells a
 * program that must choose by class, as a CSV file with the columns learner,
 * class, title and grade.  A learner may be in several rows.
 */
#define CLASSES_BYTES_MAX (16 * 1024 * 1024)

typedef struct Classes Classes;

typedef enum {
	CLASSES_CLASS, /* its id or its title */
	CLASSES_GRADE, /* "KG", "03": of the learner, or else of the class */
} ClassesColumn;

/* FAULT_INVALID with the line and the rule. */
Classes *classes_parse(const char *text, size_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
Classes *
classes_read(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool classes_knows(const Classes *classes, const char *learner);
/* Whether it is so of any row of the learner; prefix: begins with value. */
bool classes_fit(const Classes *classes, const char *learner,
		 ClassesColumn column, const char *value, bool prefix);

/* The file; reads back as the same. */
void classes_print(const Classes *classes, GString *out);
/* The file of a roster. */
void classes_print_roster(const Roster *roster, GString *out);

void classes_free(Classes *classes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Classes, classes_free)
