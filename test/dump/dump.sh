#!/bin/sh
# pg_dump and restore carry everything, in every format. Prints TAP.
# Runs in the cluster of test/run check.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh

facts() {
	psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -f test/dump/facts.sql >"$2"
}

seed() {
	createdb drift_dump && psql -Xq -v ON_ERROR_STOP=1 -d drift_dump -f test/dump/seed.sql
}

# rows_of TABLE of the seed, so that an empty comparison is not taken for a good one
holds_rows() {
	facts drift_dump "$WORK/dump_before" && [ "$(grep -c . "$WORK/dump_before")" -ge 17 ]
}

plain() {
	createdb drift_restore_plain &&
		pg_dump -d drift_dump | psql -Xq -v ON_ERROR_STOP=1 -d drift_restore_plain
}

inserts() {
	createdb drift_restore_inserts &&
		pg_dump --column-inserts -d drift_dump | psql -Xq -v ON_ERROR_STOP=1 -d drift_restore_inserts
}

custom() {
	createdb drift_restore_custom && pg_dump -Fc -d drift_dump -f "$WORK/dump.custom" &&
		pg_restore --exit-on-error -d drift_restore_custom "$WORK/dump.custom"
}

binary_copy() {
	psql -Xq -v ON_ERROR_STOP=1 -d drift_dump -c "\\copy profiles TO '$WORK/profiles.bin' (FORMAT binary)" \
		-c "CREATE TABLE copied (LIKE profiles)" -c "\\copy copied FROM '$WORK/profiles.bin' (FORMAT binary)" &&
		[ "$(psql -XAtq -d drift_dump -c "SELECT count(*), count(*) FILTER (WHERE p.profile::text IS DISTINCT FROM c.profile::text)
			FROM profiles p FULL JOIN copied c USING (name)")" = '13|0' ]
}

same() {
	facts "drift_restore_$1" "$WORK/dump_after" && diff "$WORK/dump_before" "$WORK/dump_after"
}

check "tables with profiles are made" seed
check "they hold rows" holds_rows
for format in plain inserts custom; do
	check "$format dump restores" $format
	check "$format dump keeps every value" same $format
done
check "binary COPY keeps every profile" binary_copy

tap_end
