/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xapi FOLDER: what one statement of about a kilobyte costs, from its bytes to
 * a checked one with its keys, and besides to its hash and its stored text,
 * turn and turn about with jansson's reading of the same bytes alone.  Prints
 * its own lines for tests/bench/run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "sync/xapi/keys.h"
#include "sync/xapi/meaning.h"
#include "sync/xapi/stored.h"

#define ROUNDS 9
#define TIMES  20000
#define BAR    0.5

static const char statement[] =
	"{\"id\":\"fd41c918-b88b-4b20-a0a5-a4c32391aaa0\",\"timestamp\":"
	"\"2026-11-18T12:17:00.123Z\",\"actor\":{\"objectType\":\"Agent\","
	"\"account\":{\"homePage\":\"https://district.example.org/learner\","
	"\"name\":\"1625378-aa-bb-1e\"}},\"verb\":{\"id\":"
	"\"http://activitystrea.ms/submit\",\"display\":{\"en-US\":"
	"\"submitted\",\"es\":\"entregó\"}},\"object\":{\"objectType\":"
	"\"Activity\",\"id\":\"https://district.example.org/evidence/"
	"fd41c918-b88b-4b20-a0a5-a4c32391aaa0\",\"definition\":{\"name\":{"
	"\"en-US\":\"A piece of evidence\"},\"type\":"
	"\"http://adlnet.gov/expapi/activities/performance\"}},\"result\":{"
	"\"score\":{\"raw\":2,\"min\":1,\"max\":3,\"scaled\":0.500},"
	"\"response\":\"I tried it another way\"},\"context\":{"
	"\"registration\":\"ec531277-b57b-4c15-8d91-d292c5b2b8f7\","
	"\"platform\":\"cairn\",\"language\":\"en-US\",\"contextActivities\":{"
	"\"parent\":[{\"id\":\"https://district.example.org/prompt/12\"}],"
	"\"grouping\":[{\"id\":\"https://district.example.org/ims/case/v1p1/"
	"CFDocuments/7\"}]}},\"attachments\":[{\"usageType\":"
	"\"http://id.tincanapi.com/attachment/supporting_media\",\"display\":{"
	"\"en-US\":\"photo\"},\"contentType\":\"image/jpeg\",\"length\":84213,"
	"\"sha2\":\"495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfd"
	"cd848a\"}]}";

static const XapiLrs lrs = { "12345678-1234-5678-1234-567812345678",
			     "2026-11-23T10:00:00.000Z",
			     "{\"mbox\":\"mailto:lrs@example.org\"}", false };

static void
read_by_jansson(GString *out)
{
	json_t *value = json_loadb(statement, strlen(statement),
				   JSON_REJECT_DUPLICATES, NULL);

	if (value == NULL)
		exit(1);
	json_decref(value);
}

static XapiBatch *
check(void)
{
	XapiBatch *batch = xapi_batch_read(statement, strlen(statement),
					   XAPI_1_0, &xapi_limits, NULL);

	if (batch == NULL)
		exit(1);
	return batch;
}

static void
check_and_find_keys(GString *out)
{
	g_autoptr(XapiBatch) batch = check();
	XapiStatement read = xapi_batch_get(batch, 0);
	g_auto(XapiKeys) keys = { 0 };

	xapi_keys(&read, &keys);
}

static void
check_and_store(GString *out)
{
	g_autoptr(XapiBatch) batch = check();
	XapiStatement read = xapi_batch_get(batch, 0);
	g_auto(XapiKeys) keys = { 0 };
	XapiMeaning meaning;

	xapi_keys(&read, &keys);
	xapi_meaning(&read, &meaning);
	g_string_truncate(out, 0);
	xapi_stored(out, &read, &lrs);
}

/* Microseconds of one. */
static double
measure(void (*what)(GString *), GString *out)
{
	gint64 begin = g_get_monotonic_time();

	for (int i = 0; i < TIMES; i++)
		what(out);
	return (double)(g_get_monotonic_time() - begin) / TIMES;
}

static int
compare(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;

	return (first > second) - (first < second);
}

static void
print(const char *name, double us, double baseline, double bar)
{
	printf("%s: %.2f us, ratio %.3f to jansson reading it (%.2f us), "
	       "bar %g: %s\n",
	       name, us, us / baseline, baseline, bar,
	       us / baseline <= bar ? "met" : "short");
}

int
main(int argc, char *argv[])
{
	g_autoptr(GString) out = g_string_new(NULL);
	double rounds[3][ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		rounds[0][i] = measure(read_by_jansson, out);
		rounds[1][i] = measure(check_and_find_keys, out);
		rounds[2][i] = measure(check_and_store, out);
	}
	for (int i = 0; i < 3; i++)
		qsort(rounds[i], ROUNDS, sizeof(double), compare);
	print("xapi: check a statement of 1.1 kB and find its keys",
	      rounds[1][ROUNDS / 2], rounds[0][ROUNDS / 2], BAR);
	print("xapi: the same, its hash and its stored text",
	      rounds[2][ROUNDS / 2], rounds[0][ROUNDS / 2], 2 * BAR);
	return 0;
}
