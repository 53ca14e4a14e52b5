#!/bin/sh
# run.sh ROWS [models|predict|outcomes|monitors|performance|training|reports|delivery]: the benchmark, in the cluster that PGHOST and the like name.
set -eu

# Encryption would slow down the clients that pull rows, and nobody else.
export PGSSLMODE=disable PGDATABASE=drift_bench PYTHONDONTWRITEBYTECODE=1

createdb --maintenance-db=postgres "$PGDATABASE"
psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION drift' -c 'CREATE EXTENSION pg_prewarm'

[ "${2:-}" != outcomes ] || exec psql -X -q -f test/bench/outcomes.sql
[ "${2:-}" != monitors ] || exec psql -X -q -f test/bench/monitors.sql
[ "${2:-}" != reports ] || exec psql -X -q -f test/bench/reports.sql
[ "${2:-}" != delivery ] || exec sh test/bench/delivery.sh

# Debian's python, which has the packages; another may be first on the PATH.
exec /usr/bin/python3 test/bench/bench.py "$@"
