-- training: what a model is trained on and how, runs of training with their steps, trials and data

CREATE TABLE drift.training_configs (
	model_id integer PRIMARY KEY,
	owner regrole NOT NULL,
	source_kind text NOT NULL CHECK (source_kind IN ('log', 'relation', 'query')),
	relation regclass,
	query text,
	path text NOT NULL,
	label text NOT NULL,
	features text[],
	excluded text[] NOT NULL DEFAULT '{}',
	time_column text,
	labelled_column text,
	key_column text,
	weight_column text,
	candidates jsonb NOT NULL CHECK (jsonb_typeof(candidates) = 'array' AND jsonb_array_length(candidates) > 0),
	options jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(options) = 'object'),
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	changed_by text NOT NULL,
	CHECK ((source_kind = 'query') = (query IS NOT NULL)),
	CHECK ((source_kind = 'relation') = (relation IS NOT NULL))
);

COMMENT ON TABLE drift.training_configs IS 'how models are retrained; drift.set_training() says it';
COMMENT ON COLUMN drift.training_configs.owner IS 'role with whose rights the training rows are read, and whose members may retrain';
COMMENT ON COLUMN drift.training_configs.source_kind IS 'log: predictions of the model with their outcomes, with the features as they were served; or a relation, or a query';
COMMENT ON COLUMN drift.training_configs.path IS 'search_path on which names in the query are looked up';
COMMENT ON COLUMN drift.training_configs.label IS 'column that is to be predicted';
COMMENT ON COLUMN drift.training_configs.features IS 'columns to predict it from; NULL: all others that are not excluded';
COMMENT ON COLUMN drift.training_configs.time_column IS 'time of a row, by which training and held-out rows are told apart; NULL: by a hash of the key';
COMMENT ON COLUMN drift.training_configs.labelled_column IS 'time at which the label of a row became known; NULL: options.embargo after its time';
COMMENT ON COLUMN drift.training_configs.key_column IS 'column whose equal values stay on one side of a split by hash; NULL: all columns together';
COMMENT ON COLUMN drift.training_configs.weight_column IS 'weight of a row; NULL: all rows weigh the same';
COMMENT ON COLUMN drift.training_configs.candidates IS 'what is trained each time: objects with algorithm and params';
COMMENT ON COLUMN drift.training_configs.options IS 'how rows are split and chosen, and what is done with the best candidate, as drift.set_training() describes it';

CREATE TABLE drift.expectations (
	expectation_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	model_id integer NOT NULL,
	name text COLLATE "C" NOT NULL CHECK (name <> ''),
	kind text NOT NULL CHECK (kind IN ('range', 'not_null', 'set', 'type', 'unique', 'row_count', 'class_share', 'sql')),
	column_name text,
	params jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
	severity text NOT NULL DEFAULT 'error' CHECK (severity IN ('error', 'warning')),
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	UNIQUE (model_id, name)
);

COMMENT ON TABLE drift.expectations IS 'what training rows must be like; drift.add_expectation() adds one';
COMMENT ON COLUMN drift.expectations.params IS 'its terms, as drift.add_expectation() describes them';
COMMENT ON COLUMN drift.expectations.severity IS 'error: rows that are otherwise are not trained on; warning: the run says so';

CREATE TABLE drift.training_runs (
	run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	model_id integer NOT NULL,
	kind text NOT NULL DEFAULT 'retrain' CHECK (kind IN ('retrain', 'tune', 'external')),
	name text,
	status text NOT NULL DEFAULT 'running'
		CHECK (status IN ('running', 'succeeded', 'kept', 'needs_review', 'failed', 'cancelled')),
	triggered_by text NOT NULL DEFAULT 'manual' CHECK (triggered_by IN ('manual', 'schedule', 'cycle', 'external')),
	decision_id bigint,
	strategy text,
	tried_strategies text[] NOT NULL DEFAULT '{}',
	parameters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
	as_of timestamptz NOT NULL,
	seed bigint NOT NULL DEFAULT 42,
	plan jsonb,
	snapshot jsonb,
	champion_version integer,
	best_trial integer,
	evaluation_id bigint,
	version integer,
	verdict text CHECK (verdict IN ('pass', 'fail', 'inconclusive')),
	reason text,
	error text,
	sqlstate text,
	progress double precision CHECK (progress BETWEEN 0 AND 1),
	progress_text text,
	cancel_requested_at timestamptz,
	pid integer,
	backend_start timestamptz,
	system_identifier bigint,
	started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	finished_at timestamptz,
	started_by text NOT NULL
);

