/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/settings.h"
#include "sync/district/s3-sign.h"

/* Where a store that speaks S3 is, and how to deal with it. */
typedef struct {
	char *base;   /* owned: "https://host:port" */
	char *root;   /* owned: the bucket's path there: "/" or "/bucket/" */
	char *host;   /* owned: as the header Host has it */
	char *prefix; /* owned: of every key: "" or "some/where/" */
	char *region, *ca_file, *proxy; /* owned; "": the system's, none */
	S3Key key;
	bool is_tls;
	int64_t connect_s, stall_s, patience_s, probe_s;
	int64_t retries, retry_ms;
	int64_t connections, keep_at_once, buffer_bytes;
} S3Config;

#define S3_PLACE "s3://"

/* place: s3://bucket/prefix; the rest is in [media].  FAULT_INVALID names the
 * setting that is wrong; FAULT_REFUSED: others may read the credentials. */
bool s3_config_read(const char *place, const Settings *settings, S3Config *out,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void s3_config_clear(S3Config *config);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(S3Config, s3_config_clear)
