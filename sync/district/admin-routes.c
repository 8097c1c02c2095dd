/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "app/base/fault.h"
#include "sync/district/audit-json.h"
#include "sync/district/audit.h"
#include "sync/district/handlers.h"
#include "sync/district/keys.h"

/* What administrators ask: who did what, how the kiosks are, and the keys.
 * Administrators themselves are made and ended at the server only. */

#define AUDIT_LIMIT     1000 /* events of one answer, if no other is asked */
#define AUDIT_LIMIT_MAX 10000

/* --- the audit log --- */

static bool
read_number(Exchange *exchange, const char *name, guint64 most, int64_t *out)
{
	const char *text = exchange_query(exchange, name);
	guint64 number;

	if (text == NULL)
		return true;
	if (g_ascii_string_to_unsigned(text, 10, 0, most, &number, NULL)) {
		*out = (int64_t)number;
		return true;
	}
	reply_problem(exchange, 400, "invalid", 0,
		      "limit and after are numbers; limit is at most 10000");
	return false;
}

static bool
read_when(Exchange *exchange, const char *name, WallTime *out)
{
	const char *text = exchange_query(exchange, name);
	g_autoptr(GError) error = NULL;

	if (text == NULL ||
	    audit_parse_when(text, service_now(exchange->service), out, &error))
		return true;
	reply_error(exchange, error);
	return false;
}

typedef struct {
	json_t *list; /* owned by the caller */
	int64_t last;
} Events;

static bool
add_event(const AuditEvent *event, void *data, GError **error)
{
	Events *events = data;

	json_array_append_new(events->list, audit_to_json(event));
	events->last = event->seq;
	return true;
}

void
handle_admin_audit(Exchange *exchange, Archive *archive)
{
	AuditFind find = { .who = exchange_query(exchange, "who"),
			   .learner = exchange_query(exchange, "learner"),
			   .limit = AUDIT_LIMIT };
	g_autoptr(json_t) list = json_array();
	Events events = { .list = list };
	g_autoptr(GError) error = NULL;

	if (!read_when(exchange, "since", &find.since) ||
	    !read_when(exchange, "until", &find.until) ||
	    !read_number(exchange, "after", INT64_MAX, &find.after) ||
	    !read_number(exchange, "limit", AUDIT_LIMIT_MAX, &find.limit))
		return;
	find.limit = MAX(find.limit, 1);
	if (find.learner != NULL)
		audit_about(exchange, find.learner);
	if (!archive_each_audit(archive, &find, add_event, &events, &error)) {
		reply_error(exchange, error);
		return;
	}
	reply_json(exchange, 200,
		   json_pack("{s:O,s:o}", "events", list, "more",
			     (int64_t)json_array_size(list) == find.limit
				     ? json_integer(events.last)
				     : json_null()));
}

/* --- kiosks --- */

static json_t *
kiosk_to_json(Archive *archive, const ArchiveKiosk *kiosk, WallTime now,
	      GError **error)
{
	int64_t aside = archive_count_aside(archive, kiosk->key, error);
	char enrolled[CLOCK_TIMESTAMP_SIZE], seen[CLOCK_TIMESTAMP_SIZE];

	if (aside < 0)
		return NULL;
	clock_format(kiosk->enrolled, enrolled);
	clock_format(kiosk->seen, seen);
	return json_pack("{s:s,s:s,s:s,s:s,s:o,s:I,s:I,s:o}", "id", kiosk->id,
			 "name", kiosk->name, "state",
			 key_state_name(archive_kiosk_state(kiosk, now)),
			 "enrolled", enrolled, "seen",
			 kiosk->seen.us != 0 ? json_string(seen) : json_null(),
			 "held", (json_int_t)kiosk->held, "aside",
			 (json_int_t)aside, "forked_after",
			 kiosk->forked_from != 0
				 ? json_integer(kiosk->forked_after)
				 : json_null());
}

void
handle_admin_kiosks(Exchange *exchange, Archive *archive)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) kiosks = archive_list_kiosks(archive, &error);
	g_autoptr(json_t) list = json_array();
	WallTime now = service_now(exchange->service);

	for (guint i = 0; kiosks != NULL && i < kiosks->len && error == NULL;
	     i++) {
		json_t *value =
			kiosk_to_json(archive,
				      &g_array_index(kiosks, ArchiveKiosk, i),
				      now, &error);

		if (value != NULL)
			json_array_append_new(list, value);
	}
	if (error != NULL)
		reply_error(exchange, error);
	else
		reply_json(exchange, 200, json_incref(list));
}

/* --- keys --- */

void
handle_admin_keys(Exchange *exchange, Archive *archive)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) keys =
		archive_list_keys(archive, service_now(exchange->service),
				  &error);
	json_t *list;

	if (keys == NULL) {
		reply_error(exchange, error);
		return;
	}
	list = json_array();
	for (guint i = 0; i < keys->len; i++)
		json_array_append_new(list,
				      key_to_json(&g_array_index(keys,
								 ArchiveKey,
								 i)));
	reply_json(exchange, 200, list);
}

