-- what reaches people: rules that say which alert goes where, and messages on their way

CREATE FUNCTION drift_internal.channel_options(options text[], catalog oid) RETURNS boolean
	AS 'MODULE_PATHNAME', 'drift_channel_options' LANGUAGE C STRICT;

COMMENT ON FUNCTION drift_internal.channel_options(text[], oid) IS
	'validator of the wrapper drift_channel: options of a channel, and secrets of a user mapping of one';

CREATE FOREIGN DATA WRAPPER drift_channel VALIDATOR drift_internal.channel_options;

COMMENT ON FOREIGN DATA WRAPPER drift_channel IS
	'channels that messages go to: a server has the type and the host of one, its user mappings have the secrets';

CREATE TABLE drift.message_templates (
	name text PRIMARY KEY,
	owner regrole,
	body jsonb NOT NULL,
	path text,
	description text NOT NULL,
	built_in boolean NOT NULL DEFAULT false,
	created_at timestamptz DEFAULT clock_timestamp(),
	CHECK (built_in = (owner IS NULL)),
	CHECK (built_in = (created_at IS NULL))
);

COMMENT ON TABLE drift.message_templates IS 'bodies of webhooks: JSON with placeholders that a message fills';
COMMENT ON COLUMN drift.message_templates.body IS 'a string that is a placeholder, such as ${title}, becomes what the message has there; placeholders within a string become text';
COMMENT ON COLUMN drift.message_templates.created_at IS 'NULL: it is built in';
COMMENT ON COLUMN drift.message_templates.path IS 'where it is posted to unless the channel says; NULL: the user mapping has the path';

CREATE TABLE drift.alert_rules (
	rule_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	owner regrole NOT NULL,
	place integer NOT NULL,
	channel text NOT NULL,
	model_id integer,
	monitor_id integer,
	topics text[] NOT NULL DEFAULT '{alert_raised,alert_escalated,alert_resolved}',
	kinds text[],
	minimum_severity text NOT NULL DEFAULT 'warning' CHECK (minimum_severity IN ('warning', 'critical')),
	goes_on boolean NOT NULL DEFAULT false,
	group_by text[] NOT NULL DEFAULT '{model}' CHECK (group_by <@ '{model,monitor,kind,severity}'),
	group_wait interval NOT NULL DEFAULT '30 seconds',
	group_interval interval NOT NULL DEFAULT '5 minutes',
	repeat_interval interval DEFAULT '4 hours',
	send_resolved boolean NOT NULL DEFAULT true,
	escalate_after interval,
	escalate_to text,
	inhibit boolean NOT NULL DEFAULT true,
	max_attempts integer NOT NULL DEFAULT 12 CHECK (max_attempts BETWEEN 1 AND 100),
	active boolean NOT NULL DEFAULT true,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	CHECK ((escalate_after IS NULL) = (escalate_to IS NULL))
);

COMMENT ON TABLE drift.alert_rules IS 'which events go to which channel; of the rules of one owner, in the order of their place, the first that takes an event is the last unless it goes on';
COMMENT ON COLUMN drift.alert_rules.owner IS 'whose user mapping of the channel is used, and who must see the model';
COMMENT ON COLUMN drift.alert_rules.channel IS 'a foreign server of the wrapper drift_channel';
COMMENT ON COLUMN drift.alert_rules.topics IS 'topics of drift.outbox';
COMMENT ON COLUMN drift.alert_rules.kinds IS 'kinds of alerts; NULL: all';
COMMENT ON COLUMN drift.alert_rules.goes_on IS 'whether later rules see what this one took';
COMMENT ON COLUMN drift.alert_rules.group_by IS 'alerts that agree in these share a message';
COMMENT ON COLUMN drift.alert_rules.group_wait IS 'how long the first alert of a group waits for others';
COMMENT ON COLUMN drift.alert_rules.group_interval IS 'pause between two messages of a group';
COMMENT ON COLUMN drift.alert_rules.repeat_interval IS 'after how long alerts that still fire are sent again; NULL: never';
COMMENT ON COLUMN drift.alert_rules.inhibit IS 'whether alerts that a worse one explains are left out, as drift_internal.inhibited_by() says';
COMMENT ON COLUMN drift.alert_rules.max_attempts IS 'how often a message is tried before it is dead';
COMMENT ON COLUMN drift.alert_rules.escalate_after IS 'after how long alerts that nobody acknowledged go to escalate_to';

CREATE TABLE drift.alert_groups (
	group_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	rule_id integer NOT NULL,
	group_key jsonb NOT NULL,
	alert_ids bigint[] NOT NULL DEFAULT '{}',
	waiting_ids bigint[] NOT NULL DEFAULT '{}',
	due_at timestamptz,
	opened_at timestamptz,
	sent_at timestamptz,
	escalated_at timestamptz,
	thread jsonb NOT NULL DEFAULT '{}',
	UNIQUE (rule_id, group_key)
);

CREATE INDEX alert_groups_due_at ON drift.alert_groups (due_at) WHERE due_at IS NOT NULL;

COMMENT ON TABLE drift.alert_groups IS 'alerts that share their messages, by rule';
COMMENT ON COLUMN drift.alert_groups.group_key IS 'what its alerts have in common, of what the rule groups by: numbers of model and monitor, kind, severity';
COMMENT ON COLUMN drift.alert_groups.alert_ids IS 'alerts that were told of, until a message says that they are resolved';
COMMENT ON COLUMN drift.alert_groups.waiting_ids IS 'alerts that the next message tells of: new ones, worse ones, and those that were silenced';
COMMENT ON COLUMN drift.alert_groups.opened_at IS 'when its alerts were first told of; NULL: none is';
COMMENT ON COLUMN drift.alert_groups.sent_at IS 'when its last message was made';
COMMENT ON COLUMN drift.alert_groups.escalated_at IS 'since when its messages go to the next channel too; NULL: they do not';
COMMENT ON COLUMN drift.alert_groups.due_at IS 'when the next message is due; NULL: nothing waits';
COMMENT ON COLUMN drift.alert_groups.thread IS 'what the channel answered and later messages need: number and URL of an issue, by channel';

