# test/run check: every suite, then one line with the sums.

prepare
offer_packages valgrind "postgresql-$PGVERSION-pgtap" libtap-parser-sourcehandler-pgtap-perl clang-format-14
prepare_fuzzer
build_and_install
. test/lib/suites.sh

quietly "building the kernel's tests" make -f test/kernel.mk programs-asan programs-plain
suite unit prove -v -e '' build/asan/test_*
if command -v valgrind >/dev/null; then
	suite valgrind prove -v -e 'valgrind -q --leak-check=full --error-exitcode=99' build/plain/test_*
else
	skip_suite valgrind "valgrind is not installed"
fi
suite fuzz env DRIFT_FUZZ_SECONDS=5 prove -v -e sh test/fuzz/run.sh
suite lint prove -v -e sh test/lint/lint.sh

in_cluster sh test/lib/check_server.sh || true
[ -e "$WORK/server_suites_done" ] || record server 0 1 0 "the cluster did not start or went away"

report
