/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-kiosk.h"

#include "app/base/fault.h"
#include "sync/district/archive-private.h"

#define KIOSK_COLUMNS \
	"key, id, name, public_key, secret_hash, enrolled_us," \
	" seen_us, coalesce(forked_from, 0), forked_after, held," \
	" held_hash, secret_until_us, revoked_us"
#define DAY_US (INT64_C(24) * 60 * 60 * G_USEC_PER_SEC)

static void
read_kiosk(ArchiveQuery *query, ArchiveKiosk *out)
{
	*out = (ArchiveKiosk){ 0 };
	out->key = db_int(query, 0);
	archive_copy(query, 1, out->id, sizeof(out->id));
	archive_copy(query, 2, out->name, sizeof(out->name));
	archive_copy(query, 3, out->public_key, sizeof(out->public_key));
	archive_copy(query, 4, out->secret_hash, sizeof(out->secret_hash));
	out->enrolled.us = db_int(query, 5);
	out->seen.us = db_int(query, 6);
	out->forked_from = db_int(query, 7);
	out->forked_after = db_int(query, 8);
	out->held = db_int(query, 9);
	archive_copy(query, 10, out->held_hash, sizeof(out->held_hash));
	out->secret_until.us = db_int(query, 11);
	out->revoked.us = db_int(query, 12);
}

bool
archive_find_kiosk(Archive *archive, const char *id, ArchiveKiosk *out,
		   GError **error)
{
	static const char sql[] =
		"SELECT " KIOSK_COLUMNS " FROM kiosk WHERE id = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, id);
	if (!archive_find_row(query, "kiosk", error))
		return false;
	read_kiosk(query, out);
	return true;
}

bool
archive_get_kiosk(Archive *archive, int64_t key, ArchiveKiosk *out,
		  GError **error)
{
	static const char sql[] =
		"SELECT " KIOSK_COLUMNS " FROM kiosk WHERE key = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, key);
	if (!archive_find_row(query, "kiosk", error))
		return false;
	read_kiosk(query, out);
	return true;
}

GArray *
archive_list_kiosks(Archive *archive, GError **error)
{
	static const char sql[] = "SELECT " KIOSK_COLUMNS
				  " FROM kiosk ORDER BY name, enrolled_us";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ArchiveKiosk));
	bool row;

	if (query == NULL)
		return NULL;
	while (db_step(query, &row, "listing kiosks", error)) {
		ArchiveKiosk kiosk;

		if (!row)
			return g_steal_pointer(&all);
		read_kiosk(query, &kiosk);
		g_array_append_val(all, kiosk);
	}
	return NULL;
}

/* --- enrolment --- */

static bool
add_code(Archive *archive, const char *code, const char *name, int64_t renews,
	 WallTime now, GError **error)
{
	static const char sql[] =
		"INSERT INTO enrol_code (code_hash, name, made_us, renews)"
		" VALUES (?1, ?2, ?3, nullif(?4, 0))";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	char hash[ID_SHA256 + 1];

	if (query == NULL)
		return false;
	id_sha256(code, strlen(code), hash);
	db_bind_text(query, 1, hash);
	db_bind_text(query, 2, name);
	db_bind_int(query, 3, now.us);
	db_bind_int(query, 4, renews);
	return db_done(query, "adding an enrolment code", error);
}

bool
archive_add_code(Archive *archive, const char *code, const char *name,
		 WallTime now, GError **error)
{
	return add_code(archive, code, name, 0, now, error);
}

bool
archive_add_renewal(Archive *archive, const char *code,
		    const ArchiveKiosk *kiosk, WallTime now, GError **error)
{
	return add_code(archive, code, kiosk->name, kiosk->key, now, error);
}

GArray *
archive_list_codes(Archive *archive, WallTime now, GError **error)
{
	static const char sql[] =
		"SELECT code_hash, name, made_us, coalesce(renews, 0)"
		" FROM enrol_code WHERE kiosk IS NULL AND made_us > ?1"
		" ORDER BY made_us";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ArchiveCode));
	bool row;

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, now.us - ARCHIVE_CODE_DAYS * DAY_US);
	while (db_step(query, &row, "listing codes", error)) {
		ArchiveCode code = { .made = { 0 } };

		if (!row)
			return g_steal_pointer(&all);
		archive_copy(query, 0, code.hash, sizeof(code.hash));
		archive_copy(query, 1, code.name, sizeof(code.name));
		code.made.us = db_int(query, 2);
		code.renews = db_int(query, 3);
		g_array_append_val(all, code);
	}
	return NULL;
}

bool
archive_drop_code(Archive *archive, const char *hash, GError **error)
{
	static const char sql[] = "DELETE FROM enrol_code WHERE code_hash = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, hash);
	return db_done(query, "dropping a code", error);
}

/* Whoever finds the note that a code was written on. */
static bool
drop_codes_of(Archive *archive, int64_t kiosk, GError **error)
{
	static const char sql[] =
		"DELETE FROM enrol_code WHERE kiosk = ?1 OR renews = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, kiosk);
	return db_done(query, "dropping a kiosk's codes", error);
}

