-- drift.run_cycle(): all that is done for a model in one go, with or without a schedule

CREATE OR REPLACE FUNCTION drift_internal.find_cycle(model text) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.models := drift_internal.find_model(model, 'operate');
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM drift_internal.cycle_steps(found, drift_internal.actor()) AS s)
		|| jsonb_build_object('action', 'summary', 'model', found.name)
		|| (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM drift_internal.loop_steps(found) AS s);
END
$$;

COMMENT ON FUNCTION drift_internal.find_cycle(text) IS 'the steps of a cycle of a model for the acting role';

CREATE OR REPLACE FUNCTION drift_internal.step_result(steps jsonb, actions text[]) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN s->>'status' = 'failed' THEN coalesce(s->'result', '{}') || jsonb_build_object('status', 'failed', 'problem', s->'problem')
		ELSE coalesce(s->'result', '{"status": "skipped", "reason": "Nothing was due."}') END
	FROM jsonb_array_elements(steps) AS s
	WHERE s->>'action' = ANY (actions)
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.step_result(jsonb, text[]) IS 'what came of the step of a cycle that is called so; NULL: it was none of its steps';

CREATE OR REPLACE FUNCTION drift_internal.cycle_result(model text, as_of timestamptz, steps jsonb) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
		'model', model,
		'as_of', as_of,
		'status', CASE
			WHEN drift_internal.run_status(steps) = 'failed' THEN 'error'
			ELSE (
				SELECT (ARRAY['critical', 'warning', 'ok', 'insufficient_data'])[
					min(array_position(ARRAY['critical', 'warning', 'ok', 'insufficient_data'], s->'result'->>'status'))]
				FROM jsonb_array_elements(steps) AS s
				WHERE s->>'action' = 'check') END,
		'checks', (
			SELECT coalesce(jsonb_agg(coalesce(s->'result', '{}') || jsonb_build_object('monitor', s->'monitor')
				|| CASE WHEN s->>'status' <> 'succeeded' THEN jsonb_build_object('status', s->'status', 'problem', s->'problem') ELSE '{}' END), '[]')
			FROM jsonb_array_elements(steps) AS s
			WHERE s->>'action' = 'check'),
		'detectors', (
			SELECT coalesce(s->'result', jsonb_build_object('status', s->'status', 'problem', s->'problem'))
			FROM jsonb_array_elements(steps) AS s
			WHERE s->>'action' = 'detect'),
		'decision', (
			SELECT coalesce(s->'result', jsonb_build_object('status', s->'status', 'problem', s->'problem'))
			FROM jsonb_array_elements(steps) AS s
			WHERE s->>'action' = 'summary'),
		'advance', drift_internal.step_result(steps, '{deployments}'),
		'validation', drift_internal.step_result(steps, '{validate}'),
		'retraining', drift_internal.step_result(steps, '{retrain,retrain_automatically}'),
		'deployment', drift_internal.step_result(steps, '{deploy}'),
		'delivery', drift_internal.step_result(steps, '{deliver}'),
		'steps', (
			SELECT jsonb_agg(jsonb_build_object('step', CASE s->>'action' WHEN 'summary' THEN 'decide' WHEN 'deployments' THEN 'advance' WHEN 'retrain_automatically' THEN 'retrain' ELSE s->>'action' END,
				'monitor', s->'monitor', 'status', s->'status', 'problem', s->'problem', 'milliseconds', s->'milliseconds') ORDER BY place)
			FROM jsonb_array_elements(steps) WITH ORDINALITY AS u (s, place))))
$$;

COMMENT ON FUNCTION drift_internal.cycle_result(text, timestamptz, jsonb) IS 'what came of a cycle: the worst status, each check, what detectors found, the decision, what became of the deployment, its validation and the training, what was sent, and each step';

CREATE OR REPLACE PROCEDURE drift.run_cycle(model text, INOUT result jsonb DEFAULT NULL, as_of timestamptz DEFAULT NULL)
	LANGUAGE plpgsql
AS $$
DECLARE
	path CONSTANT text := pg_catalog.current_setting('search_path');
	step jsonb;
	done jsonb;
	results jsonb := '[]';
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	FOR step IN SELECT s FROM jsonb_array_elements(drift_internal.find_cycle(model)) AS s LOOP
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		IF step->>'action' = 'retrain_automatically' THEN
			CALL drift_internal.retrain_step(step->>'model', as_of, true, 'cycle', done);
		ELSIF step->>'action' = 'deliver' THEN
			CALL drift_internal.deliver_step(step->>'model', done);
		ELSE
			done := drift_internal.do_step(step, as_of);
		END IF;
		COMMIT;
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		IF done->>'sqlstate' = '57014' THEN
			RAISE EXCEPTION '%', done->>'problem' USING ERRCODE = 'query_canceled';
		END IF;
		results := results || done;
	END LOOP;
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	result := drift_internal.cycle_result(model, as_of, results);
	PERFORM pg_catalog.set_config('search_path', path, true);
END
$$;

COMMENT ON PROCEDURE drift.run_cycle(text, jsonb, timestamptz) IS
	'Closes the loop for a model: reads new rows of every monitor and checks them, decides what to do, lets a running deployment go on, validates the champion and takes it back where it failed, trains where a trigger asks for it, deploys what passed the gates, and sends alerts by the rules of the caller. Training needs drift.set_training(); keys of retraining and deployment of the configuration say how, and what is left to people. Commits after each step; result has the worst status, what came of each step, and the decision. as_of: as if it was that time.';

CREATE OR REPLACE FUNCTION drift.cycle_model(model text, as_of timestamptz DEFAULT NULL) RETURNS jsonb
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.cycle_result(model, as_of, jsonb_agg(drift_internal.do_step(s, as_of)))
	FROM jsonb_array_elements(drift_internal.find_cycle(model)) AS s
$$;

COMMENT ON FUNCTION drift.cycle_model(text, timestamptz) IS 'what drift.run_cycle() does, in the transaction of the caller';
