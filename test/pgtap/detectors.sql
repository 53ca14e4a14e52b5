-- Detectors: one value at a time, aggregates, texts, and detectors that run by themselves over tables and outcomes.
BEGIN;
SELECT plan(67);
CREATE SCHEMA detectors;
SET LOCAL search_path = detectors, pg_catalog, public;

-- A stream of errors, more of them from 2,001 on, and of numbers that rise there.
CREATE TABLE stream AS
	SELECT i, timestamptz '2026-01-01 00:00:00+00' + i * interval '1 minute' AS at, (u < CASE WHEN i > 2000 THEN 0.5 ELSE 0.1 END)::int AS error,
		u + CASE WHEN i > 2000 THEN 1 ELSE 0 END AS x
	FROM (SELECT i, ((i::bigint * 7919) % 1009) / 1009.0::float8 AS u FROM generate_series(1, 4000) AS i) AS s;
CREATE TABLE kinds (kind text, params jsonb);
INSERT INTO kinds SELECT k, '{}' FROM unnest('{ddm,eddm,hddm_a,hddm_w,page_hinkley,cusum,adwin,kswin}'::text[]) AS k;
INSERT INTO kinds VALUES ('adwin', '{"reset": false, "clock": 8}'), ('hddm_w', '{"two_sided_test": true}'), ('page_hinkley', '{"mode": "up", "threshold": 20}');

-- one value at a time, an array and an aggregate are the same, whatever was written and read on the way
CREATE FUNCTION one_by_one(kind text, params jsonb, "values" float8[]) RETURNS drift.detector LANGUAGE plpgsql AS $$
DECLARE
	d drift.detector := drift.detector(kind, params);
BEGIN
	FOR i IN 1 .. cardinality("values") LOOP
		d := drift.detector_add(d, "values"[i]);
		IF i % 100 = 0 THEN
			d := d::text::drift.detector;
		END IF;
	END LOOP;
	RETURN d;
END
$$;
CREATE TABLE ran AS
	SELECT k.kind, k.params, drift.detector_agg(k.kind, s.error, k.params ORDER BY s.i) AS detector,
		drift.detector_add_array(drift.detector(k.kind, k.params), array_agg(s.error ORDER BY s.i)::float8[]) AS of_array,
		one_by_one(k.kind, k.params, array_agg(s.error ORDER BY s.i)::float8[]) AS of_values,
		drift.change_points(k.kind, s.error, k.params ORDER BY s.i) AS points,
		drift.warning_points(k.kind, s.error, k.params ORDER BY s.i) AS warnings
	FROM kinds AS k, stream AS s
	GROUP BY k.kind, k.params;
SELECT is_empty('SELECT kind, params FROM ran WHERE detector::text IS DISTINCT FROM of_array::text', 'an array gives what the aggregate gives');
SELECT is_empty('SELECT kind, params FROM ran WHERE detector::text IS DISTINCT FROM of_values::text', 'so do single values, with a text form on the way');
SELECT is_empty('SELECT kind FROM ran WHERE drift.detector_drifts(detector) <> cardinality(points) OR drift.detector_seen(detector) <> 4000',
	'a detector counts its values and changes');
SELECT is_empty('SELECT kind FROM ran WHERE points[cardinality(points)]."position" IS DISTINCT FROM nullif((detector::jsonb->>''last_drift'')::bigint, 0)',
	'and knows the last change');
SELECT set_eq('SELECT DISTINCT kind FROM ran, unnest(points) AS p WHERE p."position" BETWEEN 2001 AND 2300',
	ARRAY['ddm', 'hddm_a', 'hddm_w', 'page_hinkley', 'cusum', 'adwin', 'kswin'], 'all but eddm find the change within 300 values');
