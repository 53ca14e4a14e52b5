#!/bin/sh
# Replay the committed corpus of each fuzz target, then fuzz it for
# DRIFT_FUZZ_SECONDS. What libFuzzer finds stays in build/fuzz. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh

seconds=${DRIFT_FUZZ_SECONDS:-5}
clang=${CLANG:-clang-14}

fuzz_one() {
	found=build/fuzz/corpus/$1
	mkdir -p "$found"
	"build/fuzz/$1" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 \
		-artifact_prefix="build/fuzz/$1-" "$found" "test/fuzz/corpus/$1" 2>&1 | tail -n 40 >"build/fuzz/$1.log"
	grep -q 'stat::number_of_executed_units' "build/fuzz/$1.log" &&
		! grep -Eq 'ERROR:|SUMMARY:|runtime error' "build/fuzz/$1.log" || { cat "build/fuzz/$1.log"; return 1; }
}

executions() {
	sed -n 's/stat::number_of_executed_units: *//p' "build/fuzz/$1.log"
}

check "replay programs build" make -s -f test/kernel.mk replay
if command -v "$clang" >/dev/null && echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
	"$clang" -fsanitize=fuzzer -x c -o /dev/null - 2>/dev/null; then
	libfuzzer=yes
	check "libFuzzer programs build" make -s -f test/kernel.mk fuzzers CLANG="$clang"
else
	libfuzzer=
fi

for source in test/fuzz/fuzz_*.c; do
	target=$(basename "$source" .c)
	check "$target replays its corpus" "build/asan/replay_$target" "test/fuzz/corpus/$target"/*
	if [ -n "$libfuzzer" ]; then
		check "$target for $seconds s" fuzz_one "$target"
		echo "# $(executions "$target") inputs"
	else
		skip "$target for $seconds s" "no libFuzzer for $clang"
	fi
done

tap_end
