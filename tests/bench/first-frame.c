/* SPDX-License-Identifier: Apache-2.0 */
/*
 * first-frame RUNS COMMAND COMMAND: starts two programs turn and turn about
 * on the same X display.  Prints a line a turn, for each of the two:
 * milliseconds from fork to its whole first frame, and kilobytes (PSS) of all
 * its processes once it rests.
 *
 * Which pixels make a whole frame is learned beforehand from a run of each:
 * points of a grid that differ from the empty screen and do not move.  So
 * both are judged alike, from outside, whatever draws them.
 */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <dirent.h>
#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define EMPTY      0xff00fful /* no picture of ours has this */
#define STEP       20         /* between points of the grid */
#define TOLERANCE  8          /* of a colour's 255 */
#define POINTS_MAX 4096
#define POINTS_MIN 40
#define LEARN_US   (6 * G_USEC_PER_SEC)
#define REST_US    (2 * G_USEC_PER_SEC)
#define WAIT_US    (30 * G_USEC_PER_SEC)
#define POLL_US    1000
#define PIDS_MAX   4096

typedef struct {
	int x, y;
	unsigned long colour;
} Point;

typedef struct {
	const char *command;
	Point points[POINTS_MAX];
	int n_points;
} Racer;

static Display *display;

static void end_all(void);

static void
die(const char *what)
{
	fprintf(stderr, "first-frame: %s\n", what);
	end_all();
	exit(1);
}

/* --- processes: all that descend from us, orphans too --- */

typedef struct {
	pid_t pid, parent;
} Process;

static int
list_processes(Process *out)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	int n = 0;

	if (proc == NULL)
		return 0;
	while ((entry = readdir(proc)) != NULL && n < PIDS_MAX) {
		g_autofree char *path =
			g_build_filename("/proc", entry->d_name, "stat", NULL);
		g_autofree char *text = NULL;
		const char *rest;

		if (!g_ascii_isdigit(entry->d_name[0]) ||
		    !g_file_get_contents(path, &text, NULL, NULL))
			continue;
		rest = strrchr(text, ')');
		if (rest == NULL || strlen(rest) < 5)
			continue;
		out[n].pid = (pid_t)strtol(entry->d_name, NULL, 10);
		out[n++].parent = (pid_t)strtol(rest + 4, NULL, 10);
	}
	closedir(proc);
	return n;
}

static bool
descends(const Process *all, int n, pid_t pid)
{
	for (int i = 0; i < n; i++)
		if (all[i].pid == pid)
			return all[i].parent == getpid() ||
			       descends(all, n, all[i].parent);
	return false;
}

static int64_t
pss_kib(pid_t pid)
{
	g_autofree char *path =
		g_strdup_printf("/proc/%d/smaps_rollup", (int)pid);
	g_autofree char *text = NULL;
	const char *line;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	line = strstr(text, "\nPss:");
	return line == NULL ? 0 : strtol(line + 5, NULL, 10);
}

static int64_t
descendants_kib(void)
{
	static Process all[PIDS_MAX];
	int n = list_processes(all);
	int64_t sum = 0;

	for (int i = 0; i < n; i++)
		if (descends(all, n, all[i].pid))
			sum += pss_kib(all[i].pid);
	return sum;
}

static void
signal_descendants(int number)
{
	static Process all[PIDS_MAX];
	int n = list_processes(all);

	for (int i = 0; i < n; i++)
		if (descends(all, n, all[i].pid))
			kill(all[i].pid, number);
}

static void
end_all(void)
{
	signal_descendants(SIGTERM);
	for (int tries = 0; tries < 300; tries++) {
		pid_t ended = waitpid(-1, NULL, WNOHANG);

		if (ended < 0)
			return;
		if (ended > 0)
			continue;
		if (tries > 200)
			signal_descendants(SIGKILL);
		g_usleep(10000);
	}
}

/* Told to stop: what was started goes first.  Nothing here is in a state that
 * this could break; it only ends. */
