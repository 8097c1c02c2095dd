/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A folder that only a backup or a restore made, and all in it. */
void backup_remove_tree(const char *path);
