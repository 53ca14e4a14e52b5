/*
 * test_special.c
 *		Special functions against golden values, and outside their domains.
 */
#include "stats/special.h"

#include "golden.h"

typedef struct Function
{
	const char *name;
	double (*one)(double);
	double (*two)(double, double);
	double (*three)(double, double, double);
	double tolerance;
	Worst worst;
} Function;

static Function functions[] = {
	{.name = "log_gamma", .one = drift_log_gamma, .tolerance = 1e-14},
	{.name = "normal_quantile", .one = drift_normal_quantile, .tolerance = 1e-14},
	{.name = "normal_sf", .one = drift_normal_sf, .tolerance = 1e-12},
	{.name = "kolmogorov_sf", .one = drift_kolmogorov_sf, .tolerance = 1e-12},
	{.name = "gamma_p", .two = drift_gamma_p, .tolerance = 1e-12},
	{.name = "gamma_q", .two = drift_gamma_q, .tolerance = 1e-12},
	{.name = "chi2_sf", .two = drift_chi2_sf, .tolerance = 1e-12},
	{.name = "student_t_sf", .two = drift_student_t_sf, .tolerance = 1e-12},
	{.name = "beta_inc", .three = drift_beta_inc, .tolerance = 1e-12},
};

#define N_FUNCTIONS (sizeof(functions) / sizeof(functions[0]))

static double
call(const Function *f, double a, double b, double c)
{
	if (f->one != NULL)
		return f->one(a);
	return f->two != NULL ? f->two(a, b) : f->three(a, b, c);
}

static void
test_golden(int argc, char **argv)
{
	Golden g;

	golden_open(&g, argc, argv, "special.csv");
	while (golden_next(&g))
		for (size_t i = 0; i < N_FUNCTIONS; i++)
			if (strcmp(g.field[0], functions[i].name) == 0)
				worst_add(&functions[i].worst,
						  call(&functions[i], golden_double(&g, 1), golden_double(&g, 2), golden_double(&g, 3)),
						  golden_double(&g, 4), &g);
	golden_close(&g, "special.csv", 590);
	for (size_t i = 0; i < N_FUNCTIONS; i++)
		worst_report(&functions[i].worst, functions[i].tolerance, functions[i].name);
}

static void
test_kstwo(int argc, char **argv)
{
	Golden g;
	Worst worst = {0};

	golden_open(&g, argc, argv, "kstwo.csv");
	while (golden_next(&g))
		worst_add(&worst, drift_kstwo_sf(golden_double(&g, 1), golden_int(&g, 0)), golden_double(&g, 2), &g);
	golden_close(&g, "kstwo.csv", 290);
	worst_report(&worst, 1e-9, "kstwo_sf");
}

/* Every probability stays one, whatever the arguments; the first two functions give none. */
static void
test_hostile(void)
{
	static const double values[] = {(double) NAN,
									(double) INFINITY,
									-(double) INFINITY,
									0.0,
									-0.0,
									-1,
									1,
									0.5,
									5e-324,
									1e-300,
									1e-100,
									1e-15,
									1 - 1e-16,
									1 + 1e-15,
									2,
									11.999,
									12,
									1e5,
									1e7,
									9.9e6,
									1e9,
									1e15,
									1e100,
									1.7e308,
									-1.7e308};
	static const int n = (int) (sizeof(values) / sizeof(values[0]));

	for (size_t f = 2; f < N_FUNCTIONS; f++)
	{
		int wrong = 0;
		int cases = functions[f].one != NULL ? n : functions[f].two != NULL ? n * n : n * n * n;

		for (int i = 0; i < cases; i++)
		{
			double p = call(&functions[f], values[i % n], values[i / n % n], values[i / n / n]);

			if (!isnan(p) && !(p >= 0 && p <= 1))
			{
				printf("# %s(%g, %g, %g) is %g\n", functions[f].name, values[i % n], values[i / n % n],
					   values[i / n / n], p);
				wrong++;
			}
		}
		ok(wrong == 0, "%s is NaN or a probability for any arguments", functions[f].name);
	}
	ok(isnan(drift_log_gamma(0)) && isnan(drift_log_gamma(-1.5)) && isnan(drift_log_gamma((double) NAN)),
	   "log_gamma outside its domain is NaN");
	ok(isnan(drift_normal_quantile(-1e-300)) && isnan(drift_normal_quantile(1 + 1e-15)) &&
		   isnan(drift_normal_quantile((double) NAN)),
	   "normal_quantile outside its domain is NaN");
	ok(drift_normal_quantile(0) == -(double) INFINITY && drift_normal_quantile(1) == (double) INFINITY &&
		   drift_normal_quantile(0.5) == 0,
	   "normal_quantile at the ends and in the middle");
}

static void
test_hostile_sizes(void)
{
	static const double ds[] = {
		(double) NAN, -(double) INFINITY, -1, 0, 5e-324, 1e-300, 1e-9, 0.001, 0.3, 0.5, 1, 2, (double) INFINITY};
	static const int64_t sizes[] = {INT64_MIN, -1, 0, 1, 2, 140, 141, 20000, 20001, 1000000, 1000001, INT64_MAX};
	int wrong = 0;

	for (size_t i = 0; i < sizeof(ds) / sizeof(ds[0]); i++)
		for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++)
		{
			double two = drift_kstwo_sf(ds[i], sizes[j]);
			double one = drift_smirnov_sf(ds[i], sizes[j]);
			bool undefined = sizes[j] <= 0 || isnan(ds[i]);

			wrong += undefined != (isnan(two) && isnan(one));
			wrong += !undefined && !(two >= 0 && two <= 1 && one >= 0 && one <= 1);
		}
	ok(wrong == 0, "kstwo_sf and smirnov_sf are NaN or probabilities for any arguments");
}

/* A p-value must not jump where the method changes. */
static void
test_monotone(void)
{
	static const int64_t sizes[] = {1, 2, 7, 140, 141, 3000, 20000, 20001, 1000000, 1000001};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
	{
		double previous = 1;
		int rises = 0;

		for (int step = 1; step <= 400; step++)
		{
			double p = drift_kstwo_sf(step / 100.0 / sqrt((double) sizes[i]), sizes[i]);

			rises += p > previous * (1 + 1e-11);
			previous = p;
		}
		ok(rises == 0, "kstwo_sf falls with d, n = %" PRId64, sizes[i]);
	}
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_kstwo(argc, argv);
	test_hostile();
	test_hostile_sizes();
	test_monotone();
	return done_testing();
}
