/* SPDX-License-Identifier: Apache-2.0 */
/* What single values may be: each row is a claim of the specification. */
#include <string.h>
#include <glib.h>

#include "sync/xapi/number.h"
#include "sync/xapi/value.h"

typedef bool (*Rule)(const char *text, size_t size);

typedef struct {
	const char *section;
	Rule rule;
	const char *yes[20], *no[24];
} Case;

#define HASH8(x) x x x x x x x x

static const Case cases[] = {
	{ "iri/data-2.2.s4.b1.b8-has-a-scheme",
	  xapi_is_iri,
	  { "http://example.com/a", "HTTPS://example.com", "tag:a,2026:b/c",
	    "urn:uuid:12345678-1234-5678-1234-567812345678",
	    "http://example.com/فعل/خواندن", "http://[::1]:80/x?y=z#f",
	    "x+y.z-1:anything", "http://example.com/a%20b" },
	  { "",
	    "example.com",
	    "/relative",
	    "//example.com/a",
	    "a",
	    ":a",
	    "http:",
	    "1a:b",
	    "should fail",
	    "ab=c://should.fail.com",
	    "http://a b",
	    "http://a\tb",
	    "http://a\"b",
	    "http://a<b>",
	    "http://a/{b}",
	    "http://a|b",
	    "http://a\\b",
	    "http://a^b",
	    "http://a/%zz",
	    "http://a/%2",
	    "http://a/#b#c",
	    "http://",
	    "http:/a" } },
	{ "mbox/data-2.4.2.3-is-mailto-and-an-address",
	  xapi_is_mbox,
	  { "mailto:a@b", "mailto:ada.l+x@example.org", "mailto:%22a%22@b.c",
	    "mailto:ñandú@ejemplo.es", "mailto:a@[::1]" },
	  { "", "mailto:", "a@b.c", "mailto:a", "mailto:@b", "mailto:a@",
	    "mailto:should.fail.com", "http://should.fail.com", "MAILTO:a@b.c",
	    "mailto:a@b@c", "mailto:a b@c", "mailto:a@b.c?subject=x",
	    "mailto:a@b.c,d@e.f", "mailto:a@b..c", "mailto:a@.b", "mailto:a@b.",
	    "mailto:a?x=@b" } },
	{ "mbox_sha1sum/data-2.4.2.3-is-40-hex-digits",
	  xapi_is_sha1,
	  { HASH8("ebd31"), HASH8("EBD31") },
	  { "", HASH8("ebd3"), HASH8("ebd31") "0", HASH8("xbd31") } },
	{ "sha2/data-2.4.11-is-a-hash-of-the-family",
	  xapi_is_sha2,
	  { HASH8("0123456"), HASH8("01234567"), HASH8("0123456789ab"),
	    HASH8("0123456789abcdEF") },
	  { "", HASH8("01234"), HASH8("0123456x"), HASH8("01234567") "0" } },
	{ "uuid/data-4.4-is-in-standard-form",
	  xapi_is_uuid,
	  { "12345678-1234-5678-1234-567812345678",
	    "AA97B177-9383-4934-8543-0f91a7a02836",
	    "00000000-0000-0000-0000-000000000000" },
	  { "", "12345678123456781234567812345678",
	    "{12345678-1234-5678-1234-567812345678}",
	    "MA97B177-9383-4934-8543-0F91A7A02836",
	    "AA97B177-9383-4934-8543-0F91A7A028368",
	    "12345678-1234-5678-1234-56781234567",
	    "12345678-12345-678-1234-567812345678",
	    "urn:uuid:12345678-1234-5678-1234-567812345678" } },
	{ "language/data-2.2.s4.b2-is-of-rfc-5646",
	  xapi_is_language,
	  { "en", "es-MX", "zh-Hans-CN", "zh-cmn-Hans-CN", "sl-rozaj-biske",
	    "de-CH-1996", "es-419", "en-a-myext-b-another", "x-whatever",
	    "i-klingon", "en-GB-oed", "art-lojban", "qaa-Qaaa-QM-x-southern",
	    "sgn-BE-FR", "und", "EN-us", "en-a-bbb-x-a-ccc" },
	  { "",
	    "e",
	    "a12345",
	    "de-419-DE",
	    "en_US",
	    "en-",
	    "-en",
	    "en--US",
	    "a-DE",
	    "ar-a-aaa-b",
	    "i-unknown",
	    "x-",
	    "x",
	    "en-waytoolongsubtag",
	    "123",
	    "e1",
	    "en US",
	    "*",
	    "de-DE-DE",
	    "en-a",
	    "ar-a-aaa-b-bbb-a-ccc",
	    "zh-z-aaa-Z-bbb",
	    "de-1901-1901",
	    "sl-rozaj-biske-ROZAJ" } },
	{ "media-type/data-2.4.11-has-type-and-subtype",
	  xapi_is_media_type,
	  { "text/plain", "text/plain; charset=ascii", "image/svg+xml",
	    "a/b;c=\"d;\\\" e\"", "application/octet-stream" },
	  { "", "text", "text/", "/plain", "should fail", "text/plain;",
	    "text/plain; charset", "text/plain charset=x", "te xt/plain",
	    "a/b;c=\"d", "a/b;=c", "a/b/c" } },
};

