#include "model/importance.h"

#include "model/node.h"
#include "model/origin.h"

#define NODES_BETWEEN_POLLS 65536

static bool
counts(const DriftModel *m, const DriftNode *node)
{
	return drift_node_splits(node) && !(m->source == DRIFT_SOURCE_LIGHTGBM && node->gain <= 0);
}

void
drift_model_importance(const DriftModel *m, const DriftHost *host, DriftImportance *importance)
{
	const DriftNode *nodes = drift_model_section(m, DRIFT_SECTION_NODES);
	const uint32_t *features = drift_model_section(m, DRIFT_SECTION_FEATURES);
	uint64_t n_inputs = drift_model_count(m, DRIFT_SECTION_INPUTS);
	uint32_t *origins = host->allocate(host->ctx, m->slots * sizeof(uint32_t));

	drift_model_origins(m, origins);
	for (uint64_t i = 0; i < n_inputs; i++)
		importance[i] = (DriftImportance){0};
	for (uint64_t i = 0; i < drift_model_count(m, DRIFT_SECTION_NODES); i++)
	{
		DriftImportance *of_input;

		if (host->poll && i % NODES_BETWEEN_POLLS == 0)
			host->poll();
		if (!counts(m, &nodes[i]))
			continue;
		of_input = &importance[origins[features[nodes[i].feature]]];
		of_input->weight++;
		of_input->total_gain += nodes[i].gain;
		of_input->total_cover += nodes[i].cover;
	}
	for (uint64_t i = 0; i < n_inputs; i++)
		if (importance[i].weight > 0)
		{
			importance[i].gain = importance[i].total_gain / (double) importance[i].weight;
			importance[i].cover = importance[i].total_cover / (double) importance[i].weight;
		}
}
