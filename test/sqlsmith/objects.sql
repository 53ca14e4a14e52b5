-- A database full of drift objects for random queries: every type of the extension as a column,
-- ordinary data of every kind that statistics take, and a role that may do little else.
\set ON_ERROR_STOP on
CREATE EXTENSION drift;

CREATE SCHEMA smith;
CREATE TYPE smith.mood AS ENUM ('low', 'middle', 'high');
CREATE TABLE smith.labelled AS
SELECT i AS id, i > 300 AS is_current, sqrt(i) AS number, nullif(i % 7, 0) AS few, (i % 11)::smallint AS small, i::numeric / 3 AS amount,
	'group ' || i % 5 AS category, (ARRAY['low', 'middle', 'high'])[1 + i % 3]::smith.mood AS mood, i % 2 = 0 AS flag,
	timestamptz '2026-01-01' + i * interval '1 hour' AS at, date '2026-01-01' + i AS day, md5(i::text)::uuid AS key,
	CASE WHEN i % 13 = 0 THEN 'NaN' WHEN i % 17 = 0 THEN '-Infinity' ELSE i::float8 END AS wild
FROM generate_series(1, 600) AS i;
CREATE VIEW smith.reference AS SELECT * FROM smith.labelled WHERE NOT is_current;
CREATE VIEW smith.present AS SELECT * FROM smith.labelled WHERE is_current;

CREATE TABLE smith.profiles AS
SELECT is_current, drift.profile_agg(number) AS numbers, drift.profile_agg(wild) AS wild, drift.compact(drift.profile_agg(amount)) AS amounts,
	drift.profile_agg(category) AS categories, drift.profile_agg(flag) AS flags, drift.profile_agg(at) AS times
FROM smith.labelled GROUP BY is_current
UNION ALL
SELECT NULL, drift.profile_agg(NULL::float8), drift.profile_agg(i::float8), drift.compact(drift.profile_agg(i::float8)),
	drift.profile_agg(i::text), drift.profile_agg(NULL::boolean), drift.profile_agg(NULL::timestamptz)
FROM generate_series(1, 5000) AS i;
\i test/reference/models.sql
CREATE TABLE smith.models AS
SELECT name, drift.bind(model, '{f0,f1,f2}') AS bound, model, models.xgboost(2, 2, 3) AS source
FROM (VALUES ('binary', drift.import_model('xgboost', models.xgboost(10, 4, 3))), ('squared', drift.import_model('xgboost', models.xgboost(10, 4, 3, 'reg:squarederror'))),
	('classes', drift.import_model('xgboost', models.xgboost(9, 3, 3, 'multi:softprob', 3)))) AS m(name, model);
CREATE TABLE smith.features AS
SELECT i % 7 / 7.0::float8 AS f0, i AS f1, nullif(i % 3, 0)::numeric AS f2, ARRAY[i, i / 3.0, NULL]::float8[] AS doubles, ARRAY[i, i / 3.0, NULL]::real[] AS reals,
	jsonb_build_object('f0', i, 'f1', NULL, 'f2', i % 2 = 0) AS object
FROM generate_series(1, 30) AS i;
SELECT drift.register_model('smith') \g /dev/null
SELECT drift.add_version('smith', model) FROM smith.models WHERE name <> 'classes' \g /dev/null
SELECT drift.add_version('smith', model) FROM smith.models WHERE name = 'classes' \g /dev/null
SELECT drift.start_version('smith'), drift.set_alias('smith', 'staging', 2), drift.grant_privilege('smith', 'public', 'read') \g /dev/null
SELECT drift.promote('smith', 1) \g /dev/null
SELECT drift.create_prediction_log('smith', 'smith.log') \g /dev/null
SELECT drift.deploy('smith', 3, 'canary') \g /dev/null
SELECT drift.predict_row('smith', f) FROM smith.features AS f \g /dev/null
CREATE TABLE smith.results AS
SELECT drift.ks_test(number, is_current) AS ks, drift.chi_square_test(category, is_current) AS chi_square FROM smith.labelled;
CREATE TABLE smith.comparisons AS SELECT c AS comparison FROM drift.compare('smith.reference', 'smith.present') AS c;

