/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <glib.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/wire/statement-list.h"
#include "sync/wire/statement.h"

#define BASE   "https://cairn.example"
#define ID     "3b1c7a52-5d0e-4c63-9f1b-0a5d6e1f0001"
#define KIOSK  "0b8e2a52-5d0e-4c63-9f1b-0a5d6e1f0002"
#define SHA    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define RECORD "tag:cairn,2026:xapi/record"
#define SHOWN  "tag:cairn,2026:xapi/shown"

static Evidence *
make_evidence(void)
{
	Evidence *e = g_new0(Evidence, 1);

	*e = (Evidence){
		.id = ID,
		.kiosk = KIOSK,
		.number = 7,
		.previous = SHA,
		.learner = "k7x2m9qd",
		.portrait = "7b0f7c52-4d51-4e0e-9a57-0d9a4a2c9f01",
		.portrait_version = "2026.1",
		.statement = "0f5d0b0e-0b7e-4c0a-9f5a-3a4f5f1f6a11",
		.prompt = "C2T4",
		.language = "es",
		.asked = "\302\277Qu\303\251 hiciste?",
		.scale = "faces3",
		.level = 2,
		.levels = 3,
		.at = { .boot = "0123456789abcdef0123456789abcdef",
			.since_boot_us = 1234567,
			.wall = { 1795000000123456 },
			.trusted = true },
		.pieces = { { .kind = PIECE_PHOTO,
			      .type = "image/jpeg",
			      .sha256 = SHA,
			      .size = 48213 },
			    { .kind = PIECE_TEXT,
			      .text = "\"a\\b\"\n\t\001 \360\237\246\212" } },
		.n_pieces = 2,
	};
	return e;
}

static const ShownTime shown_at = { { 1795000000123456 }, 250000 };

static json_t *
read_statement(GBytes *bytes)
{
	g_autoptr(GError) error = NULL;
	json_t *value = json_read(g_bytes_get_data(bytes, NULL),
				  g_bytes_get_size(bytes), &error);

	g_assert_no_error(error);
	return value;
}

/* The member at a path such as "context/contextActivities/parent/0/id". */
static json_t *
find(json_t *value, const char *path)
{
	g_auto(GStrv) names = g_strsplit(path, "/", -1);

	for (char **name = names; *name != NULL && value != NULL; name++)
		value = json_is_array(value)
				? json_array_get(value,
						 (size_t)g_ascii_digit_value(
							 **name))
				: json_object_get(value, *name);
	return value;
}

static const struct {
	const char *path, *text;
} texts[] = {
	{ "id", ID },
	{ "timestamp", "2026-11-18T11:06:40.123Z" },
	{ "actor/objectType", "Agent" },
	{ "actor/account/homePage", BASE "/learner" },
	{ "actor/account/name", "k7x2m9qd" },
	{ "verb/id", "http://activitystrea.ms/submit" },
	{ "object/objectType", "Activity" },
	{ "object/id", BASE "/evidence/" ID },
	{ "object/definition/type",
	  "http://adlnet.gov/expapi/activities/performance" },
	{ "result/response", "\"a\\b\"\n\t\001 \360\237\246\212" },
	{ "context/platform", "cairn" },
	{ "context/language", "es" },
	{ "context/contextActivities/parent/0/id", BASE "/prompt/C2T4" },
	{ "context/contextActivities/parent/0/objectType", "Activity" },
	{ "context/contextActivities/grouping/0/id",
	  BASE "/ims/case/v1p1/CFDocuments/"
	       "7b0f7c52-4d51-4e0e-9a57-0d9a4a2c9f01" },
	{ "context/contextActivities/other/0/id",
	  BASE "/ims/case/v1p1/CFItems/0f5d0b0e-0b7e-4c0a-9f5a-3a4f5f1f6a11" },
	{ "attachments/0/usageType",
	  "http://id.tincanapi.com/attachment/supporting_media" },
	{ "attachments/0/contentType", "image/jpeg" },
	{ "attachments/0/sha2", SHA },
	{ "attachments/0/display/en", "photo" },
};

