-- Decisions after checks: rules, indicators, the strategy tree, triggers; data and performance apart; everything that fired is told.
BEGIN;
SELECT plan(76);

CREATE ROLE decision_owner LOGIN;
CREATE ROLE decision_operator LOGIN;
CREATE ROLE decision_reader LOGIN;
CREATE ROLE decision_outsider LOGIN;
\ir ../lib/as_login.sql

SELECT model_id AS model FROM drift.register_model('Ünï "m"', owner => 'decision_owner') \gset
SELECT drift.grant_privilege('Ünï "m"', 'decision_reader', 'read'), drift.grant_privilege('Ünï "m"', 'decision_operator', 'operate') \g /dev/null
INSERT INTO drift.monitors (name, owner, model_id, source_kind, query, path, time_column, tracking, bucket, span, reference, created_by)
SELECT name, 'decision_owner', CASE WHEN name <> 'free' THEN :model END, 'query', 'SELECT 1', 'public', 't', 'recompute', 'hour', '1 day', 'previous', 'x'
FROM unnest('{first,second,free}'::text[]) AS name;

CREATE FUNCTION pg_temp.day(n numeric) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2024-03-01 00:00 UTC' + n * interval '1 day' $$;
-- A check with the severities of two features, what else it says, and the mean errors before and now.
CREATE FUNCTION pg_temp.checked(n numeric, severities text[], says jsonb DEFAULT '{}', errors float8[] DEFAULT NULL, monitor text DEFAULT 'first',
	config jsonb DEFAULT '{}') RETURNS bigint LANGUAGE sql AS $$
	WITH row AS (
		SELECT jsonb_populate_record(NULL::drift.checks, jsonb_build_object('monitor_id', m.monitor_id, 'model_id', m.model_id, 'as_of', pg_temp.day(n),
			'current_span', tstzrange(pg_temp.day(n - 1), pg_temp.day(n)), 'revision', 1, 'status', 'ok', 'n_features', 10, 'n_current', 5000,
			'drift_detected', severities && '{warning,critical}', 'drift_share', 0.1, 'drift_score', 0.1, 'drifted_features', '{age}'::text[], 'findings', '{}'::text[],
			'config', drift_internal.merge_config(drift_internal.monitor_config(m), checked.config), 'checked_at', now(), 'checked_by', 'x',
			'check_id', nextval('drift.checks_check_id_seq')) || says) AS r
		FROM drift.monitors AS m WHERE m.name = monitor
	), found AS (
		INSERT INTO drift.checks OVERRIDING SYSTEM VALUE SELECT (r).* FROM row RETURNING check_id
	), features AS (
		INSERT INTO drift.check_features (check_id, segment, role, column_name, severity, drifted, psi)
		SELECT check_id, '', 'feature', 'f' || o, s, s IN ('warning', 'critical'), 0.15 FROM found, unnest(severities) WITH ORDINALITY AS u (s, o)
	), error AS (
		INSERT INTO drift.check_metrics (check_id, kind, metric, span, n, value, reference, loss, severity)
		SELECT check_id, 'realised', 'mean_error', tstzrange(pg_temp.day(n - 1), pg_temp.day(n)), 5000, errors[2], errors[1], errors[2] - errors[1], 'ok'
		FROM found WHERE errors IS NOT NULL
	)
	SELECT check_id FROM found
$$;
-- What was decided: verdicts, action, strategy, urgency, whether to retrain, and the rules that fired.
CREATE FUNCTION pg_temp.decided(d drift.decisions) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s/%s %s %s %s %s [%s]', d.data_verdict, d.performance_verdict, d.action, d.strategy, d.urgency, d.should_retrain,
		(SELECT string_agg(r ->> 'rule', ' ' ORDER BY place) FROM jsonb_array_elements(d.reasons) WITH ORDINALITY AS u (r, place)))
$$;
CREATE FUNCTION pg_temp.decide(check_id bigint) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.decided(d) FROM drift_internal.decide(check_id) AS d $$;

