#!/bin/sh
# Data sets that are not in the tree, from the folder that DRIFT_DATA names. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."

for file in bank_marketing.csv diabetes.csv; do
	if [ ! -e "$DRIFT_DATA/$file" ]; then
		echo "1..0 # SKIP $DRIFT_DATA has no $file"
		exit
	fi
done
createdb drift_realdata
psql -X -q -v ON_ERROR_STOP=1 -d drift_realdata -c 'CREATE EXTENSION drift'
psql -X -d drift_realdata -f test/realdata/bank.sql
psql -X -d drift_realdata -f test/realdata/quality.sql
