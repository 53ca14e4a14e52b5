# What test/run needs from the machine: packages, a build, a cluster.
# Sourced from the top of the tree with set -eu.

export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
exec </dev/null

WORK=$(mktemp -d "${TMPDIR:-/tmp}/drift-test.XXXXXX")
chmod 755 "$WORK"
export WORK
lanes=
mounted_proc=
lists_updated=
createcluster_conf=

cleanup() {
	status=$?
	trap - EXIT
	for lane in $lanes; do
		kill -- "-${lane#*:}" 2>/dev/null || true
	done
	wait
	[ -z "$createcluster_conf" ] || as_root rm -f "$createcluster_conf"
	# Root may build in a tree that belongs to somebody else: give it back.
	[ "$(id -u)" -ne 0 ] || chown -R --from=0:0 --reference=test/run . || true
	rm -rf --one-file-system "$WORK"
	[ -z "$mounted_proc" ] || umount /proc || true
	exit $status
}
trap cleanup EXIT
trap 'exit 130' HUP INT TERM

say() {
	printf '==> %s\n' "$*"
}

die() {
	printf 'test/run: %s\n' "$*" >&2
	exit 1
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		command -v sudo >/dev/null || die "needs root or sudo for: $*"
		sudo "$@"
	fi
}

# quietly WHAT COMMAND...: show the output only when it fails.
quietly() {
	what=$1
	shift
	say "$what"
	if ! "$@" >"$WORK/quiet.log" 2>&1; then
		tail -n 60 "$WORK/quiet.log"
		die "failed: $what"
	fi
}

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The server to use: an installed one, or else the release's own.
find_version() {
	if [ -z "${PGVERSION:-}" ]; then
		PGVERSION=$(ls -v /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sed -n '$s|.*/postgresql/\([0-9]*\)/.*|\1|p')
	fi
	if [ -z "$PGVERSION" ]; then
		update_lists
		PGVERSION=$(apt-cache depends postgresql | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1)
	fi
	[ -n "$PGVERSION" ] || die "found no package of a PostgreSQL server"
	export PGVERSION
}

# A new server package comes with a cluster named main, started at boot. Nobody
# asked for one, so its making is switched off while packages are installed.
without_main_cluster() {
	[ -n "${PGVERSION:-}" ] && ! is_installed "postgresql-$PGVERSION" || return 0
	createcluster_conf=/etc/postgresql-common/createcluster.d/drift-test.conf
	as_root mkdir -p "${createcluster_conf%/*}"
	echo 'create_main_cluster = false' | as_root tee "$createcluster_conf" >/dev/null
}

update_lists() {
	[ -z "$lists_updated" ] || return 0
	quietly "reading the package lists" as_root apt-get update
	lists_updated=yes
}

missing_of() {
	for package; do
		is_installed "$package" || echo "$package"
	done
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

require_packages() {
	missing=$(missing_of "$@")
	[ -n "$missing" ] || return 0
	without_main_cluster
	update_lists
	quietly "installing $(echo $missing)" apt_install $missing
	if [ -n "$createcluster_conf" ]; then
		as_root rm -f "$createcluster_conf"
		createcluster_conf=
	fi
}

# What only one suite needs: without it, that suite is skipped.
offer_packages() {
	missing=$(missing_of "$@")
	[ -n "$missing" ] || return 0
	update_lists
	for package in $missing; do
		say "installing $package"
		apt_install "$package" >"$WORK/quiet.log" 2>&1 || say "cannot install $package: what needs it is skipped"
	done
}

# offer_unpacked FOLDER PACKAGE...: programs whose packages would start services. They stay for the next run.
offer_unpacked() {
	folder=$1
	shift
	[ ! -e "$folder/complete" ] || return 0
	update_lists
	say "unpacking $*"
	rm -rf "$folder"
	mkdir -p "$folder"
	if (cd "$folder" && apt-get download "$@") >"$WORK/quiet.log" 2>&1; then
		for package in "$folder"/*.deb; do
			dpkg-deb -x "$package" "$folder" && rm "$package"
		done
		: >"$folder/complete"
	else
		say "cannot get them: what needs them is skipped"
	fi
}

# The sanitizers, valgrind and pg_ctlcluster read /proc; a chroot may lack it.
mount_proc() {
	[ ! -e /proc/self/maps ] || return 0
	[ "$(id -u)" -eq 0 ] || die "needs /proc: mount -t proc proc /proc"
	mount -t proc proc /proc 2>/dev/null || die "cannot mount /proc, which the tests need: mount -t proc proc /proc"
	mounted_proc=yes
	say "mounted /proc for this run"
}

# What every command needs.
prepare() {
	[ -w . ] || die "the tree is not writable by $(id -un): run as its owner or as root"
	command -v apt-get >/dev/null || die "this script needs Debian; elsewhere use make, make install and make installcheck"
	mount_proc
	find_version
	require_packages make gcc libc6-dev libprotobuf-c-dev protobuf-c-compiler perl "postgresql-$PGVERSION" \
		"postgresql-server-dev-$PGVERSION"
	# Not every release has them; without them drift_train and drift_http are not built.
	offer_packages libxgboost-dev libcurl4-openssl-dev
	PG_CONFIG=/usr/lib/postgresql/$PGVERSION/bin/pg_config
	export PG_CONFIG
}

# The compiler PostgreSQL uses for its JIT is there already; libFuzzer comes apart.
prepare_fuzzer() {
	llvm=$(sed -n 's/^CLANG *=.*clang-\([0-9]*\)$/\1/p' "$(dirname "$("$PG_CONFIG" --pgxs)")/../Makefile.global")
	offer_packages "clang-$llvm" "libclang-rt-$llvm-dev"
	CLANG=clang-$llvm
	export CLANG
}

build_and_install() {
	quietly "building for PostgreSQL $PGVERSION" make PG_CONFIG="$PG_CONFIG"
	quietly "installing the extension (it stays installed)" as_root make install PG_CONFIG="$PG_CONFIG"
}

# in_cluster COMMAND...: run it with PGHOST and the like set for a new cluster.
in_cluster() {
	say "starting a throwaway cluster"
	sh test/lib/in_cluster.sh "$@"
}
