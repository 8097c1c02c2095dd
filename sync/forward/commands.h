/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/settings.h"
#include "sync/forward/pseudonym.h"

/* What a person types, but for sending itself. */

/* As in sysexits.h; see README.md. */
enum {
	EXIT_WELL = 0,
	EXIT_USAGE = 64,
	EXIT_BROKEN = 74,
	EXIT_LATER = 75,
	EXIT_REFUSED = 77,
	EXIT_SETTINGS = 78,
};

typedef enum {
	WHAT_RUN,
	WHAT_STATUS,
	WHAT_RULES,
	WHAT_SENT,
	WHAT_RETRY_ASIDE,
} What;

typedef struct {
	What what;
	char *config, *learner, *home; /* owned */
	gboolean once, json, metrics, settings;
} Options;

bool commands_read_options(int argc, char **argv, Options *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void options_clear(Options *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* Of what settings.h cannot know. */
bool commands_check_settings(const Settings *settings, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* *out NULL: people are sent as they are named. */
bool commands_read_pseudonyms(const Settings *settings, Pseudonyms **out,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Says it on stderr; returns code. */
int commands_complain(const GError *error, int code);

/* Each returns what the program exits with. */
int command_status(const Options *options, const Settings *settings);
int command_rules(const Settings *settings);
int command_sent(const Options *options, const Settings *settings);
