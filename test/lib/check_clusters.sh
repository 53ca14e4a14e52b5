#!/bin/sh
# The suites that make clusters of their own, and wait more than they compute; a lane of test/run check.
set -eu
. test/lib/suites.sh

suite cron prove -v -e sh test/cron/run.sh
suite crash prove -v -e sh test/crash/run.sh test/crash/standby.sh test/crash/retrain.sh
suite delivered prove -v -e sh test/delivery/deliver.sh

finish_lane
