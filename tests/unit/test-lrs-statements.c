/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/lrs-fixture.h"

#include <string.h>

/* Statements into a district that listens: Communication 1.5, 2.1.1, 2.1.2,
 * Data 2.3, 2.4.11, 2.6; 2.0 4.1.3, 4.1.6.1, 4.2.5, 4.2.6. */

#define ID(n)    "11111111-1111-4111-8111-11111111111" n
#define ACTOR    "\"actor\":{\"mbox\":\"mailto:ada@example.org\"}"
#define VERB     "\"verb\":{\"id\":\"http://example.org/did\"}"
#define OBJECT   "\"object\":{\"id\":\"http://example.org/it\"}"
#define PLAIN    ACTOR "," VERB "," OBJECT
#define NAMED(n) "{\"id\":\"" ID(n) "\"," PLAIN "}"
#define OTHER(n) \
	"{\"id\":\"" ID(n) "\"," ACTOR "," VERB ",\"object\":{" \
			   "\"id\":\"http://example.org/another\"}}"
#define VOIDING(n, target) \
	"{\"id\":\"" ID( \
		n) "\"," ACTOR ",\"verb\":{\"id\":" \
		   "\"http://adlnet.gov/expapi/verbs/voided\"},\"object\":{" \
		   "\"objectType\":\"StatementRef\",\"id\":\"" ID( \
			   target) "\"}}"
#define AT        "/xapi/statements"
#define ONE(n)    AT "?statementId=" ID(n)
#define VOIDED(n) AT "?voidedStatementId=" ID(n)

static const LrsCase posts[] = {
	{ "2.1.2-one-gives-its-id", "POST", AT, NAMED("1"), 200,
	  "[\"" ID("1") "\"]" },
	{ "2.1.2-a-list-gives-its-ids-in-order", "POST", AT,
	  "[" NAMED("3") "," NAMED("2") "]", 200,
	  "[\"" ID("3") "\",\"" ID("2") "\"]" },
	{ "2.1.2-no-id-is-given-one", "POST", AT, "{" PLAIN "}", 200, "[\"" },
	{ "2.1.2-no-parameter", "POST", ONE("4"), NAMED("4"), 400 },
	{ "1.4-no-utf-8", "POST", AT, "{\"\xff\":1}", 400 },
	{ "2.1.2-no-json", "POST", AT, "{", 400 },
	{ "2.1.2-no-body", "POST", AT, "", 400 },
	{ "2.2.s4.b1.b4-says-where-and-which-rule", "POST", AT,
	  "[" NAMED("4") ",{\"actor\":{\"mbox\":\"ada\"}," VERB "," OBJECT "}]",
	  400, "$[1].actor.mbox" },
	{ "3.2.s3.b9-nothing-of-a-bad-batch", "GET", ONE("4"), NULL, 404 },
	{ "1.5-another-type", "POST", AT, NAMED("4"), 400, NULL, "text/plain" },
	{ "1.5-a-form-of-parts", "POST", AT, NAMED("4"), 400, NULL,
	  "multipart/form-data; boundary=x" },
	{ "1.5-a-charset", "POST", AT, NAMED("4"), 200, NULL,
	  "application/json; charset=UTF-8" },
	{ "3.2.s3.b9-an-id-twice", "POST", AT,
	  "[" NAMED("5") "," NAMED("5") "]", 400 },
};

static const LrsCase single[] = {
	{ "2.1.1-204-and-nothing-said", "PUT", ONE("1"), NAMED("1"), 204 },
	{ "2.1.1-it-is-there", "GET", ONE("1"), NULL, 200, ID("1") },
	{ "2.1.1-the-id-of-the-url", "PUT", ONE("2"), "{" PLAIN "}", 204 },
	{ "2.1.1-it-is-there-by-it", "GET", ONE("2"), NULL, 200, ID("2") },
	{ "2.1.1-without-statementId", "PUT", AT, NAMED("3"), 400 },
	{ "2.1.1-another-id", "PUT", ONE("4"), NAMED("3"), 400 },
	{ "2.1.1-no-list", "PUT", ONE("3"), "[" NAMED("3") "]", 400 },
	{ "2.1.1-no-uuid", "PUT", AT "?statementId=x", NAMED("3"), 400 },
	{ "3.2.s3.b8-another-case", "PUT", AT "?StatementId=" ID("3"),
	  NAMED("3"), 400 },
	{ "2.1.1.s2.b2-the-same-again", "PUT", ONE("1"), NAMED("1"), 204 },
	{ "2.1.1.s2.b2-another-under-its-id", "PUT", ONE("1"), OTHER("1"), 409,
	  ID("1") },
	{ "2.1.1.s2.b2-and-it-stays", "GET", ONE("1"), NULL, 200,
	  "http://example.org/it" },
};

