#!/bin/sh
# Rules of the tree that a compiler does not check. Prints TAP. Needs a build.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh

kernel_objects=$(ls src/stats/*.c src/model/*.c src/train/*.c | grep -v '\.pb-c\.c$' | sed 's|^\(.*\)\.c$|build/plain/\1.o|')
onnx_objects=$(echo "$kernel_objects" | grep '/onnx')
script=sql/drift--$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" drift.control).sql

# --- the kernel is pure -----------------------------------------------------

kernel_includes() {
	grep -n '^[[:space:]]*#[[:space:]]*include' src/stats/*.[ch] src/model/*.[ch] src/train/*.[ch] | grep -v '\.pb-c\.[ch]:' |
		grep -Ev '^src/model/onnx.*include "model/onnx\.pb-c\.h"' |
		grep -Ev '^src/model/.*include ("model/[a-z0-9_]+\.h"|<stdlib\.h>)' | # the latter for strtod and strtof
		grep -Ev '^src/train/.*include "(train|model)/[a-z0-9_]+\.h"' |
		grep -Ev 'include ("stats/[a-z0-9_]+\.h"|<(float|inttypes|limits|math|stdalign|stdbool|stddef|stdint|string)\.h>)'
}

# What the objects ask of the outside: string.h, thread-safe math.h, the kernel itself.
kernel_calls() {
	{ nm -u $(echo "$kernel_objects" | grep -v '/onnx'); nm -u $onnx_objects | grep -v ' protobuf_c_message_unpack$'; } |
		awk '/^ +U / { print $2 }' | sort -u |
		grep -Ev '^(drift_[a-z0-9_]+|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|mem(cpy|move|set|cmp|chr)|str(len|cmp))$' |
		grep -Ev '^__[a-z]*ti[a-z0-9]*$' | # 128-bit arithmetic of the compiler
		grep -Ev '^sincos$' | # what the compiler makes of sin and cos
		grep -Ev '^(fabs|sqrt|cbrt|exp|exp2|expm1|log|log2|log10|log1p|pow|erfc?|sin|cos|tan|asin|acos|atan2?|hypot|fma)$' |
		grep -Ev '^(floor|ceil|trunc|rint|nearbyint|l?lrint|l?lround|round|fmod|modf|frexp|ldexp|scalbn|nextafter|fmin|fmax)$' |
		grep -Ev '^(expf|logf|log1pf|expm1f|sqrtf|fabsf|fminf|fmaxf|nextafterf|truncf|floorf|powf|erff|strto[df])$'
}

kernel_names() {
	nm -A -g --defined-only $kernel_objects | grep -Ev ' drift_[a-z0-9_]+$'
}

# Constant tables with pointers in them live in .data.rel.ro.
kernel_variables() {
	nm -A -f sysv --defined-only $kernel_objects | grep -E '\|\.(data|bss)[^|]*$|\*COM\*' | grep -v '\.data\.rel\.ro'
}

check "kernel objects build" make -s -f test/kernel.mk $kernel_objects
check "the kernel includes only C headers and itself" nothing kernel_includes
check "the kernel calls only string.h, math.h and itself" nothing kernel_calls
check "every symbol of the kernel is named drift_*" nothing kernel_names
check "the kernel has no variables" nothing kernel_variables

# --- bindings ---------------------------------------------------------------

postgres_first() {
	for file in src/*.c src/pg/*.c; do
		[ "$(grep -m 1 '^#include' "$file")" = '#include "postgres.h"' ] || echo "$file"
	done
}

postgres_in_headers() {
	grep -ln '#include "postgres.h"' src/*.h src/*/*.h
}

exports() {
	nm -D --defined-only drift.so | awk '{ print $3 }'
}

foreign_exports() {
	exports | grep -Ev '^((pg_finfo_)?drift_[a-z0-9_]+|Pg_magic_func|_PG_init)$'
}

unused_exports() {
	exports | grep '^drift_' | while read -r symbol; do
		grep -q "'MODULE_PATHNAME', '$symbol'" "$script" || echo "$symbol"
	done
}

# Function bodies are not checked while an extension script runs, C symbols included.
unknown_symbols() {
	sed -n "s/.*'MODULE_PATHNAME', '\([a-z0-9_]*\)'.*/\1/p" "$script" | sort -u | while read -r symbol; do
		exports | grep -qx "pg_finfo_$symbol" || echo "$symbol"
	done
}

# Libraries of others have symbols of their own that must not meet those of the backend's.
foreign_library_exports() {
	[ ! -e "$1.so" ] || nm -D --defined-only "$1.so" | awk -v symbol="$2" '$3 != "Pg_magic_func" && $3 != "_PG_init" && $3 != symbol { print $3 }'
}

