/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/toy-postgres.h"

#include <string.h>
#include <glib.h>
#include <libpq-fe.h>
#include <unistd.h>

static void
tell_cluster(const char *cluster, const char *what, const char *name)
{
	g_autofree char *sql = g_strdup_printf("%s DATABASE %s", what, name);
	PGconn *conn = PQconnectdb(cluster);
	PGresult *answer = PQexec(conn, sql);

	if (PQresultStatus(answer) != PGRES_COMMAND_OK)
		g_error("%s: %s", sql, PQerrorMessage(conn));
	PQclear(answer);
	PQfinish(conn);
}

char *
toy_postgres_new(void)
{
	static unsigned made;
	const char *cluster = g_getenv("CAIRN_TEST_POSTGRES");
	g_autofree char *name = NULL;

	if (cluster == NULL)
		return NULL;
	name = g_strdup_printf("test_%d_%u", (int)getpid(), ++made);
	tell_cluster(cluster, "CREATE", name);
	return g_strdup_printf("%s&dbname=%s", cluster, name);
}

void
toy_postgres_drop(char *address)
{
	const char *name;

	if (address == NULL)
		return;
	name = strstr(address, "&dbname=") + strlen("&dbname=");
	tell_cluster(g_getenv("CAIRN_TEST_POSTGRES"), "DROP", name);
	g_free(address);
}
