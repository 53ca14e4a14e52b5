-- validations: whether versions that were deployed prove themselves

CREATE TABLE drift.validations (
	validation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	model_id integer NOT NULL,
	deployment_id bigint NOT NULL,
	version integer NOT NULL,
	previous_version integer NOT NULL,
	run_id bigint,
	span tstzrange NOT NULL,
	n_labelled bigint NOT NULL,
	verdict text NOT NULL CHECK (verdict IN ('pass', 'fail', 'inconclusive')),
	action text NOT NULL CHECK (action IN ('kept', 'waits', 'rolled_back', 'frozen', 'reported')),
	terms jsonb NOT NULL CHECK (jsonb_typeof(terms) = 'object'),
	validated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	validated_by text NOT NULL
);

CREATE INDEX validations_deployment ON drift.validations (deployment_id, validation_id);
CREATE INDEX validations_model ON drift.validations (model_id, validation_id);

COMMENT ON TABLE drift.validations IS 'looks at versions after their deployment; drift.validate_deployment() makes one, rows are only added';
COMMENT ON COLUMN drift.validations.version IS 'version that was deployed';
COMMENT ON COLUMN drift.validations.previous_version IS 'champion before, which it is held against';
COMMENT ON COLUMN drift.validations.run_id IS 'run of training that the version came from; NULL: another source';
COMMENT ON COLUMN drift.validations.span IS 'time of the rows that were looked at';
COMMENT ON COLUMN drift.validations.n_labelled IS 'rows with outcomes among them that both versions scored';
COMMENT ON COLUMN drift.validations.action IS 'kept: it proved itself; waits: for more outcomes; rolled_back: the version before answers again; frozen: it failed and nothing may be rolled back; reported: it failed and people decide';
COMMENT ON COLUMN drift.validations.terms IS 'quality, scores and features, each with its verdict, in words and with what was measured';

ALTER TABLE drift.validations ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.validations FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));

GRANT SELECT ON drift.validations TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.validations_validation_id_seq TO PUBLIC;

SELECT pg_extension_config_dump('drift.validations', '');
SELECT pg_extension_config_dump('drift.validations_validation_id_seq', '');

CREATE TRIGGER keep_history BEFORE UPDATE OR DELETE OR TRUNCATE ON drift.validations
	FOR EACH STATEMENT EXECUTE FUNCTION drift_internal.keep_history();
