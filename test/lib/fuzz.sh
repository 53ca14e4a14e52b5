# test/run fuzz [SECONDS]: each target of the kernel under libFuzzer.

prepare
prepare_fuzzer
DRIFT_FUZZ_SECONDS=${1:-60} prove -v -e sh test/fuzz/run.sh
say "fuzz finished"
