#!/bin/sh
# Data sets that are not in the tree, from the folder that DRIFT_DATA names. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."

if [ ! -e "$DRIFT_DATA/bank_marketing.csv" ]; then
	echo "1..0 # SKIP $DRIFT_DATA has no bank_marketing.csv"
	exit
fi
createdb drift_realdata
psql -X -q -v ON_ERROR_STOP=1 -d drift_realdata -c 'CREATE EXTENSION drift'
psql -X -d drift_realdata -f test/realdata/bank.sql
