/*
 * online.c
 *		Learners as values: made, fed by an aggregate, asked, and turned into a
 *		model. Their bytes are what src/train/online.h packs.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "compat.h"
#include "errors.h"
#include "pg/aggregate.h"
#include "pg/composite.h"
#include "pg/detector.h"
#include "pg/model.h"
#include "registry/fit_params.h"
#include "train/online.h"

/* An integer, a number, one of some words, or a flag */
#define WHOLE(name, least, most, initial) \
	{ \
		name, FIT_PARAM_INTEGER, least, most, false, false, initial, NULL \
	}
#define NUMBER(name, least, most, initial) \
	{ \
		name, FIT_PARAM_NUMBER, least, most, false, false, initial, NULL \
	}
#define ABOVE_ZERO(name, most, initial) \
	{ \
		name, FIT_PARAM_NUMBER, 0, most, true, false, initial, NULL \
	}
#define WORDS(name, words) \
	{ \
		name, FIT_PARAM_CHOICE, 0, 0, false, false, 0, words \
	}
#define FLAG(name) \
	{ \
		name, FIT_PARAM_BOOLEAN, 0, 1, false, false, 1, NULL \
	}

/* Words are in the order of the kernel's numbers. */
static const FitParamRule rules[] = {
	WORDS("optimiser", "sgd adagrad ftrl"),
	ABOVE_ZERO("learning_rate", 1e6, NAN),
	WORDS("schedule", "constant inverse_scaling"),
	NUMBER("power", 0, 10, 0.25),
	NUMBER("l1", 0, 1e6, 0),
	NUMBER("l2", 0, 1e6, 0),
	ABOVE_ZERO("beta", 1e6, 1),
	FLAG("standardise"),
	FLAG("intercept"),
	WHOLE("max_categories", 0, DRIFT_ONLINE_MAX_COLUMNS, 100),
	NUMBER("fading", 0.001, 1, 0.999),
	WORDS("on_drift", "reset replace raise_rate keep"),
	NUMBER("raise_by", 1, 1e6, 10),
	{NULL},
};

static const uint8 policies[] = {DRIFT_ONLINE_RESET, DRIFT_ONLINE_REPLACE, DRIFT_ONLINE_RAISE, DRIFT_ONLINE_KEEP};

/* Of sgd, adagrad and ftrl */
static const double usual_rates[] = {0.01, 0.1, 0.1};

/* A learner in memory of its own, with the host that it points to */
typedef struct Learner
{
	DriftHost host;
	DriftOnline *online;
} Learner;

static Learner *
NewLearner(MemoryContext context)
{
	Learner *learner = MemoryContextAllocZero(context, sizeof(Learner));

	learner->host = ModelHost(context);
	return learner;
}

/* Names go into models, where they are text of this database. */
static void
CheckText(DriftText text)
{
	if (text.length > 0 && !pg_verify_mbstr(GetDatabaseEncoding(), text.bytes, text.length, true))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("a learner has a name that is no text")));
}

static Learner *
ReadLearner(MemoryContext context, bytea *packed)
{
	Learner *learner = NewLearner(context);
	DriftStatus status = drift_online_unpack(&learner->host, (const uint8 *) VARDATA_ANY(packed),
											 VARSIZE_ANY_EXHDR(packed), &learner->online);
	DriftOnline *o = learner->online;

	if (status != DRIFT_OK)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid learner"),
						errdetail(status == DRIFT_BAD_VERSION ? "It was written by another version of drift."
															  : "Its bytes contradict each other.")));
	for (uint32 i = 0; i < o->n_features; i++)
		CheckText(o->features[i].name);
	for (uint32 i = 0; i < o->n_classes; i++)
		CheckText(o->classes[i]);
	for (uint32 i = 0; i < o->n_columns; i++)
		CheckText(o->columns[i].label);
	return learner;
}