SELECT set_eq('SELECT DISTINCT kind FROM ran WHERE cardinality(warnings) > 0', ARRAY['ddm', 'eddm', 'hddm_a', 'hddm_w'], 'four kinds warn');
SELECT results_eq($$ SELECT drift.detector_continue(h.half, s.error ORDER BY s.i)::text
		FROM (SELECT drift.detector_agg('kswin', error ORDER BY i) AS half FROM stream WHERE i <= 1000) AS h, stream AS s WHERE s.i > 1000 GROUP BY h.half::text $$,
	$$ SELECT detector::text FROM ran WHERE kind = 'kswin' $$, 'a stored detector goes on where it was');

-- what is missing
SELECT is(drift.detector_add('adwin', NULL)::text, drift.detector('adwin')::text, 'NULL changes nothing');
SELECT is(drift.detector_add('adwin', 'NaN')::text, drift.detector('adwin')::text, 'nor does NaN');
SELECT is(drift.detector_add(NULL::drift.detector, 1)::text, NULL, 'no detector, no answer');
SELECT is(drift.detector_seen(drift.detector_add_array('adwin', '{1,NULL,2,NaN,3}')), 3::bigint, 'missing values of an array are passed over');
SELECT is(drift.change_points('adwin', NULL::float8), '{}', 'values that are all missing have no change');
SELECT is(drift.change_points('adwin', x ORDER BY i), NULL, 'no rows, no answer') FROM stream WHERE false;
SELECT is((SELECT (drift.change_points('adwin', t.x, '{}', t.at ORDER BY t.i))[1].at FROM stream AS t),
	(SELECT s.at FROM stream AS s WHERE s.i = (SELECT (drift.change_points('adwin', t.x ORDER BY t.i))[1]."position" FROM stream AS t)),
	'a change knows its time');
SELECT is(drift.detector_warning(detector), (detector::jsonb->>'warning')::boolean, 'warning') FROM ran WHERE kind = 'ddm';
SELECT is((SELECT drift.detector_drifted(drift.detector_agg('adwin', x ORDER BY i)) FROM stream
	WHERE i <= (SELECT (drift.change_points('adwin', t.x ORDER BY t.i))[1]."position" FROM stream AS t)), true, 'the value of a change leaves it drifted');
SELECT is(drift.detector_state(drift.detector('ddm', '{"warm_start": 50}'))->'params'->>'warm_start', '50', 'the state shows the parameters');
SELECT ok(NOT drift.detector_state((SELECT detector FROM ran WHERE kind = 'kswin'))->'state' ? 'random', 'and leaves out random numbers');
SELECT is((SELECT count(*) FROM drift.detector_params()), 34::bigint, 'parameters of all kinds');
SELECT is((SELECT count(*) FROM drift.detector_params('ddm')), 3::bigint, 'parameters of one kind');
SELECT is_empty($$ SELECT detector, parameter FROM drift.detector_params() AS p
	WHERE drift.detector(p.detector)::jsonb->'params'->>p.parameter IS NULL $$, 'detectors show all of them');

