-- the plan of a training: its queries and what they will find

-- Sampling has places of its own, which do not depend on those of the split.
CREATE OR REPLACE FUNCTION drift_internal.kept_condition(frame drift_internal.training_frame, split drift_internal.training_split) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN split.old_kept = 1 AND split.new_kept = 1 THEN 'true'
		ELSE format('(source.drift_split <> ''train'' OR drift_internal.key_place(%s, %s) < CASE source.drift_side WHEN ''new'' THEN %s::pg_catalog.float8 ELSE %s::pg_catalog.float8 END)',
			frame.key_expression, split.seed # 9223372036854775807, split.new_kept, split.old_kept) END
$$;

COMMENT ON FUNCTION drift_internal.kept_condition(drift_internal.training_frame, drift_internal.training_split) IS
	'condition for rows that sampling keeps';

-- For a refit all rows are for training.
CREATE OR REPLACE FUNCTION drift_internal.training_query(frame drift_internal.training_frame, split drift_internal.training_split, everything boolean)
	RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$SELECT %1$ssource.%2$I, source.drift_time,
			%3$s * CASE WHEN source.drift_split <> 'train' THEN 1 WHEN source.drift_side = 'new' THEN %4$s::pg_catalog.float8 ELSE %5$s::pg_catalog.float8 END AS drift_weight,
			source.drift_split
		FROM (SELECT source.*, %6$s AS drift_split FROM (%7$s) AS source) AS source
		WHERE source.drift_split IN ('train', 'valid') AND %8$s$query$,
		(SELECT string_agg(format('source.%I, ', f), '' ORDER BY place) FROM unnest(frame.features) WITH ORDINALITY AS u (f, place)),
		frame.label, frame.weight_expression, split.new_weight, split.old_weight,
		CASE WHEN everything THEN format('CASE WHEN %s IS NOT NULL THEN ''train'' END', expression) ELSE expression END,
		drift_internal.sided_rows(frame), drift_internal.kept_condition(frame, split))
	FROM drift_internal.split_expression(frame, split) AS expression
$$;

COMMENT ON FUNCTION drift_internal.training_query(drift_internal.training_frame, drift_internal.training_split, boolean) IS
	'query for the features and labels of a training with their time, weight and split, or of all rows it may use, for training';

CREATE OR REPLACE FUNCTION drift_internal.test_query(frame drift_internal.training_frame, split drift_internal.training_split) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT %s, source.drift_time FROM (%s) AS source WHERE %s',
		(SELECT string_agg(format('source.%I', c), ', ' ORDER BY place) FROM unnest(frame.columns) WITH ORDINALITY AS u (c, place)),
		drift_internal.sided_rows(frame), drift_internal.test_condition(frame, split))
$$;

COMMENT ON FUNCTION drift_internal.test_query(drift_internal.training_frame, drift_internal.training_split) IS
	'query for all columns of the held-out rows, with their time';

CREATE OR REPLACE FUNCTION drift_internal.used_query(frame drift_internal.training_frame, split drift_internal.training_split) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT source.* FROM (SELECT source.*, %s AS drift_split FROM (%s) AS source) AS source WHERE source.drift_split IS NOT NULL',
		drift_internal.split_expression(frame, split), drift_internal.sided_rows(frame))
$$;

COMMENT ON FUNCTION drift_internal.used_query(drift_internal.training_frame, drift_internal.training_split) IS
	'query for all columns of the rows that a strategy uses or holds out';

CREATE OR REPLACE FUNCTION drift_internal.count_splits(frame drift_internal.training_frame, split drift_internal.training_split) RETURNS jsonb
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(drift_internal.read_json_as(frame.owner, format($query$
			SELECT jsonb_agg(c) FROM (
				SELECT source.drift_split AS split, source.drift_side AS side, %1$s AS class, count(*) AS n, sum(%2$s) AS weight,
					min(source.drift_time) AS first, max(source.drift_time) AS last
				FROM (SELECT source.*, %3$s AS drift_split FROM (%4$s) AS source) AS source
				WHERE source.drift_split IS NOT NULL AND %5$s
				GROUP BY 1, 2, 3
				ORDER BY 1, 2, 3) AS c$query$,
			CASE WHEN frame.is_class THEN format('(source.%I::pg_catalog.text COLLATE "C")', frame.label) ELSE 'NULL::pg_catalog.text' END,
			frame.weight_expression, drift_internal.split_expression(frame, split), drift_internal.sided_rows(frame),
			drift_internal.kept_condition(frame, split)), frame.path), '[]')
