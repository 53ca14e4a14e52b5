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
# Trees are built by a library that not every system has.
if grep -qE 'gradient_boosting|random_forest' "$test" && psql -X -q -v VERBOSITY=sqlstate -d "$database" 2>&1 >/dev/null -c "SELECT
	drift.train('SELECT i AS x, i > 50 AS y FROM generate_series(1, 100) AS i', 'y', 'gradient_boosting')" | grep -q 0A000; then
	echo "1..0 # SKIP gradient boosting needs libxgboost"
	exit
fi
psql -X -d "$database" -f "$test"
