/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "forward"

#include "sync/forward/rules.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/forward/rules-private.h"
#include "sync/xapi/value.h"

static const struct {
	const char *name;
	bool iri;
} keys[] = {
	[RULE_VERB] = { "verb", true },
	[RULE_ACTIVITY] = { "activity", true },
	[RULE_RELATED] = { "related", true },
	[RULE_ACTOR] = { "actor", false },
	[RULE_HOME] = { "home", true },
	[RULE_CLASS] = { "class", false },
	[RULE_GRADE] = { "grade", false },
	[RULE_CONFIRMED] = { "confirmed", false },
};

/* One word of a line, without its quotes. */
typedef struct {
	GString *text;  /* owned */
	size_t quoted;  /* where quotes began; SIZE_MAX: nowhere */
	bool plain_end; /* its last byte was in none */
} Word;

static void
word_clear(Word *word)
{
	g_string_free(word->text, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Word, word_clear)

static bool
word_is_none(const Word *word)
{
	return word->text->len == 0 && word->quoted == SIZE_MAX;
}

/* One line being read. */
typedef struct {
	const char *at, *end;
	size_t line;
	RulesFile file;
	void *data;
} Reader;

static void
condition_clear(void *data)
{
	RuleCondition *condition = data;

	g_clear_pointer(&condition->value, g_free);
	g_clear_pointer(&condition->names, g_hash_table_unref);
}

static void
rule_clear(void *data)
{
	g_clear_pointer(&((Rule *)data)->conditions, g_array_unref);
}

static bool refuse(const Reader *reader, GError **error, const char *format,
		   ...) G_GNUC_PRINTF(3, 4);

static bool
refuse(const Reader *reader, GError **error, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list list;

	va_start(list, format);
	what = g_strdup_vprintf(format, list);
	va_end(list);
	g_set_error(error, FAULT, FAULT_INVALID, "line %zu: %s", reader->line,
		    what);
	return false;
}

/* --- words --- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool
read_quoted(Reader *reader, GString *out, GError **error)
{
	for (reader->at++; reader->at < reader->end; reader->at++) {
		char c = *reader->at;

		if (c == '"') {
			reader->at++;
			return true;
		}
		if (c == '\\') {
			reader->at++;
			if (reader->at == reader->end ||
			    (*reader->at != '"' && *reader->at != '\\'))
				return refuse(reader, error,
					      "a \\ that means nothing; write "
					      "\\\\");
			c = *reader->at;
		}
		g_string_append_c(out, c);
	}
	return refuse(reader, error, "a \" without its end");
}

/* The next word; empty, and without quotes, at the end of the line or at a
 * comment. */
static bool
read_word(Reader *reader, Word *word, GError **error)
{
	GString *out = word->text;

	g_string_truncate(out, 0);
	word->quoted = SIZE_MAX;
	word->plain_end = true;
	while (reader->at < reader->end && is_blank(*reader->at))
		reader->at++;
	if (reader->at < reader->end && *reader->at == '#')
		reader->at = reader->end;
	while (reader->at < reader->end && !is_blank(*reader->at)) {
		if (*reader->at != '"') {
			g_string_append_c(out, *reader->at++);
			word->plain_end = true;
			continue;
		}
		word->quoted = MIN(word->quoted, out->len);
		word->plain_end = false;
		if (!read_quoted(reader, out, error))
			return false;
	}
	return true;
}

/* --- conditions --- */

static bool
find_key(const char *name, size_t size, RuleKey *out)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		if (strlen(keys[i].name) == size &&
		    memcmp(keys[i].name, name, size) == 0) {
			*out = (RuleKey)i;
			return true;
		}
	return false;
}