$$;

COMMENT ON FUNCTION drift_internal.count_splits(drift_internal.training_frame, drift_internal.training_split) IS
	'how many rows a split has of what, by side and class, with their weight and their first and last time';

CREATE OR REPLACE FUNCTION drift_internal.weigh_split(frame drift_internal.training_frame, split drift_internal.training_split, counts jsonb, everything boolean)
	RETURNS drift_internal.training_split
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.weigh_sides(frame, split,
		sum((c ->> 'weight')::float8) FILTER (WHERE c ->> 'side' = 'old'), sum((c ->> 'weight')::float8) FILTER (WHERE c ->> 'side' = 'new'),
		coalesce(sum((c ->> 'n')::bigint), 0)::bigint)
	FROM jsonb_array_elements(counts) AS c
	WHERE c ->> 'split' = 'train' OR everything
$$;

COMMENT ON FUNCTION drift_internal.weigh_split(drift_internal.training_frame, drift_internal.training_split, jsonb, boolean) IS
	'the split with the weights of its training rows, or of all its rows, given their counts';

CREATE OR REPLACE FUNCTION drift_internal.count_rows(counts jsonb, splits text[], sides text[]) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(sum((c ->> 'n')::bigint), 0)::bigint
	FROM jsonb_array_elements(counts) AS c
	WHERE c ->> 'split' = ANY (splits) AND c ->> 'side' = ANY (sides)
$$;

COMMENT ON FUNCTION drift_internal.count_rows(jsonb, text[], text[]) IS 'rows of some splits and sides in what drift_internal.count_splits() found';

CREATE OR REPLACE FUNCTION drift_internal.count_classes(counts jsonb, key text, wanted text) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_object_agg(n.class, n.n) FILTER (WHERE n.class IS NOT NULL), '{}')
	FROM (
		SELECT c ->> 'class' AS class, sum((c ->> 'n')::bigint) AS n
		FROM jsonb_array_elements(counts) AS c
		WHERE c ->> key = wanted
		GROUP BY 1
	) AS n
$$;

COMMENT ON FUNCTION drift_internal.count_classes(jsonb, text, text) IS
	'rows by class among those counts whose key has a value; an empty object where the label is a number';

CREATE OR REPLACE FUNCTION drift_internal.plan_facts(frame drift_internal.training_frame, split drift_internal.training_split, sides jsonb, counts jsonb) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object(
		'old_from', CASE WHEN drift_internal.count_rows(counts, '{train,valid,gap}', '{old}') > 0 THEN
			greatest(split.rows_from, drift_internal.side_time(sides, 'old', 'first')) END,
		'old_to', CASE WHEN drift_internal.count_rows(counts, '{train,valid,gap}', '{old}') > 0 THEN drift_internal.side_time(sides, 'old', 'last') END,
		'new_from', coalesce(frame.new_from, drift_internal.side_time(sides, 'new', 'first')), 'new_to', drift_internal.side_time(sides, 'new', 'last'),
		'rows_from', split.rows_from, 'valid_from', split.valid_from, 'test_from', split.test_from, 'test_to', split.test_to,
		'embargo', split.embargo::text, 'seed', split.seed,
		'split', CASE WHEN split.by_time THEN 'time' ELSE 'hash' END,
		'rows', jsonb_build_object(
			'known_old', drift_internal.side_count(sides, 'old'), 'new', drift_internal.side_count(sides, 'new'),
			'old', drift_internal.count_rows(counts, '{train,valid,gap}', '{old}'),
			'train', drift_internal.count_rows(counts, '{train}', '{old,new}'), 'valid', drift_internal.count_rows(counts, '{valid}', '{old,new}'),
			'test', drift_internal.count_rows(counts, '{test}', '{old,new}'), 'gap', drift_internal.count_rows(counts, '{gap}', '{old,new}'),
			'unlabelled', drift_internal.side_count(sides, 'unlabelled'), 'pending', drift_internal.side_count(sides, 'pending'),
			'untimed', drift_internal.side_count(sides, 'untimed'), 'future', drift_internal.side_count(sides, 'future')),
		'classes', jsonb_build_object(
			'train', drift_internal.count_classes(counts, 'split', 'train'), 'valid', drift_internal.count_classes(counts, 'split', 'valid'),
			'test', drift_internal.count_classes(counts, 'split', 'test'),
			'old', drift_internal.count_classes(sides, 'side', 'old'), 'new', drift_internal.count_classes(sides, 'side', 'new')))
