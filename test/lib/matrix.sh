# test/run matrix [SUITE...]: check inside chroots of newer Debian releases,
# with the PostgreSQL each of them has. Needs root. DRIFT_MIRROR names a mirror.
# What was downloaded stays in $XDG_CACHE_HOME/drift; delete that to begin anew.

[ "$(id -u)" -eq 0 ] || die "chroots need root"
[ $# -gt 0 ] || set -- trixie sid
require_packages debootstrap

# Systems as debootstrap left them, and packages that were installed in them.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/drift
mkdir -p "$cache"

bootstrap() {
	quietly "debootstrap of $1" debootstrap --variant=minbase "$1" "$WORK/$1" ${DRIFT_MIRROR:+"$DRIFT_MIRROR"}
	tar -cf "$cache/$1.tar.new" -C "$WORK/$1" .
	mv "$cache/$1.tar.new" "$cache/$1.tar"
}

# The chroot reaches the network the way this machine does.
make_chroot() {
	if [ -e "$cache/$1.tar" ]; then
		mkdir "$WORK/$1"
		tar -xf "$cache/$1.tar" -C "$WORK/$1"
	else
		bootstrap "$1"
	fi
	mkdir -p "$cache/$1.packages"
	find "$cache/$1.packages" -name '*.deb' -exec cp -t "$WORK/$1/var/cache/apt/archives" {} +
	cp /etc/resolv.conf "$WORK/$1/etc/resolv.conf"
	apt-config dump Acquire >"$WORK/$1/etc/apt/apt.conf.d/90host"
	mkdir "$WORK/$1/drift"
	tar -cf - --exclude=./.git --exclude=./build --exclude=./results --exclude='*.o' --exclude='*.bc' --exclude='*.so' --exclude='*.pb-c.*' . |
		tar -xf - -C "$WORK/$1/drift"
}

keep_packages() {
	find "$cache/$1.packages" -name '*.deb' -delete
	find "$WORK/$1/var/cache/apt/archives" -maxdepth 1 -name '*.deb' -exec cp -t "$cache/$1.packages" {} +
}

: >"$WORK/matrix"
status=0
for release; do
	make_chroot "$release"
	say "check in $release"
	chroot "$WORK/$release" env -u PGVERSION -u WORK -u TMPDIR sh /drift/test/run check >"$WORK/$release.log" 2>&1 || status=1
	cat "$WORK/$release.log"
	echo "$release, PostgreSQL $(ls "$WORK/$release/usr/lib/postgresql"): $(tail -n 1 "$WORK/$release.log")" >>"$WORK/matrix"
	keep_packages "$release"
	rm -rf --one-file-system "${WORK:?}/$release"
done

say "matrix"
cat "$WORK/matrix"
exit $status
