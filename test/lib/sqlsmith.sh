# test/run sqlsmith [QUERIES [CALLS [SEED]]]: random SQL against a database full of drift objects.

prepare
require_packages sqlsmith
build_and_install
in_cluster prove -v -e sh test/sqlsmith/run.sh :: "${1:-50000}" "${2:-500}" "${3:-1}"
say "sqlsmith finished"
