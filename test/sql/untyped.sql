-- Every public function takes untyped literals and parameters of unknown type: what an ORM or a
-- driver sends must not be ambiguous. A public function without a call here fails the test.
CREATE SCHEMA untyped;
SET search_path = untyped;
\getenv tests PG_ABS_SRCDIR
\set models :tests '/reference/models.sql'
\set ECHO none
\i :models
\set ECHO all

-- the text and binary forms of the type are called by the server
CREATE TABLE not_for_users (name text);
INSERT INTO not_for_users VALUES ('profile_in'), ('profile_out'), ('profile_recv'), ('profile_send'),
	('model_in'), ('model_out'), ('model_recv'), ('model_send'), ('detector_in'), ('detector_out'), ('detector_recv'), ('detector_send');

CREATE TABLE rows_of (x float8, f boolean);
INSERT INTO rows_of SELECT g, g > 6 FROM generate_series(1, 12) AS g;
CREATE TABLE simulated_rows AS SELECT * FROM rows_of;

-- One call per function: %s are its arguments, written as literals and then as parameters.
CREATE TABLE call (name text, query text, arguments text[]);
CREATE FUNCTION p() RETURNS text LANGUAGE sql AS $$ SELECT drift.profile_agg(x)::text FROM rows_of $$;
CREATE FUNCTION model() RETURNS text LANGUAGE sql AS $$ SELECT drift.bind(drift.import_model('xgboost', models.xgboost(2, 2, 2)), '{f0,f1}')::text $$;
CREATE FUNCTION w() RETURNS text LANGUAGE sql AS $$ SELECT drift.profile_agg((x > 4)::text)::text FROM rows_of $$;
INSERT INTO call SELECT n, format('SELECT drift.%s(%%s)', n), ARRAY[p()]
FROM unnest(ARRAY['row_count', 'missing_count', 'missing_rate', 'kind', 'value_type', 'is_exact', 'mean', 'stddev', 'minimum', 'maximum',
	'distinct_count', 'rank_error', 'compact', 'bins', 'merge_agg', 'value_count', 'describe_profile']) AS n;
INSERT INTO call VALUES ('quantile', 'SELECT drift.quantile(%s, %s)', ARRAY[p(), '0.5']), ('cdf', 'SELECT drift.cdf(%s, %s)', ARRAY[p(), '3']),
	('bins', 'SELECT drift.bins(%s, %s)', ARRAY[p(), '4']),
	('psi_counts', 'SELECT drift.psi_counts(%s, %s)', ARRAY['{1,2}', '{2,1}']), ('psi_counts', 'SELECT drift.psi_counts(%s, %s, %s)', ARRAY['{1,2}', '{2,1}', '0.001']),
	('psi', 'SELECT drift.psi(%s, %s, %s, %s)', ARRAY[p(), p(), '4', '0.001']), ('kl_divergence', 'SELECT drift.kl_divergence(%s, %s, %s, %s)', ARRAY[p(), p(), '4', '0.001']),
	('profiles_agg', 'SELECT drift.profiles_agg(x, f) FROM rows_of WHERE x < %s', ARRAY['5']),
	('profile_agg', 'SELECT drift.profile_agg(x, %s) FROM rows_of', ARRAY[p()]), ('profile_agg', 'SELECT drift.profile_agg(%s) FROM rows_of', ARRAY['a']);
-- statistics of two profiles
INSERT INTO call SELECT n, format('SELECT drift.%s(%%s, %%s)', n), ARRAY[CASE n WHEN 'z_test' THEN w() ELSE p() END, CASE n WHEN 'z_test' THEN w() ELSE p() END]
FROM unnest(ARRAY['psi', 'kl_divergence', 'js_distance', 'hellinger_distance', 'total_variation', 'wasserstein_distance', 'normalized_wasserstein_distance',
	'ks_test', 'chi_square_test', 'z_test', 't_test', 'mann_whitney_test', 'epps_singleton_test', 'levene_test', 'mmd_test',
	'cramer_von_mises_test', 'anderson_darling_test', 'kuiper_test', 'energy_distance']) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(%%s, %%s, %%s)', n), ARRAY[p(), p(), '5']
FROM unnest(ARRAY['psi', 'kl_divergence', 'js_distance', 'hellinger_distance', 'total_variation']) AS n;
-- statistics of labelled rows, with bins and edges of no type
INSERT INTO call SELECT n, format('SELECT drift.%s(%s, x > %%s) FROM rows_of', n, CASE n WHEN 'z_test' THEN 'f' ELSE 'x' END), ARRAY['6']
FROM unnest(ARRAY['psi', 'kl_divergence', 'js_distance', 'hellinger_distance', 'total_variation', 'wasserstein_distance', 'normalized_wasserstein_distance',
	'ks_test', 'chi_square_test', 'z_test', 't_test', 'mann_whitney_test', 'epps_singleton_test', 'levene_test', 'mmd_test',
	'cramer_von_mises_test', 'anderson_darling_test', 'kuiper_test', 'energy_distance']) AS n;
INSERT INTO call VALUES ('permutation_test', 'SELECT drift.permutation_test(%s, %s, %s)', ARRAY[p(), p(), 'ks']),
	('permutation_test', 'SELECT drift.permutation_test(%s, %s, %s, %s, %s)', ARRAY[p(), p(), 'ks', '99', '1']),
	('permutation_test', 'SELECT drift.permutation_test(x, f, %s) FROM rows_of', ARRAY['ks']),
	('mmd_test', 'SELECT drift.mmd_test(%s, %s, %s, %s)', ARRAY[p(), p(), '10', '1']), ('mmd_test', 'SELECT drift.mmd_test(x, f, %s, %s) FROM rows_of', ARRAY['10', '1']),
	('mmd_test', 'SELECT drift.mmd_test(%s, %s, %s)', ARRAY[p(), p(), '10']), ('mmd_test', 'SELECT drift.mmd_test(x, f, %s) FROM rows_of', ARRAY['10']),
	('permutation_test', 'SELECT drift.permutation_test(x, f, %s, %s, %s) FROM rows_of', ARRAY['ks', '99', '1']);
INSERT INTO call VALUES ('chance', 'SELECT drift.chance(%s, %s, %s)', ARRAY[p(), p(), 'psi']),
	('chance', 'SELECT drift.chance(%s, %s, %s, %s)', ARRAY[p(), p(), 'psi', '5']),
	('chance', 'SELECT drift.chance(x, f, %s) FROM rows_of', ARRAY['psi']), ('chance', 'SELECT drift.chance(x, f, %s, %s) FROM rows_of', ARRAY['psi', '5']),
	('psi_chance', 'SELECT drift.psi_chance(%s, %s, %s, %s)', ARRAY['0.1', '10', '100', '100']);
-- statistics of categories
INSERT INTO call SELECT n, format('SELECT drift.%s(%%s, %%s)', n), ARRAY[w(), w()]
FROM unnest(ARRAY['l_infinity', 'cramers_v', 'cramers_v_corrected', 'g_test', 'chi_square_goodness_of_fit_test', 'fisher_exact_test', 'missing_rate_test']) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(f, x > %%s) FROM rows_of', n), ARRAY['6']
FROM unnest(ARRAY['l_infinity', 'cramers_v', 'cramers_v_corrected', 'g_test', 'chi_square_goodness_of_fit_test', 'fisher_exact_test', 'missing_rate_test']) AS n;
-- relations between two columns
INSERT INTO call SELECT n, format('SELECT drift.%s(x, x) FROM rows_of WHERE x < %%s', n), ARRAY['5']
FROM unnest(ARRAY['correlation', 'correlation_test', 'mutual_information', 'mutual_information_test']) AS n;
INSERT INTO call VALUES ('correlation', 'SELECT drift.correlation(x, x, %s) FROM rows_of', ARRAY['spearman']),
	('correlation_test', 'SELECT drift.correlation_test(x, x, %s) FROM rows_of', ARRAY['kendall']),
	('mutual_information', 'SELECT drift.mutual_information(x, x, %s) FROM rows_of', ARRAY['5']),
	('mutual_information_test', 'SELECT drift.mutual_information_test(x, x, %s) FROM rows_of', ARRAY['5']),
	('mutual_information_test', 'SELECT drift.mutual_information_test(x, x, %s, %s, %s) FROM rows_of', ARRAY['5', '99', '1']);
-- metrics of binary models
INSERT INTO call SELECT n, format('SELECT drift.%s(x / 12, x > %%s) FROM rows_of', n), ARRAY['6']
FROM unnest(ARRAY['roc_auc', 'gini', 'average_precision', 'ks_statistic', 'log_loss', 'brier', 'ece', 'binary_metrics', 'roc_curve', 'precision_recall_curve',
	'calibration_curve', 'gains_table']) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(%%s, %%s, %%s) FROM rows_of', n), ARRAY['0.5', 'true', CASE n WHEN 'best_threshold' THEN 'f1' ELSE '5' END]
