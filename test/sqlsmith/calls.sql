-- Calls every function of drift with arguments picked at random from values that hurt, and counts
-- what came of it. Internal errors are for the caller of this script to find: in its output and
-- in the server's log. How long a call takes is no error, on whatever machine: what had no answer
-- when it was cancelled is called again and given far more time.
--
--     psql -d DATABASE -v calls=50 -v seed=1 -f test/sqlsmith/calls.sql
\set ON_ERROR_STOP on
SET search_path = smith, pg_catalog;
SET client_min_messages = warning;
SELECT setseed(1.0 / :seed) \g /dev/null

CREATE TEMP TABLE hurting AS
SELECT 'float8'::regtype AS type, unnest(ARRAY['0', '-0', '1', '0.5', '-1', '1e308', '-1e308', '5e-324', 'NaN', 'Infinity', '-Infinity']) AS value
UNION ALL SELECT t, unnest(ARRAY['0', '1', '2', '10', '-1', '1000', '2147483647', '-2147483648'])
	FROM unnest(ARRAY['int4', 'int8', 'numeric']::regtype[]) AS t
UNION ALL SELECT 'int8', unnest(ARRAY['9223372036854775807', '-9223372036854775808', '4611686018427387904'])
UNION ALL SELECT 'numeric', unnest(ARRAY['NaN', 'Infinity', '1e400', '1e-400'])
UNION ALL SELECT 'int2', unnest(ARRAY['0', '1', '-32768', '32767'])
UNION ALL SELECT 'oid', unnest(ARRAY['0', '16', '701', '25', '4294967295'])
UNION ALL SELECT 'bool', unnest(ARRAY['true', 'false'])
UNION ALL SELECT 'text', unnest(ARRAY['', 'x', 'number', 'smith.labelled', 'SELECT number, few FROM smith.labelled', 'DROP TABLE smith.labelled', 'SELECT 1; SELECT 2',
	'standard', 'psi_020', '{"alpha": 0.1}', '{', 'psi', 'ks', 'ks_test', 'spearman', 'numeric', 'categorical', 'exact', 'summary', '{1,2}', '{NaN}', '10', '%s %I %', E'\u00e9\u4e2d', repeat('x', 5000)])
UNION ALL SELECT 'jsonb', unnest(ARRAY['{}', '[]', 'null', '1', '"x"', '{"numeric": "psi"}', '{"number": null}', '{"a": {"b": [1, {"c": 2}]}}', '{"alpha": -1}', '{"columns": {"number": {"shift": 1}}}'])
UNION ALL SELECT 'float8[]', unnest(ARRAY['{}', '{0}', '{NULL}', '{NaN}', '{1,0}', '{0,1,2}', '{-Infinity,0,Infinity}', '{{1,2},{3,4}}', '{1e308,1e308}', '{0.01,0.02,NULL}'])
UNION ALL SELECT 'numeric[]', unnest(ARRAY['{}', '{1,2}', '{0,0}', '{-1,1}', '{NULL}', '{NaN,1}', '{1e300,1}', '{{1},{2}}'])
UNION ALL SELECT 'text[]', unnest(ARRAY['{}', '{NULL}', '{number}', '{nothing,number}', '{number,number}', '{{a,b}}'])
UNION ALL SELECT t, unnest(ARRAY['{}', '{1,2}', '{NULL}', '{-1}', '{2147483647}']) FROM unnest(ARRAY['int4[]', 'int8[]']::regtype[]) AS t
UNION ALL SELECT 'bool[]', unnest(ARRAY['{}', '{t,f}', '{NULL}'])
UNION ALL SELECT 'timestamptz', unnest(ARRAY['2026-01-01', 'infinity', '-infinity', '4713-01-01 BC'])
UNION ALL SELECT 'timestamp', unnest(ARRAY['2026-01-01', 'infinity', '-infinity'])
UNION ALL SELECT 'date', unnest(ARRAY['2026-01-01', 'infinity', '-infinity'])
UNION ALL SELECT 'interval', unnest(ARRAY['1 day', '-1 month', '0'])
UNION ALL SELECT 'tstzrange', unnest(ARRAY['empty', '(,)', '[2026-01-01,2026-01-02)', '[2026-01-01,infinity)'])
UNION ALL SELECT 'regclass', unnest(ARRAY['smith.labelled', 'smith.words', '0'])
UNION ALL SELECT 'drift.profile', p::text
	FROM (SELECT numbers AS p FROM profiles UNION ALL SELECT wild FROM profiles UNION ALL SELECT amounts FROM profiles
		UNION ALL SELECT categories FROM profiles UNION ALL SELECT flags FROM profiles UNION ALL SELECT times FROM profiles) AS u;
