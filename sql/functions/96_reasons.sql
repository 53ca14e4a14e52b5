-- rules and triggers: what fired, with the numbers it compared

CREATE OR REPLACE FUNCTION drift_internal.read_decision_bounds(config jsonb) RETURNS drift_internal.decision_bounds
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.config_number(config, 'drift_detection.feature_drift_threshold'),
		drift_internal.config_number(config, 'drift_detection.high_drift_threshold'),
		drift_internal.config_number(config, 'drift_detection.drift_threshold'),
		drift_internal.config_number(config, 'retraining.drift_threshold'),
		drift_internal.config_number(config, 'retraining.performance_threshold'),
		drift_internal.config_number(config, 'drift_detection.concept_drift_threshold'),
		drift_internal.config_number(config, 'drift_detection.minimum_new_samples')::bigint,
		drift_internal.config_number(config, 'monitoring.drift_check_samples')::bigint,
		drift_internal.config_text(config, 'retraining.strategy'),
		drift_internal.config_number(config, 'online.drift_count')::bigint,
		drift_internal.config_number(config, 'online.cycles')::bigint
$$;

COMMENT ON FUNCTION drift_internal.read_decision_bounds(jsonb) IS 'what decisions compare with by a configuration';

CREATE OR REPLACE FUNCTION drift_internal.utc_text(at timestamptz) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN pg_catalog.to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI UTC');

COMMENT ON FUNCTION drift_internal.utc_text(timestamptz) IS 'a time in words that are the same in every session';

CREATE OR REPLACE FUNCTION drift_internal.rows_between(monitor drift.monitors, rows_from timestamptz, rows_to timestamptz) RETURNS bigint
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	counted smallint;
	refreshed tstzrange;
BEGIN
	SELECT c.column_id INTO counted FROM drift.monitor_columns AS c
	WHERE c.monitor_id = monitor.monitor_id
	ORDER BY c.role <> 'target', c.role <> 'feature', c.column_id
	LIMIT 1;
	SELECT tstzrange(s.refreshed_from, s.refreshed_to) INTO refreshed FROM drift_internal.monitor_states AS s
	WHERE s.monitor_id = monitor.monitor_id AND s.refreshed_to IS NOT NULL;
	IF counted IS NULL OR refreshed IS NULL OR rows_from >= rows_to THEN
		RETURN NULL;
	END IF;
	RETURN (
		SELECT sum(w.n)::bigint
		FROM drift_internal.covering_windows(refreshed * tstzrange(rows_from, rows_to), monitor.bucket, monitor.time_zone) AS p,
			LATERAL (
				SELECT sum(drift.row_count(i.profile)) AS n
				FROM drift.windows AS i
				WHERE i.monitor_id = monitor.monitor_id AND i.segment = '' AND i.grain = p.grain
					AND i.starts_at >= p.from_time AND i.starts_at < p.to_time AND i.column_id = counted
			) AS w);
END
$$;

COMMENT ON FUNCTION drift_internal.rows_between(drift.monitors, timestamptz, timestamptz) IS
	'rows that the windows of a monitor hold of a time, those with outcomes where it watches the target; NULL where they hold none';

-- What the champion was trained on, or else the baseline, ends there; what came later is new, until a run has seen it.
CREATE OR REPLACE FUNCTION drift_internal.known_to(monitor drift.monitors) RETURNS timestamptz
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT greatest(coalesce(
			(SELECT v.training_to
			 FROM drift.model_aliases AS a
			 JOIN drift.model_versions AS v USING (model_id, version)
			 WHERE a.model_id = monitor.model_id AND a.alias = 'champion'),
			(SELECT b.rows_to FROM drift.baselines AS b WHERE b.name = monitor.baseline ORDER BY b.version DESC LIMIT 1),
			'-infinity'),
		(SELECT max(coalesce((r.plan->>'test_to')::timestamptz, (r.plan->>'new_to')::timestamptz, r.as_of))
		 FROM drift.training_runs AS r
		 WHERE r.model_id = monitor.model_id AND r.kind = 'retrain' AND r.status IN ('succeeded', 'kept', 'needs_review')))
$$;

COMMENT ON FUNCTION drift_internal.known_to(drift.monitors) IS
	'time of the newest row that the model of a monitor, or its baseline, was made of, or that a run of training looked at';