CREATE INDEX training_runs_model_id ON drift.training_runs (model_id, run_id);
CREATE UNIQUE INDEX training_runs_one ON drift.training_runs (model_id) WHERE status = 'running' AND kind <> 'external';

COMMENT ON TABLE drift.training_runs IS 'runs of training: what was asked for, on which rows, what came of it';
COMMENT ON COLUMN drift.training_runs.kind IS 'retrain: by drift.retrain(); tune: a search of parameters by drift.tune(); external: trained elsewhere and told here';
COMMENT ON COLUMN drift.training_runs.status IS 'succeeded: there is a new version, or a search has found its best trial; kept: the champion is not beaten; needs_review: people must decide';
COMMENT ON COLUMN drift.training_runs.decision_id IS 'decision that asked for it';
COMMENT ON COLUMN drift.training_runs.strategy IS 'which rows it was trained on';
COMMENT ON COLUMN drift.training_runs.tried_strategies IS 'strategies before, whose result was worse than the champion';
COMMENT ON COLUMN drift.training_runs.as_of IS 'rows and labels that were known then count';
COMMENT ON COLUMN drift.training_runs.plan IS 'the query, and the times between which rows are for training, for choosing, and held out';
COMMENT ON COLUMN drift.training_runs.snapshot IS 'what the rows were: how many for what, of when, of which classes, and a hash that knows them again';
COMMENT ON COLUMN drift.training_runs.best_trial IS 'trial that was compared with the champion';
COMMENT ON COLUMN drift.training_runs.version IS 'version that was made of it';
COMMENT ON COLUMN drift.training_runs.progress IS 'share that is done';
COMMENT ON COLUMN drift.training_runs.cancel_requested_at IS 'since when it is to stop; drift.cancel_run() asks for it';
COMMENT ON COLUMN drift.training_runs.pid IS 'backend that runs it; it still does while its start is backend_start';
COMMENT ON COLUMN drift.training_runs.system_identifier IS 'cluster that runs it; of another one it is over';

CREATE TABLE drift.run_steps (
	run_id bigint NOT NULL,
	place integer NOT NULL,
	step text NOT NULL,
	status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'succeeded', 'failed', 'skipped')),
	details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
	error text,
	started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	finished_at timestamptz,
	PRIMARY KEY (run_id, place)
);

COMMENT ON TABLE drift.run_steps IS 'steps of runs of training, in their order';
COMMENT ON COLUMN drift.run_steps.details IS 'what came of it';

CREATE TABLE drift.training_trials (
	run_id bigint NOT NULL,
	trial integer NOT NULL,
	algorithm text NOT NULL,
	parameters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
	budget double precision,
	rung integer,
	status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'succeeded', 'stopped', 'failed', 'cancelled')),
	rounds integer,
	metrics jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metrics) = 'object'),
	importance jsonb,
	size_bytes bigint,
	error text,
	started_at timestamptz,
	finished_at timestamptz,
	PRIMARY KEY (run_id, trial)
);

COMMENT ON TABLE drift.training_trials IS 'models that were trained in a run, one for each candidate or each point of a search';
COMMENT ON COLUMN drift.training_trials.budget IS 'share of the rounds or rows that a search gave it';
COMMENT ON COLUMN drift.training_trials.rung IS 'stage of a search by successive halving, from 0 on';
COMMENT ON COLUMN drift.training_trials.status IS 'stopped: a search gave its budget to better ones';
COMMENT ON COLUMN drift.training_trials.rounds IS 'trees for each output, or steps until a linear model converged';
COMMENT ON COLUMN drift.training_trials.metrics IS 'metrics by split: train, valid and test';
COMMENT ON COLUMN drift.training_trials.importance IS 'importance of each input by gain, where the algorithm tells';

