#!/bin/sh
# A dump with a monitor of a prediction log is restored in another cluster, whose transactions have other numbers: younger ones,
# so that rows of the log name transactions that have not happened there. No row is lost or counted twice. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh
. test/lib/own_cluster.sh

old=$WORK/other_old
new=$WORK/other_new

trap 'remove_clusters "$old" "$new"' EXIT

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

seed() {
	run_sql <<-'SQL'
		CREATE EXTENSION drift;
		SELECT FROM drift.register_model('moved');
		SELECT FROM drift.add_external_version('moved', 'file:///moved.model', sha256('moved'), '[{"name": "x", "kind": "number"}, {"name": "c", "kind": "text"}]', 'regression');
		SELECT FROM drift.create_prediction_log('moved', 'public.moved_log', days_ahead => 1);
		SELECT FROM drift.create_monitor('moved', NULL, 'moved', bucket => 'hour');
		INSERT INTO moved_log (predicted_at, model_version, x, c) SELECT timestamptz '2030-01-01' + i * interval '10 minutes', 1, i, 'c' || i % 3 FROM generate_series(1, 600) AS i;
		SELECT FROM drift.refresh_windows('moved');
		DO $$ BEGIN FOR i IN 1 .. 20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$;
		INSERT INTO moved_log (predicted_at, model_version, score, x, c) SELECT timestamptz '2030-01-03' + i * interval '10 minutes', 1, i + 0.5, i, 'c' || i % 3 FROM generate_series(1, 600) AS i;
		INSERT INTO moved_log_outcomes (prediction_id, predicted_at, actual, actual_value) SELECT prediction_id, predicted_at, x::text, x FROM moved_log WHERE score IS NOT NULL AND x <= 300;
		SELECT FROM drift.refresh_windows('moved');
		INSERT INTO moved_log_outcomes (prediction_id, predicted_at, actual, actual_value) SELECT prediction_id, predicted_at, x::text, x FROM moved_log WHERE score IS NOT NULL AND x BETWEEN 301 AND 400;
		-- and some that no refresh has seen
		INSERT INTO moved_log (predicted_at, model_version, x, c) SELECT timestamptz '2030-01-01' + i * interval '1 hour', 1, 2 * i, 'd' FROM generate_series(1, 100) AS i;
	SQL
}

# Hours of which windows and rows say different things.
different() {
	run_sql -c "SELECT FROM drift.refresh_windows('moved')" <<-'SQL'
		WITH fresh AS (
			SELECT date_trunc('hour', predicted_at, 'UTC') AS starts_at, count(*) AS n, sum(x) AS total FROM moved_log GROUP BY 1
		), kept AS (
			SELECT w.starts_at, drift.row_count(w.profile) AS n, drift.row_count(w.profile) * drift.mean(w.profile) AS total
			FROM drift.windows AS w JOIN drift.monitor_columns AS c USING (monitor_id, column_id)
			WHERE w.segment = '' AND w.grain = 'hour' AND c.column_name = 'x'
		)
		SELECT starts_at, fresh.n, kept.n, fresh.total, kept.total FROM fresh FULL JOIN kept USING (starts_at)
		WHERE fresh.n IS DISTINCT FROM kept.n OR abs(fresh.total - kept.total) > 1e-6
	SQL
}

# Errors of a score by half, of the four hundred that have an outcome.
different_outcomes() {
	run_sql <<-'SQL'
		SELECT sum(drift.row_count(w.profile) - drift.missing_count(w.profile)), min(drift.mean(w.profile)), max(drift.mean(w.profile))
		FROM drift.windows AS w JOIN drift.monitor_columns AS c USING (monitor_id, column_id)
		WHERE w.segment = '' AND w.grain = 'hour' AND c.role = 'error'
		HAVING (sum(drift.row_count(w.profile) - drift.missing_count(w.profile)), min(drift.mean(w.profile)), max(drift.mean(w.profile))) IS DISTINCT FROM (400, 0.5, 0.5)
	SQL
}

refused() {
	! run_sql -c "SELECT FROM drift.refresh_windows('moved')" 2>"$WORK/refused" && grep -q 'drift.renumber_prediction_log' "$WORK/refused"
}

future_rows() {
	[ "$(run_sql -c 'SELECT count(*) > 0 FROM moved_log WHERE logged_xid > pg_snapshot_xmax(pg_current_snapshot())')" = "$1" ]
}

restore() {
	pg_dump -h "$old" -d postgres | psql -Xq -v ON_ERROR_STOP=1 -h "$new" -d postgres -o /dev/null
}

insert_late() {
	run_sql -c "INSERT INTO moved_log (predicted_at, model_version, x, c) SELECT timestamptz '2030-01-02' + i * interval '10 minutes', 1, 3, 'late' FROM generate_series(1, 50) AS i"
}

check "two clusters are made" eval 'make_cluster "$old" fsync=off && make_cluster "$new" fsync=off && start_cluster "$old" && start_cluster "$new"'
use_cluster "$old"
check "a log of transactions with high numbers is watched" seed
check "the dump is restored in the other cluster" restore
use_cluster "$new"
check "where some rows name transactions that have not happened" future_rows t
check "a refresh refuses to count them and says what to do" refused
check "which the owner does" run_sql -c "SELECT drift.renumber_prediction_log('moved')"
check "windows hold every row once" silent different
check "and every outcome" silent different_outcomes
check "no row names such a transaction any more" future_rows f
check "rows that come now" insert_late
check "are counted once" silent different
check "as they are when nothing came" silent different
check "the registry is consistent" silent run_sql -f test/crash/consistent.sql
use_cluster "$old"
check "the original goes on" eval 'insert_late && silent different'

tap_end
