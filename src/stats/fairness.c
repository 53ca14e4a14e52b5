/*
 * fairness.c
 *		Disparities of groups, their bootstrap samples and their distribution under equal treatment.
 */
#include "stats/fairness.h"

#include <math.h>
#include <stddef.h>

static const char *const names[] = {"demographic_parity_difference", "demographic_parity_ratio",
									"equalized_odds_difference",     "equalized_odds_ratio",
									"equal_opportunity_difference",  "equal_opportunity_ratio",
									"predictive_parity_difference",  "predictive_parity_ratio",
									"accuracy_difference",           "accuracy_ratio"};

const char *
drift_disparity_name(int disparity)
{
	return disparity >= 0 && disparity < DRIFT_DISPARITIES ? names[disparity] : NULL;
}

/* Rows that a rate counts, and those that it is taken of. */
static void
rate_parts(const DriftFairnessGroup *g, DriftFairnessRate rate, double *part, double *whole)
{
	switch (rate)
	{
		case DRIFT_SELECTION_RATE:
			*part = g->tp + g->fp;
			*whole = g->tp + g->fp + g->fn + g->tn;
			break;
		case DRIFT_TRUE_POSITIVE_RATE:
			*part = g->tp;
			*whole = g->tp + g->fn;
			break;
		case DRIFT_FALSE_POSITIVE_RATE:
			*part = g->fp;
			*whole = g->fp + g->tn;
			break;
		case DRIFT_PRECISION:
			*part = g->tp;
			*whole = g->tp + g->fp;
			break;
		default:
			*part = g->tp + g->tn;
			*whole = g->tp + g->fp + g->fn + g->tn;
			break;
	}
}

/* ------------------------------------------------------------------------
 * What the groups' rates are together
 * ------------------------------------------------------------------------ */

typedef struct Spread
{
	double low;
	double high;
	int lowest; /* the groups they are of */
	int highest;
	int groups;
	double part; /* of all rows, groups that are not counted among them */
	double whole;
} Spread;

static void
spread_add(Spread *s, double part, double whole, int group, bool counted)
{
	double rate = part / whole;

	if (!(whole > 0))
		return;
	s->part += part;
	s->whole += whole;
	if (!counted)
		return;
	if (s->groups == 0 || rate < s->low)
	{
		s->low = rate;
		s->lowest = group;
	}
	if (s->groups == 0 || rate > s->high)
	{
		s->high = rate;
		s->highest = group;
	}
	s->groups++;
}

static void
spread_add_group(Spread spreads[DRIFT_FAIRNESS_RATES], const DriftFairnessGroup *group, int index)
{
	for (int rate = 0; rate < DRIFT_FAIRNESS_RATES; rate++)
	{
		double part;
		double whole;

		rate_parts(group, (DriftFairnessRate) rate, &part, &whole);
		spread_add(&spreads[rate], part, whole, index, group->counted);
	}
}

/* ------------------------------------------------------------------------
 * Disparities
 * ------------------------------------------------------------------------ */

/* The smaller of a ratio and its inverse; NaN for 0 / 0. */
static double
ratio_below_one(double a, double b)
{
	return a < b ? a / b : b / a;
}

static void
rate_disparity(const Spread *s, bool to_overall, DriftDisparity *difference, DriftDisparity *ratio)
{
	double overall = s->part / s->whole;
	DriftDisparity none = {NAN, -1, -1};

	*difference = *ratio = none;
	if (s->groups < 2)
		return;
	difference->lowest = ratio->lowest = s->lowest;
	difference->highest = ratio->highest = s->highest;
	difference->value = to_overall ? fmax(s->high - overall, overall - s->low) : s->high - s->low;
	ratio->value = to_overall ? fmin(ratio_below_one(s->low, overall), ratio_below_one(s->high, overall))
							  : ratio_below_one(s->low, s->high);
}

/* What is not determined for one of two rates is that of the other. */
static DriftDisparity
worse_or_mean(DriftDisparity a, DriftDisparity b, bool mean, bool smaller_is_worse)
{
	DriftDisparity result;

	if (isnan(a.value) || isnan(b.value))
		return isnan(a.value) ? b : a;
	result = (a.value > b.value) == smaller_is_worse ? b : a;
	if (mean)
		result.value = (a.value + b.value) / 2;
	return result;
}