static void
test_vocabulary(void)
{
	g_autofree Evidence *e = make_evidence();
	g_autoptr(GBytes) bytes = statement_format(e, &shown_at, BASE);
	g_autoptr(json_t) value = read_statement(bytes);

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_assert_cmpstr(json_string_value(find(value, texts[i].path)),
				==, texts[i].text);
	g_assert_cmpint(json_array_size(json_object_get(value, "attachments")),
			==, 1);
	g_assert_cmpint(json_integer_value(find(value, "attachments/0/length")),
			==, 48213);
	g_assert_cmpint(json_integer_value(find(value, "result/score/raw")), ==,
			2);
	g_assert_cmpint(json_integer_value(find(value, "result/score/min")), ==,
			1);
	g_assert_cmpint(json_integer_value(find(value, "result/score/max")), ==,
			3);
}

/* --- there and back --- */

static void
assert_comes_back(const Evidence *e, const ShownTime *shown)
{
	g_autoptr(GError) error = NULL;
	g_autofree Evidence *back = g_new0(Evidence, 1);
	ShownTime shown_back;
	g_autoptr(GBytes) bytes = statement_format(e, shown, BASE);
	g_autoptr(GBytes) again = statement_format(e, shown, BASE);
	g_autoptr(GBytes) before = evidence_format(e);
	g_autoptr(GBytes) after = NULL;

	g_assert_true(g_bytes_equal(bytes, again));
	g_assert_true(statement_parse(g_bytes_get_data(bytes, NULL),
				      g_bytes_get_size(bytes), back,
				      &shown_back, &error));
	g_assert_no_error(error);
	after = evidence_format(back);
	g_assert_true(g_bytes_equal(before, after));
	g_assert_cmpint(shown_back.wall.us, ==, shown->wall.us);
	g_assert_cmpint(shown_back.about_us, ==, shown->about_us);
}

static void
test_comes_back(void)
{
	g_autofree Evidence *e = make_evidence();

	assert_comes_back(e, &shown_at);
	assert_comes_back(e, &(ShownTime){ { -1 }, 0 });
	assert_comes_back(e, &(ShownTime){ { 0 }, JSON_INTEGER_MAX });
	e->level = 0;
	assert_comes_back(e, &shown_at);
	e->scale[0] = '\0';
	e->levels = 0;
	assert_comes_back(e, &shown_at);
	e->n_pieces = 1;
	assert_comes_back(e, &shown_at);
	e->pieces[0] = e->pieces[1];
	assert_comes_back(e, &shown_at);
	e->badge[0] = '7';
	e->learner[0] = '\0';
	e->asked[0] = '\0';
	assert_comes_back(e, &shown_at);
}

static void
test_badge_is_another_home_page(void)
{
	g_autofree Evidence *e = make_evidence();
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(json_t) value = NULL;

	e->learner[0] = '\0';
	g_strlcpy(e->badge, "10012345678901234567", sizeof(e->badge));
	bytes = statement_format(e, &shown_at, BASE);
	value = read_statement(bytes);
	g_assert_cmpstr(json_string_value(
				find(value, "actor/account/homePage")),
			==, BASE "/badge");
	g_assert_cmpstr(json_string_value(find(value, "actor/account/name")),
			==, e->badge);
}

static const struct {
	int level, levels;
	const char *text; /* NULL: no score */
} scores[] = {
	{ 1, 3, "{\"raw\":1,\"min\":1,\"max\":3,\"scaled\":0.000}" },
	{ 2, 3, "{\"raw\":2,\"min\":1,\"max\":3,\"scaled\":0.500}" },
	{ 3, 3, "{\"raw\":3,\"min\":1,\"max\":3,\"scaled\":1.000}" },
	{ 3, 4, "{\"raw\":3,\"min\":1,\"max\":4,\"scaled\":0.667}" },
	{ 2, 4, "{\"raw\":2,\"min\":1,\"max\":4,\"scaled\":0.333}" },
	{ 2, 9, "{\"raw\":2,\"min\":1,\"max\":9,\"scaled\":0.125}" },
	{ 1, 1, "{\"raw\":1,\"scaled\":1.000}" },
	{ 0, 3, NULL },
};

static void
test_scores(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(scores); i++) {
		g_autofree Evidence *e = make_evidence();
		g_autoptr(GBytes) bytes = NULL;
		g_autofree char *text = NULL;
		const char *at;

		e->level = scores[i].level;
		e->levels = scores[i].levels;
		bytes = statement_format(e, &shown_at, BASE);
		text = g_strndup(g_bytes_get_data(bytes, NULL),
				 g_bytes_get_size(bytes));
		at = strstr(text, "\"score\":");
		g_assert_cmpint(at != NULL, ==, scores[i].text != NULL);
		if (at != NULL)
			g_assert_true(
				g_str_has_prefix(at + strlen("\"score\":"),
						 scores[i].text));
	}
}

