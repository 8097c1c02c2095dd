/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/meaning.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "sync/xapi/number.h"

/*
 * The statement is printed in one way only and that is hashed: members in
 * the order of their shape, texts with their sizes, numbers by value.
 */

static void
print_shaped(GString *out, const XapiShape *shape, const TapeValue *object);

/* --- texts --- */

static void
print_size(GString *out, char mark, size_t size)
{
	char digits[24];
	char *at = digits + sizeof(digits);

	*--at = ':';
	do {
		*--at = (char)('0' + size % 10);
		size /= 10;
	} while (size > 0);
	*--at = mark;
	g_string_append_len(out, at, digits + sizeof(digits) - at);
}

static void
print_text(GString *out, const char *text, size_t size)
{
	print_size(out, '"', size);
	g_string_append_len(out, text, (gssize)size);
}

/* From the first `from` of its bytes on in lower case. */
static void
print_folded(GString *out, const TapeValue *value, size_t from)
{
	gsize begin;

	print_text(out, value->text, value->size);
	begin = out->len - value->size;
	for (size_t i = from; i < value->size; i++)
		out->str[begin + i] = g_ascii_tolower(out->str[begin + i]);
}

static void
print_mbox(GString *out, const TapeValue *value)
{
	const char *at = memchr(value->text, '@', value->size);

	print_folded(out, value,
		     at != NULL ? (size_t)(at - value->text) : value->size);
}

static int64_t
milliseconds(const TapeValue *value)
{
	WallTime instant = { 0 };

	if (!xapi_timestamp_parse(value->text, value->size, XAPI_1_0, &instant))
		return 0;
	return instant.us >= 0 ? instant.us / 1000
			       : -((999 - instant.us) / 1000);
}

static void
print_number(GString *out, const TapeValue *value)
{
	XapiNumber number = xapi_number(value->text, value->size);

	xapi_number_fold(out, &number);
	g_string_append_c(out, ';');
}

/* --- JSON of no shape: extensions --- */

static void print_free(GString *out, const TapeValue *value);

static int
compare_names(const void *a, const void *b)
{
	const TapeValue *first = *(const TapeValue *const *)a;
	const TapeValue *second = *(const TapeValue *const *)b;
	int order = memcmp(first->text, second->text,
			   MIN(first->size, second->size));

	if (order != 0)
		return order;
	return (first->size > second->size) - (first->size < second->size);
}

static void
print_free_object(GString *out, const TapeValue *object)
{
	g_autofree const TapeValue **names =
		g_new(const TapeValue *, object->count + 1);
	const TapeValue *name = tape_first(object);

	for (uint32_t i = 0; i < object->count;
	     i++, name = tape_next_name(name))
		names[i] = name;
	qsort(names, object->count, sizeof(*names), compare_names);
	for (uint32_t i = 0; i < object->count; i++) {
		print_text(out, names[i]->text, names[i]->size);
		print_free(out, tape_value_of(names[i]));
	}
}

static void
print_free(GString *out, const TapeValue *value)
{
	const TapeValue *at = tape_first(value);

	switch (value->type) {
	case TAPE_NULL:
	case TAPE_FALSE:
	case TAPE_TRUE:
		g_string_append_c(out, "nft"[value->type]);
		return;
	case TAPE_NUMBER:
		print_number(out, value);
		return;
	case TAPE_TEXT:
		print_text(out, value->text, value->size);
		return;
	case TAPE_LIST:
		print_size(out, '[', value->count);
		for (uint32_t i = 0; i < value->count; i++, at = tape_next(at))
			print_free(out, at);
		return;
	case TAPE_OBJECT:
		print_size(out, '{', value->count);
		print_free_object(out, value);
		return;
	}
}

/* --- what has a shape --- */

static int
compare_printed(const void *a, const void *b)
{
	return g_bytes_compare(*(GBytes *const *)a, *(GBytes *const *)b);
}

static void
print_unordered(GString *out, const XapiShape *shape, const TapeValue *list)
{
	g_autoptr(GPtrArray) printed =
		g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	const TapeValue *at = tape_first(list);

	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at)) {
		GString *one = g_string_new(NULL);

		print_shaped(one, shape, at);
		g_ptr_array_add(printed, g_string_free_to_bytes(one));
	}
	g_ptr_array_sort(printed, compare_printed);
	for (guint i = 0; i < printed->len; i++) {
		gsize size;
		const char *text = g_bytes_get_data(printed->pdata[i], &size);

		g_string_append_len(out, text, (gssize)size);
	}
}

/* One object means what a list of it alone does (Data 2.4.6.2.s4.b4). */
static void
print_list(GString *out, const XapiMember *member, const TapeValue *value)
{
	const TapeValue *at =
		value->type == TAPE_LIST ? tape_first(value) : value;
	uint32_t n = value->type == TAPE_LIST ? value->count : 1;

	print_size(out, '[', n);
	if (n > 1 && (member->flags & MEMBER_UNORDERED) != 0) {
		print_unordered(out, member->shape, value);
		return;
	}
	for (uint32_t i = 0; i < n; i++, at = tape_next(at))
		print_shaped(out, member->shape, at);
}

