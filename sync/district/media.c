/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/media.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <gio/gio.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/district/media-private.h"

#define VERIFY_BYTES (128 * 1024) /* read at once */

static _Atomic int64_t kept_bytes;

int64_t
media_kept_bytes(void)
{
	return kept_bytes;
}

bool
media_fail(const char *doing, GError **error)
{
	int saved = errno;

	g_set_error(error, FAULT, file_fault(saved), "%s a medium: %s", doing,
		    g_strerror(saved));
	return false;
}

bool
media_fail_size(const char *sha256, int64_t size, int64_t must, GError **error)
{
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "the medium %s has %" G_GINT64_FORMAT
		    " bytes and should have %" G_GINT64_FORMAT,
		    sha256, (gint64)size, (gint64)must);
	return false;
}

/* --- the place --- */

Media *
media_new(const MediaPlace *place, void *self, const char *incoming,
	  int64_t incoming_max)
{
	Media *media = g_new0(Media, 1);

	media->place = place;
	media->self = self;
	media->incoming = g_strdup(incoming);
	media->incoming_max = incoming_max;
	media->at_once = 1;
	media->lock = -1;
	media->shared = -1;
	g_mutex_init(&media->mutex);
	g_mutex_init(&media->keeping);
	return media;
}

void
media_free(Media *media)
{
	if (media == NULL)
		return;

	media->place->free(media->self);
	if (media->lock >= 0) {
		rmdir(media->own);
		close(media->lock);
	}
	g_mutex_clear(&media->mutex);
	g_mutex_clear(&media->keeping);
	g_free(media->own);
	g_free(media->incoming);
	g_free(media);
}

bool
media_is_here(const Media *media)
{
	return media->place->here;
}

const char *
media_get_disk(const Media *media)
{
	return media->incoming;
}

const char *
media_trouble_name(MediaTrouble trouble)
{
	static const char *const names[MEDIA_TROUBLES] = {
		[MEDIA_WELL] = "ok",
		[MEDIA_UNREACHABLE] = "unreachable",
		[MEDIA_CERTIFICATE] = "certificate",
		[MEDIA_REFUSED] = "refused",
		[MEDIA_BUSY] = "busy",
		[MEDIA_FULL] = "full",
		[MEDIA_DAMAGED] = "damaged",
	};

	return names[trouble];
}

void
media_get_state(Media *media, MediaState *out)
{
	*out = (MediaState){ .is_known = false };
	media->place->get_state(media->self, out);
}

void
media_probe(Media *media)
{
	media->place->probe(media->self);
}

void
media_abandon(Media *media)
{
	media->place->abandon(media->self);
}

/* --- what is on its way in: each process has a folder of its own, and holds
 * its lock until the end --- */

static void
remove_files(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		unlink(path);
	}
}

static void
remove_unless_held(const char *path)
{
	int handle = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (handle < 0) {
		unlink(path);
		return;
	}
	if (flock(handle, LOCK_EX | LOCK_NB) == 0) {
		remove_files(path);
		rmdir(path);
	}
	close(handle);
}

bool
media_clear_incoming(Media *media, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(media->incoming, 0, error);
	const char *name;

	if (dir == NULL)
		return false;
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path =
			g_build_filename(media->incoming, name, NULL);

		remove_unless_held(path);
	}
	return true;
}

