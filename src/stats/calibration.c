#include "stats/calibration.h"

#include <math.h>
#include <stddef.h>

#include "stats/counter_random.h"

/* ------------------------------------------------------------------------
 * Expected calibration error
 * ------------------------------------------------------------------------ */

bool
drift_calibration_error_init(DriftCalibrationError *e, int64_t n, int64_t bins)
{
	if (n <= 2 * bins)
		bins = n / 2;
	*e = (DriftCalibrationError){.n = n};
	if (bins < 2)
		return false;
	e->width = n / bins;
	e->last = (n / e->width - 1) * e->width;
	return true;
}

/* Ends the bin that is being filled. */
static void
end_bin(DriftCalibrationError *e)
{
	e->error += fabs(e->sum - e->positives);
	e->seen += e->width;
	e->filled = 0;
	e->sum = 0;
	e->positives = 0;
}

void
drift_calibration_error_add(DriftCalibrationError *e, double probability, int64_t positives, int64_t rows)
{
	double left = (double) rows;
	double share = (double) positives / (double) rows;

	while (left > 0)
	{
		double room = e->seen >= e->last ? left : (double) e->width - e->filled;
		double taken = fmin(left, room);

		e->filled += taken;
		e->sum += taken * probability;
		e->positives += taken * share;
		left -= taken;
		if (e->seen < e->last && e->filled >= (double) e->width)
			end_bin(e);
	}
}

double
drift_calibration_error(const DriftCalibrationError *e)
{
	return (e->error + fabs(e->sum - e->positives)) / (double) e->n;
}

/* ------------------------------------------------------------------------
 * Passes over the rows of both classes
 * ------------------------------------------------------------------------ */

/* Each score and its rows, ascending; of a fold the rows that are tested, or the others. */
typedef struct Pass
{
	const DriftScored *scored;
	const DriftFolds *folds; /* NULL: all rows */
	int fold;
	bool tested;
	int64_t at[2];
	double score;
	int64_t rows[2];
} Pass;

static void
begin_pass(Pass *pass, const DriftScored *scored, const DriftFolds *folds, int fold, bool tested)
{
	if (scored->poll)
		scored->poll();
	*pass = (Pass){.scored = scored, .folds = folds, .fold = fold, .tested = tested};
}

/* Takes the rows of one score. */
static bool
next_score(Pass *pass)
{
	const DriftRanked *side = pass->scored->side;
	bool left[2] = {pass->at[0] < side[0].n, pass->at[1] < side[1].n};
	double score[2] = {0};

	if (!left[0] && !left[1])
		return false;
	for (int s = 0; s < 2; s++)
		score[s] = left[s] ? side[s].at(side[s].ctx, pass->at[s]) : 0;
	pass->score = left[0] && (!left[1] || score[0] < score[1]) ? score[0] : score[1];
	for (int s = 0; s < 2; s++)
	{
		int64_t rank = pass->at[s];

		pass->rows[s] = 0;
		if (!left[s] || score[s] != pass->score)
			continue;
		do
			pass->rows[s] +=
				pass->folds == NULL || pass->folds->tests(pass->folds->ctx, pass->fold, s, rank) == pass->tested;
		while (++rank < side[s].n && side[s].at(side[s].ctx, rank) == pass->score);
		pass->at[s] = rank;
	}
	return true;
}

/* The next score that has rows. */
static bool
next_rows(Pass *pass)
{
	while (next_score(pass))
		if (pass->rows[0] + pass->rows[1] > 0)
			return true;
	return false;
}

static DriftStatus
fit_pass(Pass *pass, DriftIsotonic *fit)
{
	DriftStatus status = DRIFT_OK;

	while (status == DRIFT_OK && next_rows(pass))
		status = drift_isotonic_add(fit, pass->score, pass->rows[1], pass->rows[0] + pass->rows[1]);
	return status == DRIFT_OK ? drift_isotonic_end(fit) : status;
}

DriftStatus
drift_scored_fit(const DriftScored *scored, DriftIsotonic *fit)
{
	Pass pass;

	begin_pass(&pass, scored, NULL, 0, false);
	return fit_pass(&pass, fit);
}

double
drift_scored_auc(const DriftScored *scored)
{
	double pairs = (double) scored->side[0].n * (double) scored->side[1].n;
	double below = 0;
	double area = 0;
	Pass pass;

	begin_pass(&pass, scored, NULL, 0, false);
	while (next_rows(&pass))
	{
		area += (double) pass.rows[1] * (below + (double) pass.rows[0] / 2);
		below += (double) pass.rows[0];
	}
	return area / pairs;
}