static void
print_member(GString *out, const XapiMember *member, const TapeValue *value)
{
	switch (member->kind) {
	case KIND_UUID:
	case KIND_SHA1:
	case KIND_SHA2:
	case KIND_LANGUAGE:
		print_folded(out, value, 0);
		return;
	case KIND_MBOX:
		print_mbox(out, value);
		return;
	case KIND_TIMESTAMP:
		g_string_append_printf(out, "%" G_GINT64_FORMAT ";",
				       (gint64)milliseconds(value));
		return;
	case KIND_DURATION:
		xapi_duration_fold(out, value->text, value->size);
		g_string_append_c(out, ';');
		return;
	case KIND_LIST:
	case KIND_ONE_OR_LIST:
		print_list(out, member, value);
		return;
	case KIND_OBJECT:
	case KIND_ACTOR:
	case KIND_THING:
	case KIND_SUB_THING:
		print_shaped(out, xapi_shape_of(member, value), value);
		return;
	case KIND_TEXT:
	case KIND_WORD:
	case KIND_IRI:
	case KIND_VERSION:
	case KIND_MEDIA_TYPE:
	case KIND_INTERACTION:
	case KIND_NUMBER:
	case KIND_LENGTH:
	case KIND_FLAG:
	case KIND_LANGUAGE_MAP:
	case KIND_EXTENSIONS:
	case KIND_TEXTS:
	case KIND_IRIS:
		print_free(out, value);
		return;
	}
}

static void
find_members(const XapiShape *shape, const TapeValue *object,
	     const TapeValue *found[static SHAPE_MEMBERS_MAX])
{
	const TapeValue *name = tape_first(object);

	for (uint32_t i = 0; i < object->count;
	     i++, name = tape_next_name(name)) {
		const XapiMember *member =
			xapi_shape_find(shape, name, XAPI_2_0);

		if (member != NULL)
			found[member - shape->members] = tape_value_of(name);
	}
}

/* The shape's own name stands for objectType, said or not. */
static void
print_shaped(GString *out, const XapiShape *shape, const TapeValue *object)
{
	const unsigned skipped = MEMBER_BY_LRS | MEMBER_OUTSIDE | MEMBER_APART;
	const TapeValue *found[SHAPE_MEMBERS_MAX] = { NULL };

	find_members(shape, object, found);
	g_string_append_c(out, '<');
	g_string_append(out, shape->name);
	for (unsigned i = 0; i < shape->n; i++) {
		const XapiMember *member = &shape->members[i];

		if (found[i] == NULL || member->kind == KIND_WORD ||
		    (member->flags & skipped) != 0)
			continue;
		g_string_append_c(out, ' ');
		g_string_append_len(out, member->name, member->size);
		g_string_append_c(out, '=');
		print_member(out, member, found[i]);
	}
	g_string_append_c(out, '>');
}

/* --- attachments --- */

static void
print_attachments(GString *out, const TapeValue *statement)
{
	const TapeValue *list = tape_member(statement, "attachments");
	const TapeValue *at;

	if (list == NULL || list->type != TAPE_LIST)
		return;
	at = tape_first(list);
	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at)) {
		const TapeValue *usage = tape_member(at, "usageType");

		if (usage == NULL ||
		    !tape_is(usage, XAPI_SIGNATURE, strlen(XAPI_SIGNATURE)))
			print_shaped(out, &xapi_shape_attachment, at);
	}
}

/* --- hashing --- */

/* Fetched once: looking it up costs more than hashing a statement. */
static const EVP_MD *
sha256(void)
{
	static gsize once;
	static const EVP_MD *md;

	if (g_once_init_enter(&once)) {
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
		g_assert(md != NULL);
		g_once_init_leave(&once, 1);
	}
	return md;
}

static void
hash(const GString *text, uint8_t out[static XAPI_HASH_SIZE])
{
	int ok = EVP_Digest(text->str, text->len, out, NULL, sha256(), NULL);

	g_assert(ok == 1);
}

void
xapi_meaning(const XapiStatement *statement, XapiMeaning *out)
{
	g_autoptr(GString) text = g_string_sized_new(1024);
	const TapeValue *timestamp = tape_member(statement->value, "timestamp");

	*out = (XapiMeaning){ .has_timestamp = timestamp != NULL };
	if (timestamp != NULL)
		out->timestamp_ms = milliseconds(timestamp);
	print_shaped(text, &xapi_shape_statement, statement->value);
	hash(text, out->statement);
	g_string_truncate(text, 0);
	print_attachments(text, statement->value);
	g_string_append_c(text, '|');
	print_attachments(text, tape_member(statement->value, "object"));
	hash(text, out->attachments);
}

bool
xapi_meaning_is_same(const XapiMeaning *held, const XapiMeaning *sent,
		     XapiVersion version)
{
	if (memcmp(held->statement, sent->statement, XAPI_HASH_SIZE) != 0)
		return false;
	if (version == XAPI_2_0)
		return true;
	if (memcmp(held->attachments, sent->attachments, XAPI_HASH_SIZE) != 0)
		return false;
	return !held->has_timestamp || !sent->has_timestamp ||
	       held->timestamp_ms == sent->timestamp_ms;
}
