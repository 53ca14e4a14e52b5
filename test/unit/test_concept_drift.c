/*
 * test_concept_drift.c
 *		Changes of relations in tables whose answer is known, the shape of
 *		p-values when nothing changed, and principal components.
 */
#include "stats/concept_drift.h"

#include <stdlib.h>

#include "stats/pca.h"
#include "stats/random.h"

#include <math.h>

#include "tap.h"

#define FEATURES 4
#define STRATA 5
#define CLASSES 2
#define CELLS (FEATURES * STRATA * CLASSES)

typedef struct Sample
{
	int64_t reference[CELLS];
	int64_t current[CELLS];
	double mean[FEATURES * STRATA];
} Sample;

static const double numbers[CLASSES] = {0, 1};

static double
logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* Rows of a side whose class has log odds of intercept + slope * feature + stratum - 3. */
static void
draw(DriftRandom *random, int64_t *side, int rows, double tilt, double intercept, double slope)
{
	for (int i = 0; i < CELLS; i++)
		side[i] = 0;
	for (int i = 0; i < rows; i++)
	{
		double u = pow(drift_random_uniform(random), tilt);
		int feature = (int) (u * FEATURES);
		int stratum = (int) (0.5 * (u + drift_random_uniform(random)) * STRATA);
		int class = drift_random_uniform(random) < logistic(intercept + slope * feature + stratum - 3);

		side[(feature * STRATA + stratum) * CLASSES + class]++;
	}
}

static DriftConceptTable
table_of(Sample *s)
{
	for (int g = 0; g < FEATURES * STRATA; g++)
		s->mean[g] = g / STRATA;
	return (DriftConceptTable){.features = FEATURES,
							   .strata = STRATA,
							   .classes = CLASSES,
							   .reference = s->reference,
							   .current = s->current,
							   .mean_reference = s->mean,
							   .mean_current = s->mean,
							   .class_number = numbers};
}

static DriftConcept
change(Sample *s, int64_t draws, int64_t enough)
{
	DriftConceptTable table = table_of(s);
	double *room = malloc(sizeof(double) * (size_t) drift_concept_room(FEATURES, STRATA, CLASSES, draws));
	DriftConcept result;

	drift_concept_change(&table, draws, enough, 42, room, NULL, &result);
	free(room);
	return result;
}

static DriftConceptChange
prior(Sample *s)
{
	DriftConceptTable table = table_of(s);
	double *room = malloc(sizeof(double) * (size_t) drift_concept_room(FEATURES, STRATA, CLASSES, 199));
	DriftConceptChange result;

	drift_concept_prior(&table, 199, 0, 42, room, NULL, &result);
	free(room);
	return result;
}

/* Under covariate shift and prior shift p-values are uniform: counts below 0.1 of 200, and neither far off. */
static void
test_level(void)
{
	DriftRandom random;
	Sample s;
	int low_information = 0;
	int low_correlation = 0;
	int low_prior = 0;
	double mean = 0;

	drift_random_init(&random, 3);
	for (int i = 0; i < 200; i++)
	{
		DriftConcept found;

		draw(&random, s.reference, 1500, 1, 0, 0.5);
		draw(&random, s.current, 1500, 2, 0.7, 0.5);
		found = change(&s, 99, 0);
		low_information += found.information.p_value <= 0.1;
		low_correlation += found.correlation.p_value <= 0.1;
		mean += found.correlation.change / 200;
		if (i < 60)
		{
			draw(&random, s.current, 1500, 2, 0, 0.5);
			low_prior += prior(&s).p_value <= 0.1;
		}
	}
	printf("# p <= 0.1 in 200: information %d, correlation %d; prior %d of 60; mean change %g\n", low_information,
		   low_correlation, low_prior, mean);
	ok(low_information >= 6 && low_information <= 36,
	   "p-values of information are uniform when only rows and prior changed");
	ok(low_correlation >= 6 && low_correlation <= 36, "and so are those of correlation");
	ok(low_prior <= 15, "the prior does not change with the rows");
	ok(fabs(mean) < 0.01, "and the change is 0 on average");
}

