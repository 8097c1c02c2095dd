/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ingest FOLDER [BATCHES]: records a second from an agent's HTTP requests to
 * the district's commit, against plain INSERTs of the same rows into the same
 * schema with the same commits, turn and turn about; with one agent, and with
 * eight.  Prints its own lines for tests/bench/run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <curl/curl.h>

#include "app/base/sql.h"
#include "sync/district/archive-kiosk.h"
#include "sync/district/server.h"
#include "sync/wire/statement.h"

#define BATCH      50
#define BATCHES    100 /* of each agent, in one round */
#define ROUNDS     5
#define AGENTS_MAX 8
#define BAR        0.3
#define LEARNERS   25
#define BASE       "https://district.example"
#define STARTED_US (INT64_C(1795000000) * G_USEC_PER_SEC)

/* What an agent sends, and the same as rows. */
typedef struct {
	char id[ID_UUID + 1], hash[ID_SHA256 + 1], learner[16];
	GBytes *body; /* owned */
} Row;

typedef struct {
	const char *address;
	int64_t number;
	GArray *rows;       /* owned: of one round */
	GPtrArray *batches; /* owned: GBytes of one round */
	char kiosk[ID_UUID + 1], secret[ID_TOKEN + 1];
	char previous[ID_SHA256 + 1];
} Agent;

static void
stop_on(const char *doing, const GError *error)
{
	fprintf(stderr, "ingest: %s: %s\n", doing,
		error != NULL ? error->message : "failed");
	exit(1);
}

/* --- what is sent --- */

static void
make_row(Agent *agent, Row *row)
{
	static Evidence e;
	ShownTime shown = { { STARTED_US + agent->number * G_USEC_PER_SEC },
			    0 };
	g_autoptr(GBytes) canonical = NULL;

	e = (Evidence){ .number = ++agent->number,
			.portrait = "7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f01",
			.portrait_version = "2026-11",
			.statement = "0f5d0b0e-0b7e-5c0a-9f5a-3a4f5f1f6a11",
			.prompt = "A2C3",
			.language = "en",
			.asked = "How did you take care of our room?",
			.scale = "help",
			.level = 3,
			.levels = 4,
			.at = { .boot = "0123456789abcdef0123456789abcdef",
				.wall = shown.wall,
				.trusted = true },
			.n_pieces = 1 };
	e.pieces[0].kind = PIECE_CHOICE;
	g_strlcpy(e.pieces[0].text, "tidied", sizeof(e.pieces[0].text));
	id_new_uuid(e.id);
	g_strlcpy(e.kiosk, agent->kiosk, sizeof(e.kiosk));
	g_strlcpy(e.previous, agent->previous, sizeof(e.previous));
	g_snprintf(e.learner, sizeof(e.learner), "learner-%d",
		   (int)(e.number % LEARNERS));
	canonical = evidence_format(&e);
	id_sha256_bytes(canonical, row->hash);
	g_strlcpy(agent->previous, row->hash, sizeof(agent->previous));
	g_strlcpy(row->id, e.id, sizeof(row->id));
	g_strlcpy(row->learner, e.learner, sizeof(row->learner));
	row->body = statement_format(&e, &shown, BASE);
}

static void
clear_row(void *row)
{
	g_bytes_unref(((Row *)row)->body);
}

static void
make_round(Agent *agent, int n_batches)
{
	g_array_set_size(agent->rows, 0);
	g_ptr_array_set_size(agent->batches, 0);
	for (int b = 0; b < n_batches; b++) {
		GString *text = g_string_new("[");

		for (int i = 0; i < BATCH; i++) {
			Row row;

			make_row(agent, &row);
			g_string_append(text, i > 0 ? "," : "");
			g_string_append_len(text,
					    g_bytes_get_data(row.body, NULL),
					    (gssize)g_bytes_get_size(row.body));
			g_array_append_val(agent->rows, row);
		}
		g_string_append_c(text, ']');
		g_ptr_array_add(agent->batches, g_string_free_to_bytes(text));
	}
}

/* --- by HTTP --- */

static size_t
ignore_body(void *bytes, size_t size, size_t n, void *data)
{
	return size * n;
}