FROM unnest(ARRAY['roc_auc', 'gini', 'average_precision', 'ks_statistic', 'log_loss', 'brier', 'ece', 'binary_metrics', 'roc_curve', 'precision_recall_curve',
	'calibration_curve', 'gains_table', 'best_threshold']) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(%%s, %%s, %%s, %%s) FROM rows_of', n), ARRAY['0.5', 'true', CASE n WHEN 'best_threshold' THEN 'f1' ELSE '5' END, '1']
FROM unnest(ARRAY['ece', 'binary_metrics', 'roc_curve', 'precision_recall_curve', 'calibration_curve', 'gains_table', 'best_threshold']) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(f, x > %%s) FROM rows_of', n), ARRAY['6']
FROM unnest(ARRAY['accuracy', 'precision', 'recall', 'specificity', 'f1', 'mcc', 'balanced_accuracy', 'confusion']) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(f, x > %%s, %%s) FROM rows_of', n), ARRAY['6', '0.5']
FROM unnest(ARRAY['accuracy', 'precision', 'recall', 'specificity', 'f1', 'f_beta', 'mcc', 'balanced_accuracy', 'confusion']) AS n;
INSERT INTO call VALUES ('accuracy', 'SELECT drift.accuracy(%s, %s) FROM rows_of', ARRAY['a', 'a']), ('accuracy', 'SELECT drift.accuracy(%s, %s, %s) FROM rows_of', ARRAY['a', 'b', '1']),
	('f_beta', 'SELECT drift.f_beta(f, f, %s, %s) FROM rows_of', ARRAY['2', '1']);
-- what compares whole relations
INSERT INTO call SELECT n, format('SELECT * FROM drift.%s(%%s, %%s)', n), ARRAY['rows_of', 'rows_of']
FROM unnest(ARRAY['compare', 'detect_drift', 'report_json', 'report_text', 'report_markdown', 'report_html']) AS n;
INSERT INTO call SELECT n, format('SELECT * FROM drift.%s(%%s, %%s, %%s, %%s, %%s, %%s, %%s, %%s)', n), ARRAY['rows_of', 'rows_of', '{x}', '{"x": "t_test"}', 'standard', 'summary', '5', '1']
FROM unnest(ARRAY['compare', 'report_json', 'report_text', 'report_markdown', 'report_html']) AS n;
-- relations to a target, and all columns together
INSERT INTO call VALUES ('concept_drift', 'SELECT * FROM drift.concept_drift(%s, %s, %s, %s, %s, %s, %s, %s, %s)', ARRAY['rows_of', 'rows_of', 'f', 'x', '{}', '0.1', '0.1', '99', '1']),
	('detect_concept_drift', 'SELECT * FROM drift.detect_concept_drift(%s, %s, %s, %s, %s)', ARRAY['rows_of', 'rows_of', 'f', 'x', '0.1']),
	('target_drift', 'SELECT * FROM drift.target_drift(%s, %s, %s, %s, %s)', ARRAY['rows_of', 'rows_of', 'f', 'x', 'standard']),
	('comprehensive_analysis', 'SELECT * FROM drift.comprehensive_analysis(%s, %s, %s, %s, %s, %s)', ARRAY['rows_of', 'rows_of', 'f', 'x', 'standard', '0.1']),
	('comprehensive_report', 'SELECT drift.comprehensive_report(%s, %s, %s, %s, %s, %s)', ARRAY['rows_of', 'rows_of', 'f', 'x', 'standard', '0.1']),
	('reconstruction_drift', 'SELECT * FROM drift.reconstruction_drift(%s, %s, %s, %s, NULL, %s, %s, %s)', ARRAY['SELECT x, f, current_date AS d FROM rows_of', 'SELECT x, f, current_date AS d FROM rows_of', '{x,f}', 'd', '4', '3', '0.5']),
	('domain_classifier', 'SELECT * FROM drift.domain_classifier(%s, %s, %s, %s, %s, %s, %s, %s, %s)', ARRAY['rows_of', 'rows_of', 'x', '{f}', '0.4', '0.6', 'logistic', '{}', '5']);
INSERT INTO call VALUES ('detect_drift', 'SELECT * FROM drift.detect_drift(%s, %s, %s, %s)', ARRAY['rows_of', 'rows_of', '{x}', 'psi_020']),
	('describe_relation', 'SELECT * FROM drift.describe_relation(%s, %s)', ARRAY['rows_of', '{x}']),
	('describe_missing', 'SELECT * FROM drift.describe_missing(%s, %s, %s)', ARRAY['rows_of', '{x}', '5']),
	('describe_dataset', 'SELECT * FROM drift.describe_dataset(%s, %s)', ARRAY['rows_of', '{x}']),
	('describe_changes', 'SELECT * FROM drift.describe_changes(%s, %s, %s)', ARRAY['rows_of', 'rows_of', '{x}']),
	('histogram', 'SELECT * FROM drift.histogram(%s, %s, %s, %s)', ARRAY['rows_of', 'rows_of', 'x', '3']),
	('bounds', 'SELECT * FROM drift.bounds(%s, %s, %s)', ARRAY['psi', p(), p()]), ('profile_merge', 'SELECT drift.profile_merge(%s, %s)', ARRAY[p(), p()]),
	('column_severity', 'SELECT drift.column_severity(%s, %s, %s, t) FROM drift.thresholds AS t', ARRAY['true', 'false', 'ok']),
	('psi_severity', 'SELECT drift.psi_severity(%s, %s, t) FROM drift.thresholds AS t', ARRAY['0.3', '0.01']),
	('psi_p_value', 'SELECT drift.psi_p_value(%s, %s, %s, %s)', ARRAY['0.3', '10', '100', '200']), ('p_value_text', 'SELECT drift.p_value_text(%s)', ARRAY['0.03']),
	('query_columns', 'SELECT * FROM drift.query_columns(%s)', ARRAY['rows_of']), ('source_query', 'SELECT drift.source_query(%s)', ARRAY['rows_of']),
	('simulate', 'SELECT drift.simulate(%s, %s, %s, %s, %s, %s)', ARRAY['rows_of', 'simulated_rows', '{"columns": {"x": {"shift": 1}}}', '5', '1', 'true']),
	('resolve_thresholds', 'SELECT drift.resolve_thresholds(%s)', ARRAY['standard']),
	('status', 'SELECT * FROM drift.status(%s, %s, %s)', ARRAY['true', '0.3', 'psi_020']),
	('correct_p_values', 'SELECT drift.correct_p_values(%s, %s)', ARRAY['{0.1,0.2}', 'bh']),
	('copy_thresholds', 'SELECT drift.copy_thresholds(%s, %s, %s, %s)', ARRAY['standard', 'mine', '{"alpha": 0.02}', 'mine']);

-- metrics of classes, numbers and rankings
INSERT INTO call SELECT n, format('SELECT drift.%s(x::integer, x::integer, %%s) FROM rows_of', n), ARRAY['macro'] FROM unnest('{precision,recall,f1}'::text[]) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(x::integer, x::integer, %%s, %%s) FROM rows_of', n), ARRAY['weighted', '2'] FROM unnest('{precision,recall,f1}'::text[]) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(x::text, x::integer, %%s) FROM rows_of', n), ARRAY['2'] FROM unnest('{multiclass_metrics,class_metrics,confusion_matrix}'::text[]) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(x, %%s, %%s) FROM rows_of', n), ARRAY['5', '2']
FROM unnest('{mae,mse,rmse,bias,mape,smape,msle,rmsle,r2,max_error,regression_metrics,ndcg,average_precision_at_k,precision_at_k,recall_at_k,hit_rate_at_k,reciprocal_rank,ranking_metrics}'::text[]) AS n;
INSERT INTO call VALUES ('f_beta', 'SELECT drift.f_beta(x::integer, x::integer, %s, %s, %s) FROM rows_of', ARRAY['2', 'macro', '1']),
	('ndcg', 'SELECT drift.ndcg(x, %s, %s, %s) FROM rows_of', ARRAY['5', '2', 'exponential']),
	('pinball_loss', 'SELECT drift.pinball_loss(x, %s, %s, %s) FROM rows_of', ARRAY['5', '0.9', '1']),
	('interval_coverage', 'SELECT drift.interval_coverage(x, %s, %s) FROM rows_of', ARRAY['5', '3']), ('interval_width', 'SELECT drift.interval_width(x, %s, %s) FROM rows_of', ARRAY['5', '1']),
	('multiclass_log_loss', 'SELECT drift.multiclass_log_loss(%s, f::integer, %s) FROM rows_of', ARRAY['{0.5,0.5}', '2']),
	('multiclass_log_loss', 'SELECT drift.multiclass_log_loss(%s, f::text, %s, %s) FROM rows_of', ARRAY['{0.5,0.5}', '{true,false}', '2']),
	('multiclass_roc_auc', 'SELECT drift.multiclass_roc_auc(%s, f::integer, %s, %s) FROM rows_of', ARRAY['{0.5,0.5}', 'weighted', '2']),
	('multiclass_roc_auc', 'SELECT drift.multiclass_roc_auc(%s, f::text, %s, %s, %s) FROM rows_of', ARRAY['{0.5,0.5}', '{true,false}', 'macro', '2']),
	('class_roc_auc', 'SELECT drift.class_roc_auc(%s, f::text, %s) FROM rows_of', ARRAY['{0.5,0.5}', '{true,false}']);

