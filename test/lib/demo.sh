# test/run demo: test/demo/demo.sql; its comparison is written as JSON, too.

prepare
build_and_install

mkdir -p build
in_cluster sh -euc '
	createdb drift_demo
	psql -X -q -v ON_ERROR_STOP=1 -d drift_demo -c "CREATE EXTENSION drift"
	psql -X -q -v ON_ERROR_STOP=1 -d drift_demo -v json="$PWD/build/demo.json" -f test/demo/demo.sql
'
say "demo finished"