-- what is wrong
SELECT throws_ok($$ SELECT drift.detector('ddmx') $$, '22P02', NULL, 'a kind that is none, as a literal');
SELECT throws_ok($$ SELECT drift.detector('ddmx'::text) $$, '22023', 'no detector is called "ddmx"', 'a kind that is none');
SELECT throws_ok($$ SELECT drift.detector('ddm', '{"warm": 1}') $$, '22023', NULL, 'a parameter that is none');
SELECT throws_ok($$ SELECT drift.detector('ddm', '{"warm_start": "x"}') $$, '22023', NULL, 'a parameter that is no number');
SELECT throws_ok($$ SELECT drift.detector('ddm', '[]') $$, '22023', NULL, 'parameters that are no object');
SELECT throws_ok($$ SELECT drift.detector('eddm', '{"beta": 0.99}') $$, '22023', NULL, 'parameters that do not go together');
SELECT throws_ok($$ SELECT drift.detector('cusum', '{"mode": "left"}') $$, '22023', NULL, 'a mode that is none');
SELECT throws_ok($$ SELECT drift.detector_add('ddm', 2) $$, '22023', NULL, 'two is no error');
SELECT throws_ok($$ SELECT drift.detector_add('adwin', 'Infinity') $$, '22023', NULL, 'no mean of infinity');
SELECT lives_ok($$ SELECT drift.detector_add('kswin', '-Infinity') $$, 'kswin takes infinity: it orders');
SELECT throws_ok($$ SELECT drift.detector_add_array('ddm', '{0,1,3}') $$, '22023', NULL, 'nor in an array');
SELECT throws_ok($$ SELECT '{"kind": "ddm"}'::drift.detector $$, '22P02', NULL, 'a text with gaps');
SELECT throws_ok(format('SELECT %L::drift.detector', jsonb_set(drift.detector('ddm')::jsonb, '{state,p}', '2')), '22P02', NULL, 'a share of two');
SELECT throws_ok(format('SELECT %L::drift.detector', jsonb_set(detector::jsonb, '{state,width}', '7')), '22P02', NULL, 'a width that the buckets do not have')
	FROM ran WHERE kind = 'adwin' AND params = '{}';
SELECT throws_ok(format('SELECT %L::drift.detector', drift.detector('ddm')::jsonb || '{"more": 1}'), '22P02', NULL, 'a field too many');
SELECT throws_ok($$ SELECT drift.change_points(NULL::text, 1) $$, '22004', NULL, 'no kind');

-- a detector in a row that a trigger feeds
CREATE TABLE gauges (name text PRIMARY KEY, detector drift.detector NOT NULL, changes integer NOT NULL DEFAULT 0);
INSERT INTO gauges VALUES ('a', drift.detector('adwin'));
CREATE FUNCTION feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE gauges SET detector = drift.detector_add(detector, NEW.x) WHERE name = 'a';
	UPDATE gauges SET changes = changes + 1 WHERE name = 'a' AND drift.detector_drifted(detector);
	RETURN NULL;
END
$$;
CREATE TABLE measured (x float8);
CREATE TRIGGER feed AFTER INSERT ON measured FOR EACH ROW EXECUTE FUNCTION feed();
INSERT INTO measured SELECT x FROM stream WHERE i BETWEEN 1501 AND 2500 ORDER BY i;
SELECT results_eq($$ SELECT changes::bigint, drift.detector_drifts(detector) FROM gauges $$,
	$$ SELECT cardinality(p)::bigint, cardinality(p)::bigint FROM (SELECT drift.change_points('adwin', x ORDER BY i) FROM stream WHERE i BETWEEN 1501 AND 2500) AS s (p) $$,
	'a trigger counts the changes of a stream');

-- detectors over a table
CREATE TABLE readings (at timestamptz, x float8, ok boolean);
INSERT INTO readings SELECT at, x, error = 0 FROM stream WHERE i <= 1500;
SELECT results_eq($$ SELECT name COLLATE "default", kind, source_kind, time_column, seen FROM drift.create_detector('heat', 'adwin', 'readings', expression => 'x') $$,
	$$ VALUES ('heat', 'adwin', 'relation', 'at', 0::bigint) $$, 'a detector over a table finds its time column');
SELECT drift.create_detector('faults', 'hddm_a', 'SELECT at, ok FROM readings -- all', expression => 'NOT ok', time_column => 'at') \g /dev/null
SELECT results_eq($$ SELECT detector, status, values_read, changes FROM drift.update_detectors() $$,
	$$ VALUES ('heat', 'ok', 1500::bigint, 0), ('faults', 'ok', 1500, 0) $$, 'what is there is read');
INSERT INTO readings SELECT at, x, error = 0 FROM stream WHERE i > 1500;
INSERT INTO readings VALUES ('2200-01-01', 1e50, false), (NULL, 1e50, false);
SELECT results_eq($$ SELECT status, values_read, changes FROM drift.update_detector('heat') $$, $$ VALUES ('change', 2500::bigint, 1) $$,
	'what is new is added, but not what is of the future or of no time');
