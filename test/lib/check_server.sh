#!/bin/sh
# The suites of parts of the extension, in a cluster that a lane of test/run check has to itself.
set -eu
. test/lib/suites.sh
: >"$WORK/up"

suite regress sh -c 'make -s installcheck PG_CONFIG="$PG_CONFIG" ISOLATION= || { cat regression.diffs; exit 1; }'
suite isolation sh -c 'make -s installcheck PG_CONFIG="$PG_CONFIG" ISOLATION="$(make -s print-ISOLATION)" REGRESS= ||
	{ cat regression.diffs; exit 1; }'

if psql -XAtqc "SELECT 1 FROM pg_available_extensions WHERE name = 'pgtap'" postgres | grep -q 1; then
	createdb drift_pgtap
	psql -X -q -v ON_ERROR_STOP=1 -d drift_pgtap -c 'CREATE EXTENSION drift' -c 'CREATE EXTENSION pgtap'
	suite pgtap pg_prove -v -d drift_pgtap test/pgtap/*.sql
else
	skip_suite pgtap "the extension pgtap is not installed"
fi

suite security prove -v -e sh test/security/run.sh
suite reports prove -v -e sh test/reports/schema.sh
suite upgrade prove -v -e sh test/upgrade/upgrade.sh
suite dump prove -v -e sh test/dump/dump.sh test/dump/other_cluster.sh test/dump/drop.sh test/dump/pg_upgrade.sh
suite training prove -v -e sh test/training/run.sh
suite pages prove -v -e sh test/browser/valid.sh
# Last, so that log and databases hold what all suites did.
suite server prove -v -e sh test/lib/server_log.sh test/lib/registries.sh

finish_lane
