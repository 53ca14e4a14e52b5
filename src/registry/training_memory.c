#include "postgres.h"

#include <math.h>

#include "guc.h"
#include "registry/training_memory.h"

#define MEGABYTE (1024.0 * 1024.0)

void
TrainingMemoryCheck(uint64 rows, uint64 beside, const char *needed_for)
{
	double needed = ((double) rows + (double) beside) / MEGABYTE;

	if (needed <= drift_training_memory_limit)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OUT_OF_MEMORY), errmsg("training needs more memory than drift.training_memory_limit"),
			 errdetail("It is %d MB; %s need %.0f MB, %.0f MB of it for the rows.", drift_training_memory_limit,
					   needed_for, ceil(needed), ceil(rows / MEGABYTE)),
			 errhint("Train on a sample or on fewer columns, or ask a superuser to raise the limit.")));
}
