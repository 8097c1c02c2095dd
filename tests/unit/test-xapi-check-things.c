/* SPDX-License-Identifier: Apache-2.0 */
/* What a statement may be: verbs, activities and their interactions. */
#include <glib.h>

#include "tests/unit/check-rows.h"

#define BOTH       CHECK_BOTH
#define ROWS(name) static const CheckRow name[]

#define DID(verb)     "{" ACTOR ",'verb':" verb "," OBJECT "}"
#define THING(object) "{" AV "'object':" object "}"
#define DEFINED(definition) \
	THING("{'id':'http://a/b','definition':" definition "}")

ROWS(things) = {
	{ "2.4.3-id", BOTH, "$.verb.id", DID("{'display':{'en':'did'}}") },
	{ "2.4.3-id-iri", BOTH, "$.verb.id", DID("{'id':'did'}") },
	{ "2.4.3-display", BOTH, NULL,
	  DID("{'id':'http://a/b','display':{'en':'did','es':'hizo'}}") },
	{ "2.4.3-display-is-a-map", BOTH, "$.verb.display",
	  DID("{'id':'http://a/b','display':'did'}") },
	{ "4.2-map-has-one", BOTH, "$.verb.display",
	  DID("{'id':'http://a/b','display':{}}") },
	{ "4.2-map-of-tags", BOTH, "$.verb.display.a12345",
	  DID("{'id':'http://a/b','display':{'a12345':'did'}}") },
	{ "4.2-map-of-texts", BOTH, "$.verb.display.en",
	  DID("{'id':'http://a/b','display':{'en':1}}") },
	{ "2.4.3-is-an-object", BOTH, "$.verb", DID("'did'") },
	{ "2.4.4.1-type-left-out", BOTH, NULL, THING("{'id':'http://a/b'}") },
	{ "2.4.4.1-type-said", BOTH, NULL,
	  THING("{'objectType':'Activity','id':'http://a/b'}") },
	{ "2.4.4.1-id", BOTH, "$.object.id", THING("{}") },
	{ "2.4.4-unknown-type", BOTH, "$.object.objectType",
	  THING("{'objectType':'Thing','id':'http://a/b'}") },
	{ "2.4.4.1-definition", BOTH, NULL,
	  DEFINED("{'name':{'en':'a'},'description':{'en':'b'},"
		  "'type':'http://a/t','moreInfo':'http://a/m',"
		  "'extensions':{'http://a/x':[{}]}}") },
	{ "2.4.4.1-definition-is-an-object", BOTH, "$.object.definition",
	  DEFINED("'a'") },
	{ "2.4.4.1-name", BOTH, "$.object.definition.name",
	  DEFINED("{'name':'a'}") },
	{ "2.4.4.1-description", BOTH, "$.object.definition.description",
	  DEFINED("{'description':1}") },
	{ "2.4.4.1-type", BOTH, "$.object.definition.type",
	  DEFINED("{'type':'t'}") },
	{ "2.4.4.1-more-info", BOTH, "$.object.definition.moreInfo",
	  DEFINED("{'moreInfo':'m'}") },
	{ "4.1.s3.b1-extension-names", BOTH,
	  "$.object.definition.extensions.valid",
	  DEFINED("{'extensions':{'valid':1}}") },
	{ "4.1-extensions-are-an-object", BOTH,
	  "$.object.definition.extensions", DEFINED("{'extensions':'x'}") },
	{ "4.1-extensions-may-be-empty", BOTH, NULL,
	  DEFINED("{'extensions':{}}") },
	{ "4.1.s3.b2-any-value", BOTH, NULL,
	  DEFINED("{'extensions':{'a:b':{'':[null,1e999,'\\u0000']}}}") },
	{ "2.4.4.2.s1.b1-agent-says-so", BOTH, "$.object.mbox",
	  THING("{'mbox':'mailto:a@b.c'}") },
	{ "2.4.4.2-agent", BOTH, NULL,
	  THING("{'objectType':'Agent','mbox':'mailto:a@b.c'}") },
	{ "2.4.4.2-group", BOTH, NULL,
	  THING("{'objectType':'Group','member':[" AGENT_A "]}") },
	{ "2.4.4.2-group-without-members", BOTH, "$.object.member",
	  THING("{'objectType':'Group'}") },
	{ "2.4.4.3.s4-statement-ref", BOTH, NULL,
	  THING("{'objectType':'StatementRef','id':'" UUID_A "'}") },
	{ "2.4.4.3.s4.b2-uuid", BOTH, "$.object.id",
	  THING("{'objectType':'StatementRef','id':'http://a/b'}") },
	{ "2.4.4.3.s4.b2-required", BOTH, "$.object.id",
	  THING("{'objectType':'StatementRef'}") },
	{ "2.4.4.3.s4-nothing-else", BOTH, "$.object.definition",
	  THING("{'objectType':'StatementRef','id':'" UUID_A
		"','definition':{}}") },
};

