/* SPDX-License-Identifier: Apache-2.0 */
/* What a statement may be: who, how well, in which context, by whom; verbs and
 * objects are in test-xapi-check-things.c. */
#include <glib.h>

#include "tests/unit/check-rows.h"

#define BOTH       CHECK_BOTH
#define V1         CHECK_V1
#define V2         CHECK_V2
#define ROWS(name) static const CheckRow name[]

ROWS(formatting) = {
	{ "2.2.s2.b3-minimum", BOTH, NULL, "{" AVO "}" },
	{ "2.2.s2.b3-actor", BOTH, "$.actor", "{" VERB "," OBJECT "}" },
	{ "2.2.s2.b3-verb", BOTH, "$.verb", "{" ACTOR "," OBJECT "}" },
	{ "2.2.s2.b3-object", BOTH, "$.object", "{" ACTOR "," VERB "}" },
	{ "2.2.s2.b4-any-order", BOTH, NULL,
	  "{" OBJECT ",'id':'" UUID_A "'," VERB "," ACTOR "}" },
	{ "2.2.s4.b1.b1-null", BOTH, "$.result", "{" AVO ",'result':null}" },
	{ "2.2.s4.b1.b1-null-name", BOTH, "$.actor.name",
	  "{'actor':{'mbox':'mailto:a@b.c','name':null}," VERB "," OBJECT "}" },
	{ "2.2.s4.b1.b1-null-display", BOTH, "$.verb.display[\"en-US\"]",
	  "{" ACTOR
	  ",'verb':{'id':'http://a/b','display':{'en-US':null}}," OBJECT "}" },
	{ "2.2.s4.b1.b1-null-in-extensions", BOTH, NULL,
	  "{" AVO ",'result':{'extensions':{'http://a/b':null}}}" },
	{ "2.2.s4.b1.b2-number-as-text", BOTH, "$.result.score.max",
	  "{" AVO ",'result':{'score':{'max':'100'}}}" },
	{ "2.2.s4.b1.b3-flag-as-text", BOTH, "$.result.completion",
	  "{" AVO ",'result':{'completion':'false'}}" },
	{ "2.2.s4.b1.b3-flag-as-number", BOTH, "$.result.success",
	  "{" AVO ",'result':{'success':1}}" },
	{ "2.2.s4.b1.b4-empty-id", BOTH, "$.id", "{" AVO ",'id':''}" },
	{ "2.2.s4.b1.b4-id-as-number", BOTH, "$.id", "{" AVO ",'id':12345}" },
	{ "2.2.s4.b1.b5-case-of-a-name", BOTH, "$.conText",
	  "{" AVO ",'conText':{}}" },
	{ "2.2.s4.b1.b5-case-of-id", BOTH, "$.iD",
	  "{" AVO ",'iD':'" UUID_A "'}" },
	{ "2.2.s4.b1.b6-case-of-a-word", BOTH, "$.object.objectType",
	  "{" AV "'object':{'objectType':'activity','id':'http://a/b'}}" },
	{ "2.2.s4.b1.b7-unknown-name", BOTH, "$.more", "{" AVO ",'more':1}" },
	{ "2.2.s4.b1.b7-unknown-name-within", BOTH, "$.result.more",
	  "{" AVO ",'result':{'more':1}}" },
	{ "2.2.s4.b1.b7-strange-name", BOTH, "$[\"a b?\"]",
	  "{" AVO ",'a b\\n':1}" },
	{ "2.2.s4.b1.b8-no-scheme", BOTH, "$.object.id",
	  "{" AV "'object':{'id':'example.org/a'}}" },
	{ "2.2-no-object", BOTH, "$", "1" },
	{ "2.4.1-id", BOTH, NULL, "{" AVO ",'id':'" UUID_A "'}" },
	{ "2.4.1-id-form", BOTH, "$.id",
	  "{" AVO ",'id':'AA97B177-9383-4934-8543-0F91A7A028368'}" },
};

#define WHO(actor) "{'actor':" actor "," VERB "," OBJECT "}"