static Datum
PackLearner(const DriftOnline *o)
{
	Size size = drift_online_packed_size(o);
	bytea *packed;

	if (size > MaxAllocSize - VARHDRSZ)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("the learner has become too large"),
						errhint("Lower max_categories, or leave features with many categories out.")));
	packed = palloc(VARHDRSZ + size);
	SET_VARSIZE(packed, VARHDRSZ + size);
	if (drift_online_pack(o, (uint8 *) VARDATA(packed), size) != DRIFT_OK)
		elog(ERROR, "a learner did not fit the size that it asked for");
	return PointerGetDatum(packed);
}

static DriftOnlineParams
ReadParams(Jsonb *given)
{
	FitParams *p = FitParamsRead(rules, given);
	DriftOnlineParams params = {
		.optimiser = (uint8) FitParam(p, "optimiser") + DRIFT_OPTIMISER_SGD,
		.policy = policies[(int) FitParam(p, "on_drift")],
		.inverse_scaling = FitParam(p, "schedule") == 1,
		.standardise = FitParam(p, "standardise") == 1,
		.intercept = FitParam(p, "intercept") == 1,
		.max_categories = (uint32) FitParam(p, "max_categories"),
		.learning_rate = FitParam(p, "learning_rate"),
		.power = FitParam(p, "power"),
		.l1 = FitParam(p, "l1"),
		.l2 = FitParam(p, "l2"),
		.beta = FitParam(p, "beta"),
		.fading = FitParam(p, "fading"),
		.raise_by = FitParam(p, "raise_by"),
	};

	if (isnan(params.learning_rate))
		params.learning_rate = usual_rates[params.optimiser - DRIFT_OPTIMISER_SGD];
	if (params.l1 > 0 && params.optimiser != DRIFT_OPTIMISER_FTRL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("parameter \"l1\" needs the optimiser ftrl"),
						errdetail("The others have no penalty that makes weights 0."),
						errhint("Set \"optimiser\" to \"ftrl\", or \"l2\" instead of \"l1\".")));
	if (!drift_online_params_good(&params))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("parameters \"learning_rate\" and \"l2\" do not go together"),
						errdetail("Their product, times \"raise_by\" where a change raises the rate, is more than 1, "
								  "or the rate is below 1e-12.")));
	return params;
}

static DriftText *
ReadTexts(ArrayType *array, uint32 *count)
{
	Datum *values;
	bool *nulls;
	int n;
	DriftText *texts;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	texts = palloc(sizeof(DriftText) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		text *value = nulls[i] ? NULL : DatumGetTextPP(values[i]);

		if (value == NULL)
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a name or a class is null")));
		texts[i] = (DriftText){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
	}
	*count = n;
	return texts;
}

static void
CheckCounts(uint32 features, uint32 flags, uint32 classes)
{
	if (features == 0 || features > DRIFT_ONLINE_MAX_FEATURES || features != flags)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a learner cannot have %u features", features),
						errdetail("It has 1 to %d.", DRIFT_ONLINE_MAX_FEATURES)));
	if (classes == 1 || classes > DRIFT_ONLINE_MAX_CLASSES)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a learner cannot have %u classes", classes),
						errdetail("It has 2 to %d.", DRIFT_ONLINE_MAX_CLASSES)));
}

/* Kinds for answers that are right or wrong do not take the error of a number. */
static DriftDetector *
ReadDetector(FunctionCallInfo fcinfo, int argument, bool is_number)
{
	DriftDetector *d;

	if (PG_ARGISNULL(argument))
		return NULL;
	d = DetectorRead(PG_GETARG_DATUM(argument));
	if (is_number && !drift_detector_takes(d, DRIFT_ONLINE_MAX_NUMBER))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a %s detector does not watch errors of numbers",
							   drift_detector_kind_name(drift_detector_kind_of(d))),
						errhint("Take adwin, page_hinkley, cusum or kswin.")));
	return d;
}

