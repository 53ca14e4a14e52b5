-- A call of each function of the registry, with arguments that are good for whoever may make it.
CREATE TABLE matrix.calls (position integer GENERATED ALWAYS AS IDENTITY, topic text, name text, call text, label text);
GRANT SELECT ON matrix.calls TO PUBLIC;

INSERT INTO matrix.calls (topic, name, call) VALUES
	('Registry', 'register_model', $$drift.register_model('new')$$),
	('Registry', 'rename_model', $$drift.rename_model('risk', 'new')$$),
	('Registry', 'set_owner', $$drift.set_owner('risk', 'matrix_owner')$$),
	('Registry', 'delete_model', $$drift.delete_model('unlogged')$$),
	('Registry', 'grant_privilege', $$drift.grant_privilege('risk', 'matrix_outsider', 'read')$$),
	('Registry', 'revoke_privilege', $$drift.revoke_privilege('risk', 'matrix_reader', 'read')$$),
	('Registry', 'set_description', $$drift.set_description('risk', 'x')$$),
	('Registry', 'set_tags', $$drift.set_tags('risk', '{"a": 1}')$$),
	('Registry', 'describe_model', $$drift.describe_model('risk')$$),
	('Registry', 'add_version', $$drift.add_version('risk', matrix.artefact(3))$$),
	('Registry', 'add_external_version', $$drift.add_external_version('risk', 's3://models/3', sha256('x'), '[{"name": "a", "kind": "number"}]')$$),
	('Registry', 'start_version', $$drift.start_version('risk')$$),
	('Registry', 'finish_version', $$drift.finish_version('risk', 3, matrix.artefact(3))$$),
	('Registry', 'fail_version', $$drift.fail_version('risk', 3, 'no rows')$$),
	('Registry', 'log_metrics', $$drift.log_metrics('risk', 2, '{"auc": 0.9}')$$),
	('Registry', 'delete_version', $$drift.delete_version('second', 4)$$),
	('Registry', 'set_alias', $$drift.set_alias('risk', 'other', 2)$$),
	('Registry', 'remove_alias', $$drift.remove_alias('risk', 'other')$$),
	('Registry', 'set_stage', $$drift.set_stage('risk', 2, 'archived')$$),
	('Registry', 'register_challenger', $$drift.register_challenger('risk', 2)$$),
	('Registry', 'version_at', $$drift.version_at('risk')$$),
	('Registry', 'list_versions', $$drift.list_versions('risk')$$),
	('Registry', 'training_snapshot', $$drift.training_snapshot('app.applications')$$),
	('Registry', 'export_version', $$drift.export_version('risk', 1)$$),
	('Registry', 'import_version', format('drift.import_version(%L, %L)', 'risk', drift.export_version('second', 1))),

	('Governance', 'set_approval_policy', $$drift.set_approval_policy('risk', 1)$$),
	('Governance', 'draft_evidence', $$drift.draft_evidence('risk', 2)$$),
	('Governance', 'request_promotion', $$drift.request_promotion('risk', 2)$$),
	('Governance', 'add_evidence', format('drift.add_evidence(%s, ''{"fairness": 2}'')', :'request')),
	('Governance', 'withdraw_request', format('drift.withdraw_request(%s)', :'request')),
	('Governance', 'approve', format('drift.approve(%s)', :'request')),
	('Governance', 'reject', format('drift.reject(%s, ''unfair'')', :'request')),
	('Governance', 'card_sections', $$drift.card_sections()$$),
	('Governance', 'write_card', $$drift.write_card('risk', 1, 'limitations', 'None known.')$$),
	('Governance', 'model_card', $$drift.model_card('risk')$$),
	('Governance', 'model_card_markdown', $$drift.model_card_markdown('risk')$$),

	('Deployment', 'deployment_options', $$drift.deployment_options()$$),
	('Deployment', 'deploy', $$drift.deploy('risk', 2, 'canary')$$),
	('Deployment', 'promote', $$drift.promote('risk')$$),
	('Deployment', 'set_step', $$drift.set_step('canary', 2)$$),
	('Deployment', 'advance', $$drift.advance('canary')$$),
	('Deployment', 'run_deployments', $$drift.run_deployments()$$),
	('Deployment', 'complete', $$drift.complete('canary')$$),
	('Deployment', 'rollback', $$drift.rollback('second')$$),
	('Deployment', 'retire', $$drift.retire('risk')$$),
	('Deployment', 'pin', $$drift.pin('risk')$$),
	('Deployment', 'unpin', $$drift.unpin('pinned')$$),
	('Deployment', 'freeze', $$drift.freeze('risk')$$),
	('Deployment', 'unfreeze', $$drift.unfreeze('frozen')$$),
	('Deployment', 'set_rollback_limit', $$drift.set_rollback_limit('risk', 2)$$),
	('Deployment', 'claim_events', $$drift.claim_events()$$),
	('Deployment', 'confirm_event', format('drift.confirm_event(%s)', :'event')),
	('Deployment', 'fail_event', format('drift.fail_event(%s, ''down'')', :'event')),
	('Deployment', 'purge_events', $$drift.purge_events()$$),

	('Predictions', 'create_prediction_log', $$drift.create_prediction_log('unlogged', 'app.unlogged_log')$$),
	('Predictions', 'extend_prediction_log', $$drift.extend_prediction_log('second', 4)$$),
	('Predictions', 'maintain_prediction_log', $$drift.maintain_prediction_log('risk')$$),
	('Predictions', 'maintain_prediction_logs', $$CALL drift.maintain_prediction_logs()$$),
	('Predictions', 'set_retention', $$drift.set_retention('risk', '1 year')$$),
	('Predictions', 'prediction_time', format('drift.prediction_time(%L)', :'prediction')),
	('Predictions', 'make_prediction_id', $$drift.make_prediction_id('risk')$$),
	('Predictions', 'record_outcome', format('drift.record_outcome(%L, ''good'')', :'prediction')),
	('Predictions', 'record_entity_outcome', $$drift.record_entity_outcome('risk', 'k', 'good')$$),

	('Predictions', 'record_outcomes', format('drift.record_outcomes(%L, %L)', 'risk', format('SELECT %L::uuid AS prediction_id, ''good'' AS actual', :'prediction'))),
	('Predictions', 'match_outcomes', $$drift.match_outcomes('risk')$$),
	('Predictions', 'unmatched_outcomes', $$drift.unmatched_outcomes('risk')$$),
	('Predictions', 'label_coverage', $$drift.label_coverage('risk')$$),
	('Predictions', 'label_lag', $$drift.label_lag('risk')$$),
	('Predictions', 'label_frontier', $$drift.label_frontier('risk')$$),
	('Predictions', 'forget', $$drift.forget('risk', 'k')$$),
	('Predictions', 'route', $$drift.route('canary', 'k')$$),
	('Predictions', 'route_bucket', $$drift.route_bucket('salt', 'k')$$),
	('Predictions', 'explain_route', $$drift.explain_route('canary', 'k')$$),

	('Monitors', 'run_check', $$drift.run_check('watch')$$),
	('Monitors', 'feature_drift_report', $$drift.feature_drift_report('risk', 'a')$$),

	('Cluster', 'health_check', $$drift.health_check()$$),
	('Cluster', 'adopt_cluster', $$drift.adopt_cluster()$$),
	('Cluster', 'prepare_uninstall', $$drift.prepare_uninstall()$$);