/* ------------------------------------------------------------------------
 * Folds
 * ------------------------------------------------------------------------ */

/* One of every ten neighbours. */
static bool
tests_one_of_ten(const void *ctx, int fold, int side, int64_t rank)
{
	(void) ctx;
	return drift_counter_bits(42, (uint64_t) (2 * fold + side), (uint64_t) (rank / 10)) % 10 == (uint64_t) (rank % 10);
}

const DriftFolds drift_own_folds = {DRIFT_CALIBRATION_FOLDS, tests_one_of_ten, NULL};

/* Fits each fold's map on the rows that it does not test. */
static DriftStatus
fit_folds(const DriftScored *scored, const DriftFolds *folds, const DriftFoldRoom *room, DriftCalibration *maps)
{
	int64_t used = 0;

	for (int fold = 0; fold < folds->count; fold++)
	{
		DriftIsotonic fit;
		DriftStatus status;
		Pass pass;

		drift_isotonic_init(&fit, room->pools, room->capacity);
		begin_pass(&pass, scored, folds, fold, false);
		status = fit_pass(&pass, &fit);
		if (status != DRIFT_OK)
			return status;
		if (used + 2 * fit.count > 2 * room->capacity)
			return DRIFT_NO_SPACE;
		maps[fold] = (DriftCalibration){room->scores + used, room->probabilities + used, 0};
		maps[fold].n = drift_isotonic_knots(&fit, room->scores + used, room->probabilities + used);
		used += maps[fold].n;
	}
	return DRIFT_OK;
}

static int64_t
count_tested(const DriftScored *scored, const DriftFolds *folds)
{
	int64_t n = 0;

	for (int fold = 0; fold < folds->count; fold++)
		for (int s = 0; s < 2; s++)
		{
			if (scored->poll)
				scored->poll();
			for (int64_t rank = 0; rank < scored->side[s].n; rank++)
				n += folds->tests(folds->ctx, fold, s, rank);
		}
	return n;
}

/*
 * Adds the tested rows of all folds in ascending order of their probability: by
 * a merge of the folds, each of which ascends because its map does.
 */
static void
add_tested(const DriftScored *scored, const DriftFolds *folds, const DriftCalibration *maps, DriftCalibrationError *e)
{
	Pass pass[DRIFT_CALIBRATION_FOLDS];
	double next[DRIFT_CALIBRATION_FOLDS];
	DriftCalibration identity = {0};
	/* rows of one probability are added together, whatever their folds */
	double probability = 0;
	int64_t rows = 0;
	int64_t positives = 0;

	for (int fold = 0; fold < folds->count; fold++)
	{
		begin_pass(&pass[fold], scored, folds, fold, true);
		next[fold] = next_rows(&pass[fold]) ? drift_calibrate(maps ? &maps[fold] : &identity, pass[fold].score)
											: (double) INFINITY;
	}
	for (;;)
	{
		int least = 0;

		for (int fold = 1; fold < folds->count; fold++)
			if (next[fold] < next[least])
				least = fold;
		if (rows > 0 && next[least] != probability)
		{
			drift_calibration_error_add(e, probability, positives, rows);
			rows = 0;
			positives = 0;
		}
		if (next[least] == (double) INFINITY)
			break;
		probability = next[least];
		rows += pass[least].rows[0] + pass[least].rows[1];
		positives += pass[least].rows[1];
		next[least] = next_rows(&pass[least]) ? drift_calibrate(maps ? &maps[least] : &identity, pass[least].score)
											  : (double) INFINITY;
	}
}

DriftStatus
drift_fold_errors(const DriftScored *scored, const DriftFolds *folds, const DriftFoldRoom *room, double *before,
				  double *after)
{
	DriftCalibration maps[DRIFT_CALIBRATION_FOLDS];
	DriftCalibrationError e;
	int64_t n = count_tested(scored, folds);
	DriftStatus status;

	*before = (double) NAN;
	*after = (double) NAN;
	if (!drift_calibration_error_init(&e, n, DRIFT_CALIBRATION_BINS))
		return DRIFT_OK;
	status = fit_folds(scored, folds, room, maps);
	if (status != DRIFT_OK)
		return status;
	add_tested(scored, folds, NULL, &e);
	*before = drift_calibration_error(&e);
	drift_calibration_error_init(&e, n, DRIFT_CALIBRATION_BINS);
	add_tested(scored, folds, maps, &e);
	*after = drift_calibration_error(&e);
	return DRIFT_OK;
}