-- models
INSERT INTO call VALUES ('import_model', 'SELECT drift.import_model(%s, %s)', ARRAY['xgboost', models.xgboost(2, 2, 2)]),
	('import_model', 'SELECT drift.import_model(%s, %s, %s)', ARRAY['xgboost', convert_to(models.xgboost(2, 2, 2), 'UTF8')::text, '{"iterations": 1}']),
	('describe', 'SELECT drift.describe(%s)', ARRAY[model()]), ('bind', 'SELECT drift.bind(%s, %s)', ARRAY[model(), '{f0,f1}']);
INSERT INTO call SELECT n || form, format('SELECT drift.%s%s(%%s, %%s)', n, form), ARRAY[model(), features]
FROM unnest(ARRAY['score', 'score_raw', 'score_proba', 'score_label']) AS n, (VALUES ('', '{1,2}'), ('_array', '{1,2}'), ('_json', '{"f0": 1, "f1": 2}')) AS f(form, features);
INSERT INTO call SELECT n || form, format('SELECT drift.%s%s(%%s, %s) FROM (SELECT 1 AS f0, 2 AS f1) AS r', n, form, features), ARRAY[model()]
FROM unnest(ARRAY['score', 'score_raw', 'score_proba', 'score_label']) AS n, (VALUES ('_columns', 'f0, f1'), ('_row', 'r')) AS f(form, features);
INSERT INTO call VALUES ('explain', 'SELECT * FROM drift.explain(%s, %s)', ARRAY[model(), '{"f0": 1, "f1": 2}']),
	('explain_array', 'SELECT drift.explain_array(%s, %s)', ARRAY[model(), '{1,2}']), ('explain_row', 'SELECT e FROM (SELECT 1 AS f0, 2 AS f1) AS r, drift.explain_row(%s, r) AS e', ARRAY[model()]);

-- the registry: a model with a champion and a version beside it, one that is pending, one outside
CREATE FUNCTION artefact() RETURNS drift.model LANGUAGE sql AS $$ SELECT drift.import_model('xgboost', models.xgboost(2, 2, 2)) $$;
SELECT drift.register_model('untyped') \g /dev/null
SELECT drift.add_version('untyped', artefact()), drift.add_version('untyped', artefact()), drift.start_version('untyped') \g /dev/null
SELECT drift_internal.set_champion(m, 1, NULL), drift_internal.set_alias(m, 'other', 1) FROM drift.models AS m WHERE m.name = 'untyped' \g /dev/null
INSERT INTO call VALUES ('register_model', 'SELECT * FROM drift.register_model(%s, %s, %s, %s)', ARRAY['b', 'of this test', '{"team": "x"}', current_user]),
	('rename_model', 'SELECT drift.rename_model(%s, %s, %s)', ARRAY['untyped', 'b', 'why']), ('set_owner', 'SELECT drift.set_owner(%s, %s, %s)', ARRAY['untyped', current_user, 'why']),
	('set_description', 'SELECT drift.set_description(%s, %s, %s)', ARRAY['untyped', 'what', '1']), ('set_tags', 'SELECT drift.set_tags(%s, %s, %s)', ARRAY['untyped', '{"b": 1}', '1']),
	('describe_model', 'SELECT drift.describe_model(%s)', ARRAY['untyped']), ('delete_model', 'SELECT drift.delete_model(%s, %s)', ARRAY['untyped', 'why']),
	('grant_privilege', 'SELECT drift.grant_privilege(%s, %s, %s, %s)', ARRAY['untyped', 'public', 'read', 'why']),
	('revoke_privilege', 'SELECT drift.revoke_privilege(%s, %s, %s, %s)', ARRAY['untyped', 'public', 'read', 'why']),
	('add_version', 'SELECT drift.add_version(%s, %s, %s, %s, %s, %s, %s, %s, %s)', ARRAY['untyped', model(), '{"eta": 0.1}', '{"auc": 0.8}', '{"b": 1}', 'what', '{"rows": 5}', 'run', '{"parent_version": 1}']),
	('add_external_version', 'SELECT drift.add_external_version(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)', ARRAY['untyped', 's3://models/a', sha256('untyped')::text,
		'[{"name": "x", "kind": "number"}]', 'binary', '{"eta": 0.1}', '{"auc": 0.8}', '{"b": 1}', 'what', '{"rows": 5}', 'run', '{"parent_version": 1}']),
	('start_version', 'SELECT drift.start_version(%s, %s, %s, %s, %s, %s, %s)', ARRAY['untyped', '{"eta": 0.1}', '{"b": 1}', 'what', '{"rows": 5}', 'run', '{"parent_version": 1}']),
	('finish_version', 'SELECT drift.finish_version(%s, %s, %s, %s, %s, %s)', ARRAY['untyped', '3', model(), '{"auc": 0.8}', '{"eta": 0.1}', '{"rows": 5}']),
	('fail_version', 'SELECT drift.fail_version(%s, %s, %s)', ARRAY['untyped', '3', 'no rows']), ('log_metrics', 'SELECT drift.log_metrics(%s, %s, %s)', ARRAY['untyped', '1', '{"auc": 0.8}']),
	('delete_version', 'SELECT drift.delete_version(%s, %s, %s)', ARRAY['untyped', '2', 'why']),
	('set_alias', 'SELECT drift.set_alias(%s, %s, %s, %s)', ARRAY['untyped', 'staging', '2', 'why']), ('remove_alias', 'SELECT drift.remove_alias(%s, %s, %s)', ARRAY['untyped', 'other', 'why']),
	('set_stage', 'SELECT drift.set_stage(%s, %s, %s, %s)', ARRAY['untyped', '2', 'staging', 'why']),
	('register_challenger', 'SELECT drift.register_challenger(%s, %s, %s, %s)', ARRAY['untyped', '2', '{"b": 1}', 'why']),
	('version_at', 'SELECT drift.version_at(%s, %s, %s)', ARRAY['untyped', '2026-01-01', 'champion']),
	('list_versions', 'SELECT * FROM drift.list_versions(%s, %s, %s)', ARRAY['untyped', '3', '1']),
	('train', 'SELECT drift.train(%s, %s, %s, %s)', ARRAY['rows_of', 'x', 'linear', '{"impute": "mean"}']),
	('metric_families', 'SELECT * FROM drift.metric_families() WHERE name = %s', ARRAY['model_drift']), ('metrics', 'SELECT * FROM drift.metrics(%s)', ARRAY['{checks}']),
	('prometheus_metrics', 'SELECT drift.prometheus_metrics(%s)', ARRAY['{models,health}']),
	('dashboard_json', 'SELECT drift.dashboard_json(%s, %s, %s) ->> ''format''', ARRAY['%', '30 days', '10']), ('dashboard_html', 'SELECT length(drift.dashboard_html(%s, %s, %s))', ARRAY['%', '30 days', '10']),
	('training_parameters', 'SELECT * FROM drift.training_parameters() WHERE algorithm = %s', ARRAY['linear']),
	('training_snapshot', 'SELECT drift.training_snapshot(%s)', ARRAY['rows_of']), ('training_snapshot', 'SELECT drift.training_snapshot(%s, %s)', ARRAY['SELECT now() AS at', 'at']),
	('export_version', 'SELECT drift.export_version(%s, %s)', ARRAY['untyped', '1']), ('import_version', 'SELECT drift.import_version(%s, %s)', ARRAY['untyped', drift.export_version('untyped', 1)::text]);

-- governance: a request by somebody else for one more version, and the card that it needs
SELECT drift.add_version('untyped', artefact()) AS reviewed \gset
INSERT INTO drift.promotion_requests (model_id, version, evidence, requester, requested_by, login, expires_at)
SELECT model_id, :reviewed, '{"performance": 1, "feature_importance": 1, "data_quality": 1, "fairness": 1}', 'pg_monitor', 'pg_monitor', 'pg_monitor', 'infinity'
FROM drift.models WHERE name = 'untyped';
SELECT drift.write_card('untyped', :reviewed, section, 'None.') FROM drift.card_sections() WHERE required \g /dev/null
CREATE FUNCTION request() RETURNS text LANGUAGE sql AS $$ SELECT max(request_id)::text FROM drift.promotion_requests $$;
INSERT INTO call VALUES ('set_approval_policy', 'SELECT drift.set_approval_policy(%s, %s, %s, %s)', ARRAY['untyped', '1', '{}', '1 day']),
	('draft_evidence', 'SELECT drift.draft_evidence(%s, %s)', ARRAY['untyped', '2']),
	('request_promotion', 'SELECT drift.request_promotion(%s, %s, %s, %s, %s)', ARRAY['untyped', '1', '{"fairness": 1}', 'why', '{"strategy": "canary"}']),
	('add_evidence', 'SELECT drift.add_evidence(%s, %s)', ARRAY[request(), '{"fairness": 2}']), ('withdraw_request', 'SELECT drift.withdraw_request(%s, %s)', ARRAY[request(), 'why']),
	('approve', 'SELECT drift.approve(%s, %s)', ARRAY[request(), 'seen']), ('reject', 'SELECT drift.reject(%s, %s)', ARRAY[request(), 'unfair']),
	('card_sections', 'SELECT * FROM drift.card_sections() WHERE section = %s', ARRAY['data']), ('write_card', 'SELECT drift.write_card(%s, %s, %s, %s)', ARRAY['untyped', '1', 'data', 'None.']),
	('model_card', 'SELECT drift.model_card(%s, %s, %s)', ARRAY['untyped', '1', '1 day']), ('model_card_markdown', 'SELECT drift.model_card_markdown(%s, %s, %s)', ARRAY['untyped', '1', '1 day']);

