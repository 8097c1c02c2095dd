/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints what a store holds as JSON, and whether all of it is whole:
 *
 *     audit STORE
 *
 * Exits 0 if store_verify() passes, 2 if it does not, 1 if it cannot open.
 */
#include <stdio.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "app/store/store-audit.h"

static const char *
state_name(OutboxState state)
{
	switch (state) {
	case OUTBOX_WAITING:
		return "waiting";
	case OUTBOX_RECEIPTED:
		return "receipted";
	case OUTBOX_ASIDE:
		return "aside";
	case OUTBOX_SENT:
		return "sent";
	}
	return "unknown";
}

static json_t *
media_of(const Evidence *evidence)
{
	json_t *media = json_array();

	for (size_t i = 0; i < evidence->n_pieces; i++)
		if (piece_is_media(&evidence->pieces[i]))
			json_array_append_new(
				media, json_string(evidence->pieces[i].sha256));
	return media;
}

static json_t *
describe_line(Store *store, const StoreLine *line)
{
	json_t *out = json_pack("{s:I,s:s,s:s,s:s,s:s,s:b}", "number",
				(json_int_t)line->number, "id", line->id,
				"hash", line->hash, "state",
				state_name(line->state), "reason", line->reason,
				"remembered", (int)line->remembered);
	g_autofree Evidence *evidence = g_new0(Evidence, 1);

	if (store_get_evidence(store, line->number, evidence, NULL)) {
		json_object_set_new(out, "kiosk", json_string(evidence->kiosk));
		json_object_set_new(out, "learner",
				    json_string(evidence->learner));
		json_object_set_new(out, "badge", json_string(evidence->badge));
		json_object_set_new(out, "prompt",
				    json_string(evidence->prompt));
		json_object_set_new(out, "media", media_of(evidence));
	}
	return out;
}

static json_t *
list_lines(Store *store)
{
	json_t *lines = json_array();
	StoreLine line = { 0 };

	while (store_audit_line(store, line.number + 1, &line, NULL))
		json_array_append_new(lines, describe_line(store, &line));
	return lines;
}

static json_t *
describe_store(Store *store, GError **error)
{
	StoreIdentity identity;
	OutboxCounts counts;

	if (!store_get_identity(store, &identity, error) ||
	    !store_count_outbox(store, &counts, error))
		return NULL;
	return json_pack("{s:s,s:b,s:I,s:s,s:s,s:{s:I,s:I,s:I,s:I},s:o}",
			 "kiosk", identity.kiosk, "enrolled",
			 (int)identity.enrolled, "last_number",
			 (json_int_t)identity.last_number, "last_hash",
			 identity.last_hash, "notice", store_get_notice(store),
			 "outbox", "waiting", (json_int_t)counts.waiting,
			 "receipted", (json_int_t)counts.receipted, "aside",
			 (json_int_t)counts.aside, "receipted_number",
			 (json_int_t)counts.receipted_number, "records",
			 list_lines(store));
}

int
main(int argc, char *argv[])
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = NULL;
	g_autoptr(json_t) about = NULL;
	bool whole;

	if (argc == 2)
		store = store_open(argv[1], &error);
	if (store != NULL)
		about = describe_store(store, &error);
	if (about == NULL) {
		fprintf(stderr, "audit STORE: %s\n",
			error != NULL ? error->message : "one folder, please");
		return 1;
	}
	whole = store_verify(store, &error);
	json_object_set_new(about, "whole", json_boolean(whole));
	json_object_set_new(about, "fault",
			    json_string(whole ? "" : error->message));
	json_dumpf(about, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	return whole ? 0 : 2;
}
