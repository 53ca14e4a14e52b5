#!/bin/sh
# The threshold sets evidently and nannyml on data sets that are not in the tree. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."

for name in bank_marketing diabetes employee_attrition; do
	if [ ! -e "$DRIFT_DATA/$name.csv" ]; then
		echo "1..0 # SKIP $DRIFT_DATA has no $name.csv"
		exit
	fi
done
createdb drift_parity
psql -X -q -v ON_ERROR_STOP=1 -d drift_parity -c 'CREATE EXTENSION drift'
psql -X -d drift_parity -f test/realdata/parity.sql
