/*
 * training_session.h
 *		Training sets and fits that live in the memory of the session.
 *
 * They outlive the transaction that opened them if it commits, so that whoever
 * drives a fit can commit in between. A (sub)transaction that is aborted takes
 * those along that it opened, one that is not a subtransaction takes all.
 */
#ifndef DRIFT_REGISTRY_TRAINING_SESSION_H
#define DRIFT_REGISTRY_TRAINING_SESSION_H

#include "lib/ilist.h"
#include "utils/elog.h"

#include "registry/fit_run.h"

typedef struct SessionSet
{
	dlist_node node;
	int handle;
	SubTransactionId opened_by;
	Oid user;
	TrainingSet *set;
} SessionSet;

typedef struct SessionFit
{
	dlist_node node;
	int handle;
	SubTransactionId opened_by;
	SessionSet *of;
	FitRun *run;      /* NULL: it ended by an error */
	ErrorData *error; /* which is this */
} SessionFit;

/* Keeps what is in a context of the transaction, and frees that in the end. */
extern SessionSet *SessionKeepSet(TrainingSet *set);
extern SessionFit *SessionKeepFit(SessionSet *of, FitRun *run);

/* By handle; an error where there is none, or another role opened it. */
extern SessionSet *SessionFindSet(int handle);
extern SessionFit *SessionFindFit(int handle);

/* Frees what a fit takes, and remembers the error that is being handled. */
extern void SessionFailFit(SessionFit *fit);

/* Closing a set closes its fits. */
extern void SessionCloseSet(SessionSet *set);
extern void SessionCloseFit(SessionFit *fit);

#endif
