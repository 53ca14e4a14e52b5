#!/bin/sh
# Pages of all kinds in a browser, in a cluster that PGHOST and the like name. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."

folder=$PWD/build/browser
createdb drift_pages
psql -X -q -v ON_ERROR_STOP=1 -d drift_pages -c 'CREATE EXTENSION drift'
psql -X -q -v folder="$folder" -d drift_pages -f test/browser/pages.sql
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 test/browser/look.py "$folder"