/* The trap: what means the same must be taken again. */
static const LrsCase again[] = {
	{ "first", "POST", AT,
	  "{\"id\":\"" ID("1") "\"," PLAIN
			       ",\"timestamp\":\"2026-11-24T10:00:00Z\"}",
	  200 },
	{ "2.3.1-another-zone", "POST", AT,
	  "{\"id\":\"" ID("1") "\"," PLAIN
			       ",\"timestamp\":\"2026-11-24T11:00:00+01:00\"}",
	  200 },
	{ "2.3.1-no-timestamp", "POST", AT, NAMED("1"), 200 },
	{ "2.3.1-an-objectType", "POST", AT,
	  "{\"id\":\"" ID("1") "\",\"actor\":{\"objectType\":\"Agent\","
			       "\"mbox\":\"mailto:ada@example.org\"}," VERB
			       "," OBJECT "}",
	  200 },
	{ "2.3.1-a-display", "POST", AT,
	  "{\"id\":\"" ID(
		  "1") "\"," ACTOR ",\"verb\":{\"id\":"
		       "\"http://example.org/did\",\"display\":{\"en\":\"did\"}}," OBJECT
		       "}",
	  200 },
	{ "2.3.1-stored-and-authority", "POST", AT,
	  "{\"id\":\"" ID(
		  "1") "\"," PLAIN ",\"stored\":"
		       "\"2020-01-01T00:00:00Z\",\"authority\":{\"objectType\":\"Agent\","
		       "\"mbox\":\"mailto:eve@example.org\"}}",
	  200 },
	{ "2.3.1-another-instant-in-1.0.3", "POST", AT,
	  "{\"id\":\"" ID("1") "\"," PLAIN
			       ",\"timestamp\":\"2026-11-24T10:00:01Z\"}",
	  409, NULL, NULL, NULL, "1.0.3" },
	{ "4.2-another-instant-in-2.0", "POST", AT,
	  "{\"id\":\"" ID("1") "\"," PLAIN
			       ",\"timestamp\":\"2026-11-24T10:00:01Z\"}",
	  200, NULL, NULL, NULL, "2.0.0" },
	{ "2.1.2-a-conflict-stores-nothing", "POST", AT,
	  "[" NAMED("2") "," OTHER("1") "]", 409 },
	{ "2.1.2-nothing-was-stored", "GET", ONE("2"), NULL, 404 },
	{ "unsaid-then-said", "POST", AT, NAMED("3"), 200 },
	{ "2.3.1-what-the-lrs-set-is-no-difference", "POST", AT,
	  "{\"id\":\"" ID("3") "\"," PLAIN
			       ",\"timestamp\":\"2019-11-24T10:00:01Z\"}",
	  200 },
	{ "found once", "GET", AT "?format=ids", NULL, 200, "\"more\":\"\"" },
};

static const LrsCase voids[] = {
	{ "a statement", "POST", AT, NAMED("1"), 200 },
	{ "2.3.2-taken", "POST", AT, VOIDING("2", "1"), 200 },
	{ "2.3.2.s2.b3-gone", "GET", ONE("1"), NULL, 404 },
	{ "2.1.3-there-as-voided", "GET", VOIDED("1"), NULL, 200, ID("1") },
	{ "2.1.3-the-voiding-is-not", "GET", VOIDED("2"), NULL, 404 },
	{ "2.3.2-what-comes-later", "POST", AT, VOIDING("3", "4"), 200 },
	{ "2.3.2-not-there-yet", "GET", VOIDED("4"), NULL, 404 },
	{ "2.3.2-comes", "POST", AT, NAMED("4"), 200 },
	{ "2.3.2-and-is-voided", "GET", ONE("4"), NULL, 404 },
	{ "2.3.2-and-there-as-such", "GET", VOIDED("4"), NULL, 200, ID("4") },
	{ "2.3.2.s2.b7-a-voiding-statement", "POST", AT, VOIDING("5", "2"),
	  200 },
	{ "2.3.2.s2.b7-stays", "GET", ONE("2"), NULL, 200, ID("2") },
	{ "2.3.2.s2.b7-and-what-it-voids-stays-void", "GET", ONE("1"), NULL,
	  404 },
	{ "a voiding of a voiding to come", "POST", AT, VOIDING("6", "7"),
	  200 },
	{ "the voiding comes", "POST", AT, VOIDING("7", "8"), 200 },
	{ "2.3.2.s2.b7-and-stays", "GET", ONE("7"), NULL, 200 },
	{ "2.1.3-hidden-from-queries", "GET",
	  AT "?activity=http://example.org/it&format=ids", NULL, 200, ID("3") },
};

