#!/bin/sh
# Pages of all kinds as validators see them. Prints TAP; needs a cluster that PGHOST and the like name, python3-html5lib and tidy.
set -eu
cd "$(dirname "$0")/../.."

if ! command -v tidy >/dev/null || ! /usr/bin/python3 -c 'import html5lib' 2>/dev/null; then
	echo "1..0 # SKIP tidy or html5lib is not installed"
	exit 0
fi
folder=$(mktemp -d "${WORK:-${TMPDIR:-/tmp}}/pages.XXXXXX")
trap 'rm -rf "$folder"; dropdb --if-exists drift_pages' EXIT
createdb drift_pages
psql -X -q -v ON_ERROR_STOP=1 -d drift_pages -c 'CREATE EXTENSION drift'
psql -X -q -v folder="$folder" -d drift_pages -f test/browser/pages.sql
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 test/browser/valid.py "$folder"/*.html
