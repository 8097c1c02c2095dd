/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/district-fixture.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A server ends well whatever comes in at that moment. */

#define KNOCKERS  4
#define STOPS     20
#define MOMENT_US 5000

static GThread *stopper;

/* Stands before the C library's, for libmicrohttpd too: a moment in which its
 * other threads are sure to hear of a connection.  The C library
 * names its parameters otherwise. */
int
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
epoll_ctl(int set, int what, int socket, struct epoll_event *event)
{
	if (what == EPOLL_CTL_DEL && g_thread_self() == stopper)
		g_usleep(MOMENT_US);
	return (int)syscall(SYS_epoll_ctl, set, what, socket, event);
}

typedef struct {
	struct sockaddr_in at;
	gint knocks, stop; /* atomic */
} Door;

static void
open_door(const Server *server, Door *door)
{
	const char *port = strrchr(server_get_address(server), ':') + 1;

	*door = (Door){ .at = { .sin_family = AF_INET } };
	door->at.sin_port = htons((uint16_t)g_ascii_strtoull(port, NULL, 10));
	door->at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

static void *
knock_often(void *data)
{
	Door *door = data;

	while (!g_atomic_int_get(&door->stop)) {
		int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		(void)connect(line, (const struct sockaddr *)&door->at,
			      sizeof(door->at));
		close(line);
		g_atomic_int_inc(&door->knocks);
	}
	return NULL;
}

static void
stop_amid_knocks(DistrictFixture *f)
{
	GThread *threads[KNOCKERS];
	g_autoptr(GError) error = NULL;
	Server *server = server_start(f->service, "127.0.0.1:0", &error);
	Door door;

	g_assert_no_error(error);
	open_door(server, &door);
	for (int i = 0; i < KNOCKERS; i++)
		threads[i] = g_thread_new("knock", knock_often, &door);
	while (g_atomic_int_get(&door.knocks) < KNOCKERS)
		g_thread_yield();
	server_stop(server);
	g_atomic_int_set(&door.stop, 1);
	for (int i = 0; i < KNOCKERS; i++)
		g_thread_join(threads[i]);
}

static void
test_knocks(DistrictFixture *f, const void *data)
{
	stopper = g_thread_self();
	for (int i = 0; i < STOPS; i++)
		stop_amid_knocks(f);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/server-stop/amid-knocks", DistrictFixture, NULL,
		   setup_district, test_knocks, teardown_district);
	return g_test_run();
}
