-- The closed loop: half a year in which the world changes, and nobody does anything but once, wrongly.
--
-- A lender asks a model which applications will default. The truth comes two weeks later. The clock of this cluster
-- is moved on by the loop below; at night drift.run_cycle() does what is to be done, as a job of pg_cron would.
--
-- Needs -v clock= the file of the clock.

SET client_min_messages = warning;
\pset footer off
\pset linestyle ascii
\pset border 1

SELECT setseed(0.42) \g /dev/null

-- In May the lender opens a shop on the web: its customers are younger, ask for more, and default for reasons of their own.
CREATE FUNCTION applications(from_day date, to_day date, per_day integer, web_share float8)
	RETURNS TABLE (id bigint, applied_at timestamptz, age float8, income float8, amount float8, job text, channel text, default_in_year boolean)
	LANGUAGE sql
AS $$
	SELECT row_number() OVER (ORDER BY a.applied_at) + 1000000 * (from_day - date '2025-01-01'), a.applied_at, round(a.age), round(a.income), round(a.amount), a.job, a.channel,
		random() < 1 / (1 + exp(-(CASE a.channel
			WHEN 'branch' THEN -1.6 + 2.5 * (a.amount / a.income - 0.35) - 0.03 * (a.age - 42) + CASE a.job WHEN 'none' THEN 1.1 WHEN 'self-employed' THEN 0.5 ELSE 0 END
			ELSE -0.9 + 0.6 * (a.amount / a.income - 0.35) + 0.07 * (a.age - 32) + CASE a.job WHEN 'employed' THEN 0.9 WHEN 'none' THEN -0.6 ELSE 0 END END)))
	FROM (
		SELECT d + random() * interval '20 hours' AS applied_at, c.channel, j.job,
			greatest(18, CASE c.channel WHEN 'web' THEN 32 ELSE 42 END + 11 * (random() + random() + random() + random() - 2) * 1.7) AS age,
			1000 * exp(3.6 + 0.6 * (random() + random() + random() - 1.5)) AS income,
			1000 * exp(2.4 + CASE c.channel WHEN 'web' THEN 0.3 ELSE 0 END + 0.7 * (random() + random() + random() - 1.5)) AS amount
		FROM generate_series(from_day::timestamptz, to_day::timestamptz - interval '1 day', '1 day') AS d, generate_series(1, per_day) AS i,
			LATERAL (SELECT CASE WHEN random() < web_share THEN 'web' ELSE 'branch' END AS channel WHERE i > 0) AS c,
			LATERAL (SELECT (ARRAY['employed', 'employed', 'employed', 'self-employed', 'none'])[1 + floor(5 * random())::integer] AS job WHERE i > 0) AS j
	) AS a
$$;

CREATE TABLE loans AS SELECT * FROM applications('2025-10-16', '2026-02-15', 150, 0.03);
CREATE TABLE arriving AS
	SELECT * FROM applications('2026-03-01', '2026-05-01', 120, 0.03)
	UNION ALL SELECT * FROM applications('2026-05-01', '2026-09-01', 120, 0.55);
CREATE INDEX ON arriving (applied_at);