ROWS(actors) = {
	{ "2.4.2.1-mbox", BOTH, NULL, WHO("{'mbox':'mailto:a@b.c'}") },
	{ "2.4.2.1-sha1", BOTH, NULL,
	  WHO("{'mbox_sha1sum':'ebd31e95054c018b10727ccffd2ef2ec3a016ee9'}") },
	{ "2.4.2.1-openid", BOTH, NULL, WHO("{'openid':'http://a.example'}") },
	{ "2.4.2.1-account", BOTH, NULL,
	  WHO("{'account':{'homePage':'http://a.b','name':'1'}}") },
	{ "2.4.2.1-type-and-name", BOTH, NULL,
	  WHO("{'objectType':'Agent','name':'A','mbox':'mailto:a@b.c'}") },
	{ "2.4.2.1.s2.b1-none", BOTH, "$.actor", WHO("{'name':'A'}") },
	{ "2.4.2.1.s2.b2-two", BOTH, "$.actor",
	  WHO("{'mbox':'mailto:a@b.c','openid':'http://a.example'}") },
	{ "2.4.2.1-type-is-a-text", BOTH, "$.actor.objectType",
	  WHO("{'objectType':123,'mbox':'mailto:a@b.c'}") },
	{ "2.4.2.1-type-is-known", BOTH, "$.actor.objectType",
	  WHO("{'objectType':'Person','mbox':'mailto:a@b.c'}") },
	{ "2.4.2.1-name-is-a-text", BOTH, "$.actor.name",
	  WHO("{'name':123,'mbox':'mailto:a@b.c'}") },
	{ "2.4.2.1-no-member", BOTH, "$.actor.member",
	  WHO("{'mbox':'mailto:a@b.c','member':[]}") },
	{ "2.4.2.1-is-an-object", BOTH, "$.actor", WHO("'ada'") },
	{ "2.4.2.3-mbox", BOTH, "$.actor.mbox", WHO("{'mbox':'a@b.c'}") },
	{ "2.4.2.3-sha1", BOTH, "$.actor.mbox_sha1sum",
	  WHO("{'mbox_sha1sum':'ebd3'}") },
	{ "2.4.2.3-openid", BOTH, "$.actor.openid",
	  WHO("{'openid':'ab=c://should.fail.com'}") },
	{ "2.4.2.3-account", BOTH, "$.actor.account", WHO("{'account':'a'}") },
	{ "2.4.2.4-home-page", BOTH, "$.actor.account.homePage",
	  WHO("{'account':{'name':'1'}}") },
	{ "2.4.2.4-home-page-iri", BOTH, "$.actor.account.homePage",
	  WHO("{'account':{'homePage':'a.b','name':'1'}}") },
	{ "2.4.2.4-name", BOTH, "$.actor.account.name",
	  WHO("{'account':{'homePage':'http://a.b'}}") },
	{ "2.4.2.4-name-is-a-text", BOTH, "$.actor.account.name",
	  WHO("{'account':{'homePage':'http://a.b','name':{}}}") },
	{ "2.4.2.4-nothing-else", BOTH, "$.actor.account.key",
	  WHO("{'account':{'homePage':'http://a.b','name':'1','key':1}}") },
	{ "2.4.2.2.s4-anonymous", BOTH, NULL,
	  WHO("{'objectType':'Group','member':[" AGENT_A "]}") },
	{ "2.4.2.2.s4.b1-no-members", BOTH, "$.actor.member",
	  WHO("{'objectType':'Group','name':'G'}") },
	{ "2.4.2.2.s4.b1-empty", BOTH, "$.actor.member",
	  WHO("{'objectType':'Group','member':[]}") },
	{ "2.4.2.2.s4.b2-no-groups-within", BOTH,
	  "$.actor.member[1].objectType",
	  WHO("{'objectType':'Group','member':[" AGENT_A
	      ",{'objectType':'Group','mbox':'mailto:g@b.c'}]}") },
	{ "2.4.2.2.s5.b1-identified", BOTH, NULL,
	  WHO("{'objectType':'Group','mbox':'mailto:g@b.c'}") },
	{ "2.4.2.2.s5.b1-twice", BOTH, "$.actor",
	  WHO("{'objectType':'Group','mbox':'mailto:g@b.c',"
	      "'openid':'http://g'}") },
	{ "2.4.2.2.s5.b2-no-groups-within", BOTH,
	  "$.actor.member[0].objectType",
	  WHO("{'objectType':'Group','mbox':'mailto:g@b.c','member':["
	      "{'objectType':'Group','mbox':'mailto:h@b.c'}]}") },
	{ "2.4.2.2.s5.b4-with-members", BOTH, NULL,
	  WHO("{'objectType':'Group','mbox':'mailto:g@b.c','member':[" AGENT_A
	      "," AGENT_B "]}") },
	{ "2.4.2.2-member-is-a-list", BOTH, "$.actor.member",
	  WHO("{'objectType':'Group','member':" AGENT_A "}") },
	{ "2.4.2.2-members-are-agents", BOTH, "$.actor.member[0]",
	  WHO("{'objectType':'Group','member':['a']}") },
	{ "2.4.2.2-members-are-identified", BOTH, "$.actor.member[0]",
	  WHO("{'objectType':'Group','member':[{'name':'a'}]}") },
};

