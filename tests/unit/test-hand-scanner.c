/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/uinput.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/scan/hand-scanner.h"
#include "app/scan/keys.h"

/* A hand scanner at a pseudo-terminal, at a pipe that brings the records of
 * evdev, and, where the kernel lets us make one, at an input device. */

#define BADGE   "112345678901234567817"
#define SCANS   10     /* a slow machine's keys may come too late for one */
#define WAIT_MS 120000 /* until a test gives up */

typedef struct {
	GPtrArray *found; /* owned texts */
	char *gone;       /* owned: why it failed */
	bool timed_out;
} Counter;

static void
on_found(const char *text, size_t size, void *data)
{
	Counter *counter = data;

	g_ptr_array_add(counter->found, g_strndup(text, size));
}

static void
on_failed(const GError *error, void *data)
{
	Counter *counter = data;

	g_assert_true(g_error_matches(error, FAULT, FAULT_NOT_FOUND));
	counter->gone = g_strdup(error->message);
}

static gboolean
on_timeout(void *data)
{
	Counter *counter = data;

	counter->timed_out = true;
	return G_SOURCE_CONTINUE;
}

/* Until so many codes came, or it failed. */
static void
wait_for(Counter *counter, guint codes)
{
	guint timer = g_timeout_add(WAIT_MS, on_timeout, counter);

	while (counter->found->len < codes && counter->gone == NULL &&
	       !counter->timed_out)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(timer);
	g_assert_false(counter->timed_out);
}

static void
assert_found(const Counter *counter, guint i, const char *text)
{
	g_assert_cmpuint(counter->found->len, >, i);
	g_assert_cmpstr(g_ptr_array_index(counter->found, i), ==, text);
}

static void
counter_clear(Counter *counter)
{
	g_ptr_array_unref(counter->found);
	g_free(counter->gone);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Counter, counter_clear)

#define COUNTER \
	{ \
		.found = g_ptr_array_new_with_free_func(g_free) \
	}

static HandScanner *
open_scanner(const char *kind, const char *path, Counter *counter)
{
	g_autofree char *source = g_strconcat(kind, path, NULL);
	g_autoptr(GError) error = NULL;
	HandScanner *scanner =
		hand_scanner_open(source, on_found, on_failed, counter, &error);

	g_assert_no_error(error);
	return scanner;
}

static void
send(int handle, const void *bytes, size_t size)
{
	g_assert_cmpint(write(handle, bytes, size), ==, (ssize_t)size);
}

/* --- serial --- */

/* The scanner's end; the kiosk opens the other one by its name. */
static int
open_line(void)
{
	int line = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	g_assert_cmpint(line, >=, 0);
	g_assert_cmpint(grantpt(line), ==, 0);
	g_assert_cmpint(unlockpt(line), ==, 0);
	return line;
}

static void
say(int line, const char *text)
{
	send(line, text, strlen(text));
}

static void
a_serial_line_brings_codes(void)
{
	g_auto(Counter) counter = COUNTER;
	int line = open_line();
	g_autoptr(HandScanner) scanner =
		open_scanner("serial:", ptsname(line), &counter);
	g_autofree char *longest = g_strnfill(KEYS_TEXT_MAX, '5');

	g_assert_nonnull(scanner);
	say(line, BADGE "\r\n");
	say(line, "HTTPS://CAIRN");
	say(line, ".EXAMPLE/P/C2T4-37\n\n\r");
	say(line, longest);
	say(line, "\r");
	wait_for(&counter, 3);
	say(line, longest);
	say(line, "5\r7\r"); /* one too long, and the next */
	wait_for(&counter, 4);
	assert_found(&counter, 0, BADGE);
	assert_found(&counter, 1, "HTTPS://CAIRN.EXAMPLE/P/C2T4-37");
	assert_found(&counter, 2, longest);
	assert_found(&counter, 3, "7");
	close(line);
}

static void
a_serial_line_changes_no_letter(void)
{
	static const char odd[] = "\x03\x04\x11\x13\x1a\x1c\x7f\xc3\xa9";
	g_auto(Counter) counter = COUNTER;
	int line = open_line();
	g_autoptr(HandScanner) scanner =
		open_scanner("serial:", ptsname(line), &counter);

	g_assert_nonnull(scanner);
	say(line, odd);
	say(line, "\n");
	wait_for(&counter, 1);
	assert_found(&counter, 0, odd);
	close(line);
}

static void
one_that_is_pulled_out_is_told(void)
{
	g_auto(Counter) counter = COUNTER;
	int line = open_line();
	g_autoptr(HandScanner) scanner =
		open_scanner("serial:", ptsname(line), &counter);

	g_assert_nonnull(scanner);
	close(line);
	wait_for(&counter, 1);
	g_assert_nonnull(counter.gone);
}

/* --- evdev --- */

/* As the kernel writes it: the key, then the end of a report. */
static void
press(int handle, uint16_t code, int32_t value, int64_t at_us)
{
	struct input_event events[2] = {
		{ .type = EV_KEY, .code = code, .value = value },
		{ .type = EV_SYN, .code = SYN_REPORT }
	};

	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		events[i].input_event_sec = at_us / G_USEC_PER_SEC;
		events[i].input_event_usec = at_us % G_USEC_PER_SEC;
	}
	send(handle, events, sizeof(events));
}

static uint16_t
digit_key(char digit)
{
	return (uint16_t)(digit == '0' ? KEY_0 : KEY_1 + (digit - '1'));
}

static void
scan(int handle, const char *digits)
{
	int64_t at_us = G_USEC_PER_SEC;

	for (; *digits != '\0'; digits++, at_us += 2000) {
		press(handle, digit_key(*digits), 1, at_us);
		press(handle, digit_key(*digits), 0, at_us + 1000);
	}
	press(handle, KEY_ENTER, 1, at_us);
	press(handle, KEY_ENTER, 0, at_us + 1000);
}

