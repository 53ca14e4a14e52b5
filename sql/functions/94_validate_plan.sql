-- validation of a plan: whether there is enough to train on, and rows that judge the result

CREATE OR REPLACE FUNCTION drift_internal.class_counts_text(counts jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format('%s "%s"', value, key), ', ' ORDER BY value::bigint DESC, key COLLATE "C") FROM jsonb_each_text(counts)
$$;

COMMENT ON FUNCTION drift_internal.class_counts_text(jsonb) IS 'numbers of rows by class, in words';

CREATE OR REPLACE FUNCTION drift_internal.validate_counts(rows jsonb, minimum bigint, champion boolean, hint text) RETURNS SETOF drift_internal.validation
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 4
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'new_rows', 'error', n >= minimum,
		format('%s%s rows with labels, %s are needed', n, CASE WHEN champion THEN ' new' ELSE '' END, minimum)
			|| CASE WHEN n < minimum THEN format(': %s more', minimum - n) ELSE '' END
			|| CASE WHEN waiting > 0 THEN format('; %s wait for their label', waiting) ELSE '' END,
		jsonb_build_object('rows', n, 'needed', minimum, 'missing', greatest(0, minimum - n), 'waiting', waiting)
	FROM (SELECT (rows ->> 'new')::bigint AS n, (rows ->> 'unlabelled')::bigint + (rows ->> 'pending')::bigint AS waiting) AS r
	UNION ALL
	SELECT split || '_rows', 'error', (rows ->> split)::bigint > 0,
		CASE WHEN (rows ->> split)::bigint > 0 THEN format('%s rows %s', rows ->> split, says) ELSE format('no row is left %s: %s', says, hint) END,
		jsonb_build_object('rows', rows -> split)
	FROM (VALUES ('train', 'to train on'), ('valid', 'to choose between candidates'), ('test', 'to judge the result by')) AS s (split, says)
$$;

COMMENT ON FUNCTION drift_internal.validate_counts(jsonb, bigint, boolean, text) IS
	'whether there are new rows enough, and rows to train on, to choose and to judge by';

-- One class teaches nothing and judges nothing.
CREATE OR REPLACE FUNCTION drift_internal.validate_classes(classes jsonb, options jsonb) RETURNS SETOF drift_internal.validation
	LANGUAGE sql STABLE ROWS 6
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT v.*
	FROM (
		SELECT drift_internal.training_option(options, 'minimum_class_rows')::bigint AS least_rows,
			drift_internal.training_option(options, 'minimum_class_share')::float8 AS least_share,
			(SELECT count(*) FROM jsonb_object_keys(classes -> 'train')) AS trained, (SELECT count(*) FROM jsonb_object_keys(classes -> 'test')) AS held_out,
			(SELECT ROW(c.key, c.value::bigint, sum(c.value::bigint) OVER ())::drift_internal.rare_class
			 FROM jsonb_each_text(classes -> 'train') AS c ORDER BY c.value::bigint, c.key COLLATE "C" LIMIT 1) AS rarest,
			(SELECT string_agg(format('"%s"', k), ', ' ORDER BY k COLLATE "C") FROM jsonb_object_keys(classes -> 'test') AS k WHERE NOT classes -> 'train' ? k) AS unseen
	) AS f, LATERAL (VALUES
		('train_classes', 'error', f.trained > 1,
			CASE WHEN f.trained = 1 THEN format('the training rows have the class "%s" alone', (f.rarest).class)
				ELSE format('the training rows have %s classes: %s', f.trained, drift_internal.class_counts_text(classes -> 'train')) END,
			jsonb_build_object('classes', classes -> 'train')),
		('class_rows', CASE WHEN f.trained > 2 THEN 'warning' ELSE 'error' END, (f.rarest).n >= f.least_rows,
			format('%s training rows are "%s", %s are needed of each class', (f.rarest).n, (f.rarest).class, f.least_rows)
				|| CASE WHEN (f.rarest).n < f.least_rows THEN format(': %s more', f.least_rows - (f.rarest).n) ELSE '' END,
			jsonb_build_object('class', (f.rarest).class, 'rows', (f.rarest).n, 'needed', f.least_rows)),
		('class_share', 'warning', (f.rarest).n >= f.least_share * (f.rarest).total,
			format('%s %% of the training rows are "%s"', round(100.0 * (f.rarest).n / nullif((f.rarest).total, 0), 2), (f.rarest).class),
			jsonb_build_object('class', (f.rarest).class, 'rows', (f.rarest).n, 'of', (f.rarest).total)),
		('test_classes', 'error', f.held_out > 1,
			format('the held-out rows have %s %s: %s', f.held_out, CASE f.held_out WHEN 1 THEN 'class' ELSE 'classes' END,
				drift_internal.class_counts_text(classes -> 'test')), jsonb_build_object('classes', classes -> 'test')),
		('unseen_classes', 'warning', f.unseen IS NULL, coalesce('held-out rows have classes that no training row has: ' || f.unseen,
			'every class that is held out is trained on'), '{}'::jsonb)
	) AS v (name, severity, passed, text, details)
	WHERE f.trained > 0 AND (f.held_out > 0 OR v.name NOT IN ('test_classes', 'unseen_classes'))
