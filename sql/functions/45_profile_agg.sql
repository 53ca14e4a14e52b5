-- profile_agg: one profile of one column

CREATE OR REPLACE FUNCTION drift.profile_merge(state drift.profile, other drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.profile_merge(drift.profile, drift.profile) IS 'The profile of the rows of both; NULL counts as no rows.';

CREATE OR REPLACE FUNCTION drift_internal.profile_final(state drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift_internal.profile_final(drift.profile) IS 'Packs the state of an aggregate of profiles.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value double precision) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, double precision) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value double precision) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(double precision) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value double precision, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, double precision, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value double precision, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(double precision, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value real) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_float4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, real) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value real) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(real) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value real, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_float4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, real, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value real, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(real, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value smallint) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, smallint) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value smallint) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(smallint) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value smallint, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, smallint, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value smallint, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(smallint, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value integer) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, integer) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value integer) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(integer) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value integer, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, integer, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value integer, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(integer, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value bigint) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_int8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, bigint) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value bigint) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(bigint) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value bigint, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_int8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, bigint, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value bigint, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(bigint, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value numeric) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_numeric' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, numeric) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value numeric) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(numeric) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value numeric, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_numeric' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, numeric, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value numeric, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(numeric, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value date) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, date) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value date) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(date) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value date, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, date, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value date, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(date, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value timestamp) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, timestamp) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value timestamp) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(timestamp) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value timestamp, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, timestamp, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value timestamp, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(timestamp, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value timestamptz) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, timestamptz) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value timestamptz) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(timestamptz) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value timestamptz, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, timestamptz, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value timestamptz, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(timestamptz, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value boolean) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_bool' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, boolean) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value boolean) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(boolean) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value boolean, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_bool' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, boolean, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value boolean, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(boolean, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value text) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, text) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value text) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(text) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value text, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, text, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value text, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(text, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value anyenum) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_enum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, anyenum) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value anyenum) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(anyenum) IS 'Profile of a column: counts, moments and distribution.';

CREATE OR REPLACE FUNCTION drift_internal.profile_accum(state drift.profile, value anyenum, reference drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_accum_enum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profile_accum(drift.profile, anyenum, drift.profile) IS 'Adds a value to the state of drift.profile_agg.';

CREATE OR REPLACE AGGREGATE drift.profile_agg(value anyenum, reference drift.profile) (
	SFUNC = drift_internal.profile_accum, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profile_agg(anyenum, drift.profile) IS 'Profile of a column that also counts, exactly, the bins of the reference profile.';

-- merge_agg: one profile of many

CREATE OR REPLACE AGGREGATE drift.merge_agg(profile drift.profile) (
	SFUNC = drift.profile_merge, STYPE = drift.profile, SSPACE = 16384,
	FINALFUNC = drift_internal.profile_final, COMBINEFUNC = drift.profile_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.merge_agg(drift.profile) IS 'The profile of all rows of the profiles. Bins are kept if all profiles counted the same ones.';

-- profiles_agg: a profile per column

CREATE OR REPLACE FUNCTION drift_internal.profiles_accum(state internal, VARIADIC "columns" "any") RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_profiles_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profiles_accum(internal, "any") IS 'Transition function of drift.profiles_agg.';

CREATE OR REPLACE FUNCTION drift_internal.profiles_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_profiles_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profiles_combine(internal, internal) IS 'Combines partial states of drift.profiles_agg.';

CREATE OR REPLACE FUNCTION drift_internal.profiles_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_profiles_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profiles_serialize(internal) IS 'Serialises a partial state of drift.profiles_agg.';

CREATE OR REPLACE FUNCTION drift_internal.profiles_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_profiles_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profiles_deserialize(bytea, internal) IS 'Deserialises a partial state of drift.profiles_agg.';

CREATE OR REPLACE FUNCTION drift_internal.profiles_final(state internal) RETURNS drift.profile[]
	AS 'MODULE_PATHNAME', 'drift_profiles_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.profiles_final(internal) IS 'Final function of drift.profiles_agg.';

CREATE OR REPLACE AGGREGATE drift.profiles_agg(VARIADIC "columns" "any") (
	SFUNC = drift_internal.profiles_accum, STYPE = internal, SSPACE = 65536,
	FINALFUNC = drift_internal.profiles_final, COMBINEFUNC = drift_internal.profiles_combine,
	SERIALFUNC = drift_internal.profiles_serialize, DESERIALFUNC = drift_internal.profiles_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.profiles_agg("any") IS 'A profile of each column, in their order, in one pass.';