/* Between its making and its lock another may have cleared it away. */
static bool
make_own(Media *media, GError **error)
{
	struct stat about = { 0 };
	char name[ID_UUID + 1];

	while (about.st_nlink == 0) {
		if (media->lock >= 0)
			close(media->lock);
		g_free(media->own);
		id_new_uuid(name);
		media->own = g_build_filename(media->incoming, name, NULL);
		if (mkdir(media->own, 0700) != 0)
			return media_fail("receiving", error);
		media->lock =
			open(media->own, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (media->lock >= 0 && (flock(media->lock, LOCK_SH) != 0 ||
					 fstat(media->lock, &about) != 0))
			return media_fail("receiving", error);
	}
	return true;
}

static bool
prepare_own(Media *media, GError **error)
{
	bool ok = true;

	g_mutex_lock(&media->mutex);
	if (media->lock < 0)
		ok = make_own(media, error);
	g_mutex_unlock(&media->mutex);
	return ok;
}

/* --- in --- */

MediaFile *
media_begin(Media *media, int64_t max, GError **error)
{
	g_autoptr(MediaFile) file = g_new0(MediaFile, 1);
	char name[ID_UUID + 1];

	file->media = media;
	file->max = max;
	file->handle = -1;
	file->digest = EVP_MD_CTX_new();
	EVP_DigestInit_ex(file->digest, EVP_sha256(), NULL);
	if (!prepare_own(media, error))
		return NULL;
	id_new_uuid(name);
	file->path = g_build_filename(media->own, name, NULL);
	file->handle =
		open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file->handle >= 0)
		return g_steal_pointer(&file);
	media_fail("receiving", error);
	g_clear_pointer(&file->path, g_free);
	return NULL;
}

static bool
write_all(int handle, const char *at, size_t size, GError **error)
{
	while (size > 0) {
		ssize_t n = write(handle, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return media_fail("receiving", error);
		at += n;
		size -= (size_t)n;
	}
	return true;
}

bool
media_write(MediaFile *file, const void *bytes, size_t size, GError **error)
{
	Media *media = file->media;

	if ((int64_t)size > file->max - file->size) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "a medium is larger than %" G_GINT64_FORMAT
			    " bytes ([limits] medium_bytes)",
			    (gint64)file->max);
		return false;
	}
	file->size += (int64_t)size;
	media->incoming_bytes += (int64_t)size;
	if (media->incoming_bytes > media->incoming_max) {
		g_set_error(error, FAULT, FAULT_BUSY,
			    "more than %" G_GINT64_FORMAT
			    " bytes of media are on their way in at once "
			    "([limits] incoming_bytes)",
			    (gint64)media->incoming_max);
		return false;
	}
	EVP_DigestUpdate(file->digest, bytes, size);
	return write_all(file->handle, bytes, size, error);
}

void
media_end(MediaFile *file, char sha256[static ID_SHA256 + 1], int64_t *size)
{
	unsigned char hash[EVP_MAX_MD_SIZE];

	/* A batch may have many: none holds a descriptor until it is kept. */
	close(file->handle);
	file->handle = -1;
	EVP_DigestFinal_ex(file->digest, hash, NULL);
	for (size_t i = 0; i < ID_SHA256 / 2; i++)
		g_snprintf(file->sha256 + 2 * i, 3, "%02x", hash[i]);
	g_strlcpy(sha256, file->sha256, ID_SHA256 + 1);
	*size = file->size;
}

GBytes *
media_read(MediaFile *file, GError **error)
{
	return file_read(file->path, (size_t)file->size, error);
}

/* --- the guard: whoever keeps something shares a lock until what names it is
 * written; whoever removes something has it alone --- */

/* -1 with an error.  Waits. */
static int
lock(const Media *media, int how, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(media->incoming);
	g_autofree char *path = g_build_filename(folder, "lock", NULL);
	int handle = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int rc;

	if (handle < 0) {
		media_fail("guarding", error);
		return -1;
	}
	do
		rc = flock(handle, how);
	while (rc != 0 && errno == EINTR);
	if (rc == 0)
		return handle;
	media_fail("guarding", error);
	close(handle);
	return -1;
}

static bool
begin_keeping(MediaFile *file, GError **error)
{
	Media *media = file->media;

	if (file->counted)
		return true;
	g_mutex_lock(&media->keeping);
	if (media->kept == 0)
		media->shared = lock(media, LOCK_SH, error);
	file->counted = media->shared >= 0;
	media->kept += file->counted;
	g_mutex_unlock(&media->keeping);
	return file->counted;
}

static void
end_keeping(MediaFile *file)
{
	Media *media = file->media;

	if (!file->counted)
		return;
	g_mutex_lock(&media->keeping);
	if (--media->kept == 0) {
		close(media->shared);
		media->shared = -1;
	}
	g_mutex_unlock(&media->keeping);
}

struct MediaGuard {
	Media *media; /* borrowed */
	int lock;     /* owned */
};