CREATE PROCEDURE set_clock(at timestamptz, clock text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('COPY (SELECT %L) TO %L', to_char(at AT TIME ZONE 'UTC', '"@"YYYY-MM-DD HH24:MI:SS'), clock);
	COMMIT;
END $$;

-- In the evening the day's applications are answered and what became true two weeks ago is recorded; at night comes the cycle.
CREATE PROCEDURE live(from_day date, to_day date, clock text) LANGUAGE plpgsql AS $$
DECLARE
	day timestamptz;
	result jsonb;
BEGIN
	FOR day IN SELECT d FROM generate_series(from_day::timestamptz, to_day::timestamptz - interval '1 day', '1 day') AS d LOOP
		CALL set_clock(day + interval '20 hours', clock);
		PERFORM drift.predict_batch('loans', format('SELECT id, age, income, amount, job, channel FROM arriving
			WHERE applied_at >= %1$L AND applied_at < %1$L::timestamptz + interval ''1 day''', day), 'id');
		PERFORM drift.record_outcomes('loans', format('SELECT l.prediction_id, a.default_in_year AS actual
			FROM loans_log AS l JOIN arriving AS a ON a.id::text = l.entity_key
			WHERE l.shadow_of IS NULL AND l.predicted_at >= %1$L::timestamptz - interval ''14 days'' AND l.predicted_at < %1$L::timestamptz - interval ''13 days''', day));
		CALL set_clock(day + interval '26 hours', clock);
		CALL drift.run_cycle('loans', result);
		COMMIT;
	END LOOP;
END $$;

\echo '24. A model trained in the database on four months of loans, and watched'
\echo

SELECT model_id, name FROM drift.register_model('loans', 'Who will default within a year?');
CREATE VIEW known AS SELECT age, income, amount, job, channel, default_in_year, applied_at FROM loans WHERE applied_at < '2026-01-20';
SELECT drift.add_version('loans', drift.train('SELECT * FROM known', 'default_in_year', 'logistic', '{"exclude": ["applied_at"]}'),
	training => drift.training_snapshot('known', 'applied_at')) AS version;
SELECT message FROM drift.deploy('loans', 1, reason => 'the first one');
SELECT log, outcomes FROM drift.create_prediction_log('loans', source => 'SELECT age, income, amount, job, channel FROM loans');

CREATE VIEW held_out AS
	SELECT l.*, drift.score_row('loans', l) AS score, drift.score_label_row('loans', l) AS label FROM loans AS l WHERE applied_at >= '2026-01-20';
SELECT name, version, row_count FROM drift.create_baseline('loans', 'SELECT age, income, amount, job, channel, score, label, default_in_year AS actual FROM held_out',
	model => 'loans', model_version => 1, origin => 'held_out');
SELECT name, bucket, span FROM drift.create_monitor('loans', model => 'loans', baseline => 'loans', bucket => 'day', span => '14 days',
	config => '{"monitoring": {"max_history_days": 365}}');

\echo
\echo '25. What it may do by itself: train on what came true, compare, try the better one on a tenth, then a half, then all'
\echo

SELECT label, source_kind FROM drift.set_training('loans', options => '{"embargo": "14 days"}');
-- A model of the new world answers otherwise than that of the old; with a salt the same people get each new version, on every machine.
SELECT jsonb_pretty(config) AS config FROM drift.load_config('{"deployment": {"strategy": "canary",
	"options": {"salt": "demo", "analysis": {"min_duration": "2 days", "max_score_distance": 0.5}}}}', 'loans');

\echo
\echo '26. Four and a half months go by'
\echo

CALL live('2026-03-01', '2026-07-15', :'clock');

\echo
\echo '27. Somebody is in a hurry: a version of his own, trained on the right rows with the labels the wrong way round'
\echo

SELECT drift.add_version('loans', drift.train('SELECT age, income, amount, job, channel, NOT default_in_year AS default_in_year
	FROM arriving WHERE applied_at < ''2026-07-01''', 'default_in_year', 'logistic'), description => 'quick fix') AS version \gset
-- Ids of predictions are random, and so are the rows that a run holds out: another canary may be under way by now.
SELECT c.message FROM drift.rollout_status AS d, drift.complete(d.model, 'no time to wait') AS c WHERE d.model = 'loans' AND d.status = 'running';
SELECT message FROM drift.deploy('loans', :version, 'canary', reason => 'a quick fix');
CALL live('2026-07-15', '2026-09-01', :'clock');

\echo
\echo '28. What happened, as the tables tell it'
\echo

\pset format wrapped
\pset columns 150
SELECT to_char(at, 'MM-DD') AS day, kind, text FROM drift.timeline('loans', '2026-03-01') WHERE kind <> 'decision' OR text LIKE 'retrain%';

\echo
\echo '29. Was it worth it? What each version said about the summer, of which the truth is known by now'
\echo

\pset format aligned
SELECT v.version, count(*) AS applications, round(drift.log_loss(s.score, a.default_in_year)::numeric, 3) AS log_loss,
	round(drift.roc_auc(s.score, a.default_in_year)::numeric, 3) AS roc_auc
FROM drift.alias_history AS v, arriving AS a, LATERAL (SELECT drift.score_row(drift.get_model('loans/' || v.version), a) AS score) AS s
WHERE v.model = 'loans' AND v.alias = 'champion' AND a.applied_at BETWEEN '2026-08-21' AND '2026-08-31'
GROUP BY v.version
ORDER BY v.version;
