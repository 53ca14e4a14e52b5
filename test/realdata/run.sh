#!/bin/sh
# One test of data sets that are not in the tree, from the folder that DRIFT_DATA names: run.sh FILE.sql. Prints TAP.
set -eu
test=$1
for file in $(grep -oh '"\$DRIFT_DATA/[a-z_]*\.csv"' "$test" | tr -d '"' | sed 's/.*\///' | sort -u); do
	if [ ! -e "$DRIFT_DATA/$file" ]; then
		echo "1..0 # SKIP $DRIFT_DATA has no $file"
		exit
	fi
done
database=drift_$(basename "$test" .sql)
createdb "$database"
psql -X -q -v ON_ERROR_STOP=1 -d "$database" -c 'CREATE EXTENSION drift'
psql -X -d "$database" -f "$test"
