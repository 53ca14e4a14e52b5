-- detectors of change: one value at a time, many in an array, or the rows of a query in order

CREATE OR REPLACE FUNCTION drift.detector(kind text, params jsonb DEFAULT '{}') RETURNS drift.detector
	AS 'MODULE_PATHNAME', 'drift_detector_make' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift.detector(text, jsonb) IS
	'Detector that has seen nothing: ddm, eddm, hddm_a and hddm_w for errors (1) and right answers (0), page_hinkley, cusum and adwin for changes of a mean, kswin for changes of a distribution. drift.detector_params() lists what can be set.';

CREATE OR REPLACE FUNCTION drift.detector_params(kind text DEFAULT NULL)
	RETURNS TABLE (detector text, parameter text, form text, default_value float8, lowest float8, highest float8)
	AS 'MODULE_PATHNAME', 'drift_detector_param_rows' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 30;

COMMENT ON FUNCTION drift.detector_params(text) IS
	'Parameters of detectors of a kind, or of all kinds, with what they are by default and their range. Flags are true (1) or false (0), modes up (1), down (2) or both (3).';

CREATE OR REPLACE FUNCTION drift.detector_add(detector drift.detector, value float8) RETURNS drift.detector
	AS 'MODULE_PATHNAME', 'drift_detector_add_value' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;

COMMENT ON FUNCTION drift.detector_add(drift.detector, float8) IS
	'The detector after one more value. NULL and NaN are missing and change nothing. After a change it begins anew with the next value.';

CREATE OR REPLACE FUNCTION drift.detector_add_array(detector drift.detector, "values" float8[]) RETURNS drift.detector
	AS 'MODULE_PATHNAME', 'drift_detector_add_values' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift.detector_add_array(drift.detector, float8[]) IS 'The detector after the values of an array, in its order.';

CREATE OR REPLACE FUNCTION drift.detector_drifted(detector drift.detector) RETURNS boolean
	AS 'MODULE_PATHNAME', 'drift_detector_drifted' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;

COMMENT ON FUNCTION drift.detector_drifted(drift.detector) IS 'Whether a change was found with the last value.';

CREATE OR REPLACE FUNCTION drift.detector_warning(detector drift.detector) RETURNS boolean
	AS 'MODULE_PATHNAME', 'drift_detector_warning' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;

COMMENT ON FUNCTION drift.detector_warning(drift.detector) IS
	'Whether the last value left the detector on guard: less than a change, more than chance. Only ddm, eddm, hddm_a and hddm_w warn.';

CREATE OR REPLACE FUNCTION drift.detector_seen(detector drift.detector) RETURNS bigint
	AS 'MODULE_PATHNAME', 'drift_detector_seen' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;

COMMENT ON FUNCTION drift.detector_seen(drift.detector) IS 'Number of values that were added, also before changes.';

CREATE OR REPLACE FUNCTION drift.detector_drifts(detector drift.detector) RETURNS bigint
	AS 'MODULE_PATHNAME', 'drift_detector_drifts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;

COMMENT ON FUNCTION drift.detector_drifts(drift.detector) IS 'Number of changes that were found.';

CREATE OR REPLACE FUNCTION drift.detector_state(detector drift.detector) RETURNS jsonb
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT detector::jsonb #- '{version}' #- '{state,random}'
$$;

COMMENT ON FUNCTION drift.detector_state(drift.detector) IS
	'What a detector knows, for people to read: kind, params, seen, drifts, last_drift (number of the value), drift, warning, and the numbers it compares as state.';

-- transition and final functions