static void
test_same_medium_twice_is_one_attachment(void)
{
	g_autofree Evidence *e = make_evidence();
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(json_t) value = NULL;

	e->pieces[2] = e->pieces[0];
	e->n_pieces = 3;
	bytes = statement_format(e, &shown_at, BASE);
	value = read_statement(bytes);
	g_assert_cmpint(json_array_size(json_object_get(value, "attachments")),
			==, 1);
	assert_comes_back(e, &shown_at);
}

/* --- what went through another system --- */

/* Sets path to value (JSON; NULL: removes it) and reads the statement. */
static bool
parse_changed(const char *path, const char *value, GError **error)
{
	g_autofree Evidence *e = make_evidence();
	g_autofree Evidence *back = g_new0(Evidence, 1);
	g_autoptr(GBytes) bytes = statement_format(e, &shown_at, BASE);
	g_autoptr(json_t) statement = read_statement(bytes);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	g_autofree char *text = NULL;
	ShownTime shown;
	json_t *parent = statement;

	if (!g_str_equal(folder, "."))
		parent = find(statement, folder);
	g_assert_true(json_is_object(parent));
	if (value != NULL)
		json_object_set_new(parent, name,
				    json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(parent, name);
	text = json_dumps(statement, JSON_SORT_KEYS | JSON_INDENT(1));
	return statement_parse(text, strlen(text), back, &shown, error);
}

static const struct {
	const char *path, *value;
	const char *blames; /* NULL: accepted */
} changes[] = {
	{ "stored", "\"2026-11-23T00:00:00Z\"", NULL },
	{ "authority", "{\"mbox\":\"mailto:a@b.c\"}", NULL },
	{ "version", "\"1.0.3\"", NULL },
	{ "timestamp", "\"2026-11-18T12:06:40.123+01:00\"", NULL },
	{ "timestamp", "\"2026-11-18T11:06:40.123456Z\"", NULL },
	{ "object/objectType", NULL, NULL },
	{ "object/definition", NULL, NULL },
	{ "object/definition/name", "{\"en\":\"x\"}", NULL },
	{ "verb/display", "{\"de\":\"abgegeben\"}", NULL },
	{ "result/score/scaled", "0.5", NULL },
	{ "context/revision", "\"x\"", NULL },
	{ "context/extensions/urn:x", "1", NULL },
	{ "timestamp", "\"2026-11-18T11:06:41.123Z\"", ".timestamp" },
	{ "timestamp", "7", ".timestamp" },
	{ "timestamp", NULL, ".timestamp" },
	{ "id", "\"3b1c7a52-5d0e-4c63-9f1b-0a5d6e1f0009\"", ".id" },
	{ "other", "1", ".other" },
	{ "actor/name", "\"Maya\"", ".actor.name" },
	{ "actor/account/name", "\"someone\"", ".actor.account.name" },
	{ "verb/id", "\"http://adlnet.gov/expapi/verbs/voided\"", ".verb.id" },
	{ "object/id", "\"https://cairn.example/evidence/x\"", ".object.id" },
	{ "object/id", NULL, ".object.id" },
	{ "result/score/raw", "3", ".result.score.raw" },
	{ "result/score/scaled", "0.6", ".result.score.scaled" },
	{ "result/success", "true", ".result.success" },
	{ "result", NULL, ".result" },
	{ "context/language", "\"en\"", ".context.language" },
	{ "context", NULL, "/record" },
	{ "attachments", "[]", ".attachments" },
	{ "attachments", NULL, ".attachments" },
	{ "attachments/0/sha2", "\"00\"", ".attachments[0].sha2" },
	{ "attachments/0/fileUrl", "\"http://x/\"", ".attachments[0].fileUrl" },
};

static void
test_changes(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_autoptr(GError) error = NULL;
		bool ok = parse_changed(changes[i].path, changes[i].value,
					&error);

		g_test_message("%s = %s: %s", changes[i].path, changes[i].value,
			       error != NULL ? error->message : "fine");
		g_assert_cmpint(ok, ==, changes[i].blames == NULL);
		if (ok)
			continue;
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, changes[i].blames));
	}
}

