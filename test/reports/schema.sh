#!/bin/sh
# Documents of every kind against docs/report.schema.json, with names and values that hurt.
set -eu
cd "$(dirname "$0")/../.."

if ! python3 -c 'import jsonschema' 2>/dev/null; then
	echo '1..0 # SKIP python3-jsonschema is not installed'
	exit 0
fi

db=drift_reports
dropdb --if-exists "$db" 2>/dev/null
createdb "$db"
trap 'dropdb --if-exists "$db"; psql -Xqd postgres -c "DROP ROLE IF EXISTS reports_owner, reports_reader"' EXIT
psql -Xq -v ON_ERROR_STOP=1 -d "$db" -c 'CREATE EXTENSION drift' -f test/reports/fixture.sql >/dev/null

{
	cat test/data/report_check.json | tr -d '\n'
	echo
	psql -XqAt -v ON_ERROR_STOP=1 -d "$db" <<'SQL'
SET search_path = reports;
SELECT drift.report_json(check_id) FROM drift.checks ORDER BY check_id;
SELECT drift.monitoring_report('ch"urn <b>', since) FROM unnest('{NULL,2000-01-01}'::timestamptz[]) AS since;
SELECT drift.comparison_report('ch"urn <b>', 2);
SELECT drift.report_json('customers', c) FROM unnest(ARRAY['customers', 'SELECT * FROM customers WHERE false', 'SELECT 1 AS id, NULL::text AS age', 'SELECT id, age::text, -visits AS visits, channel || E''\u202e\n"'' AS channel FROM customers']) AS c;
SELECT drift.report_json('odd', 'SELECT * FROM odd WHERE at > now() - interval ''1 day''', thresholds => t.name) FROM unnest('{standard,evidently,nannyml}'::text[]) AS t (name);
SELECT report FROM drift.keep_reports('ch"urn <b>', '2001-01-01');
SQL
} | python3 test/reports/schema.py docs/report.schema.json