static void
test_rule(const void *data)
{
	const Case *c = data;

	for (size_t i = 0; i < G_N_ELEMENTS(c->yes) && c->yes[i]; i++) {
		g_test_message("yes: %s", c->yes[i]);
		g_assert_true(c->rule(c->yes[i], strlen(c->yes[i])));
	}
	for (size_t i = 0; i < G_N_ELEMENTS(c->no) && c->no[i]; i++) {
		g_test_message("no: %s", c->no[i]);
		g_assert_false(c->rule(c->no[i], strlen(c->no[i])));
	}
}

/* --- versions --- */

static void
test_version(void)
{
	static const struct {
		const char *text;
		int version; /* -1: none */
	} rows[] = {
		{ "1.0", XAPI_1_0 },
		{ "1.0.0", XAPI_1_0 },
		{ "1.0.3", XAPI_1_0 },
		{ "1.0.99", XAPI_1_0 },
		{ "2.0", XAPI_2_0 },
		{ "2.0.0", XAPI_2_0 },
		{ "2.0.7", XAPI_2_0 },
		{ "0.95", -1 },
		{ "0.9.9", -1 },
		{ "1.1.0", -1 },
		{ "2.1.0", -1 },
		{ "3.0.0", -1 },
		{ "", -1 },
		{ "1", -1 },
		{ "1.0.", -1 },
		{ "1.0.x", -1 },
		{ "1.00", -1 },
		{ "1.0.3 ", -1 },
		{ "should fail", -1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		XapiVersion found = XAPI_1_0;
		bool ok = xapi_version_parse(rows[i].text, strlen(rows[i].text),
					     &found);

		g_test_message("%s", rows[i].text);
		g_assert_cmpint(ok ? (int)found : -1, ==, rows[i].version);
	}
}

/* --- timestamps --- */

#define NOT_2_0 1 /* allowed by 1.0.3 only */

static const struct {
	const char *text;
	gint64 us;
	int flags;
	const char *utc; /* NULL: stays as it is */
} instants[] = {
	{ .text = "1970-01-01T00:00:00Z", .us = 0 },
	{ .text = "2013-05-18T05:32:34.804Z", .us = 1368855154804000 },
	{ .text = "2013-05-18T05:32:34.8049999Z", .us = 1368855154804999 },
	{ .text = "2008-09-15 15:53:00.601+00:00",
	  .us = 1221493980601000,
	  .utc = "2008-09-15T15:53:00.601Z" },
	{ .text = "2008-09-15t15:53:00.601z",
	  .us = 1221493980601000,
	  .utc = "2008-09-15T15:53:00.601Z" },
	{ .text = "2015-12-18T12:17:00+05:30",
	  .us = 1450421220000000,
	  .utc = "2015-12-18T06:47:00Z" },
	{ .text = "2015-12-31T23:30:00.123456789-01:00",
	  .us = 1451608200123456,
	  .utc = "2016-01-01T00:30:00.123456789Z" },
	{ .text = "2016-02-29T00:00:00Z", .us = 1456704000000000 },
	{ .text = "1969-12-31T23:59:59.5Z", .us = -500000 },
	{ .text = "2016-12-31T23:59:60Z", .us = 1483228800000000 },
	{ .text = "2015-11-18T12:17:00",
	  .us = 1447849020000000,
	  .flags = NOT_2_0 },
	{ .text = "2015-11-18T12:17Z",
	  .us = 1447849020000000,
	  .flags = NOT_2_0,
	  .utc = "2015-11-18T12:17:00Z" },
	{ .text = "2015-11-18T12:17:00+01",
	  .us = 1447845420000000,
	  .flags = NOT_2_0,
	  .utc = "2015-11-18T11:17:00Z" },
	{ .text = "2015-11-18T12:17:00+0100",
	  .us = 1447845420000000,
	  .flags = NOT_2_0,
	  .utc = "2015-11-18T11:17:00Z" },
	{ .text = "20151118T121700Z",
	  .us = 1447849020000000,
	  .flags = NOT_2_0,
	  .utc = "2015-11-18T12:17:00Z" },
	{ .text = "20151118T121700.25+0100",
	  .us = 1447845420250000,
	  .flags = NOT_2_0,
	  .utc = "2015-11-18T11:17:00.25Z" },
};

static void
test_instants(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(instants); i++) {
		const char *text = instants[i].text;
		g_autofree char *utc =
			xapi_timestamp_to_utc(text, strlen(text));
		WallTime out = { 0 };

		g_test_message("%s", text);
		g_assert_true(xapi_timestamp_parse(text, strlen(text), XAPI_1_0,
						   &out));
		g_assert_cmpint(out.us, ==, instants[i].us);
		g_assert_cmpint(xapi_timestamp_parse(text, strlen(text),
						     XAPI_2_0, &out),
				==, instants[i].flags != NOT_2_0);
		g_assert_cmpstr(utc, ==, instants[i].utc);
	}
}

