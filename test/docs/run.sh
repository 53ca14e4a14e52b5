#!/bin/sh
# Runs every ```sql block of the documentation, a page's blocks in order in one
# session of a fresh database, and prints TAP. Needs a server (PGHOST, PGPORT, ...).
# DRIFT_PAGES names the pages if not all are wanted.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Only the blocks, each line where it is on the page, so that psql names the right one.
blocks() {
	awk '/^```sql$/ { inside = 1; print ""; next }
		/^```/ { inside = 0 }
		{ print inside ? $0 : "" }' "$1"
}

number=0
for page in ${DRIFT_PAGES:-README.md docs/*.md}; do
	grep -q '^```sql$' "$page" || continue
	number=$((number + 1))
	blocks "$page" >"$work/page.sql"
	database=drift_docs_$number
	createdb "$database"
	psql -X -q -v ON_ERROR_STOP=1 -d "$database" -c 'CREATE EXTENSION drift'
	if psql -X -q -v ON_ERROR_STOP=1 -d "$database" -f "$work/page.sql" >"$work/output" 2>&1; then
		echo "ok $number - $page"
	else
		echo "not ok $number - $page"
		tail -n 5 "$work/output" | sed 's/^/# /'
	fi
	dropdb "$database"
done
# The reference manual is what the comments in the database say.
number=$((number + 1))
database=drift_docs_$number
createdb "$database"
psql -X -q -v ON_ERROR_STOP=1 -d "$database" -c 'CREATE EXTENSION drift'
psql -X -A -t -q -d "$database" -f test/docs/reference.sql >"$work/reference.md"
if diff -u docs/reference.md "$work/reference.md" >"$work/output" 2>&1; then
	echo "ok $number - docs/reference.md is current"
else
	echo "not ok $number - docs/reference.md is current (sh test/run reference makes it)"
	head -n 20 "$work/output" | sed 's/^/# /'
fi
dropdb "$database"
echo "1..$number"
