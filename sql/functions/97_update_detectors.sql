-- what is new in the sources of detectors is added to them
--
-- The source is read with the rights of the owner of the detector, by one query that also runs the detector. Of
-- relations and queries rows after the newest one of the last time are new. Of outcomes those are new that a
-- snapshot taken now sees and the one of the last time did not, however late they were committed; an outcome that
-- corrects one that was added is not added again.

CREATE OR REPLACE FUNCTION drift_internal.lock_detector(detector drift.detectors) RETURNS SETOF drift_internal.detector_states
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.find_detector(detector.name, 'run');
	RETURN QUERY SELECT * FROM drift_internal.detector_states AS s WHERE s.detector_id = detector.detector_id FOR UPDATE SKIP LOCKED;
END
$$;

COMMENT ON FUNCTION drift_internal.lock_detector(drift.detectors) IS
	'locks the state of a detector until the transaction ends; no row where another session has it';

-- A prediction whose older outcome was added is known.
CREATE OR REPLACE FUNCTION drift_internal.new_outcomes(detector drift.detectors, state drift_internal.detector_states, now_seen pg_snapshot)
	RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.new_condition('source.recorded_xid', state.seen_outcomes, now_seen)
		|| CASE WHEN state.outcomes_after IS NULL THEN '' ELSE format(' AND source.recorded_at > %L::pg_catalog.timestamptz', state.outcomes_after) END
		|| CASE WHEN state.seen_outcomes IS NULL THEN ''
			ELSE format(' AND NOT EXISTS (SELECT FROM %s AS older WHERE older.prediction_id = source.prediction_id'
				' AND older.predicted_at = source.predicted_at AND older.actual IS NOT NULL AND pg_catalog.pg_visible_in_snapshot(older.recorded_xid, %L))',
				drift_internal.relation_name(l.outcomes), state.seen_outcomes) END
	FROM drift.prediction_logs AS l
	WHERE l.log = detector.relation
$$;

COMMENT ON FUNCTION drift_internal.new_outcomes(drift.detectors, drift_internal.detector_states, pg_snapshot) IS
	'condition for labelled rows whose outcome is new to a detector';

CREATE OR REPLACE FUNCTION drift_internal.new_stream_rows(detector drift.detectors, at text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('%s <= %L::pg_catalog.timestamptz', at, clock_timestamp() - detector.settle)
		|| CASE WHEN detector.read_to IS NULL THEN '' ELSE format(' AND %s > %L::pg_catalog.timestamptz', at, detector.read_to) END
$$;

COMMENT ON FUNCTION drift_internal.new_stream_rows(drift.detectors, text) IS
	'condition for rows of a source by their time that are new to a detector; those of the future wait';

-- Rows of one time are ordered by their value, so that the same rows always give the same changes.
CREATE OR REPLACE FUNCTION drift_internal.detector_query(detector drift.detectors, state drift_internal.detector_states, now_seen pg_snapshot)
	RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$SELECT (r.progress).detector, (r.progress).change_points, (r.progress).warning_points, r.read_to
		FROM (
			SELECT drift_internal.run_detector(%L::drift.detector, v.value, v.at ORDER BY v.at, v.value) AS progress,
				pg_catalog.max(v.at) AS read_to
			FROM (SELECT (%s%s)::pg_catalog.float8 AS value, %s AS at FROM %s AS source WHERE %s OFFSET 0) AS v
		) AS r$query$,
		state.detector, detector.expression, E'\n', a.at, drift_internal.detector_from(detector),
		CASE WHEN detector.source_kind = 'outcomes' THEN drift_internal.new_outcomes(detector, state, now_seen)
			ELSE drift_internal.new_stream_rows(detector, a.at) END)
	FROM format('drift_internal.instant(source.%I, %L)', detector.time_column, detector.time_zone) AS a (at)
$$;

COMMENT ON FUNCTION drift_internal.detector_query(drift.detectors, drift_internal.detector_states, pg_snapshot) IS
	'query that runs a detector over the rows that are new to it';

CREATE OR REPLACE FUNCTION drift_internal.alert_change(detector drift.detectors, changes drift.change_point[]) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	cause CONSTANT text := 'change_point:' || detector.name;
	newest CONSTANT drift.change_point := changes[cardinality(changes)];
	title CONSTANT text := format('detector %s (%s) found a change with value %s', detector.name, detector.kind, newest."position");