$$;

COMMENT ON FUNCTION drift_internal.plan_facts(drift_internal.training_frame, drift_internal.training_split, jsonb, jsonb) IS
	'what a plan of training tells of its rows: times, counts, classes';

-- What is held out, and an embargo, may leave too little of the new rows to learn everything from again.
CREATE OR REPLACE FUNCTION drift_internal.few_new_rows(frame drift_internal.training_frame, counts jsonb) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN least(n_train, n_valid) = 0 OR n_train < least_rows / 2 THEN
		format('new_only leaves %s rows to train on and %s to choose by: combined is used', n_train, n_valid) END
	FROM (SELECT drift_internal.count_rows(counts, '{train}', '{new}') AS n_train, drift_internal.count_rows(counts, '{valid}', '{new}') AS n_valid,
		drift_internal.training_option(frame.options, 'new_only_rows')::bigint AS least_rows) AS n
$$;

COMMENT ON FUNCTION drift_internal.few_new_rows(drift_internal.training_frame, jsonb) IS
	'why the rows of new_only do not do, given their counts by split; NULL: they do';

-- Rows that a hash holds out stay held out, or the next run would judge by rows that the champion was trained on.
CREATE OR REPLACE FUNCTION drift_internal.training_plan(config drift.training_configs, strategy text, as_of timestamptz, options jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	frame CONSTANT drift_internal.training_frame := drift_internal.training_frame(config, as_of, options);
	sides CONSTANT jsonb := drift_internal.count_sides(frame);
	split drift_internal.training_split;
	weighed drift_internal.training_split;
	settled record;
	counts jsonb;
	totals jsonb;
BEGIN
	settled := drift_internal.settle_strategy(frame, sides, strategy);
	split := drift_internal.training_split(frame, settled.strategy, sides);
	totals := drift_internal.count_splits(frame, split);
	IF settled.strategy = 'new_only' AND drift_internal.few_new_rows(frame, totals) IS NOT NULL THEN
		SELECT 'combined' AS strategy, drift_internal.few_new_rows(frame, totals) AS note INTO settled;
		split := drift_internal.training_split(frame, settled.strategy, sides);
		totals := drift_internal.count_splits(frame, split);
	END IF;
	weighed := drift_internal.weigh_split(frame, split, totals, false);
	counts := CASE WHEN weighed.old_kept < 1 OR weighed.new_kept < 1 THEN drift_internal.count_splits(frame, weighed) ELSE totals END;
	RETURN drift_internal.plan_facts(frame, split, sides, counts) || jsonb_build_object(
		'query', drift_internal.training_query(frame, weighed, false), 'test_query', drift_internal.test_query(frame, split),
		'rows_query', drift_internal.used_query(frame, split),
		'all_query', drift_internal.training_query(frame, drift_internal.weigh_split(frame, split, totals, true), true),
		'label', frame.label, 'features', to_jsonb(frame.features), 'left_out', to_jsonb(frame.left_out), 'time_column', config.time_column,
		'columns', to_jsonb(frame.columns), 'owner', frame.owner::text, 'path', frame.path,
		'strategy', settled.strategy, 'requested_strategy', strategy, 'notes', to_jsonb(array_remove(ARRAY[settled.note], NULL)),
		'task', drift_internal.training_option(frame.options, 'task'), 'is_class', frame.is_class,
		'as_of', frame.as_of, 'options', frame.options, 'champion', frame.champion, 'champion_until', frame.new_from,
		'refit', drift_internal.training_option(frame.options, 'refit')::boolean AND frame.time_expression IS NOT NULL,
		'minimum_rows', drift_internal.frame_number(frame, 'minimum_rows', 'drift_detection.minimum_new_samples')::bigint,
		'weights', jsonb_build_object('old', weighed.old_weight, 'new', weighed.new_weight, 'old_kept', weighed.old_kept, 'new_kept', weighed.new_kept));
END
$$;

COMMENT ON FUNCTION drift_internal.training_plan(drift.training_configs, text, timestamptz, jsonb) IS
	'which rows a model would be trained on by a strategy, as they were known at a time: queries for training rows with drift_weight and drift_split, for held-out rows and for all rows, and what they are';
