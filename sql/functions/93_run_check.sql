-- checks: windows of a span are merged, judged and written down
--
-- Nothing here reads the source but the refresh, and what asks a query for its columns.

-- Columns that the baseline does not have are held against the rows before. Targets are known later than the rest.
CREATE OR REPLACE FUNCTION drift_internal.paired_profiles(checked drift.checks, monitor drift.monitors, known drift_internal.check_spans)
	RETURNS TABLE (is_current boolean, segment text, column_id smallint, profile drift.profile, column_type text)
	LANGUAGE plpgsql STABLE ROWS 60
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	segments CONSTANT boolean := monitor.segment IS NOT NULL;
	id CONSTANT integer := monitor.monitor_id;
	targets CONSTANT smallint[] := ARRAY(SELECT c.column_id FROM drift.monitor_columns AS c
		WHERE c.monitor_id = id AND c.role = 'target' AND known.current_span <> checked.current_span);
	unheld CONSTANT smallint[] := ARRAY(SELECT c.column_id FROM drift.monitor_columns AS c
		WHERE c.monitor_id = id AND c.role NOT IN ('error', 'outcome', 'metric') AND monitor.reference = 'baseline'
		EXCEPT SELECT b.column_id FROM drift_internal.baseline_profiles(id, checked.baseline_id) AS b);
BEGIN
	RETURN QUERY
		SELECT true, w.segment, w.column_id, w.profile, NULL FROM drift_internal.merged_windows(id, checked.current_span, segments) AS w
		WHERE w.column_id <> ALL (targets);
	RETURN QUERY
		SELECT false, w.segment, w.column_id, w.profile, NULL FROM drift_internal.merged_windows(id, checked.reference_span, segments) AS w
		WHERE checked.reference_span IS NOT NULL AND w.column_id <> ALL (targets);
	RETURN QUERY
		SELECT false, b.segment, b.column_id, b.profile, b.column_type FROM drift_internal.baseline_profiles(id, checked.baseline_id) AS b
		WHERE checked.reference_span IS NULL AND (segments OR b.segment = '');
	IF targets <> '{}' THEN
		RETURN QUERY
			SELECT true, w.segment, w.column_id, w.profile, NULL FROM drift_internal.merged_windows(id, known.current_span, segments, targets) AS w;
		RETURN QUERY
			SELECT false, w.segment, w.column_id, w.profile, NULL FROM drift_internal.merged_windows(id, known.reference_span, segments, targets) AS w
			WHERE known.reference_span IS NOT NULL;
	END IF;
	IF unheld <> '{}' THEN
		RETURN QUERY
			SELECT false, w.segment, w.column_id, w.profile, NULL
			FROM drift_internal.merged_windows(id, drift_internal.span_before(known.current_span, monitor), segments, unheld) AS w;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.paired_profiles(drift.checks, drift.monitors, drift_internal.check_spans) IS
	'profiles of each column and segment that a check looks at, and of those it holds them against';

-- How long predictions take varies with the load of the machine. The PSI is not corrected with the tests, so that the
-- chance it is allowed is shared among the segments.
CREATE OR REPLACE FUNCTION drift_internal.watched_limits(limits drift.thresholds, config jsonb, role text, column_name text, sharing bigint)
	RETURNS drift.thresholds
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF limits.psi_alpha < 1 THEN
		limits.psi_alpha := limits.psi_alpha / sharing;
	END IF;
	IF role = 'feature' AND config -> 'features' ? column_name THEN
		RETURN drift_internal.column_limits(limits, config, column_name);
	ELSIF role = 'operation' THEN
		limits.rule := 'test';
		limits.alpha := least(limits.alpha, 0.01);
		limits.minimum_effect := greatest(limits.minimum_effect, CASE column_name WHEN 'failed' THEN 0.05 ELSE 0.2 END);
	END IF;
	RETURN limits;
END
$$;

COMMENT ON FUNCTION drift_internal.watched_limits(drift.thresholds, jsonb, text, text, bigint) IS
	'thresholds of a column, one of so many segments: of a feature as the configuration says, of latencies and failures those of a test with a large effect';

