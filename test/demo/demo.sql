-- What drift says about real data that is made to drift.
--
-- 569 breast tumours with 30 measurements each. Two samples of 200 rows play the reference
-- and the current data; N(2, 1) is then added to one measurement of the current sample.
-- After that, six months of a bank's calls to its customers, who change a little every day. Then a model of
-- the tumours is registered and a bad version of it deployed as a canary, found out and rolled back. At the end a
-- model of the bank is watched night by night for half a year: what was decided, when it became worse, what changed,
-- and whether a second version is better.
-- Run it in the root of the repository, in a database that has the extension:
--
--     psql -v json=report.json -f test/demo/demo.sql

\set ON_ERROR_STOP on
\set QUIET on
\pset pager off
\pset footer off
\pset linestyle unicode
\pset border 1
\pset null '-'
SET client_min_messages = warning;
\if :{?json}
\else
	\set json drift_demo.json
\endif

CREATE TEMPORARY TABLE breast_cancer (
	"mean radius" float8, "mean texture" float8, "mean perimeter" float8, "mean area" float8, "mean smoothness" float8,
	"mean compactness" float8, "mean concavity" float8, "mean concave points" float8, "mean symmetry" float8, "mean fractal dimension" float8,
	"radius error" float8, "texture error" float8, "perimeter error" float8, "area error" float8, "smoothness error" float8,
	"compactness error" float8, "concavity error" float8, "concave points error" float8, "symmetry error" float8, "fractal dimension error" float8,
	"worst radius" float8, "worst texture" float8, "worst perimeter" float8, "worst area" float8, "worst smoothness" float8,
	"worst compactness" float8, "worst concavity" float8, "worst concave points" float8, "worst symmetry" float8, "worst fractal dimension" float8,
	target integer
);
\copy breast_cancer FROM 'test/data/breast_cancer.csv' WITH (FORMAT csv, HEADER)

\echo '1. Two random samples of 200 rows of the same data, seeds 42 and 24: nothing should drift'
\echo

CREATE TEMPORARY TABLE reference AS
	SELECT * FROM breast_cancer ORDER BY drift_internal.sample_key(row_number() OVER (), 42) LIMIT 200;
CREATE TEMPORARY TABLE sample_24 AS
	SELECT * FROM breast_cancer ORDER BY drift_internal.sample_key(row_number() OVER (), 24) LIMIT 200;

SELECT * FROM drift.detect_drift('reference', 'sample_24');

\echo
\echo '2. The same after N(2, 1) was added to "mean radius" of the second sample'
\echo

SELECT relation, rows_written
FROM drift.simulate('sample_24', 'pg_temp.current', '{"columns": {"mean radius": {"add_normal": [2, 1]}}}', seed => 24);
SELECT * FROM drift.detect_drift('reference', 'current');

\echo
\echo '3. Column by column, the largest effect first'
\echo

CREATE TEMPORARY TABLE comparison AS SELECT * FROM drift.compare('reference', 'current');

SELECT column_name AS "column", method, round(statistic::numeric, 4) AS statistic, round(p_value::numeric, 6) AS "p-value",
	round(p_value_corrected::numeric, 6) AS corrected, round(psi::numeric, 3) AS psi, round(effect::numeric, 3) AS effect,
	round(effect_low::numeric, 3) AS "at least", severity, drifted
FROM comparison
ORDER BY effect DESC, column_name
LIMIT 10;

\echo
\echo '4. What happened to it, and what to do'
\echo

\x on
SELECT column_name, severity_text, action_text, explanation FROM comparison WHERE drifted;
\x off

\echo '5. Where the rows of "mean radius" went: # is a share of 2 % of the reference, * of the current sample'
\echo

SELECT label AS "mean radius", n_reference AS reference, n_current AS current, round(psi_contribution::numeric, 3) AS "part of PSI",
	rpad(repeat('#', round(50 * share_reference)::integer), 8) || ' | ' || repeat('*', round(50 * share_current)::integer) AS "shares"
FROM drift.histogram('reference', 'current', 'mean radius')
ORDER BY bin;

\echo
\echo '6. The same comparison by the thresholds of other places: how many of the 31 columns alarm, and whether the data set does'
\echo

