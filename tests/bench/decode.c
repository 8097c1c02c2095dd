/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode [COUNT]: from a 640×480 frame that leaves the camera to the code
 * that the kiosk hears, through the kiosk's own pipeline, against GStreamer's
 * decoder alone, turn and turn about.  The frames are cards as they are
 * printed, held up clean and with a dark classroom's noise.  Prints a line a
 * frame: the microseconds of both.
 */
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cards/code.h"
#include "app/cards/sheet.h"
#include "app/scan/camera.h"
#include "app/scan/held-picture.h"

#define WIDTH           640
#define HEIGHT          480
#define PIXELS          (WIDTH * HEIGHT)
#define COUNT_OTHERWISE 200
#define WARM_UP         10
#define FRAME_NS        (200 * GST_MSECOND) /* none is dropped as too many */
#define WAIT_NS         (5 * GST_SECOND)
#define NOISE           48 /* of a byte's 256 */

#define SOURCE(format) \
	"appsrc name=in is-live=true format=time" \
	" caps=video/x-raw,width=640,height=480,framerate=5/1,format=" format

typedef struct {
	GstElement *pipeline; /* owned */
	GstAppSrc *in;        /* owned */
	GstBus *bus;          /* owned */
	GstClockTime at;
} Path;

typedef struct {
	GBytes *rgba, *i420; /* owned */
} Frame;

static void
stop_on(const char *doing, const GError *error)
{
	fprintf(stderr, "decode: %s: %s\n", doing,
		error != NULL ? error->message : "failed");
	exit(1);
}

/* --- frames --- */

static GBytes *
with_noise(GBytes *rgba)
{
	guint8 *pixels = g_memdup2(g_bytes_get_data(rgba, NULL), PIXELS * 4);
	g_autoptr(GRand) noise = g_rand_new_with_seed(1);

	for (size_t i = 0; i < PIXELS * 4; i++)
		pixels[i] =
			(guint8)CLAMP(pixels[i] / 2 +
					      g_rand_int_range(noise, 0, NOISE),
				      0, 255);
	return g_bytes_new_take(pixels, PIXELS * 4);
}

/* What the decoder looks at is brightness alone. */
static GBytes *
to_i420(GBytes *rgba)
{
	const guint8 *from = g_bytes_get_data(rgba, NULL);
	guint8 *planes = g_malloc(PIXELS * 3 / 2);

	for (size_t i = 0; i < PIXELS; i++)
		planes[i] = (guint8)((from[4 * i] + 2 * from[4 * i + 1] +
				      from[4 * i + 2]) /
				     4);
	memset(planes + PIXELS, 128, PIXELS / 2);
	return g_bytes_new_take(planes, PIXELS * 3 / 2);
}

static GBytes *
hold_up(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) png = sheet_picture(text, NULL, "Cairn", &error);
	GBytes *rgba = png != NULL
			       ? held_picture_decode(png, WIDTH, HEIGHT, &error)
			       : NULL;

	if (rgba == NULL)
		stop_on("drawing a card", error);
	return rgba;
}

static void
make_frames(Frame frames[static 4])
{
	g_autofree char *prompt = code_format_prompt("CAIRN.EXAMPLE", "A2C3");
	char badge[CODE_BADGE_DIGITS + 1];

	code_new_badge(badge);
	frames[0].rgba = hold_up(badge);
	frames[1].rgba = hold_up(prompt);
	frames[2].rgba = with_noise(frames[0].rgba);
	frames[3].rgba = with_noise(frames[1].rgba);
	for (int i = 0; i < 4; i++)
		frames[i].i420 = to_i420(frames[i].rgba);
}

/* --- paths --- */

static Path
open_path(const char *description)
{
	g_autoptr(GError) error = NULL;
	GstElement *pipeline = gst_parse_launch(description, &error);
	Path path = { .pipeline = pipeline };

	if (pipeline == NULL || error != NULL)
		stop_on("building", error);
	path.in = GST_APP_SRC(gst_bin_get_by_name(GST_BIN(pipeline), "in"));
	path.bus = gst_element_get_bus(pipeline);
	if (gst_element_set_state(pipeline, GST_STATE_PLAYING) ==
	    GST_STATE_CHANGE_FAILURE)
		stop_on("starting", NULL);
	return path;
}

static bool
is_code(GstMessage *message)
{
	return gst_structure_has_name(gst_message_get_structure(message),
				      "barcode");
}

static void
wait_for_code(Path *path)
{
	for (bool found = false; !found;) {
		GstMessage *message =
			gst_bus_timed_pop_filtered(path->bus, WAIT_NS,
						   GST_MESSAGE_ELEMENT |
							   GST_MESSAGE_ERROR);

		if (message == NULL ||
		    GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
			stop_on("waiting for a code", NULL);
		found = is_code(message);
		gst_message_unref(message);
	}
}

static int64_t
time_frame(Path *path, GBytes *frame)
{
	GstBuffer *buffer = gst_buffer_new_wrapped_bytes(frame);
	int64_t began = g_get_monotonic_time();

	GST_BUFFER_PTS(buffer) = path->at;
	path->at += FRAME_NS;
	gst_app_src_push_buffer(path->in, buffer);
	wait_for_code(path);
	return g_get_monotonic_time() - began;
}

static void
close_path(Path *path)
{
	gst_element_set_state(path->pipeline, GST_STATE_NULL);
	gst_object_unref(path->bus);
	gst_object_unref(path->in);
	gst_object_unref(path->pipeline);
}

int
main(int argc, char *argv[])
{
	const int count =
		argc > 1 ? (int)strtol(argv[1], NULL, 10) : COUNT_OTHERWISE;
	g_autofree char *whole =
		g_strconcat(SOURCE("RGBA"), camera_after_source, NULL);
	Frame frames[4];
	Path kiosk, alone;

	gst_init(NULL, NULL);
	make_frames(frames);
	kiosk = open_path(whole);
	alone = open_path(SOURCE("I420") " ! zxing format=qr_code"
					 " ! fakesink sync=false async=false");
	for (int i = 0; i < count + WARM_UP; i++) {
		const Frame *frame = &frames[i % 4];
		int64_t ours = time_frame(&kiosk, frame->rgba);
		int64_t theirs = time_frame(&alone, frame->i420);

		if (i >= WARM_UP)
			printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
			       ours, theirs);
	}
	close_path(&kiosk);
	close_path(&alone);
	for (int i = 0; i < 4; i++) {
		g_bytes_unref(frames[i].rgba);
		g_bytes_unref(frames[i].i420);
	}
	return 0;
}