static const LrsCase forms[] = {
	{ "1.3-put", "POST", AT "?method=PUT",
	  "statementId=" ID("1") "&content=%7B%22id%22%3A%22" ID(
		  "1") "%22%2C%22actor%22%3A%7B%22mbox%22%3A%22mailto%3Aa%40b."
		       "cd%22%7D%2C%22verb%22%3A%7B%22id%22%3A%22http%3A%2F%2F"
		       "a.b%2Fc%22%7D%2C%22object%22%3A%7B%22id%22%3A%22http%"
		       "3A%2F%2Fa.b%2Fd%22%7D%7D",
	  204, NULL, "application/x-www-form-urlencoded", NULL, "1.0.3" },
	{ "1.3-get", "POST", AT "?method=GET", "statementId=" ID("1"), 200,
	  ID("1"), "application/x-www-form-urlencoded", NULL, "1.0.3" },
	{ "1.3-many", "POST", AT "?method=GET", "limit=1", 200,
	  "\"statements\"", "application/x-www-form-urlencoded", NULL,
	  "1.0.3" },
	{ "1.3.s3.b3-more-in-the-url", "POST", AT "?method=GET&limit=1",
	  "limit=1", 400, NULL, "application/x-www-form-urlencoded", NULL,
	  "1.0.3" },
	{ "1.3.s3.b4-put-without-content", "POST", AT "?method=PUT", "a=b", 400,
	  NULL, "application/x-www-form-urlencoded", NULL, "1.0.3" },
	{ "1.3.s3.b4-not-encoded", "POST", AT "?method=PUT",
	  "{\"statementId\":1}", 400, NULL, "application/x-www-form-urlencoded",
	  NULL, "1.0.3" },
	{ "1.3-by-post-alone", "GET", AT "?method=POST", NULL, 400 },
	{ "1.3-a-document", "POST", "/xapi/activities/state?method=PUT",
	  "activityId=http://a.b/c&agent=%7B%22mbox%22%3A%22mailto%3Aa%40b.cd"
	  "%22%7D&stateId=s&content=hello&Content-Type=text/plain",
	  204, NULL, "application/x-www-form-urlencoded", NULL, "1.0.3" },
	{ "1.3-it-is-there", "POST", "/xapi/activities/state?method=GET",
	  "activityId=http://a.b/c&agent=%7B%22mbox%22%3A%22mailto%3Aa%40b.cd"
	  "%22%7D&stateId=s",
	  200, "hello", "application/x-www-form-urlencoded", NULL, "1.0.3" },
	{ "1.3-a-method-that-is-not-there", "POST",
	  "/xapi/agents?method=DELETE", "a=b", 405, NULL,
	  "application/x-www-form-urlencoded", NULL, "1.0.3" },
	{ "4.1.5-none-in-2.0", "POST", AT "?method=GET", "limit=1", 400, NULL,
	  "application/x-www-form-urlencoded", NULL, "2.0.0" },
};

/* --- attachments --- */

#define B(x) "multipart/mixed; boundary=" x
#define LINE "\r\n"
#define HELLO_2 \
	"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define HELLO_5 \
	"9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca7" \
	"2323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043"
#define HELLO_384 \
	"59e1748777448c69de6b800d7a33bbfb9ff1b463e44354c3553bcdb9c" \
	"666fa90125a3c79f90397bdf5f6a13de828684f"
