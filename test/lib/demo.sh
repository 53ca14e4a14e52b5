# test/run demo: test/demo/demo.sql; its comparison is written as JSON, too.

prepare
build_and_install

mkdir -p build
in_cluster sh -euc '
	createdb drift_demo
	psql -X -q -v ON_ERROR_STOP=1 -d drift_demo -c "CREATE EXTENSION drift"
	psql -X -q -v ON_ERROR_STOP=1 -d drift_demo -v json="$PWD/build/demo.json" -f test/demo/demo.sql
'

. test/lib/own_cluster.sh
. test/lib/clock.sh
require_packages libfaketime
trap 'remove_clusters "$WORK/clock"; cleanup' EXIT
make_cluster "$WORK/clock" "fsync = off" "timezone = UTC"
start_clocked_cluster "$WORK/clock" '2026-03-01 00:00:00'
(
	use_cluster "$WORK/clock"
	psql -X -q -v ON_ERROR_STOP=1 -c "CREATE EXTENSION drift"
	psql -X -q -v ON_ERROR_STOP=1 -v clock="$WORK/clock/clock" -f test/demo/loop.sql
)
remove_clusters "$WORK/clock"
say "demo finished"