MediaGuard *
media_guard(Media *media, GError **error)
{
	int handle = lock(media, LOCK_EX, error);
	MediaGuard *guard;

	if (handle < 0)
		return NULL;
	guard = g_new0(MediaGuard, 1);
	guard->media = media;
	guard->lock = handle;
	return guard;
}

void
media_guard_free(MediaGuard *guard)
{
	if (guard == NULL)
		return;

	close(guard->lock);
	g_free(guard);
}

bool
media_remove(const MediaGuard *guard, const char *sha256, GError **error)
{
	Media *media = guard->media;

	return media->place->remove(media->self, sha256, error);
}

/* --- keeping --- */

static bool
note_kept(MediaFile *file, bool ok)
{
	file->kept = ok;
	if (ok)
		kept_bytes += file->size;
	return ok;
}

bool
media_keep(MediaFile *file, GError **error)
{
	return media_keep_all(&file, 1, error);
}

/* Those on their way, the oldest first. */
typedef struct {
	MediaFile *file; /* borrowed */
	void *state;     /* owned */
} Keeping;

static bool
begin_one(GQueue *under_way, MediaFile *file, GError **error)
{
	const MediaPlace *place = file->media->place;
	Keeping *keeping;

	if (file->kept)
		return true;
	if (!begin_keeping(file, error))
		return false;
	if (place->begin_keep == NULL)
		return note_kept(file,
				 place->keep(file->media->self, file, error));
	keeping = g_new(Keeping, 1);
	*keeping =
		(Keeping){ file, place->begin_keep(file->media->self, file) };
	g_queue_push_tail(under_way, keeping);
	return true;
}

/* The oldest; after a failure it is given up. */
static bool
end_one(GQueue *under_way, bool ok, GError **error)
{
	g_autofree Keeping *keeping = g_queue_pop_head(under_way);
	MediaFile *file = keeping->file;

	return note_kept(file, file->media->place->end_keep(file->media->self,
							    keeping->state,
							    file, ok, error));
}

bool
media_keep_all(MediaFile *const *files, size_t n, GError **error)
{
	GQueue under_way = G_QUEUE_INIT;
	bool ok = true;

	for (size_t i = 0; i < n && ok; i++) {
		if (under_way.length >= files[i]->media->at_once)
			ok = end_one(&under_way, true, error);
		ok = ok && begin_one(&under_way, files[i], error);
	}
	while (under_way.length > 0)
		ok = end_one(&under_way, ok, error) && ok;
	return ok;
}

void
media_file_free(MediaFile *file)
{
	if (file == NULL)
		return;

	end_keeping(file);
	if (file->handle >= 0)
		close(file->handle);
	if (file->path != NULL)
		unlink(file->path);
	file->media->incoming_bytes -= file->size;
	EVP_MD_CTX_free(file->digest);
	g_free(file->path);
	g_free(file);
}

/* --- out --- */

bool
media_find(Media *media, const char *sha256, int64_t *size, GError **error)
{
	return media->place->find(media->self, sha256, size, error);
}

bool
media_each(Media *media, MediaFunc each, void *data, GError **error)
{
	return media->place->each(media->self, each, data, error);
}

static bool
hash_stream(MediaStream *stream, char out[static ID_SHA256 + 1], GError **error)
{
	g_autofree char *block = g_malloc(VERIFY_BYTES);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	ssize_t n;

	while ((n = media_stream_read(stream, block, VERIFY_BYTES, error)) > 0)
		g_checksum_update(sum, (const guchar *)block, n);
	if (n == 0)
		g_strlcpy(out, g_checksum_get_string(sum), ID_SHA256 + 1);
	return n == 0;
}

bool
media_verify(Media *media, const char *sha256, int64_t size, GError **error)
{
	MediaRange whole = media_whole(sha256, size);
	g_autoptr(MediaStream) stream = media_stream_new(media, &whole);
	char is[ID_SHA256 + 1];

	if (!hash_stream(stream, is, error))
		return false;
	if (g_str_equal(is, sha256))
		return true;
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "the medium %s holds other bytes (SHA-256 %s)", sha256, is);
	return false;
}