#define WITH(n, sha2, more) \
	"{\"id\":\"" ID( \
		n) "\"," PLAIN ",\"attachments\":[{\"usage" \
		   "Type\":\"http://example.org/use\",\"display\":{\"en\":\"x\"}," \
		   "\"contentType\":\"text/plain\",\"length\":5,\"sha2\":\"" sha2 \
		   "\"" more "}]}"
#define FIRST(json) \
	"--b" LINE "Content-Type: application/json" LINE LINE json LINE
#define PART(headers, body) "--b" LINE headers LINE body LINE
#define RAW(sha2) \
	"Content-Type: text/plain" LINE \
	"Content-Transfer-Encoding: binary" LINE \
	"X-Experience-API-Hash: " sha2 LINE
#define END "--b--" LINE

static const LrsCase attachments[] = {
	{ "1.5.2-sha-256", "POST", AT,
	  FIRST(WITH("1", HELLO_2, "")) PART(RAW(HELLO_2), "hello") END, 200,
	  ID("1"), B("b") },
	{ "1.5.2-sha-512", "POST", AT,
	  FIRST(WITH("2", HELLO_5, "")) PART(RAW(HELLO_5), "hello") END, 200,
	  ID("2"), B("b") },
	{ "1.5.2-sha-384", "PUT", ONE("3"),
	  FIRST(WITH("3", HELLO_384, "")) PART(RAW(HELLO_384), "hello") END,
	  204, NULL, B("b") },
	{ "1.5.2-the-same-again", "POST", AT,
	  FIRST(WITH("1", HELLO_2, "")) PART(RAW(HELLO_2), "hello") END, 200,
	  ID("1"), B("b") },
	{ "1.5.1-fileUrl-alone", "POST", AT,
	  WITH("4", HELLO_2, ",\"fileUrl\":\"http://example.org/f\""), 200 },
	{ "1.5.1.s1.b2-neither", "POST", AT, WITH("5", HELLO_2, ""), 400,
	  "$[0].attachments[0]" },
	{ "1.5.2-no-attachment-at-all", "POST", AT, FIRST(NAMED("6")) END, 200,
	  NULL, B("b") },
	{ "1.5.2-lines-that-end-with-line-feeds", "POST", AT,
	  "--b\nContent-Type: application/json\n\n" WITH(
		  "8", HELLO_2, "") "\n--b\nContent-Type: text/plain\n"
				    "Content-Transfer-Encoding: binary\n"
				    "X-Experience-API-Hash: " HELLO_2
				    "\n\nhello\n--b--\n",
	  200, ID("8"), B("b") },
	{ "1.5.2.s2.b2-a-part-too-many", "POST", AT,
	  FIRST(NAMED("7")) PART(RAW(HELLO_2), "hello") END, 400, NULL,
	  B("b") },
	{ "1.5.2.s2.b2.b3-no-hash", "POST", AT,
	  FIRST(WITH("7", HELLO_2, ""))
		  PART("Content-Transfer-Encoding: binary" LINE, "hello") END,
	  400, NULL, B("b") },
	{ "1.5.2-another-hash", "POST", AT,
	  FIRST(WITH("7", HELLO_2, "")) PART(RAW(HELLO_2), "other") END, 400,
	  NULL, B("b") },
	{ "1.5.2-no-encoding", "POST", AT,
	  FIRST(WITH("7", HELLO_2, ""))
		  PART("X-Experience-API-Hash: " HELLO_2 LINE, "hello") END,
	  400, NULL, B("b") },
	{ "1.5.2-another-encoding", "POST", AT,
	  FIRST(WITH("7", HELLO_2, ""))
		  PART("Content-Transfer-Encoding: base64" LINE
		       "X-Experience-API-Hash: " HELLO_2 LINE,
		       "hello") END,
	  400, NULL, B("b") },
	{ "1.5.2.s2.b2.b1-first-part-of-another-type", "POST", AT,
	  "--b" LINE "Content-Type: text/plain" LINE LINE NAMED("7") LINE END,
	  400, NULL, B("b") },
	{ "1.5.2-no-boundary-said", "POST", AT,
	  FIRST(WITH("7", HELLO_2, "")) PART(RAW(HELLO_2), "hello") END, 400,
	  NULL, "multipart/mixed" },
	{ "1.5.2-another-boundary", "POST", AT,
	  FIRST(WITH("7", HELLO_2, "")) PART(RAW(HELLO_2), "hello") END, 400,
	  NULL, B("c") },
	{ "1.5.2-it-never-ends", "POST", AT,
	  FIRST(WITH("7", HELLO_2, "")) PART(RAW(HELLO_2), "hello"), 400, NULL,
	  B("b") },
	{ "nothing of these is there", "GET", ONE("7"), NULL, 404 },
	{ "2.1.3-come-back", "GET", ONE("1") "&attachments=true", NULL, 200,
	  "X-Experience-API-Hash: " HELLO_2 "\r\n\r\nhello\r\n--" },
	{ "2.1.3-come-back-by-the-name-they-have", "GET",
	  ONE("2") "&attachments=true", NULL, 200,
	  "X-Experience-API-Hash: " HELLO_5 "\r\n\r\nhello\r\n--" },
	{ "2.1.3-once-each", "GET", AT "?attachments=true&limit=0", NULL, 200,
	  "\"more\":\"\"" },
	{ "2.1.3-not-if-not-asked-for", "GET", AT "?attachments=false", NULL,
	  200, "{\"statements\":[" },
};

