/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/s3-line.h"

#include "app/base/fault.h"
#include "sync/district/s3-private.h"

#define RETRY_US_MAX  (INT64_C(10) * G_USEC_PER_SEC)
#define LOOK_MS       1000 /* at least so often */
#define KEEP_OPEN_MAX 8L   /* connections at rest */

static int64_t
now_us(void)
{
	return clock_read(clock_system()).since_boot_us;
}

void
s3_line_order(S3Line *line, S3Call *call)
{
	g_atomic_ref_count_inc(&call->references);
	g_mutex_lock(&line->lock);
	g_ptr_array_add(line->orders, call);
	g_mutex_unlock(&line->lock);
	curl_multi_wakeup(line->multi);
}

/* --- how it goes --- */

static void
count_request(S3Line *line, const S3Call *call)
{
	g_mutex_lock(&line->lock);
	line->state.requests++;
	line->state.retries += call->tried > 1;
	g_mutex_unlock(&line->lock);
}

static void
note_answer(S3Line *line, MediaTrouble trouble)
{
	ClockReading now = clock_read(clock_system());
	MediaState *state = &line->state;

	g_mutex_lock(&line->lock);
	state->is_known = true;
	state->now = trouble != MEDIA_DAMAGED ? trouble : MEDIA_WELL;
	state->answered_us = now.since_boot_us;
	if (trouble != MEDIA_WELL) {
		state->failures[trouble]++;
		state->failed[trouble] = now.wall;
	}
	g_mutex_unlock(&line->lock);
}

/* --- one call; all on the thread --- */

static void
let_go(S3Line *line, S3Call *call)
{
	if (call->curl != NULL)
		curl_multi_remove_handle(line->multi, call->curl);
	s3_request_end(call);
}

/* Nobody here looks at it again. */
static void
finish(S3Line *line, S3Call *call, GError *error)
{
	let_go(line, call);
	s3_call_done(call, error);
	g_ptr_array_remove_fast(line->calls, call); /* and a reference */
}

static void
begin(S3Line *line, S3Call *call)
{
	call->due_us = 0;
	if (s3_request_begin(call) &&
	    curl_multi_add_handle(line->multi, call->curl) == CURLM_OK) {
		count_request(line, call);
		return;
	}
	if (call->cause == NULL)
		g_set_error(&call->cause, FAULT, FAULT_SYSTEM,
			    "curl does not take a request");
	finish(line, call, g_steal_pointer(&call->cause));
}

/* Twice as long each time, and never all at once. */
static int64_t
pause_of(const S3Call *call)
{
	const S3Config *config = &call->line->config;
	int64_t pause = (config->retry_ms * 1000) << MIN(call->tried - 1, 10);

	pause = MIN(pause, RETRY_US_MAX);
	pause = pause / 2 + g_random_int_range(0, (gint32)(pause / 2 + 1));
	if (call->headers.retry_after_s > 0)
		pause = MAX(pause,
			    MIN(call->headers.retry_after_s * G_USEC_PER_SEC,
				RETRY_US_MAX));
	return pause;
}

static bool
may_try_again(const S3Line *line, const S3Call *call, int64_t due_us)
{
	const S3Config *config = &line->config;

	return call->tried <= config->retries &&
	       due_us - call->begun_us <= config->patience_s * G_USEC_PER_SEC;
}

static void
judge(S3Line *line, S3Call *call, CURLcode code)
{
	GError *error = NULL;
	int64_t due_us;
	bool again;

	if (s3_request_judge(call, code, &again, &error)) {
		note_answer(line, MEDIA_WELL);
		finish(line, call, NULL);
		return;
	}
	note_answer(line, s3_request_trouble(call, code, error));
	due_us = now_us() + pause_of(call);
	if (!again || !may_try_again(line, call, due_us)) {
		finish(line, call, error);
		return;
	}
	g_debug("again: %s", error->message);
	g_error_free(error);
	let_go(line, call);
	call->due_us = due_us;
}

/* --- orders --- */

static void
obey(S3Line *line, S3Call *call)
{
	bool cancelled, wanted, done;

	g_mutex_lock(&call->lock);
	cancelled = call->cancelled;
	wanted = call->wanted;
	done = call->done;
	call->wanted = false;
	g_mutex_unlock(&call->lock);
	if (done)
		return;
	if (call->tried == 0 && !cancelled) {
		g_atomic_ref_count_inc(&call->references);
		g_ptr_array_add(line->calls, call);
		begin(line, call);
	} else if (cancelled && call->tried > 0) {
		finish(line, call, NULL);
	} else if (wanted && call->curl != NULL) {
		curl_easy_pause(call->curl, CURLPAUSE_CONT);
	}
}

