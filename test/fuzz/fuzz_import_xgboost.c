/*
 * fuzz_import_xgboost.c
 *		Bytes that are taken for a model of XGBoost make one that passes the
 *		check and scores.
 */
#include <math.h>

#include "fuzz/fuzz.h"
#include "model/import.h"
#include "model/score.h"
#include "unit/model_host.h"

static void
score_row(const DriftModel *m, TestHost *h)
{
	DriftScorer *s = drift_scorer_create(m, &h->host);
	uint64_t inputs = drift_model_count(m, DRIFT_SECTION_INPUTS);
	double *margins = h->host.allocate(h->host.ctx, m->groups * sizeof(double));
	double *outputs = h->host.allocate(h->host.ctx, drift_model_outputs(m) * sizeof(double));
	DriftScoreProblem problem;

	for (uint64_t i = 0; i < inputs; i++)
	{
		drift_scorer_numbers(s)[i] = i % 3 == 0 ? (double) NAN : (double) i - 1.5;
		drift_scorer_labels(s)[i] = (DriftLabel){i % 2 == 0 ? NULL : "red", i % 2 == 0 ? 0 : 3};
	}
	if (drift_score_margins(s, margins, &problem))
		drift_score_outputs(s, margins, outputs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TestHost h;
	DriftDraft draft;
	DriftRefusal r = {0};
	DriftImportOptions options = {.iterations = size % 3 == 0 ? DRIFT_ITERATIONS_BEST : DRIFT_ITERATIONS_ALL};
	DriftModel *m;
	size_t packed;

	test_host_init(&h);
	drift_draft_init(&draft, &h.host);
	if (drift_import_xgboost(&draft, (const char *) data, size, &options, &r) == DRIFT_OK)
	{
		REQUIRE(drift_draft_size(&draft, &packed) == DRIFT_OK);
		m = h.host.allocate(h.host.ctx, packed);
		memset(m, 0, packed);
		if (drift_draft_pack(&draft, m, packed, &r) == DRIFT_OK)
			score_row(m, &h);
	}
	REQUIRE((r.status == DRIFT_OK) == (r.reason == NULL));
	test_host_free(&h);
	return 0;
}
