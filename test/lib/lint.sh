# test/run lint: rules of the source tree and of what was built from it.

prepare
offer_packages clang-format-14
quietly "building for PostgreSQL $PGVERSION" make PG_CONFIG="$PG_CONFIG"
prove -v -e sh test/lint/lint.sh
say "lint finished; the rules of the installed catalog are in test/pgtap/catalog.sql, run by check"