static void
test_power(void)
{
	DriftRandom random;
	Sample s;
	DriftConcept found;
	DriftConceptChange moved;

	drift_random_init(&random, 4);
	draw(&random, s.reference, 5000, 1, 0, 1);
	draw(&random, s.current, 5000, 1, 0, -1);
	found = change(&s, 199, 0);
	ok(found.correlation.p_value == 1.0 / 200 && found.correlation.change < -0.3, "a relation turned over is found");
	ok(fabs(found.correlation.expected + found.correlation.change - found.correlation.current) <= 1e-12,
	   "expected is what the change is measured from");
	ok(found.information.reference > 0.05 && found.entropy_reference > 0.5, "information and entropy are given");
	ok(change(&s, 999, 20).draws == 999, "what is never reached takes all draws");
	draw(&random, s.current, 5000, 1, 0, 1);
	ok(change(&s, 999, 5).draws < 999, "what is often reached ends early");
	draw(&random, s.current, 5000, 1, 1, 1);
	moved = prior(&s);
	ok(moved.p_value == 1.0 / 200 && moved.change > 0.05, "a prior that moved is found");
	ok(change(&s, 199, 0).correlation.p_value > 0.005, "and is no change of a relation");
	ok(fabs(moved.reference - (0)) <= 0, "the reference is where it is measured from");
}

static void
test_undetermined(void)
{
	DriftRandom random;
	Sample s;
	DriftConcept found;

	drift_random_init(&random, 5);
	draw(&random, s.reference, 500, 1, 0, 1);
	for (int i = 0; i < CELLS; i++)
		s.current[i] = 0;
	found = change(&s, 19, 0);
	ok(isnan(found.information.p_value) && isnan(found.correlation.change) && found.draws == 0, "no rows, no answer");
	ok(isnan(prior(&s).p_value), "nor about the prior");
	s.current[0] = 100;
	found = change(&s, 19, 0);
	ok(isnan(found.information.p_value) && isnan(found.correlation.p_value), "one class and one value, no answer");
	ok(!isnan(prior(&s).p_value), "but one about the prior");
	for (int i = 0; i < CELLS; i++)
		s.reference[i] = 0;
	draw(&random, s.current, 500, 1, 0, 1);
	found = change(&s, 19, 0);
	ok(isnan(found.information.change) && isnan(found.correlation.change), "no reference, no answer");
	ok(isnan(prior(&s).change) && isnan(prior(&s).p_value), "nor about the prior then");
	ok(drift_concept_room(0, 1, 2, 99) == 0 && drift_concept_room(1024, 1024, 2, 99) == 0 &&
		   drift_concept_room(2, 2, 2, 18) == 0,
	   "shapes and draws out of range are refused");
}

/* A matrix Q diag(values) Q' of a random rotation gives its values back, and vectors that rebuild it. */
static void
test_eigen(void)
{
	enum
	{
		N = 7
	};
	DriftRandom random;
	double a[N * N];
	double copy[N * N];
	double values[N];
	double vectors[N * N];
	double worst = 0;

	drift_random_init(&random, 6);
	for (int i = 0; i < N; i++)
		for (int j = 0; j <= i; j++)
			a[i * N + j] = a[j * N + i] = copy[i * N + j] = copy[j * N + i] = drift_random_uniform(&random) - 0.5;
	drift_symmetric_eigen(a, N, values, vectors, NULL);
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++)
		{
			double sum = 0;

			for (int k = 0; k < N; k++)
				sum += vectors[k * N + i] * values[k] * vectors[k * N + j];
			worst = fmax(worst, fabs(sum - copy[i * N + j]));
		}
	ok(worst < 1e-14, "values and vectors rebuild the matrix");
	ok(values[0] >= values[1] && values[N - 2] >= values[N - 1], "the largest value comes first");
	{
		static const double four[] = {4, 3, 2, 1};
		double row[2] = {3, 4};
		double first[2] = {1, 0};
		double rest[2];

		ok(drift_components_for_share(four, 4, 0.65) == 2 && drift_components_for_share(four, 4, 0.7) == 3,
		   "more than the share is explained");
		ok(drift_components_for_share(four, 4, 1) == 4, "all of it by all");
		ok(fabs(drift_reconstruction_error(row, 2, first, 1, rest) - (4)) <= 0, "what one component leaves");
		ok(fabs(drift_reconstruction_error(row, 2, first, 0, rest) - (5)) <= 0, "and what none does");
	}
}

int
main(void)
{
	test_level();
	test_power();
	test_undetermined();
	test_eigen();
	return done_testing();
}