INSERT INTO hurting SELECT 'drift.model', m::text FROM models, unnest(ARRAY[model, bound]) AS m;
INSERT INTO hurting SELECT 'text', unnest(ARRAY['xgboost', 'lightgbm', 'onnx', 'json', '\x7b7d', (SELECT source FROM models LIMIT 1)]);
INSERT INTO hurting VALUES ('float8[]', '{1,2,3}'), ('float4[]', '{1,2,3}'), ('float4[]', '{NULL,NaN,Infinity}'), ('float4[]', '{}'), ('text[]', '{f2,f1,f0}'), ('text[]', '{f2,f1,f0,f0}'),
	('jsonb', '{"f0": 1, "f1": null, "f2": true}'), ('jsonb', '{"f0": "x", "f1": [], "f2": 1e400}'), ('jsonb', '{"iterations": 1}'), ('jsonb', '{"iterations": "best"}'),
	('bytea', ''), ('bytea', '\x00'), ('bytea', '\x7b7d'), ('bytea', '\x0a0b0c0d');
INSERT INTO hurting SELECT 'bytea', convert_to(source, 'UTF8')::text FROM models LIMIT 1;
INSERT INTO hurting SELECT 'text', unnest(ARRAY['smith', 'smith', 'smith@champion', 'smith@challenger', 'smith/2', 'smith/0', 'smith.features', 'log', 'raise', 'canary']);
INSERT INTO hurting SELECT 'uuid'::regtype, prediction_id::text FROM smith.log UNION ALL SELECT 'uuid', unnest(ARRAY['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']);
INSERT INTO hurting SELECT 'smith.features', f::text FROM features AS f LIMIT 3;
-- the registry
INSERT INTO hurting SELECT 'text', unnest(ARRAY['smith@staging', 'smith/9', 'champion', 'staging', 'challenger', 'shadow', 'archived', 'none',
	'read', 'operate', 'public', '"we""ird Ünïcode"', 'latest', 'all']);
INSERT INTO hurting SELECT 'jsonb'::regtype, unnest(ARRAY['{"rows": 5, "from": "x"}', '{"auc": 0.5}', '[{"name": "x", "kind": "number"}]', '{"parent_version": "x"}', '{"f0": 1, "f1": 2, "f2": 3}'])
UNION ALL SELECT 'jsonb', drift.export_version('smith', 1)::text;
INSERT INTO hurting SELECT 'text', unnest(ARRAY['smith.times', 'at', 'hour', 'day', 'week', 'baseline', 'recompute', 'production', 'at > now()']);
INSERT INTO hurting SELECT 'jsonb'::regtype, unnest(ARRAY['{"alerting": {"of": 1e400}}', '{"features": {"": {"psi_warning": 0.1}}}', '{"drift_detection": {"thresholds": {}}}']);
INSERT INTO hurting SELECT 'text', unnest(ARRAY['threshold', 'scheduled', 'warning', 'critical', 'data_drift', '0 2 * * *']);
INSERT INTO hurting SELECT 'jsonb'::regtype, unnest(ARRAY['{"psi": 0.1}', '{"every": "1 day"}', '{"cron": "0 2 30 2 *"}']);
INSERT INTO hurting SELECT 'regrole', unnest(ARRAY['smith', 'pg_monitor', '-', '4294967295']);
INSERT INTO hurting SELECT 'bytea', sha256('')::text;
INSERT INTO hurting SELECT 'drift.models'::regtype, m::text FROM drift.models AS m UNION ALL SELECT 'drift.model_versions', v::text FROM drift.model_versions AS v
UNION ALL SELECT 'drift.deployments', d::text FROM drift.deployments AS d;
-- detectors
INSERT INTO hurting SELECT 'text', unnest(ARRAY['ddm', 'eddm', 'hddm_a', 'hddm_w', 'page_hinkley', 'cusum', 'adwin', 'kswin']);
INSERT INTO hurting SELECT 'jsonb'::regtype, unnest(ARRAY['{"clock": 1}', '{"delta": 0.5, "reset": false}', '{"mode": "up"}', '{"window_size": 4, "stat_size": 2}', '{"warm_start": 0}']);
INSERT INTO hurting SELECT 'drift.detector'::regtype, drift.detector_add_array(drift.detector(k), '{0,1,1,0,1}')::text
FROM unnest('{ddm,eddm,hddm_a,hddm_w,page_hinkley,cusum,adwin,kswin}'::text[]) AS k;
-- learners
INSERT INTO hurting SELECT 'bytea', drift_internal.learner_make(p, '{a,b}', '{f,t}', c, 'ddm')::text
FROM unnest(ARRAY['{}', '{"optimiser": "ftrl", "l1": 1}', '{"on_drift": "replace", "max_categories": 0}']::jsonb[]) AS p, LATERAL (SELECT '{no,yes,maybe}'::text[] AS c) AS v;
INSERT INTO hurting SELECT 'drift.learners'::regtype, l::text FROM drift.learners AS l;
-- training
INSERT INTO hurting SELECT 'text', unnest(ARRAY['smith_trained', 'smith_trained', 'smith_trained', 'logistic', 'linear', 'random_forest', 'gradient_boosting', 'pg_catalog.abs', 'grid', 'random',
	'halving', 'new_only', 'combined', 'weighted', 'sliding_window', 'all_data', 'flag', 'range', 'set', 'class_share', 'sql', 'valid', 'log_loss', 'succeeded', 'failed', 'open', 'close', 'train']);
