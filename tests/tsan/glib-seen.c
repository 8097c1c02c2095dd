/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ThreadSanitizer sees no order that GLib keeps between threads: GLib is not
 * compiled with it, and its locks are no pthread's.  In the tsan flavour our
 * calls come through here (-Wl,--wrap), where what each promises is said.
 * Only what the district uses is here; a race reported across another of
 * GLib's calls wants its line added.
 */
#include <sanitizer/tsan_interface.h>
#include <stdint.h>
#include <glib.h>

#define REAL(name) __real_##name
#define WRAP(name) __wrap_##name

void REAL(g_mutex_lock)(GMutex *mutex);
void REAL(g_mutex_unlock)(GMutex *mutex);
void REAL(g_cond_wait)(GCond *cond, GMutex *mutex);
void REAL(g_async_queue_push)(GAsyncQueue *queue, void *data);
void *REAL(g_async_queue_try_pop)(GAsyncQueue *queue);
GThreadPool *REAL(g_thread_pool_new)(GFunc work, void *user, int threads,
				     gboolean exclusive, GError **error);
gboolean
	REAL(g_thread_pool_push)(GThreadPool *pool, void *data, GError **error);
void REAL(g_bytes_unref)(GBytes *bytes);

void WRAP(g_mutex_lock)(GMutex *mutex);
void WRAP(g_mutex_unlock)(GMutex *mutex);
void WRAP(g_cond_wait)(GCond *cond, GMutex *mutex);
void WRAP(g_async_queue_push)(GAsyncQueue *queue, void *data);
void *WRAP(g_async_queue_try_pop)(GAsyncQueue *queue);
GThreadPool *WRAP(g_thread_pool_new)(GFunc work, void *user, int threads,
				     gboolean exclusive, GError **error);
gboolean
	WRAP(g_thread_pool_push)(GThreadPool *pool, void *data, GError **error);
void WRAP(g_bytes_unref)(GBytes *bytes);

void
WRAP(g_mutex_lock)(GMutex *mutex)
{
	REAL(g_mutex_lock)(mutex);
	__tsan_acquire(mutex);
}

void
WRAP(g_mutex_unlock)(GMutex *mutex)
{
	__tsan_release(mutex);
	REAL(g_mutex_unlock)(mutex);
}

void
WRAP(g_cond_wait)(GCond *cond, GMutex *mutex)
{
	__tsan_release(mutex);
	REAL(g_cond_wait)(cond, mutex);
	__tsan_acquire(mutex);
}

void
WRAP(g_async_queue_push)(GAsyncQueue *queue, void *data)
{
	__tsan_release(data);
	REAL(g_async_queue_push)(queue, data);
}

void *
WRAP(g_async_queue_try_pop)(GAsyncQueue *queue)
{
	void *data = REAL(g_async_queue_try_pop)(queue);

	if (data != NULL)
		__tsan_acquire(data);
	return data;
}

/* --- a pool: its work is wrapped too --- */

typedef struct {
	GFunc work;
	void *user;
} Work;

static void
run_seen(void *data, void *user)
{
	const Work *work = user;

	__tsan_acquire(data);
	work->work(data, work->user);
}

GThreadPool *
WRAP(g_thread_pool_new)(GFunc work, void *user, int threads, gboolean exclusive,
			GError **error)
{
	Work *seen = g_new(Work, 1); /* as long as the process */

	*seen = (Work){ work, user };
	return REAL(g_thread_pool_new)(run_seen, seen, threads, exclusive,
				       error);
}

gboolean
WRAP(g_thread_pool_push)(GThreadPool *pool, void *data, GError **error)
{
	__tsan_release(data);
	return REAL(g_thread_pool_push)(pool, data, error);
}

/* Who drops the last reference comes after all others who had one. */
void
WRAP(g_bytes_unref)(GBytes *bytes)
{
	if (bytes != NULL)
		__tsan_release(bytes);
	if (bytes != NULL)
		__tsan_acquire(bytes);
	REAL(g_bytes_unref)(bytes);
}