-- a monitor of a model's log and one of a table, both held against a baseline
CREATE TABLE smith.times AS SELECT now() - g * interval '1 hour' AS at, g % 7 AS number, chr(97 + g % 3) AS category FROM generate_series(1, 2000) AS g;
SELECT drift.create_baseline('smith', 'smith.times', columns => '{number,category}', segment => 'category') \g /dev/null
SELECT drift.create_monitor('smith', 'smith.times', baseline => 'smith', segment => 'category', bucket => 'day', span => '30 days'),
	drift.create_monitor('smith.log', model => 'smith') \g /dev/null
SELECT drift.refresh_windows('smith'), drift.run_check('smith') \g /dev/null

-- training: what is said of a model, runs that trained and searched, one that is done elsewhere, a learner
SELECT drift.register_model('smith_trained') \g /dev/null
SELECT drift.set_training('smith_trained', label => 'flag', source => 'smith.labelled', time_column => 'at', key_column => 'id', features => '{number,few,category}',
	candidates => '[{"algorithm": "logistic"}]', options => '{"embargo": "0", "minimum_rows": 50}') \g /dev/null
SELECT drift.add_expectation('smith_trained', 'numbers', 'range', 'number', '{"min": 0}'), drift.add_expectation('smith_trained', 'flags', 'not_null', 'flag') \g /dev/null
SELECT drift.retrain_model('smith_trained') \g /dev/null
SELECT drift.tune_model('smith_trained', 'logistic', '{"l2": [0.1, 1]}', 'grid') \g /dev/null
SELECT drift.start_run('smith_trained', 'elsewhere') \g /dev/null
SELECT drift.create_learner('smith', 'flag', features => '{number,category}', time_column => 'at', detector => 'ddm') \g /dev/null
SELECT drift.partial_fit('smith', 'smith.labelled') \g /dev/null

-- what text and array arguments mean something to drift
CREATE TABLE smith.words AS
SELECT w.source, w.thresholds, w.methods, w.columns, w.edges, w.bins
FROM (VALUES
	('smith.reference', 'standard', '{"numeric": "t_test"}'::jsonb, ARRAY['number'], ARRAY[0, 10, 20]::float8[], 10),
	('smith.present', 'psi_020', '{"few": "z_test"}', ARRAY['category', 'few'], ARRAY[1.5], 2),
	('SELECT number, wild FROM smith.labelled', '{"alpha": 0.5}', '{}', '{}', '{}', -1),
	('no_such_relation', 'none', '[1]', NULL, NULL, NULL),
	('DELETE FROM smith.labelled', '{"rule": 1}', 'null', ARRAY[NULL, 'x'], ARRAY['NaN', 'Infinity']::float8[], 2147483647)
) AS w(source, thresholds, methods, columns, edges, bins);

-- The generator lists functions from pg_proc as its path finds it. This one has drift's and, of the
-- server's, a few that make no noise, so that nearly every call is one of drift.
CREATE SCHEMA narrowed;
CREATE VIEW narrowed.pg_proc AS
SELECT * FROM pg_catalog.pg_proc
WHERE pronamespace IN ('drift'::regnamespace, 'drift_internal'::regnamespace)
	OR (pronamespace = 'pg_catalog'::regnamespace AND proname IN ('abs', 'md5', 'sum', 'avg', 'bool_or', 'string_agg'));

CREATE ROLE smith LOGIN PASSWORD 'smith';
GRANT USAGE ON SCHEMA smith, narrowed TO smith;
GRANT SELECT ON ALL TABLES IN SCHEMA narrowed TO smith;
GRANT ALL ON ALL TABLES IN SCHEMA smith TO smith;
ALTER ROLE smith SET search_path = narrowed, pg_catalog, smith, drift;
ALTER ROLE smith SET statement_timeout = '2s';
ALTER ROLE smith SET track_functions = 'all';
