# test/run matrix [SUITE...]: check inside chroots of newer Debian releases,
# with the PostgreSQL each of them has. Needs root. DRIFT_MIRROR names a mirror.

[ "$(id -u)" -eq 0 ] || die "chroots need root"
[ $# -gt 0 ] || set -- trixie sid
require_packages debootstrap

# The chroot reaches the network the way this machine does.
make_chroot() {
	quietly "debootstrap of $1" debootstrap --variant=minbase "$1" "$WORK/$1" ${DRIFT_MIRROR:+"$DRIFT_MIRROR"}
	cp /etc/resolv.conf "$WORK/$1/etc/resolv.conf"
	apt-config dump Acquire >"$WORK/$1/etc/apt/apt.conf.d/90host"
	mkdir "$WORK/$1/drift"
	tar -cf - --exclude=./.git --exclude=./build --exclude=./results --exclude='*.o' --exclude='*.bc' --exclude='*.so' . |
		tar -xf - -C "$WORK/$1/drift"
}

: >"$WORK/matrix"
status=0
for release; do
	make_chroot "$release"
	say "check in $release"
	chroot "$WORK/$release" env -u PGVERSION -u WORK -u TMPDIR sh /drift/test/run check >"$WORK/$release.log" 2>&1 || status=1
	cat "$WORK/$release.log"
	echo "$release, PostgreSQL $(ls "$WORK/$release/usr/lib/postgresql"): $(tail -n 1 "$WORK/$release.log")" >>"$WORK/matrix"
	rm -rf --one-file-system "${WORK:?}/$release"
done

say "matrix"
cat "$WORK/matrix"
exit $status
