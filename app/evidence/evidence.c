/* SPDX-License-Identifier: Apache-2.0 */
#include "app/evidence/evidence.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"

#define ID_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
#define TYPE_LETTERS ID_LETTERS "/+"

static bool
invalid(GError **error, const char *name, const char *rule)
{
	g_set_error(error, FAULT, FAULT_INVALID, "evidence: \"%s\" %s", name,
		    rule);
	return false;
}

/* --- checking values --- */

static bool
check_id(const char *text, const char *name, bool may_be_empty, GError **error)
{
	if (text[0] == '\0' && !may_be_empty)
		return invalid(error, name, "must not be empty");
	if (text[strspn(text, ID_LETTERS)] != '\0')
		return invalid(error, name,
			       "may have only letters, digits, . _ -");
	return true;
}

static bool
check_uuid(const char *text, const char *name, GError **error)
{
	return id_is_uuid(text) ||
	       invalid(error, name, "must be a lower-case UUID");
}

static bool
check_words(const char *text, const char *name, GError **error)
{
	return g_utf8_validate(text, -1, NULL) ||
	       invalid(error, name, "must be UTF-8");
}

static bool
check_who(const Evidence *e, GError **error)
{
	if ((e->learner[0] == '\0') == (e->badge[0] == '\0'))
		return invalid(error, "learner",
			       "or \"badge\" must be given, and not both");
	return check_id(e->learner, "learner", true, error) &&
	       check_id(e->badge, "badge", true, error);
}

static bool
check_level(const Evidence *e, GError **error)
{
	if (e->levels < 0 || e->levels > EVIDENCE_LEVELS_MAX || e->level < 0 ||
	    e->level > e->levels)
		return invalid(error, "level", "must be within its scale");
	if ((e->scale[0] == '\0') != (e->levels == 0))
		return invalid(error, "scale", "and \"levels\" go together");
	return check_id(e->scale, "scale", true, error);
}

static bool
check_time(const ClockReading *at, GError **error)
{
	if (strlen(at->boot) != CLOCK_BOOT_ID ||
	    strspn(at->boot, "0123456789abcdef") != CLOCK_BOOT_ID)
		return invalid(error, "boot", "must be 32 hex digits");
	if (at->since_boot_us < 0 || at->since_boot_us > JSON_INTEGER_MAX)
		return invalid(error, "since_boot_us", "is out of bounds");
	if (at->wall.us < -JSON_INTEGER_MAX || at->wall.us > JSON_INTEGER_MAX)
		return invalid(error, "wall_us", "is out of bounds");
	return true;
}

static bool
check_piece(const Piece *piece, GError **error)
{
	if (!piece_is_media(piece)) {
		if (piece->type[0] != '\0' || piece->sha256[0] != '\0' ||
		    piece->size != 0)
			return invalid(error, "pieces", "mix words and media");
		if (piece->text[0] == '\0')
			return invalid(error, "text", "must not be empty");
		return check_words(piece->text, "text", error);
	}
	if (piece->text[0] != '\0')
		return invalid(error, "pieces", "mix words and media");
	if (piece->type[0] == '\0' ||
	    piece->type[strspn(piece->type, TYPE_LETTERS)] != '\0')
		return invalid(error, "type", "must be a media type");
	if (piece->size < 1 || piece->size > EVIDENCE_MEDIA_MAX)
		return invalid(error, "size", "is out of bounds");
	return id_is_sha256(piece->sha256) ||
	       invalid(error, "sha256", "must be 64 lower-case hex digits");
}

static bool
check_asked(const Evidence *e, GError **error)
{
	return check_uuid(e->portrait, "portrait", error) &&
	       check_id(e->portrait_version, "portrait_version", false,
			error) &&
	       check_uuid(e->statement, "statement", error) &&
	       check_id(e->prompt, "prompt", false, error) &&
	       check_id(e->language, "language", false, error) &&
	       check_words(e->asked, "asked", error);
}

