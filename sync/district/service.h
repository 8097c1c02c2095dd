/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/portrait/portrait.h"
#include "sync/district/attempts.h"
#include "sync/district/district.h"
#include "sync/district/health.h"
#include "sync/district/media.h"
#include "sync/district/metrics.h"
#include "sync/district/proxies.h"
#include "sync/district/secret.h"
#include "sync/district/trail.h"

/*
 * What the handlers of requests share.  All of it is for any thread.
 */
typedef struct {
	const Clock *clock;       /* borrowed */
	const Settings *settings; /* borrowed */
	Media *media;             /* owned */
	char *archive;            /* owned: its address */
	char *base;               /* owned: the district's, as of the start */
	SignKey key;
	int log_from;     /* requests of this status and above are logged */
	Health *health;   /* owned */
	Metrics *metrics; /* owned */
	Proxies *proxies; /* owned */
	Writer *writer;   /* owned */
	struct LrsIndex *index;   /* owned; the writer's */
	struct LrsSpoken *spoken; /* owned */

	Trail *trail; /* owned: the audit log's events; stops before the writer */
	Attempts *attempts;    /* owned: who was wrong too often */
	SecretMemory *secrets; /* owned */

	GAsyncQueue *readers; /* owned: Archives at rest */

	GMutex lock;         /* guards what follows */
	struct Pack *pack;   /* newest known */
	GHashTable *bundles; /* kiosk id → what its bundle was */
} Service;

Service *
service_open(const char *folder, const Settings *settings, const Clock *clock,
	     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Finishes what waits to be written. */
void service_close(Service *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Service, service_close)

/* A handle to read with, back with service_give_back(). */
Archive *
service_take(Service *service, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void service_give_back(Service *service, Archive *archive);

WallTime service_now(const Service *service);
/* For what is being written: later than what queries were promised. */
WallTime service_stamp(const Service *service);
/* Does everybody come by https, whatever a proxy says? */
bool service_is_secure(const Service *service);

/* --- the portrait pack as of its newest import --- */

typedef struct Pack {
	gatomicrefcount references;
	int64_t version;
	Portrait *portrait; /* owned; NULL: none was imported */
	GPtrArray *files;   /* owned: BundleFile, by path */
} Pack;

/* The caller's reference. */
Pack *service_get_pack(Service *service, Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void pack_unref(Pack *pack);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pack, pack_unref)
