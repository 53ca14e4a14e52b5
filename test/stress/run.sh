#!/bin/sh
# run.sh [SECONDS [SEED]]: sessions that write, correct, move, delete and roll back at random while others refresh and
# rebuild windows; then windows are held against the rows. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh

seconds=${1:-10}
seed=${2:-$(date +%s)}
work=${WORK:-$(mktemp -d)}/stress
mkdir -p "$work"
rm -f "$work"/*

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 -d drift_stress "$@"
}

# client PROCEDURE NUMBER SETTING: a session that calls a procedure until the time is over
client() {
	{
		echo "SET client_min_messages = warning; SET $3; SELECT setseed($2 / 1000.0 + 1.0 / (1 + $seed % 1000)) \\g /dev/null"
		end=$(($(date +%s) + seconds))
		while [ "$(date +%s)" -lt "$end" ]; do
			echo "CALL stress.$1(); SELECT '$1' AS done;"
			sleep 0.02
		done
	} | psql -XAtq -d drift_stress >"$work/done.$2" 2>"$work/errors.$2"
}

all_clients() {
	number=0
	clients=
	for name in say say say tell tell change change refresh refresh refresh; do
		number=$((number + 1))
		client $name $number "default_transaction_isolation = 'read committed'" &
		clients="$clients $!"
	done
	client refresh 11 "default_transaction_isolation = 'repeatable read'" &
	client watch 12 "default_transaction_isolation = 'repeatable read'" &
	wait $clients $!
	wait
}

# Only a snapshot that is too old may fail, and two changes of the same rows.
errors() {
	cat "$work"/errors.* | grep -E 'ERROR|FATAL|PANIC|WARNING' | grep -Ev 'could not serialize access|deadlock detected'
}

busy() {
	for name in say tell change refresh watch; do
		[ "$(cat "$work"/done.* | grep -c "^$name\$")" -ge 5 ] || { echo "few calls of $name"; return 1; }
	done
}

# Each span that one of the three grains ends in somewhere, and everything.
differences() {
	run_sql <<-'SQL'
		SELECT d.*
		FROM (VALUES ('stress log'), ('stress days'), ('stress table')) AS m (monitor)
		JOIN drift.monitors AS monitor ON monitor.name = m.monitor,
			(SELECT tstzrange '(,)' AS span
				UNION ALL SELECT tstzrange(least(a, b), greatest(a, b)) FROM (SELECT stress.some_time() AS a, stress.some_time() AS b FROM generate_series(1, 30)) AS r) AS s,
			stress.differences(m.monitor, CASE WHEN s.span = '(,)' THEN s.span ELSE tstzrange(date_trunc(monitor.bucket, lower(s.span), monitor.time_zone),
				date_trunc(monitor.bucket, upper(s.span), monitor.time_zone)) END) AS d
		LIMIT 20
	SQL
}

refresh_all() {
	run_sql -c "SELECT drift.refresh_windows(name) FROM drift.monitors WHERE name LIKE 'stress %'"
}

dropdb --if-exists --force drift_stress 2>/dev/null
check "a database is made" createdb drift_stress
echo "# seed $seed"
check "it has rows and monitors" run_sql -f test/stress/load.sql
check "sessions work for $seconds seconds" all_clients
check "no session saw an error but that of an old snapshot" nothing errors
check "all of them were busy" busy
check "windows of a log said at all times what its rows say" silent run_sql -c "SELECT * FROM stress.seen LIMIT 20"
check "a last refresh works" refresh_all
check "windows are the rows, in any span" silent differences
run_sql -c "SELECT '# ' || m.name || ': revision ' || s.revision || ', ' || (SELECT count(*) FROM drift.windows AS w WHERE w.monitor_id = m.monitor_id) || ' windows'
	FROM drift.monitors AS m JOIN drift_internal.monitor_states AS s USING (monitor_id) ORDER BY 1"
dropdb --if-exists --force drift_stress
tap_end