static void
abandon(S3Line *line, S3Call *call)
{
	GError *error = g_error_new(FAULT, FAULT_OFFLINE, "stopping");

	if (call->tried == 0) {
		g_mutex_lock(&call->lock);
		if (call->done) {
			g_mutex_unlock(&call->lock);
			g_error_free(error);
			return;
		}
		g_mutex_unlock(&call->lock);
		s3_call_done(call, error);
		return;
	}
	finish(line, call, error);
}

/* False when it is time to stop. */
static bool
take_orders(S3Line *line)
{
	g_autoptr(GPtrArray) orders = NULL;
	bool stop, abandoned;

	g_mutex_lock(&line->lock);
	orders = line->orders;
	line->orders = g_ptr_array_new_with_free_func(s3_call_unref);
	stop = line->stop;
	abandoned = line->abandoned;
	g_mutex_unlock(&line->lock);
	for (guint i = 0; i < orders->len; i++)
		if (!abandoned)
			obey(line, orders->pdata[i]);
		else if (((S3Call *)orders->pdata[i])->tried == 0)
			abandon(line, orders->pdata[i]);
	while (abandoned && line->calls->len > 0)
		abandon(line, line->calls->pdata[0]);
	return !stop;
}

/* Those whose pause is over. */
static void
begin_due(S3Line *line)
{
	int64_t now = now_us();

	for (guint i = line->calls->len; i > 0; i--) {
		S3Call *call = line->calls->pdata[i - 1];

		if (call->due_us != 0 && call->due_us <= now)
			begin(line, call);
	}
}

/* How long until the next one's is. */
static int
next_due_ms(const S3Line *line)
{
	int64_t now = now_us(), next = LOOK_MS * 1000;

	for (guint i = 0; i < line->calls->len; i++) {
		const S3Call *call = line->calls->pdata[i];

		if (call->due_us != 0)
			next = MIN(next, MAX(call->due_us - now, 0));
	}
	return (int)(next / 1000) + 1;
}

static void
judge_all(S3Line *line)
{
	const CURLMsg *said;
	int left;

	while ((said = curl_multi_info_read(line->multi, &left)) != NULL) {
		void *call = NULL;

		if (said->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(said->easy_handle, CURLINFO_PRIVATE, &call);
		judge(line, call, said->data.result);
	}
}

static void *
run(void *data)
{
	S3Line *line = data;

	while (take_orders(line)) {
		int running;

		begin_due(line);
		curl_multi_perform(line->multi, &running);
		judge_all(line);
		curl_multi_poll(line->multi, NULL, 0, next_due_ms(line), NULL);
	}
	return NULL;
}

/* --- outside --- */

static void *
start_curl(void *data)
{
	return GINT_TO_POINTER(curl_global_init(CURL_GLOBAL_DEFAULT) ==
			       CURLE_OK);
}

S3Line *
s3_line_new(S3Config *config, GError **error)
{
	static GOnce started = G_ONCE_INIT;
	g_autoptr(S3Line) line = g_new0(S3Line, 1);

	line->config = *config;
	*config = (S3Config){ 0 };
	g_mutex_init(&line->lock);
	line->calls = g_ptr_array_new_with_free_func(s3_call_unref);
	line->orders = g_ptr_array_new_with_free_func(s3_call_unref);
	if (g_once(&started, start_curl, NULL) != NULL)
		line->multi = curl_multi_init();
	if (line->multi == NULL) {
		g_set_error(error, FAULT, FAULT_SYSTEM, "curl does not start");
		return NULL;
	}
	curl_multi_setopt(line->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
			  (long)line->config.connections);
	curl_multi_setopt(line->multi, CURLMOPT_MAXCONNECTS, KEEP_OPEN_MAX);
	line->thread = g_thread_new("media", run, line);
	return g_steal_pointer(&line);
}

const S3Config *
s3_line_get_config(const S3Line *line)
{
	return &line->config;
}

void
s3_line_get_state(S3Line *line, MediaState *out)
{
	g_mutex_lock(&line->lock);
	*out = line->state;
	g_mutex_unlock(&line->lock);
}

static void
set_end(S3Line *line, bool stop)
{
	g_mutex_lock(&line->lock);
	line->abandoned = true;
	line->stop = stop;
	g_mutex_unlock(&line->lock);
	curl_multi_wakeup(line->multi);
}

void
s3_line_abandon(S3Line *line)
{
	set_end(line, false);
}

void
s3_line_free(S3Line *line)
{
	if (line == NULL)
		return;

	if (line->thread != NULL) {
		set_end(line, true);
		g_thread_join(line->thread);
	}
	g_ptr_array_unref(line->calls);
	g_ptr_array_unref(line->orders);
	if (line->multi != NULL)
		curl_multi_cleanup(line->multi);
	g_mutex_clear(&line->lock);
	s3_config_clear(&line->config);
	g_free(line);
}
