/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "scan"

#include "app/scan/hand-scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <linux/input.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/scan/keys.h"

#define SERIAL_SPEED B9600

struct HandScanner {
	int handle;
	bool serial;
	guint source; /* 0 once it has failed */
	ScanFound found;
	void (*failed)(const GError *error, void *data);
	void *data;

	Keys keys;                    /* evdev */
	char line[KEYS_TEXT_MAX + 1]; /* serial */
	size_t n;
};

/* --- reading --- */

static void
take_serial(HandScanner *scanner, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		bool ends = bytes[i] == '\r' || bytes[i] == '\n';

		if (!ends && scanner->n <= KEYS_TEXT_MAX)
			scanner->line[scanner->n++] = bytes[i];
		if (!ends)
			continue;
		if (scanner->n > 0 && scanner->n <= KEYS_TEXT_MAX)
			scanner->found(scanner->line, scanner->n,
				       scanner->data);
		scanner->n = 0;
	}
}

static void
take_events(HandScanner *scanner, const struct input_event *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t at_us =
			(int64_t)events[i].input_event_sec * G_USEC_PER_SEC +
			events[i].input_event_usec;

		if (events[i].type == EV_KEY &&
		    keys_press(&scanner->keys, events[i].code, events[i].value,
			       at_us))
			scanner->found(scanner->keys.text,
				       strlen(scanner->keys.text),
				       scanner->data);
	}
}

static gboolean
give_up(HandScanner *scanner, int saved_errno)
{
	g_autoptr(GError) error =
		g_error_new(FAULT, FAULT_NOT_FOUND,
			    "the hand scanner is gone (%s)",
			    saved_errno != 0 ? g_strerror(saved_errno)
					     : "pulled out");

	scanner->source = 0;
	if (scanner->failed != NULL)
		scanner->failed(error, scanner->data);
	return G_SOURCE_REMOVE;
}

static gboolean
on_readable(int handle, GIOCondition condition, void *data)
{
	HandScanner *scanner = data;
	struct input_event buffer[32];
	ssize_t n = read(handle, buffer, sizeof(buffer));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return G_SOURCE_CONTINUE;
	if (n <= 0)
		return give_up(scanner, n < 0 ? errno : 0);
	if (scanner->serial)
		take_serial(scanner, (const char *)buffer, (size_t)n);
	else
		take_events(scanner, buffer, (size_t)n / sizeof(buffer[0]));
	return G_SOURCE_CONTINUE;
}

/* --- opening --- */

static bool
fail(const char *path, const char *doing, GError **error)
{
	int saved = errno;

	g_set_error(error, FAULT,
		    saved == ENOENT || saved == ENODEV ? FAULT_NOT_FOUND
						       : FAULT_SYSTEM,
		    "%s %s: %s", doing, path, g_strerror(saved));
	return false;
}

/* Its keys must never reach the screen, and are told apart by a clock that
 * does not leap when the network tells the time. */
static bool
grab(int handle, const char *path, GError **error)
{
	int monotonic = CLOCK_MONOTONIC;
	struct stat about;

	if (fstat(handle, &about) != 0)
		return fail(path, "looking at", error);
	if (S_ISCHR(about.st_mode) &&
	    (ioctl(handle, EVIOCGRAB, 1) != 0 ||
	     ioctl(handle, EVIOCSCLOCKID, &monotonic) != 0))
		return fail(path, "grabbing", error);
	return true;
}

static bool
set_serial(int handle, const char *path, GError **error)
{
	struct termios line;

	if (tcgetattr(handle, &line) != 0)
		return fail(path, "setting up", error);
	cfmakeraw(&line);
	cfsetspeed(&line, SERIAL_SPEED);
	line.c_cflag |= CLOCAL | CREAD;
	if (tcsetattr(handle, TCSANOW, &line) != 0)
		return fail(path, "setting up", error);
	return true;
}

HandScanner *
hand_scanner_open(const char *source, ScanFound found,
		  void (*failed)(const GError *error, void *data), void *data,
		  GError **error)
{
	g_autoptr(HandScanner) scanner = g_new0(HandScanner, 1);
	const char *path = strchr(source, ':');

	scanner->handle = -1;
	scanner->serial = g_str_has_prefix(source, "serial:");
	if (!scanner->serial && !g_str_has_prefix(source, "evdev:")) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "\"%s\" must be evdev:PATH or serial:PATH", source);
		return NULL;
	}
	path++;
	scanner->handle =
		open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (scanner->handle < 0) {
		fail(path, "opening", error);
		return NULL;
	}
	if (scanner->serial ? !set_serial(scanner->handle, path, error)
			    : !grab(scanner->handle, path, error))
		return NULL;
	scanner->found = found;
	scanner->failed = failed;
	scanner->data = data;
	scanner->source =
		g_unix_fd_add(scanner->handle, G_IO_IN | G_IO_HUP | G_IO_ERR,
			      on_readable, scanner);
	return g_steal_pointer(&scanner);
}

void
hand_scanner_close(HandScanner *scanner)
{
	if (scanner == NULL)
		return;
	if (scanner->source != 0)
		g_source_remove(scanner->source);
	if (scanner->handle >= 0)
		close(scanner->handle);
	g_free(scanner);
}
