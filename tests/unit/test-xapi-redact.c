/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "sync/xapi/redact.h"

/* One agent is taken out of a statement, or all of it must go. */

#define ID  "0f5d0b0e-0b7e-5c0a-9f5a-3a4f5f1f6a11"
#define NIL "00000000-0000-0000-0000-000000000000"
#define KEY "account:http://d.e/learner " ID
#define THEM \
	"{\"account\":{\"homePage\":\"http://d.e/learner\",\"name\":\"" ID \
	"\"}}"
#define ANN            "{\"mbox\":\"mailto:ann@b.cd\"}"
#define VERB           "\"verb\":{\"id\":\"http://a.b/did\"}"
#define THING          "\"object\":{\"id\":\"http://a.b/c\"}"
#define BY(who)        "{\"actor\":" who "," VERB "," THING
#define GROUP(members) "{\"objectType\":\"Group\",\"member\":[" members "]}"
#define TEAM(members) \
	"{\"objectType\":\"Group\",\"mbox\":\"mailto:t@b.cd\",\"member\":[" members \
	"]}"

static const struct {
	const char *name, *statement;
	XapiRedact how;
	const char *rest; /* NULL: none */
} cases[] = {
	{ "of-another", BY(ANN) "}", XAPI_REDACT_NOTHING, NULL },
	{ "actor", BY(THEM) "}", XAPI_REDACT_WHOLE, NULL },
	{ "actor-spelled-otherwise",
	  BY("{\"account\":{\"name\":\"0f5d0b0\\u0065-0b7e-5c0a-9f5a-"
	     "3a4f5f1f6a11\",\"homePage\":\"http:\\/\\/d.e/learner\"}}") "}",
	  XAPI_REDACT_WHOLE, NULL },
	{ "same-name-elsewhere",
	  BY("{\"account\":{\"homePage\":\"http://x.y\",\"name\":\"" ID
	     "\"}}") "}",
	  XAPI_REDACT_PART,
	  BY("{\"account\":{\"homePage\":\"http://x.y\",\"name\":\"" NIL
	     "\"}}") "}" },
	{ "object",
	  "{\"actor\":" ANN "," VERB
	  ",\"object\":{\"objectType\":\"Agent\",\"account\":{\"homePage\":"
	  "\"http://d.e/learner\",\"name\":\"" ID "\"}}}",
	  XAPI_REDACT_WHOLE, NULL },
	{ "instructor", BY(ANN) ",\"context\":{\"instructor\":" THEM "}}",
	  XAPI_REDACT_WHOLE, NULL },
	{ "authority", BY(ANN) ",\"authority\":" THEM "}", XAPI_REDACT_WHOLE,
	  NULL },
	{ "context-agent",
	  BY(ANN) ",\"context\":{\"contextAgents\":[{\"objectType\":"
		  "\"contextAgent\",\"agent\":" THEM "}]}}",
	  XAPI_REDACT_WHOLE, NULL },
	{ "sub-statement",
	  "{\"actor\":" ANN "," VERB
	  ",\"object\":{\"objectType\":\"SubStatement\",\"actor\":" THEM
	  "," VERB "," THING "}}",
	  XAPI_REDACT_WHOLE, NULL },
	{ "one-of-a-group", BY(GROUP(ANN ", " THEM)) "}", XAPI_REDACT_PART,
	  BY(GROUP(ANN)) "}" },
	{ "first-of-a-group", BY(GROUP(THEM "," ANN)) "}", XAPI_REDACT_PART,
	  BY(GROUP(ANN)) "}" },
	{ "alone-in-a-group", BY(GROUP(THEM)) "}", XAPI_REDACT_WHOLE, NULL },
	{ "alone-in-a-team", BY(TEAM(THEM)) "}", XAPI_REDACT_PART,
	  BY(TEAM("")) "}" },
	{ "actor-and-in-a-group",
	  BY(THEM) ",\"context\":{\"team\":" TEAM(ANN "," THEM) "}}",
	  XAPI_REDACT_WHOLE, NULL },
	{ "in-an-extension",
	  BY(ANN) ",\"context\":{\"extensions\":{\"http://x.y/z\":[1.50,\"a " ID
		  "\"]}}}",
	  XAPI_REDACT_PART,
	  BY(ANN) ",\"context\":{\"extensions\":{\"http://x.y/z\":[1.50,\"a " NIL
		  "\"]}}}" },
	{ "signatures-go-with-it",
	  BY(GROUP(ANN "," THEM)) ",\"attachments\":[{\"usageType\":\"http://"
				  "adlnet.gov/expapi/attachments/signature\"}"
				  ",{\"usageType\":\"http://x.y\"}]}",
	  XAPI_REDACT_PART,
	  BY(GROUP(ANN)) ",\"attachments\":[{\"usageType\":\"http://x.y\"}]}" },
	{ "escaped-in-an-extension",
	  BY(ANN) ",\"context\":{\"extensions\":{\"http://x.y/z\":\"a "
		  "0f5d0b0e\\u002d0b7e-5c0a-9f5a-3a4f5f1f6\\u0061\\u00311\"}}}",
	  XAPI_REDACT_PART,
	  BY(ANN) ",\"context\":{\"extensions\":{\"http://x.y/z\":\"a " NIL
		  "\"}}}" },
	{ "in-capitals-and-with-percent-signs",
	  "{\"actor\":" ANN "," VERB ",\"object\":{\"id\":\"http://a.b/"
	  "0F5D0B0E%2D0B7E-5C0A-9F5A-3a4f5f1f6a11/x\"}}",
	  XAPI_REDACT_PART,
	  "{\"actor\":" ANN "," VERB ",\"object\":{\"id\":\"http://a.b/" NIL
	  "/x\"}}" },
	{ "as-a-property-and-a-number",
	  BY(ANN) ",\"result\":{\"extensions\":{\"http://x.y/" ID
		  "\":31415926535897932384}}}",
	  XAPI_REDACT_PART,
	  BY(ANN) ",\"result\":{\"extensions\":{\"http://x.y/" NIL "\":0}}}" },
	{ "properties-that-become-the-same",
	  BY(ANN) ",\"result\":{\"extensions\":{\"u:" ID "\":1,\"u:" NIL
		  "\":2}}}",
	  XAPI_REDACT_WHOLE, NULL },
	{ "actor-by-mail", BY("{\"mbox\":\"mailto:Kid.One@B.cd\"}") "}",
	  XAPI_REDACT_WHOLE, NULL },
	{ "member-by-mail",
	  BY(GROUP(ANN ",{\"mbox\":\"mailto:kid.one@b.cd\"}")) "}",
	  XAPI_REDACT_PART, BY(GROUP(ANN)) "}" },
	{ "an-address-in-words",
	  BY(ANN) ",\"result\":{\"response\":\"ask <KID.one@b.cd>, or "
		  "kid.one@b.cd.\"}}",
	  XAPI_REDACT_PART,
	  BY(ANN) ",\"result\":{\"response\":\"ask <000.000@0.00>, or "
		  "000.000@0.00.\"}}" },
	{ "an-address-in-an-iri",
	  BY(ANN) ",\"context\":{\"extensions\":{\"http://x.y/z\":"
		  "\"http://x.y/?u=kid.one%40b.cd&v\"}}}",
	  XAPI_REDACT_PART,
	  BY(ANN) ",\"context\":{\"extensions\":{\"http://x.y/z\":"
		  "\"http://x.y/?u=000.000@0.00&v\"}}}" },
	{ "another-address-that-holds-it",
	  BY(ANN) ",\"result\":{\"response\":\"big.kid.one@b.cd, "
		  "kid.one@b.cd.uk, x%2Ekid.one@b.cd, kid.one@b.cde\"}}",
	  XAPI_REDACT_NOTHING, NULL },
	{ "other-letters",
	  BY(ANN) ",\"result\":{\"response\":\"(\\u041c\xd0\xb0\xd1\x8f)\"}}",
	  XAPI_REDACT_PART, BY(ANN) ",\"result\":{\"response\":\"(000)\"}}" },
	{ "damaged-and-named", "{\"actor\":\"" ID, XAPI_REDACT_WHOLE, NULL },
	{ "damaged", "{\"actor\":", XAPI_REDACT_NOTHING, NULL },
};