SELECT name AS thresholds, cardinality(drifted_features) AS drifted, round(drift_score::numeric, 3) AS drift_score, drift_detected
FROM drift.thresholds, drift.detect_drift('reference', 'current', thresholds => name)
WHERE built_in
ORDER BY drifted, name;

\set source `cat test/demo/bank_calls.sql`
\set calls `cat test/demo/bank_calls.json`
\set half_year `cat test/demo/bank_marketing.json`

\echo
\echo '7. A year of a bank''s calls to its customers, made up: 20,000 rows, a fifth of them to cellular phones'
\echo

SELECT relation, rows_written FROM drift.simulate(:'source', 'pg_temp.bank_calls', :'calls', 20000);
SELECT round(avg(age), 1) AS age, round(avg((contact = 'cellular')::integer), 3) AS cellular, round(avg(euribor3m)::numeric, 2) AS euribor3m,
	round(avg(y), 3) AS "yes rate"
FROM bank_calls;

\echo
\echo '8. Six months later, 5,000 calls: age + 2 years, cellular 20 to 35 %, a rise of the interest rate, prices, the season'
\echo

SELECT relation, rows_written FROM drift.simulate('bank_calls', 'pg_temp.half_year', :'half_year', 5000);
SELECT to_char(called_at, 'YYYY-MM') AS month, count(*) AS calls, round(avg(age), 1) AS age, round(avg((contact = 'cellular')::integer), 3) AS cellular,
	round(avg(euribor3m)::numeric, 2) AS euribor3m, round(avg(y), 3) AS "yes rate"
FROM half_year
GROUP BY 1
ORDER BY 1;

\echo
\echo '9. What drift says of it, month by month and of all six: the drift score was to be 20 to 40 %'
\echo

WITH feature AS (
	SELECT array_agg(column_name) AS names FROM drift.query_columns('bank_calls')
), span AS (
	SELECT to_char(m, 'YYYY-MM') AS month, format('called_at >= %L AND called_at < %L', m, m + interval '1 month') AS condition
	FROM generate_series(timestamp '2026-03-01', '2026-08-01', '1 month') AS m
	UNION ALL
	SELECT 'all six', 'true'
)
SELECT month, to_char(100 * drift_score, 'FM990 %') AS "drift score", drifted_features
FROM feature, span, drift.detect_drift('bank_calls', 'SELECT * FROM half_year WHERE ' || condition, names);

\set first_model `cat test/data/breast_cancer.xgboost.json`
\set second_model `cat test/demo/texture.json`

\echo
\echo '10. Two versions of a model: one of XGBoost that answers, and one that somebody fitted to two columns only'
\echo

CREATE TEMPORARY TABLE tumours AS
	SELECT row_number() OVER () AS patient, "mean radius" AS mean_radius, "mean texture" AS mean_texture, "worst area" AS worst_area,
		"worst smoothness" AS worst_smoothness, "worst concave points" AS worst_concave_points, target
	FROM breast_cancer;

SELECT model_id, name, owner FROM drift.register_model('tumours', 'Is a tumour benign?');
SELECT drift.add_version('tumours', drift.import_model('xgboost', :'first_model'), tags => '{"trained by": "XGBoost"}') AS version;
SELECT drift.add_version('tumours', drift.import_model('json', :'second_model'), tags => '{"trained by": "somebody"}') AS version;
SELECT message, rollback_sql FROM drift.deploy('tumours', 1, reason => 'first version');
SELECT log, outcomes FROM drift.create_prediction_log('tumours');

\echo
\echo '11. The second version gets a fifth of the patients; every prediction is logged with the version that made it'
\echo

SELECT message, rollback_sql
FROM drift.deploy('tumours', 2, 'canary', '{"weights": [20, 50, 100], "salt": "demo"}', reason => 'fewer measurements to take');
SELECT bucket, arm, model_version FROM drift.explain_route('tumours', 'patient 1');

CREATE TEMPORARY TABLE answers AS
	SELECT t.patient, t.target, p.*
	FROM tumours AS t, drift.predict('tumours', to_jsonb(t), 'patient ' || t.patient) AS p;
SELECT * FROM drift.predict('tumours', (SELECT to_jsonb(t) FROM tumours AS t WHERE patient = 1), 'patient 1', log => false);
SELECT arm, model_version, count(*) AS predictions, round(avg(score)::numeric, 3) AS "mean score" FROM tumours_log GROUP BY 1, 2 ORDER BY 1;