static void
test_no_instants(void)
{
	static const char *const none[] = {
		"",
		"should fail",
		"01/011/2015",
		"2008-09-15",
		"2008-09-15T15:53:00.601-00",
		"2008-09-15T15:53:00.601-0000",
		"2008-09-15T15:53:00.601-00:00",
		"2008-09-15T",
		"2008-09-15T15",
		"2008-13-15T15:53:00Z",
		"2008-00-15T15:53:00Z",
		"2008-02-30T15:53:00Z",
		"2007-02-29T15:53:00Z",
		"1900-02-29T15:53:00Z",
		"2008-09-15T24:53:00Z",
		"2008-09-15T15:60:00Z",
		"2008-09-15T15:53:61Z",
		"2008-09-15T15:53:00.Z",
		"2008-09-15T15:53:00+24:00",
		"2008-09-15T15:53:00+01:60",
		"2008-09-15T15:53:00+01:",
		"2008-09-15T15:53:00Zx",
		"2008-09-15T15:53:00 Z",
		" 2008-09-15T15:53:00Z",
		"2008-0915T15:53:00Z",
		"20080915T15:53:00Z",
		"2008-09-15_15:53:00Z",
		"08-09-15T15:53:00Z",
		"2008-9-15T15:53:00Z",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
		WallTime out;

		g_test_message("%s", none[i]);
		g_assert_false(xapi_timestamp_parse(none[i], strlen(none[i]),
						    XAPI_1_0, &out));
		g_assert_false(xapi_timestamp_parse(none[i], strlen(none[i]),
						    XAPI_2_0, &out));
	}
}

/* --- durations --- */

static void
test_durations(void)
{
	static const char *const yes[] = {
		"PT4H35M59.14S", "PT16559.14S", "P3Y1M29DT4H35M59.14S",
		"P3Y",           "P4W",         "PT1H0M0.1S",
		"PT0S",          "P1M",         "PT1M",
		"P1DT1S",        "PT1,5S",      "PT1.123456S",
		"P0.5Y",         "P1.5W",       "P1YT1H",
	};
	static const char *const no[] = {
		"",
		"P",
		"PT",
		"P1DT",
		"should fail",
		"PA1H0M0S",
		"P4W1D",
		"P1D4W",
		"P1Y4W",
		"4W",
		"PT1S1M",
		"P1H",
		"PT1D",
		"P1.5Y1M",
		"PT1.5H1M",
		"PT1.S",
		"PT.5S",
		"P-1D",
		"-P1D",
		"p1d",
		"PT1H1H",
		"P1D ",
		"P1",
		"P0003-06-04T12:30:05",
		"PT4W",
		"P00021015T104550",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(yes); i++) {
		g_test_message("yes: %s", yes[i]);
		g_assert_true(
			xapi_is_duration(yes[i], strlen(yes[i]), XAPI_1_0));
		g_assert_true(
			xapi_is_duration(yes[i], strlen(yes[i]), XAPI_2_0));
	}
	for (size_t i = 0; i < G_N_ELEMENTS(no); i++) {
		g_test_message("no: %s", no[i]);
		g_assert_false(
			xapi_is_duration(no[i], strlen(no[i]), XAPI_1_0));
		g_assert_false(
			xapi_is_duration(no[i], strlen(no[i]), XAPI_2_0));
	}
	/* An example of 1.0.3's own (Data 4.6.s2), which ISO 8601 refuses. */
	g_assert_true(xapi_is_duration("P16559.14S", 10, XAPI_1_0));
	g_assert_false(xapi_is_duration("P16559.14S", 10, XAPI_2_0));
}

