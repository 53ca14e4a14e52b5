#include "train/encoders.h"

#include <math.h>
#include <string.h>

#include "stats/sample.h"
#include "stats/sum.h"

/* Rows that are summed at a time; a multiple of 4. */
#define BLOCK 256

/* Two numbers with which machines compute at once. */
typedef double Pair __attribute__((vector_size(16), aligned(8), may_alias));

/* Room to sort the values of a column; taken once. */
typedef struct Sorting
{
	uint64_t *keys;
	uint64_t *order;
	uint64_t *scratch;
	double *weights; /* of the keys */
} Sorting;

static void *
take(const DriftHost *host, uint64_t count, size_t size)
{
	return host->allocate(host->ctx, (size_t) (count > 0 ? count : 1) * size);
}

static double
weight_of(const DriftDesign *design, uint64_t row)
{
	return design->weights != NULL ? design->weights[row] : 1;
}

/*
 * Learning
 */

static double
total_weight(const DriftDesign *design)
{
	DriftSum sum = {0};

	if (design->weights == NULL)
		return (double) design->n_rows;
	for (uint64_t i = 0; i < design->n_rows; i++)
		drift_sum_add(&sum, design->weights[i]);
	return drift_sum_total(&sum);
}

static uint64_t
count_infinite(const DriftDesignColumn *column, uint64_t n)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < n; i++)
		count += isinf(column->values[i]) != 0;
	return count;
}

static bool
has_missing(const DriftDesignColumn *column, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		if (column->categorical ? column->codes[i] == DRIFT_CODE_MISSING : isnan(column->values[i]))
			return true;
	return false;
}

/* What is summed over the rows of a column */
typedef enum Term
{
	TERM_WEIGHT, /* of the rows that are not missing */
	TERM_VALUE,
	TERM_SQUARE /* of the distance from the mean */
} Term;

static void
fill_terms(const DriftEncoder *encoder, const double *values, uint64_t count, Term term, double *terms)
{
	for (uint64_t i = 0; i < count; i++)
		if (term == TERM_WEIGHT)
			terms[i] = isnan(values[i]) ? 0 : 1;
		else
			terms[i] = isnan(values[i]) ? encoder->fill : values[i];
	if (term == TERM_SQUARE)
		for (uint64_t i = 0; i < count; i++)
			terms[i] = (terms[i] - encoder->mean) * (terms[i] - encoder->mean);
}

/* As drift_sum_add(), of two sums at once */
static inline void
add_pair(Pair *high, Pair *low, Pair x)
{
	Pair sum = *high + x;
	Pair part = sum - *high;

	*low += (*high - (sum - part)) + (x - part);
	*high = sum;
}

/* Rows i, i + 4, i + 8 ... have a sum of their own: no addition waits for the one before. */
static void
add_terms(Pair high[2], Pair low[2], const double *terms)
{
	Pair h0 = high[0], h1 = high[1], l0 = low[0], l1 = low[1];

	for (int i = 0; i < BLOCK; i += 4)
	{
		add_pair(&h0, &l0, *(const Pair *) &terms[i]);
		add_pair(&h1, &l1, *(const Pair *) &terms[i + 2]);
	}
	high[0] = h0;
	high[1] = h1;
	low[0] = l0;
	low[1] = l1;
}

static DriftSum
sum_of(const DriftDesign *design, const DriftDesignColumn *column, const DriftEncoder *encoder, Term term)
{
	double terms[BLOCK] = {0};
	Pair high[2] = {{0}};
	Pair low[2] = {{0}};
	DriftSum total = {0};

	for (uint64_t first = 0; first < design->n_rows; first += BLOCK)
	{
		uint64_t count = design->n_rows - first < BLOCK ? design->n_rows - first : BLOCK;

		fill_terms(encoder, column->values + first, count, term, terms);
		if (design->weights != NULL)
			for (uint64_t i = 0; i < count; i++)
				terms[i] *= design->weights[first + i];
		for (uint64_t i = count; i < BLOCK; i++)
			terms[i] = 0;
		add_terms(high, low, terms);
	}
	for (int i = 0; i < 4; i++)
		drift_sum_merge(&total, &(DriftSum){.high = high[i / 2][i % 2], .low = low[i / 2][i % 2]});
	return total;
}

