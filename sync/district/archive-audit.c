/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-audit.h"

#include <string.h>

#include "sync/district/archive-private.h"

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

static void
bind_event(ArchiveQuery *query, const AuditEvent *event)
{
	db_bind_int(query, 1, event->at.us);
	db_bind_int(query, 2, event->kind);
	db_bind_text(query, 3, event->who);
	db_bind_text(query, 4, event->address);
	db_bind_text(query, 5, event->action);
	db_bind_text(query, 6, event->object);
	db_bind_int(query, 7, MAX(event->n, 1));
	db_bind_int(query, 8, event->status);
}

bool
archive_add_audit(Archive *archive, const AuditEvent *event, GError **error)
{
	static const char sql[] =
		"INSERT INTO audit (at_us, who_kind, who, address, action,"
		" object, n, status, about)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	bind_event(query, event);
	db_bind_text(query, 9, event->about);
	return db_done(query, "adding to the audit log", error);
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

/* A badge that nobody knows yet is nobody's. */
static bool
add_of_medium(Archive *archive, const AuditEvent *event, const char *sha256,
	      GError **error)
{
	static const char sql[] =
		"INSERT INTO audit (at_us, who_kind, who, address, action,"
		" object, n, status, about)"
		" SELECT DISTINCT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, learner"
		" FROM entry_medium JOIN entry ON entry.seq = entry_medium.entry"
		" WHERE sha256 = ?9";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	bind_event(query, event);
	db_bind_text(query, 9, sha256);
	return db_done(query, "adding to the audit log", error);
}

static bool
add_of_statement(Archive *archive, const AuditEvent *event, const char *id,
		 GError **error)
{
	static const char sql[] =
		"INSERT INTO audit (at_us, who_kind, who, address, action,"
		" object, n, status, about)"
		" SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
		" coalesce((SELECT learner FROM entry JOIN statement"
		" ON statement.seq = entry.seq WHERE statement.id = ?9), '')";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	bind_event(query, event);
	db_bind_text(query, 9, id);
	return db_done(query, "adding to the audit log", error);
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

static void
read_event(ArchiveQuery *query, AuditEvent *out)
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
}

#define EVENTS \
	"SELECT seq, at_us, who_kind, who, address, action, object, about," \
	" n, status FROM audit WHERE seq > ?1 AND at_us >= ?2" \
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
		read_event(query, event);
		if (!func(event, data, error))
			return false;
	}
}

/* --- what is too old --- */

bool
archive_drop_audit(Archive *archive, WallTime before, int64_t most,
		   int64_t *dropped, GError **error)
{
	static const char sql[] =
		"DELETE FROM audit WHERE seq IN (SELECT seq FROM audit"
		" WHERE at_us < ?1 ORDER BY at_us LIMIT ?2) RETURNING seq";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	*dropped = 0;
	db_bind_int(query, 1, before.us);
	db_bind_int(query, 2, most);
	for (;;) {
		if (!db_step(query, &row, "dropping what is too old", error))
			return false;
		if (!row)
			return true;
		(*dropped)++;
	}
}
