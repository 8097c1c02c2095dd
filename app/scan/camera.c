/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "scan"

#include "app/scan/camera.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/scan/held-picture.h"

/*
 * One pipeline for every source:
 *
 *     source → 640×480 → tee → RGBA → preview, by a timer of the main loop
 *                          └→ valve → I420 → zxing → messages on the bus
 *
 * zxing takes no GRAY8, and reports a code in every frame that shows it.
 */
#define CAMERA_WIDTH     640
#define CAMERA_HEIGHT    480
#define PREVIEW_MS       66 /* 15 frames a second */
#define IDLE_FRAME_MS    500
#define PICTURES_LOOK_MS 250
#define VIDEO_FOLDER     "/dev"
/* No end waits for a first frame: behind a shut valve none would come, and
 * the preview would wait with it. */
#define AT_ONCE " sync=false async=false"

#define AS_TEXT_(x) #x
#define AS_TEXT(x)  AS_TEXT_(x)
#define SIZE_CAPS \
	",width=" AS_TEXT(CAMERA_WIDTH) ",height=" AS_TEXT(CAMERA_HEIGHT)

const char camera_after_source[] =
	" ! videoconvert ! videoscale add-borders=true"
	" ! video/x-raw" SIZE_CAPS ",pixel-aspect-ratio=1/1 ! tee name=tee"
	" tee. ! queue leaky=downstream max-size-buffers=1"
	" ! videorate drop-only=true max-rate=15"
	" ! videoconvert ! video/x-raw,format=RGBA"
	" ! appsink name=preview max-buffers=1 drop=true" AT_ONCE
	" tee. ! valve name=valve"
	" ! queue leaky=downstream max-size-buffers=1"
	" ! videorate drop-only=true max-rate=8"
	" ! videoconvert ! video/x-raw,format=I420"
	" ! zxing format=qr_code ! fakesink" AT_ONCE;

struct Camera {
	CameraEvents events;
	GstElement *pipeline; /* owned */
	GstAppSink *preview;  /* owned */
	GstAppSrc *hand;      /* owned; NULL with a real camera */
	GstElement *valve;    /* owned */
	GBytes *frame;        /* owned: the newest, RGBA */

	char *folder; /* owned: of pictures; NULL otherwise */
	GBytes *held; /* owned: what is before the lens; NULL: nothing */
	char *newest; /* owned: the picture file that is held */

	char last[256]; /* the code in sight */

	guint bus_watch, sight_timer, preview_timer, feed_timer, look_timer,
		hold_timer;
	bool failed;
};

/* --- what the decoder says --- */

static gboolean
on_out_of_sight(void *data)
{
	Camera *camera = data;

	camera->sight_timer = 0;
	camera->last[0] = '\0';
	return G_SOURCE_REMOVE;
}

/* zxing tells of a code in every frame: it is news only when it was out of
 * sight before. */
static void
take_code(Camera *camera, const char *text)
{
	bool same = g_str_equal(text, camera->last);

	if (camera->sight_timer != 0)
		g_source_remove(camera->sight_timer);
	camera->sight_timer =
		g_timeout_add(SCAN_REPEAT_MS, on_out_of_sight, camera);
	g_strlcpy(camera->last, text, sizeof(camera->last));
	if (!same && camera->events.found != NULL)
		camera->events.found(text, strlen(text), camera->events.data);
}

static void
take_failure(Camera *camera, GstMessage *message)
{
	g_autoptr(GError) cause = NULL;
	g_autoptr(GError) error = NULL;

	gst_message_parse_error(message, &cause, NULL);
	error = g_error_new(FAULT, FAULT_NOT_FOUND, "the camera stopped: %s",
			    cause->message);
	if (!camera->failed && camera->events.failed != NULL)
		camera->events.failed(error, camera->events.data);
	camera->failed = true;
}

static gboolean
on_message(GstBus *bus, GstMessage *message, void *data)
{
	const GstStructure *what = gst_message_get_structure(message);
	const char *text;

	if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
		take_failure(data, message);
		return G_SOURCE_CONTINUE;
	}
	if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ELEMENT ||
	    !gst_structure_has_name(what, "barcode"))
		return G_SOURCE_CONTINUE;
	text = gst_structure_get_string(what, "symbol");
	if (text != NULL)
		take_code(data, text);
	return G_SOURCE_CONTINUE;
}

/* --- preview --- */

static GBytes *
copy_frame(GstSample *sample)
{
	GstBuffer *buffer = gst_sample_get_buffer(sample);
	GstMapInfo map;
	GBytes *bytes;

	if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
		return NULL;
	bytes = g_bytes_new(map.data, map.size);
	gst_buffer_unmap(buffer, &map);
	return bytes;
}

