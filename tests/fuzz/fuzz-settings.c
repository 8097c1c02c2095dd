/* SPDX-License-Identifier: Apache-2.0 */
/* The law: settings that parse are within their bounds, and written out by
 * their values parse to the same values. */
#include <stddef.h>
#include <stdint.h>

#include "app/base/fault.h"
#include "app/base/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const Setting known[] = {
	{ "camera", "source", SETTING_TEXT, "v4l2", 0, 0, "where from" },
	{ "camera", "rate", SETTING_NUMBER, "15", 1, 60, "frames a second" },
	{ "camera", "beep", SETTING_FLAG, "true", 0, 0, "on reading a code" },
	{ 0 },
};

static void
write_and_read_again(const Settings *settings)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(Settings) again = NULL;
	g_autofree char *text = NULL;
	size_t size;

	g_key_file_set_string(file, "camera", "source",
			      settings_text(settings, "camera", "source"));
	g_key_file_set_int64(file, "camera", "rate",
			     settings_number(settings, "camera", "rate"));
	g_key_file_set_boolean(file, "camera", "beep",
			       settings_flag(settings, "camera", "beep"));
	text = g_key_file_to_data(file, &size, NULL);
	again = settings_parse(text, size, known, NULL);
	g_assert_nonnull(again);
	g_assert_cmpstr(settings_text(settings, "camera", "source"), ==,
			settings_text(again, "camera", "source"));
	g_assert_cmpint(settings_number(settings, "camera", "rate"), ==,
			settings_number(again, "camera", "rate"));
	g_assert_true(settings_flag(settings, "camera", "beep") ==
		      settings_flag(again, "camera", "beep"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Settings) settings =
		settings_parse((const char *)bytes, size, known, &error);
	int64_t rate;

	if (settings == NULL) {
		g_assert_error(error, FAULT, FAULT_INVALID);
		return 0;
	}
	g_assert_no_error(error);
	rate = settings_number(settings, "camera", "rate");
	g_assert_true(rate >= 1 && rate <= 60);
	write_and_read_again(settings);
	return 0;
}
