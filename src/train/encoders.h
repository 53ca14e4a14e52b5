/*
 * encoders.h
 *		From the columns of a design to the numbers that a linear predictor
 *		multiplies, and the same as steps of a model.
 *
 * A number becomes one feature: missing ones are filled, then it is kept within
 * the range of the training rows and standardised where that is asked for; a
 * second feature is 1 where it was missing. A category becomes a feature for each label, 1 where it has that
 * label; missing and unknown labels are 0 everywhere. What drift_encode()
 * writes is bit for bit what the model's steps compute.
 */
#ifndef DRIFT_TRAIN_ENCODERS_H
#define DRIFT_TRAIN_ENCODERS_H

#include "model/draft.h"
#include "train/design.h"

typedef enum DriftFill
{
	DRIFT_FILL_MEAN,
	DRIFT_FILL_MEDIAN,
	DRIFT_FILL_MOST_FREQUENT, /* the least of them */
	DRIFT_FILL_ZERO
} DriftFill;

typedef struct DriftEncoderOptions
{
	DriftFill fill;
	bool indicators;  /* of the numbers that are missing in some row */
	bool clip;        /* numbers below the least of the training rows count as that, and those above the most as that */
	bool standardise; /* numbers: less their mean, over their standard deviation (of the population) */
	bool
		drop_first; /* leave out the first label of columns that are missing in no row, so that features are not collinear */
} DriftEncoderOptions;

typedef struct DriftEncoder
{
	uint32_t first;       /* feature */
	uint32_t count;       /* features; 0: it says nothing */
	uint32_t first_label; /* of categories: label of the first feature */
	bool indicator;       /* the last feature tells the missing */
	double fill;
	double least; /* of the filled column, where numbers are clipped */
	double most;
	double mean; /* 0 and 1 where nothing is standardised */
	double scale;
} DriftEncoder;

typedef struct DriftEncoders
{
	uint32_t n_columns;
	uint32_t n_features;
	DriftEncoderOptions options;
	DriftEncoder *columns;
} DriftEncoders;

/* Why a design cannot be encoded. */
typedef struct DriftUnencodable
{
	uint32_t column; /* that has infinities */
	uint64_t rows;   /* in so many rows */
} DriftUnencodable;

/*
 * Learns from the rows for training, with their weights. DRIFT_UNSUPPORTED and
 * *why where a number is infinite; DRIFT_OVERFLOW if the features are too many
 * for a model. Memory is the host's: O(columns), and O(rows) for a while with
 * medians and most frequent values.
 */
DriftStatus drift_encoders_learn(DriftEncoders *e, const DriftDesign *train, const DriftEncoderOptions *options,
								 const DriftHost *host, DriftUnencodable *why);

/*
 * Writes the features of rows first .. first + count - 1: feature f of the
 * i-th of them to out[i * row_step + f * feature_step].
 */
void drift_encode(const DriftEncoders *e, const DriftDesign *design, uint64_t first, uint64_t count, double *out,
				  size_t row_step, size_t feature_step);

/* Appends inputs, steps and the list of features to a draft that has none of them. */
void drift_encoders_draft(const DriftEncoders *e, const DriftDesign *design, DriftDraft *d);

#endif
