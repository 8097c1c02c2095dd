/* SPDX-License-Identifier: Apache-2.0 */
#include <cairo.h>
#include <glib/gstdio.h>
#include <qrencode.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/fault.h"
#include "app/scan/camera.h"
#include "app/scan/scan.h"
#include "tests/unit/start-gst.h"

#define WAIT_MS             120000 /* until a test gives up */
#define HOLD_MS             120000 /* longer than any test looks */
#define FRAMES_ON_THEIR_WAY 50
#define TRIES               10

typedef struct {
	GMainLoop *loop;
	GPtrArray *found; /* owned texts */
	guint frames, wanted_codes, wanted_frames;
	int64_t looked_us, blink_us; /* the last time; the longest in between */
	bool timed_out;
	bool saw_nothing;
} Eye;

static void
look_whether_done(Eye *eye)
{
	if (eye->found->len >= eye->wanted_codes &&
	    eye->frames >= eye->wanted_frames)
		g_main_loop_quit(eye->loop);
}

static void
on_found(const char *text, size_t size, void *data)
{
	Eye *eye = data;

	g_ptr_array_add(eye->found, g_strndup(text, size));
	look_whether_done(eye);
}

static void
on_looked(const CameraFrame *frame, void *data)
{
	Eye *eye = data;
	int64_t now_us = clock_measure();

	if (eye->frames > 0)
		eye->blink_us = MAX(eye->blink_us, now_us - eye->looked_us);
	eye->looked_us = now_us;
	g_assert_cmpuint(g_bytes_get_size(frame->bytes), ==,
			 (gsize)frame->width * (gsize)frame->height * 4);
	eye->saw_nothing = frame->nothing;
	eye->frames++;
	look_whether_done(eye);
}

static gboolean
on_timeout(void *data)
{
	Eye *eye = data;

	eye->timed_out = true;
	g_main_loop_quit(eye->loop);
	return G_SOURCE_CONTINUE;
}

/* Runs until as much as wanted came, or fails. */
static void
look(Eye *eye)
{
	guint timer = g_timeout_add(WAIT_MS, on_timeout, eye);

	g_main_loop_run(eye->loop);
	g_source_remove(timer);
	g_assert_false(eye->timed_out);
}

/* What was on its way when the picture changed is passed over. */
static void
look_until(Eye *eye, bool nothing)
{
	for (int i = 0; i < FRAMES_ON_THEIR_WAY; i++) {
		look(eye);
		if (eye->saw_nothing == nothing)
			return;
	}
	g_assert_cmpint(eye->saw_nothing, ==, nothing);
}

static cairo_status_t
append(void *closure, const unsigned char *bytes, unsigned size)
{
	g_byte_array_append(closure, bytes, size);
	return CAIRO_STATUS_SUCCESS;
}

static void
paint_modules(cairo_t *cr, const QRcode *code)
{
	cairo_set_source_rgb(cr, 0, 0, 0);
	for (int y = 0; y < code->width; y++)
		for (int x = 0; x < code->width; x++)
			if (code->data[y * code->width + x] & 1)
				cairo_rectangle(cr, x, y, 1, 1);
	cairo_fill(cr);
}

/* A card as it is held up: white, turned, module points wide. */
static GBytes *
card(const char *text, double module, double turn)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_Q);
	cairo_surface_t *sheet =
		cairo_image_surface_create(CAIRO_FORMAT_RGB24, 640, 480);
	cairo_t *cr = cairo_create(sheet);
	GByteArray *png = g_byte_array_new();

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_translate(cr, 320, 240);
	cairo_rotate(cr, turn);
	cairo_scale(cr, module, module);
	cairo_translate(cr, -code->width / 2.0, -code->width / 2.0);
	paint_modules(cr, code);
	cairo_destroy(cr);
	cairo_surface_write_to_png_stream(sheet, append, png);
	cairo_surface_destroy(sheet);
	QRcode_free(code);
	return g_byte_array_free_to_bytes(png);
}

static Eye *
eye_new(guint codes, guint frames)
{
	Eye *eye = g_new0(Eye, 1);

	eye->loop = g_main_loop_new(NULL, FALSE);
	eye->found = g_ptr_array_new_with_free_func(g_free);
	eye->wanted_codes = codes;
	eye->wanted_frames = frames;
	return eye;
}

static void
eye_free(Eye *eye)
{
	g_main_loop_unref(eye->loop);
	g_ptr_array_unref(eye->found);
	g_free(eye);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Eye, eye_free)

static Camera *
open_camera(const char *source, Eye *eye)
{
	const CameraEvents events = { .found = on_found,
				      .looked = on_looked,
				      .data = eye };
	g_autoptr(GError) error = NULL;
	Camera *camera = camera_open(source, &events, &error);

	g_assert_no_error(error);
	return camera;
}

/* True if nothing was out of sight for long: on a machine that let this
 * process stand, a card may be read again. */
