#!/bin/sh
# An updated install equals a fresh one: same catalog rows, comments, privileges.
# Prints TAP. Runs in the cluster of test/run check, which may write to the
# extension folder.
#
# Versions tried: every frozen script of sql/release, and three made here so
# that the comparison itself is tested whatever has been released:
#   0.0.0-full    the whole install script: the update replaces every function
#   0.0.0-bare    types and tables only: the update makes every function
#   0.0.0-other-* something the update does not repair: must be noticed
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh

version=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" drift.control)
folder=$("$PG_CONFIG" --sharedir)/extension
others="comment function column"

as_root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

put() {
	as_root tee "$folder/drift--$1.sql" >/dev/null
}

remove_scripts() {
	as_root rm -f "$folder"/drift--0.0.0-*.sql
}
trap remove_scripts EXIT

fragments() {
	make -s "print-$1" PG_CONFIG="$PG_CONFIG"
}

# The update script that make assembles, when a version needs no changes of its own.
update_script() {
	cat sql/install/00_header.sql $(fragments SQL_FUNCTIONS) |
		sed 's/"CREATE EXTENSION drift"/"ALTER EXTENSION drift UPDATE"/'
}

made_versions() {
	put 0.0.0-full <"sql/drift--$version.sql"
	cat $(fragments SQL_INSTALL) | put 0.0.0-bare
	for other in $others; do
		{
			cat "sql/drift--$version.sql"
			case $other in
				comment) echo "COMMENT ON SCHEMA drift IS 'of another version';" ;;
				function) echo "CREATE FUNCTION drift.retired() RETURNS integer LANGUAGE sql RETURN 1;" ;;
				column) echo "CREATE TABLE drift.retired (kept integer, dropped integer); ALTER TABLE drift.retired DROP dropped;" ;;
			esac
		} | put "0.0.0-other-$other"
	done
	for made in full bare other-comment other-function other-column; do
		update_script | put "0.0.0-$made--$version"
	done
}

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 -d drift_upgrade "$@"
}

fresh_database() {
	psql -Xq -d postgres -c 'DROP DATABASE IF EXISTS drift_upgrade' -c 'CREATE DATABASE drift_upgrade' 2>/dev/null
}

# snapshot FILE [OLD VERSION]
snapshot() {
	fresh_database &&
		run_sql -c "CREATE EXTENSION drift VERSION '${2:-$version}'" &&
		{ [ $# -eq 1 ] || run_sql -c "ALTER EXTENSION drift UPDATE TO '$version'"; } &&
		run_sql -f test/upgrade/catalog_snapshot.sql >"$1"
}

fresh=$WORK/snapshot_fresh
updated=$WORK/snapshot_updated

same() {
	snapshot "$updated" "$1" && diff "$fresh" "$updated"
}

noticed() {
	snapshot "$updated" "$1" && ! diff -q "$fresh" "$updated"
}

has_facts() {
	for kind in member schema function aggregate type column; do
		grep -q "^$kind " "$fresh" || { echo "no line of kind $kind"; return 1; }
	done
}

made_versions
check "a fresh install can be described" snapshot "$fresh"
check "the description speaks of every kind of object" has_facts
check "update of the whole script equals a fresh install" same 0.0.0-full
check "update of types and tables alone equals a fresh install" same 0.0.0-bare
for other in $others; do
	check "a different $other is noticed" noticed "0.0.0-other-$other"
done
for script in sql/release/drift--*.sql; do
	old=$(basename "$script" .sql)
	old=${old#drift--}
	case $old in
		'*' | *--* | "$version") ;;
		*) check "update from $old equals a fresh install" same "$old" ;;
	esac
done

tap_end
