# test/run quiet [RUNS]: how often data that did not drift alarms. Takes minutes, of which monitors take most.

# Real calls are replayed where DRIFT_DATA names a folder that has them, by default one beside this one.
DRIFT_DATA=${DRIFT_DATA:-../shared/data}
export DRIFT_DATA

prepare
build_and_install
in_cluster sh -euc '
	createdb drift_quiet
	psql -X -q -v ON_ERROR_STOP=1 -d drift_quiet -c "CREATE EXTENSION drift"
	psql -X -q -v runs="$1" -d drift_quiet -f test/quiet/ks_level.sql
	psql -X -q -v runs="$1" -d drift_quiet -f test/quiet/psi_chance.sql
	psql -X -q -v runs="$1" -d drift_quiet -f test/quiet/msprt.sql
	psql -X -q -v runs="$1" -d drift_quiet -f test/quiet/fairness.sql
	psql -X -q -v runs="$1" -d drift_quiet -f test/docs/alarm_rates.sql
	psql -X -q -v runs="$1" -d drift_quiet -f test/quiet/monitors.sql
	psql -X -q -v runs="$1" -d drift_quiet -f test/quiet/estimates.sql
	psql -X -q -v runs="$1" -d drift_quiet -f test/quiet/concept.sql
	psql -X -q -v runs="$1" -d drift_quiet -f test/quiet/detectors.sql
	[ ! -e "$DRIFT_DATA/bank_marketing.csv" ] || psql -X -q -v runs="$1" -v real=yes -d drift_quiet -f test/quiet/monitors.sql
' sh "${1:-200}"
say "quiet finished"
