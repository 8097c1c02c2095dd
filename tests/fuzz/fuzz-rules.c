/* SPDX-License-Identifier: Apache-2.0 */
/* The law: rules that parse print as rules that parse to the same print, and
 * a refusal names a line. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/forward/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static GBytes *
give_names(const char *path, void *data, GError **error)
{
	g_assert_true(g_path_is_absolute(path));
	return g_bytes_new(path, strlen(path));
}

static void
check_refusal(const GError *error)
{
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_assert_true(g_str_has_prefix(error->message, "line ") ||
		      g_str_has_prefix(error->message, "rules must"));
	g_assert_true(g_utf8_validate(error->message, -1, NULL));
}

/* Nothing is sent by rules that only keep. */
static void
check_decision(const Rules *rules, const char *printed)
{
	static const char text[] =
		"{\"actor\":{\"mbox\":\"mailto:a@b.example\"},\"verb\":{\"id\":"
		"\"http://v.example\"},\"object\":{\"id\":\"http://o.example\"}}";
	g_autoptr(XapiBatch) batch =
		xapi_batch_read(text, strlen(text), XAPI_1_0, &xapi_limits,
				NULL);
	XapiStatement statement = xapi_batch_get(batch, 0);
	bool send = rules_send(rules, &statement, true);

	g_assert_true(!send || strstr(printed, "send") != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) first = g_string_new(NULL);
	g_autoptr(GString) second = g_string_new(NULL);
	g_autoptr(Rules) rules = rules_parse((const char *)bytes, size,
					     give_names, NULL, &error);
	g_autoptr(Rules) again = NULL;

	if (rules == NULL) {
		check_refusal(error);
		return 0;
	}
	g_assert_no_error(error);
	rules_print(rules, first);
	check_decision(rules, first->str);
	if (first->len > RULES_BYTES_MAX)
		return 0; /* quotes made it longer than may be read */
	again = rules_parse(first->str, first->len, give_names, NULL, &error);
	g_assert_no_error(error);
	rules_print(again, second);
	g_assert_cmpstr(first->str, ==, second->str);
	return 0;
}
