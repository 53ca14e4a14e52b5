# Running suites and adding up what they say. A suite is a command that prints
# TAP, or what pg_regress of PostgreSQL 15 prints; its counts are a line
# "name passed failed skipped" in the file $SUITES.
#
# Suites are run one after the other in a lane, and lanes beside each other.
# Each has a folder of its own, its $WORK. Who makes lanes sources system.sh.

# lane NAME COMMAND...: one that ends with finish_lane. It is a process group, so that all of it can be ended.
lane() {
	lane=$1
	shift
	mkdir "$WORK/$lane"
	chmod 755 "$WORK/$lane"
	WORK=$WORK/$lane perl -e 'setpgrp 0, 0; exec @ARGV or die' "$@" &
	lanes="$lanes $lane:$!"
}

finish_lane() {
	: >"$WORK/finished"
}

# A lane that did not come to its end is one failure.
wait_for_lanes() {
	for lane in $lanes; do
		wait "${lane#*:}" || true
		[ -e "$WORK/${lane%:*}/finished" ] || record "${lane%:*}" 0 1 0 "the suites of this lane did not come to their end"
	done
	lanes=
}

# What several lanes print at once comes in whole pieces.
tell() {
	flock "$SUITES" cat
}

# suite NAME COMMAND...
suite() {
	name=$1
	shift
	log=$WORK/suite_$name.log
	started=$(date +%s)
	status=0
	"$@" >"$log" 2>&1 </dev/null || status=$?
	set -- $(count_results <"$log")
	passed=$1 failed=$2 skipped=$3
	# A suite that died, or that ran nothing, is one failure.
	if [ "$failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ $((passed + skipped)) -eq 0 ]; }; then
		failed=1
	fi
	{
		record "$name" "$passed" "$failed" "$skipped" "$(($(date +%s) - started)) s"
		[ "$failed" -eq 0 ] || show_failure "$log"
	} | tell
}

# skip_suite NAME REASON
skip_suite() {
	record "$1" 0 0 1 "$2" | tell
}

record() {
	echo "$1 $2 $3 $4" >>"$SUITES"
	printf '%-9s %5d passed %3d failed %3d skipped   %s\n' "$1" "$2" "$3" "$4" "$5"
}

count_results() {
	awk '
		/^ok / || /^test .* \.\.\. ok / {
			if ($0 ~ /# *(SKIP|skip)/) skipped++
			else passed++
		}
		/^not ok / || /^test .* \.\.\. FAILED/ { failed++ }
		/ \.\.+ skipped: / { skipped++ }
		END { print passed + 0, failed + 0, skipped + 0 }'
}

# Each failed test with its diagnostics, or the end of what a suite without TAP said.
show_failure() {
	if grep -q '^not ok .* - ' "$1" && ! grep -q '^@@' "$1"; then
		awk '/^not ok/ { print; shown = 1; next }
			shown && /^#/ { print; next }
			{ shown = 0 }
			/Bad plan|Dubious|Non-zero exit|Parse errors/ { print }' "$1" | head -n 200
	else
		tail -n 100 "$1"
	fi
}

no_suite_failed() {
	awk '$3 > 0 { bad = 1 } END { exit bad }' "$SUITES"
}

report() {
	awk '{ p += $2; f += $3; s += $4 } END { print p " passed, " f " failed, " s " skipped" }' "$SUITES"
	no_suite_failed
}