/* learner_make(params, names, categorical, classes, detector): one that has learned nothing */
PG_FUNCTION_INFO_V1(drift_learner_make);
Datum
drift_learner_make(PG_FUNCTION_ARGS)
{
	DriftOnlineParams params;
	ArrayType *categorical;
	uint32 n_features;
	uint32 n_classes;
	DriftText *names;
	DriftText *classes;
	Learner *learner = NewLearner(CurrentMemoryContext);

	for (int i = 0; i < 4; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("parameters, features and classes of a learner must not be null")));
	params = ReadParams(PG_GETARG_JSONB_P(0));
	names = ReadTexts(PG_GETARG_ARRAYTYPE_P(1), &n_features);
	categorical = PG_GETARG_ARRAYTYPE_P(2);
	classes = ReadTexts(PG_GETARG_ARRAYTYPE_P(3), &n_classes);
	CheckCounts(n_features, ARR_HASNULL(categorical) ? 0 : ArrayGetNItems(ARR_NDIM(categorical), ARR_DIMS(categorical)),
				n_classes);
	learner->online = drift_online_create(&learner->host, &params, names, (const bool *) ARR_DATA_PTR(categorical),
										  n_features, classes, n_classes, ReadDetector(fcinfo, 4, n_classes == 0));
	PG_RETURN_DATUM(PackLearner(learner->online));
}

/* What an aggregate keeps */
typedef struct Lesson
{
	Learner *learner;
	int64 read;
	int64 skipped; /* without a target or weight */
	TupleDesc row;
	Datum *values;
	bool *nulls;
	double *numbers;
	DriftText *labels;
} Lesson;

static Lesson *
StartLesson(FunctionCallInfo fcinfo)
{
	MemoryContext context = AggregateContext(fcinfo);
	MemoryContext old = MemoryContextSwitchTo(context);
	Lesson *lesson = palloc0(sizeof(Lesson));
	uint32 count;

	if (PG_ARGISNULL(1))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("there is no learner")));
	lesson->learner = ReadLearner(context, PG_GETARG_BYTEA_PP(1));
	count = lesson->learner->online->n_features;
	lesson->values = palloc(sizeof(Datum) * count);
	lesson->nulls = palloc(sizeof(bool) * count);
	lesson->numbers = palloc(sizeof(double) * count);
	lesson->labels = palloc0(sizeof(DriftText) * count);
	MemoryContextSwitchTo(old);
	return lesson;
}

/* The type of the rows, which is the same for all of them */
static void
DescribeRow(Lesson *lesson, HeapTupleHeader header, MemoryContext context)
{
	const DriftOnline *o = lesson->learner->online;
	TupleDesc type = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
	MemoryContext old = MemoryContextSwitchTo(context);

	lesson->row = CreateTupleDescCopy(type);
	MemoryContextSwitchTo(old);
	ReleaseTupleDesc(type);
	for (uint32 f = 0; f < o->n_features; f++)
		if (lesson->row->natts != (int) o->n_features ||
			TupleDescAttr(lesson->row, f)->atttypid != (o->features[f].categorical ? TEXTOID : FLOAT8OID))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("the rows are not of the type that the learner takes"),
					 errdetail("It takes %u columns, of type text for categories and else float8.", o->n_features)));
}

static double
CheckNumber(double x, const char *what, int length)
{
	if (!(fabs(x) <= DRIFT_ONLINE_MAX_NUMBER))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%g cannot be learned from as \"%.*s\"", x, length, what),
						errdetail("Numbers are finite and at most 1e100 in magnitude.")));
	return x;
}