CREATE OR REPLACE FUNCTION drift_internal.detector_accum(internal, text, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_detector_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.detector_accum(internal, text, float8) IS 'Adds a value to a detector of a kind; private to the aggregates of detectors';

CREATE OR REPLACE FUNCTION drift_internal.detector_accum(internal, text, float8, jsonb) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_detector_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.detector_accum(internal, text, float8, jsonb) IS 'Adds a value to a detector with parameters; private to the aggregates of detectors';

CREATE OR REPLACE FUNCTION drift_internal.detector_accum(internal, text, float8, jsonb, timestamptz) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_detector_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.detector_accum(internal, text, float8, jsonb, timestamptz) IS 'Adds a value with its time to a detector with parameters; private to the aggregates of detectors';

CREATE OR REPLACE FUNCTION drift_internal.detector_continue_accum(internal, drift.detector, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_detector_continue_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.detector_continue_accum(internal, drift.detector, float8) IS 'Adds a value to a given detector; private to drift.detector_continue';

CREATE OR REPLACE FUNCTION drift_internal.detector_continue_accum(internal, drift.detector, float8, timestamptz) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_detector_continue_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.detector_continue_accum(internal, drift.detector, float8, timestamptz) IS 'Adds a value with its time to a given detector; private to drift_internal.run_detector';

CREATE OR REPLACE FUNCTION drift_internal.change_points(internal) RETURNS drift.change_point[]
	AS 'MODULE_PATHNAME', 'drift_change_points' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.change_points(internal) IS 'Final function of drift.change_points';

CREATE OR REPLACE FUNCTION drift_internal.warning_points(internal) RETURNS drift.change_point[]
	AS 'MODULE_PATHNAME', 'drift_warning_points' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.warning_points(internal) IS 'Final function of drift.warning_points';

CREATE OR REPLACE FUNCTION drift_internal.detector_agg(internal) RETURNS drift.detector
	AS 'MODULE_PATHNAME', 'drift_detector_agg' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.detector_agg(internal) IS 'Final function of drift.detector_agg and drift.detector_continue';

CREATE OR REPLACE FUNCTION drift_internal.finish_detector(internal) RETURNS drift_internal.detector_progress
	AS 'MODULE_PATHNAME', 'drift_detector_progress' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.finish_detector(internal) IS 'Final function of drift_internal.run_detector';

-- the aggregates; the order of the rows is the user's: ORDER BY inside the call

CREATE OR REPLACE AGGREGATE drift.change_points(kind text, value float8) (
	SFUNC = drift_internal.detector_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.change_points,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.change_points(text, float8) IS
	'Values with which a detector found a change in the values, in the order of the rows. NULL and NaN are left out and not counted. Rows must be ordered: drift.change_points(''adwin'', x ORDER BY t).';

CREATE OR REPLACE AGGREGATE drift.change_points(kind text, value float8, params jsonb) (
	SFUNC = drift_internal.detector_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.change_points,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.change_points(text, float8, jsonb) IS
	'Values with which a detector found a change in the values, in the order of the rows, with parameters. NULL and NaN are left out and not counted. Rows must be ordered: drift.change_points(''adwin'', x ORDER BY t).';

CREATE OR REPLACE AGGREGATE drift.change_points(kind text, value float8, params jsonb, at timestamptz) (
	SFUNC = drift_internal.detector_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.change_points,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.change_points(text, float8, jsonb, timestamptz) IS
	'Values with which a detector found a change in the values, in the order of the rows, with parameters and times. NULL and NaN are left out and not counted. Rows must be ordered: drift.change_points(''adwin'', x ORDER BY t).';

CREATE OR REPLACE AGGREGATE drift.warning_points(kind text, value float8) (
	SFUNC = drift_internal.detector_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.warning_points,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.warning_points(text, float8) IS
	'Values with which warnings of a detector began. NULL and NaN are left out and not counted. Rows must be ordered: drift.warning_points(''ddm'', error ORDER BY t).';

CREATE OR REPLACE AGGREGATE drift.warning_points(kind text, value float8, params jsonb) (
	SFUNC = drift_internal.detector_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.warning_points,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.warning_points(text, float8, jsonb) IS
	'Values with which warnings of a detector began, with parameters. NULL and NaN are left out and not counted. Rows must be ordered: drift.warning_points(''ddm'', error ORDER BY t).';

CREATE OR REPLACE AGGREGATE drift.warning_points(kind text, value float8, params jsonb, at timestamptz) (
	SFUNC = drift_internal.detector_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.warning_points,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.warning_points(text, float8, jsonb, timestamptz) IS
	'Values with which warnings of a detector began, with parameters and times. NULL and NaN are left out and not counted. Rows must be ordered: drift.warning_points(''ddm'', error ORDER BY t).';

CREATE OR REPLACE AGGREGATE drift.detector_agg(kind text, value float8) (
	SFUNC = drift_internal.detector_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.detector_agg,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.detector_agg(text, float8) IS
	'The detector of a kind after the values, to be stored and gone on with. NULL and NaN are left out and not counted. Rows must be ordered: drift.detector_agg(''adwin'', x ORDER BY t).';

CREATE OR REPLACE AGGREGATE drift.detector_agg(kind text, value float8, params jsonb) (
	SFUNC = drift_internal.detector_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.detector_agg,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.detector_agg(text, float8, jsonb) IS
	'The detector of a kind after the values, to be stored and gone on with, with parameters. NULL and NaN are left out and not counted. Rows must be ordered: drift.detector_agg(''adwin'', x ORDER BY t).';

CREATE OR REPLACE AGGREGATE drift.detector_continue(detector drift.detector, value float8) (
	SFUNC = drift_internal.detector_continue_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.detector_agg,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.detector_continue(drift.detector, float8) IS
	'A given detector after more values, in the order of the rows; the detector is the same for all rows.';

CREATE OR REPLACE AGGREGATE drift_internal.run_detector(detector drift.detector, value float8, at timestamptz) (
	SFUNC = drift_internal.detector_continue_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.finish_detector,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift_internal.run_detector(drift.detector, float8, timestamptz) IS
	'a given detector after more values, with the changes and warnings among them';
