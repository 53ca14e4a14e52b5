#include <string.h>

#include "model/onnx.h"

/* A linear predictor of columns: coefficients [group][feature]; no intercepts are zeros. */
static bool
predict(Onnx *o, const OnnxValue *columns, const double *coefficients, const double *intercepts, uint32_t groups)
{
	uint64_t n = (uint64_t) groups * columns->n;

	if (!drift_onnx_features(o, columns))
		return false;
	drift_onnx_needs_values(o, columns);
	o->d->head.predictor = DRIFT_PREDICTOR_LINEAR;
	o->d->head.groups = groups;
	o->d->head.single = columns->type == ONNX_FLOAT;
	memcpy(drift_draft_add(o->d, DRIFT_SECTION_COEFFICIENTS, n), coefficients, n * sizeof(double));
	drift_draft_add(o->d, DRIFT_SECTION_BASE, groups);
	if (intercepts != NULL)
		memcpy(drift_draft_section(o->d, DRIFT_SECTION_BASE), intercepts, groups * sizeof(double));
	return true;
}

/* Coefficients and intercepts of an ai.onnx.ml operator with `groups` rows. */
static bool
read_rows(Onnx *o, uint32_t n, uint64_t groups, double **coefficients, double **intercepts)
{
	uint64_t count;
	uint64_t n_intercepts;

	if (!drift_onnx_numbers(o, "coefficients", coefficients, &count) ||
		!drift_onnx_numbers(o, "intercepts", intercepts, &n_intercepts))
		return false;
	if (groups == 0 || groups > DRIFT_MODEL_MAX_GROUPS || count != groups * n ||
		(n_intercepts != groups && n_intercepts != 0))
		return drift_onnx_corrupt(o, "coefficients and intercepts do not fit the columns");
	if (n_intercepts == 0)
		*intercepts = NULL;
	return true;
}

bool
drift_onnx_linear_regressor(Onnx *o)
{
	const OnnxValue *in = drift_onnx_in_columns(o, 0);
	OnnxText link = drift_onnx_string(o, "post_transform", "NONE");
	int64_t targets = drift_onnx_int(o, "targets", 1);
	double *coefficients;
	double *intercepts;
	OnnxValue work;

	if (in == NULL)
		return false;
	if (!drift_onnx_is(link, "NONE"))
		return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "unknown post_transform of a regressor", link);
	if (targets < 1 || targets > DRIFT_MODEL_MAX_GROUPS)
		return drift_onnx_corrupt(o, "a regressor has no such number of targets");
	return drift_onnx_as_single(o, in, &work) && read_rows(o, work.n, (uint64_t) targets, &coefficients, &intercepts) &&
		   predict(o, &work, coefficients, intercepts, (uint32_t) targets) &&
		   drift_onnx_scores(o, drift_onnx_out(o, 0), (uint32_t) targets, DRIFT_TRANSFORM_IDENTITY);
}

/* Is the first of two rows the second with the other sign? */
static bool
is_mirrored(const double *coefficients, const double *intercepts, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (coefficients[i] != -coefficients[n + i])
			return false;
	return intercepts == NULL || intercepts[0] == -intercepts[1];
}

/*
 * Two classes whose margins differ in sign only, and one row for the second of
 * two, are one margin; sigmas of both add up to one.
 */
static bool
two_classes(Onnx *o, const OnnxValue *work, const double *coefficients, const double *intercepts, bool one_row,
			uint8_t transform)
{
	if (transform != DRIFT_TRANSFORM_IDENTITY && transform != DRIFT_TRANSFORM_LOGISTIC_ONNX)
		return drift_onnx_unsupported(o, "this post_transform with one margin for two classes", NULL);
	if (!one_row)
	{
		coefficients += work->n;
		intercepts = intercepts != NULL ? intercepts + 1 : NULL;
	}
	o->decides_margins = true;
	return predict(o, work, coefficients, intercepts, 1) && drift_onnx_scores(o, drift_onnx_out(o, 1), 2, transform);
}

bool
drift_onnx_linear_classifier(Onnx *o)
{
	const OnnxValue *in = drift_onnx_in_columns(o, 0);
	double *coefficients;
	double *intercepts;
	uint64_t classes;
	uint64_t rows;
	uint8_t transform;
	OnnxValue work;
	const OnnxAttribute *a = drift_onnx_attribute(o, "coefficients");

	if (in == NULL || !drift_onnx_as_single(o, in, &work) ||
		!drift_onnx_transform(o, drift_onnx_string(o, "post_transform", "NONE"), &transform) ||
		!drift_onnx_class_labels(o, "classlabels_ints", "classlabels_strings"))
		return false;
	classes = drift_draft_count(o->d, DRIFT_SECTION_LABELS);
	rows = a != NULL && classes == 2 && a->n_floats == work.n ? 1 : classes;
	if (!read_rows(o, work.n, rows, &coefficients, &intercepts))
		return false;
	if (rows == 1 ||
		(classes == 2 && transform != DRIFT_TRANSFORM_SOFTMAX && is_mirrored(coefficients, intercepts, work.n)))
		return two_classes(o, &work, coefficients, intercepts, rows == 1, transform);
	o->decides_margins = true;
	return predict(o, &work, coefficients, intercepts, (uint32_t) rows) &&
		   drift_onnx_scores(o, drift_onnx_out(o, 1), (uint32_t) rows, transform);
}

