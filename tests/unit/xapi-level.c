/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/xapi-level.h"

#include <string.h>

#include "app/base/json.h"

#define READ_AS \
	(JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL | \
	 JSON_DECODE_INT_AS_REAL)

/* What an LRS may change, changed in the same way. */
static void
level_context(json_t *of)
{
	json_t *map = json_object_get(json_object_get(of, "context"),
				      "contextActivities");
	const char *name;
	json_t *value;

	json_object_foreach(map, name, value)
	{
		json_t *list;

		if (!json_is_object(value))
			continue;
		list = json_array();
		json_array_append(list, value);
		json_object_set_new(map, name, list);
	}
	json_object_del(of, "timestamp");
}

static void
level(json_t *statement)
{
	static const char *const set[] = { "id", "stored", "authority",
					   "version" };
	json_t *object = json_object_get(statement, "object");
	const char *type =
		json_string_value(json_object_get(object, "objectType"));

	level_context(statement);
	for (size_t i = 0; i < G_N_ELEMENTS(set); i++)
		json_object_del(statement, set[i]);
	if (type != NULL && strcmp(type, "SubStatement") == 0)
		level_context(object);
}

bool
xapi_is_level(const XapiStatement *sent, const char *stored, size_t size)
{
	const TapeValue *value = sent->value;
	g_autoptr(json_t) before =
		json_loadb(sent->bytes + value->at, value->end - value->at,
			   READ_AS, NULL);
	g_autoptr(json_t) after = json_loadb(stored, size, READ_AS, NULL);

	if (before == NULL || after == NULL)
		return before == NULL; /* a number that jansson can't hold */
	level(before);
	level(after);
	return json_equal(before, after) != 0;
}