static void
ReadFeatures(Lesson *lesson, FunctionCallInfo fcinfo)
{
	const DriftOnline *o = lesson->learner->online;
	HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(5);
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};

	if (lesson->row == NULL)
		DescribeRow(lesson, header, AggregateContext(fcinfo));
	heap_deform_tuple(&tuple, lesson->row, lesson->values, lesson->nulls);
	for (uint32 f = 0; f < o->n_features; f++)
	{
		text *label;

		if (!o->features[f].categorical)
		{
			double x = lesson->nulls[f] ? NAN : DatumGetFloat8(lesson->values[f]);

			lesson->numbers[f] =
				isnan(x) ? x : CheckNumber(x, o->features[f].name.bytes, (int) o->features[f].name.length);
			continue;
		}
		label = lesson->nulls[f] ? NULL : DatumGetTextPP(lesson->values[f]);
		lesson->labels[f] =
			label == NULL ? (DriftText){NULL, 0} : (DriftText){VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label)};
	}
}

static double
ReadClass(const DriftOnline *o, const text *label)
{
	StringInfoData known;

	for (uint32 c = 0; c < o->n_classes; c++)
		if (o->classes[c].length == VARSIZE_ANY_EXHDR(label) &&
			memcmp(o->classes[c].bytes, VARDATA_ANY(label), o->classes[c].length) == 0)
			return c;
	initStringInfo(&known);
	for (uint32 c = 0; c < o->n_classes && c < 20; c++)
		appendStringInfo(&known, "%s%.*s", c > 0 ? ", " : "", (int) o->classes[c].length, o->classes[c].bytes);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the learner knows no class \"%s\"", text_to_cstring(label)),
					errdetail("Its classes are %s.", known.data),
					errhint("Classes are given to drift.create_learner() and cannot be added to.")));
}

/* The target of the row at hand: label (2) or number (3); NaN where it has none */
static double
ReadTarget(const DriftOnline *o, FunctionCallInfo fcinfo)
{
	if (o->n_classes > 0)
		return PG_ARGISNULL(2) ? NAN : ReadClass(o, PG_GETARG_TEXT_PP(2));
	if (PG_ARGISNULL(3) || isnan(PG_GETARG_FLOAT8(3)))
		return NAN;
	return CheckNumber(PG_GETARG_FLOAT8(3), "target", 6);
}

static double
ReadWeight(FunctionCallInfo fcinfo)
{
	double weight = PG_ARGISNULL(4) ? NAN : PG_GETARG_FLOAT8(4);

	if (!PG_ARGISNULL(4) && !(weight >= 0 && weight <= DRIFT_ONLINE_MAX_NUMBER))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%g cannot be the weight of a row", weight),
						errdetail("Weights are finite and not negative.")));
	return weight;
}

static void
Learn(DriftOnline *o, const DriftOnlineRow *row, double target, double weight)
{
	DriftStatus status = drift_online_add(o, row, target, weight);

	if (status == DRIFT_OVERFLOW)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("the weights of the learner grew beyond bounds"),
				 errdetail("It was at row " INT64_FORMAT ".", o->seen),
				 errhint("Lower learning_rate, and leave standardise true unless features are scaled already.")));
	DriftCheck(status);
}

/* learn_accum(state, learner, label, number, weight, features) */
PG_FUNCTION_INFO_V1(drift_learn_accum);
Datum
drift_learn_accum(PG_FUNCTION_ARGS)
{
	Lesson *lesson = PG_ARGISNULL(0) ? StartLesson(fcinfo) : (Lesson *) PG_GETARG_POINTER(0);
	DriftOnline *o = lesson->learner->online;
	double target = ReadTarget(o, fcinfo);
	double weight = ReadWeight(fcinfo);

	(void) AggregateContext(fcinfo);
	lesson->read++;
	if (isnan(target) || isnan(weight) || PG_ARGISNULL(5))
	{
		lesson->skipped++;
		PG_RETURN_POINTER(lesson);
	}
	ReadFeatures(lesson, fcinfo);
	Learn(o, &(DriftOnlineRow){.numbers = lesson->numbers, .labels = lesson->labels}, target, weight);
	PG_RETURN_POINTER(lesson);
}

