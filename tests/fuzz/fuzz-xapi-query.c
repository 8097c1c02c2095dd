/* SPDX-License-Identifier: Apache-2.0 */
/* The law: whatever a form says, and each resource makes of it in each
 * version, is refused or is what its type promises; and what is taken is
 * taken again when it is said in the form that it was read to. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/xapi/alternate.h"
#include "sync/xapi/language.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check_uuid(const char *id)
{
	g_assert_true(id[0] == '\0' || xapi_is_uuid(id, strlen(id)));
}

static void
check_iri(const char *iri)
{
	g_assert_true(iri == NULL || xapi_is_iri(iri, strlen(iri)));
}

static void
check_query(XapiRequest request, const XapiAlternate *form, XapiVersion version)
{
	g_auto(XapiQuery) query = { 0 };
	g_auto(XapiQuery) again = { 0 };
	g_autoptr(GError) error = NULL;
	XapiParameter agent;

	if (!xapi_query_read(request, form->parameters, form->n, version,
			     &query, &error)) {
		g_assert_true(error != NULL && error->domain == FAULT);
		g_assert_true(g_utf8_validate(error->message, -1, NULL));
		return;
	}
	check_uuid(query.statement_id);
	check_uuid(query.registration);
	check_iri(query.verb);
	check_iri(query.activity);
	g_assert_cmpint(query.limit, >=, 0);
	g_assert_true((query.agent == NULL) == (query.agent_json == NULL));
	if (query.agent == NULL)
		return;
	agent = (XapiParameter){ "agent", query.agent_json };
	g_assert_true(xapi_query_read(XAPI_STATEMENTS_GET, &agent, 1, version,
				      &again, NULL));
	g_assert_cmpstr(query.agent, ==, again.agent);
}

/* A value as if it were a header. */
static void
check_languages(const char *header)
{
	static const char text[] = "{\"en\":1,\"es-MX\":2,\"x-a\":3}";
	g_autoptr(Tape) map = tape_read(text, strlen(text), NULL);
	g_autoptr(XapiLanguages) languages = xapi_languages_read(header);

	g_assert_nonnull(xapi_languages_choose(languages, tape_root(map)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const XapiParameter method = { "method", "GET" };
	g_auto(XapiAlternate) form = { 0 };
	g_autoptr(GError) error = NULL;

	if (!xapi_alternate_read(&method, 1, (const char *)bytes, size, &form,
				 &error)) {
		g_assert_true(error != NULL && error->domain == FAULT);
		return 0;
	}
	for (size_t i = 0; i < form.n; i++)
		check_languages(form.parameters[i].value);
	for (int request = XAPI_STATEMENTS_GET; request <= XAPI_ABOUT_GET;
	     request++) {
		check_query((XapiRequest)request, &form, XAPI_1_0);
		check_query((XapiRequest)request, &form, XAPI_2_0);
	}
	return 0;
}
