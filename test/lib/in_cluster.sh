#!/bin/sh
# in_cluster.sh COMMAND...: run it with PGHOST and the like set for a new cluster of $PGVERSION.
exec pg_virtualenv -t -v "$PGVERSION" -o log_error_verbosity=verbose "$@"
