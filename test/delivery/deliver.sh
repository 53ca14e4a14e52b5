#!/bin/sh
# drift.deliver_alerts() with servers that messages arrive at: several at once, one that hangs, and a server that is killed
# between sending a message and writing that down. Prints TAP. Makes a cluster of its own.
set -u
cd "$(dirname "$0")/../.."
WORK=${WORK:-$(mktemp -d)}
PG_CONFIG=${PG_CONFIG:-pg_config}
. test/lib/tap.sh
. test/lib/own_cluster.sh
. test/delivery/sinks.sh

work=$WORK/deliver
cluster=$WORK/deliver_cluster
mkdir -p "$work"
chmod a+x "$WORK" "$work"
# A run before this one has left what arrived then.
rm -f "$work/arrived.jsonl"

cleanup() {
	[ -z "${SINKS_PID:-}" ] || stop_sinks
	remove_clusters "$cluster"
}
trap cleanup EXIT

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

prepare() {
	chmod a+r "$SINK_CA" &&
		make_cluster "$cluster" "drift.http_allowed_hosts = 'localhost:$SINK_HTTPS_PORT'" "drift.http_ca_file = '$SINK_CA'" &&
		start_cluster "$cluster" && use_cluster "$cluster" && run_sql <<-SQL
			CREATE EXTENSION drift;
			CREATE SERVER good FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'localhost', port '$SINK_HTTPS_PORT');
			CREATE USER MAPPING FOR PUBLIC SERVER good OPTIONS (path '/ok');
			CREATE SERVER hangs FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'localhost', port '$SINK_HTTPS_PORT', timeout_ms '1000');
			CREATE USER MAPPING FOR PUBLIC SERVER hangs OPTIONS (path '/hang');
			CREATE SERVER slow FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'localhost', port '$SINK_HTTPS_PORT', timeout_ms '60000');
			CREATE USER MAPPING FOR PUBLIC SERVER slow OPTIONS (path '/slow/60000');
			SELECT drift.register_model('m' || i) FROM generate_series(1, 300) AS i \g /dev/null
			-- An alert for each of so many models, through a rule that has a message for each.
			CREATE FUNCTION raise(kind text, models bigint) RETURNS bigint LANGUAGE sql AS \$\$
				SELECT count(drift_internal.open_alert(ROW(m.model_id, NULL, NULL, kind, 'critical', kind, '{}', now())::drift_internal.alert_cause))
				FROM drift.models AS m WHERE m.model_id <= models
			\$\$;
			SELECT drift.create_alert_rule('good', 'good', kinds => '{good}'), drift.create_alert_rule('hangs', 'hangs', kinds => '{hangs}'),
				drift.create_alert_rule('slow', 'slow', kinds => '{slow}') \g /dev/null
		SQL
}

deliver() {
	run_sql -c 'CALL drift.deliver_alerts()'
}

# keys_of PATH: the idempotency keys that arrived there, one for each arrival
keys_of() {
	arrived "\"path\": \"$1\"" | sed 's/.*"idempotency-key": "\([^"]*\)".*/\1/' | sort
}

# is_left CHANNEL STATES: how many messages of a channel are in which state
is_left() {
	[ "$(run_sql -c "SELECT string_agg(status || ':' || n, ' ' ORDER BY status) FROM (
		SELECT status, count(*) AS n FROM drift.deliveries WHERE channel = '$1' GROUP BY status) AS s")" = "$2" ] ||
		{ run_sql -c "SELECT delivery_id, status, attempts, last_error FROM drift.deliveries WHERE channel = '$1' LIMIT 20"; return 1; }
}

several_at_once() {
	run_sql -c "SELECT raise('good', 300)" >/dev/null
	for deliverer in 1 2 3; do
		deliver >"$work/deliverer$deliverer" 2>&1 &
		eval "pid$deliverer=\$!"
	done
	wait "$pid1" && wait "$pid2" && wait "$pid3" && deliver >"$work/deliverer4" && is_left good sent:300 &&
		[ "$(keys_of /ok | wc -l)" = 300 ] && [ "$(keys_of /ok | uniq | wc -l)" = 300 ] ||
		{ cat "$work"/deliverer?; keys_of /ok | wc -l; return 1; }
}

