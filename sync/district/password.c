/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/password.h"

#include <string.h>
#include <sodium.h>

#define MEMORY_BYTES (64U * 1024 * 1024)
#define PASSES       2
#define AT_ONCE      2

G_STATIC_ASSERT(crypto_pwhash_STRBYTES <= STAFF_PASSWORD_MAX + 1);

static GMutex lock;
static GCond freed;
static int running;

static void
enter(void)
{
	g_mutex_lock(&lock);
	while (running == AT_ONCE)
		g_cond_wait(&freed, &lock);
	running++;
	g_mutex_unlock(&lock);
}

static void
leave(void)
{
	g_mutex_lock(&lock);
	running--;
	g_cond_signal(&freed);
	g_mutex_unlock(&lock);
}

void
password_hash(const char *password, char out[static STAFF_PASSWORD_MAX + 1])
{
	enter();
	if (crypto_pwhash_str_alg(out, password, strlen(password), PASSES,
				  MEMORY_BYTES,
				  crypto_pwhash_ALG_ARGON2ID13) != 0)
		g_error("no memory for a password");
	leave();
}

/* Made once, of a password that nobody has. */
static const char *
nobody(void)
{
	static gsize made;
	static char hash[STAFF_PASSWORD_MAX + 1];

	if (g_once_init_enter(&made)) {
		char token[ID_TOKEN + 1];

		id_new_token(token);
		password_hash(token, hash);
		g_once_init_leave(&made, 1);
	}
	return hash;
}

bool
password_verify(const char *hash, const char *password)
{
	const char *against = hash[0] != '\0' ? hash : nobody();
	bool ok;

	enter();
	ok = crypto_pwhash_str_verify(against, password, strlen(password)) == 0;
	leave();
	return ok && hash[0] != '\0';
}

/* Those that are long enough and on every list of leaked ones. */
static bool
is_common(const char *password)
{
	static const char *const common[] = {
		"1234567890",  "12345678910",  "123456789a",    "0123456789",
		"0987654321",  "1111111111",   "0000000000",    "1q2w3e4r5t",
		"qwertyuiop",  "qwerty12345",  "qwerty1234",    "password12",
		"password123", "password1234", "passw0rd123",   "iloveyou12",
		"iloveyou123", "letmein123",   "welcome123",    "teacher123",
		"abcdefghij",  "1qaz2wsx3edc", "administrator", "changeme123",
		"football123", "sunshine123",  "princess123",
	};
	g_autofree char *lower = g_ascii_strdown(password, -1);

	for (size_t i = 0; i < G_N_ELEMENTS(common); i++)
		if (g_str_equal(lower, common[i]))
			return true;
	return false;
}

const char *
password_refusal(const char *password, const char *login)
{
	g_autofree char *lower = g_utf8_strdown(password, -1);

	if (g_utf8_strlen(password, -1) < PASSWORD_MIN)
		return "short";
	if (strlen(password) > PASSWORD_MAX)
		return "long";
	if (is_common(password) ||
	    (login != NULL && strstr(lower, login) != NULL))
		return "common";
	return NULL;
}

void
password_new(char out[static PASSWORD_ONE_TIME + 1])
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";

	for (size_t i = 0; i < PASSWORD_ONE_TIME; i++)
		out[i] = i % 5 == 4 ? '-'
				    : letters[randombytes_uniform(
					      sizeof(letters) - 1)];
	out[PASSWORD_ONE_TIME] = '\0';
}
