#!/bin/sh
# What clients in Python and Node get: the programs in the documentation, after the SQL of their page, and outcomes.py
# and outcomes.js. Prints TAP. Needs a server (PGHOST, PGPORT, ...); a language whose client library is missing is skipped.
set -eu

. test/lib/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Debian has its Node modules there.
NODE_PATH=${NODE_PATH:-/usr/share/nodejs}
export NODE_PATH PYTHONDONTWRITEBYTECODE=1 PGDATABASE=drift_clients

# What is between ```LANGUAGE and ``` on a page, each line where it is.
blocks() {
	awk -v fence="\`\`\`$2" '$0 == fence { inside = 1; print ""; next }
		/^```/ { inside = 0 }
		{ print inside ? $0 : "" }' "$1"
}

# client DESCRIPTION FILE
client() {
	case $2 in
		*.py) program=/usr/bin/python3 library='import psycopg' evaluate=-c ;;
		*.js) program=node library="require('pg')" evaluate=-e ;;
	esac
	if $program $evaluate "$library" >/dev/null 2>&1; then
		check "$1" $program "$2"
	else
		skip "$1" "the client library is not installed"
	fi
}

in_database() {
	createdb "$PGDATABASE"
	psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION drift'
	"$@"
	dropdb "$PGDATABASE"
}

# Programs work in the schema that the page's SQL has made.
page() {
	blocks "$1" sql >"$work/page.sql"
	check "$1, SQL" psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -f "$work/page.sql"
	PGOPTIONS="-c search_path=$(sed -n 's/^SET search_path = \(.*\);$/\1/p' "$1" | tail -n 1)"
	export PGOPTIONS
	for language in python js; do
		blocks "$1" $language >"$work/page.${language%thon}"
		client "$1, $language" "$work/page.${language%thon}"
	done
	unset PGOPTIONS
}

types() {
	psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -f test/clients/outcomes.sql
	client "types of Python" test/clients/outcomes.py
	client "types of JavaScript" test/clients/outcomes.js
}

in_database page docs/registry.md
in_database page docs/predictions.md
in_database page docs/outcomes.md
in_database types
tap_end
