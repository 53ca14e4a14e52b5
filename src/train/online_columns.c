/*
 * online_columns.c
 *		Columns of a row, and new ones for labels as they come.
 */
#include <math.h>
#include <string.h>

#include "stats/hash.h"
#include "train/online_parts.h"

#define FIRST_PLACES 64

static double *
longer(const DriftHost *host, const double *old, size_t count, size_t room)
{
	double *values = drift_online_zeroed(host, room, sizeof(double));

	memcpy(values, old, count * sizeof(double));
	return values;
}

static void
lengthen_arm(const DriftOnline *o, DriftOnlineArm *arm, uint32_t room)
{
	size_t count = (size_t) o->n_columns * o->n_groups;
	size_t wanted = (size_t) room * o->n_groups;

	if (arm->weights == NULL)
		return;
	arm->weights = longer(o->host, arm->weights, count, wanted);
	if (arm->squares != NULL)
		arm->squares = longer(o->host, arm->squares, count, wanted);
}

static void
make_column_room(DriftOnline *o)
{
	uint32_t room = o->column_room * 2;
	DriftOnlineColumn *columns;

	if (o->n_columns < o->column_room)
		return;
	columns = drift_online_zeroed(o->host, room, sizeof(DriftOnlineColumn));
	memcpy(columns, o->columns, o->n_columns * sizeof(DriftOnlineColumn));
	o->columns = columns;
	lengthen_arm(o, &o->front, room);
	lengthen_arm(o, &o->behind, room);
	o->column_room = room;
}

/* The place of a label, or the free one where it belongs. There always is a free one. */
static uint32_t
find_place(const DriftOnline *o, uint32_t feature, DriftText label)
{
	uint64_t hash = drift_hash(label.bytes, label.length) + feature * UINT64_C(0x9E3779B97F4A7C15);
	uint32_t place = (uint32_t) (hash >> 32) & (o->place_room - 1);

	for (;; place = (place + 1) & (o->place_room - 1))
	{
		const DriftOnlineColumn *c = &o->columns[o->places[place]];

		if (o->places[place] == 0 || (c->feature == feature && c->label.length == label.length &&
									  memcmp(c->label.bytes, label.bytes, label.length) == 0))
			return place;
	}
}

static void
make_place_room(DriftOnline *o)
{
	if (o->place_room > 0 && o->n_columns * 2 < o->place_room)
		return;
	o->place_room = o->place_room > 0 ? o->place_room * 2 : FIRST_PLACES;
	while (o->n_columns * 2 >= o->place_room)
		o->place_room *= 2;
	o->places = drift_online_zeroed(o->host, o->place_room, sizeof(uint32_t));
	for (uint32_t c = 1; c < o->n_columns; c++)
		if (o->features[o->columns[c].feature].categorical)
			o->places[find_place(o, o->columns[c].feature, o->columns[c].label)] = c;
}

uint32_t
drift_online_column(DriftOnline *o, uint32_t feature, DriftText label, bool add)
{
	DriftOnlineFeature *f = &o->features[feature];
	uint32_t place;
	char *bytes;

	if (label.length > DRIFT_ONLINE_MAX_LABEL)
		return 0;
	make_place_room(o);
	place = find_place(o, feature, label);
	if (o->places[place] != 0 || !add || f->columns >= o->params.max_categories ||
		o->n_columns >= DRIFT_ONLINE_MAX_COLUMNS)
		return o->places[place];
	make_column_room(o);
	bytes = o->host->allocate(o->host->ctx, label.length > 0 ? label.length : 1);
	if (label.length > 0)
		memcpy(bytes, label.bytes, label.length);
	o->columns[o->n_columns] = (DriftOnlineColumn){feature, {bytes, label.length}};
	f->columns++;
	o->places[place] = o->n_columns;
	return o->n_columns++;
}

double
drift_online_deviation(const DriftOnlineArm *arm, uint32_t feature)
{
	return arm->counts[feature] > 0 ? sqrt(arm->deviations[feature] / arm->counts[feature]) : 0;
}

/* A number as an arm takes it: 0 where it is missing. */
static double
scaled(const DriftOnline *o, const DriftOnlineArm *arm, uint32_t feature, double x)
{
	double deviation;

	if (isnan(x))
		return 0;
	if (!o->params.standardise)
		return x;
	deviation = drift_online_deviation(arm, feature);
	return deviation > 0 ? (x - arm->means[feature]) / deviation : 0;
}

static void
activate(DriftOnline *o, uint32_t column, double x)
{
	o->active[o->n_active] = column;
	o->values[o->n_active++] = x;
}

void
drift_online_gather(DriftOnline *o, const DriftOnlineArm *arm, const DriftOnlineRow *row, bool add)
{
	o->n_active = 0;
	if (o->params.intercept)
		activate(o, 0, 1);
	for (uint32_t f = 0; f < o->n_features; f++)
	{
		const DriftOnlineFeature *feature = &o->features[f];

		if (!feature->categorical)
		{
			double x = scaled(o, arm, f, row->numbers[f]);

			if (x != 0)
				activate(o, feature->column, x);
		}
		else if (row->labels[f].bytes != NULL)
		{
			uint32_t column = drift_online_column(o, f, row->labels[f], add);

			if (column != 0)
				activate(o, column, 1);
		}
	}
}
