/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/ingest.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/archive-erased.h"
#include "sync/district/archive-lrs.h"
#include "sync/wire/statement-list.h"
#include "sync/wire/statement.h"

struct Ingest {
	const Received *received; /* borrowed */
	GArray *records;          /* owned: ArchiveRecord, bodies in received */
	bool some_erased; /* learners: each record's must be asked for */
	Problem refusal;
};

/* Reading and judging a batch.  What is sent again is accepted and changes
 * nothing; what differs from what is held is refused. */

Ingest *
ingest_new(const Received *received)
{
	Ingest *ingest = g_new0(Ingest, 1);

	ingest->received = received;
	ingest->records = g_array_new(FALSE, FALSE, sizeof(ArchiveRecord));
	return ingest;
}

void
ingest_free(Ingest *ingest)
{
	if (ingest == NULL)
		return;

	g_array_unref(ingest->records);
	g_free(ingest);
}

static bool
refuse(Ingest *ingest, int status, const char *code, int64_t number,
       const char *detail)
{
	ingest->refusal.status = status;
	ingest->refusal.number = number;
	g_strlcpy(ingest->refusal.code, code, sizeof(ingest->refusal.code));
	g_strlcpy(ingest->refusal.detail, detail,
		  sizeof(ingest->refusal.detail));
	return false;
}

const Problem *
ingest_get_refusal(const Ingest *ingest)
{
	return &ingest->refusal;
}

size_t
ingest_count(const Ingest *ingest)
{
	return ingest->records->len;
}

static ArchiveRecord *
get_record(const Ingest *ingest, size_t i)
{
	return &g_array_index(ingest->records, ArchiveRecord, i);
}

const char *
ingest_get_id(const Ingest *ingest, size_t i)
{
	return get_record(ingest, i)->id;
}

/* --- reading --- */

static void
note_media(const Evidence *evidence, ArchiveRecord *out)
{
	for (size_t i = 0; i < evidence->n_pieces; i++) {
		const Piece *piece = &evidence->pieces[i];

		if (!piece_is_media(piece))
			continue;
		g_strlcpy(out->media[out->n_media].sha256, piece->sha256,
			  sizeof(out->media[0].sha256));
		g_strlcpy(out->media[out->n_media].type, piece->type,
			  sizeof(out->media[0].type));
		out->media[out->n_media].size = piece->size;
		out->n_media++;
	}
}

void
ingest_note_record(const Evidence *evidence, const ShownTime *shown,
		   ArchiveRecord *out)
{
	g_autoptr(GBytes) canonical = evidence_format(evidence);

	id_sha256_bytes(canonical, out->hash);
	g_strlcpy(out->id, evidence->id, sizeof(out->id));
	g_strlcpy(out->kiosk, evidence->kiosk, sizeof(out->kiosk));
	g_strlcpy(out->previous, evidence->previous, sizeof(out->previous));
	g_strlcpy(out->learner, evidence->learner, sizeof(out->learner));
	g_strlcpy(out->badge, evidence->badge, sizeof(out->badge));
	g_strlcpy(out->prompt, evidence->prompt, sizeof(out->prompt));
	out->number = evidence->number;
	out->shown = shown->wall;
	note_media(evidence, out);
}

static bool
read_statement(Ingest *ingest, const char *body, size_t size,
	       Evidence *evidence)
{
	g_autoptr(GError) error = NULL;
	ArchiveRecord record = { .body = body, .body_size = size };
	ShownTime shown;

	if (!statement_parse(body, size, evidence, &shown, &error)) {
		/* The number tells an agent of one record which it was. */
		return refuse(ingest, 400, "invalid", 0, error->message);
	}
	ingest_note_record(evidence, &shown, &record);
	g_array_append_val(ingest->records, record);
	return true;
}

static bool
read_statements(Ingest *ingest, size_t records_max)
{
	g_autofree Evidence *evidence = g_new0(Evidence, 1);
	g_autoptr(GError) error = NULL;
	StatementList list;
	const char *body, *text;
	size_t size;

	text = received_statements(ingest->received, &size);
	statement_list_init(&list, text, size);
	while (statement_list_next(&list, &body, &size, &error)) {
		if (body == NULL)
			return true;
		if (ingest->records->len >= records_max)
			return refuse(ingest, 413, "too-large", 0,
				      "more records than one batch may "
				      "have");
		if (!read_statement(ingest, body, size, evidence))
			return false;
	}
	return refuse(ingest, 400, "invalid", 0, error->message);
}