BEGIN
	IF drift_internal.is_silenced(detector.model_id, NULL, cause, tstzrange(newest.at, newest.at, '[]')) THEN
		RETURN;
	END IF;
	PERFORM drift_internal.open_alert(ROW(detector.model_id, NULL, NULL, cause, 'critical', title,
		jsonb_build_object('detector', detector.name, 'position', newest."position", 'at', newest.at, 'value', newest.value,
			'changes', cardinality(changes)),
		clock_timestamp())::drift_internal.alert_cause);
	UPDATE drift.alerts AS a
	SET detector_id = detector.detector_id, last_seen_at = clock_timestamp(),
		details = a.details || jsonb_build_object('last_position', newest."position", 'last_at', newest.at)
	WHERE a.kind = cause AND a.status <> 'resolved' AND coalesce(a.model_id, 0) = coalesce(detector.model_id, 0);
END
$$;

COMMENT ON FUNCTION drift_internal.alert_change(drift.detectors, drift.change_point[]) IS
	'raises the alert of a detector that found changes, or says in the open one that there were more; somebody has to resolve it';

CREATE OR REPLACE FUNCTION drift_internal.keep_progress(detector drift.detectors, state drift_internal.detector_states,
	progress drift_internal.detector_progress, read_to timestamptz) RETURNS drift.detectors
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known CONSTANT drift.detectors := drift_internal.find_detector(detector.name, 'run');
	stored drift.detectors;
BEGIN
	UPDATE drift_internal.detector_states AS s
	SET detector = coalesce(progress.detector, s.detector), system_identifier = state.system_identifier,
		seen_outcomes = state.seen_outcomes, outcomes_after = state.outcomes_after
	WHERE s.detector_id = known.detector_id;
	INSERT INTO drift.change_points (detector_id, severity, "position", at, value)
	SELECT known.detector_id, p.severity, p."position", p.at, p.value
	FROM (
		SELECT 'change', c.* FROM unnest(progress.change_points) AS c
		UNION ALL SELECT 'warning', w.* FROM unnest(progress.warning_points) AS w
	) AS p (severity, "position", at, value)
	ORDER BY p."position", p.severity DESC;
	UPDATE drift.detectors AS d
	SET seen = coalesce(drift.detector_seen(progress.detector), d.seen), changes = coalesce(drift.detector_drifts(progress.detector), d.changes),
		is_warning = coalesce(drift.detector_warning(progress.detector), d.is_warning),
		last_change_at = coalesce((SELECT c.at FROM unnest(progress.change_points) AS c ORDER BY c."position" DESC LIMIT 1), d.last_change_at),
		read_to = coalesce(greatest(keep_progress.read_to, d.read_to), d.read_to), updated_at = clock_timestamp(), error = NULL
	WHERE d.detector_id = known.detector_id
	RETURNING * INTO stored;
	IF cardinality(progress.change_points) > 0 THEN
		PERFORM drift_internal.alert_change(stored, progress.change_points);
	END IF;
	RETURN stored;
END
$$;

COMMENT ON FUNCTION drift_internal.keep_progress(drift.detectors, drift_internal.detector_states, drift_internal.detector_progress, timestamptz) IS
	'keeps what a detector knows now and what it found, and raises its alert';

