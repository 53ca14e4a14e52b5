#include "model/steps.h"
#include "model/origin.h"

#include <math.h>

#define NOT_FOUND UINT32_MAX

static const DriftStep *
steps_of(const DriftModel *m)
{
	return drift_model_section(m, DRIFT_SECTION_STEPS);
}

static const double *
numbers_of(const DriftModel *m, const DriftStep *step)
{
	return (const double *) drift_model_section(m, DRIFT_SECTION_NUMBERS) + step->first_number;
}

static const uint32_t *
slots_of(const DriftModel *m, const DriftStep *step)
{
	return (const uint32_t *) drift_model_section(m, DRIFT_SECTION_SLOT_LISTS) + step->first_in;
}

/*
 * Looking up
 *
 * Values are found by binary search in an order of the constants that is made
 * once; of equal constants the first is found.
 */

static bool
looks_up_numbers(const DriftStep *step)
{
	return step->op == DRIFT_STEP_ONE_HOT_NUMBER || step->op == DRIFT_STEP_MAP_NUMBER;
}

static bool
looks_up_text(const DriftStep *step)
{
	return step->op == DRIFT_STEP_ONE_HOT_TEXT || step->op == DRIFT_STEP_MAP_TEXT;
}

static uint32_t
keys_of(const DriftStep *step)
{
	if (looks_up_text(step))
		return step->n_strings;
	return step->op == DRIFT_STEP_MAP_NUMBER ? step->n_numbers / 2 : step->n_numbers;
}

/* NaN is equal to NaN and behind everything else. */
static int
compare_numbers(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (a > b) - (a < b);
}

static int
compare_labels(DriftLabel a, DriftLabel b)
{
	uint32_t shorter = a.length < b.length ? a.length : b.length;
	int bytes = shorter > 0 ? memcmp(a.bytes, b.bytes, shorter) : 0;

	return bytes != 0 ? bytes : (a.length > b.length) - (a.length < b.length);
}

static double
number_key(const DriftModel *m, const DriftStep *step, uint32_t key)
{
	const double *numbers = numbers_of(m, step);

	return step->op == DRIFT_STEP_MAP_NUMBER ? numbers[1 + 2 * key] : numbers[key];
}

static DriftLabel
text_key(const DriftModel *m, const DriftStep *step, uint32_t key)
{
	DriftLabel label;

	label.bytes = drift_model_string(m, step->first_string + key, &label.length);
	return label;
}

/* By key, equal ones by place. */
static bool
comes_before(const DriftModel *m, const DriftStep *step, uint32_t a, uint32_t b)
{
	int order = looks_up_text(step) ? compare_labels(text_key(m, step, a), text_key(m, step, b))
									: compare_numbers(number_key(m, step, a), number_key(m, step, b));

	return order != 0 ? order < 0 : a < b;
}

static void
sift_down(const DriftModel *m, const DriftStep *step, uint32_t *heap, uint32_t at, uint32_t n)
{
	uint32_t moved = heap[at];

	for (uint64_t child; (child = 2 * (uint64_t) at + 1) < n; at = (uint32_t) child)
	{
		if (child + 1 < n && comes_before(m, step, heap[child], heap[child + 1]))
			child++;
		if (!comes_before(m, step, moved, heap[child]))
			break;
		heap[at] = heap[child];
	}
	heap[at] = moved;
}

static uint32_t *
make_order(const DriftModel *m, const DriftStep *step, DriftRoom *room)
{
	uint32_t n = keys_of(step);
	uint32_t *order = drift_room_take(room, n, sizeof(uint32_t));

	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	for (uint32_t i = n / 2; i-- > 0;)
		sift_down(m, step, order, i, n);
	for (uint32_t left = n; left-- > 1;)
	{
		uint32_t last = order[left];

		order[left] = order[0];
		order[0] = last;
		sift_down(m, step, order, 0, left);
	}
	return order;
}

static uint32_t
find_number(const DriftModel *m, const DriftStep *step, const uint32_t *order, double x)
{
	uint32_t low = 0;
	uint32_t high = keys_of(step);

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (compare_numbers(number_key(m, step, order[middle]), x) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < keys_of(step) && compare_numbers(number_key(m, step, order[low]), x) == 0)
		return order[low];
	return NOT_FOUND;
}

static uint32_t
find_text(const DriftModel *m, const DriftStep *step, const uint32_t *order, DriftLabel label)
{
	uint32_t low = 0;
	uint32_t high = keys_of(step);

	if (label.bytes == NULL)
		return NOT_FOUND;
	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (compare_labels(text_key(m, step, order[middle]), label) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < keys_of(step) && compare_labels(text_key(m, step, order[low]), label) == 0)
		return order[low];
	return NOT_FOUND;
}

/*
 * Making
 */

static bool
all_single(const double *numbers, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if ((double) (float) numbers[i] != numbers[i] && !isnan(numbers[i]))
			return false;
	return true;
}

