/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "wire"

#include "sync/wire/token.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/wire/members.h"
#include "sync/wire/messages.h"

/* Receipt and time, and how they are printed. */
#define RECEIPT_PURPOSE "cairn-receipt-1"
#define TIME_PURPOSE    "cairn-time-1"
#define TOKEN_TEXT_MAX  2800
#define TOKEN_JSON_MAX  2000
#define BASE64URL       sodium_base64_VARIANT_URLSAFE_NO_PADDING

char *
token_print(json_t *value, const char *purpose, const SignKey *key)
{
	g_autoptr(json_t) owned = value;
	g_autoptr(GBytes) bytes = json_canonical(owned, NULL);
	char signature[SIGN_SIGNATURE_TEXT + 1];
	g_autofree char *text = NULL;
	const unsigned char *json;
	size_t size, room;

	g_return_val_if_fail(bytes != NULL, NULL);
	json = g_bytes_get_data(bytes, &size);
	room = sodium_base64_ENCODED_LEN(size, BASE64URL);
	text = g_malloc(room);
	sodium_bin2base64(text, room, json, size, BASE64URL);
	sign_bytes(key, purpose, json, size, signature);
	return g_strconcat(text, ".", signature, NULL);
}

static bool
refuse(const char *purpose, const char *rule, GError **error)
{
	g_set_error(error, FAULT, FAULT_INVALID, "%s: %s", purpose, rule);
	return false;
}

json_t *
token_read(const char *text, const char *purpose, const char *public_key,
	   GError **error)
{
	unsigned char json[TOKEN_JSON_MAX];
	const char *stop = text != NULL ? strchr(text, '.') : NULL;
	size_t size;

	if (stop == NULL || strlen(text) > TOKEN_TEXT_MAX ||
	    sodium_base642bin(json, sizeof(json), text, (size_t)(stop - text),
			      NULL, &size, NULL, BASE64URL) != 0) {
		refuse(purpose, "must be two base64url texts and a full stop",
		       error);
		return NULL;
	}
	if (!sign_verify(public_key, purpose, json, size, stop + 1, error))
		return NULL;
	return json_read(json, size, error);
}

/* --- receipt --- */

char *
receipt_format(const Receipt *receipt, const SignKey *key)
{
	json_t *value =
		json_pack("{s:s,s:I,s:s,s:I}", "kiosk", receipt->kiosk,
			  "number", (json_int_t)receipt->number, "hash",
			  receipt->hash, "at_us", (json_int_t)receipt->at.us);

	g_return_val_if_fail(value != NULL, NULL);
	return token_print(value, RECEIPT_PURPOSE, key);
}

bool
receipt_parse(const char *text, const char *public_key, Receipt *out,
	      GError **error)
{
	g_autoptr(json_t) object =
		token_read(text, RECEIPT_PURPOSE, public_key, error);
	Receipt receipt = { 0 };

	if (object == NULL ||
	    !member_uuid(object, "kiosk", receipt.kiosk, error) ||
	    !json_number(object, "number", 0, JSON_INTEGER_MAX, &receipt.number,
			 error) ||
	    !member_sha256(object, "hash", receipt.hash, error) ||
	    !json_number(object, "at_us", -JSON_INTEGER_MAX, JSON_INTEGER_MAX,
			 &receipt.at.us, error))
		return false;
	if ((receipt.number == 0) != g_str_equal(receipt.hash, ID_NO_HASH))
		return refuse(RECEIPT_PURPOSE,
			      "the hash is all zeros exactly for number 0",
			      error);
	*out = receipt;
	return true;
}

/* --- time --- */

bool
nonce_is_valid(const char *nonce)
{
	return nonce != NULL && strlen(nonce) == MESSAGE_NONCE &&
	       strspn(nonce, "0123456789abcdef") == MESSAGE_NONCE;
}

void
nonce_new(char out[static MESSAGE_NONCE + 1])
{
	unsigned char random[MESSAGE_NONCE / 2];

	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(out, MESSAGE_NONCE + 1, random, sizeof(random));
}

char *
time_format(const char *nonce, WallTime now, const SignKey *key)
{
	g_return_val_if_fail(nonce_is_valid(nonce), NULL);
	return token_print(json_pack("{s:s,s:I}", "nonce", nonce, "time_us",
				     (json_int_t)now.us),
			   TIME_PURPOSE, key);
}

bool
time_parse(const char *text, const char *nonce, const char *public_key,
	   WallTime *out, GError **error)
{
	g_autoptr(json_t) object =
		token_read(text, TIME_PURPOSE, public_key, error);
	const char *answered;
	int64_t us;

	if (object == NULL)
		return false;
	answered =
		json_text(object, "nonce", MESSAGE_NONCE, MESSAGE_NONCE, error);
	if (answered == NULL ||
	    !json_number(object, "time_us", 0, JSON_INTEGER_MAX, &us, error))
		return false;
	if (!g_str_equal(answered, nonce)) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    TIME_PURPOSE
			    ": it answers another question: an old answer "
			    "was played again");
		return false;
	}
	out->us = us;
	return true;
}