/* Every medium must be one that a record of the batch names. */
static bool
match_media(Ingest *ingest)
{
	for (size_t i = 0; i < received_n_media(ingest->received); i++) {
		const ReceivedMedium *medium =
			received_medium(ingest->received, i);
		bool named = false;

		for (guint r = 0; r < ingest->records->len && !named; r++) {
			const ArchiveRecord *record = get_record(ingest, r);

			for (size_t m = 0; m < record->n_media; m++)
				named |= g_str_equal(record->media[m].sha256,
						     medium->sha256);
		}
		if (!named)
			return refuse(ingest, 400, "invalid", 0,
				      "a medium came that no record of "
				      "the batch names");
	}
	return true;
}

bool
ingest_read(Ingest *ingest, size_t records_max)
{
	if (!read_statements(ingest, records_max))
		return false;
	if (ingest->records->len == 0)
		return refuse(ingest, 400, "invalid", 0,
			      "the batch has no statement");
	return match_media(ingest);
}

/* --- judging --- */

static const ReceivedMedium *
find_medium(const Ingest *ingest, const char *sha256)
{
	for (size_t i = 0; i < received_n_media(ingest->received); i++) {
		const ReceivedMedium *medium =
			received_medium(ingest->received, i);

		if (g_str_equal(medium->sha256, sha256))
			return medium;
	}
	return NULL;
}

static bool
add_media(Ingest *ingest, Archive *archive, const ArchiveRecord *record,
	  WallTime now, GError **error)
{
	for (size_t i = 0; i < record->n_media; i++) {
		const char *sha256 = record->media[i].sha256;
		const ReceivedMedium *sent = find_medium(ingest, sha256);
		int64_t size = sent != NULL ? sent->size : 0;
		bool found = sent != NULL;

		if (sent != NULL &&
		    !archive_add_medium(archive, sha256, size, now, error))
			return false;
		if (sent == NULL &&
		    !archive_has_medium(archive, sha256, &size, &found, error))
			return false;
		if (!found)
			return refuse(ingest, 400, "missing-medium",
				      record->number,
				      "a medium of this record did not "
				      "come");
		if (size != record->media[i].size)
			return refuse(ingest, 400, "invalid", record->number,
				      "a medium is not as large as its "
				      "record says");
	}
	return true;
}

/* A copy's records were made under the name it was copied with. */
static bool
is_of_chain(Archive *archive, const ArchiveKiosk *kiosk,
	    const ArchiveRecord *record, bool *is, GError **error)
{
	ArchiveKiosk at = *kiosk;

	*is = g_str_equal(at.id, record->kiosk);
	while (!*is && at.forked_from != 0) {
		if (!archive_get_kiosk(archive, at.forked_from, &at, error))
			return false;
		*is = g_str_equal(at.id, record->kiosk);
	}
	return true;
}

/* It was held before: the same again, or a copy's. */
static bool
judge_held(Ingest *ingest, const char *held, const ArchiveRecord *record)
{
	if (g_str_equal(held, record->hash))
		return true;
	return refuse(ingest, 409, "forked", record->number,
		      "another record of this number is held: this "
		      "store is a copy");
}

static bool
judge_next(Ingest *ingest, const ArchiveKiosk *kiosk,
	   const ArchiveRecord *record, const char *same_id)
{
	if (record->number > kiosk->held + 1)
		return refuse(ingest, 409, "gap", kiosk->held + 1,
			      "the record of this number is missing");
	if (!g_str_equal(record->previous, kiosk->held_hash))
		return refuse(ingest, 409, "forked", kiosk->held,
			      "the record before is not the one that "
			      "is held: this store is a copy");
	if (same_id[0] != '\0')
		return refuse(ingest, 409, "conflict", record->number,
			      "another record of this id is held");
	return true;
}

static void
hold(ArchiveKiosk *kiosk, const ArchiveRecord *record)
{
	kiosk->held = record->number;
	g_strlcpy(kiosk->held_hash, record->hash, sizeof(kiosk->held_hash));
}

/* A copy may not know how far it and the other went together: what it sends
 * next and its parent has already, it left after that. */
static bool
share_with_parent(Archive *archive, ArchiveKiosk *kiosk,
		  const ArchiveRecord *record, bool *shared, GError **error)
{
	char hash[ID_SHA256 + 1] = "";
	ArchiveKiosk parent;

	*shared = false;
	if (kiosk->forked_from == 0 || kiosk->held != kiosk->forked_after ||
	    record->number != kiosk->held + 1)
		return true;
	if (!archive_get_kiosk(archive, kiosk->forked_from, &parent, error) ||
	    !archive_find_number(archive, &parent, record->number, hash, error))
		return false;
	if (!g_str_equal(hash, record->hash))
		return true;
	*shared = true;
	kiosk->forked_after = record->number;
	hold(kiosk, record);
	return archive_move_fork(archive, kiosk->key, record->number, error);
}

