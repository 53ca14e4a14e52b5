# test/run check: every suite, then one line with the sums.

prepare
offer_packages valgrind sqlsmith "postgresql-$PGVERSION-pgtap" libtap-parser-sourcehandler-pgtap-perl clang-format-14 \
	python3-psycopg node-pg "postgresql-$PGVERSION-partman" "postgresql-$PGVERSION-cron" \
	"postgresql-plpython3-$PGVERSION" python3-sklearn
prepare_fuzzer
build_and_install
. test/lib/suites.sh

suite unit make -s -f test/kernel.mk unit PROVE='prove -v'
if command -v valgrind >/dev/null; then
	suite valgrind make -s -f test/kernel.mk valgrind PROVE='prove -v'
else
	skip_suite valgrind "valgrind is not installed"
fi
suite fuzz env DRIFT_FUZZ_SECONDS=5 prove -v -e sh test/fuzz/run.sh
suite lint prove -v -e sh test/lint/lint.sh

in_cluster sh test/lib/check_server.sh || true
[ -e "$WORK/server_suites_done" ] || record server 0 1 0 "the cluster did not start or went away"

report