#define THING(object)  "{" AV "'object':" object "}"
#define SCORE(score)   "{" AVO ",'result':{'score':" score "}}"
#define RESULT(result) "{" AVO ",'result':" result "}"

ROWS(results) = {
	{ "2.4.5-all", BOTH, NULL,
	  RESULT("{'score':{'scaled':0.95,'raw':9,'min':0,'max':10},"
		 "'success':true,'completion':false,'response':'',"
		 "'duration':'PT1234S','extensions':{'http://a/b':{}}}") },
	{ "2.4.5-is-an-object", BOTH, "$.result", RESULT("'good'") },
	{ "2.4.5-response", BOTH, "$.result.response",
	  RESULT("{'response':1}") },
	{ "4.6.s1.b1-duration", BOTH, "$.result.duration",
	  RESULT("{'duration':'PA1H0M0S'}") },
	{ "4.6.s1.b1-duration-is-a-text", BOTH, "$.result.duration",
	  RESULT("{'duration':12345}") },
	{ "4.6.s1.b4-any-precision", BOTH, NULL,
	  RESULT("{'duration':'PT1.123456S'}") },
	{ "4.6.s2-weeks-alone", BOTH, "$.result.duration",
	  RESULT("{'duration':'P4W1D'}") },
	{ "4.6.s2-the-example-of-1.0.3", V1, NULL,
	  RESULT("{'duration':'P16559.14S'}") },
	{ "2.4.5.1-is-an-object", BOTH, "$.result.score", SCORE("12345") },
	{ "2.4.5.1-scaled-1", BOTH, NULL, SCORE("{'scaled':1.0}") },
	{ "2.4.5.1-scaled-minus-1", BOTH, NULL, SCORE("{'scaled':-1.0000}") },
	{ "2.4.5.1-scaled-above", BOTH, "$.result.score.scaled",
	  SCORE("{'scaled':1.01}") },
	{ "2.4.5.1-scaled-just-above", BOTH, "$.result.score.scaled",
	  SCORE("{'scaled':1.00000000000000000001}") },
	{ "2.4.5.1-scaled-below", BOTH, "$.result.score.scaled",
	  SCORE("{'scaled':-1.00001}") },
	{ "2.4.5.1-raw-free", BOTH, NULL, SCORE("{'raw':-1e300}") },
	{ "2.4.5.1-raw-at-the-ends", BOTH, NULL,
	  SCORE("{'raw':10.0,'min':0,'max':1e1}") },
	{ "2.4.5.1-raw-above", BOTH, "$.result.score.raw",
	  SCORE("{'raw':10.1,'max':10}") },
	{ "2.4.5.1-raw-below", BOTH, "$.result.score.raw",
	  SCORE("{'raw':-1,'min':0}") },
	{ "2.4.5.1-min-is-less", BOTH, "$.result.score.min",
	  SCORE("{'min':10,'max':10.0}") },
	{ "2.4.5.1-a-number", BOTH, "$.result.score.min",
	  SCORE("{'min':null}") },
};

