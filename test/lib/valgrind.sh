#!/bin/sh
# A unit test under valgrind, or a skipped one where that takes too long:
# numerical tests of many values run for minutes there.
output=$(timeout "${DRIFT_VALGRIND_SECONDS:-30}" valgrind -q --leak-check=full --error-exitcode=99 "$1" 2>&1)
status=$?
if [ "$status" -eq 124 ]; then
	echo "1..0 # SKIP $1 takes too long under valgrind"
	exit 0
fi
printf '%s\n' "$output"
exit "$status"
