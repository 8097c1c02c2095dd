/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include <string.h>

#include "app/base/fault.h"
#include "sync/agent/agent-private.h"

#define WHAT "enrol"

/* Codes are printed in groups; a person types them with or without. */
static bool
read_code(const char *text, char out[static MESSAGE_CODE + 1], GError **error)
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (g_ascii_isspace(*text) || *text == '-')
			continue;
		if (!g_ascii_isdigit(*text) || n == MESSAGE_CODE)
			break;
		out[n++] = *text;
	}
	out[n] = '\0';
	if (n == MESSAGE_CODE && *text == '\0')
		return true;
	g_set_error(error, FAULT, FAULT_INVALID,
		    "an enrolment code is %d digits", MESSAGE_CODE);
	return false;
}

/* The kiosk's key stays with it when it is enrolled again. */
static bool
find_key(const char *folder, const char *kiosk, SignKey *out, GError **error)
{
	g_auto(Secrets) secrets = { 0 };

	if (!secrets_read(folder, kiosk, &secrets, NULL))
		return secrets_open_pending(folder, WHAT, out, error);
	*out = secrets.key;
	return true;
}

static bool
keep(Store *store, const EnrolAnswer *answer, const SignKey *key,
     GError **error)
{
	const char *folder = store_get_folder(store);
	g_auto(Secrets) secrets = { .key = *key };

	g_strlcpy(secrets.kiosk, answer->kiosk, sizeof(secrets.kiosk));
	g_strlcpy(secrets.secret, answer->secret, sizeof(secrets.secret));
	g_strlcpy(secrets.district_key, answer->district_key,
		  sizeof(secrets.district_key));
	return secrets_write(folder, &secrets, error) &&
	       store_set_identity(store, secrets.kiosk, error) &&
	       secrets_drop_pending(folder, WHAT, error);
}

static WallTime
trusted_now(const Clock *clock)
{
	ClockReading now = clock_read(clock);

	return now.trusted ? now.wall : (WallTime){ 0 };
}

static bool
enrol(const AgentParts *parts, EnrolRequest *request, SignKey *key,
      GError **error)
{
	const char *folder = store_get_folder(parts->store);
	Talk talk = { .transport = &parts->transport,
		      .now = trusted_now(parts->clock) };
	StoreIdentity identity;
	EnrolAnswer answer = { 0 };
	Refusal refusal;
	bool ok;

	if (!store_get_identity(parts->store, &identity, error) ||
	    !find_key(folder, identity.kiosk, key, error))
		return false;
	memcpy(request->kiosk, identity.kiosk, sizeof(request->kiosk));
	sign_key_text(key, request->public_key);
	ok = talk_enrol(&talk, request, &answer, &refusal, error) &&
	     keep(parts->store, &answer, key, error);
	if (ok)
		g_message("enrolled as kiosk %s", answer.kiosk);
	sodium_memzero(&answer, sizeof(answer));
	return ok;
}

bool
agent_enrol(const AgentParts *parts, const char *code, GError **error)
{
	EnrolRequest request = { 0 };
	g_auto(FileLock) lock = -1;
	SignKey key = { 0 };
	bool ok;

	if (!read_code(code, request.code, error))
		return false;
	lock = agent_lock(parts->store, error);
	ok = lock >= 0 && enrol(parts, &request, &key, error);
	sign_key_clear(&key);
	return ok;
}
