#!/bin/sh
# run.sh QUERIES CALLS [SEED]: random queries by sqlsmith against a database full of drift objects,
# and calls of every function with arguments that hurt. Prints TAP. Needs a throwaway server (PGHOST, ...).
#
# Errors are answers; what must not happen is a crash, an internal error, or a call without end.
set -u
. test/lib/tap.sh

queries=$1
calls=$2
seed=${3:-1}
database=drift_sqlsmith
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$(ls "${PGSYSCONFDIR%/*}"/log/postgresql-*.log)
log_start=$(($(wc -c <"$log") + 1))

smith() {
	timeout 3600 sqlsmith --target="host=$PGHOST port=$PGPORT user=smith password=smith dbname=$database" \
		--seed="$seed" --max-queries="$queries" --exclude-catalog --verbose >"$work/smith" 2>&1
}

# A call that no cancel reaches would keep this script for ever.
hurt() {
	timeout 7200 psql -X -q -At -d $database -v calls="$calls" -v seed="$seed" -f test/sqlsmith/calls.sql >"$work/calls" && return
	psql -X -At -d $database -c "SELECT 'at the end: ' || query FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
	return 1
}

new_log() {
	tail -c "+$log_start" "$log"
}

crashes() {
	new_log | grep -E 'PANIC:|terminated by signal|TRAP:'
}

# Ten lines after it are the statement that did it.
internal_errors() {
	new_log | grep -A 10 'ERROR:  XX00[0-9]:'
}

createdb $database
psql -X -q -d $database -f test/sqlsmith/objects.sql || exit 1

check "every function was called with values that hurt" hurt
check "no call ended in an internal error" nothing grep '^internal error' "$work/calls"
check "no call is without end" nothing grep '^without end' "$work/calls"
if command -v sqlsmith >/dev/null; then
	check "sqlsmith made its $queries queries" smith
else
	skip "sqlsmith made its $queries queries" "sqlsmith is not installed"
fi
check "the server did not crash" nothing crashes
check "no query ended in an internal error" nothing internal_errors

sed -n -e '1s/^/# /p' -e 's/^slow:/# &/p' "$work/calls"
[ ! -e "$work/smith" ] || sed -n 's/^error rate:/# sqlsmith: share of queries that were answered by an error:/p' "$work/smith" | tail -n 1
psql -X -At -d $database -c "SELECT '# sqlsmith reached ' || count(*) || ' functions of drift in ' || sum(calls) || ' calls' FROM pg_stat_user_functions"
tap_end
