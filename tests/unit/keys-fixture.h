/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/keys.h"
#include "tests/unit/district-fixture.h"

/* What the commands do to a district's keys, while its server runs. */

void find_key(const DistrictFixture *f, const char *id, ArchiveKey *out);
const char *key_state_of(const DistrictFixture *f, const char *id);

KeysSecret
rotate_test_key(const DistrictFixture *f, const char *id, KeysRotate how);
void revoke_test_key(const DistrictFixture *f, const char *id);
void
assert_no_rotation(const DistrictFixture *f, const char *id, KeysRotate how);

void add_test_code(const DistrictFixture *f, KeysSecret *code);
