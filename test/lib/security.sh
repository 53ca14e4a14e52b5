# test/run security: writes the matrix of docs/security.md from what each role gets.

prepare
build_and_install
in_cluster sh test/security/run.sh write
say "docs/security.md is written"