static void
test_types(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autoptr(Got) sent = ask_lrs(f, user, "2.0.0", &attachments[0]);
	g_autoptr(Got) with =
		ask_lrs(f, user, "2.0.0",
			&(LrsCase){ "", "GET", AT "?attachments=true", NULL,
				    0 });
	g_autoptr(Got) without =
		ask_lrs(f, user, "2.0.0",
			&(LrsCase){ "", "GET", AT "?attachments=false", NULL,
				    0 });
	g_autoptr(Got) none =
		ask_lrs(f, user, "2.0.0",
			&(LrsCase){
				"", "GET",
				AT "?attachments=true&verb=http://no.such/verb",
				NULL, 0 });

	g_assert_cmpint(sent->status, ==, 200);
	g_assert_true(g_str_has_prefix(got_header(with, "content-type"),
				       "multipart/mixed; boundary="));
	g_assert_cmpstr(got_header(without, "content-type"), ==,
			"application/json");
	g_assert_true(g_str_has_prefix(got_header(none, "content-type"),
				       "multipart/mixed; boundary="));
}

/* Data 2.6: the specification's own signed statement. */
static void
test_signed(DistrictFixture *f, const void *data)
{
	const char *user = add_test_tool(f, TOOL_ALL);
	g_autofree char *statement = NULL, *jws = NULL, *body = NULL;
	g_autofree char *hash = NULL, *changed = NULL;
	g_autoptr(Got) taken = NULL;
	g_autoptr(Got) refused = NULL;
	GString *spoilt;
	gsize size;
	LrsCase row = { "", "POST", AT, NULL, 0, NULL, B("b") };

	g_assert_true(g_file_get_contents("tests/fixtures/xapi/signed.json",
					  &statement, NULL, NULL));
	g_assert_true(g_file_get_contents("tests/fixtures/xapi/signature.jws",
					  &jws, &size, NULL));
	hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, jws,
					     (gssize)size);
	if (strstr(statement, hash) == NULL) {
		g_strchomp(jws);
		g_free(hash);
		hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, jws,
						     -1);
	}
	body = g_strdup_printf(FIRST("%s") "--b" LINE
					   "Content-Type: application/"
					   "octet-stream" LINE
					   "Content-Transfer-Encoding: "
					   "binary" LINE
					   "X-Experience-API-Hash: %s" LINE LINE
					   "%s" LINE END,
			       statement, hash, jws);
	row.body = body;
	taken = ask_lrs(f, user, "1.0.3", &row);
	g_assert_cmpstr(got_code(taken), ==, "");
	g_assert_cmpint(taken->status, ==, 200);

	spoilt = g_string_new(body);
	g_string_replace(spoilt, "\"completion\": true",
			 "\"completion\": false", 1);
	g_string_replace(spoilt, "\"success\": true", "\"success\": false", 1);
	g_string_replace(spoilt, "mailto:", "mailto:not.", 1);
	changed = g_string_free(spoilt, FALSE);
	row.body = changed;
	refused = ask_lrs(f, user, "1.0.3", &row);
	g_assert_cmpint(refused->status, ==, 400);
}