static bool
is_empty(const Camera *camera)
{
	return camera->hand != NULL && camera->held == NULL;
}

static gboolean
on_preview(void *data)
{
	Camera *camera = data;
	GstSample *sample = gst_app_sink_try_pull_sample(camera->preview, 0);
	GBytes *bytes;

	if (sample == NULL)
		return G_SOURCE_CONTINUE;
	bytes = copy_frame(sample);
	gst_sample_unref(sample);
	if (bytes == NULL)
		return G_SOURCE_CONTINUE;
	g_clear_pointer(&camera->frame, g_bytes_unref);
	camera->frame = bytes;
	if (camera->events.looked != NULL) {
		CameraFrame frame = { CAMERA_WIDTH, CAMERA_HEIGHT, bytes,
				      is_empty(camera) };

		camera->events.looked(&frame, camera->events.data);
	}
	return G_SOURCE_CONTINUE;
}

bool
camera_peek_frame(Camera *camera, CameraFrame *out, GError **error)
{
	if (camera->frame == NULL) {
		g_set_error(error, FAULT, FAULT_BUSY,
			    "the camera has seen nothing yet");
		return false;
	}
	*out = (CameraFrame){ CAMERA_WIDTH, CAMERA_HEIGHT,
			      g_bytes_ref(camera->frame), is_empty(camera) };
	return true;
}

/* --- pictures before the lens --- */

static gboolean
on_feed(void *data)
{
	Camera *camera = data;
	g_autoptr(GBytes) nothing = NULL;
	GBytes *picture = camera->held;

	if (picture == NULL)
		picture = nothing =
			held_picture_nothing(CAMERA_WIDTH, CAMERA_HEIGHT);
	gst_app_src_push_buffer(camera->hand,
				gst_buffer_new_wrapped_bytes(picture));
	return G_SOURCE_CONTINUE;
}

/* Fast while something is held, seldom while not. */
static void
set_feed(Camera *camera)
{
	if (camera->feed_timer != 0)
		g_source_remove(camera->feed_timer);
	camera->feed_timer =
		g_timeout_add(camera->held != NULL ? PREVIEW_MS : IDLE_FRAME_MS,
			      on_feed, camera);
	on_feed(camera);
}

static gboolean
on_hold_over(void *data)
{
	Camera *camera = data;

	camera->hold_timer = 0;
	g_clear_pointer(&camera->held, g_bytes_unref);
	set_feed(camera);
	return G_SOURCE_REMOVE;
}

static bool
hold(Camera *camera, GBytes *picture, GError **error)
{
	GBytes *rgba = held_picture_decode(picture, CAMERA_WIDTH, CAMERA_HEIGHT,
					   error);

	if (rgba == NULL)
		return false;
	g_clear_pointer(&camera->held, g_bytes_unref);
	camera->held = rgba;
	set_feed(camera);
	return true;
}

bool
camera_hold(Camera *camera, GBytes *picture, unsigned hold_ms, GError **error)
{
	if (camera->hand == NULL) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "a real camera is looking; nothing can be held up");
		return false;
	}
	if (picture != NULL && !hold(camera, picture, error))
		return false;
	if (camera->hold_timer != 0)
		g_source_remove(camera->hold_timer);
	if (picture == NULL)
		on_hold_over(camera);
	else
		camera->hold_timer =
			g_timeout_add(hold_ms, on_hold_over, camera);
	return true;
}

static gboolean
on_look(void *data)
{
	Camera *camera = data;
	g_autofree char *newest = held_picture_newest(camera->folder);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) picture = NULL;

	if (g_strcmp0(newest, camera->newest) == 0)
		return G_SOURCE_CONTINUE;
	if (newest == NULL) {
		g_clear_pointer(&camera->newest, g_free);
		g_clear_pointer(&camera->held, g_bytes_unref);
		set_feed(camera);
		return G_SOURCE_CONTINUE;
	}
	picture = held_picture_read(newest, &error);
	if (picture == NULL || !hold(camera, picture, &error)) {
		g_message("%s (half-written? looking again)", error->message);
		return G_SOURCE_CONTINUE;
	}
	g_free(camera->newest);
	camera->newest = g_steal_pointer(&newest);
	return G_SOURCE_CONTINUE;
}

/* --- opening --- */

static char *
first_video_device(void)
{
	for (int i = 0; i < 16; i++) {
		char path[32];

		g_snprintf(path, sizeof(path), VIDEO_FOLDER "/video%d", i);
		if (g_file_test(path, G_FILE_TEST_EXISTS))
			return g_strdup_printf("v4l2src device=%s", path);
	}
	return NULL;
}

