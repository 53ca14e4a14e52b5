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

binary_copy_models() {
	psql -Xq -v ON_ERROR_STOP=1 -d drift_dump -c "\\copy models.kept TO '$WORK/models.bin' (FORMAT binary)" \
		-c "CREATE TABLE models.copied (LIKE models.kept)" -c "\\copy models.copied FROM '$WORK/models.bin' (FORMAT binary)" &&
		[ "$(psql -XAtq -d drift_dump -c "SELECT count(*), count(*) FILTER (WHERE k.model::text IS DISTINCT FROM c.model::text)
			FROM models.kept k FULL JOIN models.copied c USING (name)")" = '4|0' ]
}

# A byte of a model is not what it was: the server says so and keeps nothing.
damaged_copy() {
	perl -e 'binmode STDIN; binmode STDOUT; local $/; $_ = <STDIN>; substr($_, length($_) / 2, 1) ^= "\x10"; print' \
		<"$WORK/models.bin" >"$WORK/damaged.bin" &&
		! psql -Xq -v ON_ERROR_STOP=1 -d drift_dump -c "\\copy models.copied FROM '$WORK/damaged.bin' (FORMAT binary)" 2>"$WORK/damaged.err" &&
		grep -q 'invalid model' "$WORK/damaged.err"
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
check "binary COPY keeps every model" binary_copy_models
check "a damaged model in a binary COPY is refused" damaged_copy

tap_end
