/*
 * training_rows.c
 *		Rows of a query on their way into memory, column by column.
 *
 * The executor hands over its slots, whose values go into growing arrays: no
 * row is ever kept as a row. The arrays double, but the system gives memory
 * only to what is written.
 *
 * The plan is never parallel, so that the same rows come in the same order and
 * the same seed gives the same model.
 */
#include "postgres.h"

#include <math.h>

#include "executor/spi.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "pg/query.h"
#include "registry/training_memory.h"
#include "registry/training_rows.h"

#define FIRST_ROOM 1024

/* Rows between two looks at the memory */
#define ROWS_TO_RESET 64

/* Odd, from Knuth's golden ratio */
#define HASH_MULTIPLIER UINT64CONST(0x9e3779b97f4a7c15)

typedef struct RowReceiver
{
	DestReceiver dest;
	TrainingRows *rows;
} RowReceiver;

static Size
ElementSize(const TrainingColumn *column)
{
	return column->categorical ? sizeof(uint32) : sizeof(double);
}

uint64
TrainingRowsBytes(const TrainingRows *rows)
{
	uint64 per_row = sizeof(double) * (rows->weight.attno != 0 ? 2 : 1);
	uint64 labels = rows->label.codes != NULL ? CategoryCodesBytes(rows->label.codes) : 0;

	for (int i = 0; i < rows->n_features; i++)
	{
		per_row += ElementSize(&rows->features[i]);
		if (rows->features[i].codes != NULL)
			labels += CategoryCodesBytes(rows->features[i].codes);
	}
	return (rows->side[0].n + rows->side[1].n) * per_row + labels;
}

static void *
Regrow(const TrainingRows *rows, void *array, Size element, uint64 room)
{
	return array == NULL ? MemoryContextAllocHuge(rows->context, element * room) : repalloc_huge(array, element * room);
}

static void
GrowSide(TrainingRows *rows, TrainingSide *side)
{
	uint64 room = side->room == 0 ? FIRST_ROOM : 2 * side->room;

	if (side->columns == NULL)
		side->columns = MemoryContextAllocZero(rows->context, sizeof(void *) * rows->n_features);
	for (int i = 0; i < rows->n_features; i++)
		side->columns[i] = Regrow(rows, side->columns[i], ElementSize(&rows->features[i]), room);
	side->target = Regrow(rows, side->target, sizeof(double), room);
	if (rows->weight.attno != 0)
		side->weights = Regrow(rows, side->weights, sizeof(double), room);
	side->room = room;
}

/* values of a row */

static double
NumberOf(const TrainingColumn *column, const TupleTableSlot *slot)
{
	Datum value = slot->tts_values[column->attno - 1];

	if (slot->tts_isnull[column->attno - 1])
		return NAN;
	return column->hasher.reader == READ_BOOL ? DatumGetBool(value) : ReadNumber(column->hasher.reader, value);
}

static uint32
CodeOf(const TrainingColumn *column, const TupleTableSlot *slot)
{
	CategoryBytes category;

	if (slot->tts_isnull[column->attno - 1])
		return DRIFT_CODE_MISSING;
	ReadCategory(column->hasher.reader, slot->tts_values[column->attno - 1], &category);
	return (uint32) CategoryCode(column->codes, &category);
}

/* False where it is missing */
static bool
ReadTarget(const TrainingRows *rows, const TupleTableSlot *slot, double *target)
{
	uint32 code;

	if (!rows->label.categorical)
	{
		*target = NumberOf(&rows->label, slot);
		if (isinf(*target))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("label \"%s\" is infinite", rows->label.name), errhint("Leave such rows out.")));
		return !isnan(*target);
	}
	code = CodeOf(&rows->label, slot);
	*target = code;
	return code != DRIFT_CODE_MISSING;
}

/* False where there is none though there is such a column */
static bool
ReadWeight(const TrainingRows *rows, const TupleTableSlot *slot, double *weight)
{
	*weight = 1;
	if (rows->weight.attno == 0)
		return true;
	if (slot->tts_isnull[rows->weight.attno - 1])
		return false;
	*weight = NumberOf(&rows->weight, slot);
	if (!(*weight >= 0) || isinf(*weight))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("weight \"%s\" of a training row is %s", rows->weight.name,
							   isnan(*weight)   ? "NaN"
							   : isinf(*weight) ? "infinite"
												: "negative"),
						errhint("Weights are finite numbers of 0 or more; a row whose weight is NULL is left out.")));
	return true;
}

