/*
 * boost_library.h
 *		What drift_train, the shared object that is linked with libxgboost, does
 *		for drift.
 *
 * drift loads it when somebody first trains by it, and asks for one symbol:
 * DRIFT_BOOST_LIBRARY, a BoostLibrary. Everything in it allocates in the
 * current memory context; what the library itself holds is freed with that
 * context. Errors of the library are raised after it has returned. Signals
 * wait while it runs, so that none is handled on a thread of its own.
 */
#ifndef DRIFT_TRAIN_BOOST_LIBRARY_H
#define DRIFT_TRAIN_BOOST_LIBRARY_H

#define DRIFT_BOOST_LIBRARY "drift_boost_library"

/* Rows as the library takes them. */
typedef struct BoostRows
{
	uint64 n_rows;
	uint32 n_columns;
	const bool *categorical; /* of each column; its values are codes from 0 on */
	/* Writes count rows from first on one after another, NaN for missing. Called by the library: it may not raise. */
	void (*read)(const void *source, uint64 first, uint64 count, float *to);
	const void *source;
	const float *labels;  /* NULL: none */
	const float *weights; /* NULL: all 1 */
} BoostRows;

typedef enum BoostForm
{
	BOOST_BINNED, /* bins of each value are kept, as tree_method hist needs them */
	BOOST_WHOLE   /* the values are kept */
} BoostForm;

typedef struct BoostMatrix BoostMatrix;
typedef struct Boost Boost;

typedef struct BoostLibrary
{
	const char *drift_version; /* of the drift that it was built with */
	int version[3];            /* of libxgboost */

	/* Reads the rows; bins are at most so many for a column. Into bins: a query that is cancelled does not wait long. */
	BoostMatrix *(*read_rows)(const BoostRows *rows, BoostForm form, int bins, int threads);
	/* A booster that knows these matrices. */
	Boost *(*create)(BoostMatrix *const *matrices, int n);
	void (*set)(Boost *boost, const char *name, const char *value);
	/* A round more on matrix 0, by the objective that is set, or by gradients of each row and margin. */
	void (*advance)(Boost *boost, int round);
	void (*advance_by)(Boost *boost, int round, float *gradients, float *hessians, uint64 n_rows, uint32 n_margins);
	/* The metric that is set, on a matrix of the booster by its place. */
	double (*evaluate)(Boost *boost, int round, int matrix);
	/* Margins of the first rounds, n of them; 0: of all. */
	void (*margins)(Boost *boost, BoostMatrix *matrix, int rounds, float *to, uint64 n);
	/* The model as UBJSON. */
	char *(*save)(Boost *boost, Size *size);
	/* Ends the threads of OpenMP, of which there is one for each processor that was asked for. */
	void (*rest)(void);
} BoostLibrary;

#endif