/* Accuracy and log loss, or mean absolute and root mean squared error; the other two are NaN */
static void
PutMetrics(Datum *values, bool *nulls, int column, const DriftOnline *o, const DriftOnlineTally *t)
{
	bool classes = o->n_classes > 0;

	NumberField(values, nulls, column, classes && t->n > 0 ? t->right / t->n : NAN);
	NumberField(values, nulls, column + 1, classes && t->n > 0 ? t->loss / t->n : NAN);
	NumberField(values, nulls, column + 2, !classes && t->n > 0 ? t->loss / t->n : NAN);
	NumberField(values, nulls, column + 3, !classes && t->n > 0 ? sqrt(t->squares / t->n) : NAN);
}

static Datum
ChangeRows(const DriftOnline *o)
{
	Datum rows[DRIFT_ONLINE_MAX_CHANGES];
	int count = (int) Min(o->batch_changes, DRIFT_ONLINE_MAX_CHANGES);

	for (int i = 0; i < count; i++)
		rows[i] = Int64GetDatum(o->change[i]);
	return PointerGetDatum(construct_array(rows, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

#define LESSON_COLUMNS 9

/* The learner after the rows, and how it did on them */
PG_FUNCTION_INFO_V1(drift_learn_final);
Datum
drift_learn_final(PG_FUNCTION_ARGS)
{
	const Lesson *lesson = PG_ARGISNULL(0) ? NULL : (Lesson *) PG_GETARG_POINTER(0);
	Datum values[LESSON_COLUMNS];
	bool nulls[LESSON_COLUMNS] = {false};
	const DriftOnline *o;

	(void) AggregateContext(fcinfo);
	if (lesson == NULL)
		PG_RETURN_NULL();
	o = lesson->learner->online;
	values[0] = PackLearner(o);
	values[1] = Int64GetDatum(lesson->read);
	values[2] = Int64GetDatum(lesson->skipped);
	PutMetrics(values, nulls, 3, o, &o->batch);
	values[7] = Int64GetDatum(o->batch_changes);
	values[8] = ChangeRows(o);
	PG_RETURN_DATUM(RowDatum(ReturnedRowType(fcinfo, LESSON_COLUMNS), values, nulls));
}

#define FACT_COLUMNS 14

/* describe_learner(learner): what is known of it */
PG_FUNCTION_INFO_V1(drift_describe_learner);
Datum
drift_describe_learner(PG_FUNCTION_ARGS)
{
	const DriftOnline *o = ReadLearner(CurrentMemoryContext, PG_GETARG_BYTEA_PP(0))->online;
	Datum values[FACT_COLUMNS];
	bool nulls[FACT_COLUMNS] = {false};

	values[0] = Int64GetDatum(o->seen);
	values[1] = Int64GetDatum(o->front.rows);
	values[2] = Int32GetDatum((int32) o->n_columns);
	values[3] = Int64GetDatum(o->changes);
	values[4] = Int64GetDatum(o->changed);
	nulls[4] = o->changed == 0;
	values[5] = BoolGetDatum(o->detector != NULL && o->detector->warning && !o->detector->drift);
	PutMetrics(values, nulls, 6, o, &o->faded);
	PutMetrics(values, nulls, 10, o, &o->total);
	PG_RETURN_DATUM(RowDatum(ReturnedRowType(fcinfo, FACT_COLUMNS), values, nulls));
}

/* learner_artefact(learner): the model that it is now; NULL where it has learned nothing */
PG_FUNCTION_INFO_V1(drift_learner_artefact);
Datum
drift_learner_artefact(PG_FUNCTION_ARGS)
{
	Learner *learner = ReadLearner(CurrentMemoryContext, PG_GETARG_BYTEA_PP(0));
	DriftRefusal refusal = {0};
	DriftDraft draft;
	DriftModel *m;

	drift_draft_init(&draft, &learner->host);
	if (drift_online_draft(learner->online, &draft) != DRIFT_OK)
		PG_RETURN_NULL();
	m = ModelPack(&draft, &refusal);
	if (m == NULL)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("the learner makes no model"),
						errdetail_internal("%s", refusal.reason)));
	PG_RETURN_POINTER(m);
}