/* Of the values that are there; 0 without any. weight: of all rows */
static double
mean_of(const DriftDesign *design, const DriftDesignColumn *column, double weight)
{
	DriftSum sum = sum_of(design, column, &(DriftEncoder){0}, TERM_VALUE);

	if (has_missing(column, design->n_rows))
	{
		DriftSum there = sum_of(design, column, &(DriftEncoder){0}, TERM_WEIGHT);

		weight = drift_sum_total(&there);
	}
	return weight > 0 ? drift_sum_over(&sum, weight) : 0;
}

/* Puts the values that are there in order; gives their number */
static int64_t
sort_column(const DriftDesign *design, const DriftDesignColumn *column, Sorting *sorting, const DriftHost *host)
{
	int64_t n = 0;

	for (uint64_t i = 0; i < design->n_rows; i++)
		if (!isnan(column->values[i]) && weight_of(design, i) > 0)
		{
			sorting->keys[n] = drift_key_of(column->values[i]);
			sorting->weights[n++] = weight_of(design, i);
		}
	drift_sort_rows(sorting->keys, n, sorting->order, sorting->scratch, host->poll);
	return n;
}

static double
sorted_value(const Sorting *sorting, int64_t place)
{
	return drift_key_value(sorting->keys[drift_row_of(sorting->order[place])]);
}

static double
sorted_weight(const Sorting *sorting, int64_t place)
{
	return sorting->weights[drift_row_of(sorting->order[place])];
}

/* Half of the weight is on each side; the middle of two values where it lies between them */
static double
median_of(const Sorting *sorting, int64_t n)
{
	double total = 0;
	double below = 0;

	for (int64_t i = 0; i < n; i++)
		total += sorted_weight(sorting, i);
	for (int64_t i = 0; i < n; i++)
	{
		below += sorted_weight(sorting, i);
		if (below == total / 2 && i + 1 < n)
			return (sorted_value(sorting, i) + sorted_value(sorting, i + 1)) / 2;
		if (below >= total / 2)
			return sorted_value(sorting, i);
	}
	return 0;
}

static double
most_frequent_of(const Sorting *sorting, int64_t n)
{
	double best = 0;
	double most = 0;
	double weight = 0;

	for (int64_t i = 0; i < n; i++)
	{
		double value = sorted_value(sorting, i);

		weight = i > 0 && value == sorted_value(sorting, i - 1) ? weight + sorted_weight(sorting, i)
																: sorted_weight(sorting, i);
		if (weight > most)
		{
			most = weight;
			best = value;
		}
	}
	return best;
}

static double
fill_of(const DriftEncoders *e, const DriftDesign *design, const DriftDesignColumn *column, double weight,
		Sorting *sorting, const DriftHost *host)
{
	switch (e->options.fill)
	{
		case DRIFT_FILL_MEAN:
			return mean_of(design, column, weight);
		case DRIFT_FILL_MEDIAN:
			return median_of(sorting, sort_column(design, column, sorting, host));
		case DRIFT_FILL_MOST_FREQUENT:
			return most_frequent_of(sorting, sort_column(design, column, sorting, host));
		case DRIFT_FILL_ZERO:
			break;
	}
	return 0;
}

/* Of the column as it is after filling */
static void
learn_range(DriftEncoder *encoder, const DriftDesign *design, const DriftDesignColumn *column)
{
	encoder->least = design->n_rows > 0 ? INFINITY : encoder->fill;
	encoder->most = design->n_rows > 0 ? -INFINITY : encoder->fill;
	for (uint64_t i = 0; i < design->n_rows; i++)
	{
		double x = isnan(column->values[i]) ? encoder->fill : column->values[i];

		encoder->least = fmin(encoder->least, x);
		encoder->most = fmax(encoder->most, x);
	}
}

