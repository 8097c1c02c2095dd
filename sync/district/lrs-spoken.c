/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/lrs-spoken.h"

struct LrsSpoken {
	GMutex lock;
	GHashTable *versions; /* owned: key's id → XapiVersion */
};

LrsSpoken *
lrs_spoken_new(void)
{
	LrsSpoken *spoken = g_new0(LrsSpoken, 1);

	g_mutex_init(&spoken->lock);
	spoken->versions =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return spoken;
}

void
lrs_spoken_note(LrsSpoken *spoken, const char *key, XapiVersion version)
{
	XapiVersion last;

	if (lrs_spoken_find(spoken, key, &last) && last == version)
		return;
	g_mutex_lock(&spoken->lock);
	g_hash_table_replace(spoken->versions, g_strdup(key),
			     GINT_TO_POINTER(version));
	g_mutex_unlock(&spoken->lock);
}

bool
lrs_spoken_find(LrsSpoken *spoken, const char *key, XapiVersion *version)
{
	void *value;
	bool found;

	g_mutex_lock(&spoken->lock);
	found = g_hash_table_lookup_extended(spoken->versions, key, NULL,
					     &value);
	g_mutex_unlock(&spoken->lock);
	if (found)
		*version = (XapiVersion)GPOINTER_TO_INT(value);
	return found;
}

void
lrs_spoken_free(LrsSpoken *spoken)
{
	if (spoken == NULL)
		return;

	g_hash_table_unref(spoken->versions);
	g_mutex_clear(&spoken->lock);
	g_free(spoken);
}