/* Are the values that the step writes float32, where those it reads for the slot may be? */
static bool
writes_single(const DriftModel *m, const DriftStep *step, bool reads_single)
{
	if (step->single)
		return true;
	switch ((DriftStepOp) step->op)
	{
		case DRIFT_STEP_ROUND_SINGLE:
		case DRIFT_STEP_BINARIZE:
		case DRIFT_STEP_ONE_HOT_NUMBER:
		case DRIFT_STEP_ONE_HOT_TEXT:
			return true;
		case DRIFT_STEP_TRUNCATE:
			return reads_single;
		case DRIFT_STEP_IMPUTE:
		case DRIFT_STEP_REPLACE:
		case DRIFT_STEP_CLIP:
			return reads_single && all_single(numbers_of(m, step), step->n_numbers);
		case DRIFT_STEP_MAP_NUMBER:
		case DRIFT_STEP_MAP_TEXT:
			return all_single(numbers_of(m, step), step->n_numbers);
		default:
			return false;
	}
}

/* What the slots of a step can hold. */
static void
trace_single(DriftSteps *s, const DriftStep *step, uint32_t first_out)
{
	const uint32_t *in = slots_of(s->m, step);

	for (uint32_t i = 0; i < step->n_out; i++)
	{
		uint32_t from = in[i < step->n_in ? i : 0];

		s->is_single[first_out + i] = writes_single(s->m, step, s->is_single[from]);
	}
}

void
drift_steps_make(DriftSteps *s, const DriftModel *m, DriftRoom *room)
{
	uint64_t n = drift_model_count(m, DRIFT_SECTION_STEPS);
	uint32_t inputs = (uint32_t) drift_model_count(m, DRIFT_SECTION_INPUTS);
	const DriftInput *input = drift_model_section(m, DRIFT_SECTION_INPUTS);
	uint32_t first_out = inputs;

	*s = (DriftSteps){.m = m};
	s->order = drift_room_take(room, n, sizeof(uint32_t *));
	s->origin = drift_room_take(room, m->slots, sizeof(uint32_t));
	s->is_single = drift_room_take(room, m->slots, 1);
	drift_model_origins(m, s->origin);
	for (uint32_t i = 0; i < inputs; i++)
		s->is_single[i] = input[i].single;
	for (uint64_t i = 0; i < n; i++)
	{
		const DriftStep *step = &steps_of(m)[i];

		if (looks_up_numbers(step) || looks_up_text(step))
			s->order[i] = make_order(m, step, room);
		trace_single(s, step, first_out);
		first_out += step->n_out;
		drift_room_poll(room);
	}
}

/*
 * Running
 */

/* A step that writes for each slot that it reads; c are the constants of the slot. */
static double
apply(const DriftStep *step, double x, const double *c)
{
	switch ((DriftStepOp) step->op)
	{
		case DRIFT_STEP_ADD:
			return x + c[0];
		case DRIFT_STEP_SUBTRACT:
			return x - c[0];
		case DRIFT_STEP_MULTIPLY:
			return x * c[0];
		case DRIFT_STEP_DIVIDE:
			return x / c[0];
		case DRIFT_STEP_IMPUTE:
			return isnan(x) ? c[0] : x;
		case DRIFT_STEP_REPLACE:
			return compare_numbers(x, c[0]) == 0 ? c[1] : x;
		case DRIFT_STEP_CLIP:
			return x < c[0] ? c[0] : x > c[1] ? c[1] : x;
		case DRIFT_STEP_BINARIZE:
			return x > c[0];
		case DRIFT_STEP_TRUNCATE:
			return trunc(x);
		case DRIFT_STEP_ROUND_SINGLE:
			return (float) x;
		default:
			return x;
	}
}

/* The same in float32. One operation on float32 in double, rounded again, is that in float32: 53 >= 2 * 24 + 2. */
static double
apply_single(const DriftStep *step, double x, const double *c)
{
	double rounded[2] = {0, 0};
	uint32_t per_slot = step->n_in > 0 ? step->n_numbers / step->n_in : 0;

	for (uint32_t i = 0; i < per_slot; i++)
		rounded[i] = (float) c[i];
	return (float) apply(step, (float) x, rounded);
}

static void
run_slot_by_slot(const DriftModel *m, const DriftStep *step, double *slots, double *out)
{
	const uint32_t *in = slots_of(m, step);
	const double *constants = numbers_of(m, step);
	uint32_t per_slot = step->n_in > 0 ? step->n_numbers / step->n_in : 0;

	for (uint32_t i = 0; i < step->n_in; i++, constants += per_slot)
		out[i] = step->single ? apply_single(step, slots[in[i]], constants) : apply(step, slots[in[i]], constants);
}

