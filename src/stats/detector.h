/*
 * detector.h
 *		Detectors of change in a stream of numbers, one value at a time.
 *
 * A detector is a small state. Each value that is added changes it, and then
 * it says whether a change was found with that value and whether it is on
 * guard (a warning). After a change it begins anew with the next value.
 * Definitions are those of river 0.26, and of its CUSUM of July 2026; where
 * MOA, scikit-multiflow and Frouros differ is said at each kind. Numbers are
 * computed in river's order of operations, so that the same stream gives the
 * same changes.
 *
 * Binary kinds (DDM, EDDM, HDDM) watch errors: 1 for a wrong answer, 0 for a
 * right one. DDM and HDDM take any number from 0 to 1.
 */
#ifndef DRIFT_STATS_DETECTOR_H
#define DRIFT_STATS_DETECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/status.h"

typedef enum DriftDetectorKind
{
	DRIFT_DDM = 1,
	DRIFT_EDDM,
	DRIFT_HDDM_A,
	DRIFT_HDDM_W,
	DRIFT_PAGE_HINKLEY,
	DRIFT_CUSUM,
	DRIFT_ADWIN,
	DRIFT_KSWIN
} DriftDetectorKind;

#define DRIFT_DETECTOR_KINDS 8

/* Every kind has at most so many parameters and fields. */
#define DRIFT_DETECTOR_PARAMS 6
#define DRIFT_DETECTOR_FIELDS 15

/* Magnitude of values that detectors of means take: their squares and sums stay finite. */
#define DRIFT_DETECTOR_MAX_VALUE 1e100

/* How a parameter is written; it is kept as a double. */
typedef enum DriftParamForm
{
	DRIFT_PARAM_NUMBER,
	DRIFT_PARAM_WHOLE,
	DRIFT_PARAM_FLAG, /* 0 or 1 */
	DRIFT_PARAM_MODE  /* DRIFT_MODE_* */
} DriftParamForm;

/* Which changes of a mean are looked for; numbers of the parameter "mode". */
enum
{
	DRIFT_MODE_UP = 1,
	DRIFT_MODE_DOWN = 2,
	DRIFT_MODE_BOTH = 3
};

/* A parameter of a kind; low and high are allowed. */
typedef struct DriftDetectorParam
{
	const char *name;
	DriftParamForm form;
	double otherwise; /* what it is when it is not given */
	double low;
	double high;
} DriftDetectorParam;

/* A number of the state; low and high are allowed. */
typedef struct DriftDetectorField
{
	const char *name;
	double low;
	double high;
} DriftDetectorField;

/* Doubles kept behind the fields: values of a window, or the buckets of one row. */
typedef struct DriftDetectorType DriftDetectorType;

typedef struct DriftDetector
{
	const DriftDetectorType *type;
	bool drift;      /* a change was found with the last value */
	bool warning;    /* the last value left it on guard */
	int64_t seen;    /* values added */
	int64_t drifts;  /* changes found */
	int64_t drifted; /* number of the value with which the last change was found; 0: none */
	double param[DRIFT_DETECTOR_PARAMS];
	double derived[4]; /* constants that follow from the parameters */
	double field[DRIFT_DETECTOR_FIELDS];
	double tail[]; /* what only ADWIN and KSWIN have, see their files */
} DriftDetector;

/* NULL for numbers that are no kind. */
const char *drift_detector_kind_name(int kind);

/* 0 where the name, of length bytes, is that of no kind. */
int drift_detector_kind(const char *name, size_t length);

int drift_detector_kind_of(const DriftDetector *d);

/* The parameters of a kind, and how many. */
const DriftDetectorParam *drift_detector_params(int kind, int *count);

/* The fields of a kind, and how many. */
const DriftDetectorField *drift_detector_fields(int kind, int *count);

/*
 * Index of the first parameter that is out of its range or does not go with
 * the others, -1 if all are good. Parameters of a kind are in the order of
 * drift_detector_params().
 */
int drift_detector_bad_param(int kind, const double *params);

/* Bytes of a detector with good parameters. */
size_t drift_detector_size(int kind, const double *params);

/* Makes one that has seen nothing, in drift_detector_size() bytes. */
void drift_detector_init(DriftDetector *d, int kind, const double *params);

/* Whether a value is one that the detector takes. NaN never is. */
bool drift_detector_takes(const DriftDetector *d, double x);

/* How many values it takes up to the first that it does not; count if it takes all. */
size_t drift_detector_takes_first(const DriftDetector *d, const double *x, size_t count);

/* Adds a value that it takes. */
void drift_detector_add(DriftDetector *d, double x);

/*
 * Adds values that it takes until one of them finds a change: how many were
 * added. *warned becomes the number of the first of them at which a warning
 * began, count if none did.
 */
size_t drift_detector_run(DriftDetector *d, const double *x, size_t count, size_t *warned);

/*
 * The packed form: little-endian on every machine, equal detectors have equal
 * bytes. Reading takes two steps, because the memory follows from the
 * parameters: peek finds their size, unpack reads and checks everything, so
 * that no bytes can make a detector do harm.
 */
size_t drift_detector_packed_size(const DriftDetector *d);
DriftStatus drift_detector_pack(const DriftDetector *d, uint8_t *bytes, size_t size);
DriftStatus drift_detector_peek(const uint8_t *bytes, size_t length, size_t *size);
DriftStatus drift_detector_unpack(DriftDetector *d, const uint8_t *bytes, size_t length);

/* ADWIN: the buckets of its window. */

#define DRIFT_ADWIN_MAX_ROWS 48

/* Rows of buckets in use; buckets of row i hold 2^i values each. */
int drift_adwin_rows(const DriftDetector *d);

/* Buckets of a row from the oldest on: sums and sums of squared deviations. */
int drift_adwin_row(const DriftDetector *d, int row, const double **totals, const double **variances);

/* Adds a bucket to the end of the last row, or with next to a new row; false if it does not fit. */
bool drift_adwin_add_bucket(DriftDetector *d, bool next, double total, double variance);

/* KSWIN: its window and its random numbers. */

/* Values in the window. */
int drift_kswin_length(const DriftDetector *d);

/* A value of the window, 0 the oldest. */
double drift_kswin_value(const DriftDetector *d, int i);

/* Adds a value to a window that is not full. */
void drift_kswin_put(DriftDetector *d, double x);

/* The 624 words and the place of its generator; NULL while nothing was drawn. */
const uint32_t *drift_kswin_random(const DriftDetector *d, int *place);
void drift_kswin_set_random(DriftDetector *d, const uint32_t *words, int place);

/* Whether the state agrees with itself; fields must be in their ranges. */
bool drift_detector_valid(const DriftDetector *d);

#endif
