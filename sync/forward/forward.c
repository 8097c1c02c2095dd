/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "forward"

#include "sync/forward/forward.h"

#include <string.h>
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/forward/aside.h"
#include "sync/forward/forward-private.h"

#define SPOOL_FOLDER  "spool"
#define LISTING_LIMIT 200 /* statements that are asked for at once */
#define FRESH_US      (60 * G_USEC_PER_SEC) /* state is written so often */

Forward *
forward_new(const ForwardParts *parts)
{
	Forward *forward = g_new0(Forward, 1);

	forward->parts = *parts;
	forward->spool = g_build_filename(parts->folder, SPOOL_FOLDER, NULL);
	forward->items = outgoing_new();
	forward->recent =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return forward;
}

void
forward_free(Forward *forward)
{
	if (forward == NULL)
		return;
	g_array_unref(forward->items);
	g_hash_table_unref(forward->recent);
	rules_free(forward->rules);
	ledger_close(forward->ledger);
	g_free(forward->spool);
	g_free(forward);
}

bool
forward_go_on(const Forward *forward, GError **error)
{
	if (forward->parts.stop == NULL || *forward->parts.stop == 0)
		return true;
	g_set_error(error, FAULT, FAULT_BUSY, "stopping");
	return false;
}

/* One at a time. */
static FileLock
lock_folder(const char *folder, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "lock", NULL);

	return file_lock(path, error);
}

/* --- what is on the disk --- */

bool
forward_save(Forward *forward, GError **error)
{
	if (!progress_write(forward->parts.folder, &forward->progress, error))
		return false;
	forward->written = forward->progress;
	return true;
}

/* A disk's life is its writes: what only says that time went by waits. */
static bool
save_if_news(Forward *forward, GError **error)
{
	const Progress *now = &forward->progress, *then = &forward->written;

	if (now->sent == then->sent && now->kept == then->kept &&
	    g_str_equal(now->since, then->since) &&
	    g_str_equal(now->version, then->version) &&
	    g_str_equal(now->message, then->message) &&
	    now->last_try.us - then->last_try.us < FRESH_US)
		return true;
	return forward_save(forward, error);
}

/* What a cut left half fetched is nobody's. */
static bool
clear_spool(const Forward *forward, GError **error)
{
	g_autoptr(GDir) dir = NULL;
	const char *name;

	if (!file_make_folder(forward->spool, 0700, error))
		return false;
	dir = g_dir_open(forward->spool, 0, NULL);
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path =
			g_build_filename(forward->spool, name, NULL);

		g_unlink(path);
	}
	return true;
}

/* A place in one LRS says nothing about another. */
static bool
check_pair(Forward *forward, GError **error)
{
	const ForwardParts *parts = &forward->parts;
	Progress *progress = &forward->progress;

	if (progress->source[0] == '\0') {
		g_strlcpy(progress->source, parts->source_url,
			  sizeof(progress->source));
		g_strlcpy(progress->target, parts->target_url,
			  sizeof(progress->target));
		g_strlcpy(progress->since, parts->from,
			  sizeof(progress->since));
	}
	if (g_str_equal(progress->source, parts->source_url) &&
	    g_str_equal(progress->target, parts->target_url))
		return true;
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "%s is of forwarding from %s to %s; give [forward] folder "
		    "another name for another pair",
		    parts->folder, progress->source, progress->target);
	return false;
}

static bool
read_rules(Forward *forward, GError **error)
{
	const char *path = forward->parts.rules;

	g_clear_pointer(&forward->rules, rules_free);
	forward->rules =
		path[0] != '\0'
			? rules_read(path, forward->parts.classes, error)
			: rules_parse("", 0, NULL, NULL, error);
	return forward->rules != NULL;
}

static bool
open_folder(Forward *forward, GError **error)
{
	const char *folder = forward->parts.folder;

	if (!progress_read(folder, &forward->progress, error))
		return false;
	forward->written = forward->progress;
	if (!check_pair(forward, error))
		return false;
	g_strlcpy(forward->safe, forward->progress.since,
		  sizeof(forward->safe));
	forward->progress.last_try = clock_read(clock_system()).wall;
	g_clear_pointer(&forward->ledger, ledger_close);
	forward->ledger = ledger_open(folder, error);
	return forward->ledger != NULL && clear_spool(forward, error) &&
	       read_rules(forward, error);
}

/* --- the two ends --- */

