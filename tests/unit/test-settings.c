/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/base/settings.h"

static const Setting known[] = {
	{ "camera", "source", SETTING_TEXT, "v4l2", 0, 0, "where from" },
	{ "camera", "rate", SETTING_NUMBER, "15", 1, 60, "frames a second" },
	{ "camera", "beep", SETTING_FLAG, "true", 0, 0, "on reading a code" },
	{ "store", "folder", SETTING_TEXT, NULL, 0, 0, "where it is kept" },
	{ 0 },
};

static Settings *
parse(const char *text, GError **error)
{
	return settings_parse(text, strlen(text), known, error);
}

static void
what_is_given_wins_and_the_rest_is_default(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Settings) settings = parse("# ours\n[camera]\nrate=60\n"
					     "[store]\nfolder=/var/lib/cairn\n",
					     &error);

	g_assert_no_error(error);
	g_assert_cmpstr(settings_text(settings, "camera", "source"), ==,
			"v4l2");
	g_assert_cmpint(settings_number(settings, "camera", "rate"), ==, 60);
	g_assert_true(settings_flag(settings, "camera", "beep"));
	g_assert_cmpstr(settings_text(settings, "store", "folder"), ==,
			"/var/lib/cairn");
}

static void
slips_are_refused_by_name(void)
{
	static const struct {
		const char *text, *named;
	} rows[] = {
		{ "[camera]\nrat=15\n[store]\nfolder=x\n", "rat" },
		{ "[camera]\nrate=0\n[store]\nfolder=x\n", "rate" },
		{ "[camera]\nrate=61\n[store]\nfolder=x\n", "rate" },
		{ "[camera]\nrate=1e1\n[store]\nfolder=x\n", "rate" },
		{ "[camera]\nrate=\n[store]\nfolder=x\n", "rate" },
		{ "[camera]\nbeep=yes\n[store]\nfolder=x\n", "beep" },
		{ "[camera]\nsource[es]=x\n[store]\nfolder=x\n", "source" },
		{ "[camera]\nsource=x\\\n[store]\nfolder=x\n", "source" },
		{ "[camera]\nrate=15\n", "folder" },
		{ "[shop]\nfolder=x\n", "shop" },
		{ "folder=x\n", "" },
		{ "[store\nfolder=x\n", "" },
		{ "[store]\nfolder=\xff\n", "UTF-8" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Settings) settings = parse(rows[i].text, &error);

		g_test_message("row %zu", i);
		g_assert_null(settings);
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, rows[i].named));
	}
}

static void
a_missing_file_is_named(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Settings) settings =
		settings_read("/nowhere/kiosk.conf", known, &error);

	g_assert_null(settings);
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, "/nowhere/kiosk.conf"));
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/settings/given-wins-and-the-rest-is-default",
			what_is_given_wins_and_the_rest_is_default);
	g_test_add_func("/settings/slips-are-refused-by-name",
			slips_are_refused_by_name);
	g_test_add_func("/settings/missing-file-is-named",
			a_missing_file_is_named);
	return g_test_run();
}
