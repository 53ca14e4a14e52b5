# TAP from a shell script: check DESCRIPTION COMMAND..., then tap_end.

tap_count=0
tap_failed=0

# The command's output is shown, as diagnostics, only when it fails.
check() {
	description=$1
	shift
	tap_count=$((tap_count + 1))
	if tap_output=$("$@" 2>&1); then
		echo "ok $tap_count - $description"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $description"
		printf '%s\n' "$tap_output" | head -n 60 | sed 's/^/# /'
	fi
}

skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# For checks that list offenders: true when the list is empty.
nothing() {
	found=$("$@")
	[ -z "$found" ] || { printf '%s\n' "$found"; return 1; }
}

# The same for commands that succeed when they find nothing.
silent() {
	found=$("$@") && [ -z "$found" ] || { printf '%s\n' "$found"; return 1; }
}

tap_end() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
}
