#!/bin/sh
# What the server's log must not hold after all suites. Prints TAP.
set -u
. test/lib/tap.sh

log=$(ls "${PGSYSCONFDIR%/*}"/log/postgresql-*.log)

check "the log is one that names SQLSTATEs" grep -Eq 'LOG:  00000:' "$log"
check "the server did not crash" nothing grep -E 'PANIC:|terminated by signal|TRAP:' "$log"
check "no statement ended in an internal error" nothing grep -A 1 'XX00[0-9]:' "$log"

tap_end