INSERT INTO hurting SELECT 'jsonb'::regtype, unnest(ARRAY['{"l2": [1, 0]}', '{"l2": {"from": 0, "to": 1e308, "scale": "log"}}', '{"l1": {"from": -1, "to": 1e-300, "steps": 3}}', '{"n_estimators": [1, 2147483648]}',
	'{"max_rounds": 1, "l2": -1}', '{"validation_share": 0.999, "seed": -1}', '{"features": ["number", "category"], "split": "mood"}', '{"weight": "wild", "classes": ["a", "a"]}', '{"test_share": 1e400, "embargo": "x"}',
	'{"embargo": "-1 month", "old_weight": "NaN"}', '{"as_of": "infinity", "trials": 1000000000}', '{"strategy": "weighted", "sample": {"old": 0}}', '[{"algorithm": "logistic", "params": {"l2": [1]}}]',
	'[{"kind": "range", "column": "number", "min": "x"}, {"kind": "sql", "expression": "1 / 0"}]', '{"phase": "open", "step": "train", "set": 1, "fit": 1, "trial": 1}', '{"step": "register"}']);
INSERT INTO hurting SELECT 'drift.training_configs'::regtype, c::text FROM drift.training_configs AS c UNION ALL SELECT 'drift.training_runs', r::text FROM drift.training_runs AS r
UNION ALL SELECT 'drift.training_trials', t::text FROM drift.training_trials AS t UNION ALL SELECT 'drift.expectations', e::text FROM drift.expectations AS e;
INSERT INTO hurting SELECT 'int8', r.run_id::text FROM drift.training_runs AS r;
INSERT INTO hurting SELECT 'drift.monitors'::regtype, m::text FROM drift.monitors AS m UNION ALL SELECT 'drift.baselines', b::text FROM drift.baselines AS b
UNION ALL SELECT 'drift.monitor_columns', c::text FROM drift.monitor_columns AS c UNION ALL SELECT 'drift.baseline_columns', c::text FROM drift.baseline_columns AS c
UNION ALL SELECT 'drift.checks', c::text FROM drift.checks AS c;
INSERT INTO hurting SELECT 'drift.calibration_map', unnest(ARRAY['(t,"{0,0.5,1}","{0.1,0.4,0.9}",100,40,0.1,0.01)', '(f,,,10,5,,)', '(t,"{-Infinity,Infinity}","{0,1}",2,1,,)', '(t,"{1,0}","{0,1}",2,1,,)', '(t,{},{},0,0,NaN,NaN)']);
-- composite arguments: rows of drift's own types, whole and empty
INSERT INTO hurting SELECT 'drift.thresholds', t::text FROM drift.thresholds AS t;
INSERT INTO hurting SELECT 'drift.comparison', comparison::text FROM comparisons;
INSERT INTO hurting SELECT 'drift.test_result', ks::text FROM results;
INSERT INTO hurting
SELECT t.oid, '(' || repeat(',', (SELECT count(*)::integer FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped) - 1) || ')'
FROM pg_type AS t JOIN pg_class AS c ON c.oid = t.typrelid
WHERE c.relkind = 'c' AND t.typnamespace IN ('drift'::regnamespace, 'drift_internal'::regnamespace);
INSERT INTO hurting SELECT to_regtype(type::text || '[]'), CASE WHEN n = 0 THEN '{}' ELSE array_agg(value)::text END
FROM hurting, generate_series(0, 1) AS n
WHERE type::text ~ '^drift' OR type = 'jsonb'::regtype GROUP BY type, n;

