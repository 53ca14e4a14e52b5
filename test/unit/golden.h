/*
 * golden.h
 *		Reads the golden CSV files of test/reference.
 *
 * Fields hold no quotes. The directory is the program's first argument, or
 * test/reference below the current directory.
 */
#ifndef DRIFT_TEST_GOLDEN_H
#define DRIFT_TEST_GOLDEN_H

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* |got - want| / |want|; equal values, two NaN included, differ by nothing. */
static inline double
relative_error(double got, double want)
{
	if (got == want || (isnan(got) && isnan(want)))
		return 0;
	if (!isfinite(got) || !isfinite(want))
		return (double) INFINITY;
	return fabs(got - want) / fabs(want);
}

static inline bool
is_close(double got, double want, double tolerance, const char *name)
{
	double error = relative_error(got, want);

	if (ok(error <= tolerance, "%s", name))
		return true;
	printf("# got %.17g, want %.17g, relative error %.3g\n", got, want, error);
	return false;
}

#define GOLDEN_MAX_FIELDS 40

typedef struct Golden
{
	FILE *file;
	char line[8192];
	char *field[GOLDEN_MAX_FIELDS];
	char header[2048];
	int rows;
} Golden;

/* Cuts a line at its commas; fields beyond the last are empty. */
static inline void
golden_split(Golden *g)
{
	static char empty[] = "";
	char *at = g->line;

	at[strcspn(at, "\n")] = '\0';
	for (int i = 0; i < GOLDEN_MAX_FIELDS; i++)
	{
		g->field[i] = at != NULL ? at : empty;
		at = at != NULL ? strchr(at, ',') : NULL;
		if (at != NULL)
			*at++ = '\0';
	}
}

/* Opens a file and skips its comment and its column names. */
static inline void
golden_open(Golden *g, int argc, char **argv, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", argc > 1 ? argv[1] : "test/reference", name);
	g->rows = 0;
	g->file = fopen(path, "r");
	if (g->file == NULL || fgets(g->line, sizeof(g->line), g->file) == NULL ||
		fgets(g->header, sizeof(g->header), g->file) == NULL)
	{
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
}

static inline bool
golden_next(Golden *g)
{
	if (fgets(g->line, sizeof(g->line), g->file) == NULL)
		return false;
	golden_split(g);
	g->rows++;
	return true;
}

/* Closes the file and checks that it held what the test was written for. */
static inline void
golden_close(Golden *g, const char *name, int at_least)
{
	fclose(g->file);
	ok(g->rows >= at_least, "%s has %d rows", name, g->rows);
}

static inline double
golden_double(const Golden *g, int column)
{
	return strtod(g->field[column], NULL);
}

static inline int64_t
golden_int(const Golden *g, int column)
{
	return (int64_t) strtoll(g->field[column], NULL, 10);
}

/* The number of integers in a field like "1 2 3". */
static inline int
golden_counts(const Golden *g, int column, int64_t *counts, int room)
{
	const char *at = g->field[column];
	char *end;
	int n = 0;

	while (n < room)
	{
		counts[n] = (int64_t) strtoll(at, &end, 10);
		if (end == at)
			break;
		at = end;
		n++;
	}
	return n;
}

/* The numbers in a field like "0.5 1e-3", as doubles. */
static inline int
golden_numbers(const Golden *g, int column, double *values, int room)
{
	const char *at = g->field[column];
	char *end;
	int n = 0;

	while (n < room)
	{
		values[n] = strtod(at, &end);
		if (end == at)
			break;
		at = end;
		n++;
	}
	return n;
}

/* The largest relative error of one function over many rows, reported as one test. */
typedef struct Worst
{
	double error;
	int rows;
	char where[256];
} Worst;

static inline void
worst_add(Worst *w, double got, double want, const Golden *g)
{
	double error = relative_error(got, want);

	w->rows++;
	if (!(error > w->error))
		return;
	w->error = error;
	snprintf(w->where, sizeof(w->where), "row %d (%s, %s, %s, %s): got %.17g, want %.17g", g->rows, g->field[0],
			 g->field[1], g->field[2], g->field[3], got, want);
}

static inline void
worst_report(const Worst *w, double tolerance, const char *name)
{
	if (!ok(w->rows > 0 && w->error <= tolerance, "%s: %d values within %g of the reference", name, w->rows,
			tolerance) ||
		w->error > 0)
		printf("# largest relative error %.3g, %s\n", w->error, w->where);
}

#endif