-- prediction logs: a model with one, and another to make one for
SELECT drift.create_prediction_log('untyped', 'untyped_log', days_ahead => 1), drift.register_model('unlogged') \g /dev/null
INSERT INTO untyped_log (model_version, entity_key) VALUES (1, 'k');
-- it commits, so it cannot be called from a function
INSERT INTO not_for_users VALUES ('maintain_prediction_logs');
INSERT INTO call VALUES ('create_prediction_log', 'SELECT drift.create_prediction_log(%s, %s, %s, %s, %s, %s)', ARRAY['unlogged', 'a_log', 'rows_of', '90 days', '1', '0']),
	('extend_prediction_log', 'SELECT drift.extend_prediction_log(%s, %s)', ARRAY['untyped', '1']), ('maintain_prediction_log', 'SELECT drift.maintain_prediction_log(%s)', ARRAY['untyped']),
	('set_retention', 'SELECT drift.set_retention(%s, %s)', ARRAY['untyped', '90 days']), ('forget', 'SELECT drift.forget(%s, %s, %s, %s)', ARRAY['untyped', 'k', 'erase', 'asked']),
	('prediction_time', 'SELECT drift.prediction_time(%s)', ARRAY['00660cce-6672-8f77-8000-02578cb27c8c']),
	('make_prediction_id', 'SELECT drift.make_prediction_id(%s, %s)', ARRAY['untyped', '2026-01-01']), ('health_check', 'SELECT drift.health_check() WHERE %s', ARRAY['true']),
	('adopt_cluster', 'SELECT drift.adopt_cluster() WHERE %s', ARRAY['true']), ('prepare_uninstall', 'SELECT drift.prepare_uninstall(%s)', ARRAY['true']);

-- outcomes
INSERT INTO call SELECT 'record_outcome', 'SELECT drift.record_outcome(%s, %s, %s, %s, %s)', ARRAY[prediction_id::text, '1', '2026-01-01', 'untyped', 'lab'] FROM untyped_log;
INSERT INTO call VALUES ('record_entity_outcome', 'SELECT drift.record_entity_outcome(%s, %s, %s, %s, %s, %s, %s)', ARRAY['untyped', 'k', 'yes', 'tomorrow', 'all', '1 day', 'lab']),
	('record_outcomes', 'SELECT drift.record_outcomes(%s, %s, %s, %s)', ARRAY['untyped', 'SELECT 1 AS actual, 1 AS entity_key', 'latest', '1 day']),
	('match_outcomes', 'SELECT drift.match_outcomes(%s, %s, %s)', ARRAY['untyped', 'latest', '1 day']), ('unmatched_outcomes', 'SELECT drift.unmatched_outcomes(%s)', ARRAY['untyped']),
	('label_coverage', 'SELECT drift.label_coverage(%s, %s, %s)', ARRAY['untyped', '1 day', '2026-01-01']), ('label_lag', 'SELECT drift.label_lag(%s, %s)', ARRAY['untyped', '2026-01-01']),
	('label_frontier', 'SELECT drift.label_frontier(%s, %s, %s)', ARRAY['untyped', '0.9', '1 day']);

-- predictions, and scores by name
INSERT INTO call VALUES ('predict', 'SELECT * FROM drift.predict(%s, %s, %s, %s, %s)', ARRAY['untyped', '{"f0": 1, "f1": 2}', 'k', 'true', 'log']),
	('predict_row', 'SELECT p.* FROM (SELECT 1 AS f0, 2 AS f1) AS r, drift.predict_row(%s, r, %s, %s, %s) AS p', ARRAY['untyped', 'k', 'true', 'log']),
	('predict_batch', 'SELECT drift.predict_batch(%s, %s, %s, %s)', ARRAY['untyped', 'SELECT 1 AS f0, 2 AS f1, 3 AS id', 'id', 'log']),
	('route', 'SELECT * FROM drift.route(%s, %s)', ARRAY['untyped', 'k']), ('explain_route', 'SELECT * FROM drift.explain_route(%s, %s)', ARRAY['untyped', 'k']),
	('route_bucket', 'SELECT drift.route_bucket(%s, %s)', ARRAY['exp1', 'u1']), ('get_model', 'SELECT drift.get_model(%s)', ARRAY['untyped/1']);
INSERT INTO call SELECT n || form, format('SELECT drift.%s%s(%%s, %%s)', n, form), ARRAY['untyped', features]
FROM unnest(ARRAY['score', 'score_raw', 'score_proba', 'score_label']) AS n, (VALUES ('', '{1,2}'), ('_array', '{1,2}'), ('_json', '{"f0": 1, "f1": 2}')) AS f(form, features);
INSERT INTO call VALUES ('explain', 'SELECT drift.explain(%s, %s)', ARRAY['untyped', '{"f0": 1, "f1": 2}']);

-- two versions of a model
INSERT INTO call VALUES ('importance_shift', 'SELECT * FROM drift.importance_shift(%s, %s, %s, %s, %s, %s)', ARRAY['untyped', '1', '2', 'SELECT 1 AS f0, 2 AS f1', 'contribution', '5']),
	('importance_stability', 'SELECT * FROM drift.importance_stability(%s, %s, %s, %s, %s, %s)', ARRAY['untyped', '1', '2', 'SELECT 1 AS f0, 2 AS f1', 'contribution', '5']),
	('prediction_diff', 'SELECT * FROM drift.prediction_diff(%s, %s, %s, %s)', ARRAY['untyped', '1', '2', 'SELECT 1 AS f0, 2 AS f1']),
	('largest_prediction_differences', 'SELECT * FROM drift.largest_prediction_differences(%s, %s, %s, %s, %s)', ARRAY['untyped', '1', '2', 'SELECT 1 AS f0, 2 AS f1', '5']);

-- deployments: a model with a canary, one that is pinned, one that is frozen
SELECT drift.register_model(m) FROM unnest(ARRAY['deployed', 'pinned', 'frozen']) AS m \g /dev/null
SELECT drift.add_version(m, artefact(), run_id => m || i) FROM unnest(ARRAY['deployed', 'pinned', 'frozen']) AS m, generate_series(1, 2) AS i \g /dev/null
SELECT drift.deploy(m, 1) FROM unnest(ARRAY['deployed', 'pinned', 'frozen']) AS m \g /dev/null
SELECT drift.deploy('deployed', 2, 'canary'), drift.pin('pinned'), drift.freeze('frozen') \g /dev/null
CREATE FUNCTION event() RETURNS text LANGUAGE sql AS $$ SELECT max(event_id)::text FROM drift.outbox $$;
INSERT INTO call VALUES ('deploy', 'SELECT * FROM drift.deploy(%s, %s, %s, %s, %s)', ARRAY['untyped', '2', 'canary', '{"weights": [5]}', 'why']),
	('promote', 'SELECT * FROM drift.promote(%s, %s, reason => %s)', ARRAY['untyped', '2', 'why']), ('complete', 'SELECT * FROM drift.complete(%s, %s)', ARRAY['deployed', 'why']),
	('set_step', 'SELECT * FROM drift.set_step(%s, %s, %s)', ARRAY['deployed', '2', 'why']), ('rollback', 'SELECT * FROM drift.rollback(%s, %s, %s)', ARRAY['deployed', '1', 'why']),
	('retire', 'SELECT * FROM drift.retire(%s, %s)', ARRAY['deployed', 'why']), ('pin', 'SELECT * FROM drift.pin(%s, %s, %s)', ARRAY['deployed', '2', 'why']),
	('unpin', 'SELECT * FROM drift.unpin(%s, %s)', ARRAY['pinned', 'why']), ('freeze', 'SELECT * FROM drift.freeze(%s, %s)', ARRAY['deployed', 'why']),
	('unfreeze', 'SELECT * FROM drift.unfreeze(%s, %s)', ARRAY['frozen', 'why']), ('advance', 'SELECT * FROM drift.advance(%s, %s, %s)', ARRAY['deployed', 'false', 'why']),
	('run_deployments', 'SELECT * FROM drift.run_deployments() WHERE %s', ARRAY['true']), ('deployment_options', 'SELECT * FROM drift.deployment_options() WHERE option = %s', ARRAY['alpha']),
	('claim_events', 'SELECT * FROM drift.claim_events(%s, %s, %s)', ARRAY['{champion_changed}', '5', '1 minute']), ('confirm_event', 'SELECT drift.confirm_event(%s)', ARRAY[event()]),
	('fail_event', 'SELECT drift.fail_event(%s, %s)', ARRAY[event(), 'no answer']), ('purge_events', 'SELECT drift.purge_events(%s)', ARRAY['1 day']),
	('set_rollback_limit', 'SELECT drift.set_rollback_limit(%s, %s, %s)', ARRAY['deployed', '2', 'why']),
	('mcnemar_test', 'SELECT drift.mcnemar_test(%s, %s)', ARRAY['5', '15']);
