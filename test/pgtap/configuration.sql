-- Configuration: keys, defaults, everything that is wrong at once, and which layer goes before which.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;
CREATE ROLE config_owner;
CREATE ROLE config_runner;
CREATE ROLE config_outsider;
CREATE SCHEMA config_test;
GRANT USAGE, CREATE ON SCHEMA config_test TO PUBLIC;
SET LOCAL search_path = config_test, public;
CREATE FUNCTION pg_temp.problems(config jsonb) RETURNS SETOF text LANGUAGE sql AS $$ SELECT path || ': ' || message FROM drift.validate_config(config) ORDER BY 1 $$;

-- keys and defaults
SELECT is((SELECT count(*) FROM drift.config_keys() WHERE path NOT LIKE 'features.%' AND default_value IS DISTINCT FROM drift.dump_config() #> string_to_array(path, '.')),
	0::bigint, 'every key that is not about a feature has its default in the dump');
SELECT is((SELECT count(*) FROM drift.config_keys() WHERE description = '' OR allowed IS NULL OR allowed = ''), 0::bigint, 'and a description, and says what it may be');
SELECT is((SELECT count(DISTINCT path) FROM drift.config_keys()), (SELECT count(*) FROM drift.config_keys()), 'once');
SELECT is(drift.dump_config() #> string_to_array(k.path, '.'), k.wanted::jsonb, 'default of ' || k.path)
FROM (VALUES ('drift_detection.feature_drift_threshold', '0.3'), ('drift_detection.performance_drop_threshold', '0.05'), ('drift_detection.minimum_new_samples', '1000'),
	('retraining.strategy', '"combined"'), ('retraining.historical_window_months', '6'), ('retraining.new_data_weight', '0.7'), ('monitoring.schedule', '"weekly"'),
	('monitoring.drift_check_samples', '500'), ('deployment.significance_level', '0.05'), ('deployment.min_improvement', '0.02'),
	('deployment.validation_window_days', '7'), ('deployment.max_rollback_attempts', '3'), ('drift_detection.concept_drift_threshold', '0.15'),
	('retraining.drift_threshold', '0.25'), ('retraining.performance_threshold', '0.05'), ('retraining.sliding_window_months', '6'),
	('retraining.weighted_retraining', 'true'), ('monitoring.monitoring_interval', '3600'), ('monitoring.alert_thresholds.drift_critical', '0.25'),
	('monitoring.alert_thresholds.performance_degradation', '0.05'), ('monitoring.max_history_days', '30'), ('drift_detection.drift_threshold', '0.05'),
	('deployment.min_metric', '0.90'), ('alerting.alert_drift', '0.5'), ('online.drift_threshold', '0.2'), ('online.check_interval', '5'), ('online.drift_count', '3'),
	('online.cycles', '5'), ('drift_detection.high_drift_threshold', '0.5'), ('alerting.breaches', '2'), ('alerting.of', '3')) AS k (path, wanted);
SELECT is_empty($$ SELECT * FROM drift.validate_config(drift.dump_config()) $$, 'what is dumped can be loaded');
SELECT is_empty($$ SELECT * FROM drift.validate_config('{}') $$, 'and so can nothing');

-- everything that is wrong, each with its path
SELECT results_eq($$ SELECT pg_temp.problems('{"a": 1, "alerting": {"breaches": 5, "of": 1.5, "x.y": 1}, "features": {"a.b": {"psi_warning": -1, "zz": 3}, "age": 7},
		"drift_detection": {"thresholds": "nope", "correction": "bonferroni"}, "monitoring": 3, "retraining": {"weighted_retraining": "yes"}}') $$,
	$$ VALUES ('a: is not a key of the configuration'), ('alerting."x.y": is not a key of the configuration'),
		('alerting.of: is 1.5 and must be a whole number from 1 to 100'), ('drift_detection.correction: is "bonferroni" and must be "bh", "none", or null'),
		('drift_detection.thresholds: threshold set "nope" does not exist. There are: drift_share_030, evidently, nannyml, psi_020, psi_025, share_005, standard'),
		('features."a.b".psi_warning: is -1 and must be a number above 0, or null'), ('features."a.b".zz: is not a key of the configuration'),
		('features.age: is 7 and must be an object'), ('monitoring: is 3 and must be an object'),
		('retraining.weighted_retraining: is "yes" and must be true or false') $$, 'all errors at once');
SELECT results_eq($$ SELECT pg_temp.problems('{"drift_detection": {"psi_warning": 0.3}, "alerting": {"breaches": 5}, "features": {"x": {"psi_critical": 0.01}}}') $$,
	$$ VALUES ('alerting.breaches: is 5, above alerting.of, which is 3'),
		('drift_detection: threshold "psi_warning" 0.3 is above "psi_critical" 0.25') $$, 'and what does not fit together');
SELECT is(ARRAY(SELECT pg_temp.problems(format('{"%s": {"%s": %s}}', split_part(k.path, '.', 1), split_part(k.path, '.', 2), k.value)::jsonb)),
	CASE WHEN k.good THEN '{}' ELSE ARRAY[format('%s: is %s and must be %s', k.path, k.value, (SELECT allowed FROM drift.config_keys() AS c WHERE c.path = k.path))] END,
	format('%s %s %s', k.path, CASE WHEN k.good THEN 'can be' ELSE 'cannot be' END, k.value))
FROM (VALUES ('drift_detection.ks_significance', '0', false), ('drift_detection.ks_significance', '1', false), ('drift_detection.ks_significance', '0.999', true),
	('drift_detection.minimum_effect', '0', true), ('drift_detection.minimum_effect', '1', true), ('drift_detection.minimum_effect', '1.001', false),
	('drift_detection.psi_critical', '0', false), ('drift_detection.psi_critical', 'null', true), ('drift_detection.psi_critical', '1000000', true),
	('retraining.strategy', '"weighted"', true), ('retraining.strategy', '"WEIGHTED"', false), ('retraining.strategy', 'null', false),
	('monitoring.drift_check_samples', '1', false), ('monitoring.drift_check_samples', '2', true), ('monitoring.drift_check_samples', '"500"', false),
	('monitoring.sample', '0', false), ('monitoring.sample', '1', true), ('monitoring.schedule', '"0 3 * * 0"', true), ('monitoring.schedule', '"0 3 * *"', false),
	('alerting.cooldown', '"2 hours"', true), ('alerting.cooldown', '"-2 hours"', false), ('alerting.cooldown', '"soon"', false), ('alerting.cooldown', '3600', false),
	('drift_detection.score_column', '"p"', true), ('drift_detection.score_column', '""', false), ('monitoring.store_categories', '1', false)) AS k (path, value, good);
SELECT results_eq($$ SELECT pg_temp.problems('{"features": {"age": {"method": "psychic"}}}') $$,
	$$ VALUES ('features.age.method: is "psychic" and must be a method of drift.compare(), or null') $$, 'methods are those of drift.compare()');
SELECT results_eq($$ SELECT pg_temp.problems('{"drift_detection": {"thresholds": {"set": "standard", "psi_wrong": 1}}}') $$,
	$$ VALUES ('drift_detection.thresholds: unknown threshold "psi_wrong"') $$, 'thresholds may be an object, whose keys are checked');
SELECT results_eq($$ SELECT pg_temp.problems('{"drift_detection": {"thresholds": "evidently"}}') $$,
	$$ VALUES ('drift_detection.thresholds: cannot be "evidently", whose rule needs rows: monitors keep profiles') $$, 'sets that need rows are refused');
SELECT is((SELECT array_agg(message) FROM drift.validate_config(c)), ARRAY['is ' || n || ' and must be an object'], n || ' is no configuration')
FROM (VALUES (NULL::jsonb, 'NULL'), ('null', 'null'), ('[]', 'array'), ('1', 'number')) AS v (c, n);

-- loading: rights, layers, what holds
SELECT drift.register_model('weird "model" Ünïcode', owner => 'config_owner') \g /dev/null
SELECT drift.grant_privilege('weird "model" Ünïcode', 'config_runner', 'read') \g /dev/null
SELECT throws_ok($$ SELECT drift.load_config('{"a": 1, "alerting": {"of": 0}}') $$, '22023', 'the configuration has 2 error(s)', 'what is wrong is not loaded');
SELECT is((SELECT count(*) FROM drift.configs), 0::bigint, 'not even in part');
SELECT drift.load_config('{"alerting": {"breaches": 1, "of": 4}, "drift_detection": {"psi_warning": 0.12}, "features": {"age": {"weight": 2}}}') \g /dev/null
SET ROLE config_owner;
SELECT throws_ok($$ SELECT drift.load_config('{}') $$, '42501', 'permission denied for the configuration of all models', 'that of all models is the administrator''s');
SELECT is((drift.load_config('{"alerting": {"of": 5}, "features": {"income": {"method": "psi"}}}', 'weird "model" Ünïcode')).set_by, 'config_owner', 'that of a model its owner''s');
SELECT is(drift.dump_config('weird "model" Ünïcode') -> 'alerting' ->> c.key, c.wanted, c.key || ' ' || c.why)
FROM (VALUES ('of', '5', 'is the model''s'), ('breaches', '1', 'is that of all models'), ('clear_ratio', '0.8', 'is the default')) AS c (key, wanted, why);
SELECT is(drift.dump_config('weird "model" Ünïcode') -> 'features', '{"age": {"weight": 2}, "income": {"method": "psi"}}', 'features of all layers are there');
RESET ROLE;
SELECT is(drift.dump_config() #> '{alerting,of}', '4', 'all models do not have what is a model''s');
SELECT is((SELECT event FROM drift.model_events ORDER BY event_id DESC LIMIT 1), 'config_loaded', 'the history of the model has it');
SET ROLE config_runner;
SELECT throws_ok($$ SELECT drift.load_config('{}', 'weird "model" Ünïcode') $$, '42501', NULL, 'readers do not load');
SELECT is(drift.dump_config('weird "model" Ünïcode') #> '{alerting,of}', '5', 'but see');
SET ROLE config_outsider;
SELECT throws_ok($$ SELECT drift.dump_config('weird "model" Ünïcode') $$, '42704', NULL, 'others see no model');
SELECT is((SELECT array_agg(model_id) FROM drift.configs), '{0}', 'and only what is for all');
RESET ROLE;

-- a monitor on top, with what it runs with
CREATE TABLE people AS SELECT now() AS at, i AS age, i % 3 AS few, 'c' || i % 5 AS town FROM generate_series(1, 100) AS i;
GRANT SELECT ON people TO PUBLIC;
SET ROLE config_owner;
SELECT drift.create_monitor('people', 'people', 'weird "model" Ünïcode', config => '{"alerting": {"of": 6}, "features": {"age": {"psi_warning": 0.05, "ks_significance": 0.02}}}',
	thresholds => '{"set": "psi_020", "psi_critical": 0.5}') \g /dev/null
CREATE TEMPORARY VIEW run AS SELECT m, drift_internal.monitor_config(m) AS config FROM drift.monitors AS m;
SELECT is(ARRAY[drift.monitor_config('people') #> '{alerting,breaches}', drift.monitor_config('people') #> '{alerting,of}'], '{1,6}', 'its own goes before the model''s before that of all');
SELECT is((l.limits).alpha, 0.05::float8, 'set of the monitor') FROM run, LATERAL (SELECT drift_internal.monitor_limits(m, config) AS limits) AS l;
SELECT is((l.limits).psi_critical, 0.5::float8, 'as changed there') FROM run, LATERAL (SELECT drift_internal.monitor_limits(m, config) AS limits) AS l;
SELECT is((l.limits).psi_warning, 0.12::float8, 'with the band of all models') FROM run, LATERAL (SELECT drift_internal.monitor_limits(m, config) AS limits) AS l;
SELECT is(ARRAY[(c.limits).psi_warning, (c.limits).alpha, (c.limits).psi_critical], '{0.05,0.02,0.5}', 'a feature has its own, and the rest of the monitor''s')
FROM run, LATERAL (SELECT drift_internal.column_limits(drift_internal.monitor_limits(m, config), config, 'age') AS limits) AS c;
SELECT is(drift_internal.column_limits(drift_internal.monitor_limits(m, config), config, 'few'), drift_internal.monitor_limits(m, config), 'others have none')
FROM run;
SELECT is(ARRAY[drift_internal.column_weight(config, 'age'), drift_internal.column_weight(config, 'few')], '{2,1}', 'weights') FROM run;
SELECT is(drift_internal.column_method(config, 'income'), 'psi', 'method') FROM run;
SELECT is(drift_internal.config_number(config, 'retraining.new_data_weight'), 0.7::float8, 'a number by its path') FROM run;
SELECT is(drift_internal.config_text(config, 'alerting.cooldown'), '1 day', 'a text by its path') FROM run;
SELECT throws_ok($$ SELECT drift.load_config('{"alerting": {"of": 9}, "drift_detection": {"psi_warning": 0.7}}', 'weird "model" Ünïcode') $$, '22023',
	NULL, 'a model cannot break its own limits');
SELECT throws_ok($$ SELECT drift.load_config('{"drift_detection": {"psi_critical": 0.6, "psi_warning": 0.55, "thresholds": "standard"}, "features": {"age": {"psi_critical": 0.01}}}', 'weird "model" Ünïcode') $$,
	'22023', NULL, 'nor those of a feature');
SELECT drift.alter_monitor('people', '{"drift_detection": {"psi_warning": 0.4}}') \g /dev/null
SELECT throws_ok($$ SELECT drift.load_config('{"drift_detection": {"psi_critical": 0.3}}', 'weird "model" Ünïcode') $$, '22023',
	'the configuration does not fit that of monitor "people"', 'nor those of a monitor that is set over it');
SELECT drift.load_config('{}', 'weird "model" Ünïcode') \g /dev/null
SELECT is(drift.dump_config('weird "model" Ünïcode') #> '{alerting,of}', '4', 'an empty configuration gives the model back to what goes before');
RESET ROLE;

-- what features can have
SELECT drift.create_baseline('people', 'SELECT random() AS wide, age % 2 AS two, town, at FROM people', columns => '{wide,two,town}') \g /dev/null
SELECT drift.create_baseline('wide', 'SELECT random() AS wide, i % 2 AS two, ''c'' || i % 5 AS town FROM generate_series(1, 2000) AS i', columns => '{wide,two,town}') \g /dev/null
SELECT throws_ok(format($$ SELECT drift.create_monitor('m', 'SELECT now() AS at, 0.5::float8 AS wide, 1 AS two, ''x'' AS town', baseline => 'wide', config => %L) $$, c.config), '22023',
	'the configuration has ' || c.number || ' error(s)', c.why)
FROM (VALUES ('{"features": {"height": {"weight": 1}}}', 1, 'a feature that is not there'), ('{"features": {"town": {"method": "ks_test"}}}', 1, 'numbers for words'),
	('{"features": {"wide": {"method": "chi_square_test"}}}', 1, 'every value counted, of many'),
	('{"features": {"town": {"method": "z_test"}, "wide": {"method": "levene_test"}}}', 2, 'all of them at once')) AS c (config, number, why);
SELECT lives_ok($$ SELECT drift.create_monitor('m', 'SELECT now() AS at, 0.5::float8 AS wide, 1 AS two, ''x'' AS town', baseline => 'wide',
	config => '{"features": {"two": {"method": "z_test"}, "town": {"method": "chi_square_test"}, "wide": {"method": "ks_test"}}}') $$, 'methods that fit');
SELECT throws_ok($$ SELECT drift.alter_monitor('m', '{"features": {"nobody": {}}}') $$, '22023', NULL, 'the same when it is altered');

SELECT * FROM finish();
ROLLBACK;