-- data drift prepares, a loss of performance retrains
SELECT is(pg_temp.decide(pg_temp.checked(1, '{ok,ok}')), 'ok/insufficient_data continue none none f []', 'no drift');
SELECT is((SELECT explanation FROM drift.decisions), 'No drift detected. Performance: not known, too few outcomes. No action needed.', 'a decision to do nothing is written down');
SELECT is(pg_temp.decide(pg_temp.checked(2, '{ok,warning}', '{"performance": "ok"}')), 'warning/ok prepare combined low f [data_drift drift_share]', 'data drift');
SELECT is((SELECT explanation FROM drift.latest_decisions), 'Data: warning, 1 of 10 features drifted (age). Performance: as before. Investigate and prepare for retraining.', 'in words');
SELECT is(pg_temp.decide(pg_temp.checked(3, '{critical,warning}')), 'critical/insufficient_data prepare combined medium f [data_drift drift_share]', 'critical data drift does not prove the model wrong');
SELECT is(pg_temp.decide(pg_temp.checked(4, '{ok,ok}', '{"performance": "critical"}', '{0.1,0.2}')),
	'ok/critical retrain_now combined high t [performance_drift trigger_configuration]', 'performance without data drift');
SELECT is(pg_temp.decide(pg_temp.checked(5, '{warning}', '{"performance": "critical"}', '{0.1,0.3}')),
	'warning/critical retrain_now combined high t [performance_drift concept_drift data_drift drift_share trigger_configuration]', 'everything that fired is told');
SELECT is(pg_temp.decide(pg_temp.checked(6, '{ok}', '{"performance": "warning"}', '{0.1,0.13}')), 'ok/warning prepare combined low f [performance_warning]', 'a smaller loss');
SELECT is((SELECT reasons -> 0 FROM drift.latest_decisions), '{"rule": "performance_warning", "says": "the model may make more errors than it did: prepare for retraining", "value": 0.03, "bound": 0.05, "action": "prepare"}'::jsonb,
	'with the numbers that were compared');

SELECT is((SELECT array_agg(payload ->> 'action' ORDER BY event_id) FROM drift.outbox WHERE topic = 'retraining_advised'), '{retrain_now}',
	'systems outside are told when retraining is asked for, and not again while it is');

-- indicators and strategy
SELECT is(pg_temp.decide(pg_temp.checked(7, '{warning}', '{"drift_score": 0.3, "drift_share": 0.05}')), 'warning/insufficient_data prepare combined low f [data_drift]', 'bounds themselves do not count');
SELECT is(pg_temp.decide(pg_temp.checked(8, '{warning}', '{"drift_score": 0.31}')),
	'warning/insufficient_data retrain_soon combined medium t [data_drift drift_share drift_score trigger_configuration]', 'above 0.3 soon');
SELECT is(pg_temp.decide(pg_temp.checked(9, '{warning}', '{"drift_score": 0.51}')),
	'warning/insufficient_data retrain_soon new_only high t [data_drift drift_share drift_score trigger_configuration]', 'above 0.5 on new data only');
SELECT is(pg_temp.decide(pg_temp.checked(10, '{warning}', '{"drift_score": 0.5}', config => '{"retraining": {"strategy": "weighted"}}')),
	'warning/insufficient_data retrain_soon weighted medium t [data_drift drift_share drift_score trigger_configuration]', 'else as configured');
SELECT is(pg_temp.decide(pg_temp.checked(11, '{critical}', '{"drift_score": 0.9, "drift_detected": false, "drift_share": 0.2}', config => '{"drift_detection": {"thresholds": "drift_share_030"}}')),
	'ok/insufficient_data continue none none f []', 'with a threshold set that has a share, the share decides');
SELECT is(pg_temp.decide(pg_temp.checked(12, '{ok}', '{"n_current": 400, "drift_detected": null, "status": "insufficient_data"}')), 'ok/insufficient_data wait none none f [few_rows]', 'few rows: wait');
SELECT is(pg_temp.decide(pg_temp.checked(13, '{insufficient_data}', '{"drift_detected": null, "status": "insufficient_data"}')), 'insufficient_data/insufficient_data wait none none f [insufficient_data]', 'no verdict: wait');
SELECT is(pg_temp.decide(pg_temp.checked(14, '{}', '{"status": "error", "error": "no rights", "drift_detected": null, "n_current": null, "config": {}}')), 'error/insufficient_data wait none none f [check_failed]', 'a check that failed');
SELECT is(pg_temp.decide(pg_temp.checked(15, '{ok}', '{"performance": "critical", "n_current": 900}', '{0.1,0.2}')),
	'ok/critical prepare combined medium f [performance_drift trigger_configuration]', 'too few rows to train on: prepare');
SELECT is((SELECT explanation FROM drift.latest_decisions), 'No drift detected. Performance: critical, the model makes more errors. Investigate and prepare for retraining. There are 900 new rows, too few to retrain on.', 'and why');
SELECT pg_temp.checked(15.1, '{warning}', '{"drift_score": 0.5}') AS low, pg_temp.checked(15.2, '{warning}', '{"drift_score": 0.51}') AS high, pg_temp.checked(15.3, '{ok}') AS none,
	pg_temp.checked(15.4, '{ok}', '{"performance": "critical"}') AS loss \gset