-- comparing two models or two arms
INSERT INTO call VALUES ('mcnemar_agg', 'SELECT drift.mcnemar_agg(f, %s) FROM rows_of', ARRAY['true']), ('delong_test', 'SELECT drift.delong_test(x, %s, f) FROM rows_of', ARRAY['1']),
	('delong_test', 'SELECT drift.delong_test(x, x, f, %s) FROM rows_of', ARRAY['0.9']), ('wilcoxon_test', 'SELECT drift.wilcoxon_test(x, %s) FROM rows_of', ARRAY['5']),
	('paired_permutation_test', 'SELECT drift.paired_permutation_test(x, %s) FROM rows_of', ARRAY['5']),
	('paired_permutation_test', 'SELECT drift.paired_permutation_test(x, x, %s, %s) FROM rows_of', ARRAY['99', '1']),
	('bootstrap_test', 'SELECT drift.bootstrap_test(x, %s) FROM rows_of', ARRAY['5']), ('bootstrap_test', 'SELECT drift.bootstrap_test(x, x, %s, %s, %s) FROM rows_of', ARRAY['99', '1', '0.9']),
	('bootstrap_metric_test', 'SELECT drift.bootstrap_metric_test(%s, x, %s, f) FROM rows_of', ARRAY['accuracy', '0.7']),
	('bootstrap_metric_test', 'SELECT drift.bootstrap_metric_test(%s, x, x, f, %s, %s, %s) FROM rows_of', ARRAY['roc_auc', '99', '1', '0.9']),
	('two_proportion_test', 'SELECT drift.two_proportion_test(%s, %s, %s, %s, %s)', ARRAY['12', '100', '15', '100', '0.9']),
	('msprt_test', 'SELECT drift.msprt_test(%s, %s, %s, %s, %s, %s)', ARRAY['12', '100', '15', '100', '0.01', '0.9']),
	('msprt_mean_test', 'SELECT drift.msprt_mean_test(%s, %s, %s, %s, %s, %s, %s, %s)', ARRAY['1', '2', '100', '1.5', '2', '100', '0.1', '0.9']),
	('beta_binomial_test', 'SELECT drift.beta_binomial_test(%s, %s, %s, %s, %s, %s)', ARRAY['12', '100', '15', '100', '1', '1']),
	('chi_square_test', 'SELECT drift.chi_square_test(%s)', ARRAY['{{1,2},{3,4}}']), ('fisher_exact_test', 'SELECT drift.fisher_exact_test(%s)', ARRAY['{{1,2},{3,4}}']),
	('srm_test', 'SELECT drift.srm_test(%s, %s, %s)', ARRAY['{50,52}', '{1,1}', '0.001']), ('correct_p_values', 'SELECT drift.correct_p_values(%s, %s)', ARRAY['{0.1,0.2}', 'holm']);

-- fairness, and is the challenger better
CREATE FUNCTION evaluation() RETURNS text LANGUAGE sql AS $$ SELECT max(evaluation_id)::text FROM drift.evaluations $$;
SELECT drift.evaluate_challenger('untyped', 2) \g /dev/null
INSERT INTO call VALUES
	('fairness', 'SELECT * FROM drift.fairness(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)', ARRAY['SELECT x::integer AS x, f FROM rows_of', 'f', 'f', '{x}', 'x', 'x', 'true', 'SELECT 1 AS y', 'x', 'y', '1', '0.9']),
	('fairness_metrics', 'SELECT * FROM drift.fairness_metrics(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)',
		ARRAY['rows_of', 'f', 'f', '{f}', 'x', 'true', 'SELECT 1 AS y', 'x', 'y', 'to_overall', 'mean', '0.8', '0.1', '1', '0.9', '10', '1']),
	('fairness_history', 'SELECT * FROM drift.fairness_history(%s, %s, %s, %s, %s, %s, %s, %s)', ARRAY['SELECT f, now() AS t, 1 AS w FROM rows_of', 'f', 'f', '{f}', 't', 'day', '(,)', 'w']),
	('model_fairness', 'SELECT * FROM drift.model_fairness(%s, %s, %s, %s, %s, %s, %s, %s)', ARRAY['untyped', '{arm}', '2026-01-01', 'now', 'day', '1', '1', '0.5']),
	('evaluation_options', 'SELECT * FROM drift.evaluation_options() WHERE option = %s', ARRAY['metric']),
	('evaluate_challenger', 'SELECT * FROM drift.evaluate_challenger(%s, %s, %s, %s, %s)', ARRAY['untyped', '2', '2026-01-01', 'infinity', '{"min_rows": 2}']),
	('evaluation_report', 'SELECT drift.evaluation_report(%s)', ARRAY[evaluation()]);

-- estimates without outcomes
SELECT drift.fit_estimator('untyped', 'SELECT i / 100.0 AS score, i % 3 = 0 AS actual FROM generate_series(1, 100) AS i', positive_label => 'true') \g /dev/null
SELECT drift.register_model('untyped number'), drift.add_external_version('untyped number', 'file:///x', sha256('x'), '[{"name": "x", "kind": "number"}]', 'regression') \g /dev/null
INSERT INTO call VALUES ('fit_calibration', 'SELECT drift.fit_calibration(x / 12, %s) FROM rows_of', ARRAY['true']), ('fit_calibration', 'SELECT drift.fit_calibration(%s, f) FROM rows_of', ARRAY['0.5']),
	('calibrate', 'SELECT drift.calibrate(%s, %s)', ARRAY['0.5', '(t,"{0,1}","{0.2,0.8}",10,5,,)']),
	('cbpe', 'SELECT drift.cbpe(%s, %s)', ARRAY['0.5', 'true']), ('cbpe', 'SELECT drift.cbpe(%s, %s, %s)', ARRAY['0.5', 'true', '(t,"{0,1}","{0.2,0.8}",10,5,,)']),
	('cbpe_multiclass', 'SELECT drift.cbpe_multiclass(%s, %s, %s)', ARRAY['{0.5,0.5}', '1', '{NULL,NULL}']),
	('fit_estimator', 'SELECT * FROM drift.fit_estimator(%s, %s, %s, %s, %s, %s, %s)', ARRAY['untyped', 'SELECT i / 100.0 AS score, i % 3 = 0 AS actual, now() AS predicted_at FROM generate_series(1, 100) AS i', '1', '2026-01-01', 'now', 'true', 'day']),
	('fit_loss_model', 'SELECT * FROM drift.fit_loss_model(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)', ARRAY['untyped number', 'SELECT i AS x, i AS score, i + i % 3 AS actual_value FROM generate_series(1, 100) AS i', '1', '2026-01-01', 'now', 'mae', 'untyped loss', '0.5', 'linear', '{}', 'day']),
	('estimate_performance', 'SELECT * FROM drift.estimate_performance(%s, %s, %s, %s, %s)', ARRAY['untyped', '2026-01-01', 'now', 'SELECT 0.5 AS score', '1']), ('drop_estimator', 'SELECT drift.drop_estimator(%s, %s)', ARRAY['untyped', '1']);

