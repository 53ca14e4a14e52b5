# test/run check: every suite, then one line with the sums.

prepare
offer_packages valgrind sqlsmith "postgresql-$PGVERSION-pgtap" libtap-parser-sourcehandler-pgtap-perl clang-format-14 \
	python3-psycopg node-pg "postgresql-$PGVERSION-partman" "postgresql-$PGVERSION-cron" \
	"postgresql-plpython3-$PGVERSION" python3-sklearn python3-jsonschema python3-html5lib tidy python3-aiosmtpd openssl
offer_unpacked build/prometheus prometheus prometheus-alertmanager prometheus-sql-exporter prometheus-postgres-exporter
prepare_fuzzer
build_and_install
. test/lib/suites.sh
SUITES=$WORK/suites
export SUITES
: >"$SUITES"

lane kernel sh test/lib/check_kernel.sh
lane clusters sh test/lib/check_clusters.sh
lane server sh test/lib/in_cluster.sh sh test/lib/check_server.sh
# Two clusters that are made at once would take the same port.
until [ -e "$WORK/server/up" ] || ! kill -0 "${lanes##*:}" 2>/dev/null; do
	sleep 0.2
done
lane whole sh test/lib/in_cluster.sh sh test/lib/check_whole.sh
wait_for_lanes

report
