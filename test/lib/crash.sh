# test/run crash [ROUNDS [SECONDS]]: kills a busy server again and again. A round takes a few seconds more than SECONDS.

prepare
build_and_install
prove -v -e sh test/crash/run.sh :: "${1:-30}" "${2:-5}"
prove -v -e sh test/crash/retrain.sh
say "crash finished"