-- Data drift may not prove the model wrong: it prepares. A model that errs more is retrained.
CREATE OR REPLACE FUNCTION drift_internal.fired_rules(facts drift_internal.decision_facts, bounds drift_internal.decision_bounds)
	RETURNS SETOF drift_internal.decision_reason
	LANGUAGE plpgsql STABLE ROWS 4
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT v.rule, v.action, v.asks, v.value, v.bound, v.says
		FROM (VALUES
			(facts.error IS NOT NULL,
				'check_failed', 'wait', false, NULL::float8, NULL::float8, format('the check failed: %s', facts.error)),
			(facts.performance_verdict = 'critical' OR facts.performance_drop > bounds.performance AND facts.performance_verdict = 'warning',
				'performance_drift', 'retrain_now', false, facts.performance_drop, bounds.performance,
					'the model makes more errors than it did: retrain immediately'),
			(facts.performance_verdict = 'warning' AND (facts.performance_drop > bounds.performance) IS NOT TRUE,
				'performance_warning', 'prepare', false, facts.performance_drop, bounds.performance,
					'the model may make more errors than it did: prepare for retraining'),
			(facts.performance_drop > bounds.concept AND facts.performance_verdict IN ('warning', 'critical'),
				'concept_drift', 'retrain_now', false, facts.performance_drop, bounds.concept,
					'the errors grew so much that what the inputs mean has changed'),
			(facts.data_verdict IN ('warning', 'critical'),
				'data_drift', 'prepare', false, cardinality(facts.drifted_features), NULL,
					format('data drift is %s: prepare for retraining', facts.data_verdict)),
			(facts.drift_share > bounds.drift_share,
				'drift_share', 'prepare', false, facts.drift_share, bounds.drift_share,
					format('the share of drifted features %s is above %s', drift_internal.short_number(facts.drift_share),
						drift_internal.short_number(bounds.drift_share))),
			(facts.drift_score > bounds.drift,
				'drift_score', 'retrain_soon', false, facts.drift_score, bounds.drift,
					format('the drift score %s is above %s: retrain soon', drift_internal.short_number(facts.drift_score),
						drift_internal.short_number(bounds.drift))),
			(facts.new_rows >= bounds.minimum_rows,
				'enough_new_rows', NULL, false, facts.new_rows, bounds.minimum_rows,
					format('%s new rows, %s are enough: can retrain', facts.new_rows, bounds.minimum_rows)),
			(facts.n_current < bounds.check_rows,
				'few_rows', 'wait', false, facts.n_current, bounds.check_rows,
					format('%s rows, fewer than %s: wait for more data', facts.n_current, bounds.check_rows)),
			(facts.data_verdict = 'insufficient_data' AND (facts.n_current < bounds.check_rows) IS NOT TRUE,
				'insufficient_data', 'wait', false, facts.n_current, bounds.check_rows,
					'too few values to tell: wait for more data')
		) AS v (fired, rule, action, asks, value, bound, says)
		WHERE v.fired;
END
$$;

COMMENT ON FUNCTION drift_internal.fired_rules(drift_internal.decision_facts, drift_internal.decision_bounds) IS
	'rules about drift, performance and the number of new rows that fired';

CREATE OR REPLACE FUNCTION drift_internal.threshold_reasons(rule text, params jsonb, facts drift_internal.decision_facts, bounds drift_internal.decision_bounds)
	RETURNS SETOF drift_internal.decision_reason
	LANGUAGE plpgsql STABLE ROWS 2
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT rule, 'retrain_soon', true, m.value, m.bound,
			format('the %s %s is above %s', m.name, drift_internal.short_number(m.value), drift_internal.short_number(m.bound))
		FROM (SELECT NOT params ?| '{drift_score,psi,drift_share}' AS unnamed) AS p, LATERAL (VALUES
			('drift score', facts.drift_score, coalesce((params ->> 'drift_score')::float8, CASE WHEN unnamed THEN bounds.drift END)),
			('largest PSI of a feature that drifted', facts.max_psi, coalesce((params ->> 'psi')::float8, CASE WHEN unnamed THEN bounds.psi END)),
			('share of drifted features', facts.drift_share, (params ->> 'drift_share')::float8)
		) AS m (name, value, bound)
		WHERE m.value > m.bound;
END
$$;

COMMENT ON FUNCTION drift_internal.threshold_reasons(text, jsonb, drift_internal.decision_facts, drift_internal.decision_bounds) IS
	'what a threshold trigger fires for';

CREATE OR REPLACE FUNCTION drift_internal.performance_reasons(rule text, params jsonb, facts drift_internal.decision_facts, bounds drift_internal.decision_bounds)
	RETURNS SETOF drift_internal.decision_reason
	LANGUAGE plpgsql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT rule, 'retrain_now', true, facts.performance_drop, m.bound,
			concat_ws(' ', 'the performance dropped', 'by ' || drift_internal.short_number(facts.performance_drop))
		FROM (SELECT coalesce((params ->> 'drop')::float8, bounds.performance)) AS m (bound)
		WHERE facts.performance_verdict IN ('warning', 'critical') AND facts.performance_drop > m.bound
			OR facts.performance_verdict = 'critical' AND NOT params ? 'drop';
END
$$;

COMMENT ON FUNCTION drift_internal.performance_reasons(text, jsonb, drift_internal.decision_facts, drift_internal.decision_bounds) IS
	'what a performance trigger fires for: a loss above its bound that chance does not explain';