static bool
has_element(const char *name)
{
	g_autoptr(GstElementFactory) factory = gst_element_factory_find(name);

	return factory != NULL;
}

/* The beginning of the pipeline; NULL and an error if there is none. */
static char *
describe_source(const char *source, GError **error)
{
	char *found = NULL;

	if (g_str_equal(source, "hand") ||
	    g_str_has_prefix(source, "pictures:"))
		return g_strdup(
			"appsrc name=hand is-live=true do-timestamp=true"
			" format=time max-buffers=2 leaky-type=downstream"
			" caps=video/x-raw,format=RGBA" SIZE_CAPS
			",framerate=15/1");
	if (g_str_equal(source, "libcamera"))
		return g_strdup("libcamerasrc");
	if (g_str_has_prefix(source, "v4l2:/dev/") &&
	    strchr(source, ' ') == NULL && strchr(source, '!') == NULL)
		return g_strdup_printf("v4l2src device=%s",
				       source + strlen("v4l2:"));
	if (!g_str_equal(source, "auto")) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "camera \"%s\" must be auto, libcamera, "
			    "v4l2:/dev/…, pictures:FOLDER or hand",
			    source);
		return NULL;
	}
	found = first_video_device();
	if (found == NULL)
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "no camera is plugged in");
	return found;
}

static bool
build(Camera *camera, const char *source, GError **error)
{
	g_autofree char *start = describe_source(source, error);
	g_autofree char *description = NULL;
	g_autoptr(GError) cause = NULL;

	if (start == NULL)
		return false;
	if (!has_element("zxing")) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "GStreamer has no zxing element; install "
			    "gstreamer1.0-plugins-bad");
		return false;
	}
	description = g_strconcat(start, camera_after_source, NULL);
	camera->pipeline = gst_parse_launch(description, &cause);
	if (camera->pipeline == NULL || cause != NULL) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND, "camera %s: %s",
			    source, cause->message);
		return false;
	}
	return true;
}

static void
find_parts(Camera *camera)
{
	GstBin *bin = GST_BIN(camera->pipeline);
	GstElement *preview = gst_bin_get_by_name(bin, "preview");
	GstElement *hand = gst_bin_get_by_name(bin, "hand");
	GstBus *bus = gst_element_get_bus(camera->pipeline);

	camera->preview = GST_APP_SINK(preview);
	camera->hand = hand != NULL ? GST_APP_SRC(hand) : NULL;
	camera->valve = gst_bin_get_by_name(bin, "valve");
	camera->bus_watch = gst_bus_add_watch(bus, on_message, camera);
	gst_object_unref(bus);
}

Camera *
camera_open(const char *source, const CameraEvents *events, GError **error)
{
	g_autoptr(Camera) camera = g_new0(Camera, 1);

	camera->events = *events;
	if (!build(camera, source, error))
		return NULL;
	find_parts(camera);
	if (gst_element_set_state(camera->pipeline, GST_STATE_PLAYING) ==
	    GST_STATE_CHANGE_FAILURE) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "camera %s does not start", source);
		return NULL;
	}
	if (g_str_has_prefix(source, "pictures:")) {
		camera->folder = g_strdup(source + strlen("pictures:"));
		camera->look_timer =
			g_timeout_add(PICTURES_LOOK_MS, on_look, camera);
	}
	if (camera->hand != NULL)
		set_feed(camera);
	camera->preview_timer = g_timeout_add(PREVIEW_MS, on_preview, camera);
	return g_steal_pointer(&camera);
}

void
camera_set_scanning(Camera *camera, bool on)
{
	g_object_set(camera->valve, "drop", !on, NULL);
}

static void
remove_timers(Camera *camera)
{
	const guint timers[] = { camera->bus_watch,     camera->sight_timer,
				 camera->preview_timer, camera->feed_timer,
				 camera->look_timer,    camera->hold_timer };

	for (size_t i = 0; i < G_N_ELEMENTS(timers); i++)
		if (timers[i] != 0)
			g_source_remove(timers[i]);
}

void
camera_close(Camera *camera)
{
	if (camera == NULL)
		return;

	remove_timers(camera);
	if (camera->pipeline != NULL)
		gst_element_set_state(camera->pipeline, GST_STATE_NULL);
	g_clear_pointer(&camera->preview, gst_object_unref);
	g_clear_pointer(&camera->hand, gst_object_unref);
	g_clear_pointer(&camera->valve, gst_object_unref);
	g_clear_pointer(&camera->pipeline, gst_object_unref);
	g_clear_pointer(&camera->frame, g_bytes_unref);
	g_clear_pointer(&camera->held, g_bytes_unref);
	g_free(camera->folder);
	g_free(camera->newest);
	g_free(camera);
}
