#!/bin/sh
# The registries that the suites leave behind are consistent, whatever was tried on them. Prints TAP.
set -u
. test/lib/tap.sh

with_drift() {
	psql -XAtqc 'SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1' postgres | while read -r database; do
		psql -XAtqc "SELECT datname FROM pg_extension, pg_database WHERE extname = 'drift' AND datname = current_database()" "$database"
	done
}

for database in $(with_drift); do
	check "the registry of $database is consistent" silent psql -XAtq -v ON_ERROR_STOP=1 -d "$database" -f test/crash/consistent.sql
done

tap_end
