# test/run bench [quick|models|predict|outcomes|monitors|performance]: speed, as ratios taken in one run.

case ${1:-full} in
	quick) rows=1000000 shared_buffers=1GB ;;
	full) rows=10000000 shared_buffers=4GB ;;
	models | predict | outcomes | monitors | performance) rows=0 shared_buffers=1GB ;;
	*) die "bench takes no argument but quick, models, predict, outcomes, monitors or performance" ;;
esac

evidently_works() {
	build/evidently/bin/python -c 'import evidently'
}

# Evidently 0.7 accepts pandas 3 and then cannot be imported with it.
install_evidently() {
	/usr/bin/python3 -m venv build/evidently &&
		build/evidently/bin/pip install evidently 'pandas<3' &&
		evidently_works
}

# Evidently is not in Debian. The environment stays in build/ for the next run.
offer_evidently() {
	! evidently_works 2>/dev/null || return 0
	offer_packages python3-venv
	say "installing Evidently in build/evidently"
	rm -rf build/evidently
	if ! install_evidently >"$WORK/quiet.log" 2>&1; then
		say "cannot install Evidently: its figures are skipped"
		rm -rf build/evidently
	fi
}

models_work() {
	build/models/bin/python -c 'import lightgbm, xgboost'
}

install_models() {
	/usr/bin/python3 -m venv build/models &&
		build/models/bin/pip install xgboost lightgbm numpy &&
		models_work
}

# Nor are the libraries that train models.
offer_models() {
	! models_work 2>/dev/null || return 0
	offer_packages python3-venv libgomp1
	say "installing XGBoost and LightGBM in build/models"
	rm -rf build/models
	if ! install_models >"$WORK/quiet.log" 2>&1; then
		say "cannot install XGBoost and LightGBM: their figures are skipped"
		rm -rf build/models
	fi
}

nannyml_works() {
	build/nannyml/bin/python -c 'import nannyml'
}

install_nannyml() {
	/usr/bin/python3 -m venv build/nannyml &&
		build/nannyml/bin/pip install nannyml==0.13.1 &&
		nannyml_works
}

# What estimates performance elsewhere is not in Debian either.
offer_nannyml() {
	! nannyml_works 2>/dev/null || return 0
	offer_packages python3-venv
	say "installing NannyML in build/nannyml"
	rm -rf build/nannyml
	if ! install_nannyml >"$WORK/quiet.log" 2>&1; then
		say "cannot install NannyML: its figures are skipped"
		rm -rf build/nannyml
	fi
}

river_works() {
	build/river/bin/python -c 'import river'
}

install_river() {
	/usr/bin/python3 -m venv build/river &&
		build/river/bin/pip install river==0.26.1 &&
		river_works
}

offer_river() {
	! river_works 2>/dev/null || return 0
	offer_packages python3-venv
	say "installing river in build/river"
	rm -rf build/river
	if ! install_river >"$WORK/quiet.log" 2>&1; then
		say "cannot install river: its figures are skipped"
		rm -rf build/river
	fi
}

prepare
require_packages python3 python3-numpy python3-scipy python3-pandas python3-sklearn python3-psycopg2
build_and_install
case ${1:-full} in models | predict | outcomes | monitors | performance) ;; *) offer_evidently ;; esac
case ${1:-full} in predict | outcomes | monitors | performance) ;; *) offer_models ;; esac
case ${1:-full} in performance) offer_nannyml && offer_river ;; esac
# Commits are what predictions are measured with; nothing else waits for the disk.
case ${1:-full} in predict) fsync=on ;; *) fsync=off ;; esac
in_cluster -o "shared_buffers=$shared_buffers" -o jit=off -o autovacuum=off -o synchronize_seqscans=off \
	-o fsync=$fsync -o wal_level=minimal -o max_wal_senders=0 sh test/bench/run.sh "$rows" "$@"
say "bench finished"