-- Features are corrected together over all segments; predictions, targets and operation are verdicts of their own.
CREATE OR REPLACE FUNCTION drift_internal.judge_watched(checked drift.checks, monitor drift.monitors, watched drift_internal.watched_column[],
	limits drift.thresholds, known drift_internal.check_spans)
	RETURNS SETOF drift.check_features
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	minimum_rows CONSTANT bigint := drift_internal.config_number(checked.config, 'monitoring.drift_check_samples');
BEGIN
	RETURN QUERY
		WITH profile AS MATERIALIZED (
			SELECT * FROM drift_internal.paired_profiles(checked, monitor, known)
		), family AS (
			SELECT k.family,
				array_agg(s.segment ORDER BY s.segment, w.column_id) AS segments,
				array_agg(w.role ORDER BY s.segment, w.column_id) AS roles,
				array_agg(w.plan ORDER BY s.segment, w.column_id) AS plans,
				array_agg(r.profile ORDER BY s.segment, w.column_id) AS reference,
				array_agg(c.profile ORDER BY s.segment, w.column_id) AS current,
				array_agg(drift_internal.watched_limits(limits, checked.config, w.role, (w.plan).column_name,
					CASE WHEN s.segment = '' THEN 1 ELSE s.others END) ORDER BY s.segment, w.column_id) AS limits
			FROM unnest(watched) AS w
			CROSS JOIN LATERAL (SELECT CASE w.role WHEN 'feature' THEN 1 WHEN 'target' THEN 3 WHEN 'operation' THEN 4 ELSE 2 END AS family) AS k
			CROSS JOIN (
				SELECT n.segment, count(*) OVER () - 1 AS others
				FROM (SELECT '' COLLATE "C" AS segment UNION SELECT f.segment FROM profile AS f WHERE f.is_current) AS n
			) AS s
			LEFT JOIN profile AS r ON NOT r.is_current AND r.segment = s.segment AND r.column_id = w.column_id
			LEFT JOIN profile AS c ON c.is_current AND c.segment = s.segment AND c.column_id = w.column_id
			WHERE w.role NOT IN ('error', 'outcome', 'metric')
			GROUP BY k.family
		)
		SELECT checked.check_id, v.*
		FROM family AS f,
			LATERAL ROWS FROM (unnest(f.segments), unnest(f.roles),
				drift_internal.judge_profiles(f.plans, f.reference, f.current, f.limits, minimum_rows)) AS v
		ORDER BY f.family;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_watched(drift.checks, drift.monitors, drift_internal.watched_column[], drift.thresholds, drift_internal.check_spans) IS
	'verdict on each column of a monitor in each segment, from merged windows';

CREATE OR REPLACE FUNCTION drift_internal.champion_at(model_id integer, at timestamptz) RETURNS integer
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.version
	FROM drift.model_events AS e
	WHERE e.model_id = champion_at.model_id AND e.alias = 'champion' AND e.happened_at <= at
	ORDER BY e.happened_at DESC
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.champion_at(integer, timestamptz) IS 'version that was the champion of a model at a moment';

CREATE OR REPLACE FUNCTION drift_internal.check_before(checked drift.checks) RETURNS SETOF drift.checks
	LANGUAGE plpgsql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT c.*
		FROM (
			SELECT * FROM drift.checks AS c
			WHERE c.monitor_id = checked.monitor_id AND c.as_of = checked.as_of
			ORDER BY c.check_id DESC LIMIT 1
		) AS c
		WHERE c.status <> 'error'
			AND (c.current_span, c.reference_span, c.baseline_id, c.config)
				IS NOT DISTINCT FROM (checked.current_span, checked.reference_span, checked.baseline_id, checked.config);
END
$$;

COMMENT ON FUNCTION drift_internal.check_before(drift.checks) IS
	'the last check of the same moment if it was run in the same way; its windows may have changed since';

-- Buckets that are read again make a new revision also where their rows are as they were.
CREATE OR REPLACE FUNCTION drift_internal.says_the_same(checked drift.checks, columns drift.check_features[], metrics drift.check_metrics[],
	before drift.checks) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (checked.status, checked.n_reference, checked.n_current, checked.findings, checked.explanation)
			IS NOT DISTINCT FROM (before.status, before.n_reference, before.n_current, before.findings, before.explanation)
		AND (SELECT count(*) FROM drift.check_features AS f WHERE f.check_id = before.check_id) = cardinality(columns)
		AND NOT EXISTS (
			SELECT to_jsonb(f) - 'check_id' FROM unnest(columns) AS f
			EXCEPT SELECT to_jsonb(f) - 'check_id' FROM drift.check_features AS f WHERE f.check_id = before.check_id)
		AND (SELECT count(*) FROM drift.check_metrics AS m WHERE m.check_id = before.check_id) = cardinality(metrics)
		AND NOT EXISTS (
			SELECT to_jsonb(m) - 'check_id' FROM unnest(metrics) AS m
			EXCEPT SELECT to_jsonb(m) - 'check_id' FROM drift.check_metrics AS m WHERE m.check_id = before.check_id);
END
$$;

COMMENT ON FUNCTION drift_internal.says_the_same(drift.checks, drift.check_features[], drift.check_metrics[], drift.checks) IS
	'whether a check found nothing but what the one before it found';

