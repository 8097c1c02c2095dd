/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/forward/rules.h"

/* What reading rules and deciding by them share; nobody else includes this. */

typedef enum {
	RULE_VERB,
	RULE_ACTIVITY,
	RULE_RELATED,
	RULE_ACTOR,
	RULE_HOME,
	RULE_CLASS,
	RULE_GRADE,
	RULE_CONFIRMED, /* without a value */
} RuleKey;

typedef struct {
	RuleKey key;
	char *value;       /* owned; without its * or @ */
	bool prefix;       /* it ended with a * */
	GHashTable *names; /* owned; of a file: then value is its path */
} RuleCondition;

typedef struct {
	bool send;
	GArray *conditions; /* owned: RuleCondition; all must hold */
} Rule;

struct Rules {
	GArray *list;     /* owned: Rule */
	Classes *classes; /* owned; NULL: nobody's is known */
};
