/*
 * training_memory.h
 *		What training may take of the machine.
 */
#ifndef DRIFT_REGISTRY_TRAINING_MEMORY_H
#define DRIFT_REGISTRY_TRAINING_MEMORY_H

/* Error 53200 if the rows and what comes beside them need more than drift.training_memory_limit. */
extern void TrainingMemoryCheck(uint64 rows, uint64 beside, const char *needed_for);

#endif
