# A cluster whose clock stands where SQL puts it, so that months go by in seconds. Sourced after own_cluster.sh;
# needs the package faketime. The clock is a file that only the cluster reads:
#
#   COPY (SELECT '@2026-03-02 06:00:00') TO '.../clock'    UTC; the clock goes on from there
#
# In a loop: EXECUTE format('COPY (SELECT %L) TO %L', to_char(at, '"@"YYYY-MM-DD HH24:MI:SS'), clock), then COMMIT.

# start_clocked_cluster DIRECTORY TIME: what make_cluster made, at a time such as '2026-03-02 00:00:00'
start_clocked_cluster() {
	clock=$1/clock
	echo "@$2" | as_server tee "$clock" >/dev/null
	as_server env TZ=UTC LD_PRELOAD="$(dpkg -L libfaketime | grep -m 1 '/libfaketime\.so\.1$')" FAKETIME_TIMESTAMP_FILE="$clock" \
		FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 \
		"$server_bin/pg_ctl" -D "$1/data" -l "$1/log" -w -t 120 start >"$WORK/pg_ctl.log" 2>&1 || { tail "$WORK/pg_ctl.log" "$1/log"; return 1; }
}