/* The path has no way to name an IRI with slashes, so these by hand. */
static void
test_shown_is_needed(void)
{
	g_autofree Evidence *e = make_evidence();
	g_autofree Evidence *back = g_new0(Evidence, 1);
	g_autoptr(GBytes) bytes = statement_format(e, &shown_at, BASE);
	g_autoptr(json_t) statement = read_statement(bytes);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	ShownTime shown;

	json_object_del(find(statement, "context/extensions"), SHOWN);
	text = json_dumps(statement, 0);
	g_assert_false(
		statement_parse(text, strlen(text), back, &shown, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_assert_nonnull(strstr(error->message, SHOWN));
}

static void
test_record_decides(void)
{
	g_autofree Evidence *e = make_evidence();
	g_autofree Evidence *back = g_new0(Evidence, 1);
	g_autoptr(GBytes) bytes = statement_format(e, &shown_at, BASE);
	g_autoptr(json_t) statement = read_statement(bytes);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	json_t *record =
		json_object_get(find(statement, "context/extensions"), RECORD);
	ShownTime shown;

	g_assert_true(json_is_object(record));
	json_object_set_new(record, "level", json_integer(3));
	text = json_dumps(statement, 0);
	g_assert_false(
		statement_parse(text, strlen(text), back, &shown, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_assert_nonnull(strstr(error->message, ".result.score"));
}

static void
test_no_statements(void)
{
	static const char *const no[] = {
		"", "{}", "[]", "7", "{\"id\":1}", "{\"context\":7}", "\377"
	};

	for (size_t i = 0; i < G_N_ELEMENTS(no); i++) {
		g_autofree Evidence *back = g_new0(Evidence, 1);
		g_autoptr(GError) error = NULL;
		ShownTime shown;

		g_assert_false(statement_parse(no[i], strlen(no[i]), back,
					       &shown, &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
	}
}

/* --- a list of them --- */

static const struct {
	const char *text, *found; /* joined by "|"; NULL: refused */
} lists[] = {
	{ "[]", "" },
	{ " [ ] ", "" },
	{ "[{}]", "{}" },
	{ "{\"a\":[1]}", "{\"a\":[1]}" },
	{ " [ {\"a\":\"]}\\\"\"} , {\"b\":{}} ] \n",
	  "{\"a\":\"]}\\\"\"}|{\"b\":{}}" },
	{ "", NULL },
	{ "[", NULL },
	{ "[{}", NULL },
	{ "[{},]", NULL },
	{ "[{}{}]", NULL },
	{ "[{}] x", NULL },
	{ "{} {}", NULL },
	{ "[1]", NULL },
	{ "[{\"a]", NULL },
	{ "[{\"a\\", NULL },
	{ "7", NULL },
};

static char *
split(const char *text, GError **error)
{
	g_autoptr(GString) found = g_string_new(NULL);
	StatementList list;
	const char *at;
	size_t size;

	statement_list_init(&list, text, strlen(text));
	while (statement_list_next(&list, &at, &size, error)) {
		if (at == NULL)
			return g_string_free(g_steal_pointer(&found), FALSE);
		g_string_append(found, found->len > 0 ? "|" : "");
		g_string_append_len(found, at, (gssize)size);
	}
	return NULL;
}

static void
test_lists(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *found = split(lists[i].text, &error);

		g_test_message("%s", lists[i].text);
		g_assert_cmpstr(found, ==, lists[i].found);
		if (found == NULL)
			g_assert_error(error, FAULT, FAULT_INVALID);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/statement/speaks-published-vocabulary",
			test_vocabulary);
	g_test_add_func("/statement/record-comes-back-as-it-was",
			test_comes_back);
	g_test_add_func("/statement/unknown-badge-is-its-own-account",
			test_badge_is_another_home_page);
	g_test_add_func("/statement/scores-have-three-decimals", test_scores);
	g_test_add_func("/statement/same-medium-twice-is-one-attachment",
			test_same_medium_twice_is_one_attachment);
	g_test_add_func("/statement/lrs-may-add-and-nobody-may-change",
			test_changes);
	g_test_add_func("/statement/the-shown-time-is-needed",
			test_shown_is_needed);
	g_test_add_func("/statement/the-record-decides", test_record_decides);
	g_test_add_func("/statement/what-is-none-is-refused",
			test_no_statements);
	g_test_add_func("/statement/a-list-is-split-into-its-bytes",
			test_lists);
	return g_test_run();
}
