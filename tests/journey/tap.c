/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A finger for tests: finds what is on the screen by its accessible name,
 * and taps its middle with the X server's own pointer.
 *
 *     tap list                 role, x, y, width, height, name; a line each,
 *                              whatever breaks a name has
 *     tap wait NAME [MS]       until it is there
 *     tap press NAME [MS]      the same, then taps it
 *     tap draw NAME [MS]       the same, then draws a zigzag over it
 *     tap down NAME [MS]       the same, then lays a finger on it
 *     tap up                   lifts it again
 *     tap key NAME             a key, "Escape"; or with Control, "Ctrl+h"
 *
 * Exit status 1: it did not appear.
 */
#include <X11/Xlib.h>
#include <X11/keysym.h>
#include <X11/extensions/XTest.h>
/* at-spi's own headers declare f() where they mean f(void). */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <atspi/atspi.h>
#pragma GCC diagnostic pop
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS   60000
#define LOOK_MS   50
#define ANSWER_MS 30000 /* that a busy kiosk may need to tell of itself */
#define DEPTH_MAX 40

typedef struct {
	const char *wanted; /* NULL: list everything */
	AtspiRect found;
	bool is_found;
} Search;

const char *__asan_default_options(void);

/* at-spi's client loses a text now and then, and its stacks do not name it. */
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

static bool
is_showing(AtspiAccessible *thing)
{
	AtspiStateSet *states = atspi_accessible_get_state_set(thing);
	bool showing = atspi_state_set_contains(states, ATSPI_STATE_VISIBLE) &&
		       atspi_state_set_contains(states, ATSPI_STATE_SENSITIVE);

	g_object_unref(states);
	return showing;
}

static bool
get_area(AtspiAccessible *thing, AtspiRect *out)
{
	AtspiComponent *component = atspi_accessible_get_component_iface(thing);
	AtspiRect *area;

	if (component == NULL)
		return false;
	area = atspi_component_get_extents(component, ATSPI_COORD_TYPE_WINDOW,
					   NULL);
	g_object_unref(component);
	if (area == NULL)
		return false;
	*out = *area;
	g_free(area);
	return out->width > 0 && out->height > 0;
}

static void
look_at(Search *search, AtspiAccessible *thing)
{
	g_autofree char *name = atspi_accessible_get_name(thing, NULL);
	g_autofree char *role = atspi_accessible_get_role_name(thing, NULL);
	AtspiRect area;

	if (!is_showing(thing) || !get_area(thing, &area))
		return;
	if (search->wanted == NULL) {
		if (name != NULL)
			g_strdelimit(name, "\n\t", ' ');
		printf("%s\t%d\t%d\t%d\t%d\t%s\n", role, area.x, area.y,
		       area.width, area.height, name != NULL ? name : "");
		return;
	}
	if (g_strcmp0(name, search->wanted) != 0 || search->is_found)
		return;
	search->found = area;
	search->is_found = true;
}

static void
walk(Search *search, AtspiAccessible *thing, int depth)
{
	int n = atspi_accessible_get_child_count(thing, NULL);

	look_at(search, thing);
	for (int i = 0; i < n && depth < DEPTH_MAX; i++) {
		AtspiAccessible *child =
			atspi_accessible_get_child_at_index(thing, i, NULL);

		if (child != NULL)
			walk(search, child, depth + 1);
		g_clear_object(&child);
	}
}

static void
look(Search *search)
{
	AtspiAccessible *desktop = atspi_get_desktop(0);
	int n = atspi_accessible_get_child_count(desktop, NULL);

	for (int i = 0; i < n; i++) {
		AtspiAccessible *app =
			atspi_accessible_get_child_at_index(desktop, i, NULL);

		if (app == NULL)
			continue;
		atspi_accessible_clear_cache(app);
		walk(search, app, 0);
		g_object_unref(app);
	}
}

static bool
wait_for(Search *search, int timeout_ms)
{
	for (int waited = 0; waited <= timeout_ms; waited += LOOK_MS) {
		look(search);
		if (search->is_found)
			return true;
		usleep(LOOK_MS * 1000);
	}
	return false;
}

