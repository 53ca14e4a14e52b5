#!/bin/sh
# Runs every ```sql block of the documentation, a page's blocks in order in one
# session of a fresh database, and prints TAP. Needs a server (PGHOST, PGPORT, ...).
# DRIFT_PAGES names the pages if not all are wanted.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Blocks that need a language are run where the server has it, with what they import.
language=
if psql -X -A -t -q -d postgres -c "SELECT name FROM pg_available_extensions WHERE name = 'plpython3u'" | grep -q . &&
	/usr/bin/python3 -c 'import sklearn' 2>/dev/null; then
	language=plpython3u
else
	echo "# blocks in PL/Python are left out: it is not installed, or scikit-learn is not"
fi

# Only the blocks, each line where it is on the page, so that psql names the right one.
blocks() {
	awk -v language="$language" '/^```sql$/ || (language != "" && $0 == "```sql " language) { inside = 1; print ""; next }
		/^```/ { inside = 0 }
		{ print inside ? $0 : "" }' "$1"
}

# A copy of a database with the extension is made faster than the extension.
createdb drift_docs
psql -X -q -v ON_ERROR_STOP=1 -d drift_docs -c 'CREATE EXTENSION drift'

number=0
for page in ${DRIFT_PAGES:-README.md docs/*.md}; do
	grep -q '^```sql$' "$page" || continue
	number=$((number + 1))
	blocks "$page" >"$work/page.sql"
	database=drift_docs_$number
	createdb -T drift_docs "$database"
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
psql -X -A -t -q -d drift_docs -f test/docs/reference.sql >"$work/reference.md"
if diff -u docs/reference.md "$work/reference.md" >"$work/output" 2>&1; then
	echo "ok $number - docs/reference.md is current"
else
	echo "not ok $number - docs/reference.md is current (sh test/run reference makes it)"
	head -n 20 "$work/output" | sed 's/^/# /'
fi
dropdb drift_docs
echo "1..$number"
