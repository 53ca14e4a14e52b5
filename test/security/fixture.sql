-- Roles, and models in every state, for the matrix of who may do what.
CREATE ROLE matrix_owner LOGIN;
CREATE ROLE matrix_operator LOGIN;
CREATE ROLE matrix_approver LOGIN;
CREATE ROLE matrix_app LOGIN;
CREATE ROLE matrix_reader LOGIN;
CREATE ROLE matrix_outsider LOGIN;
CREATE ROLE matrix_requester LOGIN;

CREATE SCHEMA app AUTHORIZATION matrix_owner;
CREATE SCHEMA matrix;
GRANT USAGE ON SCHEMA app, matrix TO PUBLIC;
CREATE TABLE app.applications AS SELECT i AS a, i % 3 AS b, i::text AS applicant, now() AS at FROM generate_series(1, 20) AS i;
GRANT SELECT ON app.applications TO PUBLIC;

CREATE FUNCTION matrix.artefact(b float8, inputs text[] DEFAULT '{a,b}') RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.bind(drift.import_model('json', jsonb_build_object('format', 'drift', 'version', 1, 'task', 'binary', 'inputs', inputs,
		'features', inputs, 'linear', jsonb_build_object('coefficients', jsonb_build_array(1, b), 'intercept', 0),
		'transform', 'logistic', 'classes', '["good", "bad"]'::jsonb)::text), inputs)
$$;

