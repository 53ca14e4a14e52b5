/*
 * detector.h
 *		The type drift.detector: its packed form behind a length word.
 */
#ifndef DRIFT_PG_DETECTOR_H
#define DRIFT_PG_DETECTOR_H

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "stats/detector.h"

/* Unpacks and checks a datum, in memory of its own. */
extern DriftDetector *DetectorRead(Datum datum);

/* Packs bytes of anybody; an error by the name of the type if they are no detector. */
extern DriftDetector *DetectorUnpack(const uint8 *bytes, Size length);

extern struct varlena *DetectorPack(const DriftDetector *d);

/* A kind by its name; an error that lists the kinds if there is none. */
extern int DetectorKind(const text *name);

/* The names of all kinds, for people. */
extern char *DetectorKindNames(void);

/* Parameters of a kind as an object gives them, the others as they are without it; NULL: all. */
extern void DetectorParams(int kind, JsonbContainer *given, double *params);

/* Raises where a value is none that the detector takes. */
extern void DetectorCheckValue(const DriftDetector *d, double x);

/* What is called so of parameters that are written as words. */
extern const char *const DetectorModes[];

/* The text form, a JSON object; reading also takes the bare name of a kind. NULL with a soft error if it is wrong. */
extern void DetectorToJson(const DriftDetector *d, StringInfo out);
extern DriftDetector *DetectorFromJson(const char *text, fmNodePtr escontext);

#endif
