/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/media.h"
#include "sync/district/s3-config.h"

/* Media in a store that speaks S3.  What is on its way in goes to the folder
 * incoming of this machine first.  Takes what config holds. */
Media *
media_new_s3(S3Config *config, const char *incoming, int64_t incoming_max,
	     GError **error) G_GNUC_WARN_UNUSED_RESULT;
