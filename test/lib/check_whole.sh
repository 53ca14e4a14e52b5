#!/bin/sh
# The suites that use the extension as a whole, in a cluster that a lane of test/run check has to itself.
set -eu
. test/lib/suites.sh

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

suite delivery prove -v -e sh test/delivery/transport.sh test/delivery/channels.sh
suite prometheus prove -v -e sh test/prometheus/run.sh
suite clients prove -v -e sh test/clients/run.sh

suite sqlsmith prove -v -e sh test/sqlsmith/run.sh :: 4000 30

# Last, so that log and databases hold what all suites did.
suite server prove -v -e sh test/lib/server_log.sh test/lib/registries.sh

finish_lane
