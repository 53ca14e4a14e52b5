#!/bin/sh
# The suites that need a server; run inside the cluster of test/run check.
set -eu
. test/lib/suites.sh

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
suite upgrade prove -v -e sh test/upgrade/upgrade.sh
suite dump prove -v -e sh test/dump/dump.sh test/dump/other_cluster.sh test/dump/drop.sh test/dump/pg_upgrade.sh
suite training prove -v -e sh test/training/run.sh
suite cron prove -v -e sh test/cron/run.sh
suite crash prove -v -e sh test/crash/run.sh test/crash/standby.sh test/crash/retrain.sh

# Large public data sets are not in the tree: DRIFT_DATA names a folder of them, by default one beside it.
DRIFT_DATA=${DRIFT_DATA:-../shared/data}
export DRIFT_DATA
if [ -f test/realdata/run.sh ]; then
	if [ -d "$DRIFT_DATA" ]; then
		suite realdata prove -v -e 'sh test/realdata/run.sh' test/realdata/*.sql
	else
		skip_suite realdata "$DRIFT_DATA is no folder; DRIFT_DATA names one of data sets"
	fi
fi

if [ -f test/docs/run.sh ]; then
	suite docs prove -v -e sh test/docs/run.sh
fi

suite stress prove -v -e sh test/stress/run.sh :: 10
suite retrain prove -v -e sh test/stress/training.sh

suite clients prove -v -e sh test/clients/run.sh

suite sqlsmith prove -v -e sh test/sqlsmith/run.sh :: 4000 30

# Last, so that log and databases hold what all suites did.
suite server prove -v -e sh test/lib/server_log.sh test/lib/registries.sh

: >"$WORK/server_suites_done"