-- What a check is about, before anything is judged.
CREATE OR REPLACE FUNCTION drift_internal.begin_check(monitor drift.monitors, as_of timestamptz) RETURNS drift.checks
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	checked drift.checks;
BEGIN
	checked.monitor_id := monitor.monitor_id;
	checked.model_id := monitor.model_id;
	checked.checked_by := drift_internal.actor();
	SELECT s.current_span, s.reference_span INTO checked.current_span, checked.reference_span
	FROM drift_internal.spans_at(monitor, begin_check.as_of) AS s;
	checked.as_of := upper(checked.current_span);
	checked.baseline_id := CASE monitor.reference WHEN 'baseline' THEN drift_internal.answering_baseline(monitor) END;
	checked.model_version := drift_internal.champion_at(monitor.model_id, checked.as_of);
	checked.revision := 0;
	checked.config := '{}';
	checked.findings := '{}';
	RETURN checked;
END
$$;

COMMENT ON FUNCTION drift_internal.begin_check(drift.monitors, timestamptz) IS 'a check with its spans and its baseline, before anything is judged';

CREATE OR REPLACE FUNCTION drift_internal.judge_check(begun drift.checks, monitor drift.monitors, watched drift_internal.watched_column[],
	limits drift.thresholds, OUT checked drift.checks, OUT columns drift.check_features[], OUT metrics drift.check_metrics[])
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known CONSTANT drift_internal.check_spans := drift_internal.known_spans(begun, monitor);
	volume record;
	worst record;
BEGIN
	checked := begun;
	metrics := ARRAY(SELECT m FROM drift_internal.judge_metrics(checked, monitor, known, limits) AS m);
	metrics := metrics || ARRAY(SELECT e FROM drift_internal.judge_estimates(checked, monitor, metrics) AS e);
	columns := ARRAY(SELECT f FROM drift_internal.judge_watched(checked, monitor, watched, limits, known) AS f)
		|| ARRAY(SELECT drift_internal.judge_error(checked, c, metrics)
			FROM drift.monitor_columns AS c WHERE c.monitor_id = monitor.monitor_id AND c.role = 'error' AND c.kind = 'numeric');
	checked := drift_internal.sum_up_features(checked, columns, limits);
	worst := drift_internal.worst_by_role(columns);
	checked.prediction_drift := worst.prediction;
	checked.target_drift := worst.target;
	checked.performance := drift_internal.worst_severity(worst.error, drift_internal.metrics_severity(metrics, 'realised'));
	checked.estimated_performance := drift_internal.metrics_severity(metrics, 'estimated');
	checked.n_current := worst.n_current;
	checked.n_reference := worst.n_reference;

	volume := drift_internal.volume_change(monitor, checked.current_span, checked.n_current);
	checked.findings := array_remove(ARRAY[
		CASE WHEN volume.severity IS NOT NULL THEN 'volume' END,
		CASE WHEN checked.config ? 'changed_columns' THEN 'schema' END,
		CASE WHEN EXISTS (SELECT FROM unnest(metrics) AS m WHERE 'estimate_broken' = ANY (m.findings)) THEN 'estimate_broken' END,
		CASE WHEN worst.segments IN ('warning', 'critical') THEN 'segments' END,
		CASE WHEN EXISTS (SELECT FROM unnest(metrics) AS m WHERE m.segment <> '' AND m.kind = 'realised' AND m.severity IN ('warning', 'critical'))
			THEN 'performance_segments' END], NULL);
	checked.status := drift_internal.check_status(drift_internal.features_severity(checked.drift_share, worst.feature, limits),
		checked.prediction_drift, checked.target_drift, checked.performance, volume.severity,
		CASE WHEN checked.findings && '{schema,segments,performance_segments}' OR worst.operation IN ('warning', 'critical')
			OR checked.estimated_performance IN ('warning', 'critical') THEN 'warning' END);
	checked.explanation := drift_internal.check_text(checked, columns, metrics, volume.note);
END
$$;

COMMENT ON FUNCTION drift_internal.judge_check(drift.checks, drift.monitors, drift_internal.watched_column[], drift.thresholds) IS
	'judges the columns of a check that was begun: the check with its verdicts, what was found in the columns, and the metrics of the model';

CREATE OR REPLACE FUNCTION drift_internal.write_check(checked drift.checks, columns drift.check_features[], metrics drift.check_metrics[],
	started_at timestamptz)
	RETURNS drift.checks
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	checked.checked_at := clock_timestamp();
	checked.duration_ms := 1000 * extract(epoch FROM checked.checked_at - started_at);
	INSERT INTO drift.checks OVERRIDING SYSTEM VALUE SELECT checked.*;
	INSERT INTO drift.check_features SELECT f.* FROM unnest(columns) AS f;
	INSERT INTO drift.check_metrics SELECT m.* FROM unnest(metrics) AS m;
	RETURN checked;
END
$$;

COMMENT ON FUNCTION drift_internal.write_check(drift.checks, drift.check_features[], drift.check_metrics[], timestamptz) IS 'writes a check down';

