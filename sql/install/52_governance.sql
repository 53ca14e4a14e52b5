-- governance: requests for promotion, approvals, model cards

CREATE TABLE drift.promotion_requests (
	request_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	model_id integer NOT NULL,
	version integer NOT NULL,
	status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'promoted', 'rejected', 'withdrawn', 'expired')),
	evidence jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(evidence) = 'object'),
	deployment jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(deployment) = 'object'),
	requester regrole NOT NULL,
	requested_by text NOT NULL,
	login text NOT NULL,
	reason text,
	requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	expires_at timestamptz NOT NULL,
	closed_at timestamptz
);

CREATE UNIQUE INDEX promotion_requests_open ON drift.promotion_requests (model_id, version) WHERE status = 'open';
CREATE INDEX promotion_requests_model ON drift.promotion_requests (model_id, request_id);

COMMENT ON TABLE drift.promotion_requests IS 'requests to promote a version; drift.request_promotion() makes one, the last approval promotes';
COMMENT ON COLUMN drift.promotion_requests.evidence IS 'what reviewers look at, by item: performance, feature_importance, data_quality, fairness; all must be there before an approval';
COMMENT ON COLUMN drift.promotion_requests.deployment IS 'how to deploy when approved: arguments of drift.deploy(); {}: at once';
COMMENT ON COLUMN drift.promotion_requests.requester IS 'role that asks and cannot approve';
COMMENT ON COLUMN drift.promotion_requests.requested_by IS 'its name then';
COMMENT ON COLUMN drift.promotion_requests.login IS 'role that had logged in';

CREATE TABLE drift.approvals (
	approval_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	request_id bigint NOT NULL,
	approver regrole NOT NULL,
	approved_by text NOT NULL,
	login text NOT NULL,
	verdict text NOT NULL CHECK (verdict IN ('approve', 'reject')),
	comment text,
	evidence_hash bytea NOT NULL,
	decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	UNIQUE (request_id, approver)
);

COMMENT ON TABLE drift.approvals IS 'reviews of requests for promotion; rows are only added';
COMMENT ON COLUMN drift.approvals.approved_by IS 'name of the approver then';
COMMENT ON COLUMN drift.approvals.evidence_hash IS 'SHA-256 of the evidence that was reviewed';

CREATE TABLE drift.model_cards (
	entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	model_id integer NOT NULL,
	version integer NOT NULL,
	section text NOT NULL,
	content text NOT NULL,
	written_by text NOT NULL,
	written_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX model_cards_version ON drift.model_cards (model_id, version, section, entry_id);

COMMENT ON TABLE drift.model_cards IS 'written parts of model cards, with their history: the latest entry of a section counts; drift.model_card() adds what can be derived';
COMMENT ON COLUMN drift.model_cards.section IS 'overview, approved_use_cases, limitations and others; drift.card_sections() lists them';

ALTER TABLE drift.promotion_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.approvals ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.model_cards ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.promotion_requests FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.approvals FOR SELECT
	USING (request_id IN (SELECT r.request_id FROM drift.promotion_requests AS r));
CREATE POLICY visible ON drift.model_cards FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));

GRANT SELECT ON drift.promotion_requests, drift.approvals, drift.model_cards TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.promotion_requests_request_id_seq, drift.approvals_approval_id_seq, drift.model_cards_entry_id_seq TO PUBLIC;

SELECT pg_extension_config_dump('drift.promotion_requests', '');
SELECT pg_extension_config_dump('drift.promotion_requests_request_id_seq', '');
SELECT pg_extension_config_dump('drift.approvals', '');
SELECT pg_extension_config_dump('drift.approvals_approval_id_seq', '');
SELECT pg_extension_config_dump('drift.model_cards', '');
SELECT pg_extension_config_dump('drift.model_cards_entry_id_seq', '');

CREATE TRIGGER keep_history BEFORE UPDATE OR DELETE OR TRUNCATE ON drift.approvals
	FOR EACH STATEMENT EXECUTE FUNCTION drift_internal.keep_history();
CREATE TRIGGER keep_history BEFORE UPDATE OR DELETE OR TRUNCATE ON drift.model_cards
	FOR EACH STATEMENT EXECUTE FUNCTION drift_internal.keep_history();