# Ten messages hang, and cost the time of one.
one_hangs() {
	run_sql -c "SELECT raise('hangs', 10)" -c "UPDATE drift.alerts SET status = 'resolved' WHERE kind = 'good'" -c "SELECT raise('good', 20)" >/dev/null
	deliver >/dev/null && is_left good sent:320 && is_left hangs pending:10 &&
		[ "$(run_sql -c "SELECT sum(attempts) FROM drift.deliveries WHERE channel = 'hangs'")" -le 3 ]
}

# The receiver has them and has not answered.
hold_messages() {
	run_sql -c "UPDATE drift.deliveries SET status = 'dead' WHERE channel = 'hangs'" \
		-c "INSERT INTO drift_internal.channel_states (owner, channel, succeeded_at) VALUES ('postgres', 'slow', now())" -c "SELECT raise('slow', 3)" >/dev/null
	psql -XAtq -c 'CALL drift.deliver_alerts()' >"$work/killed" 2>&1 &
	for attempt in $(seq 600); do
		[ "$(keys_of /slow/60000 | wc -l)" -lt 3 ] || return 0
		sleep 0.05
	done
	keys_of /slow/60000
	return 1
}

# Meanwhile others read and write what they like, and take none of the messages.
nobody_waits() {
	run_sql -c "SET lock_timeout = '10s'" -c "SELECT drift.acknowledge_alert(alert_id) FROM drift.alerts WHERE kind = 'slow'" -c "SELECT drift.freeze('m1')" >/dev/null &&
		[ "$(run_sql -c "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CALL drift.deliver_alerts%' AND backend_xmin IS NOT NULL")" = 0 ] &&
		deliver >/dev/null && [ "$(keys_of /slow/60000 | wc -l)" = 3 ]
}

sent_again() {
	kill_server && start_cluster "$cluster" || return 1
	is_left slow sending:3 && run_sql -c "ALTER USER MAPPING FOR PUBLIC SERVER slow OPTIONS (SET path '/ok/again')" && deliver >/dev/null && is_left slow sent:3 &&
		[ "$(keys_of /ok/again)" = "$(keys_of /slow/60000)" ] &&
		[ "$(keys_of /ok/again)" = "$(run_sql -c "SELECT idempotency_key FROM drift.deliveries WHERE channel = 'slow'" | sort)" ]
}

nothing_lost() {
	[ "$(run_sql -c "SELECT count(*) FROM drift.outbox WHERE routed_at IS NULL")" = 0 ] && deliver >/dev/null &&
		[ "$(keys_of /ok/again | wc -l)" = 3 ]
}

copy_is_silent() {
	run_sql -c 'UPDATE drift_internal.cluster SET system_identifier = 1' -c "UPDATE drift.alerts SET status = 'resolved'" -c "SELECT raise('good', 1)" >/dev/null
	before=$(arrived | wc -l)
	! deliver >"$work/copy" 2>&1 && grep -q 'copy of the database' "$work/copy" && [ "$(arrived | wc -l)" = "$before" ]
}

start_sinks "$work" || exit 1
prepare || exit 1
if ! run_sql -c 'SELECT drift_internal.transport()' >/dev/null 2>&1; then
	skip 'messages are sent' 'built without libcurl'
	tap_end
	exit
fi
check 'three deliverers at once send each message once' several_at_once
check 'a channel that hangs costs one timeout, and the others go on' one_hangs
check 'messages are sent and not answered' hold_messages
check 'meanwhile nobody waits, nobody else sends them, and vacuum is not held' nobody_waits
check 'when the server is killed then, the next deliverer sends them again with the same keys' sent_again
check 'nothing is lost, and nothing is sent a third time' nothing_lost
check 'a copy of the database sends nothing' copy_is_silent
tap_end