bool
archive_end_secret(Archive *archive, const ArchiveKiosk *kiosk, GError **error)
{
	static const char sql[] =
		"UPDATE kiosk SET secret_until_us = ?2, revoked_us = ?3"
		" WHERE key = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, kiosk->key);
	db_bind_int(query, 2, kiosk->secret_until.us);
	db_bind_int(query, 3, kiosk->revoked.us);
	return db_done(query, "ending a secret", error) &&
	       drop_codes_of(archive, kiosk->key, error);
}

typedef struct {
	char hash[ID_SHA256 + 1];
	char name[ROSTER_NAME_MAX + 1];
	int64_t kiosk;  /* who used it; 0: nobody */
	int64_t renews; /* the only one that may; 0: any but a revoked one */
} Code;

static bool
refuse(const char *why, GError **error)
{
	g_set_error(error, FAULT, FAULT_REFUSED, "%s", why);
	return false;
}

static bool
find_code(Archive *archive, const char *digits, WallTime now, Code *out,
	  GError **error)
{
	static const char sql[] =
		"SELECT name, coalesce(kiosk, 0), coalesce(renews, 0)"
		" FROM enrol_code WHERE code_hash = ?1 AND made_us > ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	id_sha256(digits, strlen(digits), out->hash);
	db_bind_text(query, 1, out->hash);
	db_bind_int(query, 2, now.us - ARCHIVE_CODE_DAYS * DAY_US);
	if (!db_step(query, &row, "looking a code up", error))
		return false;
	if (!row)
		return refuse("the code is unknown or too old: ask for a new "
			      "one",
			      error);
	archive_copy(query, 0, out->name, sizeof(out->name));
	out->kiosk = db_int(query, 1);
	out->renews = db_int(query, 2);
	return true;
}

static bool
use_code(Archive *archive, const char *hash, int64_t kiosk, GError **error)
{
	static const char sql[] =
		"UPDATE enrol_code SET kiosk = ?2 WHERE code_hash = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, hash);
	db_bind_int(query, 2, kiosk);
	return db_done(query, "using a code up", error);
}

static bool
set_secret(Archive *archive, int64_t key, const char *secret_hash,
	   GError **error)
{
	static const char sql[] =
		"UPDATE kiosk SET secret_hash = ?2, secret_until_us = 0,"
		" revoked_us = 0 WHERE key = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, key);
	db_bind_text(query, 2, secret_hash);
	return db_done(query, "renewing a secret", error);
}

/* Gives kiosk->key. */
static bool
add_kiosk(Archive *archive, ArchiveKiosk *kiosk, GError **error)
{
	static const char sql[] =
		"INSERT INTO kiosk (id, name, public_key, secret_hash,"
		" enrolled_us, seen_us, forked_from, forked_after, held,"
		" held_hash) VALUES (?1, ?2, ?3, ?4, ?5, 0,"
		" nullif(?6, 0), ?7, ?8, ?9) RETURNING key";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, kiosk->id);
	db_bind_text(query, 2, kiosk->name);
	db_bind_text(query, 3, kiosk->public_key);
	db_bind_text(query, 4, kiosk->secret_hash);
	db_bind_int(query, 5, kiosk->enrolled.us);
	db_bind_int(query, 6, kiosk->forked_from);
	db_bind_int(query, 7, kiosk->forked_after);
	db_bind_int(query, 8, kiosk->held);
	db_bind_text(query, 9, kiosk->held_hash);
	return db_insert(query, &kiosk->key, "adding a kiosk", error);
}

static bool
add_first(Archive *archive, const EnrolRequest *request, const char *name,
	  const char *secret_hash, WallTime now, int64_t *key, GError **error)
{
	ArchiveKiosk kiosk = { .enrolled = now };

	g_strlcpy(kiosk.id, request->kiosk, sizeof(kiosk.id));
	g_strlcpy(kiosk.name, name, sizeof(kiosk.name));
	g_strlcpy(kiosk.public_key, request->public_key,
		  sizeof(kiosk.public_key));
	g_strlcpy(kiosk.secret_hash, secret_hash, sizeof(kiosk.secret_hash));
	g_strlcpy(kiosk.held_hash, ID_NO_HASH, sizeof(kiosk.held_hash));
	if (!add_kiosk(archive, &kiosk, error))
		return false;
	*key = kiosk.key;
	return true;
}

/* The code is what gives the right; that a known kiosk comes with the key it
 * had keeps a slip (a disk image used twice) from taking its place. */
static bool
check_known(const ArchiveKiosk *known, const EnrolRequest *request,
	    const Code *code, GError **error)
{
	if (code->kiosk != 0 && code->kiosk != known->key)
		return refuse("the code was used by another kiosk", error);
	if (code->renews != 0 && code->renews != known->key)
		return refuse("the code is for another kiosk", error);
	if (!g_str_equal(known->public_key, request->public_key))
		return refuse("this kiosk is known with another key", error);
	if (known->revoked.us != 0 && code->renews != known->key)
		return refuse("this kiosk was revoked: it needs the code that "
			      "`key rotate --restore` prints for it",
			      error);
	return true;
}

