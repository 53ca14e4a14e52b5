-- A search of parameters that commits each trial: cancelled in the middle, gone on with, and refused where the rows changed.
-- The trainer is a function of the user, which stops where a table says so.
CREATE SCHEMA tune;
SET search_path = tune, public;
\set VERBOSITY terse
CREATE TABLE people AS SELECT i AS id, timestamptz '2026-01-01' + i * interval '1 hour' AS at, (i * 7919 % 1009) / 1009.0::float8 AS x,
	(i * 7919 % 1009) + (i * 104729 % 400) > 700 AS churned FROM generate_series(1, 400) AS i;
CREATE TABLE stop (b float8);
CREATE FUNCTION trainer(query text, label text, params jsonb) RETURNS drift.model LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM tune.stop AS s WHERE s.b = (params->>'b')::float8) THEN
		RAISE EXCEPTION 'stopped at %', params->>'b' USING ERRCODE = 'query_canceled';
	ELSIF (params->>'b')::float8 < 0 THEN
		RAISE EXCEPTION 'no model with %', params->>'b' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN drift.import_model('json', jsonb_build_object('format', 'drift', 'version', 1, 'task', 'binary', 'inputs', '{x}'::text[], 'features', '{x}'::text[],
		'linear', jsonb_build_object('coefficients', jsonb_build_array((params->>'b')::float8), 'intercept', -(params->>'b')::float8 / 2),
		'transform', 'logistic', 'classes', '{false,true}'::text[])::text);
END
$$;
CREATE VIEW trials AS SELECT t.trial, t.parameters->'b' AS b, t.status, t.error, round((t.metrics->'valid'->>'log_loss')::numeric, 3) AS log_loss
	FROM drift.training_trials AS t JOIN drift.training_runs AS r USING (run_id) JOIN drift.models AS m USING (model_id) WHERE m.name = 'tune' ORDER BY t.run_id, t.trial;
CREATE VIEW runs AS SELECT r.status, r.sqlstate, r.error, r.reason, r.best_trial, round(r.progress::numeric, 2) AS progress, s.steps
	FROM drift.training_runs AS r JOIN drift.models AS m USING (model_id),
		LATERAL (SELECT string_agg(concat_ws(' ', s.step, s.status), ', ' ORDER BY s.place) AS steps FROM drift.run_steps AS s WHERE s.run_id = r.run_id) AS s
	WHERE m.name = 'tune' ORDER BY r.run_id;
SELECT drift.register_model('tune') \g /dev/null
SELECT drift.set_training('tune', label => 'churned', source => 'people', time_column => 'at', key_column => 'id', features => '{x}',
	candidates => '[{"algorithm": "logistic"}]', options => '{"embargo": "0", "minimum_rows": 50}') \g /dev/null

-- two trials are over, one fails by itself, one stops the search
INSERT INTO stop VALUES (4);
CALL drift.tune('tune', 'tune.trainer', '{"b": [2, -1, 1, 4, 8]}', 'grid', options => '{"save": true}');
TABLE trials;
TABLE runs;
SELECT count(*) AS under_way FROM drift.training_progress WHERE model = 'tune';

-- gone on with where it stopped
SELECT max(run_id) AS run_id FROM drift.training_runs \gset
CREATE TABLE finished AS SELECT trial, finished_at FROM drift.training_trials WHERE run_id = :run_id AND status IN ('succeeded', 'failed');
CALL drift.resume_run(:run_id) \g /dev/null
\echo still stopped
TABLE runs;
TRUNCATE stop;
CALL drift.resume_run(:run_id) \g /dev/null
TABLE trials;
TABLE runs;
SELECT count(*) AS made_again FROM finished AS f JOIN drift.training_trials AS t USING (trial) WHERE t.run_id = :run_id AND t.finished_at <> f.finished_at;
SELECT candidates FROM drift.training_configs AS c JOIN drift.models AS m USING (model_id) WHERE m.name = 'tune';

-- other rows
INSERT INTO stop VALUES (8);
CALL drift.tune('tune', 'tune.trainer', '{"b": [2, 8]}', 'grid');
UPDATE people SET x = x + 1 WHERE id = 5;
SELECT max(run_id) AS run_id FROM drift.training_runs \gset
CALL drift.resume_run(:run_id) \g /dev/null
CALL drift.resume_run(:run_id) \g /dev/null
SELECT status, sqlstate, regexp_replace(error, '\d+', 'N') AS error FROM drift.training_runs WHERE run_id = :run_id;
-- after what commits, names mean what they meant before
TRUNCATE stop;
DO $$
DECLARE
	failed CONSTANT bigint := (SELECT max(run_id) FROM drift.training_runs);
	result jsonb;
BEGIN
	CALL drift.resume_run(failed, result);
	ASSERT NOT EXISTS (SELECT FROM stop) AND current_setting('search_path') = 'tune, public';
	CALL drift.tune('tune', 'tune.trainer', '{"b": [2]}', 'grid', result => result);
	ASSERT NOT EXISTS (SELECT FROM stop) AND current_setting('search_path') = 'tune, public';
	CALL drift.retrain('tune', result => result);
	ASSERT NOT EXISTS (SELECT FROM stop) AND current_setting('search_path') = 'tune, public';
	CALL drift.retrain_if_needed('tune', result);
	ASSERT NOT EXISTS (SELECT FROM stop) AND current_setting('search_path') = 'tune, public';
	CALL drift.run_cycle('tune', result);
	ASSERT NOT EXISTS (SELECT FROM stop) AND current_setting('search_path') = 'tune, public';
END
$$;
SELECT drift.delete_model('tune');
