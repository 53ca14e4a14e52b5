-- window_profiles_agg: the profiles that windows store; merge_profiles: those of longer windows

CREATE OR REPLACE FUNCTION drift_internal.window_profiles_accum(state internal, "references" drift.profile[], VARIADIC "columns" "any") RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_window_profiles_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.window_profiles_accum(internal, drift.profile[], "any") IS 'Transition function of window_profiles_agg.';

CREATE OR REPLACE FUNCTION drift_internal.window_profiles_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_window_profiles_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.window_profiles_combine(internal, internal) IS 'Combines partial states of window_profiles_agg.';

CREATE OR REPLACE FUNCTION drift_internal.window_profiles_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_window_profiles_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.window_profiles_serialize(internal) IS 'Serialises a partial state of window_profiles_agg.';

CREATE OR REPLACE FUNCTION drift_internal.window_profiles_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_window_profiles_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.window_profiles_deserialize(bytea, internal) IS 'Deserialises a partial state of window_profiles_agg.';

CREATE OR REPLACE FUNCTION drift_internal.window_profiles_final(state internal) RETURNS drift.profile[]
	AS 'MODULE_PATHNAME', 'drift_window_profiles_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.window_profiles_final(internal) IS 'Final function of window_profiles_agg.';

CREATE OR REPLACE AGGREGATE drift_internal.window_profiles_agg("references" drift.profile[], VARIADIC "columns" "any") (
	SFUNC = drift_internal.window_profiles_accum, STYPE = internal, SSPACE = 65536,
	FINALFUNC = drift_internal.window_profiles_final, COMBINEFUNC = drift_internal.window_profiles_combine,
	SERIALFUNC = drift_internal.window_profiles_serialize, DESERIALFUNC = drift_internal.window_profiles_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift_internal.window_profiles_agg(drift.profile[], "any") IS
	'A compact profile of each column, in their order, that counts the bins of its reference profile and the rows up to its keys. References are the same in every row; a NULL among them: none.';

CREATE OR REPLACE FUNCTION drift_internal.merge_profiles(profiles drift.profile[]) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_merge_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION drift_internal.merge_profiles(drift.profile[]) IS
	'The compact profile of the rows of all profiles, which are windows of one column; NULL elements count as no rows, NULL without any.';
