-- What is retrained while the server is killed: a model whose trainer is told what comes of it, and steps that wait.
\o /dev/null
CREATE EXTENSION drift;

CREATE TABLE visits AS
SELECT i AS id, timestamptz '2026-01-01' + i * interval '1 hour' AS at, (i * 7919 % 4001) / 1000.0::float8 - 2 AS x, i % 3 = 0 AS y
FROM generate_series(1, 3000::bigint) AS i;

CREATE FUNCTION told(query text, label text, params jsonb) RETURNS drift.model LANGUAGE sql RETURN drift.import_model('json', jsonb_build_object(
	'format', 'drift', 'version', 1, 'task', 'binary', 'inputs', '["x"]'::jsonb, 'features', '["x"]'::jsonb,
	'linear', jsonb_build_object('coefficients', '[0]'::jsonb, 'intercept', params->'intercept'), 'transform', 'logistic',
	'classes', '["false", "true"]'::jsonb)::text);

SELECT FROM drift.register_model('crash');
SELECT FROM drift.set_training('crash', label => 'y', source => 'visits', time_column => 'at', excluded => '{id}',
	candidates => '[{"algorithm": "logistic"}, {"algorithm": "public.told", "params": {"intercept": -0.7}}]', options => '{"embargo": "0"}');
SELECT drift.add_version('crash', told('', '', '{"intercept": 3}'), training => '{"to": "2026-01-01"}');
SELECT FROM drift.promote('crash', 1);

-- A step that is named here does all that it does, and does not get as far as to commit.
CREATE TABLE held (step text);
CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM public.held AS h WHERE h.step = new.step) THEN
		PERFORM pg_catalog.pg_sleep(600);
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER hold AFTER UPDATE ON drift.run_steps FOR EACH ROW WHEN (old.status = 'running' AND new.status <> 'running') EXECUTE FUNCTION hold();
\o