SELECT results_eq($$ SELECT status, values_read, changes FROM drift.update_detector('heat') $$, $$ VALUES ('ok', 0::bigint, 0) $$, 'and only once');
SELECT results_eq($$ SELECT c."position", c.at, c.value FROM drift.change_points AS c JOIN drift.detectors USING (detector_id) WHERE name = 'heat' $$,
	$$ SELECT p."position", p.at, p.value FROM (SELECT drift.change_points('adwin', x, '{}', at ORDER BY i) FROM stream) AS s (points), unnest(points) AS p $$,
	'in pieces or at once, the change is the same');
SELECT is(drift.stored_detector('heat')::text, (SELECT drift.detector_agg('adwin', x ORDER BY i)::text FROM stream), 'and so is the detector');
SELECT results_eq($$ SELECT kind, severity, status FROM drift.alerts $$, $$ VALUES ('change_point:heat', 'critical', 'firing') $$, 'a change raises an alert');
SELECT is((drift.resolve_alert((SELECT alert_id FROM drift.alerts))).status, 'resolved', 'which the owner of the detector resolves');
SELECT is((SELECT status FROM drift.update_detectors() WHERE detector = 'faults'), 'change', 'errors are booleans that are true');
ALTER TABLE readings RENAME x TO y;
SELECT results_eq($$ SELECT status, message FROM drift.update_detectors() WHERE detector = 'heat' $$, $$ VALUES ('error', 'column "x" does not exist') $$, 'a lost column is an error');
SELECT is((SELECT count(*) FROM drift.health_check() WHERE check_name = 'detector_errors' AND status = 'warning'), 1::bigint, 'that the health check knows');
SELECT drift.pause_detector('heat') \g /dev/null
SELECT is((SELECT count(*) FROM drift.update_detectors()), 1::bigint, 'a paused detector is left alone');
SELECT throws_ok($$ SELECT drift.create_detector('heat', 'adwin', 'stream', expression => 'x') $$, '42710', NULL, 'a name is taken');
SELECT throws_ok($$ SELECT drift.create_detector('new', 'adwin', 'stream') $$, '22004', NULL, 'a table needs an expression');
SELECT throws_ok($$ SELECT drift.create_detector('new', 'adwin', 'stream', expression => 'at') $$, '42804', NULL, 'a time is no value');

-- detectors over the outcomes of a model, in the order in which they come; transactions are given, so that there are several
SELECT drift.register_model('risk detectors') \g /dev/null
CREATE TABLE features (a float8);
SELECT drift.create_prediction_log('risk detectors', 'risk_log', 'features', days_back => 60) \g /dev/null
INSERT INTO risk_log (prediction_id, predicted_at, model_version, score, label)
SELECT md5(i::text)::uuid, now() - interval '1 day' - (4001 - i) * interval '1 second', 1, 0.5, 'no' FROM generate_series(1, 4000) AS i;
CREATE FUNCTION truth(first integer, last integer, xid xid8) RETURNS void LANGUAGE sql AS $$
	INSERT INTO risk_log_outcomes (prediction_id, actual, recorded_at, observed_at, predicted_at, recorded_xid)
	SELECT l.prediction_id, CASE s.error WHEN 1 THEN 'yes' ELSE 'no' END, now() + s.i * interval '1 second', now(), l.predicted_at, xid
	FROM stream AS s JOIN risk_log AS l ON l.prediction_id = md5(s.i::text)::uuid
	WHERE s.i BETWEEN first AND last