static bool
read_names(const Reader *reader, RuleCondition *condition, GError **error)
{
	g_autoptr(GBytes) bytes =
		reader->file(condition->value, reader->data, error);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	size_t size;

	if (bytes == NULL) {
		g_prefix_error(error, "line %zu: ", reader->line);
		return false;
	}
	text = g_strndup(g_bytes_get_data(bytes, NULL),
			 g_bytes_get_size(bytes));
	size = strlen(text);
	if (size != g_bytes_get_size(bytes) ||
	    !g_utf8_validate(text, (gssize)size, NULL))
		return refuse(reader, error, "%s is no UTF-8 text",
			      condition->value);
	condition->names =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++)
		if (g_strstrip(*line)[0] != '\0')
			g_hash_table_add(condition->names, g_strdup(*line));
	return true;
}

/* A * or @ counts where it is not in quotes: a name may have either. */
static bool
check_value(const Reader *reader, RuleCondition *condition, const Word *word,
	    GError **error)
{
	const char *name = keys[condition->key].name;
	size_t size = strlen(condition->value);

	if (condition->key == RULE_ACTOR && word->quoted > strlen(name) + 1 &&
	    condition->value[0] == '@') {
		memmove(condition->value, condition->value + 1, size);
		if (!g_path_is_absolute(condition->value))
			return refuse(reader, error,
				      "actor=@ needs a whole path, from / on");
		return read_names(reader, condition, error);
	}
	if (size > 0 && word->plain_end && condition->value[size - 1] == '*') {
		condition->value[--size] = '\0';
		condition->prefix = true;
	}
	if (size == 0)
		return refuse(reader, error, "%s= needs a value", name);
	if (!keys[condition->key].iri)
		return true;
	if (condition->prefix ? strchr(condition->value, ':') == NULL
			      : !xapi_is_iri(condition->value, size))
		return refuse(reader, error,
			      "%s=%s is no IRI; they begin with a scheme, as "
			      "in https://…",
			      name, condition->value);
	return true;
}

static bool
read_condition(const Reader *reader, const Word *word, RuleCondition *out,
	       GError **error)
{
	const char *text = word->text->str;
	const char *equals = memchr(text, '=', word->text->len);
	size_t size =
		equals != NULL ? (size_t)(equals - text) : word->text->len;

	if (word->quoted < size || !find_key(text, size, &out->key))
		return refuse(reader, error,
			      "\"%.*s\" is no condition; there are verb=, "
			      "activity=, related=, actor=, home=, "
			      "class=, grade= and confirmed",
			      (int)size, text);
	if ((out->key == RULE_CONFIRMED) != (equals == NULL))
		return refuse(reader, error, "%s %s", keys[out->key].name,
			      equals == NULL ? "needs a value, behind a ="
					     : "has no value");
	if (equals == NULL)
		return true;
	out->value = g_strdup(equals + 1);
	return check_value(reader, out, word, error);
}

static bool
read_conditions(Reader *reader, const Rule *rule, GError **error)
{
	g_auto(Word) word = { .text = g_string_new(NULL) };

	for (;;) {
		RuleCondition condition = { 0 };
		bool ok;

		if (!read_word(reader, &word, error))
			return false;
		if (word_is_none(&word))
			return true;
		ok = read_condition(reader, &word, &condition, error);
		g_array_append_val(rule->conditions, condition);
		if (!ok)
			return false;
		if (condition.key == RULE_CONFIRMED && !rule->send)
			return refuse(reader, error,
				      "confirmed is a condition of send only");
	}
}

static bool
read_line(Reader *reader, Rules *rules, GError **error)
{
	g_auto(Word) word = { .text = g_string_new(NULL) };
	Rule rule = { 0 };

	if (!read_word(reader, &word, error))
		return false;
	if (word_is_none(&word))
		return true;
	rule.send = g_str_equal(word.text->str, "send");
	if (word.quoted != SIZE_MAX ||
	    (!rule.send && strcmp(word.text->str, "keep") != 0))
		return refuse(reader, error,
			      "a rule begins with send or keep, not \"%s\"",
			      word.text->str);
	if (rules->list->len == RULES_MAX)
		return refuse(reader, error, "more than %d rules", RULES_MAX);
	rule.conditions = g_array_new(FALSE, TRUE, sizeof(RuleCondition));
	g_array_set_clear_func(rule.conditions, condition_clear);
	g_array_append_val(rules->list, rule);
	return read_conditions(reader, &rule, error);
}