static void
test_duration_folds(void)
{
	static const char *const rows[][2] = {
		{ "PT1.239S", "PT1.23S" },       { "PT1.2300S", "PT1.23S" },
		{ "PT1.10S", "PT1.1S" },         { "PT1.001S", "PT1S" },
		{ "PT1,25S", "PT1.25S" },        { "PT90S", "PT90S" },
		{ "PT1M30S", "PT1M30S" },        { "P4.123W", "P4.123W" },
		{ "P16559.149S", "P16559.14S" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		xapi_duration_fold(out, rows[i][0], strlen(rows[i][0]));
		g_assert_cmpstr(out->str, ==, rows[i][1]);
	}
}

/* --- numbers --- */

static XapiNumber
number(const char *text)
{
	return xapi_number(text, strlen(text));
}

static void
test_numbers_compare(void)
{
	/* In rising order; equal ones in one row. */
	static const char *const rows[][4] = {
		{ "-1e400" },
		{ "-10", "-1e1", "-10.0" },
		{ "-1.00001" },
		{ "-1", "-1.0000", "-0.1E1" },
		{ "-0.5" },
		{ "0", "-0", "0.00", "0e99" },
		{ "1e-400", "0.1e-399" },
		{ "0.09999" },
		{ "0.1", "1e-1", "0.10" },
		{ "1", "1.0", "100e-2", "0.01e2" },
		{ "1.00000000000000000001" },
		{ "1.01" },
		{ "9.99" },
		{ "10" },
		{ "123456789012345678901234567890" },
		{ "123456789012345678901234567891" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (size_t k = 0; k < 4 && rows[i][k] != NULL; k++) {
			XapiNumber first = number(rows[i][0]);
			XapiNumber same = number(rows[i][k]);
			XapiNumber next = number(i + 1 < G_N_ELEMENTS(rows)
							 ? rows[i + 1][0]
							 : "1e99");

			g_test_message("%s", rows[i][k]);
			g_assert_cmpint(xapi_number_compare(&first, &same), ==,
					0);
			g_assert_cmpint(xapi_number_compare(&same, &next), <,
					0);
			g_assert_cmpint(xapi_number_compare(&next, &same), >,
					0);
		}
}

static void
test_numbers_count(void)
{
	static const struct {
		const char *text;
		gint64 count; /* -1: none */
	} rows[] = {
		{ "0", 0 },
		{ "-0", 0 },
		{ "27", 27 },
		{ "27.0", 27 },
		{ "2.7e1", 27 },
		{ "100", 100 },
		{ "1e3", 1000 },
		{ "9223372036854775807", G_MAXINT64 },
		{ "9223372036854775808", -1 },
		{ "-1", -1 },
		{ "0.5", -1 },
		{ "27.5", -1 },
		{ "1e19", -1 },
		{ "1e999999999999999999999", -1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		XapiNumber n = number(rows[i].text);
		int64_t out = -1;
		bool ok = xapi_number_is_count(&n, &out);

		g_test_message("%s", rows[i].text);
		g_assert_cmpint(ok ? out : -1, ==, rows[i].count);
	}
}

static void
test_numbers_fold(void)
{
	static const char *const rows[][2] = {
		{ "0.10", "1e-1" },     { "100", "1e2" }, { "-0", "0" },
		{ "-12.50", "-125e1" }, { "1", "1" },     { "1e5", "1e5" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		XapiNumber n = number(rows[i][0]);

		xapi_number_fold(out, &n);
		g_assert_cmpstr(out->str, ==, rows[i][1]);
	}
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path =
			g_strconcat("/xapi/value/", cases[i].section, NULL);

		g_test_add_data_func(path, &cases[i], test_rule);
	}
	g_test_add_func("/xapi/value/version/communication-3.3", test_version);
	g_test_add_func("/xapi/value/timestamp/data-4.5-is-an-instant",
			test_instants);
	g_test_add_func("/xapi/value/timestamp/data-4.5-none",
			test_no_instants);
	g_test_add_func("/xapi/value/duration/data-4.6", test_durations);
	g_test_add_func("/xapi/value/duration/data-4.6.s1.b5-to-0.01-s",
			test_duration_folds);
	g_test_add_func("/xapi/value/number/compares-exactly",
			test_numbers_compare);
	g_test_add_func("/xapi/value/number/counts", test_numbers_count);
	g_test_add_func("/xapi/value/number/has-one-spelling",
			test_numbers_fold);
	return g_test_run();
}
