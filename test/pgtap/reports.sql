-- Reports: documents of checks, comparisons, models and versions; who sees what of them; text and markdown; kept ones.
BEGIN;
SELECT plan(79);
\ir ../reports/fixture.sql
CREATE TEMP TABLE c AS SELECT max(check_id) FILTER (WHERE m.name LIKE 'log%') AS log, max(check_id) FILTER (WHERE m.name LIKE 'odd%') AS odd,
	min(check_id) AS first FROM drift.checks JOIN drift.monitors AS m USING (monitor_id);
GRANT SELECT ON c TO PUBLIC;
SELECT log, odd, first FROM c \gset
SET ROLE reports_owner;
CREATE TEMP TABLE report AS SELECT drift.report_json(:log) AS r;
CREATE TEMP TABLE col AS SELECT e.c ->> 'name' AS name, e.ordinality AS place, e.c FROM report, jsonb_array_elements(r -> 'columns') WITH ORDINALITY AS e (c);
GRANT SELECT ON report, col TO PUBLIC;

-- the document of a check says what its rows say
SELECT is((SELECT r #>> '{kind}' FROM report), 'check', 'kind');
SELECT is((SELECT r -> 'subject' FROM report) - '{reference,current,check_id,source}'::text[], '{"model": "ch\"urn <b>", "version": null, "monitor": "log of <churn>", "baseline": "churn",
	"time_zone": "UTC", "thresholds": "standard"}'::jsonb, 'subject; no version was the champion when the span ended');
SELECT results_eq($$ SELECT r #>> '{verdict,severity}', (r #>> '{verdict,drift_detected}')::boolean, (r #>> '{verdict,drift_score}')::float8, (r #>> '{verdict,n_drifted_features}')::integer,
		(r #>> '{rows,current}')::bigint, r #>> '{verdict,performance}', ARRAY(SELECT jsonb_array_elements_text(r #> '{verdict,drifted_features}')) FROM report $$,
	$$ SELECT status, drift_detected, drift_score, n_drifted_features, n_current, performance, drifted_features FROM drift.checks, c WHERE check_id = c.log $$, 'the verdict is that of the check');
SELECT matches((SELECT r #>> '{verdict,sentence}' FROM report), '^1 of 3 features has changed, most of all channel\. ', 'in a sentence for everybody');
SELECT is((SELECT name FROM col WHERE place = 1), 'channel', 'the worst column comes first');
SELECT results_eq($$ SELECT (c ->> 'psi')::float8, (c ->> 'effect')::float8, (c ->> 'p_value_corrected')::float8, c ->> 'sentence' FROM col WHERE c ->> 'role' = 'feature' ORDER BY name $$,
	$$ SELECT f.psi, f.effect, f.p_value_corrected, f.explanation FROM drift.check_features AS f, c WHERE f.check_id = c.log AND f.segment = '' AND f.role = 'feature' ORDER BY f.column_name COLLATE "default" $$, 'columns as they were judged');
SELECT is((SELECT c #> '{histogram,labels}' FROM col WHERE name = 'channel'), '["shop", "app", "phone"]', 'categories in the order of the reference');
SELECT is((SELECT c #> '{histogram,reference}' FROM col WHERE name = 'channel'), '[0.5, 0.25, 0.25]', 'with their shares there');
SELECT is((SELECT c #> '{histogram,current}' FROM col WHERE name = 'channel'), '[0.25, 0.5, 0.25]', 'and now');
SELECT is((SELECT jsonb_array_length(c -> 'history') FROM col WHERE name = 'channel'), 4, 'a history of four checks');
SELECT is((SELECT jsonb_array_length(c -> 'segments') FROM col WHERE name = 'age'), 3, 'and segments');
SELECT is((SELECT array_agg(jsonb_array_length(c #> '{histogram,edges}')) FROM col WHERE name = 'age'), '{21}', 'numbers have edges, one more than bars');
SELECT results_eq($$ SELECT (c #>> '{current,mean}')::float8, (c #>> '{reference,stddev}')::float8, (c #>> '{current,rows}')::bigint FROM col WHERE name = 'age' $$,
	$$ SELECT f.mean_current, f.stddev_reference, f.n_current FROM drift.check_features AS f, c WHERE f.check_id = c.log AND f.segment = '' AND f.column_name = 'age' $$, 'both sides as they were counted');
SELECT ok((SELECT bool_and(abs(s.total - 1) < 1e-3) FROM col, LATERAL (SELECT sum(x::float8) AS total FROM jsonb_array_elements_text(c #> '{histogram,current}') AS x) AS s
	WHERE jsonb_typeof(c #> '{histogram,current}') = 'array'), 'shares of a histogram are all rows');
SELECT ok((SELECT bool_and(x.v::float8 >= coalesce(x.before::float8, 0)) FROM (
	SELECT v, lag(v) OVER (PARTITION BY name ORDER BY o) AS before FROM col, jsonb_array_elements_text(c #> '{cdf,current}') WITH ORDINALITY AS t (v, o) WHERE jsonb_typeof(c -> 'cdf') = 'object') AS x), 'a distribution function never falls');
SELECT cmp_ok((SELECT jsonb_array_length(r -> 'performance') FROM report), '>', 5, 'metrics');
SELECT is((SELECT jsonb_array_length(p -> 'history') FROM report, jsonb_array_elements(r -> 'performance') AS p WHERE p ->> 'metric' = 'accuracy'), 4, 'each with its history');
SELECT is((SELECT jsonb_array_length(r -> 'history') FROM report), 4, 'the checks before');
SELECT is((SELECT r #>> '{recommendation,action}' FROM report), (SELECT action FROM drift.decisions WHERE check_id = :log), 'what was decided');
SELECT is((SELECT r #>> '{alerts,0,kind}' FROM report), 'data_drift', 'alerts');
SELECT is((SELECT r #>> '{deployments,0,version}' FROM report), '1', 'deployments');
SELECT cmp_ok((SELECT jsonb_array_length(r -> 'timeline') FROM report), '>=', 4, 'what happened');
SELECT matches((SELECT r #>> '{model_card,markdown}' FROM report), E'# ch"urn \\\\<b\\\\>, version 1\n.*\\\\# Not a heading\n\\\\<script', 'the card of the champion, in which nothing is markup');
SELECT is((SELECT r #>> '{thresholds,psi_critical}' FROM report), '0.25', 'the values of the thresholds');
SELECT is((SELECT jsonb_array_length(drift.report_json(:first) -> 'history')), 1, 'a report of an old check knows nothing of later ones');
SELECT is((SELECT jsonb_array_length(drift.report_json(:first) -> 'decisions')), 1, 'nor of later decisions');
SELECT throws_ok('SELECT drift.report_json(0)', '42704', 'there is no check 0', 'a check that is not there');
SELECT throws_ok('SELECT drift.report_json(NULL::bigint)', '42704', 'there is no check NULL', 'nor NULL');

-- hostile names and values
CREATE TEMP TABLE odd_report AS SELECT drift.report_json(:odd) AS r;
SELECT is((SELECT count(*) FROM odd_report, jsonb_array_elements(r -> 'columns')), 6::bigint, 'every column is there');
SELECT is((SELECT c -> 'histogram' FROM odd_report, jsonb_array_elements(r -> 'columns') AS c WHERE c ->> 'name' = 'nothing'), 'null', 'a column without values has no chart');
SELECT is((SELECT jsonb_typeof(c #> '{histogram,labels}') || jsonb_typeof(c -> 'cdf') FROM odd_report, jsonb_array_elements(r -> 'columns') AS c WHERE c ->> 'name' LIKE 'right%'), 'arraynull', 'times have labels and no curves');
SELECT is((SELECT c #>> '{current,mean}' FROM odd_report, jsonb_array_elements(r -> 'columns') AS c WHERE c ->> 'name' LIKE 'in%'), NULL, 'what is not a number is null');
SELECT is((SELECT jsonb_array_length(c #> '{histogram,labels}') FROM odd_report, jsonb_array_elements(r -> 'columns') AS c WHERE c ->> 'name' LIKE 'tab%'), 12, 'many categories end in a last bar');
SELECT is((SELECT c #>> '{histogram,labels,11}' FROM odd_report, jsonb_array_elements(r -> 'columns') AS c WHERE c ->> 'name' LIKE 'tab%'), '(other)', 'for all others');
SELECT is((SELECT max(length(l)) - count(*) FROM regexp_split_to_table(drift.report_text(:odd), E'\n') AS l WHERE l ~ '[[:cntrl:]\u202a-\u202e]'), NULL, 'no control character reaches the text');
SELECT is((SELECT count(*) FROM regexp_split_to_table(drift.report_text(:odd), E'\n') AS l WHERE l ~ '^(⚠️|✅|➖) .*effect '), 6::bigint, 'each column is one line of it');
SELECT is((SELECT count(*) FROM regexp_split_to_table(drift.report_markdown(:odd), E'\n') AS l WHERE l ~ '^\| (⚠️|✅|➖) \|'), 6::bigint, 'and of the markdown');
SELECT is((SELECT string_agg(l, '') FROM regexp_split_to_table(drift.report_markdown(:odd), E'\n') AS l WHERE l ~ '(^|[^\\])[<`]'), NULL, 'where nothing is markup');

-- text and markdown
SELECT matches(drift.report_text(:log), E'^⚠️ Data drift detected!\n1 of 3 columns drifted, drift score 0.3333, thresholds standard\n.*\n\nWhat to do\n.*\n\nColumns\n⚠️ channel: ', 'text');
SELECT matches(drift.report_text(:first), E'^✅ No drift detected\\. No action needed\\.\n', 'text without drift');
SELECT matches(drift.report_markdown(:log), E'^# Drift report: ch"urn \\\\<b\\\\>\n\n\\*\\*⚠️ Data drift detected!\\*\\*\n.*\n## Columns\n\n.*\\| ⚠️ \\| channel \\| feature \\| critical ', 'markdown');
SELECT is(drift.render_text((SELECT r FROM report)), drift.report_text(:log), 'render_text() of the document is report_text()');
SELECT throws_ok($$ SELECT drift.render_text('{}') $$, '22023', 'this is no report of the format drift-report, version 1', 'what is no report is refused');
SELECT throws_ok($$ SELECT drift.render_markdown('[1]') $$, '22023', NULL, 'by all renderers');
SELECT lives_ok($$ SELECT drift.render_text('{"format": "drift-report", "version": 1}'), drift.render_markdown('{"format": "drift-report", "version": 1, "kind": "check"}') $$, 'what lacks parts is shown without them');
SELECT is(drift.render_text(NULL), NULL, 'NULL is NULL');

-- who sees what
RESET ROLE;
SET ROLE reports_reader;
SELECT is((SELECT r #>> '{verdict,severity}' FROM drift.report_json(:log) AS r), 'critical', 'a reader of the model sees verdicts');
SELECT is((SELECT count(*) FROM jsonb_array_elements(drift.report_json(:log) -> 'columns') AS c WHERE c -> 'histogram' <> 'null' OR c #> '{current,quantiles}' <> 'null'), 0::bigint, 'and no values of columns');
SELECT isnt((SELECT drift.report_json(:log) -> 'model_card'), 'null', 'what is known of the model');
SELECT throws_ok(format('SELECT drift.keep_report(%s)', :log), '42501', NULL, 'and keeps nothing');
SELECT throws_ok($$ SELECT drift.keep_reports('ch"urn <b>') $$, '42501', NULL, 'of the model neither');
SELECT throws_ok(format('SELECT drift_internal.check_document(%s, %L)', :log, 'reports_owner'), '42704', NULL, 'nor asks as somebody else');
RESET ROLE;
CREATE ROLE reports_nobody;
SET ROLE reports_nobody;
SELECT throws_ok(format('SELECT drift.report_json(%s)', :log), '42704', NULL, 'for others there is no check');
SELECT throws_ok($$ SELECT drift.monitoring_report('ch"urn <b>') $$, '42704', NULL, 'and no model');
SELECT throws_ok($$ SELECT drift.metric_line('ch"urn <b>') $$, '42704', NULL, 'no line of it');
SELECT is((SELECT count(*) FROM drift.maturity() WHERE share IS NOT NULL), 0::bigint, 'nothing to judge');
RESET ROLE;
SELECT is((SELECT r #>> '{columns,0,histogram}' FROM drift_internal.check_document(:log, 'reports_reader') AS r), NULL, 'a superuser may make the report of a reader');
UPDATE drift.monitors SET owner = 'reports_nobody' WHERE name = 'log of <churn>';
SET ROLE reports_nobody;
SELECT is((SELECT r #> '{model_card}' FROM drift.report_json(:log) AS r), 'null', 'who owns the monitor and not the model sees no card');
SELECT isnt((SELECT r #>> '{columns,0,histogram}' FROM drift.report_json(:log) AS r), NULL, 'but the values');
RESET ROLE;
UPDATE drift.monitors SET owner = 'reports_owner' WHERE name = 'log of <churn>';
SET ROLE reports_owner;

-- a model over some time
CREATE TEMP TABLE monitoring AS SELECT drift.monitoring_report('ch"urn <b>', now() - interval '30 days') AS r;
SELECT is((SELECT array_agg(m ->> 'name' || ' ' || (m ->> 'checks') ORDER BY m ->> 'name') FROM monitoring, jsonb_array_elements(r -> 'monitors') AS m), ARRAY['log of <churn> 4', 'odd "columns" & <more> 1'], 'its monitors and their checks');
SELECT is((SELECT (r #>> '{labels,predictions}')::bigint - (r #>> '{labels,labelled}')::bigint FROM monitoring), 0::bigint, 'all predictions have outcomes');
SELECT is((SELECT r #>> '{monitors,0,features,0,name}' FROM monitoring), 'channel', 'the feature that drifted most often comes first');
SELECT is((SELECT r #>> '{verdict,severity}' FROM monitoring), 'critical', 'a critical alert is open');
SELECT is((SELECT jsonb_array_length(drift.monitoring_report('ch"urn <b>', now() - interval '1 minute') -> 'performance')), 0, 'nothing happened in a minute');
SELECT throws_ok($$ SELECT drift.monitoring_report('ch"urn <b>', now() + interval '1 day') $$, '22023', NULL, 'a report does not begin tomorrow');
SELECT throws_ok($$ SELECT drift.monitoring_report('ch"urn <b>', '-infinity') $$, '22023', NULL, 'nor for ever ago');

-- two versions
SELECT is((SELECT array_agg(v ->> 'version') FROM jsonb_array_elements(drift.comparison_report('ch"urn <b>', 2) -> 'versions') AS v), '{2,1}', 'the second is the champion');
SELECT is((SELECT round((p ->> 'difference')::numeric, 6) FROM jsonb_array_elements(drift.comparison_report('ch"urn <b>', 1, 2) -> 'performance') AS p WHERE p ->> 'metric' = 'auc <i>'), 0.01, 'metrics side by side');
SELECT throws_ok($$ SELECT drift.comparison_report('ch"urn <b>', 1) $$, '22023', 'version 1 is compared with itself', 'a version with itself');
SELECT throws_ok($$ SELECT drift.comparison_report('ch"urn <b>', 1, 7) $$, '42704', NULL, 'a version that is not there');

-- one line
SELECT matches(drift.metric_line('ch"urn <b>'), '^\d{4}-\d\d-\d\d 00:00:00 \| 0\.\d{4} \| 0\.3333 \| 0\.\d{4}$', 'a line of metrics');
SELECT is(drift.metric_line('ch"urn <b>', 'json')::jsonb ->> 'model', 'ch"urn <b>', 'and as JSON');
SELECT throws_ok($$ SELECT drift.metric_line('ch"urn <b>', 'xml') $$, '22023', 'unknown format "xml"', 'other formats are unknown');
SELECT results_eq($$ SELECT item, share FROM drift.maturity('ch"urn <b>') WHERE item IN ('watched', 'reported', 'described') $$, $$ VALUES ('watched', 1::float8), ('reported', 0), ('described', 0) $$, 'a checklist');

-- kept reports
SELECT results_eq($$ SELECT kind, created_by FROM drift.keep_reports('ch"urn <b>') $$, $$ VALUES ('monitoring', 'reports_owner'), ('check', 'reports_owner'), ('check', 'reports_owner') $$, 'a report on the model and one on each monitor is kept');
SELECT is((drift.run_schedule((drift.schedule_model('ch"urn <b>', '0 4 * * 0', 'report', runner => 'run_due')).schedule_id)) ->> 'status', 'succeeded', 'by a schedule too');
RESET ROLE;
SET ROLE reports_reader;
SELECT is((SELECT array_agg(DISTINCT kind) FROM drift.reports), '{monitoring}', 'readers of the model see those on the model alone');
RESET ROLE;
SELECT is((SELECT count(*) FROM drift.outbox WHERE topic = 'report_kept'), 6::bigint, 'each is told of');
SELECT is(drift.purge_reports('ch"urn <b>', '0'), 6::bigint, 'and goes when it is old');
SELECT * FROM finish();
ROLLBACK;
