-- held-out rows: the newest, or some by a hash

CREATE OR REPLACE FUNCTION drift_internal.splits_by_time(frame drift_internal.training_frame) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen CONSTANT text := drift_internal.training_option(frame.options, 'split');
BEGIN
	IF chosen = 'time' AND frame.time_expression IS NULL THEN
		RAISE EXCEPTION 'rows without a time cannot be split by it'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Name a time_column with drift.set_training(), or set the option split to hash.';
	END IF;
	RETURN coalesce(chosen = 'time', frame.time_expression IS NOT NULL);
END
$$;

COMMENT ON FUNCTION drift_internal.splits_by_time(drift_internal.training_frame) IS 'whether the newest rows are held out';

-- Of the rows since the last run: were it all since the champion was trained, candidates would see less and less of what is recent the
-- longer a champion stays. Enough to tell two models apart, and no more than half unless that is the share.
CREATE OR REPLACE FUNCTION drift_internal.held_rows(frame drift_internal.training_frame, share float8, n bigint, n_recent bigint, n_least bigint) RETURNS bigint
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT least(
		coalesce(drift_internal.training_option(frame.options, 'test_rows')::bigint,
			least(greatest(ceil(share * n_recent)::bigint, n_least),
				drift_internal.training_option(frame.options, 'maximum_test_rows')::bigint)),
		greatest(ceil(share * n)::bigint, n / 2))
$$;

COMMENT ON FUNCTION drift_internal.held_rows(drift_internal.training_frame, float8, bigint, bigint, bigint) IS
	'how many of n new rows are held out, or choose between candidates, where so many of them came since the last run and a number is needed at least';

CREATE OR REPLACE FUNCTION drift_internal.recent_rows(frame drift_internal.training_frame, n bigint) RETURNS bigint
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN frame.last_run_to IS NULL OR frame.last_run_to <= frame.new_from THEN n ELSE
		drift_internal.read_json_as(frame.owner, format('SELECT to_jsonb(count(*)) FROM (%s) AS sided WHERE sided.drift_side = ''new'' AND sided.drift_time > %s',
			drift_internal.sided_rows(frame), drift_internal.time_literal(frame.last_run_to)), frame.path)::bigint END
$$;

COMMENT ON FUNCTION drift_internal.recent_rows(drift_internal.training_frame, bigint) IS 'how many of n new rows came since the last run';

CREATE OR REPLACE FUNCTION drift_internal.newest_rows(frame drift_internal.training_frame, condition text, wanted bigint, most float8) RETURNS jsonb
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.read_json_as(frame.owner,
		drift_internal.newest_query(format('SELECT * FROM (%s) AS sided WHERE sided.drift_side IN (''old'', ''new'') AND (%s)',
			drift_internal.sided_rows(frame), condition), wanted, most), frame.path)
$$;

COMMENT ON FUNCTION drift_internal.newest_rows(drift_internal.training_frame, text, bigint, float8) IS
	'from when on the rows, called sided, that fulfil a condition are the newest of them, as drift_internal.newest_query() finds it';

-- Times of the held-out rows are the same for every strategy.
CREATE OR REPLACE FUNCTION drift_internal.place_test(frame drift_internal.training_frame, split drift_internal.training_split, n_test bigint)
	RETURNS drift_internal.training_split
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	span CONSTANT interval := drift_internal.training_option(frame.options, 'test_span')::interval;
	newest CONSTANT jsonb := drift_internal.newest_rows(frame, 'sided.drift_side = ''new''', n_test, 1);
BEGIN
	split.test_to := (newest ->> 'last')::timestamptz;
	split.test_from := coalesce(split.test_to - span, (newest ->> 'from')::timestamptz);
	split.embargo := coalesce((frame.options ->> 'embargo')::interval,
		least(greatest((newest ->> 'delay')::interval, '0'), (newest ->> 'span')::interval / 10), '0');
	RETURN split;
END
$$;

COMMENT ON FUNCTION drift_internal.place_test(drift_internal.training_frame, drift_internal.training_split, bigint) IS
	'the split with the times of so many held-out rows and the embargo before them';

CREATE OR REPLACE FUNCTION drift_internal.place_valid(frame drift_internal.training_frame, split drift_internal.training_split, n_valid bigint)
	RETURNS drift_internal.training_split
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	condition text;
BEGIN
	split.valid_to := split.test_from - split.embargo;
	split.train_to := split.valid_to;
	IF coalesce(drift_internal.training_option(frame.options, 'valid_split'), 'time') = 'time' THEN
		condition := format('sided.drift_time < %s AND COALESCE(sided.drift_time >= %s, true)',
			drift_internal.time_literal(split.valid_to), drift_internal.time_literal(split.rows_from));
		split.valid_from := (drift_internal.newest_rows(frame, condition, n_valid, 0.5) ->> 'from')::timestamptz;
		split.train_to := split.valid_from - split.embargo;
	END IF;
	RETURN split;
