-- Alerts after checks: counted over spans that do not overlap, raised once, cleared below a lower bar, silenced, acknowledged.
BEGIN;
SELECT plan(65);

CREATE ROLE alert_owner LOGIN;
CREATE ROLE alert_reader LOGIN;
CREATE ROLE alert_outsider LOGIN;
\ir ../lib/as_login.sql

SELECT model_id AS model FROM drift.register_model('watched', owner => 'alert_owner') \gset
SELECT drift.grant_privilege('watched', 'alert_reader', 'read') \g /dev/null
INSERT INTO drift.monitors (name, owner, model_id, source_kind, query, path, time_column, tracking, bucket, span, reference, created_by)
SELECT name, 'alert_owner', CASE WHEN name <> 'free' THEN :model END, 'query', 'SELECT 1', 'public', 't', 'recompute', 'hour', '1 day', 'previous', 'x'
FROM unnest('{"we\"ird Ünïcode",other,free}'::text[]) AS name;

-- What a check found, by hand: columns with their severity, over the day that ends there.
CREATE FUNCTION pg_temp.run_at(ends timestamptz, columns jsonb, monitor text DEFAULT 'we"ird Ünïcode', config jsonb DEFAULT '{}', checked jsonb DEFAULT '{}',
	role text DEFAULT 'feature') RETURNS bigint LANGUAGE sql AS $$
	WITH row AS (
		SELECT jsonb_populate_record(NULL::drift.checks, jsonb_build_object('monitor_id', m.monitor_id, 'model_id', m.model_id, 'as_of', ends,
			'current_span', tstzrange(ends - '1 day'::interval, ends), 'revision', 1, 'status', 'ok', 'drift_detected', columns <> '{}' AND role = 'feature',
			'drift_share', 0.1, 'drift_score', 0.1, 'n_features', 10, 'n_current', 1000, 'findings', '{}'::text[],
			'config', drift_internal.merge_config(drift_internal.monitor_config(m), run_at.config), 'checked_at', now(), 'checked_by', 'x',
			'check_id', nextval('drift.checks_check_id_seq')) || checked) AS r
		FROM drift.monitors AS m WHERE m.name = monitor
	), found AS (
		INSERT INTO drift.checks OVERRIDING SYSTEM VALUE SELECT (r).* FROM row RETURNING check_id
	), features AS (
		INSERT INTO drift.check_features (check_id, segment, role, column_name, severity, drifted, psi, psi_95, p_value_corrected, effect, explanation, findings)
		SELECT check_id, '', role, key, CASE WHEN value ->> 0 = 'near' THEN 'ok' ELSE value ->> 0 END, value ->> 0 <> ALL ('{ok,near}'::text[]),
			coalesce((value ->> 1)::float8, CASE value ->> 0 WHEN 'near' THEN 0.09 WHEN 'ok' THEN 0.01 ELSE 0.15 END), 0.02, 1, 0, key || ' moved',
			CASE WHEN value ->> 2 IS NOT NULL THEN ARRAY[value ->> 2] END
		FROM found, jsonb_each(columns)
	), metrics AS (
		INSERT INTO drift.check_metrics (check_id, kind, metric, span, n, loss, severity, explanation)
		SELECT check_id, 'realised', 'mean_error', tstzrange(ends - '1 day'::interval, ends), 1000, 0.1, checked ->> 'performance', 'more errors'
		FROM found WHERE checked ->> 'performance' IN ('warning', 'critical')
	)
	SELECT check_id FROM found
$$;
-- What the alerts that changed say: kind, status, severity, items.
CREATE FUNCTION pg_temp.tuned(check_id bigint) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(format('%s %s %s %s', kind, status, severity, translate((details -> 'items')::text, '"[] ', '')), '; ' ORDER BY kind), '-')
	FROM drift_internal.tune_alerts(check_id)
