# test/run demo: test/demo/demo.sql and what it tells people, who are servers on this machine; then test/demo/loop.sql.
# Files for people and programs are written to build.

prepare
require_packages openssl python3 python3-aiosmtpd
build_and_install
. test/delivery/sinks.sh

mkdir -p build/mail
start_sinks "$WORK/sinks"
trap 'stop_sinks; cleanup' EXIT
in_cluster sh -euc '
	createdb drift_demo
	psql -X -q -v ON_ERROR_STOP=1 -d drift_demo -c "CREATE EXTENSION drift"
	psql -X -q -v ON_ERROR_STOP=1 -d drift_demo -v json="$PWD/build/demo.json" -f test/demo/demo.sql
	psql -X -q -d drift_demo -v https_port="$SINK_HTTPS_PORT" -v smtp_port="$SINK_SMTP_PORT" -v ca="$SINK_CA" \
		-v report="$PWD/build/report.html" -v dashboard="$PWD/build/dashboard.html" -v metrics="$PWD/build/metrics.txt" -f test/demo/telling.sql
	python3 test/demo/arrived.py "$SINK_ARRIVED" build/mail
'
stop_sinks
say "the report, the dashboard and the metrics are build/report.html, build/dashboard.html and build/metrics.txt"

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
