#!/bin/sh
# The suites that need no server; a lane of test/run check.
set -eu
. test/lib/suites.sh

suite unit make -s -f test/kernel.mk unit PROVE='prove -v'
if command -v valgrind >/dev/null; then
	suite valgrind make -s -f test/kernel.mk valgrind PROVE='prove -v'
else
	skip_suite valgrind "valgrind is not installed"
fi
suite fuzz env DRIFT_FUZZ_SECONDS=5 prove -v -e sh test/fuzz/run.sh
suite lint prove -v -e sh test/lint/lint.sh

finish_lane