$$;
CREATE FUNCTION pg_temp.day(n numeric) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2024-03-01 00:00 UTC' + n * interval '1 day' $$;
CREATE FUNCTION pg_temp.tuned_day(n numeric, columns jsonb, config jsonb DEFAULT '{}', checked jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.tuned(pg_temp.run_at(pg_temp.day(n), columns, config => config, checked => checked))
$$;
CREATE FUNCTION pg_temp.forget() RETURNS void LANGUAGE sql AS $$
	DELETE FROM drift.checks; DELETE FROM drift.check_features; DELETE FROM drift.check_metrics; DELETE FROM drift.alerts; DELETE FROM drift.silences
$$;

-- two of three
SELECT is(pg_temp.tuned_day(1, '{"age": ["warning"]}'), '-', 'one breach is none');
SELECT is(pg_temp.tuned_day(2, '{"age": ["ok"]}'), '-', 'a quiet day');
SELECT is(pg_temp.tuned_day(3, '{"age": ["warning"]}'), 'data_drift firing warning age', 'the second of three days raises an alert');
SELECT is((SELECT ROW(monitor, model, kind, severity, status, title, raised_at, last_seen_at)::text FROM drift.open_alerts),
	ROW('we"ird Ünïcode', 'watched', 'data_drift', 'warning', 'firing', 'monitor "we"ird Ünïcode": age drifted', pg_temp.day(3), pg_temp.day(3))::text,
	'times are those of the check');
SELECT is(pg_temp.tuned_day(4, '{"age": ["warning"]}'), '-', 'a cause has one alert');
SELECT is((SELECT last_seen_at FROM drift.open_alerts), pg_temp.day(4), 'which is seen again');
SELECT is(pg_temp.tuned_day(5, '{"age": ["near"]}'), '-', 'between the bars it stays');
SELECT is(pg_temp.tuned_day(6, '{}', checked => '{"status": "insufficient_data", "drift_detected": null}'), '-', 'too few rows are no all-clear');
SELECT is(pg_temp.tuned_day(7, '{"age": ["ok"]}'), 'data_drift resolved warning age', 'below the lower bar it is resolved');
SELECT is((SELECT resolved_at FROM drift.alerts), pg_temp.day(7), 'at the time of the check');
SELECT is(pg_temp.tuned_day(8, '{"age": ["warning"]}'), '-', 'days that raised an alert are not counted again');
SELECT is(pg_temp.tuned_day(9, '{"age": ["warning"]}'), 'data_drift firing warning age', 'two new ones raise the next');
SELECT is(pg_temp.tuned_day(2.5, '{"age": ["critical"]}'), '-', 'a check of an older time raises nothing');

-- one column twice, not two columns once
SELECT pg_temp.forget() \g /dev/null
SELECT is(pg_temp.tuned_day(1, '{"age": ["warning"]}') || pg_temp.tuned_day(2, '{"loan": ["warning"]}') || pg_temp.tuned_day(3, '{"job": ["warning"]}'), '---',
	'columns that drifted once each are chance');
SELECT is(pg_temp.tuned_day(4, '{"loan": ["warning"], "age": ["warning"]}'), 'data_drift firing warning loan', 'the alert is about the column that drifted twice');
SELECT is(pg_temp.tuned_day(5, '{"loan": ["warning"], "age": ["warning"]}'), 'data_drift firing warning loan,age', 'another one joins it');

-- spans that overlap
SELECT pg_temp.forget() \g /dev/null
SELECT is((SELECT string_agg(pg_temp.tuned_day(1 + hour / 24.0, '{"age": ["warning"]}'), '' ORDER BY hour) FROM generate_series(0, 23) AS hour), repeat('-', 24),
	'checks of one day every hour are one span');
SELECT is(pg_temp.tuned_day(2, '{"age": ["warning"]}'), 'data_drift firing warning age', 'a day later it is another one');
SELECT pg_temp.forget() \g /dev/null
SELECT is(pg_temp.tuned_day(1, '{"age": ["warning"]}') || pg_temp.tuned_day(13, '{"age": ["warning"]}'), '--', 'a breach long ago does not count');
SELECT is(pg_temp.tuned_day(14, '{}', checked => '{"status": "insufficient_data", "drift_detected": null}') || pg_temp.tuned_day(15, '{"age": ["warning"]}'),
	'-data_drift firing warning age', 'a day without a verdict is passed over');

-- critical at once, and worse than acknowledged
SELECT pg_temp.forget() \g /dev/null
SELECT is(pg_temp.tuned_day(1, '{"age": ["critical"]}'), 'data_drift firing critical age', 'one critical breach suffices');
SELECT pg_temp.forget() \g /dev/null
SELECT is(pg_temp.tuned_day(1, '{"age": ["warning", 0.3]}'), 'data_drift firing critical age', 'a PSI above drift_critical is critical');
SELECT pg_temp.forget() \g /dev/null
SELECT is(pg_temp.tuned_day(1, '{}', checked => '{"drift_score": 0.6}'), 'data_drift firing critical (dataset)', 'a drift score above alert_drift too');
SELECT pg_temp.forget() \g /dev/null
SELECT is(pg_temp.tuned_day(1, '{"age": ["critical"]}', '{"alerting": {"critical_breaches": 2}}'), '-', 'unless more are wanted');
SELECT is(pg_temp.tuned_day(2, '{"age": ["warning"]}', '{"alerting": {"critical_breaches": 2}}'), 'data_drift firing warning age', 'a warning after it counts');
SELECT is((SELECT concat_ws(' ', status, acknowledged_by, comment) FROM drift.acknowledge_alert((SELECT alert_id FROM drift.open_alerts), 'on it')),
	format('acknowledged %s on it', current_user), 'an alert is acknowledged');
SELECT is((SELECT comment FROM drift.acknowledge_alert((SELECT alert_id FROM drift.open_alerts), 'again')), 'on it', 'once');
SELECT is(pg_temp.tuned_day(3, '{"age": ["warning"]}'), '-', 'and stays acknowledged while it is no worse');
SELECT is(pg_temp.tuned_day(4, '{"age": ["critical"]}'), 'data_drift firing critical age', 'worse than that it fires again');
SELECT is(pg_temp.tuned_day(5, '{"age": ["warning"]}') || (SELECT severity FROM drift.open_alerts), '-critical', 'an alert remembers how severe it was');
SELECT pg_temp.forget() \g /dev/null
SELECT is(pg_temp.tuned_day(1, '{"age": ["warning"]}', '{"alerting": {"breaches": 1}}'), 'data_drift firing warning age', 'one of three');
SELECT pg_temp.forget() \g /dev/null
SELECT is((SELECT string_agg(pg_temp.tuned_day(d, '{"age": ["warning"]}', '{"alerting": {"minimum_severity": "critical"}}'), '') FROM generate_series(1, 4) AS d), '----',
	'warnings raise nothing where only critical ones are wanted');
SELECT is(pg_temp.tuned_day(5, '{"age": ["critical"]}', '{"alerting": {"minimum_severity": "critical"}}'), 'data_drift firing critical age', 'critical ones do');
SELECT pg_temp.forget() \g /dev/null
SELECT is(pg_temp.tuned_day(1, '{"age": ["critical"]}', checked => '{"drift_detected": false}'), '-', 'below the share of the threshold set columns raise nothing');

-- resolved by hand, cooldown
SELECT pg_temp.forget() \g /dev/null
SELECT is(pg_temp.tuned_day(1, '{"age": ["critical"]}'), 'data_drift firing critical age', 'an alert');
SELECT is((SELECT status || ' ' || comment FROM drift.resolve_alert((SELECT alert_id FROM drift.open_alerts), 'fixed')), 'resolved fixed', 'is resolved by hand');
SELECT is((SELECT status FROM drift.resolve_alert((SELECT alert_id FROM drift.alerts))), 'resolved', 'which can be said twice');
SELECT throws_ok($$SELECT drift.acknowledge_alert((SELECT alert_id FROM drift.alerts))$$, '55000', NULL, 'a resolved alert is not acknowledged');
SELECT is(pg_temp.tuned_day(1, '{"age": ["critical"]}'), '-', 'the same rows do not raise it again');
SELECT is(pg_temp.tuned_day(1.5, '{"age": ["critical"]}'), '-', 'nor do others while it cools down');
SELECT is(pg_temp.tuned_day(2, '{"age": ["critical"]}'), 'data_drift firing critical age', 'after that they do');

SELECT pg_temp.tuned_day(2.5, '{}') \g /dev/null
SELECT is(pg_temp.tuned_day(3, '{"age": ["critical"]}', '{"alerting": {"cooldown": "150000 years"}}'), '-', 'a cooldown beyond all calendars');

-- silences
SELECT pg_temp.forget() \g /dev/null
SELECT is((SELECT concat_ws(' ', kind, reason, created_by) FROM drift.silence(tstzrange(pg_temp.day(1), pg_temp.day(2)), 'sale', model => 'watched', kind => 'data_drift')),
	format('data_drift sale %s', current_user), 'a silence of a model');
SELECT is(pg_temp.tuned_day(1, '{"age": ["critical"]}') || pg_temp.tuned_day(2, '{"age": ["critical"]}') || pg_temp.tuned_day(2.5, '{"age": ["critical"]}'), '---',
	'spans that touch it raise nothing');
SELECT is(pg_temp.tuned_day(3, '{"age": ["warning"]}'), '-', 'nor are they counted');
SELECT is(pg_temp.tuned_day(4, '{"age": ["warning"]}'), 'data_drift firing warning age', 'after it they are');
SELECT is((SELECT during FROM drift.end_silence((SELECT silence_id FROM drift.silences), pg_temp.day(1.5))), tstzrange(pg_temp.day(1), pg_temp.day(1.5)), 'it ends earlier');
SELECT drift.end_silence((SELECT silence_id FROM drift.silences), pg_temp.day(0)) \g /dev/null
SELECT is_empty('SELECT * FROM drift.silences', 'and is gone where it had not begun');
SELECT throws_ok($$SELECT drift.silence(tstzrange(now(), NULL), 'x')$$, '22023', NULL, 'a silence is of something');
SELECT throws_ok($$SELECT drift.silence('empty', 'x', 'free')$$, '22023', NULL, 'has a time');
SELECT throws_ok($$SELECT drift.silence(tstzrange(now(), NULL), ' ', 'free')$$, '22023', NULL, 'and a reason');

-- other causes
SELECT pg_temp.forget() \g /dev/null
SELECT is(pg_temp.tuned_day(1, '{"age": ["critical", null, "absent"]}', checked => '{"findings": ["schema"], "explanation": "age is gone"}'),
	'schema firing critical schema', 'a column that is gone is a change of the source, at once');
SELECT is(pg_temp.tuned_day(2, '{}', checked => '{"findings": ["volume"]}') || pg_temp.tuned_day(3, '{}', checked => '{"findings": ["volume"]}'),
	'schema resolved critical schemavolume firing warning volume', 'volume is counted');
SELECT is(pg_temp.tuned(pg_temp.run_at(pg_temp.day(4), '{"score": ["critical"]}', checked => '{"prediction_drift": "critical"}', role => 'score')),
	'prediction_drift firing critical score; volume resolved warning volume', 'predictions have an alert of their own');
SELECT is(pg_temp.tuned_day(5, '{}', checked => '{"prediction_drift": "insufficient_data", "target_drift": "ok", "performance": "critical"}'),
	'performance firing critical mean_error', 'performance too, apart from data drift');
SELECT is(pg_temp.tuned_day(6, '{}', checked => '{"prediction_drift": "ok", "performance": "insufficient_data"}'),
	'prediction_drift resolved critical score', 'each is resolved by its own verdict');
SELECT is(pg_temp.tuned_day(7, '{}', checked => '{"status": "error", "error": "no rights", "drift_detected": null, "config": {}}'), '-', 'a check may fail once');
SELECT is(pg_temp.tuned_day(7.1, '{}', checked => '{"status": "error", "error": "no rights", "drift_detected": null, "config": {}}'),
	'check_failed firing critical check_failed', 'one after the other is an alert');
SELECT is(pg_temp.tuned_day(7.2, '{}', checked => '{"performance": "ok"}'), 'check_failed resolved critical check_failed; performance resolved critical mean_error',
	'until one runs');

-- rights
SELECT pg_temp.forget() \g /dev/null
SELECT pg_temp.run_at(pg_temp.day(1), '{"age": ["critical"]}') AS checked \gset
SELECT pg_temp.run_at(pg_temp.day(1), '{"age": ["critical"]}', 'free') AS free \gset
SELECT is(pg_temp.as_login('alert_outsider', format('SELECT drift_internal.tune_alerts(%s)', :checked)), '42704 no monitor is named "we"ird Ünïcode"', 'an outsider does not see the monitor');
SELECT is(pg_temp.as_login('alert_reader', format('SELECT drift_internal.tune_alerts(%s)', :checked)), '42501 permission denied for monitor "we"ird Ünïcode"', 'a reader does not run it');
SELECT is(pg_temp.as_login('alert_owner', format('SELECT count(*) FROM drift_internal.tune_alerts(%s)', :checked)), '1', 'the owner does');
SELECT is(pg_temp.as_login('alert_owner', format('SELECT count(*) FROM drift_internal.tune_alerts(%s)', :free)), '1', 'also where there is no model');
SELECT alert_id AS alert FROM drift.alerts WHERE model_id IS NOT NULL \gset
SELECT is(pg_temp.as_login('alert_reader', format('SELECT drift.resolve_alert(%s)', :alert)), format('42704 there is no alert %s that you may change', :alert), 'a reader does not resolve');
SELECT is(pg_temp.as_login('alert_reader', 'SELECT count(*) FROM drift.open_alerts') || pg_temp.as_login('alert_outsider', 'SELECT count(*) FROM drift.open_alerts'), '10',
	'readers see the alerts of their models');

SELECT * FROM finish();
ROLLBACK;
