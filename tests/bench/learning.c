/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/learning.h"

#define IN_A_SESSION 40

/* Verbs that evidence is submitted, reviewed and talked about by. */
static const struct {
	const char *id, *name, *in_spanish;
} verbs[] = {
	{ "http://activitystrea.ms/schema/1.0/submit", "submitted", "entregó" },
	{ "http://adlnet.gov/expapi/verbs/attempted", "attempted", "intentó" },
	{ "http://adlnet.gov/expapi/verbs/completed", "completed", "completó" },
	{ "http://adlnet.gov/expapi/verbs/commented", "commented", "comentó" },
	{ "http://adlnet.gov/expapi/verbs/mastered", "mastered", "dominó" },
	{ "http://id.tincanapi.com/verb/reviewed", "reviewed", "revisó" },
};

static const char *const remarks[] = {
	"I counted the seeds twice and then I asked Noor to count them, too",
	"La torre se cayó, pero la hicimos otra vez con una base más ancha",
	"We did not agree at first. I listened and then we took both ideas",
	"I found out that the shadow is shorter at noon. I drew three of them",
	"My bridge holds eleven books now; the one before held only four",
	"Le expliqué a mi compañera cómo se mide con la regla y lo entendió",
};

/* splitmix64 */
uint64_t
learning_random(Learning *learning)
{
	uint64_t z = learning->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void
learning_uuid(Learning *learning, char out[static 37])
{
	uint64_t high = learning_random(learning);
	uint64_t low = learning_random(learning);

	g_snprintf(out, 37, "%08x-%04x-4%03x-%04x-%012" G_GINT64_MODIFIER "x",
		   (unsigned)(high >> 32), (unsigned)(high >> 16 & 0xffff),
		   (unsigned)(high & 0xfff),
		   (unsigned)(low >> 48 & 0x3fff) | 0x8000,
		   (guint64)(low & UINT64_C(0xffffffffffff)));
}

void
learning_init(Learning *learning, uint64_t seed)
{
	*learning = (Learning){ .random = seed };
}

/* --- parts of a statement --- */

static void
append_who(Learning *learning, GString *out, unsigned learner)
{
	size_t verb = learning_random(learning) % G_N_ELEMENTS(verbs);

	g_string_append_printf(
		out,
		"\"actor\":{\"objectType\":\"Agent\",\"account\":{\"homePage\":"
		"\"" LEARNING_HOME "\",\"name\":\"learner-%05u\"}},\"verb\":{"
		"\"id\":\"%s\",\"display\":{\"en-US\":\"%s\",\"es\":\"%s\"}}",
		learner, verbs[verb].id, verbs[verb].name,
		verbs[verb].in_spanish);
}

static void
append_what(GString *out, unsigned prompt)
{
	g_string_append_printf(
		out,
		",\"object\":{\"objectType\":\"Activity\",\"id\":"
		"\"" LEARNING_PROMPT "\",\"definition\":{\"name\":{\"en-US\":"
		"\"Show how you did it (%u)\",\"es\":\"Muestra cómo lo hiciste "
		"(%u)\"},\"description\":{\"en-US\":\"I can explain to others "
		"what I did and why\"},\"type\":"
		"\"http://adlnet.gov/expapi/activities/performance\"}}",
		prompt, prompt, prompt);
}

static void
append_how(Learning *learning, GString *out)
{
	uint64_t chance = learning_random(learning);

	g_string_append_printf(
		out,
		",\"result\":{\"score\":{\"raw\":%u,\"min\":1,\"max\":4},"
		"\"completion\":true,\"response\":\"%s\",\"duration\":"
		"\"PT%u.%02uS\"}",
		1 + (unsigned)(chance % 4),
		remarks[(chance >> 8) % G_N_ELEMENTS(remarks)],
		(unsigned)(chance >> 16 & 127),
		(unsigned)((chance >> 24) % 100));
}

static void
append_where(const Learning *learning, GString *out, unsigned learner,
	     unsigned prompt)
{
	unsigned class = learner / 25;

	g_string_append_printf(
		out,
		",\"context\":{\"registration\":\"%s\",\"instructor\":{"
		"\"account\":{\"homePage\":\"https://district.example.org/staff"
		"\",\"name\":\"staff-%03u\"}},\"platform\":\"kiosk\","
		"\"language\":\"en-US\",\"contextActivities\":{\"parent\":[{"
		"\"id\":\"https://district.example.org/competencies/%u\"}],"
		"\"grouping\":[{\"id\":\"https://district.example.org/schools/"
		"%u\"},{\"id\":\"https://district.example.org/classes/%u\"}]},"
		"\"extensions\":{\"https://district.example.org/ext/kiosk\":"
		"\"kiosk-%u\",\"https://district.example.org/ext/number\":%u}}",
		learning->session, class, prompt / 20, class / 20, class, class,
		(unsigned)learning->made);
}

/* A school year, a few seconds a step. */
static void
append_when(const Learning *learning, GString *out)
{
	unsigned at = (unsigned)(learning->made * 7 % (180 * 6 * 3600));
	unsigned day = at / (6 * 3600), second = at % (6 * 3600);

	g_string_append_printf(out,
			       ",\"timestamp\":\"2026-%02u-%02uT%02u:%02u:%02u"
			       ".%03uZ\"",
			       1 + day / 28, 1 + day % 28, 9 + second / 3600,
			       second / 60 % 60, second % 60,
			       (unsigned)(learning->made % 1000));
}

static void
append_attachment(GString *out, const char *sha2, size_t size)
{
	g_string_append_printf(
		out,
		",\"attachments\":[{\"usageType\":"
		"\"http://id.tincanapi.com/attachment/supporting_media\","
		"\"display\":{\"en-US\":\"photo\"},\"contentType\":"
		"\"image/jpeg\",\"length\":%zu,\"sha2\":\"%s\"}]",
		size, sha2);
}

/* --- outside --- */

void
learning_append(Learning *learning, GString *out, const char *sha2, size_t size)
{
	uint64_t chance = learning_random(learning);
	unsigned learner = (unsigned)(chance % LEARNING_LEARNERS);
	unsigned prompt = (unsigned)((chance >> 32) % LEARNING_PROMPTS);
	char id[37];

	if (learning->made++ % IN_A_SESSION == 0)
		learning_uuid(learning, learning->session);
	learning_uuid(learning, id);
	g_string_append_printf(out, "{\"id\":\"%s\",", id);
	append_who(learning, out, learner);
	append_what(out, prompt);
	append_how(learning, out);
	append_where(learning, out, learner, prompt);
	append_when(learning, out);
	if (sha2 != NULL)
		append_attachment(out, sha2, size);
	g_string_append_c(out, '}');
}

void
learning_append_list(Learning *learning, GString *out, size_t n)
{
	g_string_append_c(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		learning_append(learning, out, NULL, 0);
	}
	g_string_append_c(out, ']');
}
