#!/bin/sh
# Who may do what, tried: the matrix in docs/security.md is what comes of it. Prints TAP, or with
# the argument "write" puts the matrix into the page. Needs a server (PGHOST, ...) and a superuser.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

functions=$(sed -n 's/^CREATE OR REPLACE \(FUNCTION\|PROCEDURE\) drift\.\([a-z_0-9]*\)(.*/\2/p' sql/functions/[89]*.sql | sort -u)

matrix() {
	createdb drift_security
	psql -X -q -v ON_ERROR_STOP=1 -d drift_security -c 'CREATE EXTENSION drift'
	psql -X -q -d drift_security -v functions="$functions" -f test/security/matrix.sql >"$work/matrix" 2>"$work/errors" || cat "$work/errors" >>"$work/matrix"
	dropdb drift_security
}

matrix
page=docs/security.md
if [ "${1:-}" = write ]; then
	{ sed '/^<!-- matrix/q' $page; cat "$work/matrix"; sed -n '/^<!-- end/,$p' $page; } >"$work/page"
	cp "$work/page" $page
	exit
fi

. test/lib/tap.sh

wrong_answers() {
	grep -E 'failed:|ERROR|NOT TRIED|SOMEBODY MAY' "$work/matrix" || true
}

documented() {
	sed -n '/^<!-- matrix/,/^<!-- end/p' $page | sed '1d;$d' | diff - "$work/matrix"
}

check "every function of the registry is tried, and none fails for another reason than rights" nothing wrong_answers
check "docs/security.md has the matrix (sh test/run security makes it)" documented
tap_end
