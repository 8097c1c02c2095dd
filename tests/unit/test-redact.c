/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/forward/redact.h"
#include "sync/xapi/tape.h"

/* What is left of a statement, and what is not. */

#define HOME "https://state.example/pupil"

static char *folder;

static char *
write_key(const char *text, int mode)
{
	char *path = g_build_filename(folder, "key", NULL);

	g_assert_true(file_write_durably(path, text, strlen(text), mode, NULL));
	return path;
}

static Pseudonyms *
open_key(const char *text)
{
	g_autofree char *path = write_key(text, 0600);
	g_autoptr(GError) error = NULL;
	Pseudonyms *pseudonyms = pseudonyms_open(path, HOME, &error);

	g_assert_no_error(error);
	return pseudonyms;
}

#define KEY "0123456789abcdef0123456789abcdef"

typedef struct {
	GString *text;
	GArray *media;
} Left;

static Left
redact_text(const Redaction *how, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(XapiBatch) batch =
		xapi_batch_read(text, strlen(text), XAPI_2_0, &xapi_limits,
				&error);
	Left left = { g_string_new(NULL),
		      g_array_new(FALSE, TRUE, sizeof(RedactedMedium)) };
	XapiStatement statement;

	g_assert_no_error(error);
	statement = xapi_batch_get(batch, 0);
	redact(how, &statement, left.text, left.media);
	return left;
}

static void
left_clear(Left *left)
{
	g_string_free(left->text, TRUE);
	g_array_unref(left->media);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Left, left_clear)

static const char *const all[] = { "*", NULL };
static const char *const none[] = { NULL };

/* --- as it is --- */

#define PERSON \
	"{\"name\":\"Maya R.\",\"account\":{\"homePage\":\"https://d." \
	"example/l\",\"name\":\"k7\"}}"
#define VERB "\"verb\":{\"id\":\"https://x.example/v\"}"

static void
test_plain(void)
{
	const Redaction how = { .extensions = all,
				.media = true,
				.words = true };
	g_auto(Left) left = redact_text(
		&how,
		"{ \"stored\":\"2026-11-26T10:00:00Z\",\"actor\":" PERSON
		",\"version\":\"1.0.0\", " VERB ",\"authority\":" PERSON
		",\"object\":{\"id\":\"https://x.example/a\"},\"result\":{"
		"\"score\":{\"raw\":1.50},\"response\":\"\\u00e9\"}}");

	g_assert_cmpstr(left.text->str, ==,
			"{\"actor\":" PERSON "," VERB
			",\"object\":{\"id\":\"https://x.example/a\"},"
			"\"result\":{\"score\":{\"raw\":1.50},\"response\":"
			"\"\\u00e9\"}}");
}

/* --- nobody's name, wherever one may stand --- */

static void
test_nobodys_name(void)
{
	g_autoptr(Pseudonyms) pseudonyms = open_key(KEY "\n");
	const Redaction how = { .pseudonyms = pseudonyms, .extensions = none };
	char pseudonym[PSEUDONYM_SIZE + 1];
	g_autofree char *account = NULL;
	g_auto(Left) left = redact_text(
		&how,
		"{\"actor\":{\"objectType\":\"Group\",\"name\":\"Maya R.\","
		"\"member\":[" PERSON "]}," VERB
		",\"object\":{\"objectType\":\"SubStatement\",\"actor\":" PERSON
		"," VERB ",\"object\":"
		"{\"objectType\":\"Agent\",\"mbox\":"
		"\"mailto:maya@d.example\"}},\"context\":{\"instructor\":" PERSON
		",\"team\":{\"objectType\":\"Group\",\"member\":[" PERSON
		"]},\"contextAgents\":[{\"objectType\":\"contextAgent\","
		"\"agent\":" PERSON "}],\"contextGroups\":[{\"objectType\":"
		"\"contextGroup\",\"group\":{\"objectType\":\"Group\","
		"\"member\":[" PERSON "]}}],"
		"\"extensions\":{\"https://x.example/who\":\"Maya R.\"}},"
		"\"result\":{\"response\":\"I am Maya R.\",\"success\":true},"
		"\"authority\":" PERSON "}");

	g_test_message("%s", left.text->str);
	g_assert_null(strstr(left.text->str, "Maya"));
	g_assert_null(strstr(left.text->str, "maya"));
	g_assert_null(strstr(left.text->str, "k7"));
	g_assert_null(strstr(left.text->str, "extensions"));
	g_assert_null(strstr(left.text->str, "authority"));
	g_assert_nonnull(
		strstr(left.text->str, "\"result\":{\"success\":true}"));
	pseudonym_of(pseudonyms, "account:https://d.example/l k7", pseudonym);
	account = g_strdup_printf("{\"objectType\":\"Agent\",\"account\":{"
				  "\"homePage\":\"" HOME "\",\"name\":\"%s\"}}",
				  pseudonym);
	g_assert_nonnull(strstr(left.text->str, account));
}