# library_elsewhere HEADERS FOLDER NAME: only what is loaded on demand may need a library of others.
library_elsewhere() {
	grep -ln "include <$1/" src/*.[ch] src/*/*.[ch] | grep -v "^src/$2/"
	objdump -p drift.so | grep "NEEDED.*$3"
}

check "bindings include postgres.h first" nothing postgres_first
check "no header includes postgres.h" nothing postgres_in_headers
check "the library exports SQL functions only" nothing foreign_exports
check "drift_train exports what is asked for by name" nothing foreign_library_exports drift_train drift_boost_library
check "drift_http exports what is asked for by name" nothing foreign_library_exports drift_http drift_http_library
check "only drift_train needs libxgboost" nothing library_elsewhere xgboost drift_train xgboost
check "only drift_http needs libcurl" nothing library_elsewhere curl drift_http curl
check "every exported function is used by the install script" nothing unused_exports
check "every C symbol of the install script exists" nothing unknown_symbols

# --- SQL --------------------------------------------------------------------

unlisted_fragments() {
	for file in sql/install/*.sql sql/functions/*.sql; do
		grep -q "^	$file\( \\\\\)\?$" Makefile || echo "$file"
	done
}

# Created, never adopted: an object of that name may belong to somebody else.
adopting_statements() {
	grep -niE '^[^-]*(OR REPLACE\>|IF NOT EXISTS)' "$script" | grep -viE "CREATE OR REPLACE (TEMP|TEMPORARY) |format\\('CREATE OR REPLACE (VIEW|TRIGGER) |IF NOT EXISTS \\("
}

check "every SQL fragment is listed in the Makefile" nothing unlisted_fragments
check "the install script adopts no existing object" nothing adopting_statements
check "the install script pins search_path first" sh -c \
	"grep -v '^--\|^\$' '$script' | sed -n 2p | grep -qx 'SET LOCAL search_path TO pg_catalog, pg_temp;'"
check "no substitution in SQL but the library's name" nothing grep -rn '@ext[a-z]*[@:]' sql/install sql/functions

# --- tests ------------------------------------------------------------------

without_expected() {
	for file in test/sql/*.sql test/specs/*.spec; do
		name=$(basename "$file")
		[ -e "expected/${name%.*}.out" ] || echo "$file"
	done
	for file in expected/*.out; do
		name=$(basename "$file" .out)
		[ ! -e "$file" ] || [ -e "test/sql/${name%_[0-9]}.sql" ] || [ -e "test/sql/$name.sql" ] ||
			[ -e "test/specs/${name%_[0-9]}.spec" ] || echo "$file"
	done
	for file in test/specs/*.spec; do
		[ ! -e "test/sql/$(basename "$file" .spec).sql" ] || echo "$file has the name of a test in test/sql"
	done
}

without_plan() {
	for file in test/pgtap/*.sql; do
		grep -q 'plan(' "$file" && grep -q 'finish()' "$file" && grep -q '^ROLLBACK;' "$file" || echo "$file"
	done
}

shell_errors() {
	find test .ci -name '*.sh' -o -path test/run -o -path .ci/run | while read -r file; do
		sh -n "$file" 2>&1
	done
}

check "every regression test has its expected output, and back" nothing without_expected
check "every pgTAP test has a plan, an end and a rollback" nothing without_plan
check "every shell script parses" nothing shell_errors

# --- all files --------------------------------------------------------------

text_files() {
	find . \( -name .git -o -name build -o -name results -o -path ./sql/release \) -prune -o -type f \
		\( -name '*.[ch]' -o -name '*.sql' -o -name '*.sh' -o -name '*.mk' -o -name '*.md' -o -name Makefile -o -path ./test/run \) \
		-print | grep -Ev '/sql/drift--|\.pb-c\.[ch]$'
}

versions_differ() {
	version=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" drift.control)
	grep -q "\"version\": \"$version\"" META.json || echo "META.json is not of version $version"
	grep -q "^## $version" CHANGELOG.md || echo "CHANGELOG.md does not mention version $version"
}

badly_formatted() {
	for file in $(ls src/*.[ch] src/*/*.[ch] | grep -v '\.pb-c\.[ch]$') test/unit/*.[ch] test/fuzz/*.[ch]; do
		clang-format-14 "$file" | cmp -s - "$file" || echo "$file"
	done
}

check "versions agree" nothing versions_differ
check "no trailing blanks or carriage returns" nothing sh -c "grep -nE '[[:space:]]\$' \$(cat)" <<END
$(text_files)
END
check "nothing is left to do" nothing sh -c "grep -nE '\<(TODO|FIXME|XXX)\>' \$(grep -v '^./test/lint/')" <<END
$(text_files)
END
if command -v clang-format-14 >/dev/null; then
	check "C files are as make format leaves them" nothing badly_formatted
else
	skip "C files are as make format leaves them" "clang-format-14 is not installed"
fi

tap_end
