#include "model/origin.h"

void
drift_model_origins(const DriftModel *m, uint32_t *origins)
{
	const DriftStep *steps = drift_model_section(m, DRIFT_SECTION_STEPS);
	const uint32_t *lists = drift_model_section(m, DRIFT_SECTION_SLOT_LISTS);
	uint32_t slot = 0;

	while (slot < drift_model_count(m, DRIFT_SECTION_INPUTS))
	{
		origins[slot] = slot;
		slot++;
	}
	for (uint64_t i = 0; i < drift_model_count(m, DRIFT_SECTION_STEPS); i++)
	{
		const DriftStep *step = &steps[i];

		for (uint32_t j = 0; j < step->n_out; j++)
			origins[slot++] = origins[lists[step->first_in + (step->n_in == 1 ? 0 : j)]];
	}
}
