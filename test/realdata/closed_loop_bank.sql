-- The calls of a bank, month by month, answered by four models: one that is never trained again, one that is each month,
-- one for each 1,000 outcomes, and the one that drift.run_cycle() keeps. Prints TAP, and the figures of docs/closed_loop.md.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
SET TimeZone = 'UTC';

CREATE TABLE call (
	period text, age int, job text, marital text, education text, "default" text, housing text, loan text, contact text, month text,
	day_of_week text, duration int, campaign int, pdays int, previous int, "emp.var.rate" float8, "cons.price.idx" float8,
	"cons.conf.idx" float8, euribor3m float8, "nr.employed" float8, y int);
\copy call FROM PROGRAM 'cat "$DRIFT_DATA/bank_marketing.csv"' WITH (FORMAT csv, HEADER)
ALTER TABLE call ADD id int GENERATED ALWAYS AS IDENTITY;

-- The file's order is that of the calls; each month's are spread over 27 days of it. The customer decides two weeks later.
-- How long a call took is not known before it.
CREATE TABLE rows_of_calls AS
SELECT c.id, c.period, p.called_at, p.called_at + interval '14 days' AS known_at,
	c.age, c.job, c.marital, c.education, c."default", c.housing, c.loan, c.contact, c.month, c.day_of_week, c.campaign, c.pdays, c.previous,
	c."emp.var.rate", c."cons.price.idx", c."cons.conf.idx", c.euribor3m, c."nr.employed", CASE c.y WHEN 1 THEN 'yes' ELSE 'no' END AS answer
FROM call AS c
JOIN (
	SELECT id, (period || '-01')::date::timestamptz
		+ (row_number() OVER (PARTITION BY period ORDER BY id) - 1) * interval '27 days' / count(*) OVER (PARTITION BY period) AS called_at
	FROM call) AS p USING (id);
CREATE INDEX ON rows_of_calls (called_at);
CREATE INDEX ON rows_of_calls (known_at);
CREATE UNIQUE INDEX ON rows_of_calls ((id::text));
ANALYZE rows_of_calls;

-- The customer, the contact and the economy: all that is known when the phone is taken up.
CREATE FUNCTION features() RETURNS text[] LANGUAGE sql IMMUTABLE
	RETURN '{age,job,marital,education,default,housing,loan,contact,month,day_of_week,campaign,pdays,previous,emp.var.rate,cons.price.idx,cons.conf.idx,euribor3m,nr.employed}'::text[];
CREATE FUNCTION feature_list() RETURNS text LANGUAGE sql IMMUTABLE
	RETURN (SELECT string_agg(quote_ident(f), ', ') FROM unnest(features()) AS f);
-- The same algorithm with the same parameters in every arm.
CREATE FUNCTION parameters() RETURNS jsonb LANGUAGE sql IMMUTABLE
	RETURN '{"n_estimators": 100, "max_depth": 3, "learning_rate": 0.1, "seed": 42}'::jsonb;
CREATE FUNCTION train_until(known_by timestamptz) RETURNS drift.model LANGUAGE sql
	RETURN drift.train(format('SELECT %s, answer FROM rows_of_calls WHERE known_at <= %L', feature_list(), known_by), 'answer', 'gradient_boosting', parameters());

CREATE TABLE arm (model text, name text, artefact drift.model, trained_on bigint, retrained integer DEFAULT 0, PRIMARY KEY (model, name));
CREATE TABLE answer (model text, arm text, id integer, score float8, PRIMARY KEY (model, arm, id));
CREATE TABLE cycle (model text, as_of timestamptz, result jsonb);

-- Trains an arm again on all rows whose outcome is known, if there are so many more than last time.
CREATE PROCEDURE retrain_arm(of_model text, of_arm text, as_of timestamptz, least_rows bigint) LANGUAGE plpgsql AS $$
DECLARE
	known CONSTANT bigint := (SELECT count(*) FROM rows_of_calls WHERE known_at <= as_of);
BEGIN
	UPDATE arm SET artefact = train_until(as_of), trained_on = known, retrained = retrained + 1
	WHERE model = of_model AND name = of_arm AND known - trained_on >= least_rows;
END $$;

CREATE PROCEDURE answer_month(of_model text, from_time timestamptz, to_time timestamptz) LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO answer
	SELECT a.model, a.name, r.id, drift.score_row(a.artefact, r)
	FROM arm AS a, rows_of_calls AS r
	WHERE a.model = of_model AND r.called_at >= from_time AND r.called_at < to_time;

	EXECUTE format($query$
		INSERT INTO %1$I (prediction_id, predicted_at, model_version, entity_key, score, label, %2$s)
		SELECT drift.make_prediction_id(%3$L, called_at), called_at, drift.version_at(%3$L), id, score, CASE WHEN score >= 0.5 THEN 'yes' ELSE 'no' END, %2$s
		FROM rows_of_calls AS r, LATERAL (SELECT drift.score_row(%3$L, r) AS score) AS s
		WHERE called_at >= %4$L AND called_at < %5$L$query$, of_model || '_log', feature_list(), of_model, from_time, to_time);
	EXECUTE format('INSERT INTO answer SELECT %L, ''loop'', entity_key::integer, score FROM %I WHERE predicted_at >= %L AND predicted_at < %L',
		of_model, of_model || '_log', from_time, to_time);