/* Of somebody who was erased: nothing of it is kept but its place. */
static bool
is_late(const Ingest *ingest, Archive *archive, const ArchiveRecord *record,
	bool *late, GError **error)
{
	*late = false;
	if (!ingest->some_erased)
		return true;
	return archive_is_erased_who(archive,
				     record->learner[0] != '\0'
					     ? record->learner
					     : record->badge,
				     late, error);
}

static bool
append(Ingest *ingest, Archive *archive, ArchiveKiosk *kiosk,
       const ArchiveRecord *record, WallTime now, GError **error)
{
	bool late;

	if (!is_late(ingest, archive, record, &late, error))
		return false;
	if (late && !archive_add_late(archive, kiosk->key, record, now, error))
		return false;
	if (!late &&
	    (!add_media(ingest, archive, record, now, error) ||
	     !archive_add_record(archive, kiosk->key, record, now, error)))
		return false;
	hold(kiosk, record);
	return true;
}

static bool
take_record(Ingest *ingest, Archive *archive, ArchiveKiosk *kiosk,
	    const ArchiveRecord *record, WallTime now, GError **error)
{
	char hash[ID_SHA256 + 1] = "";
	bool ours, shared;

	if (!is_of_chain(archive, kiosk, record, &ours, error))
		return false;
	if (!ours)
		return refuse(ingest, 400, "invalid", record->number,
			      "the record is another kiosk's");
	if (record->number <= kiosk->held)
		return archive_find_number(archive, kiosk, record->number, hash,
					   error) &&
		       judge_held(ingest, hash, record);
	if (!share_with_parent(archive, kiosk, record, &shared, error))
		return false;
	if (shared)
		return true;
	return archive_find_statement(archive, record->id, hash, error) &&
	       judge_next(ingest, kiosk, record, hash) &&
	       append(ingest, archive, kiosk, record, now, error);
}

/* The kiosk's row is read anew: what was written since it was asked for
 * counts, in this group, too. */
bool
ingest_write(Ingest *ingest, Archive *archive, ArchiveKiosk *kiosk,
	     WallTime now, GError **error)
{
	WallTime stored = { 0 };
	int64_t held;

	if (!archive_get_kiosk(archive, kiosk->key, kiosk, error) ||
	    !archive_has_erased_who(archive, &ingest->some_erased, error) ||
	    !archive_allot(archive, now, ingest->records->len, &stored, error))
		return false;
	held = kiosk->held;
	for (guint i = 0; i < ingest->records->len; i++, stored.us++)
		if (!take_record(ingest, archive, kiosk, get_record(ingest, i),
				 stored, error))
			return false;
	return kiosk->held == held ||
	       archive_hold(archive, kiosk->key, kiosk->held, kiosk->held_hash,
			    error);
}

/* --- setting aside --- */

static bool
refuse_aside(Problem *refusal, const char *code, int64_t number,
	     const char *detail)
{
	*refusal = (Problem){ .status = 409, .number = number };
	g_strlcpy(refusal->code, code, sizeof(refusal->code));
	g_strlcpy(refusal->detail, detail, sizeof(refusal->detail));
	return false;
}

bool
ingest_set_aside(Archive *archive, ArchiveKiosk *kiosk,
		 const AsideNotice *notice, WallTime now, Problem *refusal,
		 GError **error)
{
	char hash[ID_SHA256 + 1] = "";

	if (!archive_get_kiosk(archive, kiosk->key, kiosk, error))
		return false;
	if (notice->number > kiosk->held + 1)
		return refuse_aside(refusal, "gap", kiosk->held + 1,
				    "the record of this number is missing");
	if (notice->number <= kiosk->held) {
		if (!archive_find_number(archive, kiosk, notice->number, hash,
					 error))
			return false;
		return g_str_equal(hash, notice->hash) ||
		       refuse_aside(refusal, "forked", notice->number,
				    "another record of this number is held: "
				    "this store is a copy");
	}
	if (!archive_add_aside(archive, kiosk->key, notice, now, error) ||
	    !archive_hold(archive, kiosk->key, notice->number, notice->hash,
			  error))
		return false;
	kiosk->held = notice->number;
	g_strlcpy(kiosk->held_hash, notice->hash, sizeof(kiosk->held_hash));
	return true;
}
