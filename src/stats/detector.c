#include "stats/detector.h"

#include <math.h>
#include <string.h>

#include "stats/detector_kind.h"

static const DriftDetectorType *const types[] = {NULL,          &drift_ddm,    &drift_eddm,
												 &drift_hddm_a, &drift_hddm_w, &drift_page_hinkley,
												 &drift_cusum,  &drift_adwin,  &drift_kswin};

const char *
drift_detector_kind_name(int kind)
{
	return kind >= 1 && kind <= DRIFT_DETECTOR_KINDS ? types[kind]->name : NULL;
}

int
drift_detector_kind(const char *name, size_t length)
{
	for (int kind = 1; kind <= DRIFT_DETECTOR_KINDS; kind++)
		if (strlen(types[kind]->name) == length && memcmp(types[kind]->name, name, length) == 0)
			return kind;
	return 0;
}

int
drift_detector_kind_of(const DriftDetector *d)
{
	return (int) d->type->kind;
}

const DriftDetectorParam *
drift_detector_params(int kind, int *count)
{
	*count = types[kind]->param_count;
	return types[kind]->params;
}

const DriftDetectorField *
drift_detector_fields(int kind, int *count)
{
	*count = types[kind]->field_count;
	return types[kind]->fields;
}

int
drift_detector_bad_param(int kind, const double *params)
{
	const DriftDetectorType *type = types[kind];

	for (int i = 0; i < type->param_count; i++)
	{
		const DriftDetectorParam *param = &type->params[i];

		if (!(params[i] >= param->low && params[i] <= param->high))
			return i;
		if (param->form != DRIFT_PARAM_NUMBER && params[i] != floor(params[i]))
			return i;
	}
	return type->bad_param != NULL ? type->bad_param(params) : -1;
}

size_t
drift_detector_size(int kind, const double *params)
{
	return sizeof(DriftDetector) + (types[kind]->tail_size != NULL ? types[kind]->tail_size(params) : 0);
}

void
drift_detector_init(DriftDetector *d, int kind, const double *params)
{
	memset(d, 0, drift_detector_size(kind, params));
	d->type = types[kind];
	for (int i = 0; i < d->type->param_count; i++)
		d->param[i] = params[i];
	if (d->type->derive != NULL)
		d->type->derive(d);
	d->type->reset(d);
}

bool
drift_detector_takes(const DriftDetector *d, double x)
{
	return x >= d->type->lowest && x <= d->type->highest && (!d->type->whole || x == floor(x));
}

size_t
drift_detector_takes_first(const DriftDetector *d, const double *x, size_t count)
{
	double lowest = d->type->lowest;
	double highest = d->type->highest;
	bool whole = d->type->whole;
	size_t i = 0;

	while (i < count && x[i] >= lowest && x[i] <= highest && (!whole || x[i] == floor(x[i])))
		i++;
	return i;
}

void
drift_detector_add(DriftDetector *d, double x)
{
	d->type->add(d, x);
}

size_t
drift_detector_run(DriftDetector *d, const double *x, size_t count, size_t *warned)
{
	return d->type->run(d, x, count, warned);
}

bool
drift_detector_valid(const DriftDetector *d)
{
	for (int i = 0; i < d->type->field_count; i++)
		if (!(d->field[i] >= d->type->fields[i].low && d->field[i] <= d->type->fields[i].high))
			return false;
	if (d->seen < 0 || d->drifts < 0 || d->drifts > d->seen || d->drifted < 0 || d->drifted > d->seen)
		return false;
	if (d->seen > (int64_t) DRIFT_MAX_STREAM || (d->drifts == 0) != (d->drifted == 0))
		return false;
	if (d->drift && d->drifted != d->seen)
		return false;
	return d->type->valid == NULL || d->type->valid(d);
}
