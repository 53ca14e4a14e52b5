-- drift.run_cycle(): all that is done for a model in one go, with or without a schedule

CREATE OR REPLACE FUNCTION drift_internal.find_cycle(model text) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.models := drift_internal.find_model(model, 'operate');
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM drift_internal.cycle_steps(found, drift_internal.actor()) AS s)
		|| jsonb_build_object('action', 'summary', 'model', found.name);
END
$$;

COMMENT ON FUNCTION drift_internal.find_cycle(text) IS 'the steps of a cycle of a model for the acting role';

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
			WHERE s->>'action' = 'summary')))
$$;

COMMENT ON FUNCTION drift_internal.cycle_result(text, timestamptz, jsonb) IS 'what came of a cycle: the worst status, each check, what detectors found, the decision';

CREATE OR REPLACE PROCEDURE drift.run_cycle(model text, INOUT result jsonb DEFAULT NULL, as_of timestamptz DEFAULT NULL)
	LANGUAGE plpgsql
AS $$
DECLARE
	step jsonb;
	done jsonb;
	results jsonb := '[]';
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	FOR step IN SELECT s FROM jsonb_array_elements(drift_internal.find_cycle(model)) AS s LOOP
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		done := drift_internal.do_step(step, as_of);
		COMMIT;
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		IF done->>'sqlstate' = '57014' THEN
			RAISE EXCEPTION '%', done->>'problem' USING ERRCODE = 'query_canceled';
		END IF;
		results := results || done;
	END LOOP;
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	result := drift_internal.cycle_result(model, as_of, results);
END
$$;

COMMENT ON PROCEDURE drift.run_cycle(text, jsonb, timestamptz) IS
	'reads new rows of every monitor of a model, checks them, decides what to do, and commits after each; result has the worst status, each check and the decision';

CREATE OR REPLACE FUNCTION drift.cycle_model(model text, as_of timestamptz DEFAULT NULL) RETURNS jsonb
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.cycle_result(model, as_of, jsonb_agg(drift_internal.do_step(s, as_of)))
	FROM jsonb_array_elements(drift_internal.find_cycle(model)) AS s
$$;

COMMENT ON FUNCTION drift.cycle_model(text, timestamptz) IS 'what drift.run_cycle() does, in the transaction of the caller';