END $$;

-- What became known since last month.
CREATE PROCEDURE record_month(of_model text, as_of timestamptz) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM drift.record_outcomes(of_model, format('SELECT l.prediction_id, r.answer AS actual, r.known_at AS observed_at
		FROM %1$I AS l JOIN rows_of_calls AS r ON r.id::text = l.entity_key
		WHERE r.known_at > %2$L::timestamptz - interval ''1 month'' AND r.known_at <= %2$L AND l.predicted_at > %2$L::timestamptz - interval ''3 months''',
		of_model || '_log', as_of));
END $$;

-- The first version knows the calls until a month, like every arm.
CREATE PROCEDURE begin_model(of_model text, first_until timestamptz) LANGUAGE plpgsql AS $$
DECLARE
	first_rows CONSTANT text := format('SELECT %s, answer, called_at FROM rows_of_calls WHERE called_at < %L', feature_list(), first_until);
	first_model CONSTANT drift.model := drift.train(format('SELECT %s, answer FROM rows_of_calls WHERE called_at < %L', feature_list(), first_until),
		'answer', 'gradient_boosting', parameters());
BEGIN
	INSERT INTO arm (model, name, artefact, trained_on)
	SELECT of_model, n, first_model, (SELECT count(*) FROM rows_of_calls WHERE called_at < first_until)
	FROM unnest('{never,every month,every 1000 rows}'::text[]) AS n;

	PERFORM drift.register_model(of_model, 'Will the customer take the deposit?');
	PERFORM drift.add_version(of_model, first_model, training => drift.training_snapshot(first_rows, 'called_at'));
	PERFORM drift.promote(of_model, 1);
	PERFORM drift.create_prediction_log(of_model, 'public.' || of_model || '_log', days_ahead => 1);
	PERFORM drift.create_baseline(of_model, format('SELECT %s FROM rows_of_calls WHERE called_at < %L', feature_list(), first_until), of_model, 1, 'training');
	PERFORM drift.create_monitor(of_model, NULL, of_model, baseline => of_model, bucket => 'day', span => '1 month');
	PERFORM drift.set_training(of_model, 'answer', 'SELECT * FROM rows_of_calls', 'called_at', features => features(), labelled_column => 'known_at',
		candidates => jsonb_build_array(jsonb_build_object('algorithm', 'gradient_boosting', 'params', parameters())), options => '{"embargo": "0 days"}');
	PERFORM drift.load_config('{"monitoring": {"drift_check_samples": 100}, "drift_detection": {"high_drift_threshold": 1},
		"deployment": {"strategy": "blue_green"}}', of_model);
END $$;

CREATE PROCEDURE live(of_model text, first_until timestamptz) LANGUAGE plpgsql AS $$
DECLARE
	month timestamptz;
	result jsonb;
BEGIN
	CALL begin_model(of_model, first_until);
	COMMIT;
	FOR month IN SELECT generate_series(first_until, '2010-11-01'::timestamptz, '1 month') LOOP
		CALL record_month(of_model, month);
		COMMIT;
		CALL drift.run_cycle(of_model, result, month);
		COMMIT;
		INSERT INTO cycle VALUES (of_model, month, result);
		CALL retrain_arm(of_model, 'every month', month, 1);
		CALL retrain_arm(of_model, 'every 1000 rows', month, 1000);
		CALL answer_month(of_model, month, month + interval '1 month');
		COMMIT;
	END LOOP;
END $$;

CALL live('bank', '2008-09-01');
CALL live('bank_later', '2009-06-01');

CREATE TABLE month AS
SELECT a.model, a.arm, r.period, count(*) AS n, drift.log_loss(a.score, r.answer = 'yes') AS loss,
	CASE WHEN count(*) >= 100 THEN drift.roc_auc(a.score, r.answer = 'yes') END AS area
FROM answer AS a JOIN rows_of_calls AS r USING (id)
GROUP BY 1, 2, 3;

-- Months are drawn again, not calls: those of a month have the same economy.
CREATE TABLE figure AS
SELECT m.model, m.arm, avg(m.loss) AS loss, avg(m.area) AS area, p.pooled, drift.bootstrap_test(o.loss, m.loss, 9999) AS loss_gain, drift.bootstrap_test(m.area, o.area, 9999) AS area_gain,
	CASE m.arm WHEN 'loop' THEN (SELECT count(*) FROM drift.training_runs AS r JOIN drift.models AS k USING (model_id) WHERE k.name = m.model)
		ELSE (SELECT a.retrained FROM arm AS a WHERE a.model = m.model AND a.name = m.arm) END AS trainings
FROM month AS m
JOIN month AS o ON o.model = m.model AND o.period = m.period AND o.arm = 'never'
JOIN (SELECT a.model, a.arm, drift.log_loss(a.score, r.answer = 'yes') AS pooled FROM answer AS a JOIN rows_of_calls AS r USING (id) GROUP BY 1, 2) AS p
	ON p.model = m.model AND p.arm = m.arm
GROUP BY 1, 2, p.pooled;

CREATE TABLE verdict (id int GENERATED ALWAYS AS IDENTITY, passed boolean, description text);
INSERT INTO verdict (passed, description)
SELECT (l.loss_gain).percentile_low > 0, format('the loop beats never: log loss %s against %s by the month, 95 %% of the gain from %s to %s',
	round(l.loss::numeric, 3), round(n.loss::numeric, 3), round((l.loss_gain).percentile_low::numeric, 3), round((l.loss_gain).percentile_high::numeric, 3))
FROM figure AS l JOIN figure AS n USING (model) WHERE model = 'bank' AND l.arm = 'loop' AND n.arm = 'never';
INSERT INTO verdict (passed, description)
SELECT l.area - n.area >= 0.05, format('and orders better: AUC %s against %s, 95 %% of the gain from %s to %s', round(l.area::numeric, 3), round(n.area::numeric, 3),
	round((l.area_gain).percentile_low::numeric, 3), round((l.area_gain).percentile_high::numeric, 3))
FROM figure AS l JOIN figure AS n USING (model) WHERE model = 'bank' AND l.arm = 'loop' AND n.arm = 'never';
INSERT INTO verdict (passed, description)
SELECT l.loss - n.loss <= 0.03, format('it is %s log loss behind training for each 1,000 outcomes', round((l.loss - n.loss)::numeric, 3))
FROM figure AS l JOIN figure AS n USING (model) WHERE model = 'bank' AND l.arm = 'loop' AND n.arm = 'every 1000 rows';
INSERT INTO verdict (passed, description)
SELECT trainings BETWEEN 1 AND 10, format('and trained %s times, for %s new versions', trainings, (
	SELECT count(*) FROM drift.training_runs AS r JOIN drift.models AS m USING (model_id) WHERE m.name = 'bank' AND r.status = 'succeeded'))
FROM figure WHERE model = 'bank' AND arm = 'loop';
INSERT INTO verdict (passed, description)
SELECT bool_and(result->>'status' <> 'error') AND count(*) = 27 + 18, format('%s cycles, none failed', count(*)) FROM cycle;
INSERT INTO verdict (passed, description)
SELECT bool_and(e.n_rows = 0), 'no training row had an outcome that was not known yet'
FROM drift.training_runs AS t,
	LATERAL (SELECT count(*) FILTER (WHERE r.known_at > t.as_of) AS n_rows FROM rows_of_calls AS r
		WHERE r.called_at <= (t.snapshot->>'to')::timestamptz AND r.called_at > t.as_of) AS e;
-- The later first span is told whatever it says; that nothing is lost is all that is demanded.
INSERT INTO verdict (passed, description)
SELECT (l.loss_gain).percentile_high > 0, format('a first span of ten months: log loss %s against %s of never, 95 %% of the gain from %s to %s; AUC %s against %s, %s to %s; trained %s times',
	round(l.loss::numeric, 3), round(n.loss::numeric, 3), round((l.loss_gain).percentile_low::numeric, 3), round((l.loss_gain).percentile_high::numeric, 3),
	round(l.area::numeric, 3), round(n.area::numeric, 3), round((l.area_gain).percentile_low::numeric, 3), round((l.area_gain).percentile_high::numeric, 3), l.trainings)
FROM figure AS l JOIN figure AS n USING (model) WHERE model = 'bank_later' AND l.arm = 'loop' AND n.arm = 'never';

SELECT format('%s %s - %s', CASE WHEN passed THEN 'ok' ELSE 'not ok' END, id, description) FROM verdict ORDER BY id;
SELECT format('1..%s', count(*)) FROM verdict;

SELECT format('# %s, %s: log loss %s by the month (gain %s to %s), %s pooled; AUC %s (gain %s to %s); trained %s times', model, arm, round(loss::numeric, 3),
	round((loss_gain).percentile_low::numeric, 3), round((loss_gain).percentile_high::numeric, 3), round(pooled::numeric, 3), round(area::numeric, 3),
	round((area_gain).percentile_low::numeric, 3), round((area_gain).percentile_high::numeric, 3), trainings)
FROM figure ORDER BY model, loss DESC;
SELECT format('# %s, run of %s: %s, %s, %s', m.name, r.as_of::date, r.strategy, r.status, coalesce(r.reason, r.error))
FROM drift.training_runs AS r JOIN drift.models AS m USING (model_id) ORDER BY r.run_id;