/* Of a text in JSON, where a control character takes six bytes. */
#define ESCAPED_MAX 6
/* More than all but the long texts ever take. */
#define OTHERS_MAX (8 * 1024)

/* Texts within their bounds may still be too much together, escaped: it
 * could be written, and never read again. */
static bool
check_size(const Evidence *e, GError **error)
{
	size_t worst = strlen(e->asked) * ESCAPED_MAX + OTHERS_MAX;
	g_autoptr(GBytes) bytes = NULL;

	for (size_t i = 0; i < e->n_pieces; i++)
		worst += strlen(e->pieces[i].text) * ESCAPED_MAX;
	if (worst <= EVIDENCE_BYTES_MAX)
		return true;
	bytes = evidence_format(e);
	return g_bytes_get_size(bytes) <= EVIDENCE_BYTES_MAX ||
	       invalid(error, "record", "is larger than 64 KiB");
}

bool
evidence_check(const Evidence *e, GError **error)
{
	if (!check_uuid(e->id, "id", error) ||
	    !check_uuid(e->kiosk, "kiosk", error))
		return false;
	if (e->number < 1 || e->number > JSON_INTEGER_MAX)
		return invalid(error, "number", "must be 1 or more");
	if (!id_is_sha256(e->previous))
		return invalid(error, "previous", "must be a SHA-256");
	if (!check_who(e, error) || !check_asked(e, error) ||
	    !check_level(e, error) || !check_time(&e->at, error))
		return false;
	if (e->n_pieces < 1 || e->n_pieces > EVIDENCE_PIECES_MAX)
		return invalid(error, "pieces", "must be 1 to 8");
	for (size_t i = 0; i < e->n_pieces; i++)
		if (!check_piece(&e->pieces[i], error))
			return false;
	return check_size(e, error);
}

/* --- record → bytes --- */

/*
 * Printed by hand, members in the order of RFC 8785: a record is printed
 * several times on its way, and a tree of values costs ten times as much.
 */
static void
print_text(GString *out, const char *before, const char *text)
{
	g_string_append(out, before);
	json_print_text(out, text, strlen(text));
}

static void
print_number(GString *out, const char *before, int64_t number)
{
	g_string_append_printf(out, "%s%" G_GINT64_FORMAT, before,
			       (gint64)number);
}

static void
print_time(GString *out, const ClockReading *at)
{
	print_text(out, ",\"at\":{\"boot\":", at->boot);
	print_number(out, ",\"since_boot_us\":", at->since_boot_us);
	g_string_append(out, at->trusted ? ",\"trusted\":true"
					 : ",\"trusted\":false");
	print_number(out, ",\"wall_us\":", at->wall.us);
	g_string_append_c(out, '}');
}

static void
print_piece(GString *out, const Piece *piece)
{
	print_text(out, "{\"kind\":", piece_kind_name(piece->kind));
	if (piece_is_media(piece)) {
		print_text(out, ",\"sha256\":", piece->sha256);
		print_number(out, ",\"size\":", piece->size);
		print_text(out, ",\"type\":", piece->type);
	} else {
		print_text(out, ",\"text\":", piece->text);
	}
	g_string_append_c(out, '}');
}

static void
print_pieces(GString *out, const Evidence *e)
{
	g_string_append(out, ",\"pieces\":[");
	for (size_t i = 0; i < e->n_pieces; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		print_piece(out, &e->pieces[i]);
	}
	g_string_append_c(out, ']');
}

