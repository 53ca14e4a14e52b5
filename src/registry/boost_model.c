#include "postgres.h"

#include <math.h>

#include "pg/model.h"
#include "model/import.h"
#include "model/score.h"
#include "registry/boost_model.h"
#include "registry/boost_rows.h"

#define ROWS_TO_COMPARE 256

static uint32
PutText(DriftDraft *draft, const DriftText *text)
{
	return drift_draft_string(draft, text->bytes, text->length);
}

static uint32
PutCString(DriftDraft *draft, const char *text)
{
	return drift_draft_string(draft, text, strlen(text));
}

static char *
CopyString(const DriftDraft *draft, uint32 number)
{
	const DriftString *string = (const DriftString *) drift_draft_section(draft, DRIFT_SECTION_STRINGS) + number;

	return pnstrdup((const char *) drift_draft_section(draft, DRIFT_SECTION_TEXT) + string->start, string->length);
}

/* The step that makes its code of a label; what is missing, or no label of training, is missing */
static uint32
PutMap(DriftDraft *draft, const DriftDesignColumn *column, uint32 slot)
{
	uint32 first_number = drift_draft_count(draft, DRIFT_SECTION_NUMBERS);
	uint32 first_string = drift_draft_count(draft, DRIFT_SECTION_STRINGS);
	double *numbers = drift_draft_add(draft, DRIFT_SECTION_NUMBERS, column->n_labels + 1);

	numbers[0] = NAN;
	for (uint32 code = 0; code < column->n_labels; code++)
	{
		numbers[code + 1] = code;
		PutText(draft, &column->labels[code]);
	}
	return drift_draft_step(draft, DRIFT_STEP_MAP_TEXT, &slot, 1, 1, first_number, first_string);
}

/* The library knows columns by their place and categories by their code */
static void
PutInputs(DriftDraft *draft, const DriftDesign *design)
{
	uint32 *features;
	DriftInput *inputs;

	draft->section[DRIFT_SECTION_INPUTS] = (DriftGrowing){0};
	draft->head.slots = 0;
	for (uint32 c = 0; c < design->n_columns; c++)
	{
		const DriftDesignColumn *column = &design->columns[c];
		uint32 slot = drift_draft_input(draft, column->name.bytes, column->name.length,
										column->categorical ? DRIFT_INPUT_TEXT : DRIFT_INPUT_NUMBER);

		inputs = drift_draft_section(draft, DRIFT_SECTION_INPUTS);
		inputs[slot].single = !column->categorical;
	}
	features = drift_draft_section(draft, DRIFT_SECTION_FEATURES);
	for (uint32 c = 0; c < design->n_columns; c++)
		features[c] = design->columns[c].categorical ? PutMap(draft, &design->columns[c], c) : c;
}

/* Replaces the strings of the file, which are the library's names of things, by those of the rows */
static void
PutNames(DriftDraft *draft, const DriftDesign *design)
{
	char *version = CopyString(draft, draft->head.source_version);
	char *objective = CopyString(draft, draft->head.objective);

	draft->section[DRIFT_SECTION_STRINGS] = (DriftGrowing){0};
	draft->section[DRIFT_SECTION_TEXT] = (DriftGrowing){0};
	draft->section[DRIFT_SECTION_LABELS] = (DriftGrowing){0};
	draft->head.source_version = PutCString(draft, version);
	draft->head.objective = PutCString(draft, objective);
	PutInputs(draft, design);
	for (uint32 c = 0; c < design->n_classes; c++)
	{
		uint32 label = PutText(draft, &design->classes[c]);

		*(uint32 *) drift_draft_add(draft, DRIFT_SECTION_LABELS, 1) = label;
	}
}

/* Put a row of the design where a scorer reads it */
static void
FillRow(DriftScorer *scorer, const DriftDesign *design, uint64 row)
{
	double *numbers = drift_scorer_numbers(scorer);
	DriftLabel *labels = drift_scorer_labels(scorer);

	for (uint32 c = 0; c < design->n_columns; c++)
	{
		const DriftDesignColumn *column = &design->columns[c];
		uint32 code = column->categorical ? column->codes[row] : 0;

		if (!column->categorical)
			numbers[c] = column->values[row];
		else if (code == DRIFT_CODE_MISSING)
			labels[c] = (DriftLabel){NULL, 0};
		else
			labels[c] = (DriftLabel){column->labels[code].bytes, column->labels[code].length};
	}
}

static void
CompareMargins(const DriftModel *model, const float *wanted, const DriftDesign *design, const uint64 *at, uint64 n)
{
	DriftHost host = ModelHost(CurrentMemoryContext);
	DriftScorer *scorer = drift_scorer_create(model, &host);
	double *margins = palloc(model->groups * sizeof(double));
	DriftScoreProblem problem;

	for (uint64 i = 0; i < n; i++)
	{
		FillRow(scorer, design, at[i]);
		if (!drift_score_margins(scorer, margins, &problem))
			elog(ERROR, "a row that was trained on has no score: %s", problem.reason);
		for (uint32 g = 0; g < model->groups; g++)
			if ((float) margins[g] != wanted[i * model->groups + g])
				elog(ERROR, "the model scores row " UINT64_FORMAT " as %.9g, and libxgboost as %.9g", at[i], margins[g],
					 wanted[i * model->groups + g]);
	}
}

/* A model that is scored otherwise than it was trained must not leave */
static void
CompareWithLibrary(const BoostLibrary *library, Boost *boost, int rounds, const DriftDesign *design,
				   const DriftDraft *draft)
{
	uint64 n_margins = draft->head.groups;
	const uint64 *at;
	BoostRows *rows = BoostRowsSome(design, ROWS_TO_COMPARE, &at);
	float *margins = palloc(rows->n_rows * n_margins * sizeof(float));
	const DriftModel *model = (const DriftModel *) BoostPack(draft);

	library->margins(boost, library->read_rows(rows, BOOST_WHOLE, 0, 1), rounds, margins, rows->n_rows * n_margins);
	CompareMargins(model, margins, design, at, rows->n_rows);
}

struct varlena *
BoostPack(const DriftDraft *draft)
{
	DriftRefusal refusal = {0};
	DriftModel *model = ModelPack(draft, &refusal);

	if (model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("cannot keep the trained model: %s", refusal.reason),
				 errhint("Train fewer or smaller trees: n_estimators, max_depth, min_child_weight.")));
	return (struct varlena *) model;
}

static DriftDraft *
ImportBoost(const BoostLibrary *library, Boost *boost, int rounds)
{
	DriftHost *host = palloc(sizeof(DriftHost));
	DriftDraft *draft = palloc(sizeof(DriftDraft));
	DriftImportOptions options = {.iterations = rounds > 0 ? rounds : DRIFT_ITERATIONS_ALL};
	DriftRefusal refusal = {0};
	Size size;
	char *bytes = library->save(boost, &size);

	*host = ModelHost(CurrentMemoryContext);
	drift_draft_init(draft, host);
	if (drift_import_xgboost(draft, bytes, size, &options, &refusal) != DRIFT_OK)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("the model of libxgboost %d.%d.%d is not understood: %s", library->version[0],
							   library->version[1], library->version[2], refusal.reason)));
	return draft;
}

DriftDraft *
BoostDraft(const BoostLibrary *library, Boost *boost, int rounds, const DriftDesign *design)
{
	DriftDraft *draft = ImportBoost(library, boost, rounds);

	PutNames(draft, design);
	CompareWithLibrary(library, boost, rounds, design, draft);
	return draft;
}