SELECT is(ARRAY[drift.choose_strategy(:low), drift.choose_strategy(:high), drift.choose_strategy(:none), drift.choose_strategy(:loss)], '{combined,new_only,none,combined}',
	'the strategy of a check');
SELECT is(drift.choose_strategy(0), NULL, 'NULL without a check');

-- new rows: what the windows hold since the champion was trained
INSERT INTO drift.monitor_columns SELECT monitor_id, c, CASE c WHEN 1 THEN 'feature' ELSE 'target' END, 'c' || c, 'x', 'float8', 'numeric', 'pg_catalog.float8' FROM drift.monitors, generate_series(1, 1) AS c WHERE name = 'first';
INSERT INTO drift_internal.monitor_states (monitor_id, refreshed_from, refreshed_to) SELECT monitor_id, '2024-01-01 00:00 UTC', '2024-04-01 00:00 UTC' FROM drift.monitors WHERE name = 'first';
INSERT INTO drift.windows (monitor_id, segment, grain, starts_at, column_id, profile)
SELECT m.monitor_id, '', w.grain, w.t, 1, (SELECT drift.profile_agg(i) FROM generate_series(1, w.n) AS i)
FROM drift.monitors AS m, (
	SELECT 'month' AS grain, 31000 AS n, timestamptz '2024-01-01 00:00 UTC' AS t
	UNION ALL SELECT 'month', 29000, '2024-02-01 00:00 UTC' UNION ALL SELECT 'month', 31000, '2024-03-01 00:00 UTC'
	UNION ALL SELECT 'day', 1000, d FROM generate_series(timestamptz '2024-01-01 00:00 UTC', '2024-03-31 00:00 UTC', '1 day') AS d
	UNION ALL SELECT 'hour', 40, h FROM generate_series(timestamptz '2024-03-01 00:00 UTC', '2024-03-31 23:00 UTC', '1 hour') AS h) AS w
WHERE m.name = 'first';
CREATE FUNCTION pg_temp.rows_of(low timestamptz, high timestamptz) RETURNS bigint LANGUAGE sql AS $$ SELECT drift_internal.rows_between(m, low, high) FROM drift.monitors AS m WHERE name = 'first' $$;
SELECT is(pg_temp.rows_of('-infinity', 'infinity'), 91000::bigint, 'rows of all windows');
SELECT is(pg_temp.rows_of('2024-01-30 00:00 UTC', '2024-03-02 05:00 UTC'), (2000 + 29000 + 1000 + 200)::bigint, 'of months, days and hours');
SELECT is(pg_temp.rows_of('2024-03-05 20:00 UTC', '2024-03-06 02:00 UTC'), 240::bigint, 'of hours over midnight');
SELECT is(pg_temp.rows_of('2024-03-05', '2024-03-05'), NULL, 'of no time none');
SELECT is(pg_temp.decide(pg_temp.checked(17, '{ok}')), 'ok/insufficient_data continue none none f [enough_new_rows]', 'enough new rows alone are no reason to retrain');
SELECT drift.add_version('Ünï "m"', drift.import_model('json', '{"format": "drift", "version": 1, "task": "regression", "inputs": ["a"], "features": ["a"], "linear": {"coefficients": [1], "intercept": 0}}'),
	training => '{"to": "2024-03-18 00:00 UTC"}') \g /dev/null
SELECT drift.promote('Ünï "m"', 1) \g /dev/null
SELECT is(pg_temp.decide(pg_temp.checked(17.5, '{ok}', '{"performance": "critical"}', '{0.1,0.2}')), 'ok/critical prepare combined medium f [performance_drift trigger_configuration]',
	'what the champion was trained on is not new');

-- triggers
SELECT is((SELECT count(*) FROM drift.trigger_kinds()), 11::bigint, 'kinds of triggers with their parameters');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'sometimes')$$, '22023', 'unknown kind of trigger "sometimes"', 'an unknown kind');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'threshold', '{"drop": 1}')$$, '22023', 'a trigger of kind "threshold" has no parameter "drop"', 'a parameter of another kind');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'threshold', '{"psi": "high"}')$$, '22023', 'parameter "psi" of a trigger cannot be "high"', 'a text for a number');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'sample_count', '{"rows": 0.5}')$$, '22023', NULL, 'half a row');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'scheduled')$$, '22023', 'a scheduled trigger has cron or every', 'a schedule without a time');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'scheduled', '{"every": "-1 day"}')$$, '22023', NULL, 'a negative time');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'scheduled', '{"every": "200000 years"}')$$, '22023', NULL, 'a time beyond all calendars');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'sample_count', '{"rows": 1e30}')$$, '22023', NULL, 'more rows than can be counted');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'threshold', '{"psi": 1e400}')$$, '22023', NULL, 'a number beyond all numbers');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'scheduled', '{"cron": "61 * * * *"}')$$, '22023', NULL, 'a cron expression that is none');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'scheduled', '{"cron": "0 0 * * 1", "time_zone": "Mars"}')$$, '22023', NULL, 'a time zone that is none');
SELECT throws_ok($$SELECT drift.add_trigger('Ünï "m"', 'threshold', '[]')$$, '22023', NULL, 'parameters that are no object');

