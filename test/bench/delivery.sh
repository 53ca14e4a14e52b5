#!/bin/sh
# delivery.sh: a thousand queued alerts, each a message of its own, to a local server by HTTPS from one deliverer; in the
# database that PGDATABASE names.
set -eu
. test/delivery/sinks.sh

work=$(mktemp -d)
trap 'stop_sinks; rm -rf "$work"' EXIT
chmod a+x "$work"
start_sinks "$work"
chmod a+r "$SINK_CA"
PGOPTIONS="-c drift.http_allowed_hosts=localhost:$SINK_HTTPS_PORT -c drift.http_ca_file=$SINK_CA"
export PGOPTIONS

psql -X -q -v ON_ERROR_STOP=1 -v port="$SINK_HTTPS_PORT" <<'SQL'
CREATE SERVER bench FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'localhost', port :'port');
CREATE USER MAPPING FOR PUBLIC SERVER bench OPTIONS (path '/ok');
SELECT drift.register_model('bench ' || i) FROM generate_series(1, 1000) AS i \g /dev/null
SELECT drift.create_alert_rule('bench', 'bench') \g /dev/null
SELECT drift_internal.open_alert(ROW(m.model_id, NULL, NULL, 'data_drift', 'critical', 'data drifted', '{"items": ["age"]}',
	now())::drift_internal.alert_cause)
FROM drift.models AS m \g /dev/null
SELECT clock_timestamp() AS started \gset
CALL drift.deliver_alerts() \g /dev/null
SELECT format('%s of 1000 alerts arrived, %s a second from one deliverer (at least 200)', count(*) FILTER (WHERE status = 'sent'),
	round(count(*) FILTER (WHERE status = 'sent') / extract(epoch FROM max(sent_at) - :'started'))) AS delivery
FROM drift.deliveries;
SQL