static void *
send_round(void *data)
{
	Agent *agent = data;
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = NULL;
	g_autofree char *url =
		g_strconcat(agent->address, "/xapi/statements", NULL);
	g_autofree char *who =
		g_strconcat(agent->kiosk, ":", agent->secret, NULL);
	long status = 0;

	headers = curl_slist_append(headers, "Content-Type: application/json");
	headers = curl_slist_append(headers, "X-Experience-API-Version: 1.0.3");
	headers = curl_slist_append(headers, "Expect:");
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_USERPWD, who);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore_body);
	for (guint i = 0; i < agent->batches->len; i++) {
		GBytes *batch = agent->batches->pdata[i];

		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE,
				 (long)g_bytes_get_size(batch));
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
				 g_bytes_get_data(batch, NULL));
		if (curl_easy_perform(curl) != CURLE_OK)
			stop_on("sending", NULL);
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		if (status != 200)
			stop_on("the district's answer", NULL);
	}
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	return NULL;
}

static double
time_http(Agent *agents, int n)
{
	GThread *threads[AGENTS_MAX];
	int64_t began = g_get_monotonic_time();

	for (int i = 0; i < n; i++)
		threads[i] = g_thread_new("agent", send_round, &agents[i]);
	for (int i = 0; i < n; i++)
		g_thread_join(threads[i]);
	return (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
}

/* --- plainly --- */

typedef struct {
	sqlite3 *db;
	SqlStatement *statement, *entry, *usage, *hold;
} Plain;

static void
insert_row(Plain *plain, int64_t kiosk, int64_t number, const Row *row)
{
	GError *error = NULL;

	sql_bind_text(plain->statement, 1, row->id);
	sql_bind_int(plain->statement, 2, kiosk);
	sql_bind_int(plain->statement, 3, number);
	sql_bind_text(plain->statement, 4, row->hash);
	sql_bind_int(plain->statement, 5, STARTED_US);
	sql_bind_bytes(plain->statement, 6, row->body);
	if (!sql_done(plain->statement, "inserting", &error))
		stop_on("inserting", error);
	sqlite3_reset(plain->statement);
	sql_bind_int(plain->entry, 1, sqlite3_last_insert_rowid(plain->db));
	sql_bind_int(plain->entry, 2, kiosk);
	sql_bind_text(plain->entry, 3, row->learner);
	sql_bind_int(plain->entry, 4, STARTED_US);
	if (!sql_done(plain->entry, "inserting", &error))
		stop_on("inserting", error);
	sqlite3_reset(plain->entry);
}

static void
insert_batch(Plain *plain, int64_t kiosk, int64_t number, const Row *rows)
{
	GError *error = NULL;

	if (!sql_begin(plain->db, "beginning", &error))
		stop_on("beginning", error);
	for (int i = 0; i < BATCH; i++)
		insert_row(plain, kiosk, number + i, &rows[i]);
	sql_bind_int(plain->hold, 1, kiosk);
	sql_bind_int(plain->hold, 2, number + BATCH - 1);
	sql_bind_text(plain->hold, 3, rows[BATCH - 1].hash);
	if (!sql_done(plain->hold, "holding", &error) ||
	    !sql_end(plain->db, true, "committing", &error))
		stop_on("committing", error);
	sqlite3_reset(plain->hold);
}

/* A batch a commit, whosever it is: as the agents' requests are. */
static double
time_plain(Plain *plain, const Agent *agents, int n)
{
	int64_t began = g_get_monotonic_time();
	guint n_batches = agents[0].batches->len;

	for (guint b = 0; b < n_batches; b++)
		for (int i = 0; i < n; i++) {
			int64_t first = agents[i].number -
					(int64_t)agents[i].rows->len + 1;

			insert_batch(plain, i + 1, first + b * BATCH,
				     &g_array_index(agents[i].rows, Row,
						    b * BATCH));
		}
	return (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
}

static Plain
open_plain(const char *path)
{
	Plain plain = { 0 };
	GError *error = NULL;

	if (sqlite3_open_v2(path, &plain.db, SQLITE_OPEN_READWRITE, NULL) != 0)
		stop_on("opening", NULL);
	if (!sql_run(plain.db,
		     "PRAGMA synchronous = FULL;"
		     "PRAGMA wal_autocheckpoint = 4000;"
		     "PRAGMA foreign_keys = ON;",
		     "configuring", &error))
		stop_on("configuring", error);
	plain.statement = sql_prepare(
		plain.db,
		"INSERT INTO statement (id, kiosk, number, hash, stored_us,"
		" body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
		&error);
	plain.entry = sql_prepare(
		plain.db,
		"INSERT INTO entry (seq, kiosk, learner, badge, prompt,"
		" shown_us, state, review)"
		" VALUES (?1, ?2, ?3, '', 'A2C3', ?4, 1, NULL)",
		&error);
	plain.hold = sql_prepare(
		plain.db,
		"UPDATE kiosk SET held = ?2, held_hash = ?3 WHERE key = ?1",
		&error);
	if (plain.statement == NULL || plain.entry == NULL ||
	    plain.hold == NULL)
		stop_on("preparing", error);
	return plain;
}

static void
close_plain(Plain *plain)
{
	sqlite3_finalize(plain->statement);
	sqlite3_finalize(plain->entry);
	sqlite3_finalize(plain->hold);
	sqlite3_close(plain->db);
}

/* --- both --- */

/* The same kiosks in the same order in both archives. */
static void
enrol(Archive *archive, const Agent *agent)
{
	EnrolRequest request = { 0 };
	WallTime now = { STARTED_US };
	char hash[ID_SHA256 + 1];
	GError *error = NULL;

	id_new_digits(request.code, MESSAGE_CODE);
	g_strlcpy(request.kiosk, agent->kiosk, sizeof(request.kiosk));
	g_strlcpy(request.public_key, agent->kiosk, sizeof(request.public_key));
	id_sha256(agent->secret, ID_TOKEN, hash);
	if (!archive_add_code(archive, request.code, "bench", now, &error) ||
	    !archive_enrol(archive, &request, hash, now, &error))
		stop_on("enrolling", error);
}

static void
prepare(const char *path, const Agent *agents)
{
	GError *error = NULL;
	Archive *archive = archive_open(path, &error);

	if (archive == NULL)
		stop_on("opening", error);
	for (int i = 0; i < AGENTS_MAX; i++)
		enrol(archive, &agents[i]);
	archive_close(archive);
}

static void
setup_agent(Agent *agent, const char *address)
{
	*agent = (Agent){ .address = address };
	id_new_uuid(agent->kiosk);
	id_new_token(agent->secret);
	g_strlcpy(agent->previous, ID_NO_HASH, sizeof(agent->previous));
	agent->rows = g_array_new(FALSE, FALSE, sizeof(Row));
	g_array_set_clear_func(agent->rows, clear_row);
	agent->batches =
		g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static void
measure(Agent *agents, int n, Plain *plain, int n_batches)
{
	double http[ROUNDS], rows[ROUNDS];
	double records = (double)n * n_batches * BATCH;
	double ours, theirs;

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < n; i++)
			make_round(&agents[i], n_batches);
		http[round] = time_http(agents, n);
		rows[round] = time_plain(plain, agents, n);
	}
	qsort(http, ROUNDS, sizeof(double), compare);
	qsort(rows, ROUNDS, sizeof(double), compare);
	ours = records / http[ROUNDS / 2];
	theirs = records / rows[ROUNDS / 2];
	printf("%s to district: %.0f entries/s, ratio %.2f to plain INSERTs "
	       "(%.0f entries/s), bar %.1f: %s\n",
	       n == 1 ? "agent" : "8 agents", ours, ours / theirs, theirs, BAR,
	       ours / theirs >= BAR ? "met" : "short");
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : ".";
	int n_batches =
		argc > 2 ? (int)g_ascii_strtoll(argv[2], NULL, 10) : BATCHES;
	g_autofree char *data = g_build_filename(folder, "district", NULL);
	g_autofree char *ours = g_build_filename(data, "district.db", NULL);
	g_autofree char *theirs = g_build_filename(folder, "plain.db", NULL);
	g_autoptr(Settings) settings =
		settings_parse("", 0, district_settings, NULL);
	GError *error = NULL;
	Agent agents[AGENTS_MAX];
	Service *service = service_open(data, settings, clock_system(), &error);
	Server *server = service != NULL
				 ? server_start(service, "127.0.0.1:0", &error)
				 : NULL;
	Plain plain;

	if (server == NULL || n_batches < 1)
		stop_on("starting", error);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	for (int i = 0; i < AGENTS_MAX; i++)
		setup_agent(&agents[i], server_get_address(server));
	prepare(ours, agents);
	prepare(theirs, agents);
	plain = open_plain(theirs);
	measure(agents, 1, &plain, n_batches);
	measure(agents, AGENTS_MAX, &plain, MAX(n_batches / AGENTS_MAX, 1));
	close_plain(&plain);
	server_stop(server);
	service_close(service);
	return 0;
}