/* What goes out must be a statement still. */
static void
test_stays_valid(void)
{
	g_autoptr(Pseudonyms) pseudonyms = open_key(KEY);
	const Redaction how = { .pseudonyms = pseudonyms, .extensions = none };
	g_auto(Left) left = redact_text(
		&how, "{\"actor\":" PERSON "," VERB
		      ",\"object\":{\"id\":\"https://x.example/a\","
		      "\"definition\":{\"extensions\":{\"https://x.example/e\":"
		      "1}}},\"context\":{\"contextActivities\":{\"parent\":[{"
		      "\"id\":\"https://x.example/p\",\"definition\":{"
		      "\"extensions\":{\"https://x.example/e\":1}}}]}}}");
	g_autoptr(GError) error = NULL;
	g_autoptr(XapiBatch) batch =
		xapi_batch_read(left.text->str, left.text->len, XAPI_1_0,
				&xapi_limits, &error);

	g_assert_no_error(error);
	g_assert_nonnull(batch);
	g_assert_null(strstr(left.text->str, "x.example/e"));
}

/* --- extensions --- */

static void
test_listed_extensions(void)
{
	static const char *const some[] = { "https://x.example/b", NULL };
	const Redaction how = { .extensions = some };
	g_auto(Left) left = redact_text(
		&how,
		"{\"actor\":" PERSON "," VERB
		",\"object\":{\"id\":\"https://x.example/a\"},\"context\":{"
		"\"extensions\":{\"https://x.example/a\":1,\"https://x.example/"
		"b\":2,\"https://x.example/c\":3}}}");

	g_assert_nonnull(strstr(left.text->str,
				"\"context\":{\"extensions\":{\"https://"
				"x.example/b\":2}}"));
}

/* --- attachments --- */

#define SHA "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define ATTACHED \
	"\"attachments\":[{\"usageType\":\"https://x.example/" \
	"photo\",\"display\":{\"en\":\"p\"},\"contentType\":\"image/png\"," \
	"\"length\":4,\"sha2\":\"" SHA "\"},{\"usageType\":\"http://adlnet." \
	"gov/expapi/attachments/signature\",\"display\":{\"en\":\"s\"}," \
	"\"contentType\":\"application/octet-stream\",\"length\":4,\"sha2\":" \
	"\"" SHA "\"}]"

static void
assert_media(const Redaction *how, guint n, bool signature)
{
	g_auto(Left) left = redact_text(
		how,
		"{\"actor\":" PERSON "," VERB
		",\"object\":{\"id\":\"https://x.example/a\"}," ATTACHED "}");

	g_assert_cmpuint(left.media->len, ==, n);
	g_assert_cmpint(strstr(left.text->str, "signature") != NULL, ==,
			signature);
	g_assert_cmpint(strstr(left.text->str, "attachments") != NULL, ==,
			n > 0);
	if (n == 0)
		return;
	g_assert_cmpstr(g_array_index(left.media, RedactedMedium, 0).sha2, ==,
			SHA);
	g_assert_cmpstr(g_array_index(left.media, RedactedMedium, 0)
				.content_type,
			==, "image/png");
}

static void
test_media(void)
{
	g_autoptr(Pseudonyms) pseudonyms = open_key(KEY);
	const Redaction without = { .extensions = all };
	const Redaction with = { .extensions = all, .media = true };
	const Redaction veiled = { .pseudonyms = pseudonyms,
				   .extensions = all,
				   .media = true };

	assert_media(&without, 0, false);
	assert_media(&with, 2, true);
	assert_media(&veiled, 1, false);
}

/* --- the key --- */

static void
test_key(void)
{
	g_autoptr(Pseudonyms) one = open_key(KEY);
	g_autoptr(Pseudonyms) same = open_key(KEY " \n");
	g_autoptr(Pseudonyms) other = open_key(KEY "!");
	char a[PSEUDONYM_SIZE + 1], b[PSEUDONYM_SIZE + 1];

	pseudonym_of(one, "mailto:a@x.example", a);
	pseudonym_of(same, "mailto:a@x.example", b);
	g_assert_cmpstr(a, ==, b);
	pseudonym_of(other, "mailto:a@x.example", b);
	g_assert_cmpstr(a, !=, b);
	pseudonym_of(one, "mailto:b@x.example", b);
	g_assert_cmpstr(a, !=, b);
}

static void
test_bad_key(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = write_key("short", 0600);

	g_assert_null(pseudonyms_open(path, HOME, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_clear_error(&error);
	g_free(write_key(KEY, 0644));
	g_assert_null(pseudonyms_open(path, HOME, &error));
	g_assert_error(error, FAULT, FAULT_REFUSED);
	g_clear_error(&error);
	g_free(write_key(KEY, 0600));
	g_assert_null(pseudonyms_open(path, "no home", &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

int
main(int argc, char **argv)
{
	g_autofree char *path = NULL;
	int failed;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("cairn-redact-XXXXXX", NULL);
	g_test_add_func("/redact/plain-is-what-it-was", test_plain);
	g_test_add_func("/redact/no-name-is-left-anywhere", test_nobodys_name);
	g_test_add_func("/redact/what-is-left-is-a-statement",
			test_stays_valid);
	g_test_add_func("/redact/listed-extensions-go-along",
			test_listed_extensions);
	g_test_add_func("/redact/media-and-signatures", test_media);
	g_test_add_func("/redact/one-key-one-pseudonym", test_key);
	g_test_add_func("/redact/bad-keys-are-refused", test_bad_key);
	failed = g_test_run();
	path = g_build_filename(folder, "key", NULL);
	g_unlink(path);
	g_rmdir(folder);
	g_free(folder);
	return failed;
}