INSERT INTO matrix.calls (topic, name, call, label) VALUES
	('Predictions', 'predict', $$drift.predict('risk', '{"a": 1, "b": 2}', 'k')$$, 'drift.predict()'),
	('Predictions', 'predict', $$drift.predict('risk', '{"a": 1, "b": 2}', 'k', log => false)$$, 'drift.predict(log => false)'),
	('Predictions', 'predict', $$drift.predict('risk@staging', '{"a": 1, "b": 2}', 'k')$$, 'drift.predict(''model@alias'')'),
	('Predictions', 'predict_row', $$(SELECT 1 AS a, 2 AS b) AS r, drift.predict_row('risk', r, 'k')$$, 'drift.predict_row()'),
	('Predictions', 'predict_batch', $$drift.predict_batch('risk', 'app.applications', 'applicant')$$, 'drift.predict_batch()'),
	('Predictions', 'get_model', $$drift.get_model('risk')$$, 'drift.get_model()');
-- scores and explanations by name, in each form of a row
INSERT INTO matrix.calls (topic, name, call)
SELECT 'Scores by name', kind || suffix, format(query, kind || suffix)
FROM unnest(ARRAY['score', 'score_raw', 'score_proba', 'score_label', 'explain']) WITH ORDINALITY AS k (kind, place),
	(VALUES ('', 'drift.%s(''risk'', ''{1,2}''::float8[])'), ('_array', 'drift.%s(''risk'', ''{1,2}'')'), ('_json', 'drift.%s(''risk'', ''{"a": 1, "b": 2}'')'),
		('_columns', 'drift.%s(''risk'', 1, 2)'), ('_row', '(SELECT 1 AS a, 2 AS b) AS r, drift.%s(''risk'', r)')) AS f (suffix, query)
WHERE kind <> 'explain' OR suffix IN ('_array', '_row')
ORDER BY place, suffix COLLATE "C";
INSERT INTO matrix.calls (topic, name, call) VALUES ('Scores by name', 'explain', 'drift.explain(''risk'', ''{"a": 1, "b": 2}''::jsonb)');