END
$$;

COMMENT ON FUNCTION drift_internal.place_valid(drift_internal.training_frame, drift_internal.training_split, bigint) IS
	'the split with the times of so many rows that choose between candidates, which are the newest before the held-out ones unless they are taken by a hash';

CREATE OR REPLACE FUNCTION drift_internal.training_split(frame drift_internal.training_frame, strategy text, sides jsonb) RETURNS drift_internal.training_split
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	split drift_internal.training_split;
	n_new CONSTANT bigint := drift_internal.side_count(sides, 'new');
	n_recent CONSTANT bigint := drift_internal.recent_rows(frame, n_new);
	n_least CONSTANT bigint := drift_internal.training_option(frame.options, 'minimum_test_rows')::bigint;
	n_test CONSTANT bigint := drift_internal.held_rows(frame, drift_internal.training_option(frame.options, 'test_share')::float8, n_new, n_recent, n_least);
BEGIN
	split.by_time := drift_internal.splits_by_time(frame);
	split.strategy := strategy;
	split.rows_from := drift_internal.strategy_from(frame, strategy);
	split.seed := drift_internal.training_option(frame.options, 'seed')::bigint;
	split.valid_share := drift_internal.training_option(frame.options, 'valid_share')::float8;
	IF split.by_time AND n_new > 0 THEN
		split := drift_internal.place_valid(frame, drift_internal.place_test(frame, split, n_test),
			drift_internal.held_rows(frame, split.valid_share, n_new, n_recent, least(n_least, ceil(split.valid_share * n_new)::bigint)));
	ELSE
		split.test_share := n_test::float8 / nullif(n_new, 0);
		split.embargo := '0';
	END IF;
	split.old_weight := 1;
	split.new_weight := 1;
	split.old_kept := 1;
	split.new_kept := 1;
	RETURN split;
END
$$;

COMMENT ON FUNCTION drift_internal.training_split(drift_internal.training_frame, text, jsonb) IS
	'which rows a strategy is trained on, which choose between candidates and which are held out';

CREATE OR REPLACE FUNCTION drift_internal.place_expression(frame drift_internal.training_frame, split drift_internal.training_split) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('drift_internal.key_place(%s, %s)', frame.key_expression, split.seed)
$$;

COMMENT ON FUNCTION drift_internal.place_expression(drift_internal.training_frame, drift_internal.training_split) IS
	'expression for the place of a row by its hash, from 0 to below 1';

CREATE OR REPLACE FUNCTION drift_internal.test_condition(frame drift_internal.training_frame, split drift_internal.training_split) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN split.by_time THEN format('source.drift_side IN (''old'', ''new'') AND COALESCE(source.drift_time >= %s, false)', drift_internal.time_literal(split.test_from))
			ELSE format('source.drift_side = ''new'' AND %s < %s::pg_catalog.float8', drift_internal.place_expression(frame, split), coalesce(split.test_share, 0))
		END
$$;

COMMENT ON FUNCTION drift_internal.test_condition(drift_internal.training_frame, drift_internal.training_split) IS
	'condition for held-out rows, which are the same for every strategy';

-- Which of its rows a strategy uses for what; NULL: it does not use the row. Rows in an embargo are a gap.
CREATE OR REPLACE FUNCTION drift_internal.split_expression(frame drift_internal.training_frame, split drift_internal.training_split) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('CASE WHEN %s THEN ''test'' WHEN source.drift_side NOT IN (''old'', ''new'') THEN NULL WHEN %s THEN NULL WHEN %s THEN ''valid'' WHEN %s THEN ''train'' ELSE ''gap'' END',
		drift_internal.test_condition(frame, split),
		CASE WHEN split.rows_from IS NULL THEN 'false' ELSE format('source.drift_time < %s', drift_internal.time_literal(split.rows_from)) END,
		CASE
			WHEN split.valid_from IS NOT NULL THEN format('source.drift_time >= %s AND source.drift_time < %s',
				drift_internal.time_literal(split.valid_from), drift_internal.time_literal(split.valid_to))
			WHEN split.by_time THEN format('COALESCE(source.drift_time < %s, true) AND %s < %s::pg_catalog.float8',
				drift_internal.time_literal(split.valid_to), place, split.valid_share)
			ELSE format('%s >= %s::pg_catalog.float8', place, 1 - split.valid_share)
		END,
		CASE WHEN split.by_time THEN format('COALESCE(source.drift_time < %s, true)', drift_internal.time_literal(split.train_to)) ELSE 'true' END)
	FROM drift_internal.place_expression(frame, split) AS place
$$;

COMMENT ON FUNCTION drift_internal.split_expression(drift_internal.training_frame, drift_internal.training_split) IS
	'expression for what a row is used for: train, valid, test or gap; NULL: for nothing';