$$;
SELECT drift.create_detector('mistakes', 'hddm_a', model => 'risk detectors') \g /dev/null
SELECT truth(1, 1000, '3') \g /dev/null
SELECT results_eq($$ SELECT status, values_read FROM drift.update_detectors('risk detectors') $$, $$ VALUES ('ok', 1000::bigint) $$, 'outcomes are read as errors');
-- What the snapshot of then saw is all that is below transaction 100.
UPDATE drift_internal.detector_states SET seen_outcomes = '100:100:' WHERE seen_outcomes IS NOT NULL;
SELECT truth(2001, 4000, '200') \g /dev/null
INSERT INTO risk_log_outcomes (prediction_id, actual, recorded_at, observed_at, predicted_at, recorded_xid)
SELECT prediction_id, 'yes', now() + interval '1 hour', now() + interval '1 hour', predicted_at, '200' FROM risk_log WHERE prediction_id = md5('5')::uuid;
SELECT results_eq($$ SELECT status, values_read, changes FROM drift.update_detectors('risk detectors') $$, $$ VALUES ('change', 2000::bigint, 1) $$,
	'new outcomes are added, and one that corrects an old one is not');
SELECT is(drift.stored_detector('mistakes')::text, (SELECT drift.detector_agg('hddm_a', error ORDER BY i)::text FROM stream WHERE i NOT BETWEEN 1001 AND 2000),
	'as if they had come at once');
UPDATE drift_internal.detector_states SET seen_outcomes = '300:300:' WHERE seen_outcomes IS NOT NULL;
SELECT truth(1001, 1500, '250') \g /dev/null
SELECT results_eq($$ SELECT status, values_read FROM drift.update_detectors('risk detectors') $$, $$ VALUES ('ok', 0::bigint) $$, 'what was seen is not read again');
UPDATE drift_internal.detector_states SET seen_outcomes = '300:300:', system_identifier = 1 WHERE seen_outcomes IS NOT NULL;
SELECT truth(1501, 2000, '4') \g /dev/null
UPDATE risk_log_outcomes SET recorded_at = now() + interval '2 hours' + (recorded_at - now()) WHERE recorded_xid = '4';
SELECT results_eq($$ SELECT status, values_read FROM drift.update_detectors('risk detectors') $$, $$ VALUES ('ok', 500::bigint) $$,
	'in another cluster the time of an outcome says whether it is new');
SELECT results_eq($$ SELECT action, model FROM drift_internal.cycle_steps((SELECT m FROM drift.models AS m WHERE m.name = 'risk detectors'), 'postgres') $$,
	$$ VALUES ('detect', 'risk detectors') $$, 'cycles of the model run them');
SELECT is(jsonb_array_length(drift.cycle_model('risk detectors')->'detectors'), 1, 'and say what they found');
SELECT is((SELECT count(*) FROM drift.schedule_model('risk detectors', '0 * * * *', task => 'detect')), 1::bigint, 'so do schedules');
SELECT is((SELECT model_id FROM drift.alerts WHERE kind = 'change_point:mistakes'), (SELECT model_id FROM drift.models WHERE name = 'risk detectors'),
	'the alert is the model''s');
SELECT throws_ok($$ SELECT drift.create_detector('none', 'ddm') $$, '22004', NULL, 'a detector watches something');

-- who may what
CREATE ROLE detectors_other;
GRANT USAGE ON SCHEMA detectors TO detectors_other;
SET LOCAL ROLE detectors_other;
SELECT throws_ok($$ SELECT drift.update_detector('heat') $$, '42704', NULL, 'others do not see it');
SELECT is_empty($$ SELECT detector_id FROM drift.detectors UNION ALL SELECT detector_id FROM drift.change_points
	UNION ALL SELECT detector_id FROM drift_internal.detector_states UNION ALL SELECT detector_id FROM drift.alerts $$, 'nor what it found');
SELECT throws_ok($$ SELECT drift.create_detector('theirs', 'adwin', 'detectors.stream', expression => 'x') $$, '42501', NULL, 'and read with their own rights');
RESET ROLE;
SELECT drift.drop_detector('heat') \g /dev/null
SELECT is_empty($$ SELECT FROM drift.detectors WHERE name = 'heat' $$, 'dropped');
SELECT * FROM finish();
ROLLBACK;
