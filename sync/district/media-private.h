/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <openssl/evp.h>

#include "sync/district/media-state.h"
#include "sync/district/media-stream.h"

/* What the media's own files share; nobody else includes this. */

/* A place where media are; self is its own. */
typedef struct {
	bool here; /* files of this machine */
	/* keep: one, now; else (NULL) it is begun, and others beside it. */
	bool (*keep)(void *self, MediaFile *file, GError **error);
	void *(*begin_keep)(void *self, const MediaFile *file);
	/* ok false: it is given up; the error stays. */
	bool (*end_keep)(void *self, void *state, MediaFile *file, bool ok,
			 GError **error);
	bool (*find)(void *self, const char *sha256, int64_t *size,
		     GError **error);
	bool (*remove)(void *self, const char *sha256, GError **error);
	bool (*each)(void *self, MediaFunc each, void *data, GError **error);
	void (*get_state)(void *self, MediaState *out);
	void (*probe)(void *self);
	void (*abandon)(void *self);
	void (*free)(void *self);

	/* A stream's own state. */
	void *(*open)(void *self, const MediaRange *range);
	bool (*wait)(void *state, GError **error);
	ssize_t (*take)(void *state, void *out, size_t max, GError **error);
	void (*arm)(void *state, void (*wake)(void *data), void *data);
	int (*steal)(void *state);
	void (*close)(void *state);
} MediaPlace;

struct Media {
	const MediaPlace *place;
	void *self;     /* owned: the place's own */
	char *incoming; /* owned: a folder of this machine */
	size_t at_once; /* are kept side by side */
	int64_t incoming_max;
	_Atomic int64_t incoming_bytes; /* there now */

	GMutex mutex; /* guards what follows until it is made */
	char *own;    /* owned: this process's folder in there */
	int lock;     /* owned: on it; -1: not made yet */

	GMutex keeping; /* guards what follows */
	guint kept;     /* files that are kept and not freed */
	int shared;     /* owned: while there are some; see media_guard() */
};

struct MediaFile {
	Media *media;       /* borrowed */
	char *path;         /* owned: in incoming/; NULL once it is not there */
	int handle;         /* owned; -1 once ended */
	EVP_MD_CTX *digest; /* owned */
	char sha256[ID_SHA256 + 1];
	int64_t size, max;
	bool counted; /* among its media's kept */
	bool kept;
};

/* Takes self. */
Media *media_new(const MediaPlace *place, void *self, const char *incoming,
		 int64_t incoming_max);
/* What errno says of a medium; always false. */
bool media_fail(const char *doing, GError **error);
/* It has another size than it must have; always false. */
bool
media_fail_size(const char *sha256, int64_t size, int64_t must, GError **error);