/* Read in the version that it is sent in, if the source speaks it. */
static bool
agree(Forward *forward, GError **error)
{
	Lrs *source = forward->parts.source, *target = forward->parts.target;
	g_autoptr(GError) cause = NULL;

	if (target->version[0] == '\0' &&
	    !lrs_agree(target, forward->parts.version, error))
		return false;
	g_strlcpy(forward->progress.version, target->version,
		  sizeof(forward->progress.version));
	if (source->version[0] != '\0' ||
	    lrs_agree(source, target->version, &cause))
		return true;
	if (g_error_matches(cause, FAULT, FAULT_REFUSED))
		return lrs_agree(source, "auto", error);
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

/* --- from one to the other --- */

static bool
consider_all(Forward *forward, const Listing *listing, GError **error)
{
	for (guint i = 0; i < listing->list->len; i++) {
		const SourceStatement *one =
			&g_array_index(listing->list, SourceStatement, i);
		const SourceStatement *before = one - 1;

		if (i > 0 && before->at.us != one->at.us)
			g_strlcpy(forward->safe, before->stored,
				  sizeof(forward->safe));
		if (!forward_consider(forward, one->bytes + one->value->at,
				      one->value->end - one->value->at, error))
			return false;
	}
	if (listing->list->len > 0)
		g_strlcpy(forward->safe,
			  g_array_index(listing->list, SourceStatement,
					listing->list->len - 1)
				  .stored,
			  sizeof(forward->safe));
	return true;
}

static bool
step(Forward *forward, bool *done, GError **error)
{
	g_auto(Listing) listing = { 0 };

	if (!source_list(forward->parts.source, forward->progress.since,
			 LISTING_LIMIT, &listing, error) ||
	    !consider_all(forward, &listing, error))
		return false;
	g_strlcpy(forward->progress.through, listing.through,
		  sizeof(forward->progress.through));
	*done = listing.is_end;
	return forward_flush(forward, error) && save_if_news(forward, error);
}

static bool
work(Forward *forward, GError **error)
{
	bool done = false;

	if (rules_count(forward->rules) == 0) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "there are no rules, so nothing is sent on; see "
			    "[forward] rules");
		return false;
	}
	if (!agree(forward, error))
		return false;
	while (!done)
		if (!forward_go_on(forward, error) ||
		    !step(forward, &done, error))
			return false;
	return true;
}

static bool
work_aside(Forward *forward, GError **error)
{
	g_autoptr(GArray) list = NULL;

	if (!agree(forward, error))
		return false;
	list = aside_list(forward->parts.folder, error);
	if (list == NULL)
		return false;
	for (guint i = 0; i < list->len; i++)
		if (!forward_consider_again(forward,
					    g_array_index(list, Aside, i).id,
					    error))
			return false;
	return forward_flush(forward, error);
}

/* --- a round --- */

static ForwardResult
result_of(const Forward *forward, const GError *error)
{
	if (error == NULL)
		return FORWARD_DONE;
	if (!forward_go_on(forward, NULL))
		return FORWARD_STOPPED;
	switch ((Fault)error->code) {
	case FAULT_OFFLINE:
	case FAULT_BUSY:
		return FORWARD_OFFLINE;
	case FAULT_REFUSED:
	case FAULT_INVALID:
	case FAULT_NOT_FOUND:
	case FAULT_TOO_NEW:
		return FORWARD_REFUSED;
	case FAULT_SYSTEM:
	case FAULT_FULL:
	case FAULT_DAMAGED:
		return FORWARD_BROKEN;
	}
	return FORWARD_BROKEN;
}

/* As much as fits, cut between characters. */
static void
copy_text(char *out, size_t size, const char *text)
{
	const char *end;

	g_strlcpy(out, text, size);
	if (!g_utf8_validate(out, -1, &end))
		out[end - out] = '\0';
}

static void
tell(Forward *forward, ForwardResult result, const GError *error)
{
	Progress *progress = &forward->progress;
	const char *message = error != NULL ? error->message : "";
	g_autofree char *valid = g_utf8_make_valid(message, -1);

	if (!g_str_equal(forward->message, valid) && valid[0] != '\0')
		g_message("%s", valid);
	copy_text(forward->message, sizeof(forward->message), valid);
	if (progress->source[0] == '\0')
		return; /* nothing could be read, so nothing is written */
	copy_text(progress->message, sizeof(progress->message), valid);
	if (result == FORWARD_DONE)
		progress->last_good = progress->last_try;
	if (!save_if_news(forward, NULL))
		g_message("the state cannot be written");
}

static ForwardResult
run(Forward *forward, bool (*what)(Forward *, GError **))
{
	g_autoptr(GError) error = NULL;
	g_auto(FileLock) lock = lock_folder(forward->parts.folder, &error);
	ForwardResult result;

	forward->progress = (Progress){ 0 };
	forward->aside = false;
	forward->parts.source->now = clock_read(clock_system()).wall;
	forward->parts.target->now = forward->parts.source->now;
	lrs_refresh_key(forward->parts.source);
	lrs_refresh_key(forward->parts.target);
	if (lock < 0 || !open_folder(forward, &error) || !what(forward, &error))
		g_assert(error != NULL);
	g_array_set_size(forward->items, 0);
	forward->item_bytes = 0;
	g_clear_pointer(&forward->ledger, ledger_close);
	/* What was looked at and not sent is looked at again. */
	if (error != NULL)
		g_hash_table_remove_all(forward->recent);
	result = result_of(forward, error);
	if (result != FORWARD_STOPPED && lock >= 0)
		tell(forward, result, error);
	return result;
}

ForwardResult
forward_round(Forward *forward)
{
	forward->retrying = false;
	return run(forward, work);
}

ForwardResult
forward_retry_aside(Forward *forward)
{
	forward->retrying = true;
	return run(forward, work_aside);
}

int64_t
forward_get_retry_after(const Forward *forward)
{
	return MAX(forward->parts.source->retry_after_s,
		   forward->parts.target->retry_after_s);
}

const char *
forward_get_message(const Forward *forward)
{
	return forward->message;
}
