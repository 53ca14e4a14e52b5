#!/bin/sh
# DROP EXTENSION leaves logs and outcomes to their owner: every row, and defaults that work. Prints TAP.
# Runs in the cluster of test/run check.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 -d "$database" "$@"
}

seed() {
	createdb "$database" && run_sql -c 'CREATE EXTENSION drift' -f test/dump/registry.sql
}

# Rows and partitions of the log, rows of the outcomes, as the tables alone tell them.
rows() {
	run_sql -c "SELECT tableoid::regclass, t::text FROM \"app's\".\"lög\" AS t ORDER BY t::text COLLATE \"C\"" \
		-c "SELECT t::text FROM \"app's\".\"lög_outcomes\" AS t ORDER BY t::text COLLATE \"C\"" \
		-c "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = '\"app''s\".\"lög\"'::regclass ORDER BY 1" >"$WORK/drop_$1"
}

keeps_rows() {
	rows after && [ "$(grep -c . "$WORK/drop_before")" -ge 90 ] && diff "$WORK/drop_before" "$WORK/drop_after"
}

gone() {
	[ "$(run_sql -c "SELECT count(*) FROM pg_extension WHERE extname = 'drift'")" = 0 ] &&
		[ "$(run_sql -c "SELECT count(*) FROM pg_namespace WHERE nspname IN ('drift', 'drift_internal')")" = 0 ]
}

# Without the extension applications write and people read as before.
lives_on() {
	[ "$(run_sql <<-'SQL'
		WITH p AS (
			INSERT INTO "app's"."lög" (model_version, entity_key, score, x) VALUES (1, 'new', 0.5, 1)
			RETURNING prediction_id, predicted_at, arm, status, tableoid::regclass::text AS partition
		), o AS (
			INSERT INTO "app's"."lög_outcomes" (prediction_id, actual, actual_value) SELECT prediction_id, '1', 1 FROM p
			RETURNING outcome_id, recorded_by, recorded_xid
		)
		SELECT substr(p.prediction_id::text, 15, 1), p.arm, p.status, p.partition LIKE '%_p' || to_char(p.predicted_at AT TIME ZONE 'UTC', 'YYYYMMDD') || '%',
			abs(extract(epoch FROM p.predicted_at) - (('x' || replace(overlay(left(p.prediction_id::text, 19) PLACING '' FROM 15 FOR 1), '-', ''))::bit(60)::bigint / 1e6)) < 1,
			outcome_id > 30, recorded_by = current_user
		FROM p, o
	SQL
	)" = '8|champion|ok|t|t|t|t' ]
}

refuses_bad() {
	! run_sql -c "INSERT INTO \"app's\".\"lög\" (model_version, status) VALUES (1, 'perhaps')" &&
		! run_sql -c "INSERT INTO \"app's\".\"lög\" (prediction_id, predicted_at, model_version) SELECT prediction_id, predicted_at, 1 FROM \"app's\".\"lög\" LIMIT 1"
}

for kind in plain cascade prepared; do
	database=drift_drop_$kind
	check "$kind: a registry with rows is made" seed
	check "$kind: its rows can be listed" rows before
	case $kind in
		plain) check "$kind: DROP EXTENSION" run_sql -c "DROP FUNCTION \"app's\".constant" \
			-c 'SELECT FROM drift.untrack_changes($$of a täble "quoted"$$)' -c "DROP SERVER \"chännel's\" CASCADE" -c 'DROP EXTENSION drift' ;;
		cascade) check "$kind: DROP EXTENSION CASCADE" run_sql -c 'DROP EXTENSION drift CASCADE' ;;
		prepared)
			check "$kind: prepare_uninstall() exports the registry" run_sql -c 'CREATE TABLE kept AS SELECT * FROM drift.prepare_uninstall()' \
				-c "DROP FUNCTION \"app's\".constant"
			check "$kind: DROP EXTENSION" run_sql -c 'DROP EXTENSION drift'
			;;
	esac
	check "$kind: nothing of the extension is left" gone
	check "$kind: logs and outcomes have every row and partition" keeps_rows
	check "$kind: their defaults work" lives_on
	check "$kind: their constraints hold" refuses_bad
done

tap_end