DELETE FROM drift.model_aliases;
CREATE FUNCTION pg_temp.fired(n numeric, kind text, params jsonb, says jsonb DEFAULT '{}', errors float8[] DEFAULT NULL, since timestamptz DEFAULT pg_temp.day(10)) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	d drift.decisions;
BEGIN
	DELETE FROM drift.retrain_triggers;
	PERFORM drift.add_trigger('Ünï "m"', kind, params, counted_since => since);
	SELECT * INTO d FROM drift_internal.decide(pg_temp.checked(n, '{ok}', says, errors));
	RETURN format('%s %s %s: %s', d.action, d.strategy, d.should_retrain, (SELECT r ->> 'says' FROM jsonb_array_elements(d.reasons) AS r WHERE r ->> 'rule' = 'trigger_' || kind));
END
$$;
SELECT is(pg_temp.fired(17, 'scheduled', '{"every": "7 days"}'), 'can_retrain combined t: it was due at 2024-03-18 00:00 UTC', 'a period is over');
SELECT is(pg_temp.fired(16, 'scheduled', '{"every": "7 days"}'), 'continue none f: ', 'it is not');
SELECT is(pg_temp.fired(17, 'scheduled', '{"cron": "0 0 * * 1", "time_zone": "Europe/Berlin"}'), 'can_retrain combined t: it was due at 2024-03-17 23:00 UTC', 'every Monday of a time zone');
SELECT is(pg_temp.fired(16, 'scheduled', '{"cron": "0 0 * * 1"}'), 'continue none f: ', 'not before it');
SELECT is(pg_temp.fired(17, 'threshold', '{"drift_score": 0.2}', '{"drift_score": 0.21, "drift_detected": true}'), 'retrain_soon combined t: the drift score 0.21 is above 0.2', 'a threshold');
SELECT is(pg_temp.fired(17, 'threshold', '{"drift_share": 0.2}', '{"drift_score": 0.4, "drift_share": 0.1, "drift_detected": true}'), 'retrain_soon none f: ', 'only what the trigger names');
SELECT is(pg_temp.fired(17, 'performance', '{"drop": 0.2}', '{"performance": "critical"}', '{0.1,0.25}'), 'retrain_now combined f: ', 'a loss below the bound of the trigger');
SELECT is(pg_temp.fired(17, 'performance', '{"drop": 0.1}', '{"performance": "critical"}', '{0.1,0.25}'), 'retrain_now combined t: the performance dropped by 0.15', 'and above it');
SELECT is(pg_temp.fired(17, 'performance', '{"drop": 0.1}', '{"performance": "ok"}', '{0.1,0.25}'), 'continue none f: ', 'a loss that chance explains is none');
SELECT is(pg_temp.fired(17, 'hybrid', '{"every": "7 days", "drift_score": 0.9}'), 'can_retrain combined t: it was due at 2024-03-18 00:00 UTC', 'one of several');
SELECT is(pg_temp.fired(17, 'hybrid', '{}', '{"performance": "critical"}', '{0.1,0.25}'), 'retrain_now combined t: the performance dropped by 0.15', 'hybrid without a schedule');
SELECT is(pg_temp.fired(12, 'sample_count', '{"rows": 1999.0}'), 'can_retrain combined t: 2000 new rows since 2024-03-11 00:00 UTC', 'more rows than');
SELECT is(pg_temp.fired(12, 'sample_count', '{"rows": 2000}'), 'continue none f: ', 'not as many as');
INSERT INTO drift.alerts (model_id, monitor_id, kind, severity, title, status, raised_at) SELECT :model, 1, 'data_drift', 'warning', 'x', 'resolved', pg_temp.day(10 + i) FROM generate_series(0, 3) AS i;
SELECT is(pg_temp.fired(13, 'alert_count', '{}'), 'retrain_soon combined t: 3 alerts since 2024-03-11 00:00 UTC', 'three alerts');
SELECT is(pg_temp.fired(12.5, 'alert_count', '{}'), 'continue none f: ', 'two are not enough');
DELETE FROM drift.checks;
SELECT is((SELECT string_agg(left(pg_temp.fired(20 + i, 'every_n_cycles', '{"cycles": 3}', since => pg_temp.day(20)), 11), ' ' ORDER BY i) FROM generate_series(0, 4) AS i),
	'continue no continue no continue no can_retrain can_retrain', 'every three checks, until it is retrained');
