/* Linear, logistic and multinomial models against scikit-learn and statsmodels, and where there is no best one. */
#include "golden.h"
#include "linear_rows.h"

#define ROOM 64

enum
{
	NAME,
	ROWS,
	N,
	P,
	CLASSES,
	L1,
	L2,
	WEIGHTED,
	SCALES,
	COEFFICIENTS
};

static double
worst_of(const double *got, const double *want, int n)
{
	double worst = 0;

	for (int i = 0; i < n; i++)
		worst = fmax(worst, relative_error(got[i], want[i]));
	return worst;
}

static void
compare(const Golden *g, const LinearRows *rows, DriftLinearOptions options, DriftSolver solver, double tolerance)
{
	double want[ROOM];
	int n = golden_numbers(g, COEFFICIENTS, want, ROOM);
	LinearResult got;
	double worst;

	options.solver = solver;
	linear_fit(rows, &options, &got);
	worst = worst_of(got.coefficients, want, n);
	if (!ok(got.status == DRIFT_LINEAR_CONVERGED && worst <= tolerance, "%s by %s in %u rounds", g->field[NAME],
			solver == DRIFT_SOLVER_LBFGS ? "L-BFGS" : "Newton", got.rounds))
		printf("# status %d, largest relative error %g\n", got.status, worst);
}

static void
test_golden(int argc, char **argv)
{
	Golden g;

	golden_open(&g, argc, argv, "linear_models.csv");
	while (golden_next(&g))
	{
		uint32_t classes = (uint32_t) golden_int(&g, CLASSES);
		DriftLoss loss = classes == 0 ? DRIFT_LOSS_SQUARED : classes == 2 ? DRIFT_LOSS_LOGISTIC : DRIFT_LOSS_SOFTMAX;
		DriftLinearOptions options = linear_options(loss, classes, golden_double(&g, L1), golden_double(&g, L2));
		LinearRows rows;
		TestHost host;

		test_host_init(&host);
		if (strcmp(g.field[ROWS], "cancer") == 0)
			linear_rows_cancer(&rows, &host);
		else
			linear_rows_make(&rows, &host, (uint64_t) golden_int(&g, N), (uint32_t) golden_int(&g, P), classes,
							 (int) golden_int(&g, SCALES));
		if (golden_int(&g, WEIGHTED))
			linear_rows_weigh(&rows, &host);
		compare(&g, &rows, options, DRIFT_SOLVER_AUTO, 1e-6);
		if (options.l1 == 0 && rows.n < 10000)
			compare(&g, &rows, options, DRIFT_SOLVER_LBFGS, 1e-5);
		test_host_free(&host);
	}
	golden_close(&g, "linear_models.csv", 20);
}

static void
test_squares_of_collinear_features(void)
{
	DriftLinearOptions options = linear_options(DRIFT_LOSS_SQUARED, 0, 0, 0);
	LinearResult both;
	LinearResult one;
	LinearRows rows;
	TestHost host;

	test_host_init(&host);
	linear_rows_make(&rows, &host, 200, 3, 0, 0);
	for (uint64_t i = 0; i < rows.n; i++)
		rows.x[2 * rows.n + i] = 7 - 2 * rows.x[i];
	linear_fit(&rows, &options, &both);
	rows.p = 2;
	linear_fit(&rows, &options, &one);
	ok(both.coefficients[2] == 0, "a combination of features before gets no coefficient");
	is_close(both.coefficients[1], one.coefficients[1], 1e-10, "the others are as without it");
	is_close(both.loss, one.loss, 1e-10, "and so is the loss");
	test_host_free(&host);
}

static void
test_constant_feature(void)
{
	DriftLinearOptions options = linear_options(DRIFT_LOSS_LOGISTIC, 0, 0, 0);
	LinearResult got;
	LinearRows rows;
	TestHost host;

	test_host_init(&host);
	linear_rows_make(&rows, &host, 200, 2, 2, 0);
	for (uint64_t i = 0; i < rows.n; i++)
		rows.x[rows.n + i] = 0.1;
	linear_fit(&rows, &options, &got);
	ok(got.status == DRIFT_LINEAR_CONVERGED && got.coefficients[1] == 0, "a constant feature gets no coefficient");
	test_host_free(&host);
}

static void
test_one_row(void)
{
	DriftLinearOptions options = linear_options(DRIFT_LOSS_SQUARED, 0, 0, 0);
	LinearResult got;
	LinearRows rows;
	TestHost host;

	test_host_init(&host);
	linear_rows_make(&rows, &host, 1, 3, 0, 0);
	linear_fit(&rows, &options, &got);
	ok(got.status == DRIFT_LINEAR_CONVERGED && got.coefficients[0] == 0 && got.coefficients[3] == rows.y[0],
	   "one row is an intercept");
	test_host_free(&host);
}

static void
test_no_features(void)
{
	DriftLinearOptions options = linear_options(DRIFT_LOSS_LOGISTIC, 0, 0, 1);
	LinearResult got;
	LinearRows rows;
	TestHost host;
	double positive = 0;

	test_host_init(&host);
	linear_rows_make(&rows, &host, 100, 1, 2, 0);
	rows.p = 0;
	for (uint64_t i = 0; i < rows.n; i++)
		positive += rows.y[i];
	linear_fit(&rows, &options, &got);
	ok(got.status == DRIFT_LINEAR_CONVERGED, "without features there is an intercept");
	is_close(got.coefficients[0], log(positive / (100 - positive)), 1e-9, "it is the log of the odds");
	test_host_free(&host);
}