CREATE OR REPLACE FUNCTION drift_internal.schedule_reasons(rule text, params jsonb, counted_since timestamptz, as_of timestamptz)
	RETURNS SETOF drift_internal.decision_reason
	LANGUAGE plpgsql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT rule, 'can_retrain', true, NULL::float8, NULL::float8, 'it was due at ' || drift_internal.utc_text(d.due_at)
		FROM (
			SELECT CASE
					WHEN params ? 'every' THEN counted_since + (params ->> 'every')::interval
					WHEN params ? 'cron' THEN drift.next_time(params ->> 'cron', counted_since, coalesce(params ->> 'time_zone', 'UTC'))
				END
		) AS d (due_at)
		WHERE d.due_at <= as_of;
END
$$;

COMMENT ON FUNCTION drift_internal.schedule_reasons(text, jsonb, timestamptz, timestamptz) IS 'what a scheduled trigger fires for';

CREATE OR REPLACE FUNCTION drift_internal.count_reasons(trigger drift.retrain_triggers, facts drift_internal.decision_facts, bounds drift_internal.decision_bounds)
	RETURNS SETOF drift_internal.decision_reason
	LANGUAGE plpgsql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT 'trigger_' || trigger.kind, CASE trigger.kind WHEN 'alert_count' THEN 'retrain_soon' ELSE 'can_retrain' END,
			true, c.value::float8, c.bound::float8, format('%s %s since %s', c.value, c.what, drift_internal.utc_text(trigger.counted_since))
		FROM (
			SELECT 'new rows', coalesce((trigger.params -> 'rows')::bigint, bounds.minimum_rows) + 1, (
				SELECT max(drift_internal.rows_between(m, trigger.counted_since, facts.as_of))
				FROM drift.monitors AS m WHERE m.model_id = facts.model_id)
			WHERE trigger.kind = 'sample_count'
			UNION ALL
			SELECT 'alerts', coalesce((trigger.params -> 'alerts')::bigint, bounds.alerts), (
				SELECT count(*) FROM drift.alerts AS a
				WHERE a.model_id = facts.model_id AND a.kind IN ('data_drift', 'prediction_drift', 'target_drift', 'performance')
					AND a.raised_at > trigger.counted_since AND a.raised_at <= facts.as_of)
			WHERE trigger.kind = 'alert_count'
			UNION ALL
			SELECT 'checks', coalesce((trigger.params -> 'cycles')::bigint, bounds.cycles), (
				SELECT max(n.checks)
				FROM (
					SELECT count(DISTINCT c.as_of) AS checks FROM drift.checks AS c
					WHERE c.model_id = facts.model_id AND c.as_of > trigger.counted_since AND c.as_of <= facts.as_of AND c.status <> 'error'
					GROUP BY c.monitor_id
				) AS n)
			WHERE trigger.kind = 'every_n_cycles'
		) AS c (what, bound, value)
		WHERE c.value >= c.bound;
END
$$;

COMMENT ON FUNCTION drift_internal.count_reasons(drift.retrain_triggers, drift_internal.decision_facts, drift_internal.decision_bounds) IS
	'what a trigger that counts rows, alerts or checks fires for';

-- Without triggers of its own a model has those of the configuration: threshold and performance.
CREATE OR REPLACE FUNCTION drift_internal.fired_triggers(facts drift_internal.decision_facts, bounds drift_internal.decision_bounds)
	RETURNS SETOF drift_internal.decision_reason
	LANGUAGE plpgsql STABLE ROWS 2
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		WITH own AS (
			SELECT t.*, 'trigger_' || t.kind AS rule
			FROM drift.retrain_triggers AS t
			WHERE t.model_id = facts.model_id AND t.enabled
			UNION ALL
			SELECT 0, facts.model_id, 'hybrid', '{}', true, facts.as_of, facts.as_of, '', 'trigger_configuration'
			WHERE NOT EXISTS (SELECT FROM drift.retrain_triggers AS t WHERE t.model_id = facts.model_id)
		)
		SELECT r.*
		FROM own AS o, LATERAL (
			SELECT s.* FROM drift_internal.threshold_reasons(o.rule, o.params, facts, bounds) AS s WHERE o.kind IN ('threshold', 'hybrid')
			UNION ALL
			SELECT s.* FROM drift_internal.performance_reasons(o.rule, o.params, facts, bounds) AS s WHERE o.kind IN ('performance', 'hybrid')
			UNION ALL
			SELECT s.* FROM drift_internal.schedule_reasons(o.rule, o.params, o.counted_since, facts.as_of) AS s WHERE o.kind IN ('scheduled', 'hybrid')
			UNION ALL
			SELECT s.* FROM drift_internal.count_reasons(
				ROW(o.trigger_id, o.model_id, o.kind, o.params, o.enabled, o.counted_since, o.created_at, o.created_by)::drift.retrain_triggers,
				facts, bounds) AS s
			WHERE o.kind IN ('sample_count', 'alert_count', 'every_n_cycles')
		) AS r;
END
$$;

COMMENT ON FUNCTION drift_internal.fired_triggers(drift_internal.decision_facts, drift_internal.decision_bounds) IS
	'triggers of a model that fired, or of the configuration where it has none';
