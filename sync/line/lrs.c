/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "line"

#include "sync/line/lrs.h"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/json.h"

#define KEY_FILE_MAX 1024
#define ABOUT_MAX    (256 * 1024)

/* --- opening --- */

static void
forget_key(Lrs *lrs)
{
	if (lrs->password != NULL)
		sodium_memzero(lrs->password, strlen(lrs->password));
	g_clear_pointer(&lrs->user, g_free);
	g_clear_pointer(&lrs->password, g_free);
}

static bool
read_key(Lrs *lrs, const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = file_read_secret(path, KEY_FILE_MAX, error);
	char *text, *colon;
	bool ok;

	if (bytes == NULL) {
		g_prefix_error(error, "[%s] the key of its LRS: ", lrs->name);
		return false;
	}
	text = g_strndup(g_bytes_get_data(bytes, NULL),
			 g_bytes_get_size(bytes));
	g_strstrip(text);
	colon = strchr(text, ':');
	ok = colon != NULL && colon > text && strchr(text, '\n') == NULL;
	if (ok) {
		forget_key(lrs);
		lrs->user = g_strndup(text, (gsize)(colon - text));
		lrs->password = g_strdup(colon + 1);
	} else {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "[%s] %s holds no user:password", lrs->name, path);
	}
	sodium_memzero(text, strlen(text));
	g_free(text);
	return ok;
}

bool
lrs_open(Lrs *lrs, const char *name, const char *url, const char *key_file,
	 GError **error)
{
	const char *host = strstr(url, "://");
	const char *path = host != NULL ? strchr(host + 3, '/') : NULL;

	*lrs = (Lrs){ .name = name, .retry_after_s = -1 };
	lrs->origin = path != NULL ? g_strndup(url, (gsize)(path - url))
				   : g_strdup(url);
	lrs->prefix = g_strdup(path != NULL ? path : "");
	lrs->key_file = g_strdup(key_file);
	return read_key(lrs, key_file, error);
}

void
lrs_refresh_key(Lrs *lrs)
{
	g_autoptr(GError) error = NULL;

	if (!read_key(lrs, lrs->key_file, &error))
		g_message("%s; the key of before is used", error->message);
}

void
lrs_clear(Lrs *lrs)
{
	forget_key(lrs);
	g_free(lrs->origin);
	g_free(lrs->prefix);
	g_free(lrs->key_file);
	*lrs = (Lrs){ 0 };
}

char *
lrs_path(const Lrs *lrs, const char *resource)
{
	return g_strconcat(lrs->prefix, resource, NULL);
}

char *
lrs_path_of_more(const Lrs *lrs, const char *more, GError **error)
{
	size_t origin = strlen(lrs->origin);

	if (g_str_has_prefix(more, lrs->origin) && more[origin] == '/')
		return g_strdup(more + origin);
	if (more[0] == '/' && more[1] != '/')
		return g_strdup(more);
	if (strstr(more, "://") == NULL && more[0] != '/')
		return g_strconcat(lrs->prefix, "/", more, NULL);
	g_set_error(error, FAULT, FAULT_INVALID,
		    "[%s] the LRS says that more is at another address; our "
		    "key goes to nobody else",
		    lrs->name);
	return NULL;
}

/* --- what an answer's status means --- */

/* Whoever is no LRS (a sign-in page, a proxy) does not say a version; but
 * what is too large, a proxy may well say. */
static Fault
fault_of(const Answer *answer)
{
	int status = answer->status;

	if (status == 401 || status == 403 || status == 407)
		return FAULT_REFUSED;
	if (status == 413)
		return FAULT_INVALID;
	if (status == 429 || status >= 500 ||
	    answer->headers.version[0] == '\0')
		return FAULT_OFFLINE;
	if (status == 404)
		return FAULT_NOT_FOUND;
	return status == 400 || status == 409 || status == 412 || status == 422
		       ? FAULT_INVALID
		       : FAULT_REFUSED;
}

