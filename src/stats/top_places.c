#include "stats/top_places.h"

#include <string.h>

#define POLL_PLACES 4096

void
drift_top_init(DriftTopPlaces *r, int64_t k, void (*poll)(void))
{
	memset(r, 0, sizeof(*r));
	r->k = k;
	r->poll = poll;
}

/* Call poll every so many places */
static void
rest(const DriftTopPlaces *r, int64_t place)
{
	if (place % POLL_PLACES == 0 && r->poll)
		r->poll();
}

/* Sum of the discounts of places above, from the one after first on */
static double
discounts(const DriftTopPlaces *r, int64_t first, int64_t places)
{
	DriftSum sum = {0};

	for (int64_t place = first + 1; place <= first + places; place++)
	{
		drift_sum_add(&sum, 1 / log2((double) place + 1));
		rest(r, place);
	}
	return drift_sum_total(&sum);
}

/*
 * Precision down to the relevant rows of a group of equal scores. The row at
 * place j of the group is relevant with probability relevant / rows, and then
 * the share of the others is that of those above it.
 */
static void
add_precision(DriftTopPlaces *r, int64_t rows, int64_t relevant, int64_t places)
{
	double share = (double) relevant / (double) rows;
	double others = rows > 1 ? (double) (relevant - 1) / (double) (rows - 1) : 0;

	for (int64_t j = 1; j <= places; j++)
	{
		double above = (double) r->relevant + (double) (j - 1) * others;

		drift_sum_add(&r->precision, share * (above + 1) / (double) (r->rows + j));
		rest(r, j);
	}
}

/* The place of the first relevant row, which is in this group: chance is that it is at place j, and above that it is not before */
static void
add_first(DriftTopPlaces *r, int64_t rows, int64_t relevant, int64_t places)
{
	double chance = (double) relevant / (double) rows;
	DriftSum found = {0};
	DriftSum reciprocal = {0};

	for (int64_t j = 1; j <= places && chance > 0; j++)
	{
		drift_sum_add(&found, chance);
		drift_sum_add(&reciprocal, chance / (double) (r->rows + j));
		if (j < rows)
			chance *= (double) (rows - j - relevant + 1) / (double) (rows - j);
		rest(r, j);
	}
	/* there are too few others to fill all places */
	r->found = places > rows - relevant ? 1 : fmin(drift_sum_total(&found), 1);
	r->reciprocal = drift_sum_total(&reciprocal);
}

void
drift_top_add(DriftTopPlaces *r, int64_t rows, int64_t relevant, double gains)
{
	int64_t left = r->k > r->rows ? r->k - r->rows : 0;
	int64_t places = rows < left ? rows : left;

	if (places > 0 && gains != 0)
		drift_sum_add(&r->gain, gains / (double) rows * discounts(r, r->rows, places));
	if (places > 0 && relevant > 0)
	{
		drift_sum_add(&r->hits, (double) relevant * ((double) places / (double) rows));
		add_precision(r, rows, relevant, places);
		if (r->relevant == 0)
			add_first(r, rows, relevant, places);
	}
	r->rows += rows;
	r->relevant += relevant;
}

double
drift_top_ndcg(const DriftTopPlaces *r, const DriftTopPlaces *best)
{
	double most = drift_sum_total(&best->gain);

	return most > 0 ? drift_sum_total(&r->gain) / most : (double) NAN;
}

static double
of_relevant(const DriftTopPlaces *r, double value)
{
	return r->relevant > 0 ? value : (double) NAN;
}

double
drift_top_average_precision(const DriftTopPlaces *r)
{
	return of_relevant(r, drift_sum_total(&r->precision) / (double) (r->relevant < r->k ? r->relevant : r->k));
}

double
drift_top_precision(const DriftTopPlaces *r)
{
	return r->rows > 0 ? drift_sum_total(&r->hits) / (double) r->k : (double) NAN;
}

double
drift_top_recall(const DriftTopPlaces *r)
{
	return of_relevant(r, drift_sum_total(&r->hits) / (double) r->relevant);
}

double
drift_top_hit_rate(const DriftTopPlaces *r)
{
	return of_relevant(r, r->found);
}

double
drift_top_reciprocal_rank(const DriftTopPlaces *r)
{
	return of_relevant(r, r->reciprocal);
}
