-- The alerts of the half year of demo.sql reach a channel of the team and the mailbox of a manager, both on
-- this machine; the report, the dashboard and the metrics are written as files.
--
-- Variables: https_port, smtp_port, ca of the servers (test/delivery/sinks.sh); report, dashboard, metrics: files.
\pset border 2
\pset linestyle unicode
\set ON_ERROR_STOP on
SET timezone = 'UTC';

\echo
\echo '21. Who hears of it: a channel of the team by Slack''s webhook, and the manager by e-mail. Secrets are in the user mappings'
\echo

SELECT set_config('drift.http_allowed_hosts', format('localhost:%s, localhost:%s', :https_port, :smtp_port), false) AS "drift.http_allowed_hosts",
	set_config('drift.http_ca_file', :'ca', false) IS NOT NULL AS "drift.http_ca_file";

CREATE SERVER model_monitoring FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'slack', host 'localhost', port :'https_port');
CREATE USER MAPPING FOR CURRENT_USER SERVER model_monitoring OPTIONS (path '/services/T024/B0815/a-secret');

CREATE SERVER management FOREIGN DATA WRAPPER drift_channel
	OPTIONS (type 'email', host 'localhost', port :'smtp_port', tls 'starttls', "from" 'drift@bank.example', "to" 'head.of.sales@bank.example');
CREATE USER MAPPING FOR CURRENT_USER SERVER management OPTIONS (username 'drift', password 'secret of drift');

SELECT name, channel, minimum_severity, group_by, goes_on FROM drift.create_alert_rule('team', 'model_monitoring', model => 'bank', goes_on => true);
SELECT name, channel, minimum_severity, group_by FROM drift.create_alert_rule('manager', 'management', model => 'bank', minimum_severity => 'critical');

\echo
\echo '22. What is open is told: once to each, in one message, and nothing is left to tell'
\echo

CALL drift.deliver_alerts();
SELECT channel, rule, cause, status, attempts, severity, title FROM drift.v_deliveries ORDER BY delivery_id;
CALL drift.deliver_alerts();

\echo
\echo '23. For those who look by themselves: the report and the dashboard as pages, metrics for Prometheus'
\echo

SELECT max(check_id) AS check_id FROM drift.checks \gset
\pset format unaligned
\pset tuples_only on
\o :report
SELECT drift.report_html(:check_id);
\o :dashboard
SELECT drift.dashboard_html();
\o :metrics
SELECT drift.prometheus_metrics();
\o
SELECT drift.metric_line('bank');
SELECT line FROM string_to_table(drift.prometheus_metrics(), E'\n') AS line WHERE line ~ '^model_|^drift_(share_ratio|alerts_firing)';
