/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>
#include <gio/gio.h>

#include "app/cards/code.h"
#include "sync/district/handlers.h"
#include "sync/district/route.h"

#define HTML "text/html; charset=utf-8"

/* --- what is embedded in this program --- */

static const char *
page_type(const char *path)
{
	static const struct {
		const char *suffix, *type;
	} types[] = {
		{ ".html", HTML },
		{ ".css", "text/css; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".json", "application/json" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
		{ ".woff2", "font/woff2" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_str_has_suffix(path, types[i].suffix))
			return types[i].type;
	return NULL;
}

static GBytes *
find_page(const char *path)
{
	static const char *const roots[] = { "/cairn/review/",
					     "/cairn/district/" };

	for (size_t i = 0; i < G_N_ELEMENTS(roots); i++) {
		g_autofree char *full = g_strconcat(roots[i], path, NULL);
		GBytes *bytes =
			g_resources_lookup_data(full,
						G_RESOURCE_LOOKUP_FLAGS_NONE,
						NULL);

		if (bytes != NULL)
			return bytes;
	}
	return NULL;
}

void
handle_page(Exchange *exchange, Archive *archive)
{
	const char *path = exchange->argument[0] != '\0' ? exchange->argument
							 : "index.html";
	const char *type = page_type(path);
	g_autoptr(GBytes) bytes = type != NULL ? find_page(path) : NULL;
	char tag[ID_SHA256 + 1];

	if (bytes == NULL) {
		reply_problem(exchange, 404, "not-found", 0,
			      "there is nothing at this path");
		return;
	}
	id_sha256_bytes(bytes, tag);
	if (reply_not_modified(exchange, tag))
		return;
	reply_header(exchange, "Cache-Control", "no-cache");
	reply_bytes(exchange, 200, type, bytes);
}

/* --- what a card asks, for a family's phone --- */

static void
print_text(GString *out, const char *text)
{
	g_autofree char *escaped = g_markup_escape_text(text, -1);

	g_string_append(out, escaped);
}

static const char *
word(const Portrait *portrait, const char *language, const char *kind,
     const char *id, const char *suffix)
{
	g_autofree char *key = g_strconcat(kind, id, suffix, NULL);
	const char *text = portrait_word(portrait, language, key);

	return text != NULL ? text : "";
}

static void
print_language(GString *out, const Portrait *portrait,
	       const PortraitPrompt *prompt, const char *language)
{
	const PortraitStatement *statement = prompt->statement;

	g_string_append_printf(out, "<section lang=\"%s\" dir=\"auto\">\n<h2>",
			       language);
	print_text(out,
		   word(portrait, language, "prompt.", prompt->id, ".ask"));
	g_string_append(out, "</h2>\n<p>");
	print_text(out, word(portrait, language, "competency.",
			     statement->competency->id, ".name"));
	g_string_append(out, " · ");
	print_text(out,
		   word(portrait, language, "statement.", statement->id, ""));
	g_string_append(out, "</p>\n</section>\n");
}

/* The pack's own picture: checked to be shapes only when it was loaded. */
static void
print_icon(GString *out, const Portrait *portrait, const char *path)
{
	GBytes *icon = portrait_peek_file(portrait, path);
	const char *svg, *at;
	size_t size;

	if (icon == NULL)
		return;
	svg = g_bytes_get_data(icon, &size);
	at = g_strstr_len(svg, (gssize)size, "<svg");
	if (at == NULL)
		return;
	g_string_append(out, "<div class=\"icon\" aria-hidden=\"true\">");
	g_string_append_len(out, at, (gssize)(size - (size_t)(at - svg)));
	g_string_append(out, "</div>\n");
}

static GBytes *
print_card(const Portrait *portrait, const PortraitPrompt *prompt)
{
	const char *const *languages = portrait_get_languages(portrait);
	GString *out = g_string_new(NULL);

	g_string_append_printf(
		out,
		"<!doctype html>\n<html lang=\"%s\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" "
		"content=\"width=device-width, initial-scale=1\">\n"
		"<title>%s</title>\n"
		"<link rel=\"stylesheet\" href=\"/card.css\">\n"
		"</head>\n<body>\n<main>\n<h1>%s</h1>\n",
		languages[0], prompt->id, prompt->id);
	print_icon(out, portrait, prompt->icon);
	for (size_t i = 0; languages[i] != NULL; i++)
		print_language(out, portrait, prompt, languages[i]);
	g_string_append(out, "</main>\n</body>\n</html>\n");
	return g_string_free_to_bytes(out);
}

/* The path of a card is what its QR code says behind the host. */
static const PortraitPrompt *
find_card(const Portrait *portrait, const char *card)
{
	g_autofree char *upper = g_ascii_strup(card, -1);
	g_autofree char *text = g_strconcat("HTTPS://CAIRN/P/", upper, NULL);
	Code code = code_parse(text, strlen(text));

	return portrait != NULL && code.kind == CODE_PROMPT
		       ? portrait_find_prompt(portrait, code.prompt)
		       : NULL;
}

void
handle_card(Exchange *exchange, Archive *archive)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Pack) pack =
		service_get_pack(exchange->service, archive, &error);
	const PortraitPrompt *prompt;
	g_autoptr(GBytes) bytes = NULL;

	if (pack == NULL) {
		reply_error(exchange, error);
		return;
	}
	prompt = find_card(pack->portrait, exchange->argument);
	if (prompt == NULL) {
		reply_problem(exchange, 404, "not-found", 0,
			      "there is no such card");
		return;
	}
	bytes = print_card(pack->portrait, prompt);
	reply_header(exchange, "Cache-Control", "public, max-age=3600");
	reply_bytes(exchange, 200, HTML, bytes);
}
