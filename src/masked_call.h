/*
 * masked_call.h
 *		Calls of libraries that start threads.
 *
 * Signals wait while such a library runs: what is blocked here is blocked on
 * the threads that it starts, so that none is handled there. Signals of faults
 * stay: a thread that is blocked for them dies all the same, but without a
 * core. Nothing between entering and leaving may raise an error.
 */
#ifndef DRIFT_MASKED_CALL_H
#define DRIFT_MASKED_CALL_H

#include <signal.h>

typedef struct MaskedCall
{
	sigset_t outside;
	sigset_t inside;
} MaskedCall;

static inline void
MaskedCallEnter(MaskedCall *call)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};

	sigfillset(&call->inside);
	for (int i = 0; i < lengthof(faults); i++)
		sigdelset(&call->inside, faults[i]);
	pthread_sigmask(SIG_SETMASK, &call->inside, &call->outside);
}

static inline void
MaskedCallLeave(const MaskedCall *call)
{
	pthread_sigmask(SIG_SETMASK, &call->outside, NULL);
}

#endif
