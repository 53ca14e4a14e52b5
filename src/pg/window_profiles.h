/*
 * window_profiles.h
 *		Profiles as windows store them.
 */
#ifndef DRIFT_PG_WINDOW_PROFILES_H
#define DRIFT_PG_WINDOW_PROFILES_H

#include "pg/profile.h"

/* The packed form of a working profile, made as small as windows store it. */
extern struct varlena *PackWindowProfile(const DriftProfile *working);

#endif