GBytes *
evidence_format(const Evidence *e)
{
	GString *out = g_string_sized_new(1024);

	print_text(out, "{\"asked\":", e->asked);
	print_time(out, &e->at);
	print_text(out, ",\"badge\":", e->badge);
	print_number(out, ",\"format\":", EVIDENCE_FORMAT);
	print_text(out, ",\"id\":", e->id);
	print_text(out, ",\"kiosk\":", e->kiosk);
	print_text(out, ",\"language\":", e->language);
	print_text(out, ",\"learner\":", e->learner);
	print_number(out, ",\"level\":", e->level);
	print_number(out, ",\"levels\":", e->levels);
	print_number(out, ",\"number\":", e->number);
	print_pieces(out, e);
	print_text(out, ",\"portrait\":", e->portrait);
	print_text(out, ",\"portrait_version\":", e->portrait_version);
	print_text(out, ",\"previous\":", e->previous);
	print_text(out, ",\"prompt\":", e->prompt);
	print_text(out, ",\"scale\":", e->scale);
	print_text(out, ",\"statement\":", e->statement);
	g_string_append_c(out, '}');
	return g_string_free_to_bytes(out);
}

/* --- bytes → record --- */

static bool
read_text(const json_t *object, const char *name, char *out, size_t max,
	  GError **error)
{
	const char *text = json_text(object, name, 0, max, error);

	if (text == NULL)
		return false;
	g_strlcpy(out, text, max + 1);
	return true;
}

static bool
read_small(const json_t *object, const char *name, int *out, GError **error)
{
	int64_t number;

	if (!json_number(object, name, 0, EVIDENCE_LEVELS_MAX, &number, error))
		return false;
	*out = (int)number;
	return true;
}

static bool
read_time(const json_t *object, ClockReading *out, GError **error)
{
	static const char *const names[] = { "boot", "since_boot_us", "trusted",
					     "wall_us", NULL };
	const json_t *at = json_object_get(object, "at");

	return json_only(at, names, error) &&
	       read_text(at, "boot", out->boot, CLOCK_BOOT_ID, error) &&
	       json_number(at, "since_boot_us", 0, JSON_INTEGER_MAX,
			   &out->since_boot_us, error) &&
	       json_number(at, "wall_us", -JSON_INTEGER_MAX, JSON_INTEGER_MAX,
			   &out->wall.us, error) &&
	       json_flag(at, "trusted", &out->trusted, error);
}

static bool
read_piece(const json_t *value, Piece *out, GError **error)
{
	static const char *const media[] = { "kind", "sha256", "size", "type",
					     NULL };
	static const char *const words[] = { "kind", "text", NULL };
	const char *kind = json_text(value, "kind", 1, EVIDENCE_ID_MAX, error);

	if (kind == NULL)
		return false;
	if (!piece_kind_parse(kind, &out->kind))
		return invalid(error, "kind", "is none that we know");
	if (!piece_is_media(out))
		return json_only(value, words, error) &&
		       read_text(value, "text", out->text, EVIDENCE_TEXT_MAX,
				 error);
	return json_only(value, media, error) &&
	       read_text(value, "type", out->type, EVIDENCE_ID_MAX, error) &&
	       read_text(value, "sha256", out->sha256, ID_SHA256, error) &&
	       json_number(value, "size", 1, EVIDENCE_MEDIA_MAX, &out->size,
			   error);
}

static bool
read_pieces(const json_t *object, Evidence *out, GError **error)
{
	json_t *list = json_list(object, "pieces", EVIDENCE_PIECES_MAX, error);

	if (list == NULL)
		return false;
	out->n_pieces = json_array_size(list);
	for (size_t i = 0; i < out->n_pieces; i++)
		if (!read_piece(json_array_get(list, i), &out->pieces[i],
				error))
			return false;
	return true;
}