static bool
take_in(Archive *archive, const EnrolRequest *request, const Code *code,
	const char *secret_hash, WallTime now, GError **error)
{
	ArchiveKiosk known;
	g_autoptr(GError) cause = NULL;
	int64_t key;

	if (archive_find_kiosk(archive, request->kiosk, &known, &cause)) {
		key = known.key;
		if (!check_known(&known, request, code, error) ||
		    !set_secret(archive, key, secret_hash, error))
			return false;
	} else if (!g_error_matches(cause, FAULT, FAULT_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	} else if (code->kiosk != 0 || code->renews != 0) {
		return refuse("the code is another kiosk's", error);
	} else if (!add_first(archive, request, code->name, secret_hash, now,
			      &key, error)) {
		return false;
	}
	return use_code(archive, code->hash, key, error);
}

bool
archive_enrol(Archive *archive, const EnrolRequest *request,
	      const char *secret_hash, WallTime now, GError **error)
{
	Code code = { 0 };

	return find_code(archive, request->code, now, &code, error) &&
	       take_in(archive, request, &code, secret_hash, now, error);
}

/* --- copies --- */

static bool
find_fork(Archive *archive, int64_t parent, const char *public_key,
	  ArchiveKiosk *out, bool *found, GError **error)
{
	static const char sql[] =
		"SELECT " KIOSK_COLUMNS
		" FROM kiosk WHERE forked_from = ?1 AND public_key = ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, parent);
	db_bind_text(query, 2, public_key);
	if (!db_step(query, found, "looking for a copy", error))
		return false;
	if (*found)
		read_kiosk(query, out);
	return true;
}

static bool
copy_usage(Archive *archive, int64_t from, int64_t to, GError **error)
{
	static const char sql[] =
		"INSERT INTO usage (kiosk, learner)"
		" SELECT ?2, learner FROM usage WHERE kiosk = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, from);
	db_bind_int(query, 2, to);
	return db_done(query, "copying a kiosk's use", error);
}

bool
archive_fork(Archive *archive, const ArchiveKiosk *parent,
	     const ForkRequest *request, const char *secret_hash, WallTime now,
	     ArchiveKiosk *out, GError **error)
{
	ArchiveKiosk copy = { .enrolled = now,
			      .forked_from = parent->key,
			      .forked_after = request->after,
			      .held = request->after };
	bool found;

	if (!find_fork(archive, parent->key, request->public_key, out, &found,
		       error))
		return false;
	if (found && out->revoked.us != 0)
		return refuse("this copy was revoked", error);
	if (found)
		return set_secret(archive, out->key, secret_hash, error);
	id_new_uuid(copy.id);
	g_snprintf(copy.name, sizeof(copy.name), "%.100s (copy)", parent->name);
	g_strlcpy(copy.public_key, request->public_key,
		  sizeof(copy.public_key));
	g_strlcpy(copy.secret_hash, secret_hash, sizeof(copy.secret_hash));
	g_strlcpy(copy.held_hash, request->hash, sizeof(copy.held_hash));
	if (!add_kiosk(archive, &copy, error) ||
	    !copy_usage(archive, parent->key, copy.key, error))
		return false;
	*out = copy;
	return true;
}

/* --- how far --- */

bool
archive_see_kiosk(Archive *archive, int64_t key, WallTime now, GError **error)
{
	static const char sql[] =
		"UPDATE kiosk SET seen_us = ?2 WHERE key = ?1 AND seen_us < ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, key);
	db_bind_int(query, 2, now.us);
	return db_done(query, "noting a kiosk's visit", error);
}

bool
archive_hold(Archive *archive, int64_t key, int64_t number, const char *hash,
	     GError **error)
{
	static const char sql[] =
		"UPDATE kiosk SET held = ?2, held_hash = ?3 WHERE key = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, key);
	db_bind_int(query, 2, number);
	db_bind_text(query, 3, hash);
	return db_done(query, "holding a chain", error);
}

bool
archive_move_fork(Archive *archive, int64_t key, int64_t after, GError **error)
{
	static const char sql[] =
		"UPDATE kiosk SET forked_after = ?2 WHERE key = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, key);
	db_bind_int(query, 2, after);
	return db_done(query, "moving a fork", error);
}

bool
archive_add_aside(Archive *archive, int64_t key, const AsideNotice *notice,
		  WallTime now, GError **error)
{
	static const char sql[] =
		"INSERT INTO aside (kiosk, number, hash, reason, at_us)"
		" VALUES (?1, ?2, ?3, ?4, ?5)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, key);
	db_bind_int(query, 2, notice->number);
	db_bind_text(query, 3, notice->hash);
	db_bind_text(query, 4, notice->reason);
	db_bind_int(query, 5, now.us);
	return db_done(query, "noting a record set aside", error);
}

int64_t
archive_count_aside(Archive *archive, int64_t key, GError **error)
{
	static const char sql[] = "SELECT count(*) FROM aside WHERE kiosk = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return -1;
	db_bind_int(query, 1, key);
	return archive_find_row(query, "count", error) ? db_int(query, 0) : -1;
}
