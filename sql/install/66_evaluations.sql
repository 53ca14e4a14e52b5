-- evaluations: whether a challenger is better than the champion, with every term of the answer

CREATE TABLE drift.evaluations (
	evaluation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	model_id integer NOT NULL,
	champion_version integer NOT NULL,
	challenger_version integer,
	run_id bigint,
	trial integer,
	method text NOT NULL CHECK (method IN ('replay', 'shadow', 'arms', 'held_out')),
	span tstzrange NOT NULL,
	unseen_since timestamptz,
	metric text COLLATE "C" NOT NULL,
	higher_is_better boolean NOT NULL,
	test text NOT NULL,
	n bigint NOT NULL,
	champion double precision,
	challenger double precision,
	difference double precision,
	difference_low double precision,
	difference_high double precision,
	p_value double precision,
	improvement double precision,
	improvement_kind text NOT NULL CHECK (improvement_kind IN ('absolute', 'relative')),
	significance_level double precision NOT NULL,
	min_improvement double precision NOT NULL,
	min_rows bigint NOT NULL,
	power double precision,
	rows_needed bigint,
	verdict text NOT NULL CHECK (verdict IN ('pass', 'fail', 'inconclusive')),
	deploy boolean NOT NULL,
	terms jsonb NOT NULL,
	metrics jsonb NOT NULL,
	segments jsonb NOT NULL DEFAULT '[]',
	fairness jsonb,
	options jsonb NOT NULL,
	evaluated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	evaluated_by text NOT NULL,
	CHECK (num_nonnulls(run_id, trial) = CASE WHEN challenger_version IS NULL THEN 2 ELSE 0 END)
);

CREATE INDEX evaluations_model ON drift.evaluations (model_id, challenger_version, evaluation_id);
CREATE INDEX evaluations_run ON drift.evaluations (run_id, evaluation_id) WHERE run_id IS NOT NULL;

COMMENT ON TABLE drift.evaluations IS 'comparisons of a challenger with the champion; drift.evaluate_challenger() makes one, and each run of training; rows are only added';
COMMENT ON COLUMN drift.evaluations.challenger_version IS 'version that was compared; NULL: a trial of a run, which has no version yet';
COMMENT ON COLUMN drift.evaluations.run_id IS 'run of training whose trial was compared; its version is what became of it';
COMMENT ON COLUMN drift.evaluations.method IS 'replay: both scored the same logged rows again; shadow: both answered the same rows; arms: each answered its own; held_out: both scored rows that a run of training kept aside';
COMMENT ON COLUMN drift.evaluations.span IS 'time of the predictions, or of the rows, that were compared';
COMMENT ON COLUMN drift.evaluations.unseen_since IS 'time from which neither version was trained on what it predicts';
COMMENT ON COLUMN drift.evaluations.metric IS 'the primary metric, which alone is tested';
COMMENT ON COLUMN drift.evaluations.n IS 'predictions with outcomes; of arms those of the smaller one';
COMMENT ON COLUMN drift.evaluations.champion IS 'primary metric of the champion';
COMMENT ON COLUMN drift.evaluations.difference IS 'by how much the challenger is better, in units of the metric; negative: worse';
COMMENT ON COLUMN drift.evaluations.p_value IS 'probability of a difference as large in either direction if both were equally good';
COMMENT ON COLUMN drift.evaluations.improvement IS 'the difference, or its share of the champion''s metric, as improvement_kind says';
COMMENT ON COLUMN drift.evaluations.min_improvement IS 'improvement that is demanded';
COMMENT ON COLUMN drift.evaluations.power IS 'probability that the test finds an improvement as large as min_improvement';
COMMENT ON COLUMN drift.evaluations.rows_needed IS 'rows with which that probability is 80 %';
COMMENT ON COLUMN drift.evaluations.deploy IS 'whether the challenger may take over: the test, the improvement, the number of rows and all guardrails say so';
COMMENT ON COLUMN drift.evaluations.terms IS 'each condition with its verdict, in words and with what was measured';
COMMENT ON COLUMN drift.evaluations.metrics IS 'every metric of both versions by name';
COMMENT ON COLUMN drift.evaluations.segments IS 'the primary metric in each segment, with p-values corrected for their number';
COMMENT ON COLUMN drift.evaluations.fairness IS 'disparities of groups by both versions, where groups were given';

ALTER TABLE drift.evaluations ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.evaluations FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));

GRANT SELECT ON drift.evaluations TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.evaluations_evaluation_id_seq TO PUBLIC;

SELECT pg_extension_config_dump('drift.evaluations', '');
SELECT pg_extension_config_dump('drift.evaluations_evaluation_id_seq', '');

CREATE TRIGGER keep_history BEFORE UPDATE OR DELETE OR TRUNCATE ON drift.evaluations
	FOR EACH STATEMENT EXECUTE FUNCTION drift_internal.keep_history();
