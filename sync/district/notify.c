/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <glib.h>

static void
send_text(const char *text)
{
	const char *path = g_getenv("NOTIFY_SOCKET");
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t n = path != NULL ? strlen(path) : 0;
	int handle;

	if (n < 2 || n >= sizeof(at.sun_path))
		return;
	memcpy(at.sun_path, path, n);
	if (path[0] == '@') /* Linux's abstract names */
		at.sun_path[0] = '\0';
	handle = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (handle < 0)
		return;
	if (sendto(handle, text, strlen(text), MSG_NOSIGNAL,
		   (const struct sockaddr *)&at,
		   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
		g_debug("nobody heard %s", text);
	close(handle);
}

void
notify_ready(const char *status)
{
	g_autofree char *text = g_strdup_printf("READY=1\nSTATUS=%s", status);

	send_text(text);
}

void
notify_stopping(void)
{
	send_text("STOPPING=1");
}

void
notify_alive(void)
{
	send_text("WATCHDOG=1");
}

/* Three times in the time that systemd allows. */
int64_t
notify_alive_every_us(void)
{
	const char *text = g_getenv("WATCHDOG_USEC");
	guint64 us;

	if (text == NULL ||
	    !g_ascii_string_to_unsigned(text, 10, 1, INT64_MAX, &us, NULL))
		return 0;
	return (int64_t)us / 3;
}
