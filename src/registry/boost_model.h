/*
 * boost_model.h
 *		From the bytes of a booster to a model of drift.
 */
#ifndef DRIFT_REGISTRY_BOOST_MODEL_H
#define DRIFT_REGISTRY_BOOST_MODEL_H

#include "model/draft.h"
#include "registry/boost_load.h"
#include "train/design.h"

/*
 * The draft of a booster's first rounds (0: all), with the inputs and classes
 * of the design that it was trained on. Margins of some rows are compared with
 * the library's: where they are not the same bits, that is an internal error.
 */
extern DriftDraft *BoostDraft(const BoostLibrary *library, Boost *boost, int rounds, const DriftDesign *design);

/* Packs it, in the current context. */
extern struct varlena *BoostPack(const DriftDraft *draft);

#endif
