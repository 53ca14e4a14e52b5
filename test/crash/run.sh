#!/bin/sh
# run.sh [ROUNDS [SECONDS]]: kills a server with signal 9 while clients predict, record outcomes, deploy, roll
# back, check and rebuild monitors, lets it recover, and asks whether what clients were told is still true. Prints TAP.
#
# The cluster is the test's own. What a client was answered is written down by that client: the server's
# word is not taken for it.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh
. test/lib/own_cluster.sh

rounds=${1:-6}
seconds=${2:-3}
cluster=$WORK/crash
answers=$cluster/answers
number=0

trap 'remove_clusters "$cluster"' EXIT

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

# --- the load ----------------------------------------------------------------

# client NAME NUMBER: a session that repeats client_NAME.sql until the connection is lost, and writes down its answers.
client() {
	yes -- "$(cat "test/crash/client_$1.sql")" 2>/dev/null |
		psql -XAtq -v ON_ERROR_STOP=1 >>"$answers/$1.$2" 2>>"$answers/errors"
}

start_clients() {
	clients=
	for name in predict predict predict batch operator versions worker maintain monitor rebuild; do
		number=$((number + 1))
		client $name $number &
		clients="$clients $!"
	done
}

# --- ways to die -------------------------------------------------------------

# A process of the server whose title holds these words.
server_process() {
	for process in $(server_processes); do
		! tr '\0' ' ' <"/proc/$process/cmdline" 2>/dev/null | grep -q "$1" || echo "$process"
	done | shuf -n 1
}

# Answers questions again, after the crash that the log's first LINES lines do not know of.
recovered() {
	for attempt in $(seq 300); do
		if tail -n "+$1" "$cluster/log" | grep -q 'database system is ready to accept connections'; then
			run_sql -c 'SELECT 1' >/dev/null && return
		fi
		sleep 0.1
	done
	return 1
}

kinds_without_answer() {
	for kind in P O B S E V W C F; do
		cat "$answers"/*.[0-9]* | grep -q "^$kind " || echo "$kind"
	done
}

# However slow the machine is, the last round does not end before each kind of client had an answer in one of them.
wait_for_answers() {
	for attempt in $(seq 300); do
		[ -n "$(kinds_without_answer)" ] || return 0
		sleep 1
	done
}

round() {
	line=$(($(wc -l <"$cluster/log") + 1))
	start_clients
	sleep "$seconds"
	[ "$round" -lt "$rounds" ] || wait_for_answers
	case $1 in
		server) kill_server && start_cluster "$cluster" ;;
		*) kill -9 $(server_process "$1") ;;
	esac && wait $clients
	recovered "$line"
}

# --- what must hold ----------------------------------------------------------

# Every answer is a line: a letter, then what was answered.
load_answers() {
	cat "$answers"/*.[0-9]* | tr ' ' '\t' | sed 's/$/\t\t\t/' | cut -f 1-4 >"$answers/all"
	run_sql -c 'CREATE TABLE answer (kind text, a text, b text, c text)' -c '\copy answer FROM pstdin' <"$answers/all"
}

missing() {
	run_sql -v "$1=${2:-yes}" -f test/crash/answered.sql
}

resume_backfills() {
	for monitor in $(run_sql -c "SELECT replace(name, ' ', '_') FROM drift.monitors WHERE name LIKE 'crash %'"); do
		monitor=$(echo "$monitor" | tr _ ' ')
		run_sql -c "CALL drift.backfill_windows('$monitor', interval '90 days', interval '0')" -c "SELECT FROM drift.refresh_windows('$monitor')" || return 1
	done
}

other_errors() {
	grep -E 'ERROR:|FATAL:' "$answers/errors" | grep -Ev 'terminating connection|the database system is|server closed the connection'
}

crashes() {
	[ "$(grep -c 'was not properly shut down\|all server processes terminated; reinitializing' "$cluster/log")" -ge "$rounds" ]
}

busy() {
	[ "$(wc -l <"$answers/all")" -ge $((20 * rounds)) ] || { echo "few answers"; return 1; }
	nothing kinds_without_answer
}

check "a cluster is made" make_cluster "$cluster" 'max_wal_size = 64MB' 'checkpoint_timeout = 30s' 'max_connections = 30'
check "it starts" start_cluster "$cluster"
mkdir -p "$answers"
use_cluster "$cluster"
check "a model is made" run_sql -f test/crash/load.sql
for round in $(seq "$rounds"); do
	case $((round % 3)) in
		1) victim=server ;;
		2) victim='postgres: postgres postgres' ;;
		0) victim=checkpointer ;;
	esac
	check "round $round: recovers after kill -9 of ${victim#postgres: }" round "$victim"
	check "round $round: the registry is consistent" silent run_sql -f test/crash/consistent.sql
	check "round $round: windows hold the rows of the log, once" silent missing windows
done
check "every round was a crash" crashes
check "what clients were answered can be read" load_answers
check "clients were busy" busy
check "clients saw no error but the lost connection" nothing other_errors
check "no answered prediction is missing or there twice" silent missing predictions
check "rows that maintenance moved are there once, partitions are attached" silent missing maintained
check "every prediction was made by the version that it names" silent missing mixed
check "no answered outcome is missing or there twice" silent missing outcomes
check "batches are there as a whole or not at all" silent missing batches
check "what operators were told did happen" silent missing events
check "every answered version is there" silent missing versions
check "every answered check is there, with its decision" silent missing checks
check "backfills that were killed go on" resume_backfills
check "until their windows hold the rows of the log, once" silent missing backfilled
check "what a worker confirmed is delivered" silent missing deliveries
check "what nobody was answered is one row at most for each lost connection" silent missing unanswered $((3 * rounds))
check "tables and indexes are sound" \
	"$server_bin/pg_amcheck" -h "$cluster" -U postgres -d postgres --install-missing --heapallindexed
check "the server runs on" run_sql -f test/crash/client_predict.sql

run_sql -c "SELECT '# ' || count(*) || ' answers of kind ' || kind FROM answer GROUP BY kind ORDER BY kind"
tap_end
