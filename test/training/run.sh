#!/bin/sh
# What libxgboost does to the process that it trains in: memory of trainings that were cancelled, signals on its threads.
# Prints TAP. Needs a server (PGHOST, PGPORT, ...) on this machine.
set -eu
. test/lib/tap.sh

PGDATABASE=drift_training
export PGDATABASE
work=$(mktemp -d)
session=
trap '[ -z "$session" ] || kill $session 2>/dev/null || true; dropdb --if-exists --force "$PGDATABASE"; rm -rf "$work"' EXIT

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

createdb "$PGDATABASE"
run_sql -c 'CREATE EXTENSION drift'
run_sql <<'SQL'
SELECT setseed(0.5);
CREATE TABLE rows AS
SELECT random() AS a, random() AS b, CASE WHEN i % 7 <> 0 THEN random() END AS c, 'k' || i % 20 AS d, random() AS e, random() > 0.5 AS y
FROM generate_series(1, 100000) AS i;
CREATE VIEW dense AS SELECT a, b, e, y FROM rows;
SQL

if ! run_sql -c "SELECT drift.train('SELECT * FROM rows LIMIT 100', 'y', params => '{\"n_estimators\": 1}')" >"$work/first" 2>&1; then
	if grep -q 'training with XGBoost is not available' "$work/first"; then
		echo "1..0 # SKIP drift is built without libxgboost"
		exit 0
	fi
	cat "$work/first"
	exit 1
fi

# Anonymous memory of the session, in kB, as the value of a variable
note_memory() {
	echo "SELECT (regexp_match(pg_read_file('/proc/self/status'), 'RssAnon:\s+(\d+)'))[1]::int AS $1 \\gset"
}

# Times out while rows are read, while they become bins, and between rounds.
cancelled() {
	for milliseconds in 20 50 100 150 200 250 300 350 400 450; do
		echo "SET statement_timeout = $milliseconds;"
		echo "SELECT drift.train('rows', 'y', params => '{\"n_estimators\": 100000}');"
		echo "SELECT drift.train('dense', 'y', params => '{\"n_estimators\": 100000, \"early_stopping_rounds\": 100000, \"validation_share\": 0.3}');"
		echo "SELECT drift.train('rows', 'y', 'random_forest', '{\"n_estimators\": 10000}');"
		echo "RESET statement_timeout;"
	done
}

many_cancelled() {
	{
		echo "SELECT drift.train('rows', 'y', params => '{\"n_estimators\": 2}') IS NULL AS first \\gset"
		cancelled | head -n 10
		note_memory before
		cancelled
		note_memory after
		echo "SELECT 'grew', :before, :after;"
	} | psql -XAtq >"$work/cancelled" 2>&1
	[ "$(grep -c 'canceling statement due to statement timeout' "$work/cancelled")" -eq 36 ] || { cat "$work/cancelled"; return 1; }
	awk -F '|' '$1 == "grew" { print; fine = $3 - $2 < 16384 } END { exit !fine }' "$work/cancelled"
}

# comes QUERY: it says t within ten seconds
comes() {
	for attempt in $(seq 100); do
		[ "$(run_sql -c "$1")" != t ] || return 0
		sleep 0.1
	done
	return 1
}

tasks() {
	ls "/proc/$backend/task"
}

# within SECONDS COMMAND...
within() {
	seconds=$1
	shift
	for attempt in $(seq $((seconds * 10))); do
		! "$@" || return 0
		sleep 0.1
	done
	return 1
}

has_threads() {
	[ "$(tasks | wc -l)" -gt 1 ]
}

has_one_thread() {
	[ "$(tasks | wc -l)" -eq 1 ]
}

# A session of its own, whose errors do not end it
start_training() {
	psql -XAtq >"$work/session" 2>&1 <<'SQL' &
SET application_name = 'trains';
SET drift.max_training_threads = 2;
SELECT drift.train('rows', 'y', params => '{"n_estimators": 100000, "threads": 2}');
SELECT pg_sleep(60);
SQL
	session=$!
	comes "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'trains' AND query LIKE '%drift.train%'"
	backend=$(run_sql -c "SELECT pid FROM pg_stat_activity WHERE application_name = 'trains'")
}

# SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGALRM, SIGTERM, SIGCHLD and SIGURG: what a backend handles
HANDLED=$((1 | 1 << 1 | 1 << 2 | 1 << 9 | 1 << 13 | 1 << 14 | 1 << 16 | 1 << 22))

threads_are_deaf() {
	within 10 has_threads || { echo "there are no threads"; return 1; }
	for task in $(tasks); do
		[ "$task" != "$backend" ] || continue
		blocked=$(sed -n 's/^SigBlk:[[:space:]]*........//p' "/proc/$backend/task/$task/status")
		[ $((0x$blocked & HANDLED)) -eq "$HANDLED" ] || { echo "thread $task blocks $blocked"; return 1; }
	done
}

is_cancelled() {
	run_sql -c "SELECT pg_cancel_backend($backend)" >/dev/null
	comes "SELECT query LIKE '%pg_sleep%' FROM pg_stat_activity WHERE pid = $backend"
	grep -q 'canceling statement due to user request' "$work/session"
}

check "cancelled trainings leave no memory behind" many_cancelled
start_training
check "no signal that a backend handles reaches a thread of OpenMP" threads_are_deaf
check "a training is cancelled" is_cancelled
check "its threads end with it" within 10 has_one_thread
run_sql -c "SELECT pg_terminate_backend($backend)" >/dev/null
wait $session || true
session=
tap_end
