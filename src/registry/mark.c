#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "registry/mark.h"

static uint32
CountRunning(const SnapshotData *snapshot)
{
	return snapshot->xcnt + Max(snapshot->subxcnt, 0);
}

void
MarkRead(ReadMark *mark, MemoryContext context)
{
	Snapshot snapshot = GetActiveSnapshot();
	uint32 n = CountRunning(snapshot);

	if (n > mark->capacity)
	{
		if (mark->running != NULL)
			pfree(mark->running);
		mark->capacity = 0;
		mark->running = MemoryContextAlloc(context, sizeof(TransactionId) * n);
		mark->capacity = n;
	}
	mark->user = GetUserId();
	mark->subtransaction = GetCurrentSubTransactionId();
	mark->seen = *snapshot;
	if (snapshot->xcnt > 0)
		memcpy(mark->running, snapshot->xip, sizeof(TransactionId) * snapshot->xcnt);
	if (snapshot->subxcnt > 0)
		memcpy(mark->running + snapshot->xcnt, snapshot->subxip, sizeof(TransactionId) * snapshot->subxcnt);
}

static bool
SameRunning(const ReadMark *mark, const SnapshotData *snapshot)
{
	return (snapshot->xcnt == 0 || memcmp(mark->running, snapshot->xip, sizeof(TransactionId) * snapshot->xcnt) == 0) &&
		   (snapshot->subxcnt <= 0 ||
			memcmp(mark->running + snapshot->xcnt, snapshot->subxip, sizeof(TransactionId) * snapshot->subxcnt) == 0);
}

/*
 * The subtransaction is of the mark because one that is undone takes back what
 * it wrote while command ids go on. One that came and went in between does no
 * harm: what it wrote had later command ids, or nobody sees it.
 */
bool
MarkHolds(const ReadMark *mark)
{
	Snapshot snapshot = GetActiveSnapshot();
	const SnapshotData *seen = &mark->seen;

	return seen->snapshot_type == SNAPSHOT_MVCC && snapshot->snapshot_type == SNAPSHOT_MVCC &&
		   seen->curcid == snapshot->curcid && seen->xmax == snapshot->xmax && seen->xmin == snapshot->xmin &&
		   seen->xcnt == snapshot->xcnt && seen->subxcnt == snapshot->subxcnt &&
		   seen->suboverflowed == snapshot->suboverflowed &&
		   seen->takenDuringRecovery == snapshot->takenDuringRecovery && mark->user == GetUserId() &&
		   mark->subtransaction == GetCurrentSubTransactionId() && SameRunning(mark, snapshot);
}