-- Version 1 is the champion, 2 in staging, 3 pending; everybody but the outsider has a privilege.
CREATE FUNCTION matrix.model(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM drift.register_model(name, owner => 'matrix_owner');
	PERFORM drift.add_version(name, matrix.artefact(1), metrics => '{"auc": 0.8}', run_id => name);
	PERFORM drift.add_version(name, matrix.artefact(2), metrics => '{"auc": 0.9}');
	PERFORM drift.start_version(name);
	PERFORM drift.promote(name, 1);
	PERFORM drift.set_alias(name, 'staging', 2);
	PERFORM drift.set_alias(name, 'other', 1);
	PERFORM drift.grant_privilege(name, p.role, p.privilege)
	FROM (VALUES ('matrix_operator', 'operate'), ('matrix_approver', 'approve'), ('matrix_app', 'predict'), ('matrix_reader', 'read'),
		('matrix_requester', 'operate')) AS p (role, privilege);
END
$$;

SELECT matrix.model(n) FROM unnest(ARRAY['risk', 'canary', 'pinned', 'frozen', 'asked', 'second', 'unlogged']) AS n \g /dev/null
-- One that predicts numbers.
SELECT drift.register_model('price', owner => 'matrix_owner'), drift.add_external_version('price', 'file:///price', sha256('price'),
	'[{"name": "a", "kind": "number"}]', 'regression'), drift.grant_privilege('price', 'matrix_operator', 'operate'),
	drift.grant_privilege('price', 'matrix_requester', 'operate'), drift.grant_privilege('price', 'matrix_approver', 'approve'),
	drift.grant_privilege('price', 'matrix_app', 'predict'), drift.grant_privilege('price', 'matrix_reader', 'read') \g /dev/null
SELECT drift.deploy('canary', 2, 'canary'), drift.pin('pinned'), drift.freeze('frozen') \g /dev/null
SELECT drift.promote('second', 2), drift.add_version('second', matrix.artefact(1, '{a,c}')) \g /dev/null

-- A request that one approval completes.
SELECT drift.set_approval_policy('asked', 1), drift.write_card('asked', 2, 'limitations', 'None known.'),
	drift.write_card('asked', 2, 'approved_use_cases', 'Tests.') \g /dev/null
SET SESSION AUTHORIZATION matrix_requester;
SELECT request_id AS rejected FROM drift.request_promotion('asked', 2) \gset
SET SESSION AUTHORIZATION matrix_approver;
SELECT drift.reject(:rejected, 'no evidence') \g /dev/null
SET SESSION AUTHORIZATION matrix_requester;
SELECT request_id AS request FROM drift.request_promotion('asked', 2,
	'{"performance": 1, "feature_importance": 1, "data_quality": 1, "fairness": 1}') \gset
SET SESSION AUTHORIZATION matrix_owner;
-- Logs belong to the owner, who grants what is needed beside the privilege.
SET search_path = app;
SELECT drift.create_prediction_log(n) FROM unnest(ARRAY['risk', 'canary', 'asked', 'second']) AS n \g /dev/null
GRANT INSERT, SELECT ON risk_log, risk_log_outcomes, canary_log, canary_log_outcomes TO matrix_app;
GRANT SELECT ON risk_log, risk_log_outcomes, canary_log, canary_log_outcomes, risk_log_labelled, canary_log_labelled TO matrix_operator, matrix_reader;
INSERT INTO risk_log (model_version, entity_key, score, label, a, b) VALUES (1, 'k', 0.9, 'bad', 1, 2);
INSERT INTO canary_log (model_version, entity_key, score, label, a, b) VALUES (1, 'k', 0.9, 'bad', 1, 2);
SELECT prediction_id AS prediction FROM risk_log \gset
SELECT drift.record_outcome(:'prediction', 'bad'), drift.record_entity_outcome('risk', 'nobody', 'bad') \g /dev/null
SELECT evaluation_id AS evaluation FROM drift.evaluate_challenger('risk', 2) \gset
-- A monitor of the owner, with a check.
SELECT drift.create_monitor('watch', model => 'risk'), drift.run_check('watch') \g /dev/null
CREATE TABLE readings (at timestamptz, a float8);
SELECT drift.create_monitor('watch_table', 'readings') \g /dev/null
SELECT drift.add_metric('watch_table', 'spare', 'a') \g /dev/null
SELECT drift.create_detector('stream', 'adwin', 'readings', model => 'risk', expression => 'a') \g /dev/null
-- A learner, and a run of training elsewhere.
SELECT drift.create_learner('lesson', 'y', model => 'risk'), drift.partial_fit('lesson', 'SELECT a, a > 9 AS y FROM applications') \g /dev/null
SELECT drift.start_run('risk') AS run \gset
SELECT drift.set_performance_baseline('risk', 1, '{"roc_auc": 0.8}') \g /dev/null
SELECT drift.fit_estimator('risk', 'SELECT i / 100.0 AS score, i % 3 = 0 AS actual FROM generate_series(1, 100) AS i', positive_label => 'true') \g /dev/null
SELECT schedule_id AS schedule FROM drift.schedule_monitor('watch', '0 2 * * *') \gset
SELECT drift.create_baseline(b, 'applications', 'risk') FROM unnest('{spare,held}'::text[]) AS b \g /dev/null
SELECT drift.create_monitor('table', 'applications', 'risk'), drift.refresh_windows('table') \g /dev/null
SELECT drift.set_training('risk', 'b', 'applications', 'at'), drift.add_expectation('risk', 'spare', 'row_count', params => '{"min": 1}') \g /dev/null
-- A search that failed, because there are too few rows.
SELECT drift.tune_model('risk', 'linear', '{"l2": [1]}')->>'run_id' AS search \gset
SELECT max(check_id) AS "check" FROM drift.checks \gset
-- Something for maintenance to do, and something to read in every table.
SELECT format('DROP TABLE %s', max(i.inhrelid::regclass::text)) FROM pg_inherits AS i WHERE i.inhparent = 'risk_log'::regclass \gexec
RESET search_path;
RESET SESSION AUTHORIZATION;
INSERT INTO drift.validations (model_id, deployment_id, version, previous_version, span, n_labelled, verdict, action, terms, validated_by)
SELECT m.model_id, 1, 2, 1, '[2026-01-01,2026-02-01)', 0, 'inconclusive', 'waits', '{}', 'matrix_operator' FROM drift.models AS m WHERE m.name = 'risk';
INSERT INTO drift.deployment_analyses (deployment_id, step, verdict, action, terms, actor, analysed_at)
SELECT deployment_id, 1, 'inconclusive', 'held', '{}', 'matrix_operator', now() - interval '1 day' FROM drift.deployments WHERE status = 'running';
SELECT max(event_id) AS event FROM drift.outbox JOIN drift.models USING (model_id) WHERE name = 'risk' \gset
-- An alert of the monitor and a silence of its model. The last check found nothing wrong.
INSERT INTO drift.alerts (model_id, monitor_id, kind, severity, title)
SELECT model_id, monitor_id, 'data_drift', 'warning', 'a drifted' FROM drift.monitors WHERE name = 'watch' RETURNING alert_id AS alert \gset
SELECT silence_id AS silence FROM drift.silence('[2026-01-01,)', 'known', model => 'risk') \gset
UPDATE drift.checks SET status = 'ok', error = NULL;
-- A channel of the owner and one of everybody, and a template of the owner.
CREATE SERVER matrix_channel FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'slack', host 'a.example');
CREATE SERVER matrix_open_channel FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'slack', host 'a.example');
GRANT USAGE ON FOREIGN SERVER matrix_channel TO matrix_owner;
GRANT USAGE ON FOREIGN SERVER matrix_open_channel TO PUBLIC;
SET SESSION AUTHORIZATION matrix_owner;
SELECT name FROM drift.create_template('of_owner', '{}') \g /dev/null
SELECT name FROM drift.create_alert_rule('of_owner', 'matrix_channel', include_open => false) \g /dev/null
RESET SESSION AUTHORIZATION;
INSERT INTO drift.deliveries (owner, channel, cause, message) VALUES ('matrix_owner', 'matrix_channel', 'test', '{}') RETURNING delivery_id AS delivery \gset
-- This is due for a look.
UPDATE drift.deployments SET started_at = started_at - interval '1 day', step_started_at = step_started_at - interval '1 day';
UPDATE drift.schedules SET next_run_at = next_run_at - interval '2 days';
