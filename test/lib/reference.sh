# test/run reference: writes docs/reference.md from the comments of the objects.

prepare
build_and_install
in_cluster sh -euc '
	createdb drift_reference
	psql -X -q -v ON_ERROR_STOP=1 -d drift_reference -c "CREATE EXTENSION drift"
	psql -X -A -t -q -d drift_reference -f test/docs/reference.sql >docs/reference.md
'
say "docs/reference.md is written"