CREATE OR REPLACE FUNCTION drift_internal.keep_detector_error(detector drift.detectors, error text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.find_detector(detector.name, 'run');
	UPDATE drift.detectors AS d SET error = keep_detector_error.error, updated_at = clock_timestamp() WHERE d.detector_id = detector.detector_id;
END
$$;

COMMENT ON FUNCTION drift_internal.keep_detector_error(drift.detectors, text) IS 'remembers why a detector could not be run';

CREATE OR REPLACE FUNCTION drift_internal.run_stored_detector(detector drift.detectors, state drift_internal.detector_states) RETURNS drift.detector_update
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	here CONSTANT bigint := (SELECT c.system_identifier FROM pg_control_system() AS c);
	now_seen CONSTANT pg_snapshot := drift_internal.settled_snapshot();
	progress drift_internal.detector_progress;
	read_to timestamptz;
	stored drift.detectors;
BEGIN
	IF detector.source_kind = 'outcomes' AND state.system_identifier IS DISTINCT FROM here THEN
		PERFORM drift_internal.check_row_transactions(detector.owner, detector.relation, detector.path);
	END IF;
	-- Numbers of transactions of another cluster say nothing here, times do.
	IF detector.source_kind = 'outcomes' AND state.system_identifier IS DISTINCT FROM here AND state.seen_outcomes IS NOT NULL THEN
		state.seen_outcomes := NULL;
		state.outcomes_after := detector.read_to;
	END IF;
	SELECT r.detector, r.change_points, r.warning_points, r.read_to INTO progress.detector, progress.change_points, progress.warning_points, read_to
	FROM drift_internal.read_as(detector.owner, drift_internal.detector_query(detector, state, now_seen), detector.path)
		AS r (detector drift.detector, change_points drift.change_point[], warning_points drift.change_point[], read_to timestamptz);
	state.system_identifier := here;
	state.seen_outcomes := now_seen;
	stored := drift_internal.keep_progress(detector, state, progress, read_to);
	RETURN ROW(detector.name, CASE WHEN cardinality(progress.change_points) > 0 THEN 'change' ELSE 'ok' END, stored.seen - detector.seen,
		coalesce(cardinality(progress.change_points), 0), coalesce(cardinality(progress.warning_points), 0), stored.read_to, NULL)::drift.detector_update;
END
$$;

COMMENT ON FUNCTION drift_internal.run_stored_detector(drift.detectors, drift_internal.detector_states) IS
	'adds to a detector, whose state is locked, what is new in its source';

CREATE OR REPLACE FUNCTION drift.update_detector(detector text) RETURNS SETOF drift.detector_update
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known drift.detectors := drift_internal.find_detector(detector, 'run');
	state drift_internal.detector_states;
BEGIN
	SELECT * INTO state FROM drift_internal.lock_detector(known);
	IF NOT FOUND THEN
		RETURN NEXT ROW(known.name, 'skipped', 0, 0, 0, known.read_to, 'Another session runs this detector.')::drift.detector_update;
		RETURN;
	END IF;
	-- What another session did until it gave the lock back counts.
	known := drift_internal.find_detector(detector, 'run');
	RETURN NEXT drift_internal.run_stored_detector(known, state);
END
$$;

COMMENT ON FUNCTION drift.update_detector(text) IS
	'adds to a detector what is new in its source, which is read with the rights of its owner; changes become rows of drift.change_points and an alert';

CREATE OR REPLACE FUNCTION drift.update_detectors(model text DEFAULT NULL) RETURNS SETOF drift.detector_update
	LANGUAGE plpgsql ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted CONSTANT integer := CASE WHEN model IS NOT NULL THEN (drift_internal.find_model(model, 'read')).model_id END;
	next drift.detectors;
	detail text;
BEGIN
	FOR next IN
		SELECT d.*
		FROM drift.detectors AS d
		WHERE d.paused_at IS NULL AND drift_internal.may_run(d.owner) AND (wanted IS NULL OR d.model_id = wanted)
		ORDER BY d.detector_id
	LOOP
		BEGIN
			RETURN QUERY SELECT * FROM drift.update_detector(next.name);
		EXCEPTION WHEN others THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
			PERFORM drift_internal.keep_detector_error(next, concat_ws(' ', SQLERRM, nullif(detail, '')));
			RETURN NEXT ROW(next.name, 'error', 0, 0, 0, next.read_to, concat_ws(' ', SQLERRM, nullif(detail, '')))::drift.detector_update;
		END;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift.update_detectors(text) IS
	'drift.update_detector() for every detector that the caller may run and that is not paused, or for those of one model; an error of one leaves the others alone';

CREATE OR REPLACE FUNCTION drift_internal.detector_findings()
	RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'detector_errors', m.name, 'warning', format('Detector %s could not be run at %s: %s', quote_ident(d.name), d.updated_at, d.error),
		format('SELECT * FROM drift.update_detector(%L); tries again when the cause is gone.', d.name)
	FROM drift.detectors AS d
	LEFT JOIN drift.models AS m USING (model_id)
	WHERE d.error IS NOT NULL AND d.paused_at IS NULL
$$;

COMMENT ON FUNCTION drift_internal.detector_findings() IS 'findings of drift.health_check() about detectors';
