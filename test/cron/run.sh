#!/bin/sh
# Schedules that pg_cron really runs, in a cluster of the test's own. Prints TAP. Takes three minutes, because
# pg_cron begins at full minutes.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh
. test/lib/own_cluster.sh

if [ ! -e "$("$PG_CONFIG" --sharedir)/extension/pg_cron.control" ]; then
	echo "1..0 # SKIP pg_cron is not installed (package postgresql-$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')-cron)"
	exit 0
fi

cluster=$WORK/cron
waiting=
trap '[ -z "$waiting" ] || kill $waiting 2>/dev/null; remove_clusters "$cluster"' EXIT

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

# is EXPECTED QUERY [DATABASE]
is() {
	answer=$(run_sql -d "${3:-postgres}" -c "$2")
	[ "$answer" = "$1" ] || { printf 'wanted: %s\ngot:    %s\n' "$1" "$answer"; return 1; }
}

# comes SECONDS QUERY: the query says t within that time
comes() {
	for attempt in $(seq "$(($1 * 5))"); do
		[ "$(run_sql -c "$2")" != t ] || return 0
		sleep 0.2
	done
	run_sql -x -c 'SELECT * FROM cron.job_run_details ORDER BY runid' -c 'SELECT * FROM drift.job_status' | head -n 80
	return 1
}

# A job that waits: somebody holds the table that it writes.
hold_outcomes() {
	run_sql -c 'BEGIN; LOCK TABLE waits_log_outcomes; SELECT pg_sleep(60)' >/dev/null 2>&1 &
	waiting=$!
	comes 10 "SELECT count(*) = 1 FROM pg_locks WHERE relation = 'waits_log_outcomes'::regclass AND mode = 'AccessExclusiveLock' AND granted"
}

let_go() {
	run_sql -c "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 'waits_log_outcomes'::regclass AND mode = 'AccessExclusiveLock' AND granted" >/dev/null
	wait $waiting
	waiting=
}

run_waiting() {
	run_sql -c "CALL drift.run_job($(run_sql -c "SELECT schedule_id FROM drift.job_status WHERE task = 'match_outcomes'"))" 2>&1
}

# ends_waiting FUNCTION: a job that waits is ended by it
ends_waiting() {
	hold_outcomes || return 1
	run_waiting >"$WORK/ended" &
	job=$!
	comes 10 "SELECT status = 'running' FROM drift.job_status WHERE task = 'match_outcomes'" || return 1
	run_waiting | grep -q 'run by another session' || { echo "a second session was let in"; return 1; }
	run_sql -c "SELECT $1(running_pid) FROM drift.schedules WHERE task = 'match_outcomes'" >/dev/null
	wait $job
	let_go
}

many() {
	for scheduler in 1 2 3 4; do
		run_sql -c 'CALL drift.run_due()' &
	done >"$WORK/many" 2>&1
	wait
	cat "$WORK/many"
}

check "a cluster is made" make_cluster "$cluster" "shared_preload_libraries = 'pg_cron'" "cron.database_name = 'postgres'" \
	'cron.use_background_workers = on' 'max_worker_processes = 20'
check "it starts with pg_cron" start_cluster "$cluster"
use_cluster "$cluster"
check "models, monitors and roles are made" run_sql -o /dev/null -f test/cron/load.sql
check "schedules are made" run_sql -o /dev/null -f test/cron/schedules.sql
check "jobs belong to who scheduled them" is 'analyst 4
postgres 3' "SELECT username || ' ' || count(*) FROM cron.job GROUP BY username ORDER BY 1"
check "a job is one CALL" is t "SELECT bool_and(command ~ '^CALL drift\.run_job\([0-9]+, only_due => true\)$') FROM cron.job"
check "who may not use pg_cron is left to run_due" is 'run_due Role stranger may not use pg_cron.' \
	"SELECT runner || ' ' || substring(message FROM '^[^.]*\.') FROM made WHERE model = 'of_stranger'"
check "seconds are refused where pg_cron cannot" run_sql -f test/cron/seconds.sql

check "from another database, the statement is said" sh -c "psql -XAtq -d other -c \"SELECT message FROM drift.schedule_model('elsewhere', '* * * * *', 'health')\" |
	sed -n 's/.*runs: \(SELECT cron.schedule_in_database(.*);\)$/\1/p' >'$WORK/statement' && grep -q . '$WORK/statement'"