CREATE OR REPLACE FUNCTION drift_internal.make_check(monitor drift.monitors, as_of timestamptz, refresh boolean, started_at timestamptz)
	RETURNS drift.checks
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	checked drift.checks;
	before drift.checks;
	limits drift.thresholds;
	watched drift_internal.watched_column[];
	judged record;
BEGIN
	IF refresh IS NOT FALSE THEN
		PERFORM drift.refresh_windows(monitor.name);
	END IF;

	checked := drift_internal.begin_check(monitor, as_of);
	checked.config := drift_internal.monitor_config(monitor);
	limits := drift_internal.monitor_limits(monitor, checked.config);
	checked.thresholds := limits.name;
	watched := ARRAY(SELECT w FROM drift_internal.watched_columns(monitor, checked.config) AS w);
	checked.config := checked.config || jsonb_build_object('limits', to_jsonb(limits) - '{name,description,built_in}'::text[]);
	IF drift_internal.changed_columns(watched) IS NOT NULL THEN
		checked.config := checked.config || jsonb_build_object('changed_columns', drift_internal.changed_columns(watched));
	END IF;
	IF drift_internal.baseline_mark(monitor.model_id) IS NOT NULL THEN
		checked.config := checked.config || jsonb_build_object('performance_baseline', drift_internal.baseline_mark(monitor.model_id));
	END IF;
	IF (drift_internal.check_estimator(checked)).fitted_at IS NOT NULL THEN
		checked.config := checked.config || jsonb_build_object('estimator_of', (drift_internal.check_estimator(checked)).fitted_at);
	END IF;
	SELECT s.revision INTO checked.revision FROM drift_internal.monitor_states AS s WHERE s.monitor_id = monitor.monitor_id;

	-- A check of the same windows, read in the same way, says the same: it is given again instead of written twice.
	SELECT * INTO before FROM drift_internal.check_before(checked);
	IF before.revision = checked.revision THEN
		RETURN before;
	END IF;

	checked.check_id := nextval('drift.checks_check_id_seq');
	judged := drift_internal.judge_check(checked, monitor, watched, limits);
	IF before.check_id IS NOT NULL AND drift_internal.says_the_same(judged.checked, judged.columns, judged.metrics, before) THEN
		RETURN before;
	END IF;
	checked := drift_internal.write_check(judged.checked, judged.columns, judged.metrics, started_at);

	PERFORM drift_internal.decide(checked.check_id);
	PERFORM drift_internal.tune_alerts(checked.check_id);
	RETURN checked;
END
$$;

COMMENT ON FUNCTION drift_internal.make_check(drift.monitors, timestamptz, boolean, timestamptz) IS
	'runs a check, or finds the one that says the same';

-- An error that says nothing about the monitor is the caller's to see, who may try again.
CREATE OR REPLACE FUNCTION drift_internal.is_passing_error(state text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT left(state, 2) IN ('40', '53', '57', '58', 'XX') OR state = '55P03'
$$;

COMMENT ON FUNCTION drift_internal.is_passing_error(text) IS
	'whether an error comes from the server or from who else works there: deadlocks, full disks, shutdowns, locks';

CREATE OR REPLACE FUNCTION drift.run_check(monitor text, as_of timestamptz DEFAULT NULL, refresh boolean DEFAULT true)
	RETURNS SETOF drift.checks
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	started_at CONSTANT timestamptz := clock_timestamp();
	watched CONSTANT drift.monitors := drift_internal.find_monitor(monitor, 'run');
	checked drift.checks;
	message text;
	detail text;
BEGIN
	IF NOT isfinite(as_of) THEN
		RAISE EXCEPTION 'a check cannot look back from %', as_of USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM drift_internal.lock_monitor_state(watched);

	BEGIN
		checked := drift_internal.make_check(watched, coalesce(run_check.as_of, started_at), refresh, started_at);
		RETURN NEXT checked;
		RETURN;
	EXCEPTION WHEN others THEN
		IF drift_internal.is_passing_error(SQLSTATE) THEN
			RAISE;
		END IF;
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	END;

	checked := drift_internal.begin_check(watched, coalesce(run_check.as_of, started_at));
	checked.check_id := nextval('drift.checks_check_id_seq');
	checked.status := 'error';
	checked.error := concat_ws(E'\n', message, nullif(detail, ''));
	checked.explanation := 'The check could not be run: ' || message;
	checked := drift_internal.write_check(checked, '{}', '{}', started_at);
	PERFORM drift_internal.decide(checked.check_id);
	PERFORM drift_internal.tune_alerts(checked.check_id);
	RETURN NEXT checked;
END
$$;

COMMENT ON FUNCTION drift.run_check(text, timestamptz, boolean) IS
	'checks a monitor over its last whole span before a moment, by default now, after reading new rows: what it found, also as rows of drift.check_features; an error becomes a check with status error';