static void
test_case(const void *data)
{
	const char *statement = cases[GPOINTER_TO_SIZE(data)].statement;
	const char *expected = cases[GPOINTER_TO_SIZE(data)].rest;
	g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) texts = g_ptr_array_new();
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	XapiWho who = { keys, texts, words };
	g_autoptr(GBytes) rest = NULL;
	g_autofree char *text = NULL;
	XapiRedact how;

	g_hash_table_add(keys, (char[]){ KEY });
	g_hash_table_add(keys, (char[]){ "mailto:kid.one@b.cd" });
	g_ptr_array_add(texts, (char[]){ ID });
	g_ptr_array_add(texts, (char[]){ "31415926535897932384" });
	g_ptr_array_add(words, (char[]){ "kid.one@b.cd" });
	g_ptr_array_add(words, (char[]){ "\xd0\x9c\xd0\xb0\xd1\x8f" });
	how = xapi_redact(statement, strlen(statement), &who, &rest);
	g_assert_cmpint(how, ==, cases[GPOINTER_TO_SIZE(data)].how);
	g_assert_true((rest != NULL) == (expected != NULL));
	if (rest == NULL)
		return;
	text = g_strndup(g_bytes_get_data(rest, NULL), g_bytes_get_size(rest));
	g_assert_cmpstr(text, ==, expected);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path =
			g_strconcat("/xapi/redact/", cases[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
	}
	return g_test_run();
}
