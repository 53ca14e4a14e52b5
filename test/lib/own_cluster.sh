# A cluster of the test's own, which it may kill: not the one that other suites use.
# Needs $WORK and $PG_CONFIG. Sourced.

server_bin=$("$PG_CONFIG" --bindir)

# The server refuses to run as root.
as_server() {
	if [ "$(id -u)" -eq 0 ]; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi
}

own_directory() {
	mkdir -p "$1"
	[ "$(id -u)" -ne 0 ] || chown postgres: "$1"
}

# make_cluster DIRECTORY [SETTING...]: initdb, settings; listens on a socket in the directory only.
make_cluster() {
	cluster=$1
	shift
	own_directory "$cluster"
	as_server "$server_bin/initdb" -D "$cluster/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N >"$WORK/initdb.log" 2>&1 ||
		{ cat "$WORK/initdb.log"; return 1; }
	as_server tee -a "$cluster/data/postgresql.conf" >/dev/null <<-SETTINGS
		listen_addresses = ''
		port = 5432
		unix_socket_directories = '$cluster'
		log_error_verbosity = verbose
		$(printf '%s\n' "$@")
	SETTINGS
}

start_cluster() {
	as_server "$server_bin/pg_ctl" -D "$1/data" -l "$1/log" -w -t 120 start >"$WORK/pg_ctl.log" 2>&1 || { tail "$WORK/pg_ctl.log" "$1/log"; return 1; }
}

stop_cluster() {
	as_server "$server_bin/pg_ctl" -D "$1/data" -m "${2:-fast}" -w stop >"$WORK/pg_ctl.log" 2>&1 || { tail "$WORK/pg_ctl.log" "$1/log"; return 1; }
}

# remove_clusters DIRECTORY...: whether they run or not, or were never made
remove_clusters() {
	for cluster; do
		[ ! -e "$cluster/data/postmaster.pid" ] || stop_cluster "$cluster" immediate
		rm -rf --one-file-system "$cluster"
	done
}

# Clients of this shell speak to it from now on.
use_cluster() {
	unset PGPORT PGPASSWORD PGSERVICE
	export PGHOST="$1" PGUSER=postgres PGDATABASE=postgres
}

postmaster_of() {
	head -n 1 "$1/data/postmaster.pid"
}

server_processes() {
	grep -ls "^PPid:[[:space:]]*$(postmaster_of "$cluster")\$" /proc/[0-9]*/status | cut -d / -f 3
}

# All processes at once, as when the machine's memory ran out. The dead hold nothing, but where nobody buries
# them the server takes the one its lock files name for alive.
kill_server() {
	processes="$(postmaster_of "$cluster") $(server_processes)"
	kill -9 $processes
	for process in $processes; do
		while [ -e "/proc/$process/exe" ]; do sleep 0.05; done
	done
	rm -f "$cluster/data/postmaster.pid" "$cluster"/.s.PGSQL.*.lock
}
