#!/bin/sh
# pg_upgrade takes a cluster with a registry: the check passes, and what comes out holds the same rows and goes on.
# From a version of the server to the same one, which needs no second package. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh
. test/lib/own_cluster.sh

old=$WORK/upgrade_old
new=$WORK/upgrade_new

trap 'remove_clusters "$old" "$new"' EXIT

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

# Logs of pg_upgrade go to the current directory before version 15 and into the new cluster since.
pg_upgrade() {
	(cd "$new" && as_server "$server_bin/pg_upgrade" -b "$server_bin" -B "$server_bin" -d "$old/data" -D "$new/data" -s "$new" -U postgres "$@")
}

facts() {
	run_sql -d upgrade -f test/dump/registry_facts.sql >"$WORK/upgrade_$1"
}

seed() {
	run_sql -c 'CREATE DATABASE upgrade' && run_sql -d upgrade -c 'CREATE EXTENSION drift' -f test/dump/registry.sql
}

check "two clusters are made" eval 'make_cluster "$old" && make_cluster "$new"'
check "the old one starts" start_cluster "$old"
use_cluster "$old"
check "it gets a registry with rows in every table" seed
check "every table holds rows" silent run_sql -d upgrade -f test/dump/rows.sql
check "its rows can be listed" facts before
check "pg_upgrade --check passes while it runs" pg_upgrade --check
check "it stops" stop_cluster "$old"
check "pg_upgrade --check passes" pg_upgrade --check
check "pg_upgrade succeeds" pg_upgrade
check "the new cluster starts" start_cluster "$new"
use_cluster "$new"
check "it holds the same rows" eval 'facts after && diff "$WORK/upgrade_before" "$WORK/upgrade_after"'
check "its registry is consistent" silent run_sql -d upgrade -f test/crash/consistent.sql
check "it is another cluster, which delivers nothing" sh -c "! psql -XAtq -d upgrade -c 'SELECT FROM drift.claim_events()' 2>'$WORK/upgrade.err' && grep -q adopt_cluster '$WORK/upgrade.err'"
check "until it is adopted" run_sql -d upgrade -c 'SELECT drift.adopt_cluster()' -c 'SELECT FROM drift.claim_events()'
check "it goes on" run_sql -d upgrade -f test/dump/goes_on.sql

tap_end