/* A feature that says the class: 1 for one class, 0 in half of the rows of the other, too, if quasi. */
static LinearResult
fit_separated(DriftLoss loss, uint32_t classes, bool quasi, double l2)
{
	DriftLinearOptions options = linear_options(loss, classes, 0, l2);
	LinearResult got;
	LinearRows rows;
	TestHost host;

	options.max_rounds = 200;
	test_host_init(&host);
	linear_rows_make(&rows, &host, 200, 2, loss == DRIFT_LOSS_LOGISTIC ? 2 : classes, 0);
	for (uint64_t i = 0; i < rows.n; i++)
		rows.x[i] = rows.y[i] == 1 && (!quasi || i % 2 == 0);
	linear_fit(&rows, &options, &got);
	test_host_free(&host);
	return got;
}

static void
test_separated(void)
{
	ok(fit_separated(DRIFT_LOSS_LOGISTIC, 2, false, 0).status == DRIFT_LINEAR_SEPARATED, "classes that are told apart");
	ok(fit_separated(DRIFT_LOSS_LOGISTIC, 2, true, 0).status == DRIFT_LINEAR_SEPARATED, "some rows that are");
	ok(fit_separated(DRIFT_LOSS_SOFTMAX, 3, true, 0).status == DRIFT_LINEAR_SEPARATED, "of several classes");
	ok(fit_separated(DRIFT_LOSS_LOGISTIC, 2, false, 1e-3).status == DRIFT_LINEAR_CONVERGED, "not with a penalty");
}

static void
test_weights_are_rows(void)
{
	DriftLinearOptions options = linear_options(DRIFT_LOSS_LOGISTIC, 0, 0, 1);
	LinearResult weighted;
	LinearResult repeated;
	LinearRows rows;
	LinearRows twice;
	TestHost host;
	double worst = 0;

	test_host_init(&host);
	linear_rows_make(&rows, &host, 4096, 4, 2, 1);
	linear_rows_allocate(&twice, &host, 8192, 4);
	rows.w = test_host_allocate(&host, 4096 * sizeof(double));
	for (uint64_t i = 0; i < 8192; i++)
	{
		for (uint32_t j = 0; j < 4; j++)
			twice.x[j * 8192 + i] = rows.x[j * 4096 + i % 4096];
		twice.y[i] = rows.y[i % 4096];
		rows.w[i % 4096] = 2;
	}
	linear_fit(&rows, &options, &weighted);
	linear_fit(&twice, &options, &repeated);
	worst = worst_of(weighted.coefficients, repeated.coefficients, 5);
	ok(worst <= 1e-9, "a row of weight 2 is two rows (%g)", worst);
	test_host_free(&host);
}

static void
test_limits(void)
{
	LinearRows rows = {.n = 1, .p = 5000};
	DriftLinearOptions options = linear_options(DRIFT_LOSS_SQUARED, 0, 1, 0);
	LinearResult got;

	linear_fit(&rows, &options, &got);
	ok(got.refused == DRIFT_TOO_LARGE, "too many coefficients for l1");
	options.solver = DRIFT_SOLVER_LBFGS;
	linear_fit(&rows, &options, &got);
	ok(got.refused == DRIFT_UNSUPPORTED, "L-BFGS knows no l1");
	options.l1 = 0;
	rows.p = 2000000;
	linear_fit(&rows, &options, &got);
	ok(got.refused == DRIFT_TOO_LARGE, "too many coefficients");
	rows.p = 1;
	rows.x = &(double){1e200};
	rows.y = &(double){0};
	linear_fit(&rows, &options, &got);
	ok(got.status == DRIFT_LINEAR_CONVERGED, "a large number that is always there is a constant");
	rows = (LinearRows){.n = 2, .p = 1, .x = (double[]){0, 1e200}, .y = (double[]){0, 1}};
	linear_fit(&rows, &options, &got);
	ok(got.refused == DRIFT_OVERFLOW, "numbers too large to be squared");
	rows.x[1] = 1;
	rows.y[1] = 1e200;
	linear_fit(&rows, &options, &got);
	ok(got.status == DRIFT_LINEAR_OVERFLOW, "targets too large to be squared");
	ok(drift_linear_memory(1000, &options) < drift_linear_memory(2000, &options), "more features take more memory");
}

static void
test_rounds_end(void)
{
	DriftLinearOptions options = linear_options(DRIFT_LOSS_LOGISTIC, 0, 0, 1);
	LinearResult got;
	LinearRows rows;
	TestHost host;

	test_host_init(&host);
	linear_rows_make(&rows, &host, 300, 4, 2, 1);
	options.max_rounds = 2;
	linear_fit(&rows, &options, &got);
	ok(got.status == DRIFT_LINEAR_EXHAUSTED && got.rounds == 2 && isfinite(got.loss), "rounds come to an end");
	test_host_free(&host);
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_squares_of_collinear_features();
	test_constant_feature();
	test_one_row();
	test_no_features();
	test_separated();
	test_weights_are_rows();
	test_limits();
	test_rounds_end();
	return done_testing();
}
