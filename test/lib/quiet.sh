# test/run quiet [RUNS]: how often data that did not drift alarms. Takes minutes.

prepare
build_and_install
in_cluster sh -euc '
	createdb drift_quiet
	psql -X -q -v ON_ERROR_STOP=1 -d drift_quiet -c "CREATE EXTENSION drift"
	psql -X -q -v runs="$1" -d drift_quiet -f test/quiet/ks_level.sql
	psql -X -q -v runs="$1" -d drift_quiet -f test/quiet/psi_chance.sql
	psql -X -q -v runs="$1" -d drift_quiet -f test/docs/alarm_rates.sql
' sh "${1:-200}"
say "quiet finished"