static TrainingPart
PartByWord(const TrainingRows *rows, const TupleTableSlot *slot)
{
	const char *word = NULL;

	if (!slot->tts_isnull[rows->split.attno - 1])
		word = TextDatumGetCString(slot->tts_values[rows->split.attno - 1]);
	if (word != NULL && strcmp(word, "train") == 0)
		return TRAINING_TRAIN;
	if (word != NULL && strcmp(word, "valid") == 0)
		return TRAINING_VALID;
	if (word != NULL && strcmp(word, "test") == 0)
		return TRAINING_LEFT_OUT;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					word == NULL ? errmsg("split \"%s\" of a training row is NULL", rows->split.name)
								 : errmsg("split \"%s\" of a training row is \"%s\"", rows->split.name, word),
					errdetail("It must be train, valid or test.")));
}

static inline uint64
HashOf(TrainingColumn *column, const TupleTableSlot *slot)
{
	Datum value = slot->tts_values[column->attno - 1];

	if (slot->tts_isnull[column->attno - 1])
		return 0;
	return column->hasher.reader == READ_FLOAT8 ? HashDouble(DatumGetFloat8(value)) : HashValue(&column->hasher, value);
}

/* By what the row holds, so that neither the order of rows nor equal rows matter */
static TrainingPart
PartByHash(TrainingRows *rows, const TupleTableSlot *slot)
{
	uint64 hash = drift_mix(rows->options->seed + 1) + HashOf(&rows->label, slot);

	for (int i = 0; i < rows->n_features; i++)
		hash = hash * HASH_MULTIPLIER + HashOf(&rows->features[i], slot);
	return ldexp((double) (drift_mix(hash) >> 11), -53) < rows->options->validation_share ? TRAINING_VALID
																						  : TRAINING_TRAIN;
}

static TrainingPart
PartOf(TrainingRows *rows, const TupleTableSlot *slot)
{
	if (rows->split.attno != 0)
		return PartByWord(rows, slot);
	return rows->options->validation_share > 0 ? PartByHash(rows, slot) : TRAINING_TRAIN;
}

static void
AppendRow(TrainingRows *rows, TrainingSide *side, const TupleTableSlot *slot, double target, double weight)
{
	if (side->n == side->room)
		GrowSide(rows, side);
	for (int i = 0; i < rows->n_features; i++)
	{
		const TrainingColumn *column = &rows->features[i];

		if (column->categorical)
			((uint32 *) side->columns[i])[side->n] = CodeOf(column, slot);
		else
			((double *) side->columns[i])[side->n] = NumberOf(column, slot);
	}
	side->target[side->n] = target;
	if (side->weights != NULL)
		side->weights[side->n] = weight;
	side->n++;
}

/* A row without a label is counted as that, whatever else it lacks */
static void
TakeRow(TrainingRows *rows, const TupleTableSlot *slot)
{
	TrainingPart part;
	double target;
	double weight;

	if (!ReadTarget(rows, slot, &target))
		rows->without_label++;
	else if (!ReadWeight(rows, slot, &weight))
		rows->without_weight++;
	else if ((part = PartOf(rows, slot)) == TRAINING_LEFT_OUT)
		rows->held_out++;
	else
		AppendRow(rows, &rows->side[part], slot, target, weight);
}

/* the receiver */

static bool
ReceiveSlot(TupleTableSlot *slot, DestReceiver *self)
{
	TrainingRows *rows = ((RowReceiver *) self)->rows;
	MemoryContext old;

	slot_getsomeattrs(slot, rows->last_attno);
	old = MemoryContextSwitchTo(rows->row_context);
	TakeRow(rows, slot);
	MemoryContextSwitchTo(old);
	if (++rows->since_reset >= ROWS_TO_RESET)
	{
		rows->since_reset = 0;
		MemoryContextReset(rows->row_context);
		TrainingMemoryCheck(TrainingRowsBytes(rows), 0, "the rows read so far");
	}
	return true;
}

static void
StartUp(DestReceiver *self, int operation, TupleDesc descriptor)
{
	TrainingColumnsFind(((RowReceiver *) self)->rows, descriptor);
}

static void
ShutDown(DestReceiver *self)
{
}

void
TrainingRowsRead(TrainingRows *rows, const char *query)
{
	RowReceiver receiver = {.dest = {.receiveSlot = ReceiveSlot,
									 .rStartup = StartUp,
									 .rShutdown = ShutDown,
									 .rDestroy = ShutDown,
									 .mydest = DestTuplestore},
							.rows = rows};
	SPIExecuteOptions options = {.read_only = false, .must_return_tuples = true, .dest = &receiver.dest};
	int result;

	CheckQuery(query);
	rows->row_context = AllocSetContextCreate(CurrentMemoryContext, "drift training row", ALLOCSET_DEFAULT_SIZES);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	result = SPI_execute_extended(query, &options);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not run a query: %s", SPI_result_code_string(result));
	SPI_finish();
	MemoryContextDelete(rows->row_context);
}
