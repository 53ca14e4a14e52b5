#!/bin/sh
# A standby answers without logging, follows the route of its primary, and goes on with everything once it is
# promoted. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh
. test/lib/own_cluster.sh

primary=$WORK/primary
standby=$WORK/standby

trap 'remove_clusters "$standby" "$primary"' EXIT

on() {
	host=$1
	shift
	psql -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -h "$host" "$@"
}

make_standby() {
	own_directory "$standby" && as_server "$server_bin/pg_basebackup" -h "$primary" -U postgres -D "$standby/data" -R -X stream -c fast &&
		echo "unix_socket_directories = '$standby'" | as_server tee -a "$standby/data/postgresql.conf" >/dev/null
}

caught_up() {
	lsn=$(on "$primary" -c 'SELECT pg_current_wal_lsn()')
	for attempt in $(seq 200); do
		[ "$(on "$standby" -c "SELECT pg_last_wal_replay_lsn() >= '$lsn'")" = t ] && return
		sleep 0.1
	done
	return 1
}

predicted() {
	on "$1" -c "SELECT model_version, score, status FROM drift.predict('crash', '{\"x\": 0, \"y\": 2}', 'somebody'${2:-})"
}

refuses_to_log() {
	! predicted "$standby" 2>"$WORK/standby.err" && grep -q 'ERROR:  25006' "$WORK/standby.err" && grep -q 'HINT: .*log => false' "$WORK/standby.err"
}

answers() {
	[ "$(predicted "$standby" ', log => false')" = "$1|$(($1 + 1))|ok" ] &&
		[ "$(on "$standby" -c "SELECT drift.score_json('crash', '{\"x\": 0, \"y\": 2}')")" = $(($1 + 1)) ] &&
		[ "$(on "$standby" -c "SELECT model_version FROM drift.route('crash', 'somebody')")" = "$1" ]
}

# Whatever writes says that it cannot, and none says it by an internal error.
refuses_to_write() {
	for call in "drift.promote('crash', 1)" "drift.deploy('crash', 2, 'canary')" "drift.rollback('crash')" "drift.record_entity_outcome('crash', 'somebody', 1)" \
		"drift.claim_events()" "drift.predict_batch('crash', 'SELECT 1 AS x, 1 AS y')" "drift.add_version('crash', constant(1))"; do
		! on "$standby" -c "SELECT $call" 2>"$WORK/standby.err" && grep -q 'ERROR:  25006' "$WORK/standby.err" ||
			{ echo "$call"; cat "$WORK/standby.err"; return 1; }
	done
}

check "a primary is made" eval 'make_cluster "$primary" && start_cluster "$primary"'
use_cluster "$primary"
check "a model is made" on "$primary" -f test/crash/load.sql
check "a standby is made" eval 'make_standby && start_cluster "$standby"'
check "it catches up" caught_up
check "it does not log, and says what to do" refuses_to_log
check "it answers without a log" answers 1
check "what writes is refused" refuses_to_write
check "another version is promoted" on "$primary" -c "SELECT drift.promote('crash', 3)"
check "the standby hears of it" caught_up
check "and answers by it" answers 3
check "the registry of the standby can be read" silent on "$standby" -c "SELECT name FROM drift.models WHERE last_version <> 4"
check "the primary dies" stop_cluster "$primary" immediate
check "the standby is promoted" as_server "$server_bin/pg_ctl" -D "$standby/data" -w promote
check "it logs predictions and outcomes" on "$standby" -f test/crash/client_predict.sql
check "it delivers events: it is the same cluster" eval '[ "$(on "$standby" -c "SELECT count(*) > 0 FROM drift.claim_events()")" = t ]'
check "its registry is consistent" silent on "$standby" -f test/crash/consistent.sql

tap_end