-- monitors: of the log, and of a table with a time column
CREATE TABLE timed AS SELECT now() - interval '1 hour' * g AS at, g::float8 AS x, f FROM generate_series(1, 60) AS g, LATERAL (SELECT g % 2 = 0 AS f) AS p;
SELECT drift.create_monitor('watched', 'timed', time_column => 'at', reference => 'previous'), drift.create_monitor('untyped', model => 'untyped') \g /dev/null
SELECT drift.create_baseline(b, 'timed') FROM unnest('{held,spare}'::text[]) AS b \g /dev/null
INSERT INTO call VALUES ('config_keys', 'SELECT * FROM drift.config_keys() WHERE path = %s', ARRAY['alerting.of']), ('validate_config', 'SELECT * FROM drift.validate_config(%s)', ARRAY['{"a": 1}']),
	('load_config', 'SELECT * FROM drift.load_config(%s, %s)', ARRAY['{"alerting": {"of": 4}}', 'untyped']), ('dump_config', 'SELECT drift.dump_config(%s)', ARRAY['untyped']),
	('monitor_config', 'SELECT drift.monitor_config(%s)', ARRAY['watched']),
	('create_baseline', 'SELECT * FROM drift.create_baseline(%s, %s, NULL, NULL, %s, %s, %s, %s, %s)', ARRAY['new', 'timed', 'production', '{x,f}', 'f', 'at', 'true']),
	('create_baseline', 'SELECT * FROM drift.create_baseline(%s, %s, %s, %s)', ARRAY['new', 'SELECT 1 AS f0, 2 AS f1', 'untyped', '1']),
	('refresh_baseline', 'SELECT * FROM drift.refresh_baseline(%s, %s)', ARRAY['held', 'timed']), ('drop_baseline', 'SELECT drift.drop_baseline(%s, %s)', ARRAY['spare', '1']),
	('baseline_from_windows', 'SELECT * FROM drift.baseline_from_windows(%s, %s, %s)', ARRAY['new', 'watched', '(,)']),
	('create_monitor', 'SELECT * FROM drift.create_monitor(%s, %s, NULL, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)',
		ARRAY['new', 'timed', 'at', 'held', 'week', '{x}', 'f', 'day', '2 days', 'psi_020', 'UTC', 'x > 0', 'recompute', '{"alerting": {"of": 4}}']),
	('alter_monitor', 'SELECT * FROM drift.alter_monitor(%s, %s, %s, %s, %s, %s, %s)', ARRAY['watched', '{"alerting": {"of": 4}}', 'psi_020', 'held', 'week', '2 days', 'x']),
	('watch_columns', 'SELECT * FROM drift.watch_columns(%s, %s)', ARRAY['watched', '{x}']), ('rename_monitor', 'SELECT * FROM drift.rename_monitor(%s, %s)', ARRAY['watched', 'new']),
	('set_monitor_owner', 'SELECT * FROM drift.set_monitor_owner(%s, %s)', ARRAY['watched', current_user::text]), ('drop_monitor', 'SELECT drift.drop_monitor(%s)', ARRAY['untyped']),
	('calibrate_thresholds', 'SELECT * FROM drift.calibrate_thresholds(%s, %s, %s, %s, %s, %s)', ARRAY['watched', '2026-01-01', '2027-01-01', '0.02', 'true', 'false']);
SELECT check_id FROM drift.run_check('watched') \gset
INSERT INTO call VALUES ('detect_prediction_drift', 'SELECT * FROM drift.detect_prediction_drift(%s, %s, %s, %s)', ARRAY['timed', 'timed', 'x', 'standard']),
	('run_check', 'SELECT * FROM drift.run_check(%s, %s, %s)', ARRAY['watched', '2026-01-01', 'true']),
	('explain_check', 'SELECT * FROM drift.explain_check(%s, %s)', ARRAY[:'check_id', 'x']),
	('keep_report', 'SELECT drift.keep_report(%s)', ARRAY[:'check_id']), ('keep_reports', 'SELECT drift.keep_reports(%s, %s)', ARRAY['untyped', '2026-01-01']),
	('purge_reports', 'SELECT drift.purge_reports(%s, %s)', ARRAY['untyped', '1 day']), ('monitoring_report', 'SELECT drift.monitoring_report(%s, %s)', ARRAY['untyped', '2026-01-01']),
	('comparison_report', 'SELECT drift.comparison_report(%s, %s, %s)', ARRAY['untyped', '1', '2']), ('metric_line', 'SELECT drift.metric_line(%s, %s)', ARRAY['untyped', 'json']),
	('maturity', 'SELECT * FROM drift.maturity(%s)', ARRAY['untyped']), ('profile_diff', 'SELECT drift.profile_diff(%s, %s)', ARRAY[p(), p()]),
	('render_text', 'SELECT drift.render_text(%s)', ARRAY['{"format": "drift-report", "version": 1}']),
	('render_markdown', 'SELECT drift.render_markdown(%s)', ARRAY['{"format": "drift-report", "version": 1}']),
	('report_html', 'SELECT drift.report_html(%s)', ARRAY[:'check_id']), ('render_html', 'SELECT drift.render_html(%s)', ARRAY['{"format": "drift-report", "version": 1}']),
	('feature_drift_report', 'SELECT drift.feature_drift_report(%s, %s, %s)', ARRAY['untyped', 'score', '5']);

-- training: on a table
SELECT drift.set_training('untyped', 'f', 'timed', 'at'), drift.add_expectation('untyped', 'spare', 'row_count', params => '{"min": 1}') \g /dev/null
INSERT INTO drift.training_runs (model_id, status, as_of, finished_at, started_by)
SELECT model_id, 'failed', now(), now(), 'untyped' FROM drift.models WHERE name = 'untyped' AND deleted_at IS NULL;
INSERT INTO call
SELECT n.name, n.query, CASE WHEN n.arguments = '{}' THEN ARRAY[(SELECT max(run_id)::text FROM drift.training_runs)] ELSE n.arguments END
FROM (VALUES
	('retrain_model', 'SELECT drift.retrain_model(%s, %s, %s)', ARRAY['untyped', 'all_data', '{"minimum_rows": 1000000}']),
	('cancel_run', 'SELECT drift.cancel_run(%s)', '{}'), ('compare_runs', 'SELECT * FROM drift.compare_runs(%s)', '{}'),
	('purge_runs', 'SELECT * FROM drift.purge_runs(%s, %s, %s)', ARRAY['untyped', '1 day', 'false'])) AS n (name, query, arguments);
INSERT INTO not_for_users VALUES ('retrain');
INSERT INTO call VALUES ('split', 'SELECT drift.split(%s, %s, %s)', ARRAY['a', '0.2', '42']), ('training_options', 'SELECT * FROM drift.training_options() WHERE name = %s', ARRAY['seed']),
	('set_training', 'SELECT * FROM drift.set_training(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)',
		ARRAY['untyped', 'f', 'timed', 'at', 'x', '{x}', '{}', '[{"algorithm": "logistic"}]', '{"seed": 1}', 'at', 'x']),
	('drop_training', 'SELECT drift.drop_training(%s)', ARRAY['untyped']),
	('add_expectation', 'SELECT * FROM drift.add_expectation(%s, %s, %s, %s, %s, %s)', ARRAY['untyped', 'new', 'range', 'x', '{"min": 0}', 'warning']),
	('remove_expectation', 'SELECT drift.remove_expectation(%s, %s)', ARRAY['untyped', 'spare']),
	('validate', 'SELECT * FROM drift.validate(%s, %s)', ARRAY['timed', '[{"kind": "row_count", "min": 1}]']),
	('validate_training', 'SELECT * FROM drift.validate_training(%s, %s, %s)', ARRAY['untyped', 'all_data', 'now']),
	('training_query', 'SELECT drift.training_query(%s, %s, %s)', ARRAY['untyped', 'all_data', 'now']);

-- performance
SELECT drift.add_metric('watched', 'spare', 'x') \g /dev/null
INSERT INTO call VALUES ('ewma', 'SELECT drift.ewma(x, %s ORDER BY x) FROM rows_of', ARRAY['0.5']),
	('add_metric', 'SELECT * FROM drift.add_metric(%s, %s, %s, %s, %s)', ARRAY['watched', 'gain', 'x', 'true', '0.5']),
	('remove_metric', 'SELECT * FROM drift.remove_metric(%s, %s)', ARRAY['watched', 'spare']),
	('set_performance_baseline', 'SELECT * FROM drift.set_performance_baseline(%s, %s, %s)', ARRAY['untyped', '1', '{"roc_auc": 0.9}']),
	('drop_performance_baseline', 'SELECT drift.drop_performance_baseline(%s, %s)', ARRAY['untyped', '1']),
	('performance', 'SELECT * FROM drift.performance(%s, %s, %s, %s)', ARRAY['untyped', '2026-01-01', '2027-01-01', '{day}']),
	('performance_drift', 'SELECT * FROM drift.performance_drift(%s, %s, %s, %s, %s, %s)', ARRAY['untyped', '2026-02-01', '2027-01-01', '2026-01-01', '2026-02-01', '{arm}']);

-- detectors
SELECT drift.create_detector('untyped', 'adwin', 'timed', expression => 'x') \g /dev/null
INSERT INTO call SELECT n, format('SELECT drift.%s(%%s)', n), ARRAY['adwin']
FROM unnest(ARRAY['detector_drifted', 'detector_warning', 'detector_seen', 'detector_drifts', 'detector_state']) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(%%s, x ORDER BY x) FROM rows_of', n), ARRAY['adwin']
FROM unnest(ARRAY['change_points', 'warning_points', 'detector_agg', 'detector_continue']) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(%%s, x, %%s ORDER BY x) FROM rows_of', n), ARRAY['adwin', '{"clock": 1}']
FROM unnest(ARRAY['change_points', 'warning_points', 'detector_agg']) AS n;
INSERT INTO call SELECT n, format('SELECT drift.%s(%%s, %%s, %%s, %%s ORDER BY x) FROM rows_of', n), ARRAY['adwin', '1', '{"clock": 1}', '2026-01-01']
FROM unnest(ARRAY['change_points', 'warning_points']) AS n;
INSERT INTO call VALUES ('detector', 'SELECT drift.detector(%s, %s)', ARRAY['adwin', '{"clock": 1}']), ('detector', 'SELECT drift.detector(%s)', ARRAY['adwin']),
	('detector_params', 'SELECT * FROM drift.detector_params(%s)', ARRAY['adwin']),
	('detector_add', 'SELECT drift.detector_add(%s, %s)', ARRAY['adwin', '1']), ('detector_add_array', 'SELECT drift.detector_add_array(%s, %s)', ARRAY['adwin', '{1,2}']),
	('create_detector', 'SELECT * FROM drift.create_detector(%s, %s, %s, NULL, %s, %s, %s, %s, %s)', ARRAY['new', 'adwin', 'timed', 'x', 'at', '{"clock": 1}', '1 hour', 'UTC']),
	('update_detector', 'SELECT * FROM drift.update_detector(%s)', ARRAY['untyped']), ('update_detectors', 'SELECT * FROM drift.update_detectors(%s)', ARRAY['untyped']),
	('pause_detector', 'SELECT * FROM drift.pause_detector(%s, %s)', ARRAY['untyped', 'true']), ('stored_detector', 'SELECT drift.stored_detector(%s)', ARRAY['untyped']),
	('drop_detector', 'SELECT drift.drop_detector(%s)', ARRAY['untyped']);