\echo
\echo '12. Weeks later it is known which tumours were benign. Both versions are asked again about all of them and compared'
\echo

SELECT count(*) AS outcomes FROM answers AS a, drift.record_outcome(a.prediction_id, a.target);
SELECT arm, count(*) AS labelled, round(avg((label = actual)::integer), 3) AS accuracy FROM tumours_log_labelled GROUP BY 1 ORDER BY 1;

CREATE TEMPORARY TABLE look AS SELECT * FROM drift.advance('tumours');
SELECT term, value->>'verdict' AS verdict, value->>'text' AS "what was seen" FROM look, jsonb_each(terms) AS t (term, value) ORDER BY 2, 1;
SELECT verdict, action, status FROM look;

\echo
\echo '13. The route is that of before, and who was the champion when, and why, can be asked for ever'
\echo

SELECT version, status, finished_at IS NOT NULL AS finished, started_by, reason FROM drift.deployments ORDER BY deployment_id;
SELECT event, version, alias, actor, left(reason, 40) AS reason FROM drift.model_events ORDER BY event_id;
SELECT drift.version_at('tumours', happened_at) AS "champion during the canary", drift.version_at('tumours', clock_timestamp()) AS "champion now"
FROM drift.model_events
WHERE alias = 'challenger' AND event = 'alias_set';

\set bank_model `cat test/demo/bank.json`
\set second_bank_model `cat test/demo/bank_second.json`
\set live `cat test/demo/bank_live.json`

\echo
\echo '14. The bank registers the model that says who will agree, accepts the year of calls as its baseline, and watches its log'
\echo

SELECT model_id, name FROM drift.register_model('bank', 'Will the customer say yes?');
SELECT drift.add_version('bank', drift.import_model('json', :'bank_model')) AS version;
SELECT message FROM drift.deploy('bank', 1, reason => 'first version');
SELECT log, outcomes FROM drift.create_prediction_log('bank', source => 'bank_calls', days_back => 300);

CREATE TEMPORARY VIEW scored_calls AS
	SELECT c.*, drift.score_row(v.model, c) AS score, drift.score_label_row(v.model, c) AS label
	FROM bank_calls AS c, LATERAL (SELECT drift.get_model('bank') AS model) AS v;
SELECT name, version, row_count FROM drift.create_baseline('bank', 'scored_calls', model => 'bank', model_version => 1, origin => 'held_out');
SELECT name, source_kind, tracking, bucket, span, reference
FROM drift.create_monitor('bank', model => 'bank', baseline => 'bank', bucket => 'day', span => '7 days',
	config => '{"monitoring": {"max_history_days": 365}}');
SELECT method, task, n FROM drift.fit_estimator('bank', 'SELECT score, label, y AS actual FROM scored_calls', 1);
SELECT task, cron FROM drift.schedule_model('bank', 'daily', runner => 'run_due');

\echo
\echo '15. Six months go by, 200 calls a day. At night the schedule asks what changed; the truth comes two weeks after the call'
\echo

SELECT relation, rows_written FROM drift.simulate('bank_calls', 'pg_temp.calls', :'live', 36800);
CREATE TEMPORARY TABLE live AS
	SELECT drift.make_prediction_id('bank', c.called_at AT TIME ZONE 'UTC') AS prediction_id, c.called_at AT TIME ZONE 'UTC' AS predicted_at,
		drift.score_row(m.model, c) AS score, drift.score_label_row(m.model, c) AS label, c.*
	FROM calls AS c, LATERAL (SELECT drift.get_model('bank') AS model) AS m;

DO $$
DECLARE
	night timestamptz;
	job integer;
	due timestamptz;
