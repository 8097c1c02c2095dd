/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-audit.h"

#include <string.h>

#include "sync/district/archive-audit-chain.h"
#include "sync/district/archive-private.h"

/* Further ahead no clock is by mistake of its own. */
#define WRONG_US (INT64_C(24) * 3600 * G_USEC_PER_SEC)

G_STATIC_ASSERT(AUDIT_NOBODY == 0 && AUDIT_COMMAND == 1 && AUDIT_KIOSK == 2 &&
		AUDIT_TEACHER == 3 && AUDIT_ADMINISTRATOR == 4 &&
		AUDIT_TOOL == 5 && AUDIT_SERVER == 6);

const char *
audit_who_name(AuditWho kind)
{
	static const char *const names[] = {
		[AUDIT_NOBODY] = "nobody",
		[AUDIT_COMMAND] = "command",
		[AUDIT_KIOSK] = "kiosk",
		[AUDIT_TEACHER] = "teacher",
		[AUDIT_TOOL] = "tool",
		[AUDIT_ADMINISTRATOR] = "administrator",
		[AUDIT_SERVER] = "server",
	};

	return (size_t)kind < G_N_ELEMENTS(names) ? names[kind] : "unknown";
}

/* --- adding --- */

static bool
insert_event(Archive *archive, const AuditEvent *event, GError **error)
{
	static const char sql[] =
		"INSERT INTO audit (seq, at_us, who_kind, who, address, action,"
		" object, about, n, status, hash)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, event->seq);
	db_bind_int(query, 2, event->at.us);
	db_bind_int(query, 3, event->kind);
	db_bind_text(query, 4, event->who);
	db_bind_text(query, 5, event->address);
	db_bind_text(query, 6, event->action);
	db_bind_text(query, 7, event->object);
	db_bind_text(query, 8, event->about);
	db_bind_int(query, 9, event->n);
	db_bind_int(query, 10, event->status);
	db_bind_text(query, 11, event->hash);
	return db_done(query, "adding to the audit log", error);
}

bool
archive_add_audit(Archive *archive, const AuditEvent *event, GError **error)
{
	g_autofree AuditEvent *chained = g_memdup2(event, sizeof(*event));
	bool alone = !archive->within;
	bool ok;

	if (alone && !archive_begin(archive, error))
		return false;
	ok = archive_chain_event(archive, chained, error) &&
	     insert_event(archive, chained, error);
	return alone ? archive_end(archive, ok, error) : ok;
}

bool
audit_command(Archive *archive, const char *action, const char *object,
	      const char *about, int64_t n, GError **error)
{
	AuditEvent event = { .at = clock_read(clock_system()).wall,
			     .kind = AUDIT_COMMAND,
			     .n = n,
			     .status = 200 };

	g_strlcpy(event.who, g_get_user_name(), sizeof(event.who));
	g_strlcpy(event.action, action, sizeof(event.action));
	g_strlcpy(event.object, object != NULL ? object : "",
		  sizeof(event.object));
	g_strlcpy(event.about, about != NULL ? about : "", sizeof(event.about));
	return archive_add_audit(archive, &event, error);
}

/* Once about each of them. */
static bool
add_about_each(Archive *archive, const AuditEvent *event,
	       const GPtrArray *learners, GError **error)
{
	g_autofree AuditEvent *each = g_memdup2(event, sizeof(*event));

	for (guint i = 0; i < learners->len; i++) {
		g_strlcpy(each->about, learners->pdata[i], sizeof(each->about));
		if (!archive_add_audit(archive, each, error))
			return false;
	}
	return true;
}

/* A badge that nobody knows yet is nobody's. */
static bool
add_of_medium(Archive *archive, const AuditEvent *event, const char *sha256,
	      GError **error)
{
	static const char sql[] =
		"SELECT DISTINCT learner"
		" FROM entry_medium JOIN entry ON entry.seq = entry_medium.entry"
		" WHERE sha256 = ?1 ORDER BY learner";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GPtrArray) learners = NULL;

	if (query == NULL)
		return false;
	db_bind_text(query, 1, sha256);
	learners = archive_list_texts(query, "asking whose it is", error);
	return learners != NULL &&
	       add_about_each(archive, event, learners, error);
}

static bool
add_of_statement(Archive *archive, const AuditEvent *event, const char *id,
		 GError **error)
{
	static const char sql[] =
		"SELECT learner FROM entry JOIN statement"
		" ON statement.seq = entry.seq WHERE statement.id = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GPtrArray) learners = NULL;

	if (query == NULL)
		return false;
	db_bind_text(query, 1, id);
	learners = archive_list_texts(query, "asking whose it is", error);
	if (learners == NULL)
		return false;
	return learners->len > 0
		       ? add_about_each(archive, event, learners, error)
		       : archive_add_audit(archive, event, error);
}

bool
archive_add_audit_of_read(Archive *archive, const AuditEvent *event,
			  GError **error)
{
	if (event->about[0] == '\0' && event->status < 400) {
		if (g_str_has_prefix(event->object, AUDIT_MEDIUM))
			return add_of_medium(archive, event,
					     event->object +
						     strlen(AUDIT_MEDIUM),
					     error);
		if (g_str_has_prefix(event->object, AUDIT_STATEMENT))
			return add_of_statement(archive, event,
						event->object +
							strlen(AUDIT_STATEMENT),
						error);
	}
	return archive_add_audit(archive, event, error);
}