SELECT is(drift.reset_triggers('Ünï "m"', pg_temp.day(24)), 1, 'after which counts begin anew');
SELECT is(pg_temp.decide(pg_temp.checked(25, '{ok}')), 'ok/insufficient_data continue none none f [enough_new_rows]', 'and nothing fires');
SELECT is((SELECT enabled FROM drift.add_trigger('Ünï "m"', 'every_n_cycles', '{"cycles": 1}', false)), false, 'a trigger can be switched off');
SELECT is(pg_temp.decide(pg_temp.checked(26, '{ok}', '{"performance": "critical"}', '{0.1,0.2}')), 'ok/critical retrain_now combined high f [performance_drift enough_new_rows]', 'then nothing asks for retraining');
SELECT is(drift.remove_trigger('Ünï "m"', 'every_n_cycles')::text || drift.remove_trigger('Ünï "m"', 'every_n_cycles'), 'truefalse', 'and removed');

-- the model: the worst of its monitors
SELECT is((SELECT pg_temp.decided(d) FROM drift.recommend('Ünï "m"') AS d), 'ok/critical retrain_now combined high t [performance_drift enough_new_rows trigger_configuration]', 'one monitor');
SELECT pg_temp.checked(26, '{warning}', '{"performance": "ok", "drifted_features": ["loan"]}', monitor => 'second') \g /dev/null
SELECT is((SELECT pg_temp.decided(d) FROM drift.recommend('Ünï "m"') AS d), 'warning/critical retrain_now combined high t [performance_drift data_drift drift_share enough_new_rows trigger_configuration]', 'two monitors');
SELECT is((SELECT reasons[1] || ' ' || should_retrain FROM drift.should_retrain('Ünï "m"')), 'the model makes more errors than it did: retrain immediately true', 'in short');
SELECT is((SELECT count(*) FROM drift.decisions WHERE monitor_id IS NULL), 0::bigint, 'which is not written down');
SELECT ok((SELECT decision_id > 0 FROM drift.recommend('Ünï "m"', record => true)), 'unless that is wanted');
UPDATE drift.monitors SET paused_at = now() WHERE name = 'first';
SELECT is((SELECT pg_temp.decided(d) FROM drift.recommend('Ünï "m"') AS d), 'warning/ok prepare combined low f [data_drift drift_share]', 'a paused monitor does not count');
UPDATE drift.monitors SET paused_at = now();
SELECT throws_ok($$SELECT drift.recommend('Ünï "m"')$$, '55000', 'nothing is known of the drift of model "Ünï "m""', 'without any there is nothing to say');
UPDATE drift.monitors SET paused_at = NULL;

-- rights
SELECT pg_temp.checked(27, '{ok}') AS checked \gset
SELECT is(pg_temp.as_login('decision_reader', 'SELECT should_retrain FROM drift.recommend(''Ünï "m"'')'), 'false', 'a reader asks');
SELECT is(pg_temp.as_login('decision_reader', 'SELECT drift.recommend(''Ünï "m"'', true)'), '42501 permission denied for model "Ünï "m""', 'and does not write');
SELECT is(pg_temp.as_login('decision_outsider', 'SELECT drift.should_retrain(''Ünï "m"'')'), '42704 no model is named "Ünï "m""', 'an outsider does not see the model');
SELECT is(pg_temp.as_login('decision_reader', format('SELECT drift_internal.decide(%s)', :checked)), '42501 permission denied for monitor "first"', 'a reader does not decide');
SELECT is(pg_temp.as_login('decision_owner', format('SELECT action FROM drift_internal.decide(%s)', :checked)), 'continue', 'the owner of the monitor does');
SELECT is(pg_temp.as_login('decision_operator', $$SELECT kind FROM drift.add_trigger('Ünï "m"', 'threshold')$$), 'threshold', 'who operates the model adds triggers');
SELECT is(pg_temp.as_login('decision_reader', $$SELECT drift.reset_triggers('Ünï "m"')$$), '42501 permission denied for model "Ünï "m""', 'a reader does not');

SELECT * FROM finish();
ROLLBACK;
