/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/log.h"

#include <string.h>
#include <jansson.h>

#include "app/base/fault.h"

/* What a log's line looks like, as text and as JSON. */

static const GLogField fields[] = {
	{ "MESSAGE", "two\nlines \"quoted\"", -1 },
	{ "CAIRN_STATUS", "503", -1 },
	{ "CODE_FILE", "secret/path.c", -1 },
	{ "PRIORITY", "4xyz", 1 },
};

static void
test_text(void)
{
	g_autofree char *line = log_line(LOG_TEXT, G_LOG_LEVEL_WARNING, fields,
					 G_N_ELEMENTS(fields));
	g_autofree char *plain = log_line(LOG_AUTO, G_LOG_LEVEL_MESSAGE, fields,
					  G_N_ELEMENTS(fields));

	g_assert_cmpstr(line, ==, "warning: two lines \"quoted\"\n");
	g_assert_cmpstr(plain, ==, "two lines \"quoted\"\n");
}

static void
test_json(void)
{
	g_autofree char *line = log_line(LOG_JSON, G_LOG_LEVEL_WARNING, fields,
					 G_N_ELEMENTS(fields));
	json_t *read = json_loads(line, 0, NULL);

	g_assert_cmpuint(strcspn(line, "\n"), ==, strlen(line) - 1);
	g_assert_cmpstr(json_string_value(json_object_get(read, "MESSAGE")), ==,
			"two\nlines \"quoted\"");
	g_assert_cmpstr(json_string_value(json_object_get(read, "PRIORITY")),
			==, "4");
	g_assert_cmpstr(json_string_value(
				json_object_get(read, "CAIRN_STATUS")),
			==, "503");
	g_assert_null(json_object_get(read, "CODE_FILE"));
	json_decref(read);
}

static void
test_format(void)
{
	g_autoptr(GError) error = NULL;
	LogFormat format;

	g_assert_true(log_format_parse("json", &format, NULL));
	g_assert_cmpint(format, ==, LOG_JSON);
	g_assert_false(log_format_parse("xml", &format, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/log/text-is-one-line", test_text);
	g_test_add_func("/log/json-has-the-fields", test_json);
	g_test_add_func("/log/formats-have-names", test_format);
	return g_test_run();
}
