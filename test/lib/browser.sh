# test/run browser: pages of all kinds in Chromium, wide and narrow, light and dark. Pictures go to build/browser, and the one of
# docs to docs/report.png.

prepare
require_packages chromium python3 python3-html5lib tidy
offer_packages fonts-lato npm
build_and_install
mkdir -p build/browser

# Not in Debian: without it accessibility is not asked for.
if [ ! -e build/browser/axe.js ]; then
	say "fetching axe-core"
	(cd "$WORK" && npm pack --silent axe-core@4.10.2 && tar -xzf axe-core-*.tgz package/axe.min.js) >"$WORK/quiet.log" 2>&1 &&
		cp "$WORK/package/axe.min.js" build/browser/axe.js || say "cannot fetch axe-core: accessibility is not checked"
fi
in_cluster sh test/browser/run.sh