CREATE TABLE drift.trial_artefacts (
	run_id bigint NOT NULL,
	trial integer NOT NULL,
	artefact drift.model NOT NULL,
	PRIMARY KEY (run_id, trial)
);

COMMENT ON TABLE drift.trial_artefacts IS 'trained models of trials; those that became no version are purged with drift.purge_runs()';

CREATE TABLE drift.run_metrics (
	run_id bigint NOT NULL,
	split text COLLATE "C" NOT NULL,
	metric text COLLATE "C" NOT NULL,
	at_step bigint NOT NULL DEFAULT 0,
	value double precision NOT NULL,
	logged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	PRIMARY KEY (run_id, split, metric, at_step)
);

COMMENT ON TABLE drift.run_metrics IS 'metrics of runs by split, and by round or epoch where there is more than one value';
COMMENT ON COLUMN drift.run_metrics.split IS 'train, valid, test or another name';
COMMENT ON COLUMN drift.run_metrics.at_step IS 'round or epoch; 0: at the end';

CREATE TABLE drift.run_profiles (
	run_id bigint NOT NULL,
	column_name text COLLATE "C" NOT NULL,
	profile drift.profile NOT NULL,
	PRIMARY KEY (run_id, column_name)
);

COMMENT ON TABLE drift.run_profiles IS 'profiles of the columns of the training rows of a run';

ALTER TABLE drift.training_configs ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.expectations ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.training_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.run_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.training_trials ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.trial_artefacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.run_metrics ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.run_profiles ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.training_configs FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.expectations FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.training_runs FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.run_steps FOR SELECT USING (run_id IN (SELECT r.run_id FROM drift.training_runs AS r));
CREATE POLICY visible ON drift.training_trials FOR SELECT USING (run_id IN (SELECT r.run_id FROM drift.training_runs AS r));
CREATE POLICY visible ON drift.run_metrics FOR SELECT USING (run_id IN (SELECT r.run_id FROM drift.training_runs AS r));
-- As sensitive as the rows: for members of the role whose rows they are.
CREATE POLICY visible ON drift.trial_artefacts FOR SELECT USING (run_id IN (
	SELECT r.run_id FROM drift.training_runs AS r JOIN drift.models AS m USING (model_id) WHERE pg_has_role(m.owner, 'USAGE')));
CREATE POLICY visible ON drift.run_profiles FOR SELECT USING (run_id IN (
	SELECT r.run_id FROM drift.training_runs AS r JOIN drift.models AS m USING (model_id) WHERE pg_has_role(m.owner, 'USAGE')));

GRANT SELECT ON drift.training_configs, drift.expectations, drift.training_runs, drift.run_steps, drift.training_trials,
	drift.trial_artefacts, drift.run_metrics, drift.run_profiles TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.expectations_expectation_id_seq, drift.training_runs_run_id_seq TO PUBLIC;

-- A source that was dropped is a number in a dump, which would be another table's where it is restored.
SELECT pg_extension_config_dump('drift.training_configs', 'WHERE relation IS NULL OR relation::oid IN (SELECT c.oid FROM pg_catalog.pg_class AS c)');
SELECT pg_extension_config_dump('drift.expectations', '');
SELECT pg_extension_config_dump('drift.expectations_expectation_id_seq', '');
SELECT pg_extension_config_dump('drift.training_runs', '');
SELECT pg_extension_config_dump('drift.training_runs_run_id_seq', '');
SELECT pg_extension_config_dump('drift.run_steps', '');
SELECT pg_extension_config_dump('drift.training_trials', '');
SELECT pg_extension_config_dump('drift.trial_artefacts', '');
SELECT pg_extension_config_dump('drift.run_metrics', '');
SELECT pg_extension_config_dump('drift.run_profiles', '');