#define ASKS(type, more) DEFINED("{'interactionType':'" type "'" more "}")

ROWS(interactions) = {
	{ "2.4.4.1.s8-true-false", BOTH, NULL,
	  ASKS("true-false", ",'correctResponsesPattern':['true']") },
	{ "2.4.4.1.s8-choice", BOTH, NULL,
	  ASKS("choice", ",'choices':[{'id':'a','description':{'en':'A'}},"
			 "{'id':'b'}],'correctResponsesPattern':['a[,]b']") },
	{ "2.4.4.1.s8-fill-in", BOTH, NULL, ASKS("fill-in", "") },
	{ "2.4.4.1.s8-long-fill-in", BOTH, NULL, ASKS("long-fill-in", "") },
	{ "2.4.4.1.s8-matching", BOTH, NULL,
	  ASKS("matching", ",'source':[{'id':'a'}],'target':[{'id':'a'}]") },
	{ "2.4.4.1.s8-performance", BOTH, NULL,
	  ASKS("performance", ",'steps':[{'id':'a'}]") },
	{ "2.4.4.1.s8-sequencing", BOTH, NULL, ASKS("sequencing", "") },
	{ "2.4.4.1.s8-likert", BOTH, NULL,
	  ASKS("likert", ",'scale':[{'id':'a'}]") },
	{ "2.4.4.1.s8-numeric", BOTH, NULL,
	  ASKS("numeric", ",'correctResponsesPattern':['[:]4']") },
	{ "2.4.4.1.s8-other", BOTH, NULL, ASKS("other", "") },
	{ "2.4.4.1.s13.b1-valid-type", BOTH,
	  "$.object.definition.interactionType", ASKS("true-faLse", "") },
	{ "2.4.4.1.s13.b1-pattern-needs-it", BOTH,
	  "$.object.definition.interactionType",
	  DEFINED("{'correctResponsesPattern':['a']}") },
	{ "2.4.4.1.s13.b1-list-needs-it", BOTH,
	  "$.object.definition.interactionType",
	  DEFINED("{'scale':[{'id':'a'}]}") },
	{ "2.4.4.1.s8-patterns-are-texts", BOTH,
	  "$.object.definition.correctResponsesPattern[1]",
	  ASKS("fill-in", ",'correctResponsesPattern':['a',1]") },
	{ "2.4.4.1.s8-patterns-are-a-list", BOTH,
	  "$.object.definition.correctResponsesPattern",
	  ASKS("fill-in", ",'correctResponsesPattern':'a'") },
	{ "2.4.4.1.s11-no-correct-answer", BOTH, NULL,
	  ASKS("fill-in", ",'correctResponsesPattern':[]") },
	{ "2.4.4.1.s15-components-are-a-list", BOTH,
	  "$.object.definition.choices",
	  ASKS("choice", ",'choices':{'id':'a'}") },
	{ "2.4.4.1.s15-components-are-objects", BOTH,
	  "$.object.definition.choices[0]",
	  ASKS("choice", ",'choices':['a']") },
	{ "2.4.4.1.s15-component-id", BOTH, "$.object.definition.steps[0].id",
	  ASKS("performance", ",'steps':[{'description':{'en':'A'}}]") },
	{ "2.4.4.1.s15-component-id-is-a-text", BOTH,
	  "$.object.definition.source[0].id",
	  ASKS("matching", ",'source':[{'id':1}]") },
	{ "2.4.4.1.s15-component-description", BOTH,
	  "$.object.definition.target[0].description",
	  ASKS("matching", ",'target':[{'id':'a','description':'A'}]") },
	{ "2.4.4.1.s15-choices-of-a-sequence", BOTH, NULL,
	  ASKS("sequencing", ",'choices':[{'id':'a'}]") },
	{ "2.4.4.1.s15-source-alone", BOTH, NULL,
	  ASKS("matching", ",'source':[{'id':'a'}]") },
	{ "2.4.4.1.s15-no-choices-of-a-number", BOTH,
	  "$.object.definition.choices",
	  ASKS("numeric", ",'choices':[{'id':'a'}]") },
	{ "2.4.4.1.s15-no-scale-of-a-choice", BOTH, "$.object.definition.scale",
	  ASKS("choice", ",'scale':[{'id':'a'}]") },
	{ "2.4.4.1.s15-no-steps-of-others", BOTH, "$.object.definition.steps",
	  ASKS("other", ",'steps':[]") },
	{ "2.4.4.1.s15-no-target-of-a-likert", BOTH,
	  "$.object.definition.target",
	  ASKS("likert", ",'target':[{'id':'a'}]") },
	{ "2.4.4.1.s16.b1-distinct", BOTH, "$.object.definition.choices",
	  ASKS("choice", ",'choices':[{'id':'a'},{'id':'b'},{'id':'a'}]") },
};

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	ADD_CHECK_ROWS(things);
	ADD_CHECK_ROWS(interactions);
	return g_test_run();
}