-- learners, runs of training elsewhere, searches of parameters
SELECT drift.create_learner('untyped', 'f', model => 'untyped') \g /dev/null
SELECT drift.partial_fit('untyped', 'rows_of') \g /dev/null
SELECT drift.start_run('untyped') AS outside_run \gset
INSERT INTO not_for_users VALUES ('tune'), ('resume_run'), ('learn_batch'); -- commit, or are a trigger
INSERT INTO call VALUES ('create_learner', 'SELECT * FROM drift.create_learner(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)',
		ARRAY['new', 'y', 'logistic', '{a,b}', '{x}', '{"l2": 0}', 'ddm', '{}', 'untyped', '5', '5', 'at', 'w']),
	('partial_fit', 'SELECT * FROM drift.partial_fit(%s, %s, %s)', ARRAY['untyped', 'rows_of', 'false']),
	('learner_model', 'SELECT drift.learner_model(%s)', ARRAY['untyped']), ('reset_learner', 'SELECT * FROM drift.reset_learner(%s)', ARRAY['untyped']),
	('drop_learner', 'SELECT drift.drop_learner(%s)', ARRAY['untyped']),
	('start_run', 'SELECT drift.start_run(%s, %s, %s, %s, %s, %s, %s)', ARRAY['untyped', 'run', '{"a": 1}', 'combined', '{"rows": 5}', '2026-01-01', '1']),
	('log_run_parameters', 'SELECT drift.log_run_parameters(%s, %s)', ARRAY[:'outside_run', '{"a": 1}']),
	('log_run_metrics', 'SELECT drift.log_run_metrics(%s, %s, %s, %s)', ARRAY[:'outside_run', '{"auc": 0.5}', 'test', '1']),
	('publish_learner', 'SELECT drift.publish_learner(%s, %s)', ARRAY['untyped', 'by hand']),
	('finish_run', 'SELECT * FROM drift.finish_run(%s, %s)', ARRAY[:'outside_run', model()]),
	('tune_model', 'SELECT drift.tune_model(%s, %s, %s, %s, %s, %s)', ARRAY['untyped', 'linear', '{"l2": [1]}', 'grid', '5', '{"save": false}']),
	('fail_run', 'SELECT * FROM drift.fail_run(%s, %s)', ARRAY[:'outside_run', 'no rows']);

-- reports
INSERT INTO call VALUES ('report_json', 'SELECT drift.report_json(%s)', ARRAY[:'check_id']), ('report_text', 'SELECT drift.report_text(%s)', ARRAY[:'check_id']),
	('report_markdown', 'SELECT drift.report_markdown(%s)', ARRAY[:'check_id']),
	('render_text', 'SELECT drift.render_text(%s)', ARRAY['{"format": "drift-report", "version": 1, "kind": "check"}']),
	('render_markdown', 'SELECT drift.render_markdown(%s)', ARRAY['{"format": "drift-report", "version": 1, "kind": "check"}']),
	('monitoring_report', 'SELECT drift.monitoring_report(%s, %s)', ARRAY['untyped', '2026-01-01']),
	('comparison_report', 'SELECT drift.comparison_report(%s, %s, %s)', ARRAY['untyped', '1', '2']),
	('keep_report', 'SELECT * FROM drift.keep_report(%s)', ARRAY[:'check_id']), ('keep_reports', 'SELECT * FROM drift.keep_reports(%s, %s)', ARRAY['untyped', '2026-01-01']),
	('purge_reports', 'SELECT drift.purge_reports(%s, %s)', ARRAY['untyped', '1 day']),
	('metric_line', 'SELECT drift.metric_line(%s, %s)', ARRAY['untyped', 'json']), ('maturity', 'SELECT * FROM drift.maturity(%s)', ARRAY['untyped']),
	('profile_diff', 'SELECT drift.profile_diff(%s, %s)', ARRAY[p(), p()]);

-- windows
INSERT INTO not_for_users VALUES ('backfill_windows'); -- commits
INSERT INTO call VALUES ('refresh_windows', 'SELECT * FROM drift.refresh_windows(%s)', ARRAY['watched']),
	('rebuild_windows', 'SELECT * FROM drift.rebuild_windows(%s, %s, %s)', ARRAY['watched', '2026-01-01', '2026-02-01']),
	('backfill_next', 'SELECT * FROM drift.backfill_next(%s, %s)', ARRAY['watched', '1 day']),
	('purge_history', 'SELECT * FROM drift.purge_history(%s, %s)', ARRAY['watched', '2026-01-01']),
	('track_changes', 'SELECT * FROM drift.track_changes(%s)', ARRAY['watched']),
	('untrack_changes', 'SELECT * FROM drift.untrack_changes(%s)', ARRAY['watched']),
	('renumber_prediction_log', 'SELECT * FROM drift.renumber_prediction_log(%s)', ARRAY['untyped']);

-- alerts, decisions and guard rails
SELECT silence_id AS silence FROM drift.silence('[2026-01-01,)', 'x', 'watched') \gset
INSERT INTO drift.alerts (monitor_id, kind, severity, title) SELECT monitor_id, 'data_drift', 'warning', 'x' FROM drift.monitors WHERE name = 'watched' RETURNING alert_id AS alert \gset
WITH checked AS (
	INSERT INTO drift.checks (monitor_id, model_id, as_of, current_span, revision, status, checked_by)
	SELECT monitor_id, model_id, '2100-01-01', '[2099-12-31,2100-01-01)', 0, 'ok', 'x' FROM drift.monitors WHERE name IN ('watched', 'untyped')
	RETURNING check_id
)
INSERT INTO drift.check_features (check_id, role, column_name) SELECT check_id, 'feature', 'x' FROM checked;
-- channels and messages
CREATE SERVER untyped_channel FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'slack', host 'a.example');
SELECT name FROM drift.create_template('untyped', '"${title}"') \g /dev/null
INSERT INTO call VALUES ('channel_options', 'SELECT * FROM drift.channel_options() WHERE option = %s', ARRAY['type']), ('channel_types', 'SELECT * FROM drift.channel_types() WHERE type = %s', ARRAY['slack']),
	('create_template', 'SELECT drift.create_template(%s, %s, %s, %s)', ARRAY['another', '{}', 'x', '/x']), ('drop_template', 'SELECT drift.drop_template(%s)', ARRAY['untyped']),
	('fill_template', 'SELECT drift.fill_template(%s, %s)', ARRAY['"${title}"', '{"title": "x"}']), ('test_message', 'SELECT drift.test_message(%s)', ARRAY['untyped_channel']),
	('preview_message', 'SELECT drift.preview_message(%s, %s)', ARRAY['untyped_channel', :'alert']), ('issue_body', 'SELECT drift.issue_body(%s)', ARRAY[:'check_id']);
-- rules and messages
SELECT (drift.create_alert_rule('untyped rule', 'untyped_channel')).rule_id AS rule \gset
INSERT INTO drift.deliveries (owner, channel, cause, message) VALUES (current_user::regrole, 'untyped_channel', 'test', '{}') RETURNING delivery_id AS delivery \gset
INSERT INTO not_for_users VALUES ('deliver_alerts');
INSERT INTO call VALUES ('create_alert_rule', 'SELECT drift.create_alert_rule(%s, %s, %s, %s, %s, %s)', ARRAY['another', 'untyped_channel', 'untyped', 'watched', '{data_drift}', 'critical']),
	('create_alert_rule', 'SELECT drift.create_alert_rule(%s, %s, group_by => %s, repeat_interval => %s, escalate_after => %s, escalate_to => %s, place => %s)', ARRAY['another', 'untyped_channel', '{kind}', '1 day', '1 hour', 'untyped_channel', '5']),
	('alter_alert_rule', 'SELECT drift.alter_alert_rule(%s, %s)', ARRAY['untyped rule', '{"active": false}']), ('drop_alert_rule', 'SELECT drift.drop_alert_rule(%s)', ARRAY['untyped rule']),
	('routes_of', 'SELECT * FROM drift.routes_of(%s)', ARRAY[:'alert']), ('route_alerts', 'SELECT drift.route_alerts() WHERE %s', ARRAY['true']),
	('claim_deliveries', 'SELECT * FROM drift.claim_deliveries(%s, %s, %s)', ARRAY['{untyped_channel}', '1', '1 minute']), ('confirm_delivery', 'SELECT drift.confirm_delivery(%s)', ARRAY[:'delivery']),
	('fail_delivery', 'SELECT drift.fail_delivery(%s, %s)', ARRAY[:'delivery', 'x']), ('retry_delivery', 'SELECT * FROM drift.retry_delivery(%s)', ARRAY[:'delivery']),
	('drop_delivery', 'SELECT drift.drop_delivery(%s)', ARRAY[:'delivery']), ('purge_deliveries', 'SELECT drift.purge_deliveries(%s)', ARRAY['1 day']),
	('schedule_delivery', 'SELECT * FROM drift.schedule_delivery(%s, %s, %s)', ARRAY['* * * * *', 'UTC', 'run_due']);