BEGIN
	FOR night IN SELECT d AT TIME ZONE 'UTC' FROM generate_series(timestamp '2026-03-02', '2026-09-01', '1 day') AS d LOOP
		INSERT INTO bank_log (prediction_id, predicted_at, model_version, score, label, age, job, marital, education, housing, loan,
			contact, campaign, previous, euribor3m)
		SELECT l.prediction_id, l.predicted_at, 1, l.score, l.label, l.age, l.job, l.marital, l.education, l.housing, l.loan,
			l.contact, l.campaign, l.previous, l.euribor3m
		FROM live AS l
		WHERE l.predicted_at >= night - interval '1 day' AND l.predicted_at < night;
		PERFORM drift.record_outcomes('bank', format('SELECT prediction_id, y AS actual FROM pg_temp.live
			WHERE predicted_at >= %1$L::timestamptz - interval ''15 days'' AND predicted_at < %1$L::timestamptz - interval ''14 days''', night));
		COMMIT;

		FOR job, due IN
			SELECT s.schedule_id, drift.next_time(s.cron, night) FROM drift.schedules AS s WHERE s.task = 'cycle'
		LOOP
			IF due < night + interval '1 day' THEN
				PERFORM drift.run_schedule(job, due);
				COMMIT;
			END IF;
		END LOOP;
	END LOOP;
END $$;

\echo
\echo '16. What was decided, night by night: a line whenever it changed'
\echo

SELECT to_char(d.as_of, 'YYYY-MM-DD') AS night, d.data_verdict AS data, d.performance_verdict AS performance, d.action, d.strategy,
	array_to_string(c.drifted_features, ', ') AS "drifted features", c.n_current AS calls
FROM (SELECT *, lag((action, data_verdict, performance_verdict)) OVER (ORDER BY as_of) AS before FROM drift.decisions) AS d
JOIN drift.checks AS c USING (check_id)
WHERE d.before IS DISTINCT FROM (d.action, d.data_verdict, d.performance_verdict)
ORDER BY d.as_of;

\echo
\echo '17. The alerts of the half year, and what drives the last check'
\echo

SELECT kind, severity, status, to_char(raised_at, 'YYYY-MM-DD') AS raised, title FROM drift.alerts WHERE monitor_id IS NOT NULL ORDER BY alert_id;
SELECT e.rank, e.feature, e.bin, to_char(100 * e.share_reference, 'FM990.0 %') AS reference, to_char(100 * e.share_current, 'FM990.0 %') AS current,
	round(e.contribution::numeric, 3) AS "adds to PSI"
FROM drift.latest_check AS c, drift.explain_check(c.check_id, 'contact') AS e
WHERE c.monitor = 'bank' AND e.part = 'bin'
ORDER BY e.rank;

\echo
\echo '18. How good the model was: what could be told on the day, and what was true, known two weeks later'
\echo

SELECT to_char(c.as_of, 'YYYY-MM-DD') AS night, m.kind, m.metric, m.n AS calls, round(m.value::numeric, 3) AS value,
	format('%s to %s', round(m.value_low::numeric, 3), round(m.value_high::numeric, 3)) AS interval, m.severity, array_to_string(m.findings, ', ') AS findings
FROM drift.check_metrics AS m
JOIN drift.checks AS c USING (check_id)
WHERE m.metric = 'roc_auc' AND c.as_of::date IN ('2026-04-01', '2026-05-01', '2026-06-01', '2026-07-01', '2026-08-01', '2026-09-01')
ORDER BY m.kind DESC, c.as_of;

\echo
\echo '19. Was it other customers, or do the same customers decide otherwise?'
\echo

SELECT column_name, role, severity, round(effect::numeric, 3) AS effect, explanation
FROM drift.concept_drift('scored_calls', 'SELECT * FROM live WHERE called_at >= ''2026-07-15''', 'y', score => 'score',
	columns => ARRAY['age', 'job', 'marital', 'education', 'housing', 'loan', 'contact', 'campaign', 'previous', 'euribor3m'])
WHERE severity IN ('warning', 'critical')
ORDER BY effect DESC;

\echo
\echo '20. A second version, fitted to July, which knows that the interest rate tells nothing any more: is it better on August?'
\echo

SELECT drift.add_version('bank', drift.import_model('json', :'second_bank_model')) AS version;
SELECT verdict, deploy, metric, n, round(champion::numeric, 4) AS champion, round(challenger::numeric, 4) AS challenger,
	p_value < 0.001 AS "p < 0.001", to_char(100 * improvement, 'FM990 %') AS improvement
FROM drift.evaluate_challenger('bank', 2, from_time => '2026-08-01 00:00+00',
	options => '{"metric": "log_loss", "improvement": "relative"}');

\pset format unaligned
\pset tuples_only on
\o :json
SELECT jsonb_pretty(drift.report_json('reference', 'current'));
\o
\pset tuples_only off
\pset format aligned
\echo
\echo 'The whole comparison is written as JSON to' :json
