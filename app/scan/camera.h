/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/scan/scan.h"

/*
 * A camera that is looked through, scanned for codes, and photographed with.
 * Frames and codes arrive on the main loop.  Needs gst_init() by the caller.
 */
typedef struct Camera Camera;

/* A frame: RGBA, width * 4 bytes a row.  bytes is the frame's own. */
typedef struct {
	int width, height;
	GBytes *bytes;
	bool nothing; /* "hand" or "pictures:", and nothing is held up */
} CameraFrame;

typedef void (*CameraLooked)(const CameraFrame *frame, void *data);
/* The camera stopped by itself; it may be opened again later. */
typedef void (*CameraFailed)(const GError *error, void *data);

typedef struct {
	ScanFound found;
	CameraLooked looked; /* each preview frame, 15 a second at most */
	CameraFailed failed;
	void *data;
} CameraEvents;

/* What stands behind any source, as GStreamer writes it: from a frame to the
 * preview and to a message with its code.  For who measures it. */
extern const char camera_after_source[];

/*
 * source: "auto", "libcamera", "v4l2:/dev/video0", "pictures:FOLDER" (shows
 * the newest picture in the folder, black when it is empty: a card is held
 * up by putting a file there), or "hand" (camera_hold() only).
 * FAULT_NOT_FOUND if there is no such camera, FAULT_INVALID for the words.
 */
Camera *camera_open(const char *source, const CameraEvents *events,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* With "hand" and "pictures:": holds this PNG or JPEG in front of the lens
 * for hold_ms, through the same path as a real camera's frames.  NULL lets
 * go of what is held. */
bool camera_hold(Camera *camera, GBytes *picture, unsigned hold_ms,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Codes are looked for only while this is on (it is at first). */
void camera_set_scanning(Camera *camera, bool on);

/* The frame that is seen now; its bytes are the caller's reference.
 * FAULT_BUSY before the first. */
bool camera_peek_frame(Camera *camera, CameraFrame *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

void camera_close(Camera *camera);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Camera, camera_close)