static void
records_of_keys_become_a_code(void)
{
	g_autofree char *folder = g_dir_make_tmp("cairn-keys-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "events", NULL);
	g_auto(Counter) counter = COUNTER;
	g_autoptr(HandScanner) scanner = NULL;
	int pipe;

	g_assert_cmpint(mkfifo(path, 0600), ==, 0);
	scanner = open_scanner("evdev:", path, &counter);
	pipe = open(path, O_WRONLY | O_CLOEXEC);
	scan(pipe, BADGE);
	wait_for(&counter, 1);
	scan(pipe, "42");
	wait_for(&counter, 2);
	assert_found(&counter, 0, BADGE);
	assert_found(&counter, 1, "42");
	close(pipe);
	wait_for(&counter, 3);
	g_assert_nonnull(counter.gone);
	g_remove(path);
	g_rmdir(folder);
}

/* --- an input device of our own --- */

static void
make_device(int uinput)
{
	struct uinput_setup setup = {
		.id = { .bustype = BUS_USB, .vendor = 0x1209, .product = 1 },
		.name = "Cairn test scanner"
	};

	g_assert_cmpint(ioctl(uinput, UI_SET_EVBIT, EV_KEY), ==, 0);
	for (int key = KEY_ESC; key <= KEY_KPDOT; key++)
		g_assert_cmpint(ioctl(uinput, UI_SET_KEYBIT, key), ==, 0);
	g_assert_cmpint(ioctl(uinput, UI_DEV_SETUP, &setup), ==, 0);
	g_assert_cmpint(ioctl(uinput, UI_DEV_CREATE), ==, 0);
}

/* The device's own folder names its event file. */
static char *
find_device(int uinput)
{
	char name[64] = "";
	g_autofree char *folder = NULL;
	g_autoptr(GDir) dir = NULL;
	const char *file;

	g_assert_cmpint(ioctl(uinput, UI_GET_SYSNAME(sizeof(name)), name), >=,
			0);
	folder = g_build_filename("/sys/devices/virtual/input", name, NULL);
	dir = g_dir_open(folder, 0, NULL);
	while (dir != NULL && (file = g_dir_read_name(dir)) != NULL)
		if (g_str_has_prefix(file, "event"))
			return g_build_filename("/dev/input", file, NULL);
	return NULL;
}

/* Here the kernel says when a key was pressed: one that comes late begins a
 * code anew. */
static void
scan_until_whole(int uinput, Counter *counter)
{
	guint n = 0;

	do {
		g_assert_cmpuint(n, <, SCANS);
		scan(uinput, BADGE);
		wait_for(counter, ++n);
	} while (!g_str_equal(g_ptr_array_index(counter->found, n - 1), BADGE));
}

static void
type_at_device(int uinput, Counter *counter)
{
	g_autofree char *path = find_device(uinput);
	g_autoptr(HandScanner) scanner = NULL;
	int other;

	if (path == NULL || g_access(path, R_OK) != 0) {
		g_test_skip("the device's event file is not in /dev/input");
		return;
	}
	scanner = open_scanner("evdev:", path, counter);
	other = open(path, O_RDONLY | O_CLOEXEC);
	g_assert_cmpint(ioctl(other, EVIOCGRAB, 1), ==, -1);
	g_assert_cmpint(errno, ==, EBUSY); /* it is ours alone */
	close(other);
	scan_until_whole(uinput, counter);
	ioctl(uinput, UI_DEV_DESTROY);
	wait_for(counter, G_MAXUINT);
	g_assert_nonnull(counter->gone);
}

static void
an_input_device_is_ours_alone(void)
{
	g_auto(Counter) counter = COUNTER;
	int uinput = open("/dev/uinput", O_WRONLY | O_CLOEXEC);

	if (uinput < 0) {
		g_autofree char *why = g_strdup_printf(
			"no input device can be made: /dev/uinput: %s",
			g_strerror(errno));

		g_test_skip(why);
		return;
	}
	make_device(uinput);
	type_at_device(uinput, &counter);
	close(uinput);
}

/* --- opening --- */

static void
what_is_no_scanner_is_refused(void)
{
	static const struct {
		const char *source;
		Fault fault;
	} cases[] = {
		{ "", FAULT_INVALID },
		{ "auto", FAULT_INVALID },
		{ "usb:/dev/null", FAULT_INVALID },
		{ "evdev:/dev/input/no-such-event", FAULT_NOT_FOUND },
		{ "serial:/dev/ttyNO", FAULT_NOT_FOUND },
		{ "evdev:/dev/null", FAULT_SYSTEM },
		{ "serial:/dev/null", FAULT_SYSTEM },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(hand_scanner_open(cases[i].source, on_found,
						on_failed, NULL, &error));
		g_assert_error(error, FAULT, (int)cases[i].fault);
	}
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hand-scanner/serial/brings-codes",
			a_serial_line_brings_codes);
	g_test_add_func("/hand-scanner/serial/changes-no-letter",
			a_serial_line_changes_no_letter);
	g_test_add_func("/hand-scanner/serial/pulled-out-is-told",
			one_that_is_pulled_out_is_told);
	g_test_add_func("/hand-scanner/evdev/records-become-a-code",
			records_of_keys_become_a_code);
	g_test_add_func("/hand-scanner/evdev/device-is-ours-alone",
			an_input_device_is_ours_alone);
	g_test_add_func("/hand-scanner/open/no-scanner-is-refused",
			what_is_no_scanner_is_refused);
	return g_test_run();
}