/*
 * Moments of the column as it is after filling, which does not move the mean
 * where it is filled with that; a column that is constant up to rounding is
 * only shifted, as in scikit-learn.
 */
static void
learn_scale(DriftEncoder *encoder, const DriftDesign *design, const DriftDesignColumn *column, double n, DriftFill fill)
{
	DriftSum sum;
	double variance;

	if (!(n > 0))
		return;
	encoder->mean = encoder->fill;
	if (fill != DRIFT_FILL_MEAN)
	{
		sum = sum_of(design, column, encoder, TERM_VALUE);
		encoder->mean = drift_sum_over(&sum, n);
	}
	sum = sum_of(design, column, encoder, TERM_SQUARE);
	variance = drift_sum_over(&sum, n);
	if (variance > 10 * 2.220446049250313e-16 * variance + pow(n * encoder->mean * 2.220446049250313e-16, 2) &&
		isfinite(variance))
		encoder->scale = sqrt(variance);
}

static void
learn_number(DriftEncoders *e, DriftEncoder *encoder, const DriftDesign *design, const DriftDesignColumn *column,
			 double weight, Sorting *sorting, const DriftHost *host)
{
	encoder->indicator = e->options.indicators && has_missing(column, design->n_rows);
	encoder->count = encoder->indicator ? 2 : 1;
	encoder->fill = fill_of(e, design, column, weight, sorting, host);
	if (e->options.clip)
		learn_range(encoder, design, column);
	if (e->options.standardise)
		learn_scale(encoder, design, column, weight, e->options.fill);
}

static void
learn_category(DriftEncoders *e, DriftEncoder *encoder, const DriftDesign *design, const DriftDesignColumn *column)
{
	if (e->options.drop_first && column->n_labels > 0 && !has_missing(column, design->n_rows))
		encoder->first_label = 1;
	encoder->count = column->n_labels - encoder->first_label;
}

static Sorting
take_sorting(const DriftEncoderOptions *options, uint64_t n, const DriftHost *host)
{
	if (options->fill != DRIFT_FILL_MEDIAN && options->fill != DRIFT_FILL_MOST_FREQUENT)
		n = 0;
	return (Sorting){.keys = take(host, n, sizeof(uint64_t)),
					 .order = take(host, n, sizeof(uint64_t)),
					 .scratch = take(host, n, sizeof(uint64_t)),
					 .weights = take(host, n, sizeof(double))};
}

DriftStatus
drift_encoders_learn(DriftEncoders *e, const DriftDesign *train, const DriftEncoderOptions *options,
					 const DriftHost *host, DriftUnencodable *why)
{
	Sorting sorting = take_sorting(options, train->n_rows, host);
	double weight = total_weight(train);
	uint64_t slots = 0;

	*e = (DriftEncoders){.n_columns = train->n_columns,
						 .options = *options,
						 .columns = take(host, train->n_columns, sizeof(DriftEncoder))};
	for (uint32_t i = 0; i < train->n_columns; i++)
	{
		const DriftDesignColumn *column = &train->columns[i];
		DriftEncoder *encoder = &e->columns[i];

		*encoder = (DriftEncoder){.first = e->n_features, .scale = 1};
		if (host->poll)
			host->poll();
		if (!column->categorical && (why->rows = count_infinite(column, train->n_rows)) > 0)
		{
			why->column = i;
			return DRIFT_UNSUPPORTED;
		}
		if (column->categorical)
			learn_category(e, encoder, train, column);
		else
			learn_number(e, encoder, train, column, weight, &sorting, host);
		e->n_features += encoder->count;
		/* an input, and each feature at most four times: filled, clipped, shifted, scaled */
		slots += 1 + 4 * (uint64_t) encoder->count;
		if (slots > DRIFT_MODEL_MAX_SLOTS)
			return DRIFT_OVERFLOW;
	}
	return DRIFT_OK;
}

