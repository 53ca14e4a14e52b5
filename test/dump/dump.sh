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

# So that an empty comparison is not taken for a good one.
holds_rows() {
	psql -XAtq -v ON_ERROR_STOP=1 -d drift_dump -f test/dump/rows.sql
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

# Several jobs fill tables in any order.
parallel() {
	createdb drift_restore_parallel &&
		pg_restore --exit-on-error -j 2 -d drift_restore_parallel "$WORK/dump.custom"
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

consistent() {
	psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -f test/crash/consistent.sql
}

# Each line of inconsistencies.sql is noticed, so that silence means something.
notices() {
	while read -r statement; do
		[ -n "$(psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c BEGIN -c "$statement" -f test/crash/consistent.sql)" ] ||
			{ echo "not noticed: $statement"; return 1; }
	done <test/dump/inconsistencies.sql
}

# clone_refuses DATABASE: what was restored beside the original is a clone, and delivers nothing.
clone_refuses() {
	! psql -XAtq -d "$1" -c 'SELECT drift.claim_events()' 2>"$WORK/clone.err" && grep -q 'drift.adopt_cluster()' "$WORK/clone.err" &&
		psql -XAtq -d "$1" -c 'SELECT hint FROM drift.health_check()' | grep -q 'drift.adopt_cluster()'
}

adopted_delivers() {
	[ "$(psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c 'SELECT drift.adopt_cluster()' -c 'SELECT count(*) > 0 FROM drift.claim_events()' | tail -n 1)" = t ]
}

# What is made next has the ids that it would have had in the original.
goes_on() {
	psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -f test/dump/goes_on.sql
}

goes_on_alike() {
	goes_on "$1" >"$WORK/dump_goes_on_clone" && diff "$WORK/dump_goes_on" "$WORK/dump_goes_on_clone"
}

# Who is no superuser dumps the models that he may see; a superuser restores them.
part() {
	psql -Xq -v ON_ERROR_STOP=1 -d postgres -c 'CREATE ROLE dumper' -c 'CREATE DATABASE drift_part OWNER dumper' &&
		psql -Xq -v ON_ERROR_STOP=1 -d drift_part -o /dev/null -c 'CREATE EXTENSION drift' -c 'GRANT CREATE ON SCHEMA public TO dumper' \
			-c "SELECT drift.register_model('hidden')" -c 'SET ROLE dumper' -c "SELECT drift.register_model('seen')" \
			-c "SELECT drift.add_version('seen', drift.import_model('json', '{\"format\": \"drift\", \"version\": 1,
				\"task\": \"regression\", \"inputs\": [\"x\"], \"features\": [\"x\"],
				\"linear\": {\"coefficients\": [2], \"intercept\": 0}}'))" \
			-c "SELECT drift.deploy('seen', 1)" -c "SELECT drift.create_prediction_log('seen')" -c "SELECT drift.predict('seen', '{\"x\": 3}')" &&
		createdb drift_restore_part &&
		pg_dump --role=dumper --enable-row-security -d drift_part | psql -Xq -v ON_ERROR_STOP=1 -d drift_restore_part &&
		[ "$(psql -XAtq -d drift_restore_part -c "SELECT string_agg(name, ' ') FROM drift.models" \
			-c "SELECT score FROM drift.predict('seen', '{\"x\": 4}')" -c 'SELECT count(*) FROM seen_log')" = "$(printf 'seen\n8\n2')" ] &&
		consistent drift_restore_part >"$WORK/part" && [ ! -s "$WORK/part" ]
}

# Its row would name whatever table has that number there.
leaves_dropped_log() {
	psql -Xq -v ON_ERROR_STOP=1 -d drift_restore_inserts -o /dev/null -c "SELECT drift.register_model('dropped')" \
		-c "SELECT drift.create_prediction_log('dropped', 'public.dropped', 'SELECT 1 AS x')" -c 'DROP TABLE public.dropped CASCADE' &&
		createdb drift_restore_dropped &&
		pg_dump -d drift_restore_inserts | psql -Xq -v ON_ERROR_STOP=1 -d drift_restore_dropped &&
		[ "$(psql -XAtq -d drift_restore_dropped -c "SELECT count(*), (SELECT count(*) FROM drift.prediction_log_features)
			FROM drift.prediction_logs")" = "$(psql -XAtq -d drift_restore_inserts -c "SELECT count(*) - 1,
			(SELECT count(*) - 1 FROM drift.prediction_log_features) FROM drift.prediction_logs")" ]
}

check "tables with profiles, models and a registry are made" seed
check "every table of the extension holds rows and is dumped" silent holds_rows
check "every row can be listed" facts drift_dump "$WORK/dump_before"
for format in plain inserts custom parallel; do
	check "$format: the dump restores" $format
	check "$format: the dump keeps every value" same $format
	check "$format: the dump restores a consistent registry" silent consistent "drift_restore_$format"
done
check "the original is consistent" silent consistent drift_dump
check "what is not consistent would be noticed" notices drift_dump
check "a clone delivers nothing and says why" clone_refuses drift_restore_plain
check "the original goes on" eval "goes_on drift_dump >'$WORK/dump_goes_on'"
for format in plain inserts custom parallel; do
	check "$format: the clone goes on as the original does" goes_on_alike "drift_restore_$format"
done
check "a clone that was adopted delivers" adopted_delivers drift_restore_plain
check "a log that was dropped is not in the dump" leaves_dropped_log
check "who is no superuser dumps a part" part
check "binary COPY keeps every profile" binary_copy
check "binary COPY keeps every model" binary_copy_models
check "a damaged model in a binary COPY is refused" damaged_copy

tap_end