static const char *
advise(const Answer *answer)
{
	int status = answer->status;

	if (status == 401 || status == 403)
		return "the LRS does not take our key";
	if (status == 407)
		return "the proxy asks who we are";
	if (status == 413)
		return "too large for the LRS, or for a proxy before it";
	if (status == 429 || status >= 500)
		return "the LRS is busy or ill; it will be tried again";
	if (answer->headers.version[0] == '\0')
		return "this is not how an LRS answers: a network's sign-in "
		       "page, or a wrong address?";
	return "refused";
}

static bool
judge(Lrs *lrs, const Answer *answer, GError **error)
{
	lrs->retry_after_s = answer->retry_after_s;
	g_set_error(error, FAULT, fault_of(answer), "[%s] %d: %s", lrs->name,
		    answer->status, advise(answer));
	return false;
}

bool
lrs_ask(Lrs *lrs, Request *request, Answer *answer, GError **error)
{
	*answer = (Answer){ .retry_after_s = -1 };
	lrs->retry_after_s = -1;
	lrs->status = 0;
	request->user = lrs->user;
	request->password = lrs->password;
	request->now = lrs->now;
	if (lrs->version[0] != '\0')
		request->version = lrs->version;
	if (!lrs->transport.send(lrs->transport.self, request, answer, error))
		return false;
	lrs->status = answer->status;
	if (answer->body == NULL)
		answer->body = g_bytes_new(NULL, 0);
	return answer->status == 200 || answer->status == 204 ||
	       judge(lrs, answer, error);
}

/* --- versions --- */

/* "2.0" is 2.0.0; of 1.0.x any will do. */
static const char *
full_name(const char *said)
{
	static const struct {
		const char *begin, *name;
	} names[] = { { "1.0", "1.0.3" }, { "2.0", "2.0.0" } };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		size_t n = strlen(names[i].begin);

		if (strncmp(said, names[i].begin, n) == 0 &&
		    (said[n] == '\0' || said[n] == '.'))
			return names[i].name;
	}
	return NULL;
}

/* 1.0.3 before 2.0.0: every LRS understands it, and it asks for no more. */
static bool
choose(Lrs *lrs, const json_t *list, const char *wanted)
{
	const char *best = NULL;
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *text = json_string_value(one);
		const char *name = text != NULL ? full_name(text) : NULL;

		if (name == NULL || (!g_str_equal(wanted, "auto") &&
				     !g_str_equal(wanted, name)))
			continue;
		if (best == NULL || strcmp(name, best) < 0)
			best = name;
	}
	if (best != NULL)
		g_strlcpy(lrs->version, best, sizeof(lrs->version));
	return best != NULL;
}

static bool
ask_about(Lrs *lrs, const char *wanted, Answer *answer, GError **error)
{
	g_autofree char *path = lrs_path(lrs, "/about");
	g_autoptr(GError) cause = NULL;
	Request request = { .path = path, .answer_max = ABOUT_MAX };

	/* Some tell of a version only to who asks in it. */
	if (!g_str_equal(wanted, "auto"))
		request.version = wanted;
	if (lrs_ask(lrs, &request, answer, &cause))
		return true;
	if (g_error_matches(cause, FAULT, FAULT_INVALID))
		cause->code = FAULT_REFUSED;
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

bool
lrs_agree(Lrs *lrs, const char *wanted, GError **error)
{
	g_auto(Answer) answer = { 0 };
	g_autoptr(json_t) about = NULL;
	const json_t *versions;

	if (!ask_about(lrs, wanted, &answer, error))
		return false;
	about = json_read(g_bytes_get_data(answer.body, NULL),
			  g_bytes_get_size(answer.body), NULL);
	versions = about != NULL ? json_object_get(about, "version") : NULL;
	if (versions != NULL && choose(lrs, versions, wanted))
		return true;
	g_set_error(error, FAULT,
		    versions != NULL ? FAULT_REFUSED : FAULT_OFFLINE, "[%s] %s",
		    lrs->name,
		    versions != NULL ? "the LRS does not speak the wanted "
				       "version of xAPI"
				     : "no LRS says what it is at this "
				       "address; is it the one of its xAPI "
				       "resources?");
	return false;
}