/* --- reading --- */

void
archive_read_event(ArchiveQuery *query, AuditEvent *out)
{
	*out = (AuditEvent){ .seq = db_int(query, 0),
			     .at = { db_int(query, 1) },
			     .kind = (AuditWho)db_int(query, 2),
			     .n = db_int(query, 8),
			     .status = (int)db_int(query, 9) };
	archive_copy(query, 3, out->who, sizeof(out->who));
	archive_copy(query, 4, out->address, sizeof(out->address));
	archive_copy(query, 5, out->action, sizeof(out->action));
	archive_copy(query, 6, out->object, sizeof(out->object));
	archive_copy(query, 7, out->about, sizeof(out->about));
	archive_copy(query, 10, out->hash, sizeof(out->hash));
}

#define EVENTS \
	AUDIT_COLUMNS " FROM audit WHERE seq > ?1 AND at_us >= ?2" \
		      " AND at_us < ?3 AND (?4 = '' OR who = ?4)"
#define IN_ORDER " ORDER BY seq LIMIT ?5"

static ArchiveQuery *
find_events(Archive *archive, const AuditFind *find, GError **error)
{
	static const char
		all[] = EVENTS IN_ORDER,
		of_learner[] = EVENTS
		" AND about <> '' AND about IN"
		" (?6, (SELECT class FROM learner WHERE id = ?6))" IN_ORDER;
	bool narrow = find->learner != NULL && find->learner[0] != '\0';
	ArchiveQuery *query =
		archive_query(archive, narrow ? of_learner : all, error);

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, find->after);
	db_bind_int(query, 2, find->since.us);
	db_bind_int(query, 3, find->until.us != 0 ? find->until.us : INT64_MAX);
	db_bind_text(query, 4, find->who != NULL ? find->who : "");
	db_bind_int(query, 5, find->limit != 0 ? find->limit : INT64_MAX);
	if (narrow)
		db_bind_text(query, 6, find->learner);
	return query;
}

bool
archive_each_audit(Archive *archive, const AuditFind *find, AuditFunc func,
		   void *data, GError **error)
{
	g_autoptr(ArchiveQuery) query = find_events(archive, find, error);
	g_autofree AuditEvent *event = g_new0(AuditEvent, 1);
	bool row;

	if (query == NULL)
		return false;
	for (;;) {
		if (!db_step(query, &row, "reading the audit log", error))
			return false;
		if (!row)
			return true;
		archive_read_event(query, event);
		if (!func(event, data, error))
			return false;
	}
}

/* --- what is too old --- */

/* How old an event is, as its date has it. */
typedef enum { AGE_OLD, AGE_RECENT, AGE_AHEAD } Age;

static Age
age_of(const AuditDrop *drop, int64_t at_us)
{
	if (at_us < drop->before.us)
		return AGE_OLD;
	return at_us > drop->now.us + WRONG_US ? AGE_AHEAD : AGE_RECENT;
}

/* The last one to drop, and how many that are. */
static bool
find_last_old(Archive *archive, const AuditDrop *drop, AuditEvent *last,
	      int64_t *n, GError **error)
{
	static const char sql[] =
		AUDIT_COLUMNS " FROM audit ORDER BY seq LIMIT ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	*n = 0;
	db_bind_int(query, 1, drop->most);
	for (int64_t i = 1;; i++) {
		Age age;

		if (!db_step(query, &row, "dropping what is too old", error))
			return false;
		age = row ? age_of(drop, db_int(query, 1)) : AGE_RECENT;
		if (age == AGE_RECENT)
			return true;
		if (age == AGE_OLD) {
			archive_read_event(query, last);
			*n = i;
		}
	}
}

static bool
delete_up_to(Archive *archive, int64_t seq, GError **error)
{
	static const char sql[] = "DELETE FROM audit WHERE seq <= ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, seq);
	return db_done(query, "dropping what is too old", error);
}

static bool
say_dropped(Archive *archive, const AuditDrop *drop, int64_t last, int64_t n,
	    GError **error)
{
	AuditEvent event = { .at = drop->now,
			     .kind = AUDIT_SERVER,
			     .action = AUDIT_DROP,
			     .n = n,
			     .status = 200 };

	g_snprintf(event.object, sizeof(event.object),
		   AUDIT_DROPPED "%" G_GINT64_FORMAT, (gint64)last);
	return archive_add_audit(archive, &event, error);
}

static bool
drop_within(Archive *archive, const AuditDrop *drop, int64_t *dropped,
	    GError **error)
{
	g_autofree AuditEvent *last = g_new0(AuditEvent, 1);

	if (!find_last_old(archive, drop, last, dropped, error))
		return false;
	return *dropped == 0 ||
	       (delete_up_to(archive, last->seq, error) &&
		archive_move_audit_begin(archive, last, error) &&
		say_dropped(archive, drop, last->seq, *dropped, error));
}

bool
archive_drop_audit(Archive *archive, const AuditDrop *drop, int64_t *dropped,
		   GError **error)
{
	bool alone = !archive->within;
	bool ok;

	if (alone && !archive_begin(archive, error))
		return false;
	ok = drop_within(archive, drop, dropped, error);
	return alone ? archive_end(archive, ok, error) : ok;
}
