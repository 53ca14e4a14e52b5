/*
 * window_owner.h
 *		Who owns windows in a test: counts rows in a window as long as they
 *		fit, and then in a profile, as the server does.
 */
#ifndef DRIFT_TEST_WINDOW_OWNER_H
#define DRIFT_TEST_WINDOW_OWNER_H

#include <math.h>
#include <string.h>

#include "stats/numeric_statistics.h"
#include "stats/window.h"
#include "unit/numeric_owner.h"

typedef struct WindowOwner
{
	const DriftAnchor *anchor;
	DriftWindow *window;
	DriftNumeric *profile;
} WindowOwner;

/* The anchor of a flushed reference, which stays as it is. */
static inline DriftAnchor *
window_anchor(const DriftNumeric *reference)
{
	double edges[2048];
	uint32_t edge_count;
	DriftNumeric *copy = numeric_clone(reference);
	DriftAnchor *anchor;

	if (drift_numeric_common_edges(reference, reference, 0, edges, &edge_count) != DRIFT_OK)
		abort();
	anchor = malloc(drift_anchor_size(drift_anchor_capacity(edge_count), edge_count));
	if (anchor == NULL)
		abort();
	drift_anchor_init(anchor, copy, edges, edge_count);
	free(copy);
	return anchor;
}

static inline void
window_owner_leave(WindowOwner *owner)
{
	const DriftAnchor *anchor = owner->anchor;
	uint32_t limit = drift_window_key_limit(anchor);
	uint32_t capacity = drift_numeric_full_capacity(limit, DRIFT_BUFFER);

	owner->profile = numeric_block(capacity, DRIFT_BUFFER, anchor->edge_count);
	drift_numeric_init(owner->profile, (DriftValueType) anchor->value_type, limit, capacity, DRIFT_BUFFER,
					   drift_anchor_edges(anchor), anchor->edge_count);
	if (owner->window != NULL)
		drift_window_profile(owner->window, anchor, owner->profile);
	free(owner->window);
	owner->window = NULL;
}

static inline void
window_owner_flush(WindowOwner *owner)
{
	if (drift_numeric_flush_lasting(owner->profile, drift_anchor_lasting(owner->anchor)) != DRIFT_OK)
		abort();
}

static inline void
window_owner_add_block(WindowOwner *owner, const double *x, uint32_t n)
{
	double *block = malloc(((n + 3) & ~UINT32_C(3)) * sizeof(double));

	memcpy(block, x, n * sizeof(double));
	if (owner->profile == NULL && owner->window == NULL)
	{
		owner->window = malloc(drift_window_size(owner->anchor));
		drift_window_init(owner->window, owner->anchor);
	}
	if (owner->window == NULL || drift_window_add(owner->window, owner->anchor, block, n) != DRIFT_OK)
	{
		if (owner->profile == NULL)
			window_owner_leave(owner);
		for (uint32_t i = 0; i < n; i++)
			if (isnan(block[i]))
				drift_numeric_add_missing(owner->profile);
			else
			{
				drift_numeric_add(owner->profile, block[i]);
				if (drift_numeric_full(owner->profile))
					window_owner_flush(owner);
			}
	}
	free(block);
}

static inline void
window_owner_add(WindowOwner *owner, const double *x, size_t n)
{
	for (size_t i = 0; i < n; i += DRIFT_WINDOW_ROWS)
		window_owner_add_block(owner, x + i, (uint32_t) (n - i < DRIFT_WINDOW_ROWS ? n - i : DRIFT_WINDOW_ROWS));
	if (owner->profile != NULL)
		window_owner_flush(owner);
}

/* The flushed profile of a side that has none yet. */
static inline void
window_owner_merge(WindowOwner *dst, WindowOwner *src)
{
	if (dst->window != NULL && src->window != NULL)
	{
		if (drift_window_merge(dst->window, dst->anchor, src->window) != DRIFT_OK)
			abort();
		return;
	}
	if (dst->profile == NULL)
		window_owner_leave(dst);
	if (src->profile == NULL)
		window_owner_leave(src);
	if (drift_numeric_merge_lasting(dst->profile, src->profile, drift_anchor_lasting(dst->anchor)) != DRIFT_OK)
		abort();
}

/* What would be stored. */
static inline DriftNumeric *
window_owner_profile(WindowOwner *owner)
{
	DriftLasting lasting = drift_anchor_lasting(owner->anchor);

	if (owner->profile == NULL)
		window_owner_leave(owner);
	drift_window_finish(owner->profile, lasting);
	return numeric_clone(owner->profile);
}

static inline void
window_owner_free(WindowOwner *owner)
{
	free(owner->window);
	free(owner->profile);
}

#endif
