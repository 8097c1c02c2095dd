/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cards/code.h"

#include <stdint.h>
#include <string.h>

#include "app/base/id.h"

#define DIGITS         "0123456789"
#define PROMPT_LETTERS "23456789ABCDEFGHJKMNPQRSTVWXYZ"
#define BADGE_KIND     '1'
#define URL_BEGIN      "HTTPS://"
#define PROMPT_PATH    "/P/"
#define HOST_LETTERS   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:"
#define HOST_MAX       128
#define CARD_TAIL      7 /* "C2T4-37" */

/* ISO 7064 MOD 97-10; letters count as 10 … 35, as in ISO 13616. */
static int
check_value(const char *text, size_t n)
{
	int rest = 0;

	for (size_t i = 0; i < n; i++) {
		int value = g_ascii_isdigit(text[i]) ? text[i] - '0'
						     : text[i] - 'A' + 10;

		rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
	}
	return 98 - rest * 100 % 97;
}

static bool
check_fits(const char *text, size_t n, const char *digits)
{
	return check_value(text, n) == (digits[0] - '0') * 10 + digits[1] - '0';
}

static Code
parse_badge(const char *text)
{
	Code code = { .kind = CODE_WORN };

	if (check_fits(text, CODE_BADGE_DIGITS - 2,
		       text + CODE_BADGE_DIGITS - 2)) {
		code.kind = CODE_BADGE;
		memcpy(code.badge, text, CODE_BADGE_DIGITS);
	}
	return code;
}

static bool
has_card_shape(const char *tail)
{
	return strspn(tail, PROMPT_LETTERS) >= CODE_PROMPT_ID &&
	       tail[CODE_PROMPT_ID] == '-' &&
	       strspn(tail + CODE_PROMPT_ID + 1, DIGITS) == 2 &&
	       tail[CARD_TAIL] == '\0';
}

/* text is upper-case and begins with URL_BEGIN. */
static Code
parse_url(const char *text)
{
	Code code = { .kind = CODE_FOREIGN };
	const char *host = text + strlen(URL_BEGIN);
	size_t n = strspn(host, HOST_LETTERS);
	const char *tail = host + n + strlen(PROMPT_PATH);

	if (n == 0 || n > HOST_MAX ||
	    !g_str_has_prefix(host + n, PROMPT_PATH) || !has_card_shape(tail))
		return code;
	if (!check_fits(tail, CODE_PROMPT_ID, tail + CODE_PROMPT_ID + 1)) {
		code.kind = CODE_WORN;
		return code;
	}
	code.kind = CODE_PROMPT;
	memcpy(code.prompt, tail, CODE_PROMPT_ID);
	return code;
}

Code
code_parse(const char *text, size_t size)
{
	static const Code foreign = { .kind = CODE_FOREIGN };
	char upper[CODE_TEXT_MAX + 1];

	while (size > 0 && g_ascii_isspace(text[0])) {
		text++;
		size--;
	}
	while (size > 0 && g_ascii_isspace(text[size - 1]))
		size--;
	if (size == 0 || size > CODE_TEXT_MAX || memchr(text, 0, size) != NULL)
		return foreign;
	for (size_t i = 0; i < size; i++)
		upper[i] = g_ascii_toupper(text[i]);
	upper[size] = '\0';

	if (size == CODE_BADGE_DIGITS && upper[0] == BADGE_KIND &&
	    strspn(upper, DIGITS) == size)
		return parse_badge(upper);
	if (g_str_has_prefix(upper, URL_BEGIN))
		return parse_url(upper);
	return foreign;
}

void
code_new_badge(char out[static CODE_BADGE_DIGITS + 1])
{
	const size_t n = CODE_BADGE_DIGITS - 2;
	int check;

	out[0] = BADGE_KIND;
	id_new_digits(out + 1, n - 1);
	check = check_value(out, n);
	out[n] = (char)('0' + check / 10);
	out[n + 1] = (char)('0' + check % 10);
	out[n + 2] = '\0';
}

char *
code_format_prompt(const char *host, const char *id)
{
	g_autofree char *upper = g_ascii_strup(host, -1);
	size_t n = strlen(upper);

	if (n == 0 || n > HOST_MAX || strspn(upper, HOST_LETTERS) != n ||
	    strlen(id) != CODE_PROMPT_ID ||
	    strspn(id, PROMPT_LETTERS) != CODE_PROMPT_ID)
		return NULL;
	return g_strdup_printf(URL_BEGIN "%s" PROMPT_PATH "%s-%02d", upper, id,
			       check_value(id, CODE_PROMPT_ID));
}
