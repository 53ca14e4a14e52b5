#!/bin/sh
# training.sh: a long training beside sessions that write. It holds no snapshot, others see how far it is, a second one is
# refused, and it stops when it is told to. Prints TAP. Runs in the cluster of test/run check.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh

work=${WORK:-$(mktemp -d)}/training
mkdir -p "$work"

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 -d drift_training_stress "$@"
}

long='{"candidates": [{"algorithm": "gradient_boosting", "params": {"n_estimators": 10000, "learning_rate": 0.001, "max_depth": 10, "early_stopping_rounds": 10000}}], "fallback_strategies": []}'

prepare() {
	createdb drift_training_stress && run_sql <<-'SQL' >"$work/prepare" 2>&1
		CREATE EXTENSION drift;
		CREATE TABLE visits AS
		SELECT timestamptz '2026-01-01' + i * interval '1 minute' AS at, sin(i) AS a, cos(i * 1.7) AS b, i % 97 AS c, hashint8(i) % 3 = 0 AS y
		FROM generate_series(1, 20000::bigint) AS i;
		CREATE TABLE counters AS SELECT i AS id, 0 AS n FROM generate_series(1, 100) AS i;
		SELECT drift.register_model('long');
		SELECT drift.set_training('long', 'y', 'visits', time_column => 'at', options => '{"embargo": "0"}');
	SQL
}

begin_training() {
	psql -XAtq -d drift_training_stress -c "CALL drift.retrain('long', options => '$long')" >"$work/out" 2>"$work/errors" &
	echo $! >"$work/client"
	for attempt in $(seq 200); do
		run_sql -c "SELECT progress_text FROM drift.training_progress WHERE step = 'train'" | grep -q '^round' && return
		sleep 0.05
	done
	run_sql -c 'SELECT * FROM drift.run_summary'
	cat "$work/errors"
	return 1
}

# Writers spend transaction numbers. Between slices the training takes a snapshot for a moment, which is then a young one.
write_and_watch() {
	: >"$work/ages"
	end=$(($(date +%s) + 3))
	while [ "$(date +%s)" -lt "$end" ]; do
		run_sql -c "DO \$\$ BEGIN FOR i IN 1 .. 200 LOOP UPDATE counters SET n = n + 1 WHERE id = i % 100 + 1; COMMIT; END LOOP; END \$\$" \
			-c "SELECT coalesce(age(a.backend_xmin), 0) FROM pg_stat_activity AS a JOIN drift.training_progress AS p USING (pid)" >>"$work/ages"
	done
	cat "$work/ages" >&2
	[ "$(wc -l <"$work/ages")" -ge 5 ] && [ "$(sort -n "$work/ages" | tail -n 1)" -lt 400 ]
}

vacuum_removes() {
	run_sql -c 'DELETE FROM counters WHERE id > 50'
	sleep 1
	run_sql -c 'VACUUM (VERBOSE, TRUNCATE false) counters' 2>&1 | grep -Eq ' 0 (are )?dead (row versions|but not yet removable)|0 dead row versions cannot be removed'
}

goes_on() {
	before=$(run_sql -c 'SELECT progress_text FROM drift.training_progress')
	sleep 1.2
	[ "$before" != "$(run_sql -c 'SELECT progress_text FROM drift.training_progress')" ]
}

# Rights and names are asked first, then who trains.
second_is_refused() {
	run_sql -v VERBOSITY=verbose -c "CALL drift.retrain('long')" 2>&1 | grep -q 'ERROR:  55006'
}

# As after a cancel between two steps: the run says running, and its session is busy with something else.
forgotten() {
	psql -XAtq -d drift_training_stress -c "SELECT drift_internal.begin_retrain('long', NULL, '{}')" -c 'SELECT pg_sleep(60)' >"$work/out" 2>"$work/errors" &
	for attempt in $(seq 200); do
		busy=$(run_sql -c "SELECT p.state FROM drift.training_progress AS p JOIN pg_stat_activity AS a USING (pid) WHERE a.state = 'active' AND a.query LIKE '%sleep%'")
		[ -n "$busy" ] && break
		sleep 0.05
	done
	run_sql -c "SELECT drift.cancel_run(run_id), pg_terminate_backend(pid) FROM drift.training_progress" >/dev/null
	wait $!
	[ "$busy" = dead ] && [ -z "$(run_sql -c 'SELECT * FROM drift.training_progress')" ]
}

stopped() {
	for attempt in $(seq 200); do
		[ -e "/proc/$(cat "$work/client")" ] || break
		sleep 0.05
	done
	[ "$(run_sql -c "SELECT concat_ws(' ', status, sqlstate, failed_step, (SELECT t.status FROM drift.training_trials AS t WHERE t.run_id = s.run_id))
		FROM drift.run_summary AS s ORDER BY run_id DESC LIMIT 1")" = 'cancelled 57014 train cancelled' ] ||
		{ run_sql -c 'SELECT * FROM drift.run_summary'; cat "$work/out" "$work/errors"; return 1; }
}

cancelled_by_call() {
	run_sql -c "SELECT drift.cancel_run(run_id) FROM drift.training_progress" && stopped && grep -q '"status": "cancelled"' "$work/out"
}

cancelled_by_signal() {
	run_sql -c "SELECT pg_cancel_backend(pid) FROM drift.training_progress" && stopped && grep -q 'ERROR:' "$work/errors"
}

check "there is a table to train on" prepare
check "a run whose session went on to something else is dead" forgotten
if run_sql -c "SELECT FROM drift.train('SELECT * FROM visits LIMIT 500', 'y', 'gradient_boosting', '{\"n_estimators\": 1, \"exclude\": [\"at\"]}')" >/dev/null 2>&1; then
	check "a training begins, and tells its rounds" begin_training
	check "another one of the model is refused" second_is_refused
	check "it holds no snapshot while others write" write_and_watch
	check "vacuum removes what was deleted meanwhile" vacuum_removes
	check "it goes on" goes_on
	check "drift.cancel_run() ends it, and it says so" cancelled_by_call
	check "another begins" begin_training
	check "a cancelled statement ends it, and the run says so" cancelled_by_signal
	check "nothing is under way" silent run_sql -c 'SELECT * FROM drift.training_progress'
else
	skip "a long training" "gradient boosting is not built"
fi
dropdb drift_training_stress
tap_end
