/* SPDX-License-Identifier: Apache-2.0 */
#include "app/evidence/shown-time.h"

#include <string.h>
#include <glib.h>

typedef struct {
	const ClockReading *readings;
	size_t n;
	GPtrArray *trusted; /* owned: those readings; often none, or few */
	const ClockAnchor *anchors;
	size_t n_anchors;
	WallTime after, before;
} Problem;

/* When the boot began, from an anchor or a trusted reading of the same boot:
 * the nearest trusted reading, since cheap oscillators drift. */
static bool
find_boot(const Problem *p, size_t i, int64_t *booted_us)
{
	const ClockReading *at = &p->readings[i];
	int64_t nearest = INT64_MAX;

	for (guint k = 0; k < p->trusted->len; k++) {
		const ClockReading *other = p->trusted->pdata[k];
		int64_t distance =
			ABS(other->since_boot_us - at->since_boot_us);

		if (distance >= nearest || strcmp(other->boot, at->boot) != 0)
			continue;
		nearest = distance;
		*booted_us = other->wall.us - other->since_boot_us;
	}
	for (size_t k = 0; k < p->n_anchors && nearest == INT64_MAX; k++)
		if (strcmp(p->anchors[k].boot, at->boot) == 0) {
			*booted_us = p->anchors[k].booted.us;
			nearest = 0;
		}
	return nearest != INT64_MAX;
}

static GPtrArray *
find_trusted(const ClockReading *readings, size_t n)
{
	GPtrArray *found = g_ptr_array_new();

	for (size_t i = 0; i < n; i++)
		if (readings[i].trusted)
			g_ptr_array_add(found, (void *)(uintptr_t)&readings[i]);
	return found;
}

static bool
derive_one(const Problem *p, size_t i, ShownTime *shown)
{
	int64_t booted_us;

	if (p->readings[i].trusted) {
		*shown = (ShownTime){ .wall = p->readings[i].wall };
		return true;
	}
	if (!find_boot(p, i, &booted_us))
		return false;
	shown->wall.us = booted_us + p->readings[i].since_boot_us;
	shown->about_us = 0;
	return true;
}

/* Readings first … last lie between two known times, evenly as far as we
 * know; each may be anywhere between them.  Known times that contradict each
 * other (a wall that was trusted and wrong) leave as much doubt. */
static void
spread(ShownTime *shown, size_t first, size_t last, WallTime from, WallTime to)
{
	int64_t start = MIN(from.us, to.us);
	int64_t span = MAX(from.us, to.us) - start;
	int64_t n = (int64_t)(last - first) + 2;

	for (size_t i = first; i <= last; i++) {
		int64_t step = (int64_t)(i - first) + 1;
		int64_t behind = span / n * step;

		shown[i].wall.us = start + behind;
		shown[i].about_us = MAX(MAX(behind, span - behind), 1);
		if (from.us > to.us)
			shown[i].about_us = span;
	}
}

void
shown_time_derive(const ClockReading *readings, size_t n,
		  const ClockAnchor *anchors, size_t n_anchors, WallTime after,
		  WallTime before, ShownTime *shown)
{
	const Problem p = { readings, n,         find_trusted(readings, n),
			    anchors,  n_anchors, after,
			    before };
	WallTime known = after;
	size_t first = 0; /* of the run that is not known yet */

	for (size_t i = 0; i < n; i++) {
		if (!derive_one(&p, i, &shown[i]))
			continue;
		if (i > first)
			spread(shown, first, i - 1, known, shown[i].wall);
		known = shown[i].wall;
		first = i + 1;
	}
	if (n > first)
		spread(shown, first, n - 1, known, before);
	g_ptr_array_unref(p.trusted);
}