/*
 * Encoding
 */

static void
encode_number(const DriftEncoders *e, const DriftEncoder *encoder, const double *values, uint64_t count, double *out,
			  size_t row_step, size_t feature_step)
{
	for (uint64_t i = 0; i < count; i++)
	{
		double x = isnan(values[i]) ? encoder->fill : values[i];

		if (e->options.clip)
			x = x < encoder->least ? encoder->least : x > encoder->most ? encoder->most : x;
		out[i * row_step] = e->options.standardise ? (x - encoder->mean) / encoder->scale : x;
	}
	if (encoder->indicator)
		for (uint64_t i = 0; i < count; i++)
			out[i * row_step + feature_step] = isnan(values[i]) ? 1 : 0;
}

static void
encode_category(const DriftEncoder *encoder, const uint32_t *codes, uint64_t count, double *out, size_t row_step,
				size_t feature_step)
{
	for (uint32_t f = 0; f < encoder->count; f++)
		for (uint64_t i = 0; i < count; i++)
			out[i * row_step + f * feature_step] = 0;
	for (uint64_t i = 0; i < count; i++)
		if (codes[i] != DRIFT_CODE_MISSING && codes[i] >= encoder->first_label)
			out[i * row_step + (codes[i] - encoder->first_label) * feature_step] = 1;
}

void
drift_encode(const DriftEncoders *e, const DriftDesign *design, uint64_t first, uint64_t count, double *out,
			 size_t row_step, size_t feature_step)
{
	for (uint32_t c = 0; c < e->n_columns; c++)
	{
		const DriftDesignColumn *column = &design->columns[c];
		double *to = out + e->columns[c].first * feature_step;

		if (column->categorical)
			encode_category(&e->columns[c], column->codes + first, count, to, row_step, feature_step);
		else
			encode_number(e, &e->columns[c], column->values + first, count, to, row_step, feature_step);
	}
}

/*
 * The same as steps
 */

/* Where the features are while steps are appended */
typedef struct Slots
{
	const DriftEncoders *e;
	const DriftHost *host;
	uint32_t *feature; /* slot of each */
	uint32_t *numbers; /* columns of numbers, in order */
	uint32_t n_numbers;
} Slots;

typedef double (*Constant)(const DriftEncoder *encoder);

static double
fill_constant(const DriftEncoder *encoder)
{
	return encoder->fill;
}

static double
least_constant(const DriftEncoder *encoder)
{
	return encoder->least;
}

static double
most_constant(const DriftEncoder *encoder)
{
	return encoder->most;
}

static double
mean_constant(const DriftEncoder *encoder)
{
	return encoder->mean;
}

static double
scale_constant(const DriftEncoder *encoder)
{
	return encoder->scale;
}

/* One step for all columns of numbers, with a constant each, or a pair of them */
static void
add_step(Slots *slots, DriftDraft *d, DriftStepOp op, Constant constant, Constant second)
{
	uint32_t each = second != NULL ? 2 : 1;
	uint32_t first_number = (uint32_t) drift_draft_count(d, DRIFT_SECTION_NUMBERS);
	double *numbers = drift_draft_add(d, DRIFT_SECTION_NUMBERS, (uint64_t) each * slots->n_numbers);
	uint32_t *in = take(slots->host, slots->n_numbers, sizeof(uint32_t));
	uint32_t out;

	for (uint32_t i = 0; i < slots->n_numbers; i++)
	{
		const DriftEncoder *encoder = &slots->e->columns[slots->numbers[i]];

		numbers[i * each] = constant(encoder);
		if (second != NULL)
			numbers[i * each + 1] = second(encoder);
		in[i] = slots->feature[encoder->first];
	}
	out = drift_draft_step(d, op, in, slots->n_numbers, slots->n_numbers, first_number,
						   (uint32_t) drift_draft_count(d, DRIFT_SECTION_STRINGS));
	for (uint32_t i = 0; i < slots->n_numbers; i++)
		slots->feature[slots->e->columns[slots->numbers[i]].first] = out + i;
}