static Rules *
rules_new(void)
{
	Rules *rules = g_new0(Rules, 1);

	rules->list = g_array_new(FALSE, TRUE, sizeof(Rule));
	g_array_set_clear_func(rules->list, rule_clear);
	return rules;
}

static bool
check_text(const char *text, size_t size, GError **error)
{
	if (size <= RULES_BYTES_MAX &&
	    g_utf8_validate(text, (gssize)size, NULL))
		return true;
	g_set_error(error, FAULT, FAULT_INVALID,
		    "rules must be UTF-8 text of at most %d bytes",
		    RULES_BYTES_MAX);
	return false;
}

Rules *
rules_parse(const char *text, size_t size, RulesFile file, void *data,
	    GError **error)
{
	g_autoptr(Rules) rules = rules_new();
	const char *end = text + size, *line = text;
	Reader reader = { .file = file, .data = data };

	if (!check_text(text, size, error))
		return NULL;
	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		reader.line++;
		reader.at = line;
		reader.end = stop != NULL ? stop : end;
		if (!read_line(&reader, rules, error))
			return NULL;
		line = reader.end + 1;
		if (stop == NULL)
			break;
	}
	return g_steal_pointer(&rules);
}

static GBytes *
read_file_of_names(const char *path, void *data, GError **error)
{
	return file_read(path, RULES_NAMES_MAX, error);
}

void
rules_set_classes(Rules *rules, Classes *classes)
{
	classes_free(rules->classes);
	rules->classes = classes;
}

static bool
read_classes(Rules *rules, const char *path, GError **error)
{
	Classes *classes;

	if (!rules_ask_classes(rules))
		return true;
	if (path[0] == '\0') {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "class= and grade= need [forward] classes: a file "
			    "that `cairn-district roster` writes");
		return false;
	}
	classes = classes_read(path, error);
	if (classes == NULL)
		return false;
	rules_set_classes(rules, classes);
	return true;
}

Rules *
rules_read(const char *path, const char *classes, GError **error)
{
	g_autoptr(GBytes) bytes = file_read(path, RULES_BYTES_MAX, error);
	g_autoptr(Rules) rules = NULL;
	const char *text;
	size_t size;

	if (bytes == NULL)
		return NULL;
	text = g_bytes_get_data(bytes, &size);
	rules = rules_parse(text != NULL ? text : "", size, read_file_of_names,
			    NULL, error);
	if (rules == NULL) {
		g_prefix_error(error, "%s: ", path);
		return NULL;
	}
	return read_classes(rules, classes, error) ? g_steal_pointer(&rules)
						   : NULL;
}

size_t
rules_count(const Rules *rules)
{
	return rules->list->len;
}

/* --- printing --- */

static void
print_condition(const RuleCondition *condition, GString *out)
{
	g_string_append_printf(out, " %s", keys[condition->key].name);
	if (condition->key == RULE_CONFIRMED)
		return;
	g_string_append(out, condition->names != NULL ? "=@\"" : "=\"");
	for (const char *at = condition->value; *at != '\0'; at++) {
		if (*at == '"' || *at == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *at);
	}
	g_string_append(out, condition->prefix ? "\"*" : "\"");
}

void
rules_print(const Rules *rules, GString *out)
{
	for (guint i = 0; i < rules->list->len; i++) {
		const Rule *rule = &g_array_index(rules->list, Rule, i);

		g_string_append(out, rule->send ? "send" : "keep");
		for (guint k = 0; k < rule->conditions->len; k++)
			print_condition(&g_array_index(rule->conditions,
						       RuleCondition, k),
					out);
		g_string_append_c(out, '\n');
	}
}

void
rules_free(Rules *rules)
{
	if (rules == NULL)
		return;
	g_array_unref(rules->list);
	classes_free(rules->classes);
	g_free(rules);
}
