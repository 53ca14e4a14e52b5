#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "registry/training_session.h"

static dlist_head sets = DLIST_STATIC_INIT(sets);
static dlist_head fits = DLIST_STATIC_INIT(fits);
static int last_handle = 0;
static bool callbacks_registered = false;

/* Frees what was opened by a subtransaction, or all where it is invalid */
static void
CloseOpenedBy(SubTransactionId opened_by)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &fits)
	{
		SessionFit *fit = dlist_container(SessionFit, node, iter.cur);

		if (opened_by == InvalidSubTransactionId || fit->opened_by == opened_by)
			SessionCloseFit(fit);
	}
	dlist_foreach_modify(iter, &sets)
	{
		SessionSet *set = dlist_container(SessionSet, node, iter.cur);

		if (opened_by == InvalidSubTransactionId || set->opened_by == opened_by)
			SessionCloseSet(set);
	}
}

static void
Reopen(SubTransactionId from, SubTransactionId to)
{
	dlist_iter iter;

	dlist_foreach(iter, &fits)
	{
		SessionFit *fit = dlist_container(SessionFit, node, iter.cur);

		if (fit->opened_by == from)
			fit->opened_by = to;
	}
	dlist_foreach(iter, &sets)
	{
		SessionSet *set = dlist_container(SessionSet, node, iter.cur);

		if (set->opened_by == from)
			set->opened_by = to;
	}
}

/* The parent of what is committed is the transaction; those of every transaction have the same number */
static void
AtEndOfTransaction(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT)
		CloseOpenedBy(InvalidSubTransactionId);
}

static void
AtEndOfSubtransaction(SubXactEvent event, SubTransactionId sub, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		CloseOpenedBy(sub);
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		Reopen(sub, parent);
}

static void
RegisterCallbacks(void)
{
	if (callbacks_registered)
		return;
	RegisterXactCallback(AtEndOfTransaction, NULL);
	RegisterSubXactCallback(AtEndOfSubtransaction, NULL);
	callbacks_registered = true;
}

SessionSet *
SessionKeepSet(TrainingSet *set)
{
	SessionSet *kept = MemoryContextAllocZero(set->context, sizeof(SessionSet));

	RegisterCallbacks();
	kept->handle = ++last_handle;
	kept->opened_by = GetCurrentSubTransactionId();
	kept->user = GetUserId();
	kept->set = set;
	MemoryContextSetParent(set->context, TopMemoryContext);
	dlist_push_tail(&sets, &kept->node);
	return kept;
}

SessionFit *
SessionKeepFit(SessionSet *of, FitRun *run)
{
	SessionFit *kept = MemoryContextAllocZero(of->set->context, sizeof(SessionFit));

	kept->handle = ++last_handle;
	kept->opened_by = GetCurrentSubTransactionId();
	kept->of = of;
	kept->run = run;
	MemoryContextSetParent(run->context, of->set->context);
	dlist_push_tail(&fits, &kept->node);
	return kept;
}

pg_noreturn static void
RefuseHandle(const char *what, int handle)
{
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("there is no %s %d in this session", what, handle),
					errdetail("It was closed, or the transaction that opened it was rolled back.")));
}

/* Text of users runs in the session of those who schedule it */
static void
CheckMayUse(const SessionSet *set)
{
	if (set->user != GetUserId())
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied for a training"),
						errdetail("Another role opened it.")));
}

SessionSet *
SessionFindSet(int handle)
{
	dlist_iter iter;

	dlist_foreach(iter, &sets)
	{
		SessionSet *set = dlist_container(SessionSet, node, iter.cur);

		if (set->handle != handle)
			continue;
		CheckMayUse(set);
		return set;
	}
	RefuseHandle("training set", handle);
}

SessionFit *
SessionFindFit(int handle)
{
	dlist_iter iter;

	dlist_foreach(iter, &fits)
	{
		SessionFit *fit = dlist_container(SessionFit, node, iter.cur);

		if (fit->handle != handle)
			continue;
		CheckMayUse(fit->of);
		return fit;
	}
	RefuseHandle("fit", handle);
}

void
SessionFailFit(SessionFit *fit)
{
	MemoryContext old = MemoryContextSwitchTo(fit->of->set->context);

	fit->error = CopyErrorData();
	MemoryContextSwitchTo(old);
	MemoryContextDelete(fit->run->context);
	fit->run = NULL;
}

void
SessionCloseFit(SessionFit *fit)
{
	dlist_delete(&fit->node);
	if (fit->run != NULL)
		MemoryContextDelete(fit->run->context);
	if (fit->error != NULL)
		FreeErrorData(fit->error);
	pfree(fit);
}

void
SessionCloseSet(SessionSet *set)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &fits)
	{
		SessionFit *fit = dlist_container(SessionFit, node, iter.cur);

		if (fit->of == set)
			SessionCloseFit(fit);
	}
	dlist_delete(&set->node);
	MemoryContextDelete(set->set->context);
}