static void
add_one_hot(Slots *slots, DriftDraft *d, uint32_t c, const DriftDesignColumn *column)
{
	const DriftEncoder *encoder = &slots->e->columns[c];
	uint32_t first_string = (uint32_t) drift_draft_count(d, DRIFT_SECTION_STRINGS);
	uint32_t out;

	if (encoder->count == 0)
		return;
	for (uint32_t f = 0; f < encoder->count; f++)
		drift_draft_string(d, column->labels[encoder->first_label + f].bytes,
						   column->labels[encoder->first_label + f].length);
	out = drift_draft_step(d, DRIFT_STEP_ONE_HOT_TEXT, &c, 1, encoder->count,
						   (uint32_t) drift_draft_count(d, DRIFT_SECTION_NUMBERS), first_string);
	for (uint32_t f = 0; f < encoder->count; f++)
		slots->feature[encoder->first + f] = out + f;
}

static void
add_indicator(Slots *slots, DriftDraft *d, uint32_t c)
{
	uint32_t first_number = (uint32_t) drift_draft_count(d, DRIFT_SECTION_NUMBERS);

	*(double *) drift_draft_add(d, DRIFT_SECTION_NUMBERS, 1) = (double) NAN;
	slots->feature[slots->e->columns[c].first + 1] = drift_draft_step(
		d, DRIFT_STEP_ONE_HOT_NUMBER, &c, 1, 1, first_number, (uint32_t) drift_draft_count(d, DRIFT_SECTION_STRINGS));
}

static void
add_inputs(Slots *slots, const DriftDesign *design, DriftDraft *d)
{
	for (uint32_t c = 0; c < design->n_columns; c++)
	{
		const DriftDesignColumn *column = &design->columns[c];
		uint32_t slot = drift_draft_input(d, column->name.bytes, column->name.length,
										  column->categorical ? DRIFT_INPUT_TEXT : DRIFT_INPUT_NUMBER);

		if (column->categorical)
			continue;
		slots->feature[slots->e->columns[c].first] = slot;
		slots->numbers[slots->n_numbers++] = c;
	}
}

void
drift_encoders_draft(const DriftEncoders *e, const DriftDesign *design, DriftDraft *d)
{
	Slots slots = {.e = e, .host = d->host};

	slots.feature = take(d->host, e->n_features, sizeof(uint32_t));
	slots.numbers = take(d->host, e->n_columns, sizeof(uint32_t));
	add_inputs(&slots, design, d);
	for (uint32_t c = 0; c < e->n_columns; c++)
	{
		if (design->columns[c].categorical)
			add_one_hot(&slots, d, c, &design->columns[c]);
		else if (e->columns[c].indicator)
			add_indicator(&slots, d, c);
	}
	if (slots.n_numbers > 0)
	{
		add_step(&slots, d, DRIFT_STEP_IMPUTE, fill_constant, NULL);
		if (e->options.clip)
			add_step(&slots, d, DRIFT_STEP_CLIP, least_constant, most_constant);
		if (e->options.standardise)
		{
			add_step(&slots, d, DRIFT_STEP_SUBTRACT, mean_constant, NULL);
			add_step(&slots, d, DRIFT_STEP_DIVIDE, scale_constant, NULL);
		}
	}
	if (e->n_features > 0)
		memcpy(drift_draft_add(d, DRIFT_SECTION_FEATURES, e->n_features), slots.feature,
			   e->n_features * sizeof(uint32_t));
}