/* The matrix as [group][feature], from that or from [feature][group]. */
static bool
turned(Onnx *o, const OnnxValue *matrix, bool turn, uint32_t n, double **coefficients, uint32_t *groups)
{
	const OnnxTensor *t = matrix->tensor;
	uint64_t rows = n > 0 ? matrix->count / n : 0;

	if (t->n_dims < 1 || t->n_dims > 2 || matrix->count != rows * n || rows == 0 || rows > DRIFT_MODEL_MAX_GROUPS ||
		t->dims[t->n_dims == 2 && !turn ? 1 : 0] != (int64_t) n)
		return drift_onnx_corrupt(o, "a matrix does not fit the columns");
	*groups = (uint32_t) rows;
	*coefficients = drift_onnx_allocate(o, matrix->count, sizeof(double));
	for (uint64_t i = 0; i < rows; i++)
		for (uint64_t k = 0; k < n; k++)
			(*coefficients)[i * n + k] = matrix->numbers[turn ? k * rows + i : i * n + k];
	return true;
}

/* A row of constants, or one for all, to the base. */
static bool
set_base(Onnx *o, OnnxValue *constant)
{
	double *base = drift_draft_section(o->d, DRIFT_SECTION_BASE);
	uint32_t groups = o->d->head.groups;

	if (!drift_onnx_constant(o, constant))
		return false;
	if (constant->count != 1 && constant->count != groups)
		return drift_onnx_corrupt(o, "as many constants are added as there are no margins");
	for (size_t i = 0; i + 1 < constant->tensor->n_dims; i++)
		if (constant->tensor->dims[i] != 1)
			return drift_onnx_unsupported(o, "arithmetic with a constant that is no row", NULL);
	for (uint32_t i = 0; i < groups; i++)
		base[i] = constant->numbers[constant->count == 1 ? 0 : i];
	return true;
}

bool
drift_onnx_add_base(Onnx *o, OnnxValue *scores, OnnxValue *constant)
{
	OnnxValue *out = drift_onnx_out(o, 0);

	if (!o->additive || scores->transform != DRIFT_TRANSFORM_IDENTITY ||
		constant->type != (o->d->head.single ? ONNX_FLOAT : ONNX_DOUBLE))
		return drift_onnx_unsupported(o, "an operator follows the predictor", NULL);
	o->additive = false;
	if (!set_base(o, constant))
		return false;
	*out = *scores;
	return true;
}

/* MatMul of columns and a constant; Gemm, which adds one. */
bool
drift_onnx_matrix(Onnx *o)
{
	const OnnxValue *in = drift_onnx_in_columns(o, 0);
	OnnxValue *matrix = drift_onnx_in(o, 1);
	bool gemm = drift_onnx_is(o->node->op_type, "Gemm");
	bool turn = !gemm || drift_onnx_int(o, "transB", 0) == 0;
	double *coefficients = NULL;
	uint32_t groups = 0;

	if (in == NULL || matrix == NULL || !drift_onnx_constant(o, matrix))
		return false;
	if (gemm && (drift_onnx_int(o, "transA", 0) != 0 || drift_onnx_float(o, "alpha", 1) != 1.0F ||
				 drift_onnx_float(o, "beta", 1) != 1.0F))
		return drift_onnx_unsupported(o, "a product with transA, alpha or beta", NULL);
	if (in->rank != 2 || in->type != matrix->type || (in->type != ONNX_FLOAT && in->type != ONNX_DOUBLE))
		return drift_onnx_unsupported(o, "a product of these types", NULL);
	if (!turned(o, matrix, turn, in->n, &coefficients, &groups) || !predict(o, in, coefficients, NULL, groups))
		return false;
	if (gemm && drift_onnx_has_in(o, 2))
	{
		OnnxValue *added = drift_onnx_in(o, 2);

		if (added == NULL || !set_base(o, added))
			return false;
	}
	else
		o->additive = true;
	return drift_onnx_scores(o, drift_onnx_out(o, 0), groups, DRIFT_TRANSFORM_IDENTITY);
}