#define CONTEXT(context)   "{" AVO ",'context':" context "}"
#define AROUND(activities) CONTEXT("{'contextActivities':" activities "}")

ROWS(contexts) = {
	{ "2.4.6-all", BOTH, NULL,
	  CONTEXT("{'registration':'" UUID_A "','instructor':" AGENT_A
		  ",'team':{'objectType':'Group','mbox':'mailto:g@b.c'},"
		  "'revision':'1','platform':'p','language':'en-US',"
		  "'statement':{'objectType':'StatementRef','id':'" UUID_B
		  "'},'extensions':{'http://a/b':1}}") },
	{ "2.4.6-empty", BOTH, NULL, CONTEXT("{}") },
	{ "2.4.6-registration", BOTH, "$.context.registration",
	  CONTEXT("{'registration':'should fail'}") },
	{ "2.4.6-instructor-group", BOTH, NULL,
	  CONTEXT("{'instructor':{'objectType':'Group','member':[" AGENT_A
		  "]}}") },
	{ "2.4.6-instructor", BOTH, "$.context.instructor",
	  CONTEXT("{'instructor':{'name':'a'}}") },
	{ "2.4.6-team-is-a-group", BOTH, "$.context.team",
	  CONTEXT("{'team':" AGENT_A "}") },
	{ "2.4.6-language", BOTH, "$.context.language",
	  CONTEXT("{'language':'a12345'}") },
	{ "2.4.6-statement", BOTH, "$.context.statement.objectType",
	  CONTEXT("{'statement':{'id':'" UUID_A "'}}") },
	{ "2.4.6-statement-uuid", BOTH, "$.context.statement.id",
	  CONTEXT("{'statement':{'objectType':'StatementRef','id':'x'}}") },
	{ "4.1.s3.b1-extensions", BOTH, "$.context.extensions.key",
	  CONTEXT("{'extensions':{'key':1}}") },
	{ "2.4.6.s4.b1-revision", BOTH, "$.context",
	  "{" AV "'object':{'objectType':'Agent','mbox':'mailto:a@b.c'},"
	  "'context':{'revision':'1'}}" },
	{ "2.4.6.s4.b2-platform", BOTH, "$.context",
	  "{" AV "'object':{'objectType':'StatementRef','id':'" UUID_A
	  "'},'context':{'platform':'1'}}" },
	{ "2.4.6.2-lists", BOTH, NULL,
	  AROUND("{'parent':[{'id':'http://a/b'}],'grouping':[],"
		 "'category':[{'id':'http://a/c'},{'id':'http://a/d'}],"
		 "'other':[{'objectType':'Activity','id':'http://a/b'}]}") },
	{ "2.4.6.2.s4.b2-single", BOTH, NULL,
	  AROUND("{'parent':{'id':'http://a/b'}}") },
	{ "2.4.6.2.s4.b1-names", BOTH, "$.context.contextActivities.others",
	  AROUND("{'others':[]}") },
	{ "2.4.6.2-none", BOTH, NULL, AROUND("{}") },
	{ "2.4.6.2.s4.b2-text", BOTH, "$.context.contextActivities.parent",
	  AROUND("{'parent':'http://a/b'}") },
	{ "2.4.6.2.s4.b2-activities", BOTH,
	  "$.context.contextActivities.other[1].key",
	  AROUND("{'other':[{'id':'http://a/b'},{'key':1}]}") },
	{ "2.4.6.2.s4.b2-no-agents", BOTH,
	  "$.context.contextActivities.parent.objectType",
	  AROUND("{'parent':{'objectType':'Agent','id':'http://a/b'}}") },
	{ "also-2.0-4.2.2.5-agents", V2, NULL,
	  CONTEXT("{'contextAgents':[{'objectType':'contextAgent','agent':" AGENT_A
		  ",'relevantTypes':['http://a/t']}]}") },
	{ "also-2.0-4.2.2.5-groups", V2, NULL,
	  CONTEXT("{'contextGroups':[{'objectType':'contextGroup','group':"
		  "{'objectType':'Group','member':[" AGENT_A "]}}]}") },
};

