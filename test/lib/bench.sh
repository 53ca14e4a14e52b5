# test/run bench [quick]: speed, as ratios taken in one run.

prepare
build_and_install
in_cluster sh test/bench/run.sh "$@"
say "bench finished"