CREATE TABLE drift.deliveries (
	delivery_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	idempotency_key uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
	owner regrole NOT NULL,
	channel text NOT NULL,
	rule_id integer,
	group_id bigint,
	model_id integer,
	monitor_id integer,
	cause text NOT NULL CHECK (cause IN ('event', 'repeat', 'escalation', 'resolved', 'report', 'test')),
	message jsonb NOT NULL,
	status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sending', 'sent', 'dead')),
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	attempts integer NOT NULL DEFAULT 0,
	claimed_pid integer,
	claimed_since timestamptz,
	sent_at timestamptz,
	last_error text,
	response jsonb
);

CREATE INDEX deliveries_dead ON drift.deliveries (channel) WHERE status = 'dead';
CREATE INDEX deliveries_due_at ON drift.deliveries (channel, due_at, delivery_id) WHERE status IN ('pending', 'sending');
CREATE INDEX deliveries_group_id ON drift.deliveries (group_id, delivery_id DESC);

COMMENT ON TABLE drift.deliveries IS 'messages to channels, with what became of them; at least once each, and idempotency_key tells a receiver that it has one already';
COMMENT ON COLUMN drift.deliveries.owner IS 'whose user mapping of the channel is used';
COMMENT ON COLUMN drift.deliveries.message IS 'what is said, in the form drift-message; channels turn it into theirs';
COMMENT ON COLUMN drift.deliveries.due_at IS 'when it is to be sent, or tried again; of one that is being sent, when it was claimed or how long a worker outside has it';
COMMENT ON COLUMN drift.deliveries.claimed_pid IS 'process that sends it, which began at claimed_since; where it is gone, another takes over. NULL of one that is being sent: a worker outside has it until due_at';
COMMENT ON COLUMN drift.deliveries.response IS 'what the channel answered: status and the beginning of the body';

CREATE TABLE drift_internal.channel_states (
	owner regrole NOT NULL,
	channel text NOT NULL,
	failures integer NOT NULL DEFAULT 0,
	retry_at timestamptz,
	succeeded_at timestamptz,
	failed_at timestamptz,
	last_error text,
	PRIMARY KEY (owner, channel)
);

COMMENT ON TABLE drift_internal.channel_states IS 'how channels do with the secrets of a role: one that fails gets one message at a time, after a pause, until one arrives';
COMMENT ON COLUMN drift_internal.channel_states.failures IS 'batches in a row of which nothing arrived';
COMMENT ON COLUMN drift_internal.channel_states.retry_at IS 'when the next message may try it';

CREATE TYPE drift_internal.event_cause AS (
	topic text,
	happened_at timestamptz,
	model_id integer,
	severity text,
	alert drift.alerts
);

COMMENT ON TYPE drift_internal.event_cause IS 'what rules ask of an event: its topic and time, whose it is, and the alert it is about with the severity it had then';

CREATE TYPE drift_internal.sorted_group AS (
	news drift.alerts[],
	muted drift.alerts[],
	open drift.alerts[],
	ended drift.alerts[],
	asks boolean
);

COMMENT ON TYPE drift_internal.sorted_group IS 'alerts of a group by what is to be said of them: to be told of now, to be told of when nothing mutes them, told of and open, told of and resolved; and whether one of those that were told of waits for people';

ALTER TABLE drift.outbox ADD COLUMN routed_at timestamptz;
CREATE INDEX outbox_unrouted ON drift.outbox (event_id) WHERE routed_at IS NULL;

COMMENT ON COLUMN drift.outbox.routed_at IS 'when the rules of drift.alert_rules saw it; workers outside claim events apart from that';

ALTER TABLE drift.message_templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.alert_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.alert_groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift_internal.channel_states ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.message_templates FOR SELECT USING (built_in OR pg_has_role(owner, 'USAGE'));
CREATE POLICY visible ON drift.alert_rules FOR SELECT USING (pg_has_role(owner, 'USAGE'));
CREATE POLICY visible ON drift.alert_groups FOR SELECT USING (rule_id IN (SELECT r.rule_id FROM drift.alert_rules AS r));
CREATE POLICY visible ON drift.deliveries FOR SELECT USING (pg_has_role(owner, 'USAGE'));
CREATE POLICY visible ON drift_internal.channel_states FOR SELECT USING (pg_has_role(owner, 'USAGE'));

GRANT SELECT ON drift.message_templates, drift.alert_rules, drift.alert_groups, drift.deliveries, drift_internal.channel_states TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.alert_rules_rule_id_seq, drift.alert_groups_group_id_seq, drift.deliveries_delivery_id_seq TO PUBLIC;

SELECT pg_extension_config_dump('drift.message_templates', 'WHERE NOT built_in');
SELECT pg_extension_config_dump('drift.alert_rules', '');
SELECT pg_extension_config_dump('drift.alert_rules_rule_id_seq', '');
SELECT pg_extension_config_dump('drift.alert_groups', '');
SELECT pg_extension_config_dump('drift.alert_groups_group_id_seq', '');
SELECT pg_extension_config_dump('drift.deliveries', '');
SELECT pg_extension_config_dump('drift.deliveries_delivery_id_seq', '');
SELECT pg_extension_config_dump('drift_internal.channel_states', '');