static bool
read_texts(const json_t *object, Evidence *e, GError **error)
{
	const struct {
		const char *name;
		char *out;
		size_t max;
	} texts[] = {
		{ "id", e->id, ID_UUID },
		{ "kiosk", e->kiosk, ID_UUID },
		{ "previous", e->previous, ID_SHA256 },
		{ "learner", e->learner, EVIDENCE_ID_MAX },
		{ "badge", e->badge, EVIDENCE_ID_MAX },
		{ "portrait", e->portrait, ID_UUID },
		{ "portrait_version", e->portrait_version, EVIDENCE_ID_MAX },
		{ "statement", e->statement, ID_UUID },
		{ "prompt", e->prompt, EVIDENCE_ID_MAX },
		{ "language", e->language, EVIDENCE_ID_MAX },
		{ "asked", e->asked, EVIDENCE_ASKED_MAX },
		{ "scale", e->scale, EVIDENCE_ID_MAX },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		if (!read_text(object, texts[i].name, texts[i].out,
			       texts[i].max, error))
			return false;
	return true;
}

static bool
read_format(const json_t *object, GError **error)
{
	int64_t format;

	if (!json_number(object, "format", 1, JSON_INTEGER_MAX, &format, error))
		return false;
	if (format == EVIDENCE_FORMAT)
		return true;
	g_set_error(error, FAULT, FAULT_TOO_NEW,
		    "evidence: format %" G_GINT64_FORMAT
		    " needs a later program",
		    (gint64)format);
	return false;
}

static bool
read_record(const json_t *object, Evidence *out, GError **error)
{
	return json_is_object(object)
		       ? read_format(object, error) &&
				 read_texts(object, out, error) &&
				 json_number(object, "number", 1,
					     JSON_INTEGER_MAX, &out->number,
					     error) &&
				 read_small(object, "level", &out->level,
					    error) &&
				 read_small(object, "levels", &out->levels,
					    error) &&
				 read_time(object, &out->at, error) &&
				 read_pieces(object, out, error) &&
				 evidence_check(out, error)
		       : invalid(error, "record", "must be a JSON object");
}

/* --- the short way: by the order of printing --- */

/*
 * A record that some program of ours printed is read in the order in which
 * that prints, at a tenth of a JSON tree's cost.  It needs no trust: what was
 * read must print back the same bytes.  Whatever is odd (an escape, too) goes
 * the long way, which says what is wrong.
 */
typedef struct {
	const char *at, *end;
	bool odd;
} Scan;

static bool
scan_literal(Scan *scan, const char *text)
{
	size_t n = strlen(text);

	if (scan->odd || (size_t)(scan->end - scan->at) < n ||
	    memcmp(scan->at, text, n) != 0)
		return false;
	scan->at += n;
	return true;
}

static void
scan_expect(Scan *scan, const char *text)
{
	scan->odd = !scan_literal(scan, text);
}

static void
scan_text(Scan *scan, const char *before, char *out, size_t max)
{
	size_t n = 0, left;

	scan_expect(scan, before);
	scan_expect(scan, "\"");
	if (scan->odd)
		return;
	left = (size_t)(scan->end - scan->at);
	while (n < left && n < max && scan->at[n] != '"' &&
	       scan->at[n] != '\\' && scan->at[n] != '\0')
		n++;
	memcpy(out, scan->at, n);
	out[n] = '\0';
	scan->at += n;
	scan_expect(scan, "\"");
}

static int64_t
scan_number(Scan *scan, const char *before)
{
	bool negative;
	int64_t number = 0;

	scan_expect(scan, before);
	negative = scan_literal(scan, "-");
	while (!scan->odd && scan->at < scan->end &&
	       g_ascii_isdigit(*scan->at) && number <= JSON_INTEGER_MAX)
		number = number * 10 + (*scan->at++ - '0');
	return negative ? -number : number;
}

static void
scan_time(Scan *scan, ClockReading *out)
{
	scan_text(scan, ",\"at\":{\"boot\":", out->boot, CLOCK_BOOT_ID);
	out->since_boot_us = scan_number(scan, ",\"since_boot_us\":");
	out->trusted = scan_literal(scan, ",\"trusted\":true");
	if (!out->trusted)
		scan_expect(scan, ",\"trusted\":false");
	out->wall.us = scan_number(scan, ",\"wall_us\":");
	scan_expect(scan, "}");
}

static void
scan_piece(Scan *scan, Piece *out)
{
	char kind[EVIDENCE_ID_MAX + 1];

	scan_text(scan, "{\"kind\":", kind, EVIDENCE_ID_MAX);
	if (scan->odd || !piece_kind_parse(kind, &out->kind)) {
		scan->odd = true;
		return;
	}
	if (piece_is_media(out)) {
		scan_text(scan, ",\"sha256\":", out->sha256, ID_SHA256);
		out->size = scan_number(scan, ",\"size\":");
		scan_text(scan, ",\"type\":", out->type, EVIDENCE_ID_MAX);
	} else {
		scan_text(scan, ",\"text\":", out->text, EVIDENCE_TEXT_MAX);
	}
	scan_expect(scan, "}");
}

static void
scan_pieces(Scan *scan, Evidence *out)
{
	scan_expect(scan, ",\"pieces\":[");
	do
		scan_piece(scan, &out->pieces[out->n_pieces++]);
	while (out->n_pieces < EVIDENCE_PIECES_MAX && scan_literal(scan, ","));
	scan_expect(scan, "]");
}

static void
scan_record(Scan *scan, Evidence *out)
{
	scan_text(scan, "{\"asked\":", out->asked, EVIDENCE_ASKED_MAX);
	scan_time(scan, &out->at);
	scan_text(scan, ",\"badge\":", out->badge, EVIDENCE_ID_MAX);
	scan->odd |= scan_number(scan, ",\"format\":") != EVIDENCE_FORMAT;
	scan_text(scan, ",\"id\":", out->id, ID_UUID);
	scan_text(scan, ",\"kiosk\":", out->kiosk, ID_UUID);
	scan_text(scan, ",\"language\":", out->language, EVIDENCE_ID_MAX);
	scan_text(scan, ",\"learner\":", out->learner, EVIDENCE_ID_MAX);
	out->level = (int)scan_number(scan, ",\"level\":");
	out->levels = (int)scan_number(scan, ",\"levels\":");
	out->number = scan_number(scan, ",\"number\":");
	scan_pieces(scan, out);
	scan_text(scan, ",\"portrait\":", out->portrait, ID_UUID);
	scan_text(scan, ",\"portrait_version\":", out->portrait_version,
		  EVIDENCE_ID_MAX);
	scan_text(scan, ",\"previous\":", out->previous, ID_SHA256);
	scan_text(scan, ",\"prompt\":", out->prompt, EVIDENCE_ID_MAX);
	scan_text(scan, ",\"scale\":", out->scale, EVIDENCE_ID_MAX);
	scan_text(scan, ",\"statement\":", out->statement, ID_UUID);
	scan_expect(scan, "}");
}

static bool
is_printed(const Evidence *e, const void *bytes, size_t size)
{
	g_autoptr(GBytes) ours = evidence_format(e);

	return g_bytes_get_size(ours) == size &&
	       memcmp(g_bytes_get_data(ours, NULL), bytes, size) == 0;
}

static bool
read_printed(const void *bytes, size_t size, Evidence *out)
{
	Scan scan = { .at = bytes, .end = (const char *)bytes + size };

	scan_record(&scan, out);
	return !scan.odd && scan.at == scan.end && evidence_check(out, NULL) &&
	       is_printed(out, bytes, size);
}

/* --- the long way: any JSON --- */

static bool
read_json(const void *bytes, size_t size, Evidence *out, GError **error)
{
	g_autoptr(json_t) object = json_read(bytes, size, error);

	*out = (Evidence){ 0 };
	if (object == NULL || !read_record(object, out, error))
		return false;
	return is_printed(out, bytes, size) ||
	       invalid(error, "record", "is not in canonical form (RFC 8785)");
}

bool
evidence_parse(const void *bytes, size_t size, Evidence *out, GError **error)
{
	g_autofree Evidence *evidence = g_new0(Evidence, 1);

	g_return_val_if_fail(out != NULL, false);
	if (size > EVIDENCE_BYTES_MAX)
		return invalid(error, "record", "is larger than 64 KiB");
	if (!read_printed(bytes, size, evidence) &&
	    !read_json(bytes, size, evidence, error))
		return false;
	*out = *evidence;
	return true;
}