/* ONNX takes the largest as it is, others the largest magnitude. */
static double
norm_part(const DriftModel *m, const DriftStep *step, double norm, double x)
{
	switch ((DriftStepOp) step->op)
	{
		case DRIFT_STEP_NORMALIZE_L1:
			return norm + fabs(x);
		case DRIFT_STEP_NORMALIZE_L2:
			return norm + (step->single ? (float) (x * x) : x * x);
		default:
			x = m->source == DRIFT_SOURCE_ONNX ? x : fabs(x);
			return x > norm ? x : norm;
	}
}

static double
normalized(const DriftModel *m, const DriftStep *step, double x, double norm)
{
	if (norm == 0)
		return x;
	if (step->op != DRIFT_STEP_NORMALIZE_L2)
		return x / norm;
	if (m->source != DRIFT_SOURCE_ONNX)
		return x / sqrt(norm);
	x = copysign(sqrt((float) ((float) (x * x) / norm)), x < 0 ? -1 : 1);
	return x;
}

static void
run_normalize(const DriftModel *m, const DriftStep *step, double *slots, double *out)
{
	const uint32_t *in = slots_of(m, step);
	double norm = step->op == DRIFT_STEP_NORMALIZE_MAX && m->source == DRIFT_SOURCE_ONNX ? -INFINITY : 0;

	for (uint32_t i = 0; i < step->n_in; i++)
	{
		norm = norm_part(m, step, norm, step->single ? (float) slots[in[i]] : slots[in[i]]);
		if (step->single)
			norm = (float) norm;
	}
	for (uint32_t i = 0; i < step->n_in; i++)
	{
		out[i] = normalized(m, step, step->single ? (float) slots[in[i]] : slots[in[i]], norm);
		if (step->single)
			out[i] = (float) out[i];
	}
}

static bool
run_one_slot(const DriftSteps *s, uint64_t number, double *slots, const DriftLabel *labels, double *out)
{
	const DriftStep *step = &steps_of(s->m)[number];
	const double *constants = numbers_of(s->m, step);
	uint32_t in = slots_of(s->m, step)[0];
	bool missing = looks_up_text(step) ? labels[in].bytes == NULL : isnan(slots[in]);
	uint32_t found = looks_up_text(step) ? find_text(s->m, step, s->order[number], labels[in])
										 : find_number(s->m, step, s->order[number], slots[in]);

	if (found == NOT_FOUND && (step->must_know == 1 || (step->must_know == 2 && !missing)))
		return false;
	if (step->op == DRIFT_STEP_MAP_NUMBER)
		out[0] = found == NOT_FOUND ? constants[0] : constants[2 + 2 * found];
	else if (step->op == DRIFT_STEP_MAP_TEXT)
		out[0] = found == NOT_FOUND ? constants[0] : constants[1 + found];
	else
	{
		memset(out, 0, step->n_out * sizeof(double));
		if (found != NOT_FOUND)
			out[found] = 1;
	}
	return true;
}

static bool
run_step(const DriftSteps *s, uint64_t number, double *slots, const DriftLabel *labels, double *out)
{
	const DriftStep *step = &steps_of(s->m)[number];

	if (looks_up_text(step) || looks_up_numbers(step))
		return run_one_slot(s, number, slots, labels, out);
	if (step->op == DRIFT_STEP_NORMALIZE_L1 || step->op == DRIFT_STEP_NORMALIZE_L2 ||
		step->op == DRIFT_STEP_NORMALIZE_MAX)
		run_normalize(s->m, step, slots, out);
	else
		run_slot_by_slot(s->m, step, slots, out);
	return true;
}

static bool
refuse(DriftScoreProblem *problem, uint32_t input, const char *reason)
{
	*problem = (DriftScoreProblem){input, reason};
	return false;
}

static bool
take_inputs(const DriftModel *m, double *slots, const DriftLabel *labels, DriftScoreProblem *problem)
{
	uint32_t n = (uint32_t) drift_model_count(m, DRIFT_SECTION_INPUTS);
	const DriftInput *inputs = drift_model_section(m, DRIFT_SECTION_INPUTS);

	for (uint32_t i = 0; i < n; i++)
	{
		bool missing = inputs[i].kind == DRIFT_INPUT_TEXT ? labels[i].bytes == NULL : isnan(slots[i]);

		if (missing && inputs[i].needs_value)
			return refuse(problem, i, "a value is missing, and the model does not know missing values of it");
		if (inputs[i].single)
			slots[i] = (float) slots[i];
	}
	return true;
}

bool
drift_steps_run(const DriftSteps *s, double *slots, const DriftLabel *labels, DriftScoreProblem *problem)
{
	uint64_t n = drift_model_count(s->m, DRIFT_SECTION_STEPS);
	double *out = slots + drift_model_count(s->m, DRIFT_SECTION_INPUTS);

	if (!take_inputs(s->m, slots, labels, problem))
		return false;
	for (uint64_t i = 0; i < n; i++)
	{
		const DriftStep *step = &steps_of(s->m)[i];

		if (!run_step(s, i, slots, labels, out))
			return refuse(problem, s->origin[slots_of(s->m, step)[0]], "the model does not know this category");
		out += step->n_out;
	}
	return true;
}
