/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-key.h"

#include "app/base/fault.h"

#define CODE_PREFIX "code-"
#define CODE_DIGITS 12 /* of its hash, in its id */
#define DAY_US      (INT64_C(24) * 3600 * G_USEC_PER_SEC)

static const char *const kind_names[] = {
	[KEY_TOOL] = "tool",
	[KEY_TEACHER] = "teacher",
	[KEY_ADMINISTRATOR] = "administrator",
	[KEY_KIOSK] = "kiosk",
	[KEY_CODE] = "code",
};

const char *
key_kind_name(KeyKind kind)
{
	return kind_names[kind];
}

bool
key_kind_parse(const char *text, KeyKind *out, GError **error)
{
	for (size_t i = KEY_TOOL; i < G_N_ELEMENTS(kind_names); i++)
		if (g_strcmp0(text, kind_names[i]) == 0) {
			*out = (KeyKind)i;
			return true;
		}
	g_set_error(error, FAULT, FAULT_INVALID,
		    "a kind is tool, teacher, administrator, kiosk or code, "
		    "not \"%s\"",
		    text);
	return false;
}

const char *
key_state_name(KeyState state)
{
	static const char *const names[] = {
		[KEY_ACTIVE] = "active",   [KEY_ONE_TIME] = "one-time",
		[KEY_OVERLAP] = "overlap", [KEY_ENROL_AGAIN] = "enrol-again",
		[KEY_WAITING] = "waiting", [KEY_REVOKED] = "revoked",
	};

	return names[state];
}

/* --- each kind --- */

static void
add(GArray *all, ArchiveKey *key, const char *id, const char *name)
{
	g_strlcpy(key->id, id, sizeof(key->id));
	g_strlcpy(key->name, name, sizeof(key->name));
	g_array_append_vals(all, key, 1);
}

static bool
add_tools(Archive *archive, WallTime now, GArray *all, GError **error)
{
	g_autoptr(GArray) tools = archive_list_tools(archive, error);

	for (guint i = 0; tools != NULL && i < tools->len; i++) {
		const ArchiveTool *at = &g_array_index(tools, ArchiveTool, i);
		ArchiveKey key = { .kind = KEY_TOOL,
				   .key = at->key,
				   .scopes = at->scopes,
				   .made = at->made,
				   .used = at->used };

		if (at->revoked.us != 0) {
			key.state = KEY_REVOKED;
		} else if (at->old_until.us > now.us) {
			key.state = KEY_OVERLAP;
			key.until = at->old_until;
		}
		add(all, &key, at->id, at->name);
	}
	return tools != NULL;
}

static bool
add_staff(Archive *archive, GArray *all, GError **error)
{
	g_autoptr(GArray) staff = archive_list_staff(archive, error);

	for (guint i = 0; staff != NULL && i < staff->len; i++) {
		const ArchiveStaff *at = &g_array_index(staff, ArchiveStaff, i);
		ArchiveKey key = { .kind = at->role == STAFF_ADMINISTRATOR
						   ? KEY_ADMINISTRATOR
						   : KEY_TEACHER,
				   .key = at->key,
				   .made = at->made,
				   .used = at->used };

		if (at->revoked.us != 0)
			key.state = KEY_REVOKED;
		else if (at->must_change)
			key.state = KEY_ONE_TIME;
		add(all, &key, at->login, at->name);
	}
	return staff != NULL;
}

KeyState
archive_kiosk_state(const ArchiveKiosk *kiosk, WallTime now)
{
	if (kiosk->revoked.us != 0)
		return KEY_REVOKED;
	if (kiosk->secret_until.us == 0)
		return KEY_ACTIVE;
	return kiosk->secret_until.us > now.us ? KEY_OVERLAP : KEY_ENROL_AGAIN;
}

static bool
add_kiosks(Archive *archive, WallTime now, GArray *all, GError **error)
{
	g_autoptr(GArray) kiosks = archive_list_kiosks(archive, error);

	for (guint i = 0; kiosks != NULL && i < kiosks->len; i++) {
		const ArchiveKiosk *at =
			&g_array_index(kiosks, ArchiveKiosk, i);
		ArchiveKey key = { .kind = KEY_KIOSK,
				   .key = at->key,
				   .state = archive_kiosk_state(at, now),
				   .made = at->enrolled,
				   .used = at->seen };

		if (key.state == KEY_OVERLAP)
			key.until = at->secret_until;
		add(all, &key, at->id, at->name);
	}
	return kiosks != NULL;
}

static bool
add_codes(Archive *archive, WallTime now, GArray *all, GError **error)
{
	g_autoptr(GArray) codes = archive_list_codes(archive, now, error);

	for (guint i = 0; codes != NULL && i < codes->len; i++) {
		const ArchiveCode *at = &g_array_index(codes, ArchiveCode, i);
		g_autofree char *id = g_strdup_printf(CODE_PREFIX "%.*s",
						      CODE_DIGITS, at->hash);
		ArchiveKey key = { .kind = KEY_CODE,
				   .state = KEY_WAITING,
				   .made = at->made,
				   .until = { at->made.us +
					      ARCHIVE_CODE_DAYS * DAY_US } };

		add(all, &key, id, at->name);
	}
	return codes != NULL;
}

/* --- all of them --- */

GArray *
archive_list_keys(Archive *archive, WallTime now, GError **error)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ArchiveKey));

	if (!add_staff(archive, all, error) ||
	    !add_kiosks(archive, now, all, error) ||
	    !add_codes(archive, now, all, error) ||
	    !add_tools(archive, now, all, error))
		return NULL;
	return g_steal_pointer(&all);
}

bool
archive_find_key(Archive *archive, KeyKind kind, const char *id, WallTime now,
		 ArchiveKey *out, GError **error)
{
	g_autoptr(GArray) all = archive_list_keys(archive, now, error);
	guint n = 0;

	for (guint i = 0; all != NULL && i < all->len; i++) {
		const ArchiveKey *at = &g_array_index(all, ArchiveKey, i);

		if ((kind != KEY_ANY && kind != at->kind) ||
		    !g_str_equal(at->id, id))
			continue;
		*out = *at;
		n++;
	}
	if (all != NULL && n == 0)
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "there is no key of the id \"%s\": see key list",
			    id);
	if (n > 1)
		g_set_error(error, FAULT, FAULT_INVALID,
			    "several keys have the id \"%s\": give --kind", id);
	return n == 1;
}

bool
archive_find_staff_key(Archive *archive, const char *login, WallTime now,
		       ArchiveKey *out, GError **error)
{
	g_autofree ArchiveStaff *staff = g_new0(ArchiveStaff, 1);

	return archive_find_staff(archive, login, staff, error) &&
	       archive_find_key(archive,
				staff->role == STAFF_ADMINISTRATOR
					? KEY_ADMINISTRATOR
					: KEY_TEACHER,
				staff->login, now, out, error);
}
