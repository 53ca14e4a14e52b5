#!/bin/sh
# retrain.sh: kills a server with signal 9 in each step of a retraining, lets it recover, and asks what is left of the
# run and whether the next one succeeds. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh
. test/lib/own_cluster.sh

cluster=$WORK/crash_retrain
steps='plan validate snapshot train evaluate decide refit register log'

trap 'remove_clusters "$cluster"' EXIT

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

waits() {
	for attempt in $(seq 300); do
		[ "$(run_sql -c "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = 1 ] && return
		sleep 0.05
	done
	run_sql -c 'SELECT * FROM drift.run_steps ORDER BY run_id, place'
	return 1
}

# What decides is committed with the step before, and the entry in the history with the version.
seen_step() {
	case $1 in
		log) echo register ;;
		*) echo "$1" ;;
	esac
}

killed_in() {
	run_sql -c "INSERT INTO held VALUES ('$1')"
	run_sql -c "CALL drift.retrain('crash')" >"$WORK/retrain.out" 2>&1 &
	waits && kill_server && start_cluster "$cluster" && wait $! || true
	run_sql -c 'TRUNCATE held'
	[ "$(run_sql -c "SELECT concat_ws(' ', step, state) FROM drift.training_progress")" = "$(seen_step "$1") dead" ] ||
		{ run_sql -c 'TABLE drift.training_progress'; cat "$WORK/retrain.out"; return 1; }
}

nothing_half_done() {
	run_sql -f test/crash/consistent.sql
	run_sql -c "SELECT 'version ' || v.version FROM drift.model_versions AS v
		WHERE v.version > 1 AND NOT EXISTS (SELECT FROM drift.training_runs AS r WHERE r.version = v.version AND r.status = 'succeeded')" \
		-c "SELECT * FROM drift.health_check() AS h WHERE h.check_name = 'dead_runs' AND h.status = 'ok'"
}

# The run that died has failed, at that step, and the new one has a version.
goes_on() {
	run_sql -c "CALL drift.retrain('crash')" | grep -q '"status": "succeeded"' &&
		[ "$(run_sql -c "SELECT concat_ws(' ', s.status, s.sqlstate, s.failed_step) FROM drift.run_summary AS s ORDER BY run_id DESC OFFSET 1 LIMIT 1")" = "failed 57P01 $(seen_step "$1")" ] &&
		silent run_sql -f test/crash/consistent.sql || { run_sql -c 'SELECT run_id, status, failed_step, error, sqlstate FROM drift.run_summary'; return 1; }
}

# A search of parameters goes on after the server came back.
search_goes_on() {
	run_sql -c "INSERT INTO held VALUES ('train')"
	run_sql -c "CALL drift.tune('crash', 'logistic', '{\"l2\": [0.1, 1, 10]}', 'grid')" >"$WORK/retrain.out" 2>&1 &
	waits && kill_server && start_cluster "$cluster" && wait $! || true
	run_sql -c 'TRUNCATE held'
	search=$(run_sql -c 'SELECT max(run_id) FROM drift.training_runs')
	run_sql -c "CALL drift.resume_run($search)" | grep -q '"status": "succeeded"' &&
		[ "$(run_sql -c "SELECT string_agg(DISTINCT status, ' ') || count(*) FROM drift.training_trials WHERE run_id = $search")" = succeeded3 ] &&
		silent run_sql -f test/crash/consistent.sql || { run_sql -c 'SELECT run_id, status, failed_step, error, sqlstate FROM drift.run_summary'; return 1; }
}

check "a cluster is made" make_cluster "$cluster" 'max_wal_size = 64MB'
check "it starts" start_cluster "$cluster"
use_cluster "$cluster"
check "a model has a source of training rows" run_sql -f test/crash/retrain.sql
for step in $steps; do
	check "$step: the server is killed, and the run is known to be dead" killed_in "$step"
	check "$step: nothing is half done" silent nothing_half_done
	check "$step: the next run settles it and succeeds" goes_on "$step"
done
check "every run that succeeded has a version" silent run_sql -c "SELECT 'missing' WHERE (SELECT count(*) FROM drift.training_runs WHERE status = 'succeeded') <> 9"
check "a search is killed and gone on with" search_goes_on
tap_end
