# test/run bench [quick|models|predict|outcomes|monitors|performance|training|reports|delivery]: speed, as ratios taken in one run.

case ${1:-full} in
	quick) rows=1000000 shared_buffers=1GB ;;
	full) rows=10000000 shared_buffers=4GB ;;
	models | predict | outcomes | monitors | performance | training | reports | delivery) rows=0 shared_buffers=1GB ;;
	*) die "bench takes no argument but quick, models, predict, outcomes, monitors, performance, training, reports or delivery" ;;
esac

library_works() {
	"build/$1/bin/python" -c "import $2"
}

install_library() {
	folder=$1 modules=$2
	shift 2
	/usr/bin/python3 -m venv "build/$folder" &&
		"build/$folder/bin/pip" install "$@" &&
		library_works "$folder" "$modules"
}

# offer_library FOLDER NAME MODULES REQUIREMENT...: libraries that are not in Debian. The environment stays in build/ for the next run.
offer_library() {
	folder=$1 name=$2 modules=$3
	shift 3
	! library_works "$folder" "$modules" 2>/dev/null || return 0
	offer_packages python3-venv
	say "installing $name in build/$folder"
	rm -rf "build/$folder"
	if ! install_library "$folder" "$modules" "$@" >"$WORK/quiet.log" 2>&1; then
		say "cannot install $name: figures of it are skipped"
		rm -rf "build/$folder"
	fi
}

# Evidently 0.7 accepts pandas 3 and then cannot be imported with it.
offer_evidently() {
	offer_library evidently Evidently evidently evidently 'pandas<3'
}

offer_models() {
	offer_packages libgomp1
	offer_library models "XGBoost and LightGBM" "lightgbm, xgboost" xgboost lightgbm numpy
}

prepare
require_packages python3 python3-numpy python3-scipy python3-pandas python3-sklearn python3-psycopg2
build_and_install
case ${1:-full} in models | predict | outcomes | monitors | performance | training | reports | delivery) ;; *) offer_evidently ;; esac
case ${1:-full} in predict | outcomes | monitors | performance | training | reports | delivery) ;; *) offer_models ;; esac
case ${1:-full} in
	training) offer_packages python3-xgboost ;;
	performance)
		offer_library nannyml NannyML nannyml nannyml==0.13.1
		offer_library river river river river==0.26.1
		;;
esac
# Commits are what predictions are measured with; nothing else waits for the disk.
case ${1:-full} in predict) fsync=on ;; *) fsync=off ;; esac
in_cluster -o "shared_buffers=$shared_buffers" -o jit=off -o autovacuum=off -o synchronize_seqscans=off \
	-o fsync=$fsync -o wal_level=minimal -o max_wal_senders=0 sh test/bench/run.sh "$rows" "$@"
say "bench finished"
