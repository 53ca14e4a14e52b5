-- the rows of a retraining: their plan, whether they are as they must be, what they were, and reading them
--
-- Steps of a retraining are functions of the run, the configuration and what is to be done (upcoming), and answer what is to
-- be done next, with details of what came of them.

CREATE OR REPLACE FUNCTION drift_internal.retrain_plan(run drift.training_runs, config drift.training_configs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plan CONSTANT jsonb := drift_internal.training_plan(config, upcoming->>'strategy', run.as_of,
		run.parameters - '{strategies,evaluation,metric,search}'::text[]);
BEGIN
	-- Too few rows make one strategy another one.
	IF plan->>'strategy' IN (SELECT o->>'strategy' FROM jsonb_array_elements(upcoming->'outcomes') AS o) THEN
		RETURN upcoming || jsonb_build_object('details', jsonb_build_object('notes', plan->'notes'), 'sqlstate', '55000', 'error',
			format('%s was tried already.', plan->>'strategy'));
	END IF;
	PERFORM drift_internal.note_run(run.run_id, strategy => coalesce(plan->>'strategy', upcoming->>'strategy'), plan => plan);
	RETURN upcoming || jsonb_build_object('step', 'validate', 'details', plan - '{query,test_query,all_query,features}'::text[]);
END
$$;

COMMENT ON FUNCTION drift_internal.retrain_plan(drift.training_runs, drift.training_configs, jsonb) IS 'plans which rows are for what';

CREATE OR REPLACE FUNCTION drift_internal.retrain_validate(run drift.training_runs, config drift.training_configs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	told jsonb;
	broken text;
BEGIN
	SELECT coalesce(jsonb_agg(to_jsonb(v)), '[]'), string_agg(v.text, E'\n') FILTER (WHERE v.severity = 'error' AND NOT v.passed) INTO told, broken
	FROM drift_internal.validate_plan(run.plan, config) AS v;
	told := jsonb_build_object('validations', told);
	IF broken IS NOT NULL THEN
		RETURN upcoming || jsonb_build_object('details', told, 'error', broken, 'sqlstate', '23514');
	END IF;
	RETURN upcoming || jsonb_build_object('step', 'snapshot', 'details', told);
END
$$;

COMMENT ON FUNCTION drift_internal.retrain_validate(drift.training_runs, drift.training_configs, jsonb) IS
	'holds the rows against what they must be; a sentence for each that they are not';

CREATE OR REPLACE FUNCTION drift_internal.plan_columns(plan jsonb) RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN ARRAY(SELECT jsonb_array_elements_text(plan->'features')) || (plan->>'label');

COMMENT ON FUNCTION drift_internal.plan_columns(jsonb) IS 'features of a plan, and its label';

-- split NULL: all rows
CREATE OR REPLACE FUNCTION drift_internal.plan_rows(plan jsonb, query text, split text, with_time boolean DEFAULT false) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(E'SELECT %s%s FROM (%s\n) AS source%s',
		(SELECT string_agg(format('source.%I', c), ', ' ORDER BY place) FROM unnest(drift_internal.plan_columns(plan)) WITH ORDINALITY AS u (c, place)),
		CASE WHEN with_time THEN ', source.drift_time' ELSE '' END, plan->>query,
		CASE WHEN split IS NOT NULL THEN format(' WHERE source.drift_split = %L', split) ELSE '' END)
$$;

COMMENT ON FUNCTION drift_internal.plan_rows(jsonb, text, text, boolean) IS
	'query for features and label of one of the queries of a plan, of one split or all rows, and their time at the end';

CREATE OR REPLACE FUNCTION drift_internal.describe_rows(config drift.training_configs, plan jsonb, query text, split text DEFAULT NULL) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	columns CONSTANT integer := cardinality(drift_internal.plan_columns(plan));
	rows_query CONSTANT text := drift_internal.plan_rows(plan, query, split, true);
BEGIN
	RETURN (
		SELECT jsonb_build_object('query', rows_query, 'rows', s.row_count, 'hash', drift_internal.hash_text(s.hash_sum), 'from', s.first_time, 'to', s.last_time)
		FROM drift_internal.read_as(config.owner, drift_internal.snapshot_query(rows_query, columns + 1, columns + 1), config.path)
			AS s (row_count bigint, hash_sum numeric, first_time timestamptz, last_time timestamptz));
END
$$;

COMMENT ON FUNCTION drift_internal.describe_rows(drift.training_configs, jsonb, text, text) IS
	'drift.training_snapshot() of features, label and time of one of the queries of a plan, read with the rights of the owner';

CREATE OR REPLACE FUNCTION drift_internal.rows_as_baseline(config drift.training_configs, plan jsonb, query text, split text, columns text[]) RETURNS drift.baselines
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	baseline drift.baselines;
BEGIN
	baseline.name := 'training rows';
	baseline.owner := config.owner;
	baseline.origin := 'training';
	baseline.source := drift_internal.plan_rows(plan, query, split, true);
	baseline.path := config.path;
	baseline.columns := columns;
	baseline.time_column := 'drift_time';
	baseline.stores_categories := true;
	RETURN baseline;
END
$$;

COMMENT ON FUNCTION drift_internal.rows_as_baseline(drift.training_configs, jsonb, text, text, text[]) IS
	'rows of one of the queries of a plan as a baseline that is yet to be read';

CREATE OR REPLACE FUNCTION drift_internal.store_run_profiles(run_id bigint, columns drift.baseline_columns[]) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
BEGIN
	DELETE FROM drift.run_profiles AS p WHERE p.run_id = run.run_id;
	INSERT INTO drift.run_profiles (run_id, column_name, profile) SELECT run.run_id, c.column_name, c.profile FROM unnest(columns) AS c;
END
$$;

COMMENT ON FUNCTION drift_internal.store_run_profiles(bigint, drift.baseline_columns[]) IS
	'writes down profiles of the training rows of a run of this session, in place of those of a strategy before';

CREATE OR REPLACE FUNCTION drift_internal.training_set_options(run drift.training_runs, plan jsonb) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('features', plan->'features', 'weight', 'drift_weight', 'split', 'drift_split',
		'task', coalesce(plan->'task', run.parameters->'task'), 'positive', run.parameters->'positive', 'max_categories', run.parameters->'max_categories'))
$$;

COMMENT ON FUNCTION drift_internal.training_set_options(drift.training_runs, jsonb) IS 'options with which the rows of a plan are read to train on';

CREATE OR REPLACE FUNCTION drift_internal.retrain_snapshot(run drift.training_runs, config drift.training_configs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	described CONSTANT jsonb := drift_internal.describe_rows(config, run.plan, 'query');
	content CONSTANT record := drift_internal.read_baseline(
		drift_internal.rows_as_baseline(config, run.plan, 'query', NULL, drift_internal.plan_columns(run.plan)));
	opened CONSTANT jsonb := drift_internal.open_training_set(run.plan->>'query', run.plan->>'label',
		drift_internal.training_set_options(run, run.plan), config.owner, config.path);
	snapshot jsonb;
BEGIN
	PERFORM drift_internal.store_run_profiles(run.run_id, content.columns);
	snapshot := jsonb_strip_nulls(described - 'query' || jsonb_build_object(
		'rows', (opened->'rows') || jsonb_build_object('test', run.plan #> '{rows,test}', 'old', run.plan #> '{rows,old}', 'new', run.plan #> '{rows,new}'),
		'task', opened->'task', 'labels', opened->'classes', 'classes', run.plan->'classes', 'columns', opened->'columns', 'bytes', opened->'bytes'));
	PERFORM drift_internal.note_run(run.run_id, snapshot => snapshot);
	RETURN upcoming || jsonb_build_object('step', 'train', 'phase', 'add', 'candidate', 0, 'set', opened->'set', 'details', snapshot - 'columns');
END
$$;

COMMENT ON FUNCTION drift_internal.retrain_snapshot(drift.training_runs, drift.training_configs, jsonb) IS
	'writes down what the training rows are, and reads them into the memory of the session';
