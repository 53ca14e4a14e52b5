/*
 * import_input.h
 *		What every importer's target does: import, pack, check, score rows.
 */
#ifndef DRIFT_TEST_IMPORT_INPUT_H
#define DRIFT_TEST_IMPORT_INPUT_H

#include <math.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "model/import.h"
#include "model/score.h"
#include "unit/model_file.h"

typedef DriftStatus (*FuzzedImport)(DriftDraft *d, const char *bytes, size_t size, const DriftImportOptions *options,
									DriftRefusal *r);

/* Scores a row of one value and one label for all inputs. */
static inline void
score_same(DriftScorer *s, TestHost *h, double value, DriftLabel label)
{
	const DriftModel *m = drift_scorer_model(s);
	uint64_t classes = drift_model_count(m, DRIFT_SECTION_LABELS);
	double *margins = test_host_allocate(h, m->groups * sizeof(double));
	double *outputs = test_host_allocate(h, drift_model_outputs(m) * sizeof(double));
	double *probabilities = test_host_allocate(h, (classes + 1) * sizeof(double));
	DriftScoreProblem problem;

	for (uint64_t i = 0; i < drift_model_count(m, DRIFT_SECTION_INPUTS); i++)
	{
		drift_scorer_numbers(s)[i] = value;
		drift_scorer_labels(s)[i] = label;
	}
	if (!drift_score_margins(s, margins, &problem))
		return;
	drift_score_outputs(s, margins, outputs);
	if (classes > 0)
	{
		REQUIRE(drift_score_class(s, margins, outputs) < classes);
		REQUIRE(drift_score_probabilities(s, margins, outputs, probabilities) <= classes);
	}
}

/* A source is either refused, with a reason, or a model that passes the check and scores. */
static inline void
fuzz_import(FuzzedImport import, const uint8_t *data, size_t size)
{
	DriftImportOptions options = {DRIFT_ITERATIONS_ALL};
	DriftRefusal r = {0};
	DriftDraft d;
	TestHost h;
	DriftStatus status;

	test_host_init(&h);
	drift_draft_init(&d, &h.host);
	status = import(&d, (const char *) data, size, &options, &r);
	REQUIRE(status == r.status && (status == DRIFT_OK) == (r.reason == NULL));
	if (status == DRIFT_OK)
	{
		DriftModel *m = pack_draft(&h, &d, &r);

		REQUIRE((m == NULL) == (r.reason != NULL));
		if (m != NULL)
		{
			DriftScorer *s = drift_scorer_create(m, &h.host);

			score_same(s, &h, (double) NAN, (DriftLabel){NULL, 0});
			score_same(s, &h, 1, (DriftLabel){"a", 1});
		}
	}
	test_host_free(&h);
}

#endif
