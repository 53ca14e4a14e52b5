#!/bin/sh
# Real exporters, Prometheus and Alertmanager, with the configuration of docs/prometheus. Prints TAP.
#
# Needs a server (PGHOST, PGPORT, ...) that a password opens, and the programs: installed, or unpacked in build/prometheus.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh

PATH=$PATH:$PWD/build/prometheus/usr/bin
export PATH
for program in prometheus promtool amtool prometheus-alertmanager prometheus-sql-exporter prometheus-postgres-exporter python3; do
	command -v "$program" >/dev/null || { echo "1..0 # SKIP there is no $program here, nor in build/prometheus"; exit 0; }
done

work=$(mktemp -d)
database=drift_prometheus
password=scrape
started=

end() {
	[ -z "$started" ] || kill $started 2>/dev/null
	wait
	dropdb --force --if-exists $database 2>/dev/null
	psql -Xq -d postgres -c 'DROP ROLE IF EXISTS drift_prometheus' 2>/dev/null
	rm -rf "$work"
}
trap end EXIT

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 -d $database "$@"
}

# start NAME COMMAND...
start() {
	log=$work/$1.log
	shift
	"$@" >"$log" 2>&1 </dev/null &
	started="$started $!"
}

# comes SECONDS COMMAND...: the command succeeds within that time
comes() {
	until=$(($(date +%s) + $1))
	shift
	while [ "$(date +%s)" -lt "$until" ]; do
		timeout 10 "$@" >"$work/answer" 2>&1 && return 0
		sleep 0.5
	done
	head -n 10 "$work/answer"
	tail -n 3 "$work"/*.log | cut -c 1-200
	return 1
}

# says URL WORDS, says_not URL WORDS
says() {
	comes 40 sh -c 'python3 test/prometheus/read_back.py get "$1" | grep -q "$2"' says "$@"
}

says_not() {
	comes 40 sh -c 'python3 test/prometheus/read_back.py get "$1" >"$0" && ! grep "$2" "$0"' "$work/page" "$@"
}

# named_in QUERY FILE BEFORE AFTER: lists names that the query has and the file does not
named_in() {
	run_sql -c "$1" | while read -r name; do
		grep -q "$3$name$4" "$2" || echo "$2 does not have $name"
	done
}

metrics_of() {
	PGUSER=drift_prometheus PGPASSWORD=$password run_sql -c "SELECT row_to_json(m) FROM drift.metrics() AS m"
}

lines_are_right() {
	PGUSER=drift_prometheus PGPASSWORD=$password run_sql -c 'SELECT drift.prometheus_metrics()' | promtool check metrics
}

acknowledge() {
	run_sql -c "SELECT drift.acknowledge_alert(alert_id, 'seen') FROM drift.open_alerts" -o /dev/null
}

docs=docs/prometheus
check "the configuration of Prometheus is right" promtool check config $docs/prometheus.yml
check "so are the rules" promtool check rules $docs/drift.rules.yml
check "and that of Alertmanager" amtool check-config $docs/alertmanager.yml
check "the rules do what they say" promtool test rules test/prometheus/rules_test.yml

dropdb --force --if-exists $database 2>/dev/null
createdb $database
check "a model with a monitor and an alert is made" sh -c "psql -Xq -v ON_ERROR_STOP=1 -d $database -c 'CREATE EXTENSION drift' &&
	psql -XAtq -o /dev/null -v ON_ERROR_STOP=1 -v password=$password -d $database -f test/prometheus/load.sql"
check "promtool finds no fault in the text" lines_are_right
check "every metric is documented" silent named_in 'SELECT name FROM drift.metric_families()' docs/prometheus.md '`' '`'
for exporter in sql_exporter postgres_exporter; do
	check "$exporter.yml has every label" silent named_in 'SELECT DISTINCT unnest(labels) FROM drift.metric_families()' $docs/$exporter.yml "AS " '\b'
done

set -- $(python3 test/prometheus/read_back.py ports 5)
prometheus=$1 alertmanager=$2 sql_exporter=$3 postgres_exporter=$4 text=$5
host=${PGHOST:-localhost} port=${PGPORT:-5432}
sed "s|postgres://prometheus@/shop?host=/run/postgresql&sslmode=disable|postgres://drift_prometheus:$password@$host:$port/$database?sslmode=disable|
	s|interval: '1m'|interval: '1s'|" $docs/sql_exporter.yml >"$work/sql_exporter.yml"
sed "s|localhost:9093|127.0.0.1:$alertmanager|; s|localhost:9237|127.0.0.1:$sql_exporter|; s|localhost:9187|127.0.0.1:$postgres_exporter|
	s|localhost:9100|127.0.0.1:$text|; s|_interval: 1m|_interval: 1s|; s|scrape_timeout: 30s|scrape_timeout: 1s|" $docs/prometheus.yml >"$work/prometheus.yml"
cp $docs/drift.rules.yml "$work"

# Their driver ends on settings of libpq that it does not know.
start sql_exporter env -u PGSYSCONFDIR -u PGLOCALEDIR prometheus-sql-exporter -config.file "$work/sql_exporter.yml" -web.listen-address "127.0.0.1:$sql_exporter"
start postgres_exporter env -u PGSYSCONFDIR -u PGLOCALEDIR "DATA_SOURCE_NAME=postgresql://drift_prometheus:$password@$host:$port/$database?sslmode=disable" \
	prometheus-postgres-exporter --disable-default-metrics --disable-settings-metrics --extend.query-path $docs/postgres_exporter.yml \
	--web.listen-address "127.0.0.1:$postgres_exporter"
start text env PGUSER=drift_prometheus PGPASSWORD=$password PGDATABASE=$database python3 test/prometheus/serve.py "$text"
# Debian's reads templates from /usr/share: where it is unpacked only, it gets them there in a name space of its own.
alone=
[ -e /usr/share/prometheus/alertmanager ] || alone='unshare -rm sh -c "mount --bind build/prometheus/usr/share /usr/share && exec \"\$@\"" sh'
start alertmanager sh -c "exec $alone \"\$@\"" sh prometheus-alertmanager --config.file $docs/alertmanager.yml --storage.path "$work/alerts" \
	--web.listen-address "127.0.0.1:$alertmanager" --cluster.listen-address=
start prometheus prometheus --config.file "$work/prometheus.yml" --storage.tsdb.path "$work/series" --web.listen-address "127.0.0.1:$prometheus"

metrics_of >"$work/expected"
check "there is something to expect" test "$(wc -l <"$work/expected")" -gt 60
for job in drift-sql-exporter drift-postgres-exporter drift-text; do
	check "the series of $job are those of the database" comes 40 python3 test/prometheus/read_back.py series "http://127.0.0.1:$prometheus" $job "$work/expected"
done
query=http://127.0.0.1:$prometheus/api/v1/query?query
check "rules record" says "$query=model:drift_score:max" '"model":"churn"'
check "the alert fires in Prometheus" says "$query=ALERTS%7Balertname=%22DriftAlert%22%7D" '"alertstate":"firing"'
if [ -z "$alone" ] || unshare -rm true 2>/dev/null; then
	check "and in Alertmanager" says "http://127.0.0.1:$alertmanager/api/v2/alerts?filter=kind=%22data_drift%22" '"summary":"data_drift of churn"'
else
	skip "and in Alertmanager" "no name space to be had for its templates"
fi
check "somebody acknowledges it" acknowledge
check "it fires no longer" says_not "$query=ALERTS%7Balertname=%22DriftAlert%22%7D" '"alertstate"'
tap_end
