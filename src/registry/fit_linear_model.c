#include "postgres.h"

#include <math.h>

#include "registry/fit_linear.h"

static uint32
PutText(DriftDraft *draft, const char *text)
{
	return drift_draft_string(draft, text, strlen(text));
}

static void
PutHead(DriftDraft *draft, const char *algorithm, uint32 n_classes)
{
	DriftModel *head = &draft->head;

	head->source = DRIFT_SOURCE_JSON;
	head->predictor = DRIFT_PREDICTOR_LINEAR;
	head->source_version = PutText(draft, "1");
	head->objective = PutText(draft, algorithm);
	head->groups = n_classes > 2 ? n_classes : 1;
	head->task = n_classes == 0 ? DRIFT_TASK_REGRESSION : n_classes == 2 ? DRIFT_TASK_BINARY : DRIFT_TASK_MULTICLASS;
	head->transform = n_classes == 0   ? DRIFT_TRANSFORM_IDENTITY
					  : n_classes == 2 ? DRIFT_TRANSFORM_LOGISTIC
									   : DRIFT_TRANSFORM_SOFTMAX;
	head->decision = n_classes == 0   ? DRIFT_DECISION_NONE
					 : n_classes == 2 ? DRIFT_DECISION_OUTPUT
									  : DRIFT_DECISION_LARGEST;
	head->parameter = 1;
}

static void
PutLabels(DriftDraft *draft, const DriftDesign *design)
{
	for (uint32 k = 0; k < design->n_classes; k++)
	{
		uint32 string = drift_draft_string(draft, design->classes[k].bytes, design->classes[k].length);

		*(uint32 *) drift_draft_add(draft, DRIFT_SECTION_LABELS, 1) = string;
	}
}

static void
PutCoefficients(DriftDraft *draft, const DriftLinearFit *fit, uint32 n_features)
{
	uint64 count = (uint64) draft->head.groups * n_features;
	double *coefficients = drift_draft_add(draft, DRIFT_SECTION_COEFFICIENTS, count);
	double *intercepts = drift_draft_add(draft, DRIFT_SECTION_BASE, draft->head.groups);

	drift_linear_result(fit, coefficients, intercepts);
	for (uint64 i = 0; i < count + draft->head.groups; i++)
		if (!isfinite(i < count ? coefficients[i] : intercepts[i - count]))
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("a coefficient is not finite"),
							errdetail("Columns have numbers that are too large or too close together.")));
}

DriftModel *
LinearModel(const char *algorithm, const DriftDesign *design, const DriftEncoders *encoders, const DriftLinearFit *fit)
{
	DriftHost host = ModelHost(CurrentMemoryContext);
	DriftRefusal refusal = {0};
	DriftDraft draft;
	DriftModel *model;

	drift_draft_init(&draft, &host);
	drift_encoders_draft(encoders, design, &draft);
	PutHead(&draft, algorithm, design->n_classes);
	PutLabels(&draft, design);
	PutCoefficients(&draft, fit, encoders->n_features);
	model = ModelPack(&draft, &refusal);
	if (model == NULL)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("the fit does not make a model"),
						errdetail("%s", refusal.reason)));
	return model;
}
