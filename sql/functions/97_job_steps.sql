-- what a schedule does, step by step
--
-- A step is one function in one subtransaction: what fails leaves the others alone. Steps run as who calls; the
-- data of monitors is read as their owner whoever that is.

CREATE OR REPLACE FUNCTION drift_internal.monitor_step(action text, monitor text, as_of timestamptz,
	OUT status text, OUT result jsonb, OUT problem text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.monitors := drift_internal.find_monitor(monitor, 'run');
BEGIN
	IF NOT EXISTS (SELECT FROM drift_internal.lock_monitor_state(found, true)) THEN
		status := 'skipped';
		problem := 'Another session runs this monitor.';
		RETURN;
	END IF;
	status := 'succeeded';
	CASE action
	WHEN 'check' THEN
		SELECT CASE WHEN c.status = 'error' THEN 'failed' ELSE 'succeeded' END, c.error,
			jsonb_build_object('check_id', c.check_id, 'status', c.status, 'drift_detected', c.drift_detected,
				'drift_share', c.drift_share, 'drifted_features', to_jsonb(c.drifted_features))
		INTO status, problem, result
		FROM drift.run_check(monitor, as_of) AS c;
	WHEN 'refresh' THEN
		SELECT CASE WHEN r.status = 'error' THEN 'failed' ELSE 'succeeded' END, r.message,
			jsonb_build_object('status', r.status, 'rows_read', r.rows_read, 'buckets', r.buckets, 'refreshed_to', r.refreshed_to)
		INTO status, problem, result
		FROM drift.refresh_windows(monitor) AS r;
	WHEN 'purge' THEN
		SELECT jsonb_agg(to_jsonb(p)) INTO result FROM drift.purge_history(monitor) AS p;
		PERFORM drift.purge_deliveries(), drift.purge_events();
	WHEN 'calibrate' THEN
		SELECT jsonb_agg(to_jsonb(c)) INTO result FROM drift.calibrate_thresholds(monitor, apply => true) AS c;
	END CASE;
END
$$;

COMMENT ON FUNCTION drift_internal.monitor_step(text, text, timestamptz) IS 'does a step with a monitor, unless another session runs it';

CREATE OR REPLACE FUNCTION drift_internal.deployment_step(model text) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.models := drift_internal.find_model(model, 'operate');
	running boolean := EXISTS (
		SELECT FROM drift.deployments AS d
		WHERE d.model_id = found.model_id AND d.status = 'running' AND NOT EXISTS (
			SELECT FROM drift.deployment_analyses AS a
			WHERE a.deployment_id = d.deployment_id AND a.analysed_at > clock_timestamp() - (d.analysis->>'interval')::interval));
BEGIN
	IF NOT running THEN
		RETURN NULL;
	END IF;
	PERFORM drift_internal.check_log_trusted(found);
	RETURN (SELECT to_jsonb(a) FROM drift.advance(found.name) AS a);
END
$$;

COMMENT ON FUNCTION drift_internal.deployment_step(text) IS
	'looks at the running deployment of a model where that is due, as the owner of its log or a member of it; NULL: nothing was due';

CREATE OR REPLACE FUNCTION drift_internal.validation_step(model text, as_of timestamptz) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.models := drift_internal.find_model(model, 'operate');
BEGIN
	IF NOT drift_internal.validation_due(found, coalesce(as_of, clock_timestamp())) THEN
		RETURN NULL;
	END IF;
	PERFORM drift_internal.check_log_trusted(found);
	RETURN (SELECT v FROM drift.validate_deployment(found.name, record => true, to_time => as_of) AS v);
END
$$;

COMMENT ON FUNCTION drift_internal.validation_step(text, timestamptz) IS
	'validates the champion of a model where that is due, as the owner of its log or a member of it; NULL: nothing was due';

CREATE OR REPLACE FUNCTION drift_internal.has_many_monitors(model text) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT count(*) > 1
	FROM drift.monitors AS m
	JOIN drift.models AS o USING (model_id)
	WHERE o.name = model AND o.deleted_at IS NULL AND m.paused_at IS NULL
$$;

COMMENT ON FUNCTION drift_internal.has_many_monitors(text) IS 'whether a model has more than one monitor that is not paused';

CREATE OR REPLACE FUNCTION drift_internal.model_step(action text, model text, as_of timestamptz) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result jsonb;
BEGIN
	CASE
	-- Of a single monitor, the decision of its check is there already.
	WHEN action IN ('recommend', 'summary') THEN
		SELECT jsonb_build_object('decision_id', d.decision_id, 'action', d.action, 'strategy', d.strategy, 'urgency', d.urgency,
			'should_retrain', d.should_retrain, 'explanation', d.explanation)
		INTO result
		FROM drift.recommend(model, record => action = 'recommend' OR drift_internal.has_many_monitors(model)) AS d;
	WHEN action = 'match_outcomes' THEN
		-- Who owns the tables can have code run where they are written.
		PERFORM drift_internal.check_log_trusted(drift_internal.find_model(model, 'operate'));
		SELECT to_jsonb(m) INTO result FROM drift.match_outcomes(model) AS m;
	WHEN action = 'detect' THEN
		SELECT jsonb_agg(to_jsonb(u)) INTO result FROM drift.update_detectors(model) AS u;
	WHEN action = 'deployments' THEN
		result := drift_internal.deployment_step(model);
	WHEN action = 'validate' THEN
		result := drift_internal.validation_step(model, as_of);
	-- Where a run of steps may commit, drift_internal.retrain_step() takes its place.
	WHEN action IN ('retrain', 'retrain_automatically') THEN
		result := drift_internal.retrain_within(model, as_of, action = 'retrain_automatically', 'cycle');
	WHEN action = 'deploy' THEN
		result := drift.deploy_if_better(model);
	WHEN action = 'maintain_log' THEN
		SELECT jsonb_agg(to_jsonb(m)) INTO result FROM drift.maintain_prediction_log(model) AS m;
	WHEN action = 'report' THEN
		SELECT jsonb_agg(jsonb_build_object('report_id', r.report_id, 'kind', r.kind, 'severity', r.report #>> '{verdict,severity}')) INTO result
		FROM drift.keep_reports(model) AS r;
	-- What may commit sends, by drift_internal.deliver_step().
	WHEN action = 'deliver' THEN
		result := drift_internal.route_within();
	WHEN action = 'health' THEN
		SELECT jsonb_agg(to_jsonb(h)) INTO result FROM drift.health_check() AS h WHERE h.model = model_step.model AND h.status <> 'ok';
	END CASE;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.model_step(text, text, timestamptz) IS 'does a step with a model';

CREATE OR REPLACE FUNCTION drift_internal.try_step(action text, monitor text, model text, as_of timestamptz) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	started CONSTANT timestamptz := clock_timestamp();
	done record;
	detail text;
	state text;
BEGIN
	BEGIN
		IF monitor IS NOT NULL THEN
			done := drift_internal.monitor_step(action, monitor, as_of);
		ELSE
			SELECT 'succeeded' AS status, drift_internal.model_step(action, model, as_of) AS result, NULL::text AS problem INTO done;
		END IF;
	EXCEPTION
		-- A statement that was cancelled says so in the row of its run, and then ends.
		WHEN query_canceled OR others THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, state = RETURNED_SQLSTATE;
			SELECT 'failed' AS status, NULL::jsonb AS result, concat_ws(' ', SQLERRM, nullif(detail, '')) AS problem INTO done;
	END;
	RETURN jsonb_strip_nulls(jsonb_build_object('action', action, 'monitor', monitor, 'model', model, 'status', done.status,
		'result', done.result, 'problem', done.problem, 'sqlstate', state,
		'milliseconds', round(extract(epoch FROM clock_timestamp() - started) * 1000)));
END
$$;

COMMENT ON FUNCTION drift_internal.try_step(text, text, text, timestamptz) IS 'does a step, and says what came of it or why it failed';

CREATE OR REPLACE FUNCTION drift_internal.cycle_steps(model drift.models, owner regrole, action text DEFAULT 'check')
	RETURNS TABLE (action text, monitor text, model text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.action, s.monitor, s.model
	FROM (
		SELECT cycle_steps.action, m.name, NULL::text, m.monitor_id
		FROM drift.monitors AS m
		WHERE m.model_id = cycle_steps.model.model_id AND m.paused_at IS NULL AND pg_has_role(cycle_steps.owner, m.owner, 'USAGE')
		UNION ALL
		SELECT 'detect', NULL, cycle_steps.model.name, 0
		WHERE cycle_steps.action = 'check' AND EXISTS (
			SELECT FROM drift.detectors AS d
			WHERE d.model_id = cycle_steps.model.model_id AND d.paused_at IS NULL AND pg_has_role(cycle_steps.owner, d.owner, 'USAGE'))
	) AS s (action, monitor, model, place)
	ORDER BY s.place
$$;

COMMENT ON FUNCTION drift_internal.cycle_steps(drift.models, regrole, text) IS
	'an action for each monitor of a model that is not paused and that a role may run; before checks its detectors';

-- First what is on its way, then what is new.
CREATE OR REPLACE FUNCTION drift_internal.loop_steps(model drift.models) RETURNS TABLE (action text, monitor text, model text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.action, NULL::text, loop_steps.model.name
	FROM (VALUES
			(1, 'deployments', EXISTS (SELECT FROM drift.deployments AS d WHERE d.model_id = loop_steps.model.model_id AND d.status = 'running')),
			(2, 'validate', EXISTS (SELECT FROM drift.deployments AS d WHERE d.model_id = loop_steps.model.model_id AND d.previous_version <> d.version)),
			(3, 'retrain_automatically', EXISTS (SELECT FROM drift.training_configs AS c WHERE c.model_id = loop_steps.model.model_id)),
			(4, 'deploy', EXISTS (SELECT FROM drift.training_configs AS c WHERE c.model_id = loop_steps.model.model_id)),
			(5, 'deliver', EXISTS (SELECT FROM drift.alert_rules AS r WHERE drift_internal.acts_as(r.owner)))
		) AS s (place, action, wanted)
	WHERE s.wanted
	ORDER BY s.place
$$;

COMMENT ON FUNCTION drift_internal.loop_steps(drift.models) IS
	'what a cycle does after its decision: a running deployment goes on, the champion is validated, the model is trained and what came of it deployed, and who has rules is told';

CREATE OR REPLACE FUNCTION drift_internal.run_status(steps jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN bool_or(s->>'status' = 'failed') THEN 'failed' WHEN bool_and(s->>'status' = 'skipped') THEN 'skipped' ELSE 'succeeded' END
	FROM jsonb_array_elements(steps) AS s
$$;

COMMENT ON FUNCTION drift_internal.run_status(jsonb) IS 'what became of a run: failed if one of its steps did, skipped if all were';
