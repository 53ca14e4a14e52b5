/*
 * mark.h
 *		Whether what was read is still what would be read.
 *
 * What a function keeps from row to row may outlive the statement: the simple
 * expressions of PL/pgSQL keep it until the transaction ends, over commands,
 * savepoints and SET ROLE. A mark is what it depends on besides the tables.
 */
#ifndef DRIFT_REGISTRY_MARK_H
#define DRIFT_REGISTRY_MARK_H

#include "utils/snapshot.h"

typedef struct ReadMark
{
	Oid user;
	SubTransactionId subtransaction;
	SnapshotData seen; /* the copy's own arrays are below */
	TransactionId *running;
	uint32 capacity;
} ReadMark;

/* Notes the active snapshot; the room that it takes is of the memory context. */
extern void MarkRead(ReadMark *mark, MemoryContext context);

/* Does the active snapshot show the same rows, to the same user? */
extern bool MarkHolds(const ReadMark *mark);

#endif
