/* SPDX-License-Identifier: Apache-2.0 */
/* The law: record → statement → record is the identity, in our bytes and in
 * another system's spelling; whatever reads as a statement prints as one
 * that reads the same. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/wire/statement-list.h"
#include "sync/wire/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check_reads_as(const char *text, size_t size, const Evidence *evidence,
	       const ShownTime *shown)
{
	g_autofree Evidence *back = g_new0(Evidence, 1);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) before = evidence_format(evidence);
	g_autoptr(GBytes) after = NULL;
	ShownTime shown_back;
	bool ok = statement_parse(text, size, back, &shown_back, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	after = evidence_format(back);
	g_assert_true(g_bytes_equal(before, after));
	g_assert_cmpint(shown_back.wall.us, ==, shown->wall.us);
	g_assert_cmpint(shown_back.about_us, ==, shown->about_us);
}

static void
check_both_ways(const Evidence *evidence, const ShownTime *shown)
{
	g_autoptr(GBytes) ours =
		statement_format(evidence, shown, "https://cairn.example");
	const char *text = g_bytes_get_data(ours, NULL);
	size_t size = g_bytes_get_size(ours);
	g_autoptr(json_t) value = json_read(text, size, NULL);
	g_autofree char *theirs = NULL;

	g_assert_nonnull(value);
	g_assert_cmpuint(json_span(text, size), ==, size);
	check_reads_as(text, size, evidence, shown);
	theirs = json_dumps(value, JSON_SORT_KEYS | JSON_ENSURE_ASCII);
	if (strlen(theirs) <= STATEMENT_BYTES_MAX)
		check_reads_as(theirs, strlen(theirs), evidence, shown);
}

static void
check_list(const uint8_t *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;
	StatementList list;
	const char *at = NULL;
	size_t n;

	statement_list_init(&list, bytes, size);
	while (statement_list_next(&list, &at, &n, &error) && at != NULL) {
		g_assert_true(at >= (const char *)bytes && n > 0 &&
			      at + n <= (const char *)bytes + size);
		g_assert_true(at[0] == '{');
	}
	g_assert_true(error == NULL || error->domain == FAULT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autofree Evidence *evidence = g_new0(Evidence, 1);
	g_autoptr(GError) error = NULL;
	ShownTime shown = { { (int64_t)size * 1000003 }, (int64_t)size };

	check_list(bytes, size);
	if (evidence_parse(bytes, size, evidence, NULL)) {
		check_both_ways(evidence, &shown);
		return 0;
	}
	if (statement_parse(bytes, size, evidence, &shown, &error))
		check_both_ways(evidence, &shown);
	else
		g_assert_true(error != NULL && error->domain == FAULT);
	return 0;
}