check "and works" run_sql -o /dev/null -f "$WORK/statement"

check "pg_cron runs what is due" comes 150 "SELECT count(DISTINCT schedule_id) >= 6 FROM drift.job_runs WHERE due_at IS NOT NULL AND status <> 'running'"
check "each was run once for each time it was due" is 0 "SELECT count(*) FROM (SELECT FROM drift.job_runs GROUP BY schedule_id, due_at HAVING count(*) > 1) AS twice"
check "as its owner" is t "SELECT bool_and(username = 'analyst') FROM cron.job_run_details AS d WHERE database = 'postgres' AND command IN (
	SELECT format('CALL drift.run_job(%s, only_due => true)', schedule_id) FROM drift.schedules WHERE owner = 'analyst'::regrole)"
# A refresh of the same minute may be first; in every other minute there is none.
check "a monitor was checked" comes 150 "SELECT count(*) > 0 FROM drift.checks JOIN drift.monitors USING (monitor_id) WHERE name = 'sensors' AND checks.status <> 'error'"
check "a job that failed says why" is 'failed late: model "late" has no prediction log' \
	"SELECT last_status || ' ' || last_error FROM drift.job_status WHERE model = 'late'"
check "the health check says so" is 1 "SELECT count(*) FROM drift.health_check() WHERE check_name = 'failing_jobs' AND model = 'late'"
check "one that is paused was not run" is 0 "SELECT count(*) FROM drift.job_runs JOIN drift.schedules USING (schedule_id) JOIN drift.models USING (model_id) WHERE name = 'paused'"
run_sql -c 'SET ROLE analyst' -c "SELECT drift.create_prediction_log('late', 'public.late_log', 'SELECT 1 AS x')" >/dev/null
check "the next run works" comes 90 "SELECT last_status = 'succeeded' AND failures = 0 FROM drift.job_status WHERE model = 'late'"
check "the other database had its run" is t 'SELECT count(*) > 0 FROM drift.job_runs' other
check "pg_cron saw no failure" is 0 "SELECT count(*) FROM cron.job_run_details WHERE status = 'failed'"


# As after a restore, which brings schedules and no jobs.
run_sql -c 'SELECT cron.unschedule(jobid) FROM cron.job WHERE database = current_database()' >/dev/null
check "a schedule that lost its job is a finding" is 7 "SELECT count(*) FROM drift.health_check() WHERE check_name = 'cron_jobs'"
check "who owns it makes it anew" is 4 'SET ROLE analyst; SELECT count(*) FROM drift.renew_jobs()'
check "and the others theirs" is 3 'SELECT count(*) FROM drift.renew_jobs()'
check "nothing is lost any more" is 0 "SELECT count(*) FROM drift.health_check() WHERE check_name = 'cron_jobs' AND status <> 'ok'"

# Schedulers at once, and sessions that end.
run_sql -c "SELECT drift.unschedule(schedule_id => schedule_id) FROM drift.schedules" >/dev/null
check "unscheduled jobs are gone from pg_cron" is 1 'SELECT count(*) FROM cron.job'
check "thirty schedules are due" run_sql -o /dev/null -f test/cron/many.sql
check "four schedulers run them" many
check "each of them once" is '30 30' "SELECT count(*) || ' ' || count(DISTINCT schedule_id) FROM drift.job_runs WHERE status = 'succeeded'"
check "a job that was cancelled" ends_waiting pg_cancel_backend
check "says so" is 'failed' "SELECT last_status FROM drift.job_status WHERE task = 'match_outcomes' AND last_error LIKE '%canceling statement%'"
check "a job whose session was ended" ends_waiting pg_terminate_backend
check "does not run any more" is 'failed' "SELECT status FROM drift.job_status WHERE task = 'match_outcomes'"
check "and holds up nobody" run_waiting
check "its run is marked" is 1 "SELECT count(*) FROM drift.job_runs WHERE error LIKE 'The session with process number % ended before the run did.'"
check "the last one succeeded" is 'succeeded' "SELECT last_status FROM drift.job_status WHERE task = 'match_outcomes'"

tap_end
