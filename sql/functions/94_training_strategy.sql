-- strategies: which of the known rows a model is trained on, and with which weight

CREATE OR REPLACE FUNCTION drift_internal.strategies() RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '{new_only,combined,weighted,sliding_window,all_data}'::text[];

COMMENT ON FUNCTION drift_internal.strategies() IS 'strategies of training';

-- A number of an option, or else of the configuration.
CREATE OR REPLACE FUNCTION drift_internal.frame_number(frame drift_internal.training_frame, name text, path text) RETURNS float8
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(drift_internal.training_option(frame.options, name)::float8, drift_internal.config_number(frame.config, path))
$$;

COMMENT ON FUNCTION drift_internal.frame_number(drift_internal.training_frame, text, text) IS
	'number of an option of training, or else of a key of the configuration';

CREATE OR REPLACE FUNCTION drift_internal.side_count(sides jsonb, wanted text) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(sum((s ->> 'n')::bigint), 0)::bigint FROM jsonb_array_elements(sides) AS s WHERE s ->> 'side' = wanted
$$;

COMMENT ON FUNCTION drift_internal.side_count(jsonb, text) IS 'rows of a side in what drift_internal.count_sides() found';

CREATE OR REPLACE FUNCTION drift_internal.side_time(sides jsonb, wanted text, what text) RETURNS timestamptz
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE what WHEN 'first' THEN min((s ->> 'first')::timestamptz) ELSE max((s ->> 'last')::timestamptz) END
	FROM jsonb_array_elements(sides) AS s WHERE s ->> 'side' = wanted
$$;

COMMENT ON FUNCTION drift_internal.side_time(jsonb, text, text) IS 'first or last time of a side in what drift_internal.count_sides() found';

-- Forgetting everything needs new rows enough to learn all of it again.
CREATE OR REPLACE FUNCTION drift_internal.new_only_obstacle(frame drift_internal.training_frame, sides jsonb) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n CONSTANT bigint := drift_internal.side_count(sides, 'new');
	least_rows CONSTANT bigint := drift_internal.training_option(frame.options, 'new_only_rows')::bigint;
	least_share CONSTANT float8 := drift_internal.training_option(frame.options, 'minimum_class_share')::float8;
	rare record;
BEGIN
	IF n < least_rows THEN
		RETURN format('new_only needs %s new rows with labels and there are %s', least_rows, n);
	ELSIF NOT frame.is_class THEN
		RETURN NULL;
	END IF;
	SELECT s ->> 'class' AS class, coalesce(sum((s ->> 'n')::bigint) FILTER (WHERE s ->> 'side' = 'new'), 0) AS n INTO rare
	FROM jsonb_array_elements(sides) AS s
	WHERE s ->> 'side' IN ('old', 'new')
	GROUP BY 1
	ORDER BY 2, 1
	LIMIT 1;
	RETURN CASE WHEN rare.n < least_share * n THEN
		format('new_only needs %s %% of each class among the new rows, and %s of %s are "%s"', (100 * least_share)::numeric, rare.n, n, rare.class) END;
END
$$;

COMMENT ON FUNCTION drift_internal.new_only_obstacle(drift_internal.training_frame, jsonb) IS
	'why new rows alone do not do; NULL: they do';

CREATE OR REPLACE FUNCTION drift_internal.settle_strategy(frame drift_internal.training_frame, sides jsonb, wanted text, OUT strategy text, OUT note text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	obstacle text;
BEGIN
	strategy := coalesce(wanted, drift_internal.config_text(frame.config, 'retraining.strategy'));
	PERFORM drift_internal.check_word(strategy, 'strategy', drift_internal.strategies());
	IF frame.time_expression IS NULL AND strategy <> 'all_data' THEN
		note := format('%s needs a time_column: all rows are used', strategy);
		strategy := 'all_data';
	ELSIF strategy = 'new_only' THEN
		obstacle := drift_internal.new_only_obstacle(frame, sides);
		IF obstacle IS NOT NULL THEN
			note := obstacle || ': combined is used';
			strategy := 'combined';
		END IF;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.settle_strategy(drift_internal.training_frame, jsonb, text) IS
	'the strategy that is used where one is wanted, NULL for that of the configuration, and why it is another one';

-- NULL: from the first row on.
CREATE OR REPLACE FUNCTION drift_internal.strategy_from(frame drift_internal.training_frame, strategy text) RETURNS timestamptz
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE strategy
		WHEN 'new_only' THEN frame.new_from + interval '1 microsecond'
		WHEN 'combined' THEN frame.new_from
			- make_interval(months => drift_internal.frame_number(frame, 'historical_window_months', 'retraining.historical_window_months')::integer)
		WHEN 'sliding_window' THEN frame.as_of
			- make_interval(months => drift_internal.frame_number(frame, 'sliding_window_months', 'retraining.sliding_window_months')::integer)
	END
$$;

COMMENT ON FUNCTION drift_internal.strategy_from(drift_internal.training_frame, text) IS 'time from which on rows are used by a strategy';

CREATE OR REPLACE FUNCTION drift_internal.weighs(frame drift_internal.training_frame, strategy text) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT strategy = 'weighted' AND coalesce(drift_internal.config_text(frame.config, 'retraining.weighted_retraining')::boolean, true)
$$;

COMMENT ON FUNCTION drift_internal.weighs(drift_internal.training_frame, text) IS 'whether new rows weigh otherwise than old ones';

-- Each side has its share of the whole, whatever its rows are: by weights, or by leaving out rows of the larger side.
CREATE OR REPLACE FUNCTION drift_internal.weigh_sides(frame drift_internal.training_frame, split drift_internal.training_split,
	old_weight float8, new_weight float8, n bigint) RETURNS drift_internal.training_split
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	share CONSTANT float8 := drift_internal.frame_number(frame, 'new_data_weight', 'retraining.new_data_weight');
BEGIN
	split.old_weight := 1;
	split.new_weight := 1;
	split.old_kept := 1;
	split.new_kept := 1;
	IF NOT drift_internal.weighs(frame, split.strategy) OR (old_weight > 0 AND new_weight > 0) IS NOT TRUE THEN
		RETURN split;
	ELSIF drift_internal.training_option(frame.options, 'weighting') = 'weights' THEN
		split.old_weight := (1 - share) * n / old_weight;
		split.new_weight := share * n / new_weight;
	ELSIF share < 1 AND share > 0 THEN
		split.old_kept := least(1, new_weight * (1 - share) / share / old_weight);
		split.new_kept := least(1, old_weight * share / (1 - share) / new_weight);
	END IF;
	RETURN split;
END
$$;

COMMENT ON FUNCTION drift_internal.weigh_sides(drift_internal.training_frame, drift_internal.training_split, float8, float8, bigint) IS
	'the split with the weights of old and new rows, or the shares of them that are kept, given the weight of each side and the number of rows';