$$;

COMMENT ON FUNCTION drift_internal.validate_classes(jsonb, jsonb) IS 'whether the classes of training rows and of held-out rows can be learnt and judged';

CREATE OR REPLACE FUNCTION drift_internal.missing_inputs(model_id integer, version integer, columns jsonb) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format('"%s"', i ->> 'name'), ', ' ORDER BY i ->> 'name')
	FROM drift.model_versions AS v, jsonb_array_elements(v.inputs) AS i
	WHERE v.model_id = missing_inputs.model_id AND v.version = missing_inputs.version AND NOT columns ? (i ->> 'name')
$$;

COMMENT ON FUNCTION drift_internal.missing_inputs(integer, integer, jsonb) IS 'inputs of a version that are not among some columns; NULL: all are';

-- What is well is not told: these are oddities.
CREATE OR REPLACE FUNCTION drift_internal.validate_notes(plan jsonb, model_id integer, minimum_test_rows bigint) RETURNS SETOF drift_internal.validation
	LANGUAGE sql STABLE ROWS 4
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT v.name, 'warning', false, v.text, '{}'::jsonb
	FROM (
		SELECT 'strategy' AS name, n AS text FROM jsonb_array_elements_text(plan -> 'notes') AS n
		UNION ALL
		SELECT 'left_out', format('columns that cannot be features are left out: %s', string_agg(c, ', '))
		FROM jsonb_array_elements_text(plan -> 'left_out') AS c HAVING count(*) > 0
		UNION ALL
		SELECT 'champion_inputs', format('the champion needs what the rows do not have: %s; it cannot be compared', missing)
		FROM drift_internal.missing_inputs(model_id, (plan ->> 'champion')::integer, plan -> 'columns') AS missing WHERE missing IS NOT NULL
		UNION ALL
		SELECT 'champion_until', 'until when the champion was trained is not known: it may have seen the held-out rows'
		WHERE plan ->> 'champion' IS NOT NULL AND plan ->> 'champion_until' IS NULL
		UNION ALL
		SELECT 'untimed', format('%s rows have no time and are not used', plan #> '{rows,untimed}') WHERE (plan #>> '{rows,untimed}')::bigint > 0
		UNION ALL
		SELECT 'few_test_rows', format('%s rows are held out, which tell large differences alone', plan #> '{rows,test}')
		WHERE (plan #>> '{rows,test}')::bigint BETWEEN 1 AND minimum_test_rows - 1
		UNION ALL
		SELECT 'embargo', format('the embargo of %s leaves out %s rows, more than there are to train on', plan ->> 'embargo', plan #> '{rows,gap}')
		WHERE (plan #>> '{rows,gap}')::bigint > (plan #>> '{rows,train}')::bigint
	) AS v
$$;

COMMENT ON FUNCTION drift_internal.validate_notes(jsonb, integer, bigint) IS 'what is odd about a plan of training and does not forbid it';

CREATE OR REPLACE FUNCTION drift_internal.validate_expected(plan jsonb, config drift.training_configs) RETURNS SETOF drift_internal.validation
	LANGUAGE plpgsql ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expected CONSTANT drift.expectations[] := ARRAY(SELECT e FROM drift.expectations AS e WHERE e.model_id = config.model_id ORDER BY e.name);
	names text[];
	types oid[];
BEGIN
	IF expected <> '{}' THEN
		SELECT array_agg(t.column_name ORDER BY t.ordinal), array_agg(t.base_type ORDER BY t.ordinal) INTO names, types
		FROM drift_internal.types_as(config.owner, plan ->> 'rows_query', config.path) AS t;
		RETURN QUERY
			SELECT j.*
			FROM drift_internal.judge_expectations(expected, names, types, drift_internal.read_json_as(config.owner,
				drift_internal.expectations_query(expected, names, types, plan ->> 'rows_query'), config.path)) AS j;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.validate_expected(jsonb, drift.training_configs) IS
	'for each expectation of a model whether the rows that a plan uses or holds out are so';

CREATE OR REPLACE FUNCTION drift_internal.validate_plan(plan jsonb, config drift.training_configs) RETURNS SETOF drift_internal.validation
	LANGUAGE sql VOLATILE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT v.* FROM drift_internal.validate_counts(plan -> 'rows', (plan ->> 'minimum_rows')::bigint, plan ->> 'champion_until' IS NOT NULL,
		CASE WHEN (plan #>> '{rows,gap}')::bigint > 0 THEN format('the embargo of %s leaves out %s rows', plan ->> 'embargo', plan #> '{rows,gap}')
			ELSE format('%s takes %s rows in all', plan ->> 'strategy', (plan #>> '{rows,train}')::bigint + (plan #>> '{rows,valid}')::bigint
				+ (plan #>> '{rows,test}')::bigint) END) AS v
	UNION ALL
	SELECT v.* FROM drift_internal.validate_classes(plan -> 'classes', plan -> 'options') AS v WHERE (plan ->> 'is_class')::boolean
	UNION ALL
	SELECT v.* FROM drift_internal.validate_notes(plan, config.model_id,
		drift_internal.training_option(plan -> 'options', 'minimum_test_rows')::bigint) AS v
	UNION ALL
	SELECT v.* FROM drift_internal.validate_expected(plan, config) AS v
$$;

COMMENT ON FUNCTION drift_internal.validate_plan(jsonb, drift.training_configs) IS
	'what can be said against training by a plan: each finding with whether it forbids training, whether it holds and what is missing';

CREATE OR REPLACE FUNCTION drift.validate_training(model text, strategy text DEFAULT NULL, as_of timestamptz DEFAULT NULL)
	RETURNS TABLE (name text, severity text, passed boolean, text text, details jsonb)
	LANGUAGE plpgsql VOLATILE COST 100000 ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	config CONSTANT drift.training_configs := drift_internal.find_training(model, 'operate');
BEGIN
	RETURN QUERY
		SELECT v.* FROM drift_internal.validate_plan(drift_internal.training_plan(config, strategy, as_of, '{}'), config) AS v;
END
$$;

COMMENT ON FUNCTION drift.validate_training(text, text, timestamptz) IS
	'whether a model could be trained by a strategy, by default the configured one, on what was known at a time, by default now: nothing is trained. An error that does not pass ends a run.';

CREATE OR REPLACE FUNCTION drift.training_query(model text, strategy text DEFAULT NULL, as_of timestamptz DEFAULT NULL) RETURNS text
	LANGUAGE sql VOLATILE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.training_plan(drift_internal.find_training(model, 'operate'), strategy, as_of, '{}') ->> 'query'
$$;

COMMENT ON FUNCTION drift.training_query(text, text, timestamptz) IS
	'query that gives who trains elsewhere the rows of a strategy as they were known at a time: features, label, drift_time, drift_weight and drift_split, which is train or valid';