#define CONTEXT_AGENT(more) \
	CONTEXT("{'contextAgents':[{'objectType':'contextAgent'" more "}]}")

/* In 1.0.3 the whole property is refused. */
ROWS(contexts_2_0) = {
	{ "2.0-4.2.2.5-a-list", BOTH, "$.context.contextAgents",
	  CONTEXT("{'contextAgents':{}}") },
	{ "2.0-4.2.2.5-type", BOTH, "$.context.contextAgents",
	  CONTEXT("{'contextAgents':[{'agent':" AGENT_A "}]}") },
	{ "2.0-4.2.2.5-another-type", BOTH, "$.context.contextAgents",
	  CONTEXT("{'contextAgents':[{'objectType':'Agent','agent':" AGENT_A
		  "}]}") },
	{ "2.0-4.2.2.5-agent", BOTH, "$.context.contextAgents",
	  CONTEXT_AGENT("") },
	{ "2.0-4.2.2.5-valid-agent", BOTH, "$.context.contextAgents",
	  CONTEXT_AGENT(",'agent':{'key':1}") },
	{ "2.0-4.2.2.5-no-group", BOTH, "$.context.contextAgents",
	  CONTEXT_AGENT(",'agent':{'objectType':'Group','mbox':"
			"'mailto:a@b.c'}") },
	{ "2.0-4.2.2.5-types-not-empty", BOTH, "$.context.contextAgents",
	  CONTEXT_AGENT(",'agent':" AGENT_A ",'relevantTypes':[]") },
	{ "2.0-4.2.2.5-types-are-iris", BOTH, "$.context.contextAgents",
	  CONTEXT_AGENT(",'agent':" AGENT_A ",'relevantTypes':['abc']") },
	{ "2.0-4.2.2.5-group-is-a-group", BOTH, "$.context.contextGroups",
	  CONTEXT("{'contextGroups':[{'objectType':'contextGroup','group':" AGENT_A
		  "}]}") },
	{ "2.0-4.2.2.5-group-types", BOTH, "$.context.contextGroups",
	  CONTEXT("{'contextGroups':[{'objectType':'contextGroup','group':"
		  "{'objectType':'Group','mbox':'mailto:g@b.c'},"
		  "'relevantTypes':[]}]}") },
};

#define SUB(more) THING("{'objectType':'SubStatement'," more "}")

ROWS(sub_statements) = {
	{ "2.4.4.3.s8-sub-statement", BOTH, NULL,
	  SUB(AVO ",'result':{'success':true},'context':{},"
		  "'timestamp':'2099-01-01T00:00:00Z'") },
	{ "2.4.4.3.s8.b2-actor", BOTH, "$.object.actor", SUB(VERB "," OBJECT) },
	{ "2.4.4.3.s8.b2-within", BOTH, "$.object.actor.mbox",
	  SUB("'actor':{'mbox':'a'}," VERB "," OBJECT) },
	{ "2.4.4.3.s8.b2-timestamp", BOTH, "$.object.timestamp",
	  SUB(AVO ",'timestamp':'2008-09-15T15:53:00.601-00:00'") },
	{ "2.4.4.3.s8.b3-id", BOTH, "$.object.id",
	  SUB(AVO ",'id':'" UUID_A "'") },
	{ "2.4.4.3.s8.b3-stored", BOTH, "$.object.stored",
	  SUB(AVO ",'stored':'2013-05-18T05:32:34.804Z'") },
	{ "2.4.4.3.s8.b3-version", BOTH, "$.object.version",
	  SUB(AVO ",'version':'1.0.0'") },
	{ "2.4.4.3.s8.b3-authority", BOTH, "$.object.authority",
	  SUB(AVO ",'authority':" AGENT_A) },
	{ "2.4.4.3.s8.b4-not-nested", BOTH, "$.object.object.objectType",
	  SUB(AV "'object':{'objectType':'SubStatement'," AVO "}") },
	{ "2.4.4.3.s8-statement-ref-within", BOTH, NULL,
	  SUB(AV "'object':{'objectType':'StatementRef','id':'" UUID_A "'}") },
	{ "2.4.6.s4-revision-within", BOTH, "$.object.context",
	  SUB(AV "'object':{'objectType':'StatementRef','id':'" UUID_A
		 "'},'context':{'revision':'1'}") },
	{ "2.3.2.s2.b1-voids-a-reference", BOTH, NULL,
	  "{" ACTOR "," VOIDED
	  ",'object':{'objectType':'StatementRef','id':'" UUID_A "'}}" },
	{ "2.3.2.s2.b1-voids-no-activity", BOTH, "$.object",
	  "{" ACTOR "," VOIDED "," OBJECT "}" },
	{ "2.3.2.s2.b2-voids-by-id", BOTH, "$.object.id",
	  "{" ACTOR "," VOIDED ",'object':{'objectType':'StatementRef'}}" },
};