/* What is asked of a key, until the writer does it. */
typedef struct {
	ArchiveKey key;
	KeysRotate how;
	KeysSecret secret;
	char name[ROSTER_NAME_MAX + 1];
} KeyChange;

static void
free_change(void *data)
{
	KeyChange *change = data;

	keys_secret_clear(&change->secret);
	g_free(change);
}

static KeyChange *
begin_change(Exchange *exchange)
{
	KeyChange *change = g_new0(KeyChange, 1);

	exchange->state = change;
	exchange->state_free = free_change;
	return change;
}

static bool
find_asked(Archive *archive, const json_t *object, WallTime now,
	   ArchiveKey *out, GError **error)
{
	const char *kind_text = json_text(object, "kind", 1, 16, error);
	const char *id = kind_text != NULL
				 ? json_text(object, "id", 1, KEY_ID_MAX, error)
				 : NULL;
	KeyKind kind;

	if (id == NULL || !key_kind_parse(kind_text, &kind, error))
		return false;
	if (kind == KEY_ADMINISTRATOR) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "administrators are made, renewed and ended at the "
			    "server: cairn-district key");
		return false;
	}
	return archive_find_key(archive, kind, id, now, out, error);
}

/* Whose key it is, in the reply that refuses otherwise. */
static json_t *
read_asked(Exchange *exchange, Archive *archive, KeyChange *change)
{
	g_autoptr(json_t) object = exchange_read_json(exchange);
	g_autoptr(GError) error = NULL;

	if (object == NULL)
		return NULL;
	if (!find_asked(archive, object, service_now(exchange->service),
			&change->key, &error)) {
		reply_error(exchange, error);
		return NULL;
	}
	audit_object(exchange, key_kind_name(change->key.kind), change->key.id);
	return g_steal_pointer(&object);
}

static bool
read_how(const json_t *object, KeysRotate *out, GError **error)
{
	return (json_object_get(object, "grace_hours") == NULL ||
		json_number(object, "grace_hours", 0, KEYS_GRACE_MAX,
			    &out->grace_hours, error)) &&
	       (json_object_get(object, "restore") == NULL ||
		json_flag(object, "restore", &out->restore, error));
}

void
handle_admin_rotate(Exchange *exchange, Archive *archive)
{
	KeyChange *change = begin_change(exchange);
	g_autoptr(json_t) object = read_asked(exchange, archive, change);
	g_autoptr(GError) error = NULL;

	if (object != NULL &&
	    (!read_how(object, &change->how, &error) ||
	     !keys_check_rotate(&change->key, &change->how, &error) ||
	     !keys_new_secret(change->key.kind, change->key.id, NULL,
			      &change->secret, &error)))
		reply_error(exchange, error);
}

bool
write_admin_rotate(Archive *archive, Exchange *exchange, GError **error)
{
	const KeyChange *change = exchange->state;

	if (!keys_rotate(archive, &change->key, &change->how, &change->secret,
			 service_now(exchange->service), error))
		return false;
	reply_json(exchange, 200,
		   json_pack("{s:s}", "secret", change->secret.text));
	return true;
}

void
handle_admin_revoke(Exchange *exchange, Archive *archive)
{
	json_decref(read_asked(exchange, archive, begin_change(exchange)));
}

bool
write_admin_revoke(Archive *archive, Exchange *exchange, GError **error)
{
	const KeyChange *change = exchange->state;

	if (!keys_revoke(archive, &change->key, service_now(exchange->service),
			 error))
		return false;
	reply_empty(exchange, 204);
	return true;
}

void
handle_admin_code(Exchange *exchange, Archive *archive)
{
	KeyChange *change = begin_change(exchange);
	g_autoptr(json_t) object = exchange_read_json(exchange);
	g_autoptr(GError) error = NULL;
	const char *name = object != NULL
				   ? json_text(object, "name", 1,
					       ROSTER_NAME_MAX / 4, &error)
				   : NULL;

	if (object == NULL)
		return;
	if (name == NULL ||
	    !keys_new_secret(KEY_CODE, NULL, NULL, &change->secret, &error)) {
		reply_error(exchange, error);
		return;
	}
	g_strlcpy(change->name, name, sizeof(change->name));
	audit_object(exchange, "code", "new");
}

bool
write_admin_code(Archive *archive, Exchange *exchange, GError **error)
{
	const KeyChange *change = exchange->state;

	if (!keys_add_code(archive, change->name, &change->secret,
			   service_now(exchange->service), error))
		return false;
	reply_json(exchange, 200,
		   json_pack("{s:s}", "code", change->secret.text));
	return true;
}
