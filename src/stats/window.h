/*
 * window.h
 *		Counting a numeric column among the keys of a reference.
 *
 * The windows of a monitor are many and small, and each of them is compared
 * and merged with others that are held against the same reference. So they
 * share its keys: an anchor has as many of them as a small profile can hold,
 * and the edges of its bins among them. Counting a row is a search among keys
 * that stay the same; a window's counts at the anchor's keys and in its bins
 * are exact, and so are those of any number of windows that are merged.
 *
 * Rows in a gap are known to lie between two keys. Where a gap gathers many
 * more rows than the reference has there, or where values of a column with few
 * distinct ones are new, a window no longer fits its anchor: it is then made
 * into an ordinary profile that starts with these keys and finds others.
 *
 * One flat block each, without pointers.
 */
#ifndef DRIFT_STATS_WINDOW_H
#define DRIFT_STATS_WINDOW_H

#include "stats/numeric.h"
#include "stats/numeric_search.h"

#define DRIFT_ANCHOR_KEYS 192 /* keys of an anchor with the edges of its bins: more than a compact profile has */
#define DRIFT_WINDOW_ROWS 64  /* most rows counted at a time, a multiple of four */
#define DRIFT_WINDOW_BYTES \
	1900 /* what a packed window should need: with its row's other columns less than a page's quarter */

typedef struct DriftAnchor
{
	uint8_t value_type; /* DriftValueType */
	uint8_t exact;      /* the keys are all values the reference has */
	uint8_t guided;     /* a DriftGuide to the keys stands at the end */
	uint8_t unused[5];
	uint32_t key_count;
	uint32_t edge_count;
	double widest; /* largest share of the reference's rows in one gap */
				   /* double keys[key_count], edges[edge_count], DriftGuide */
} DriftAnchor;

static inline double *
drift_anchor_keys(const DriftAnchor *anchor)
{
	return (double *) (anchor + 1);
}

static inline double *
drift_anchor_edges(const DriftAnchor *anchor)
{
	return drift_anchor_keys(anchor) + anchor->key_count;
}

/* Bytes of an anchor up to its guide, without which it is as good but slower. */
size_t drift_anchor_plain_size(uint32_t key_count, uint32_t edge_count);

/* Bytes of an anchor. */
size_t drift_anchor_size(uint32_t key_count, uint32_t edge_count);

/* Most keys an anchor can have whose reference has that many edges. */
uint32_t drift_anchor_capacity(uint32_t edge_count);

/*
 * Makes an anchor in memory of drift_anchor_size(drift_anchor_capacity(edges),
 * edges) bytes. edges are those by which windows are compared with the
 * reference (drift_numeric_common_edges()). Drops keys of the reference, which
 * must be flushed and have values.
 */
void drift_anchor_init(DriftAnchor *anchor, DriftNumeric *reference, const double *edges, uint32_t edge_count);

typedef struct DriftWindow
{
	int64_t missing;
	double mean; /* and the following of the finite values */
	double m2;
	double low; /* smallest value, and rows that equal it */
	double high;
	uint32_t low_rows;
	uint32_t high_rows;
	uint32_t n; /* rows with a value */
	uint32_t infinite;
	/* uint32_t counts[2 * key_count + 1], as those of a DriftNumeric */
} DriftWindow;

size_t drift_window_size(const DriftAnchor *anchor);

void drift_window_init(DriftWindow *w, const DriftAnchor *anchor);

/*
 * Counts n <= DRIFT_WINDOW_ROWS rows; NaN are missing. x has room for the next
 * multiple of four and is changed. DRIFT_NO_SPACE: the rows do not fit the
 * anchor; nothing was counted, NaN are still among them. DRIFT_OVERFLOW: a
 * window would have more than 2^32 - 1 rows.
 */
DriftStatus drift_window_add(DriftWindow *w, const DriftAnchor *anchor, double *x, uint32_t n);

/* Adds a window of the same anchor. DRIFT_OVERFLOW and DRIFT_NO_SPACE as above. */
DriftStatus drift_window_merge(DriftWindow *dst, const DriftAnchor *anchor, const DriftWindow *src);

/* Keys that the profile of a window has at most. */
static inline uint32_t
drift_window_capacity(const DriftAnchor *anchor)
{
	return anchor->key_count + 2;
}

/*
 * The window as a profile that more rows can be added to, in an initialised and
 * empty one with the anchor's edges and room for drift_window_capacity() keys.
 * It has all keys of the anchor, those outside of its range as well, unless
 * the anchor is exact. drift_window_trim() has to follow when all rows are in.
 */
void drift_window_profile(const DriftWindow *w, const DriftAnchor *anchor, DriftNumeric *p);

/*
 * Leaves out the keys outside of the range, and if all rows are at keys those
 * without any: the profile is exact then.
 */
void drift_window_trim(DriftNumeric *p);

/* The same after dropping keys until the packed form needs about DRIFT_WINDOW_BYTES; those that last stay in any case. */
void drift_window_finish(DriftNumeric *p, DriftLasting lasting);

/* The keys that windows of the anchor share. */
static inline DriftLasting
drift_anchor_lasting(const DriftAnchor *anchor)
{
	return (DriftLasting){drift_anchor_keys(anchor), anchor->key_count};
}

/* Most keys of the profile of a window to which rows are added that do not fit the anchor. */
static inline uint32_t
drift_window_key_limit(const DriftAnchor *anchor)
{
	return 2 * (anchor->key_count > DRIFT_ANCHOR_KEYS ? anchor->key_count : DRIFT_ANCHOR_KEYS);
}

#endif