static void
on_stop(int number)
{
	end_all();
	_exit(1);
}

static void
start(const char *command)
{
	pid_t pid = fork();

	if (pid != 0)
		return;
	if (freopen("/dev/null", "w", stdout) == NULL ||
	    freopen("/dev/null", "w", stderr) == NULL)
		_exit(126);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* --- pixels --- */

static unsigned long
pixel_at(int x, int y)
{
	XImage *image = XGetImage(display, DefaultRootWindow(display), x, y, 1,
				  1, AllPlanes, ZPixmap);
	unsigned long colour = XGetPixel(image, 0, 0) & 0xffffff;

	XDestroyImage(image);
	return colour;
}

static bool
alike(unsigned long a, unsigned long b)
{
	for (int shift = 0; shift < 24; shift += 8)
		if (abs((int)(a >> shift & 255) - (int)(b >> shift & 255)) >
		    TOLERANCE)
			return false;
	return true;
}

static void
empty_screen(void)
{
	XSetWindowBackground(display, DefaultRootWindow(display), EMPTY);
	XClearWindow(display, DefaultRootWindow(display));
	XSync(display, False);
}

static void
keep_resting(Racer *racer)
{
	int kept = 0;

	for (int i = 0; i < racer->n_points; i++) {
		Point *p = &racer->points[i];

		if (pixel_at(p->x, p->y) == p->colour)
			racer->points[kept++] = *p;
	}
	racer->n_points = kept;
}

static void
learn(Racer *racer)
{
	const int width = DisplayWidth(display, DefaultScreen(display));
	const int height = DisplayHeight(display, DefaultScreen(display));

	empty_screen();
	start(racer->command);
	g_usleep(LEARN_US);
	for (int y = STEP / 2; y < height; y += STEP)
		for (int x = STEP / 2; x < width; x += STEP) {
			unsigned long colour = pixel_at(x, y);

			if (!alike(colour, EMPTY) &&
			    racer->n_points < POINTS_MAX)
				racer->points[racer->n_points++] =
					(Point){ x, y, colour };
		}
	for (int i = 0; i < 5; i++) {
		g_usleep(REST_US / 5);
		keep_resting(racer);
	}
	end_all();
	if (racer->n_points < POINTS_MIN)
		die("a program showed nothing, or nothing that rests");
}

static void
wait_for_frame(const Racer *racer)
{
	int64_t until = g_get_monotonic_time() + WAIT_US;
	int i = 0;

	while (i < racer->n_points) {
		const Point *p = &racer->points[i];

		if (alike(pixel_at(p->x, p->y), p->colour)) {
			i++;
			continue;
		}
		if (g_get_monotonic_time() > until)
			die("a program did not show its first frame");
		g_usleep(POLL_US);
	}
}

static void
race(const Racer *racer, bool last)
{
	int64_t began, ms;

	empty_screen();
	began = g_get_monotonic_time();
	start(racer->command);
	wait_for_frame(racer);
	ms = (g_get_monotonic_time() - began) / 1000;
	g_usleep(REST_US);
	printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "%s", ms,
	       descendants_kib(), last ? "\n" : " ");
	fflush(stdout); /* or the next child prints it, too */
	end_all();
}

int
main(int argc, char *argv[])
{
	static Racer racers[2];
	const int runs = argc == 4 ? (int)strtol(argv[1], NULL, 10) : 0;

	display = XOpenDisplay(NULL);
	if (runs < 1 || display == NULL)
		die("say RUNS COMMAND COMMAND, and set DISPLAY");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGTERM, on_stop);
	for (int i = 0; i < 2; i++) {
		racers[i].command = argv[2 + i];
		learn(&racers[i]);
	}
	for (int run = 0; run < runs; run++)
		for (int i = 0; i < 2; i++)
			race(&racers[i], i == 1);
	XCloseDisplay(display);
	return 0;
}