INSERT INTO not_for_users VALUES ('guard_batch');
INSERT INTO call VALUES ('silence', 'SELECT * FROM drift.silence(%s, %s, %s, kind => %s)', ARRAY['[2026-01-01,2026-01-02)', 'sale', 'watched', 'data_drift']),
	('silence', 'SELECT * FROM drift.silence(%s, %s, model => %s)', ARRAY['[2026-01-01,2026-01-02)', 'sale', 'untyped']), ('end_silence', 'SELECT * FROM drift.end_silence(%s, %s)', ARRAY[:'silence', '2026-02-01']),
	('acknowledge_alert', 'SELECT * FROM drift.acknowledge_alert(%s, %s)', ARRAY[:'alert', 'seen']), ('resolve_alert', 'SELECT * FROM drift.resolve_alert(%s, %s)', ARRAY[:'alert', 'done']),
	('trigger_kinds', 'SELECT * FROM drift.trigger_kinds() WHERE kind = %s', ARRAY['scheduled']), ('add_trigger', 'SELECT * FROM drift.add_trigger(%s, %s, %s, %s, %s)', ARRAY['untyped', 'threshold', '{"psi": 0.2}', 'true', '2026-01-01']),
	('remove_trigger', 'SELECT drift.remove_trigger(%s, %s)', ARRAY['untyped', 'threshold']), ('reset_triggers', 'SELECT drift.reset_triggers(%s, %s)', ARRAY['untyped', '2026-01-01']),
	('recommend', 'SELECT * FROM drift.recommend(%s, %s)', ARRAY['untyped', 'true']), ('should_retrain', 'SELECT * FROM drift.should_retrain(%s)', ARRAY['untyped']),
	('timeline', 'SELECT * FROM drift.timeline(%s, %s, %s)', ARRAY['untyped', '2026-01-01', '2026-02-01']),
	('choose_strategy', 'SELECT drift.choose_strategy(%s)', ARRAY['1']), ('assert_monitor', 'SELECT * FROM drift.assert_monitor(%s, %s, %s)', ARRAY['watched', 'critical', '1000 years']),
	('assert_no_drift', 'SELECT drift.assert_no_drift(%s, %s, %s, %s, %s, %s)', ARRAY['SELECT 1 AS x', 'SELECT 1 AS x', '{x}', 'standard', 'warning', '1']);

-- schedules
SELECT schedule_id AS schedule FROM drift.schedule_monitor('watched', '0 2 * * *', 'refresh', runner => 'run_due') \gset
-- these commit, so they cannot be called from a function
INSERT INTO not_for_users VALUES ('run_job'), ('run_due'), ('run_cycle'), ('retrain_if_needed');
INSERT INTO call VALUES ('next_time', 'SELECT drift.next_time(%s, %s, %s)', ARRAY['0 2 * * *', '2026-01-01', 'Europe/Berlin']),
	('schedule_tasks', 'SELECT * FROM drift.schedule_tasks() WHERE task = %s', ARRAY['cycle']), ('schedule_bundles', 'SELECT * FROM drift.schedule_bundles() WHERE bundle = %s', ARRAY['daily']),
	('schedule_monitor', 'SELECT * FROM drift.schedule_monitor(%s, %s, %s, %s, %s)', ARRAY['watched', 'daily', 'check', 'UTC', 'run_due']),
	('schedule_model', 'SELECT * FROM drift.schedule_model(%s, %s, %s, %s, %s)', ARRAY['untyped', '0 2 * * *', 'cycle', 'UTC', 'run_due']),
	('unschedule', 'SELECT * FROM drift.unschedule(%s, task => %s)', ARRAY['watched', 'refresh']), ('unschedule', 'SELECT * FROM drift.unschedule(schedule_id => %s)', ARRAY[:'schedule']),
	('pause', 'SELECT drift.pause(%s)', ARRAY['watched']), ('resume', 'SELECT drift.resume(model => %s)', ARRAY['untyped']),
	('start_monitoring', 'SELECT * FROM drift.start_monitoring(%s, %s, %s)', ARRAY['untyped', '1 hour', 'run_due']), ('stop_monitoring', 'SELECT * FROM drift.stop_monitoring(%s)', ARRAY['untyped']),
	('run_next_due', 'SELECT drift.run_next_due() WHERE %s', ARRAY['true']), ('renew_jobs', 'SELECT * FROM drift.renew_jobs() WHERE task = %s', ARRAY['check']), ('run_schedule', 'SELECT drift.run_schedule(%s, %s)', ARRAY[:'schedule', '2026-01-01']),
	('cycle_model', 'SELECT drift.cycle_model(%s, %s)', ARRAY['untyped', '2026-01-01']), ('deploy_if_better', 'SELECT drift.deploy_if_better(%s)', ARRAY['untyped']),
	('validate_deployment', 'SELECT * FROM drift.validate_deployment(%s, %s, %s, %s)', ARRAY['untyped', 'false', '2026-01-01', '2026-02-01']),
	('batch_predict', 'SELECT drift.batch_predict(%s, %s, %s, %s, %s)', ARRAY['untyped', 'SELECT 1.0::float8 AS a, 2.0::float8 AS b', 'pg_temp.scored', '1', 'null']);

-- What a call changes is undone, so that it can be made again.
CREATE FUNCTION runs(query text, arguments text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format(query, VARIADIC ARRAY(SELECT quote_literal(a) FROM unnest(arguments) WITH ORDINALITY AS u(a, o) ORDER BY o));
	RAISE 'undo' USING ERRCODE = 'ZZ000';
EXCEPTION WHEN OTHERS THEN
	RETURN CASE SQLSTATE WHEN 'ZZ000' THEN 'ok' ELSE SQLSTATE || ' ' || SQLERRM END;
END
$$;
-- what each parameter is taken for
CREATE FUNCTION prepares(query text, arguments text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	types text;
BEGIN
	EXECUTE 'PREPARE untyped AS ' || format(query, VARIADIC ARRAY(SELECT '$' || i FROM generate_subscripts(arguments, 1) AS i));
	SELECT parameter_types::text INTO types FROM pg_prepared_statements WHERE name = 'untyped';
	BEGIN
		EXECUTE 'EXECUTE untyped(' || (SELECT string_agg(quote_literal(a), ', ' ORDER BY o) FROM unnest(arguments) WITH ORDINALITY AS u(a, o)) || ')';
		RAISE 'undo' USING ERRCODE = 'ZZ000';
	EXCEPTION WHEN OTHERS THEN
		types := CASE SQLSTATE WHEN 'ZZ000' THEN types ELSE SQLSTATE || ' ' || SQLERRM END;
	END;
	DEALLOCATE untyped;
	RETURN types;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT query, runs(query, arguments) AS literals FROM call WHERE runs(query, arguments) <> 'ok' ORDER BY query COLLATE "C";
CREATE TABLE prepared AS SELECT query, prepares(query, arguments) AS parameter_types FROM call WHERE query !~ 'profile_agg\(%s\)';
\pset format unaligned
\pset footer off
SELECT * FROM prepared ORDER BY query COLLATE "C";
\pset format aligned
\pset footer on
-- a value of no type at all can only be text
SELECT prepares(query, arguments) AS profile_agg FROM call WHERE query ~ 'profile_agg\(%s\)';

-- the third argument, with a type and without
SELECT query, runs(query, arguments) AS literals, prepares(query, arguments) AS parameters
FROM (VALUES ('SELECT drift.psi(%s, %s, %s)', ARRAY[p(), p(), '5']), ('SELECT drift.psi(x, f, %s) FROM rows_of', ARRAY['5']),
	('SELECT drift.psi(x, f, %s::int) FROM rows_of', ARRAY['5']), ('SELECT drift.psi(x, f, %s::float8[]) FROM rows_of', ARRAY['{5}']),
	('SELECT drift.psi(%s, %s, %s::int)', ARRAY[p(), p(), '5'])) AS q(query, arguments);

-- public functions without a call
SELECT DISTINCT proname AS not_called FROM pg_proc
WHERE pronamespace = 'drift'::regnamespace AND proname NOT IN (SELECT name FROM call UNION ALL SELECT name FROM not_for_users);