/* Data 2.4.8, 2.4.9: who and when is the LRS's word. */
static void
test_set_by_lrs(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autoptr(Got) sent = ask_lrs(
		f, user, "1.0.3",
		&(LrsCase){
			"", "POST", AT,
			"{\"id\":\"" ID(
				"1") "\"," PLAIN
				     ",\"stored\":\"2001-01-01T00:00:00.000Z\"}",
			0 });
	g_autoptr(Got) got =
		ask_lrs(f, user, "1.0.3",
			&(LrsCase){ "", "GET", ONE("1"), NULL, 0 });
	json_t *account =
		json_object_get(json_object_get(got->json, "authority"),
				"account");
	const char *stored =
		json_string_value(json_object_get(got->json, "stored"));
	g_autofree char *id = g_strndup(user, ID_UUID);

	g_assert_cmpint(sent->status, ==, 200);
	g_assert_cmpstr(json_string_value(json_object_get(account, "name")), ==,
			id);
	g_assert_true(g_str_has_prefix(stored, "2026-"));
	g_assert_cmpstr(json_string_value(
				json_object_get(got->json, "version")),
			==, "1.0.0");
	g_assert_cmpstr(got_header(got, "last-modified"), !=, "");
}

#define SMALL "[limits]\nstatements_bytes = 2000\nbatch_records = 3\n"

static void
test_limits(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autofree char *name = g_strnfill(3000, 'x');
	g_autofree char *big =
		g_strdup_printf("{" PLAIN ",\"context\":{\"platform\":\"%s\"}}",
				name);
	g_autoptr(Got) large =
		ask_lrs(f, user, "2.0.0", &(LrsCase){ "", "POST", AT, big, 0 });
	g_autoptr(Got) many = ask_lrs(f, user, "2.0.0",
				      &(LrsCase){ "", "POST", AT,
						  "[{" PLAIN "},{" PLAIN
						  "},{" PLAIN "},{" PLAIN "}]",
						  0 });

	g_assert_cmpint(large->status, ==, 413);
	g_assert_cmpint(many->status, ==, 413);
}

/* A kiosk's records are statements among others. */
static void
test_kiosk(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autoptr(Got) many = NULL;
	g_autoptr(Got) by_kiosk = NULL;
	g_autofree char *path = NULL;
	TestKiosk kiosk;
	json_t *first;

	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, "somebody", 3);
	many = ask_lrs(f, user, "2.0.0", &(LrsCase){ "", "GET", AT, NULL, 0 });
	g_assert_cmpint((int)json_array_size(
				json_object_get(many->json, "statements")),
			==, 3);
	first = json_array_get(json_object_get(many->json, "statements"), 0);
	g_assert_nonnull(json_object_get(first, "stored"));
	g_assert_cmpstr(json_string_value(json_object_get(
				json_object_get(json_object_get(first,
								"authority"),
						"account"),
				"name")),
			==, kiosk.id);
	path = g_strdup_printf(
		AT "?related_agents=true&agent=%%7B%%22account%%22%%3A%%7B%%22"
		   "homePage%%22%%3A%%22https%%3A%%2F%%2Fdistrict.example%%22"
		   "%%2C%%22name%%22%%3A%%22%s%%22%%7D%%7D",
		kiosk.id);
	by_kiosk = ask_lrs(f, user, "1.0.3",
			   &(LrsCase){ "", "GET", path, NULL, 0 });
	g_assert_cmpint((int)json_array_size(
				json_object_get(by_kiosk->json, "statements")),
			==, 3);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_LRS_TABLE("post", posts);
	ADD_LRS_TABLE("put", single);
	ADD_LRS_TABLE("again", again);
	ADD_LRS_TABLE("voiding", voids);
	ADD_LRS_TABLE("form", forms);
	ADD_LRS_TABLE("attachments", attachments);
#define ADD(name, data, test) \
	g_test_add("/lrs/statements/" name, DistrictFixture, data, \
		   setup_district, test, teardown_district)
	ADD("2.1.3-multipart-if-asked-for", NULL, test_types);
	ADD("2.6-a-signature-is-checked", NULL, test_signed);
	ADD("2.4.8-2.4.9-who-and-when", NULL, test_set_by_lrs);
	ADD("3.2-too-large", SMALL, test_limits);
	ADD("a-kiosks-are-found", NULL, test_kiosk);
	return g_test_run();
}