#define WITH(more) "{" AVO "," more "}"
#define AUTHORITY(members) \
	WITH("'authority':{'objectType':'Group','member':[" members "]}")

ROWS(by_lrs) = {
	{ "2.4.7-timestamp", BOTH, NULL,
	  WITH("'timestamp':'2013-05-18T05:32:34.804Z'") },
	{ "2.4.7.s3.b6-in-the-future", BOTH, NULL,
	  WITH("'timestamp':'2913-05-18T05:32:34.804Z'") },
	{ "2.4.7-timestamp-form", BOTH, "$.timestamp",
	  WITH("'timestamp':'01/011/2015'") },
	{ "4.5-no-minus-zero", BOTH, "$.timestamp",
	  WITH("'timestamp':'2008-09-15T15:53:00.601-00'") },
	{ "4.5.s1.b4-without-a-zone", V1, NULL,
	  WITH("'timestamp':'2008-09-15T15:53:00.601'") },
	{ "also-2.0-4.2.7-a-blank-for-T", BOTH, NULL,
	  WITH("'timestamp':'2008-09-15 15:53:00.601+00:00'") },
	{ "2.4.8-stored-form", BOTH, "$.stored", WITH("'stored':'now'") },
	{ "2.4.8-stored", BOTH, NULL,
	  WITH("'stored':'2013-05-18T05:32:34.804Z'") },
	{ "2.4.9-agent", BOTH, NULL, WITH("'authority':" AGENT_A) },
	{ "2.4.9-is-somebody", BOTH, "$.authority",
	  WITH("'authority':{'name':'a'}") },
	{ "2.4.9.s3.b1-two", BOTH, NULL, AUTHORITY(AGENT_A "," AGENT_B) },
	{ "2.4.9.s3.b1-one", BOTH, "$.authority", AUTHORITY(AGENT_A) },
	{ "2.4.9.s3.b1-three", BOTH, "$.authority",
	  AUTHORITY(AGENT_A "," AGENT_B "," AGENT_A) },
	{ "2.4.9.s3.b1-identified", BOTH, "$.authority",
	  WITH("'authority':{'objectType':'Group','mbox':'mailto:a@b.c',"
	       "'member':[" AGENT_A "," AGENT_B "]}") },
	{ "2.4.10.s3.b1-version", BOTH, NULL, WITH("'version':'1.0.9'") },
	{ "2.4.10.s3.b1-short-version", BOTH, NULL, WITH("'version':'1.0'") },
	{ "2.4.10.s3.b2-older", BOTH, "$.version", WITH("'version':'0.9.9'") },
	{ "2.4.10.s3.b2-newer", BOTH, "$.version", WITH("'version':'1.1.0'") },
	{ "2.4.10.s2.b1-form", BOTH, "$.version", WITH("'version':'one'") },
	{ "also-2.0-4.2.4.2-version", V2, NULL, WITH("'version':'2.0.0'") },
};