static bool
looks_at_a_card(double module, double turn)
{
	static const char text[] = "112345678901234567817";
	g_autoptr(Eye) eye = eye_new(1, 20);
	g_autoptr(Camera) camera = open_camera("hand", eye);
	g_autoptr(GBytes) picture = card(text, module, turn);

	g_assert_true(camera_hold(camera, picture, HOLD_MS, NULL));
	look(eye);
	g_assert_cmpstr(g_ptr_array_index(eye->found, 0), ==, text);
	if (eye->blink_us > SCAN_REPEAT_MS * 1000 / 2)
		return false;
	g_assert_cmpuint(eye->found->len, ==, 1);
	return true;
}

static void
a_card_held_up_is_read_once(void)
{
	static const struct {
		double module, turn;
	} ways[] = { { 12, 0 }, { 5, 0.5 }, { 8, 3.1 }, { 6, -1.2 } };

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		int tries = TRIES;

		while (!looks_at_a_card(ways[i].module, ways[i].turn))
			g_assert_cmpint(--tries, >, 0);
	}
}

static void
one_card_after_another(void)
{
	g_autoptr(Eye) eye = eye_new(1, 0);
	g_autoptr(Camera) camera = open_camera("hand", eye);
	g_autoptr(GBytes) first = card("112345678901234567817", 10, 0);
	g_autoptr(GBytes) second =
		card("HTTPS://CAIRN.EXAMPLE/P/C2T4-37", 9, 0.2);

	g_assert_true(camera_hold(camera, first, HOLD_MS, NULL));
	look(eye);
	eye->wanted_codes = 2;
	g_assert_true(camera_hold(camera, second, HOLD_MS, NULL));
	look(eye);
	g_assert_cmpstr(g_ptr_array_index(eye->found, 1), ==,
			"HTTPS://CAIRN.EXAMPLE/P/C2T4-37");
}

static void
pictures_of_a_folder_are_seen(void)
{
	g_autofree char *folder = g_dir_make_tmp("cairn-camera-XXXXXX", NULL);
	g_autofree char *source = g_strconcat("pictures:", folder, NULL);
	g_autofree char *file = g_build_filename(folder, "a.png", NULL);
	g_autoptr(Eye) eye = eye_new(1, 0);
	g_autoptr(GBytes) picture = card("anything at all", 10, 0);
	g_autoptr(Camera) camera = open_camera(source, eye);

	g_assert_nonnull(camera);

	g_assert_true(g_file_set_contents(file, g_bytes_get_data(picture, NULL),
					  (gssize)g_bytes_get_size(picture),
					  NULL));
	look(eye);
	g_assert_cmpstr(g_ptr_array_index(eye->found, 0), ==,
			"anything at all");
	g_remove(file);
	g_rmdir(folder);
}

static void
while_not_scanning_nothing_is_found(void)
{
	g_autoptr(Eye) eye = eye_new(0, 25);
	g_autoptr(Camera) camera = open_camera("hand", eye);
	g_autoptr(GBytes) picture = card("112345678901234567817", 10, 0);

	camera_set_scanning(camera, false);
	g_assert_true(camera_hold(camera, picture, HOLD_MS, NULL));
	look(eye);
	g_assert_cmpuint(eye->found->len, ==, 0);
	camera_set_scanning(camera, true);
	eye->wanted_codes = 1;
	look(eye);
}

/* A screen shows something better than an empty lens. */
static void
an_empty_lens_is_told_from_a_full_one(void)
{
	g_autoptr(Eye) eye = eye_new(0, 1);
	g_autoptr(Camera) camera = open_camera("hand", eye);
	g_autoptr(GBytes) picture = card("112345678901234567817", 10, 0);

	look_until(eye, true);
	g_assert_true(camera_hold(camera, picture, HOLD_MS, NULL));
	look_until(eye, false);
	g_assert_true(camera_hold(camera, NULL, 0, NULL));
	look_until(eye, true);
}

static void
words_that_name_no_camera_are_refused(void)
{
	const CameraEvents events = { 0 };
	g_autoptr(GError) error = NULL;

	g_assert_null(
		camera_open("v4l2:/dev/video0 ! fakesink", &events, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	start_gst();
	g_test_add_func("/camera/hand/card-is-read-once",
			a_card_held_up_is_read_once);
	g_test_add_func("/camera/hand/empty-lens-is-told",
			an_empty_lens_is_told_from_a_full_one);
	g_test_add_func("/camera/hand/one-after-another",
			one_card_after_another);
	g_test_add_func("/camera/pictures/of-a-folder-are-seen",
			pictures_of_a_folder_are_seen);
	g_test_add_func("/camera/scanning/off-finds-nothing",
			while_not_scanning_nothing_is_found);
	g_test_add_func("/camera/open/no-such-words",
			words_that_name_no_camera_are_refused);
	return g_test_run();
}
