/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/keys-fixture.h"

void
find_key(const DistrictFixture *f, const char *id, ArchiveKey *out)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	bool ok = archive_find_key(archive, KEY_ANY, id, f->now.wall, out,
				   &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

const char *
key_state_of(const DistrictFixture *f, const char *id)
{
	ArchiveKey key;

	find_key(f, id, &key);
	return key_state_name(key.state);
}

KeysSecret
rotate_test_key(const DistrictFixture *f, const char *id, KeysRotate how)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	KeysSecret secret = { .text = "" };
	ArchiveKey key;
	bool ok;

	find_key(f, id, &key);
	ok = keys_check_rotate(&key, &how, &error) &&
	     keys_new_secret(key.kind, key.id, NULL, &secret, &error) &&
	     keys_rotate(archive, &key, &how, &secret, f->now.wall, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	return secret;
}

void
revoke_test_key(const DistrictFixture *f, const char *id)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	ArchiveKey key;

	find_key(f, id, &key);
	g_assert_true(keys_revoke(archive, &key, f->now.wall, &error));
	g_assert_no_error(error);
}

void
assert_no_rotation(const DistrictFixture *f, const char *id, KeysRotate how)
{
	g_autoptr(GError) error = NULL;
	ArchiveKey key;

	find_key(f, id, &key);
	g_assert_false(keys_check_rotate(&key, &how, &error));
	g_assert_nonnull(error);
}

void
add_test_code(const DistrictFixture *f, KeysSecret *code)
{
	g_autoptr(Archive) archive = open_test_archive(f);

	g_assert_true(keys_new_secret(KEY_CODE, NULL, NULL, code, NULL));
	g_assert_true(
		keys_add_code(archive, "Room 9", code, f->now.wall, NULL));
}