#define FILE_A \
	"'usageType':'http://a/u','display':{'en':'a'},'length':27," \
	"'sha2':'" SHA256_A "'"
#define ATTACHED(attachment) WITH("'attachments':[{" attachment "}]")

ROWS(attachments) = {
	{ "2.4.11-all", BOTH, NULL,
	  ATTACHED(FILE_A ",'contentType':'text/plain; charset=ascii',"
			  "'description':{'en':'b'},'fileUrl':'http://a/f'") },
	{ "2.4.11-a-list", BOTH, "$.attachments",
	  WITH("'attachments':{" FILE_A ",'contentType':'text/plain'}") },
	{ "2.4.11-of-objects", BOTH, "$.attachments[0]",
	  WITH("'attachments':['a']") },
	{ "2.4.11-usage-type", BOTH, "$.attachments[0].usageType",
	  ATTACHED("'display':{'en':'a'},'contentType':'a/b','length':27,"
		   "'sha2':'" SHA256_A "'") },
	{ "2.4.11-usage-type-iri", BOTH, "$.attachments[0].usageType",
	  ATTACHED("'usageType':'should fail'") },
	{ "2.4.11-display", BOTH, "$.attachments[0].display",
	  ATTACHED("'usageType':'http://a/u','contentType':'a/b','length':27,"
		   "'sha2':'" SHA256_A "'") },
	{ "2.4.11-description", BOTH, "$.attachments[0].description",
	  ATTACHED("'description':'b'") },
	{ "2.4.11-content-type", BOTH, "$.attachments[0].contentType",
	  ATTACHED(FILE_A) },
	{ "2.4.11-content-type-form", BOTH, "$.attachments[0].contentType",
	  ATTACHED("'contentType':'should fail'") },
	{ "2.4.11-length-is-a-number", BOTH, "$.attachments[0].length",
	  ATTACHED("'length':'27'") },
	{ "2.4.11-length-is-whole", BOTH, "$.attachments[0].length",
	  ATTACHED("'length':27.5") },
	{ "2.4.11-length-is-not-less-than-0", BOTH, "$.attachments[0].length",
	  ATTACHED("'length':-1") },
	{ "2.4.11-sha2", BOTH, "$.attachments[0].sha2",
	  ATTACHED("'sha2':12345") },
	{ "2.4.11-sha2-form", BOTH, "$.attachments[0].sha2",
	  ATTACHED("'sha2':'abc'") },
	{ "2.4.11-file-url", BOTH, "$.attachments[0].fileUrl",
	  ATTACHED("'fileUrl':'should fail'") },
	{ "2.6.s4.b1-signature", BOTH, NULL,
	  ATTACHED("'usageType':'" XAPI_SIGNATURE
		   "','display':{'en':'a'},'length':27,'sha2':'" SHA256_A
		   "','contentType':'application/octet-stream'") },
	{ "2.6.s4.b1-signature-type", BOTH, "$.attachments[0].contentType",
	  ATTACHED("'usageType':'" XAPI_SIGNATURE
		   "','display':{'en':'a'},'length':27,'sha2':'" SHA256_A
		   "','contentType':'text/plain'") },
};

/* --- */

static void
test_message(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *json = NULL;

	g_assert_null(xapi_read("[{" AVO "},{'actor':{'mbox':'ada'}," VERB
				"," OBJECT "}]",
				XAPI_1_0, &json, &error));
	g_assert_cmpstr(error->message, ==,
			"$[1].actor.mbox: must be a mailto: IRI (xAPI 1.0.3 "
			"Data 2.4.2.3)");
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	ADD_CHECK_ROWS(formatting);
	ADD_CHECK_ROWS(actors);
	ADD_CHECK_ROWS(results);
	ADD_CHECK_ROWS(contexts);
	ADD_CHECK_ROWS(contexts_2_0);
	ADD_CHECK_ROWS(sub_statements);
	ADD_CHECK_ROWS(by_lrs);
	ADD_CHECK_ROWS(attachments);
	g_test_add_func("/xapi/check/says-path-rule-and-section", test_message);
	return g_test_run();
}