-- A call as text: a value, NULL, or for "any" a value of any of the types above.
CREATE FUNCTION pg_temp.argument(wanted oid) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT CASE WHEN random() < 0.08 THEN 'NULL::' || w.type ELSE
		coalesce((SELECT format('%L::%s', h.value, h.type) FROM hurting AS h WHERE h.type = w.type ORDER BY random() LIMIT 1), 'NULL::' || w.type) END
	FROM (SELECT CASE
			WHEN format_type(wanted, NULL) IN ('"any"', 'anyelement', 'anycompatible') THEN
				(ARRAY['float8', 'int4', 'text', 'bool', 'numeric', 'timestamptz', 'date', 'jsonb', 'float8[]'])[1 + floor(9 * random())::integer]::regtype
			WHEN wanted = 'anyenum'::regtype THEN 'smith.mood'::regtype
			WHEN wanted = 'record'::regtype THEN 'smith.features'::regtype
			ELSE wanted::regtype END AS type) AS w
$$;

CREATE TEMP TABLE outcome (state text, called regprocedure, query text, took interval);
CREATE FUNCTION pg_temp.try(called regprocedure, query text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	started timestamptz := clock_timestamp();
BEGIN
	EXECUTE query;
	RAISE EXCEPTION 'undo' USING ERRCODE = 'ZZ000';
EXCEPTION WHEN OTHERS OR query_canceled THEN
	INSERT INTO outcome VALUES (CASE SQLSTATE WHEN 'ZZ000' THEN 'ok' ELSE SQLSTATE END, called, query, clock_timestamp() - started);
END
$$;

CREATE TEMP TABLE attempt AS
SELECT format('SELECT pg_temp.try(%s::regprocedure, %L)', f.oid,
	format(CASE f.prokind WHEN 'a' THEN 'SELECT %s(%s) FROM (SELECT g FROM generate_series(1, 3) AS g) AS s' WHEN 'p' THEN 'CALL %s(%s)' ELSE 'SELECT * FROM %s(%s)' END,
		f.oid::regproc, (SELECT string_agg(pg_temp.argument(a.type), ', ' ORDER BY a.position) FROM unnest(f.proargtypes::oid[]) WITH ORDINALITY AS a(type, position))))
FROM (
	SELECT p.*, i FROM pg_proc AS p, generate_series(1, :calls) AS i
	WHERE p.pronamespace IN ('drift'::regnamespace, 'drift_internal'::regnamespace)
		AND NOT 'internal'::regtype = ANY (p.proargtypes) AND NOT 'cstring'::regtype = ANY (p.proargtypes)
		AND p.prorettype NOT IN ('trigger'::regtype, 'internal'::regtype)
) AS f;

-- Each call is a statement, which is what the timeout is for.
SET statement_timeout = '5s';
\o /dev/null
SELECT * FROM attempt
\gexec
SET statement_timeout = '10min';
SELECT format('SELECT pg_temp.try(%s::regprocedure, %L)', called::oid, query) FROM outcome WHERE state = '57014'
\gexec
\o
RESET statement_timeout;

-- what the script run.sh reads
SELECT count(*) || ' calls of ' || count(DISTINCT called) || ' functions, ' || count(*) FILTER (WHERE state = 'ok') || ' without an error' FROM outcome;
SELECT 'slow: ' || round(extract(epoch FROM took), 1) || ' s: ' || left(query, 300) FROM outcome WHERE took > '1 s' ORDER BY took DESC LIMIT 20;
SELECT 'internal error ' || state || ': ' || query FROM outcome WHERE state LIKE 'XX%' ORDER BY query;
SELECT 'without end: ' || query FROM outcome WHERE state = '57014' GROUP BY query HAVING count(*) > 1 ORDER BY query;
