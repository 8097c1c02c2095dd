/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/document.h"

#include "app/base/fault.h"
#include "sync/xapi/shape.h"

typedef struct {
	const char *bytes; /* that its tape is of */
	const TapeValue *object;
} Side;

/* What a member is when both have it: appends its value. */
typedef void (*Join)(GString *out, const Side *held, const TapeValue *own,
		     const Side *newer, const TapeValue *other,
		     const TapeValue *name);

static void
print_bytes(GString *out, const char *bytes, const TapeValue *value)
{
	g_string_append_len(out, bytes + value->at,
			    (gssize)(value->end - value->at));
}

static guint
hash_name(const void *key)
{
	const TapeValue *name = key;
	guint hash = 5381;

	for (uint32_t i = 0; i < name->size; i++)
		hash = hash * 33 + (unsigned char)name->text[i];
	return hash;
}

static gboolean
is_same_name(const void *a, const void *b)
{
	const TapeValue *first = a, *second = b;

	return tape_is(first, second->text, second->size);
}

/* Its names, borrowed. */
static GHashTable *
index_names(const TapeValue *object)
{
	GHashTable *names = g_hash_table_new(hash_name, is_same_name);
	const TapeValue *name = tape_first(object);

	for (uint32_t i = 0; i < object->count;
	     i++, name = tape_next_name(name))
		g_hash_table_add(names, (void *)(uintptr_t)name);
	return names;
}

static void
begin_member(GString *out, const char *bytes, const TapeValue *name)
{
	if (out->str[out->len - 1] != '{')
		g_string_append_c(out, ',');
	print_bytes(out, bytes, name);
	g_string_append_c(out, ':');
}

/* The one's members in their order, joined with the other's of that name,
 * then what only the other has. */
static void
merge(GString *out, const Side *held, const Side *newer, Join join)
{
	g_autoptr(GHashTable) theirs = index_names(newer->object);
	const TapeValue *name = tape_first(held->object);

	g_string_append_c(out, '{');
	for (uint32_t i = 0; i < held->object->count;
	     i++, name = tape_next_name(name)) {
		const TapeValue *other = g_hash_table_lookup(theirs, name);

		begin_member(out, held->bytes, name);
		if (other == NULL) {
			print_bytes(out, held->bytes, tape_value_of(name));
			continue;
		}
		join(out, held, tape_value_of(name), newer,
		     tape_value_of(other), name);
		g_hash_table_remove(theirs, name);
	}
	name = tape_first(newer->object);
	for (uint32_t i = 0; i < newer->object->count;
	     i++, name = tape_next_name(name)) {
		if (!g_hash_table_contains(theirs, name))
			continue;
		begin_member(out, newer->bytes, name);
		print_bytes(out, newer->bytes, tape_value_of(name));
	}
	g_string_append_c(out, '}');
}

static void
take_newer(GString *out, const Side *held, const TapeValue *own,
	   const Side *newer, const TapeValue *other, const TapeValue *name)
{
	print_bytes(out, newer->bytes, other);
}

static void
join_definition(GString *out, const Side *held, const TapeValue *own,
		const Side *newer, const TapeValue *other,
		const TapeValue *name)
{
	const XapiMember *member =
		xapi_shape_find(&xapi_shape_definition, name, XAPI_2_0);
	const Side old_map = { held->bytes, own };
	const Side new_map = { newer->bytes, other };

	if (member != NULL && member->kind == KIND_LANGUAGE_MAP &&
	    own->type == TAPE_OBJECT && other->type == TAPE_OBJECT)
		merge(out, &old_map, &new_map, take_newer);
	else
		print_bytes(out, newer->bytes, other);
}

/* --- public --- */

static Tape *
read_object(const char *bytes, size_t size, const char *which, GError **error)
{
	g_autoptr(Tape) tape = tape_read(bytes, size, error);

	if (tape == NULL) {
		g_prefix_error(error, "%s document: ", which);
		return NULL;
	}
	if (tape_root(tape)->type != TAPE_OBJECT) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "%s document: must be an object (xAPI "
			    "Communication 2.2.s8, 2.0 4.1.6.2)",
			    which);
		return NULL;
	}
	return g_steal_pointer(&tape);
}

bool
xapi_document_merge(GString *out, const char *held, size_t held_size,
		    const char *posted, size_t posted_size, GError **error)
{
	g_autoptr(Tape) old = read_object(held, held_size, "the held", error);
	g_autoptr(Tape) new = NULL;

	if (old == NULL)
		return false;
	new = read_object(posted, posted_size, "the posted", error);
	if (new == NULL)
		return false;
	merge(out, &(Side){ held, tape_root(old) },
	      &(Side){ posted, tape_root(new) }, take_newer);
	return true;
}

void
xapi_definition_merge(GString *out, const Tape *held, const Tape *newer)
{
	merge(out, &(Side){ tape_bytes(held), tape_root(held) },
	      &(Side){ tape_bytes(newer), tape_root(newer) }, join_definition);
}

void
xapi_person(GString *out, const Tape *agent)
{
	const TapeValue *object = tape_root(agent);
	const TapeValue *name = tape_first(object);

	g_string_append(out, "{\"objectType\":\"Person\"");
	for (uint32_t i = 0; i < object->count;
	     i++, name = tape_next_name(name)) {
		if (tape_is(name, "objectType", 10))
			continue;
		g_string_append_c(out, ',');
		print_bytes(out, tape_bytes(agent), name);
		g_string_append(out, ":[");
		print_bytes(out, tape_bytes(agent), tape_value_of(name));
		g_string_append_c(out, ']');
	}
	g_string_append_c(out, '}');
}