static void
take_disparities(const Spread spreads[DRIFT_FAIRNESS_RATES], const DriftFairnessOptions *options,
				 DriftDisparity *result)
{
	static const DriftFairnessRate rate_of[DRIFT_FAIRNESS_KINDS] = {[DRIFT_DEMOGRAPHIC_PARITY] = DRIFT_SELECTION_RATE,
																	[DRIFT_EQUALIZED_ODDS] = DRIFT_FALSE_POSITIVE_RATE,
																	[DRIFT_EQUAL_OPPORTUNITY] =
																		DRIFT_TRUE_POSITIVE_RATE,
																	[DRIFT_PREDICTIVE_PARITY] = DRIFT_PRECISION,
																	[DRIFT_EQUAL_ACCURACY] = DRIFT_ACCURACY};
	static const Spread nothing;
	DriftDisparity *odds = result + 2 * DRIFT_EQUALIZED_ODDS;
	const DriftDisparity *opportunity = result + 2 * DRIFT_EQUAL_OPPORTUNITY;

	for (int kind = 0; kind < DRIFT_FAIRNESS_KINDS; kind++)
		rate_disparity(kind == DRIFT_DEMOGRAPHIC_PARITY || options->has_truth ? &spreads[rate_of[kind]] : &nothing,
					   options->to_overall, result + 2 * kind, result + 2 * kind + 1);
	odds[0] = worse_or_mean(opportunity[0], odds[0], options->mean, false);
	odds[1] = worse_or_mean(opportunity[1], odds[1], options->mean, true);
}

static void
take_values(const Spread spreads[DRIFT_FAIRNESS_RATES], const DriftFairnessOptions *options, double *values)
{
	DriftDisparity disparities[DRIFT_DISPARITIES];

	take_disparities(spreads, options, disparities);
	for (int i = 0; i < DRIFT_DISPARITIES; i++)
		values[i] = disparities[i].value;
}

void
drift_disparities(const DriftFairnessGroup *groups, int n, const DriftFairnessOptions *options,
				  DriftDisparity *disparities)
{
	Spread spreads[DRIFT_FAIRNESS_RATES] = {0};

	for (int i = 0; i < n; i++)
		spread_add_group(spreads, &groups[i], i);
	take_disparities(spreads, options, disparities);
}

/* ------------------------------------------------------------------------
 * Chance
 * ------------------------------------------------------------------------ */

static double
weight_of(const DriftFairnessGroup *g)
{
	return g->tp + g->fp + g->fn + g->tn;
}

/* As many effective rows as a group has, one cell after another, each with its share of what is left. */
static DriftFairnessGroup
draw_group(const DriftFairnessGroup *group, DriftRandom *random)
{
	const double cells[] = {group->tp, group->fp, group->fn, group->tn};
	double drawn[4] = {0};
	double weight = weight_of(group);
	double left = weight;
	int64_t rows = (int64_t) llround(group->effective);
	int64_t rest = rows;
	DriftFairnessGroup result = *group;

	if (rows <= 0)
		return result;
	for (int i = 0; i < 4 && rest > 0; i++)
	{
		double share = i == 3 || !(left > 0) ? 1 : fmin(1, cells[i] / left);
		int64_t x = drift_random_binomial(random, rest, share);

		drawn[i] = (double) x * (weight / (double) rows);
		rest -= x;
		left -= cells[i];
	}
	result.tp = drawn[0];
	result.fp = drawn[1];
	result.fn = drawn[2];
	result.tn = drawn[3];
	return result;
}

void
drift_fairness_resample(const DriftFairnessGroup *groups, int n, const DriftFairnessOptions *options,
						DriftRandom *random, double *values)
{
	Spread spreads[DRIFT_FAIRNESS_RATES] = {0};

	for (int i = 0; i < n; i++)
	{
		DriftFairnessGroup drawn = draw_group(&groups[i], random);

		spread_add_group(spreads, &drawn, i);
	}
	take_values(spreads, options, values);
}

/* The rates of all groups that are counted, together. */
static void
common_rates(const DriftFairnessGroup *groups, int n, double rates[DRIFT_FAIRNESS_RATES])
{
	Spread spreads[DRIFT_FAIRNESS_RATES] = {0};

	for (int i = 0; i < n; i++)
		if (groups[i].counted)
			spread_add_group(spreads, &groups[i], i);
	for (int rate = 0; rate < DRIFT_FAIRNESS_RATES; rate++)
		rates[rate] = spreads[rate].part / spreads[rate].whole;
}

void
drift_fairness_alike(const DriftFairnessGroup *groups, int n, const DriftFairnessOptions *options, DriftRandom *random,
					 double *values)
{
	Spread spreads[DRIFT_FAIRNESS_RATES] = {0};
	double common[DRIFT_FAIRNESS_RATES];

	common_rates(groups, n, common);
	for (int i = 0; i < n; i++)
		for (int rate = 0; rate < DRIFT_FAIRNESS_RATES; rate++)
		{
			double part;
			double whole;
			int64_t rows;

			rate_parts(&groups[i], (DriftFairnessRate) rate, &part, &whole);
			rows = whole > 0 ? (int64_t) llround(whole / weight_of(&groups[i]) * groups[i].effective) : 0;
			if (groups[i].counted && rows > 0)
				part = (double) drift_random_binomial(random, rows, common[rate]) / (double) rows * whole;
			spread_add(&spreads[rate], part, whole, i, groups[i].counted);
		}
	take_values(spreads, options, values);
}

void
drift_share_interval(double share, double n, double z, double *low, double *high)
{
	double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
	double half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n));

	*low = *high = NAN;
	if (!(n > 0))
		return;
	*low = fmax(0, centre - half);
	*high = fmin(1, centre + half);
}