static void
move(Display *display, double x, double y)
{
	XTestFakeMotionEvent(display, -1, (int)x, (int)y, CurrentTime);
	XSync(display, False);
}

static void
press(Display *display, const AtspiRect *at)
{
	move(display, at->x + at->width / 2.0, at->y + at->height / 2.0);
	XTestFakeButtonEvent(display, 1, True, CurrentTime);
	XSync(display, False);
	usleep(30000); /* as long as a quick finger */
	XTestFakeButtonEvent(display, 1, False, CurrentTime);
	XSync(display, False);
}

static void
draw(Display *display, const AtspiRect *at)
{
	move(display, at->x + at->width * 0.1, at->y + at->height * 0.2);
	XTestFakeButtonEvent(display, 1, True, CurrentTime);
	for (int i = 1; i <= 40; i++) {
		move(display, at->x + at->width * (0.1 + 0.02 * i),
		     at->y + at->height * (i % 8 < 4 ? 0.2 + 0.15 * (i % 4)
						     : 0.8 - 0.15 * (i % 4)));
		usleep(8000);
	}
	XTestFakeButtonEvent(display, 1, False, CurrentTime);
	XSync(display, False);
}

static void
down(Display *display, const AtspiRect *at)
{
	move(display, at->x + at->width / 2.0, at->y + at->height / 2.0);
	XTestFakeButtonEvent(display, 1, True, CurrentTime);
	XSync(display, False);
}

static void
up(Display *display)
{
	XTestFakeButtonEvent(display, 1, False, CurrentTime);
	XSync(display, False);
}

static void
strike(Display *display, KeySym key)
{
	KeyCode code = XKeysymToKeycode(display, key);

	XTestFakeKeyEvent(display, code, True, CurrentTime);
	XTestFakeKeyEvent(display, code, False, CurrentTime);
}

static void
type(Display *display, const char *name)
{
	const bool control = strncmp(name, "Ctrl+", 5) == 0;
	KeyCode held = XKeysymToKeycode(display, XK_Control_L);

	if (control)
		XTestFakeKeyEvent(display, held, True, CurrentTime);
	strike(display, XStringToKeysym(name + (control ? 5 : 0)));
	if (control)
		XTestFakeKeyEvent(display, held, False, CurrentTime);
	XSync(display, False);
}

/* What needs nothing to be found first. */
static bool
act_at_once(Display *display, const char *what, Search *search)
{
	if (strcmp(what, "list") == 0)
		look(search);
	else if (strcmp(what, "up") == 0)
		up(display);
	else if (strcmp(what, "key") == 0 && search->wanted != NULL)
		type(display, search->wanted);
	else
		return false;
	return true;
}

static int
act(Display *display, const char *what, Search *search, int timeout_ms)
{
	if (act_at_once(display, what, search))
		return 0;
	if (!wait_for(search, timeout_ms)) {
		fprintf(stderr, "tap: \"%s\" is not on the screen\n",
			search->wanted);
		return 1;
	}
	if (strcmp(what, "press") == 0)
		press(display, &search->found);
	else if (strcmp(what, "draw") == 0)
		draw(display, &search->found);
	else if (strcmp(what, "down") == 0)
		down(display, &search->found);
	return 0;
}

int
main(int argc, char *argv[])
{
	Search search = { .wanted = argc > 2 ? argv[2] : NULL };
	int timeout_ms =
		argc > 3 ? (int)g_ascii_strtoll(argv[3], NULL, 10) : WAIT_MS;
	Display *display = XOpenDisplay(NULL);
	int code;

	if (argc < 2 || display == NULL || atspi_init() > 1) {
		fprintf(stderr,
			"tap: list | wait NAME | press NAME | draw "
			"NAME | down NAME | up | key NAME, with a DISPLAY and a session bus\n");
		return 2;
	}
	/* By itself it takes what comes late for nothing at all. */
	atspi_set_timeout(ANSWER_MS, ANSWER_MS);
	code = act(display, argv[1], &search, timeout_ms);
	XCloseDisplay(display);
	return code;
}
