-- deployments, what was thought of them on the way, events for outside systems, alerts

CREATE TABLE drift.deployments (
	deployment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	model_id integer NOT NULL,
	version integer NOT NULL,
	previous_version integer,
	strategy text NOT NULL CHECK (strategy IN ('blue_green', 'canary', 'ab_test', 'shadow')),
	weights integer[] NOT NULL,
	step integer NOT NULL DEFAULT 1 CHECK (step > 0),
	status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'succeeded', 'rolled_back', 'cancelled')),
	salt text NOT NULL,
	analysis jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(analysis) = 'object'),
	deadline timestamptz,
	on_deadline text NOT NULL DEFAULT 'rollback' CHECK (on_deadline IN ('rollback', 'hold', 'promote')),
	started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	started_by text NOT NULL,
	step_started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	finished_at timestamptz,
	reason text
);

CREATE UNIQUE INDEX deployments_running ON drift.deployments (model_id) WHERE status = 'running';
CREATE INDEX deployments_model ON drift.deployments (model_id, deployment_id);

COMMENT ON TABLE drift.deployments IS 'versions on their way to answer; drift.deploy() starts one, drift.advance() moves it on, drift.rollback() ends it';
COMMENT ON COLUMN drift.deployments.previous_version IS 'champion when it began; NULL: there was none';
COMMENT ON COLUMN drift.deployments.weights IS 'buckets of 10,000 that the version has at each step';
COMMENT ON COLUMN drift.deployments.step IS 'number of the step it is at, from 1';
COMMENT ON COLUMN drift.deployments.salt IS 'hashed with the key of an entity to find its bucket';
COMMENT ON COLUMN drift.deployments.analysis IS 'what must hold before a step, by name, with the defaults filled in';
COMMENT ON COLUMN drift.deployments.on_deadline IS 'what happens at the deadline if the verdict is still inconclusive';

CREATE TABLE drift.deployment_analyses (
	analysis_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	deployment_id bigint NOT NULL,
	step integer NOT NULL,
	verdict text NOT NULL CHECK (verdict IN ('pass', 'fail', 'inconclusive')),
	action text NOT NULL CHECK (action IN ('advanced', 'completed', 'held', 'rolled_back')),
	terms jsonb NOT NULL,
	actor text NOT NULL,
	analysed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX deployment_analyses_deployment ON drift.deployment_analyses (deployment_id, analysis_id);

COMMENT ON TABLE drift.deployment_analyses IS 'each look of drift.advance() at a deployment; rows are only added';
COMMENT ON COLUMN drift.deployment_analyses.terms IS 'every term of the verdict: what was measured, on how many rows, against which limit, and its own verdict';

CREATE TABLE drift.outbox (
	event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	topic text NOT NULL,
	model_id integer,
	payload jsonb NOT NULL,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	claimed_at timestamptz,
	claimed_by text,
	delivered_at timestamptz,
	attempts integer NOT NULL DEFAULT 0,
	last_error text
);

CREATE INDEX outbox_pending ON drift.outbox (event_id) WHERE delivered_at IS NULL;

COMMENT ON TABLE drift.outbox IS 'events for systems outside, written in the transaction that caused them; drift.claim_events() hands them out at least once each';
COMMENT ON COLUMN drift.outbox.event_id IS 'also the key by which a receiver knows that it has an event already';
COMMENT ON COLUMN drift.outbox.topic IS 'what happened, for example deployment_started, champion_changed, model_frozen';

CREATE TABLE drift.alerts (
	alert_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	model_id integer,
	kind text NOT NULL,
	severity text NOT NULL CHECK (severity IN ('warning', 'critical')),
	title text NOT NULL,
	details jsonb NOT NULL DEFAULT '{}',
	status text NOT NULL DEFAULT 'firing' CHECK (status IN ('firing', 'resolved')),
	raised_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	resolved_at timestamptz
);

CREATE UNIQUE INDEX alerts_firing ON drift.alerts (model_id, kind) WHERE status = 'firing';

COMMENT ON TABLE drift.alerts IS 'what people should know of; one of a kind fires for a model at a time';
COMMENT ON COLUMN drift.alerts.kind IS 'what is wrong, for example model_frozen';

ALTER TABLE drift.deployments ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.deployment_analyses ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.alerts ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.deployments FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.deployment_analyses FOR SELECT
	USING (deployment_id IN (SELECT d.deployment_id FROM drift.deployments AS d));
CREATE POLICY visible ON drift.outbox FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.alerts FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));

GRANT SELECT ON drift.deployments, drift.deployment_analyses, drift.outbox, drift.alerts TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.deployments_deployment_id_seq, drift.deployment_analyses_analysis_id_seq,
	drift.outbox_event_id_seq, drift.alerts_alert_id_seq TO PUBLIC;

SELECT pg_extension_config_dump('drift.deployments', '');
SELECT pg_extension_config_dump('drift.deployments_deployment_id_seq', '');
SELECT pg_extension_config_dump('drift.deployment_analyses', '');
SELECT pg_extension_config_dump('drift.deployment_analyses_analysis_id_seq', '');
SELECT pg_extension_config_dump('drift.outbox', '');
SELECT pg_extension_config_dump('drift.outbox_event_id_seq', '');
SELECT pg_extension_config_dump('drift.alerts', '');
SELECT pg_extension_config_dump('drift.alerts_alert_id_seq', '');

CREATE TRIGGER keep_history BEFORE UPDATE OR DELETE OR TRUNCATE ON drift.deployment_analyses
	FOR EACH STATEMENT EXECUTE FUNCTION drift_internal.keep_history();

CREATE TYPE drift.deployment_result AS (
	model text,
	deployment_id bigint,
	version integer,
	previous_version integer,
	strategy text,
	status text,
	step integer,
	steps integer,
	percent numeric,
	message text,
	rollback_sql text
);

COMMENT ON TYPE drift.deployment_result IS 'what a change of what answers did: the deployment it belongs to, the version that answers or is on its way, the champion before, strategy, status, step of how many and its share of the traffic, what happened in words, and the SQL that undoes it (NULL: nothing can)';

CREATE TYPE drift.advance_result AS (
	model text,
	deployment_id bigint,
	version integer,
	verdict text,
	action text,
	status text,
	step integer,
	steps integer,
	percent numeric,
	message text,
	terms jsonb,
	rollback_sql text
);

COMMENT ON TYPE drift.advance_result IS 'what drift.advance() thought of a deployment and did: verdict pass, fail or inconclusive; action advanced, completed, held or rolled_back; where the deployment is now; every term of the verdict by name; and the SQL that undoes it';
