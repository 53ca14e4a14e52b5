-- training rows: which are known, and which are for what

-- A row is old or new once its label is known.
CREATE OR REPLACE FUNCTION drift_internal.side_expression(frame drift_internal.training_frame) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('CASE WHEN source.%I IS NULL THEN ''unlabelled''', frame.label)
		|| CASE WHEN frame.time_expression IS NULL THEN '' ELSE format(' WHEN %1$s IS NULL THEN ''untimed'' WHEN %1$s > %2$s THEN ''future''',
			frame.time_expression, drift_internal.time_literal(frame.as_of)) END
		|| CASE WHEN frame.labelled_expression IS NULL THEN '' ELSE format(' WHEN (%s <= %s) IS NOT TRUE THEN ''pending''',
			frame.labelled_expression, drift_internal.time_literal(frame.as_of)) END
		|| CASE WHEN frame.time_expression IS NULL OR frame.new_from IS NULL THEN '' ELSE format(' WHEN %s <= %s THEN ''old''',
			frame.time_expression, drift_internal.time_literal(frame.new_from)) END
		|| ' ELSE ''new'' END'
$$;

COMMENT ON FUNCTION drift_internal.side_expression(drift_internal.training_frame) IS
	'expression that tells old rows, which the champion may have been trained on, from new ones, and those that do not count yet: unlabelled, untimed, future or pending';

CREATE OR REPLACE FUNCTION drift_internal.sided_rows(frame drift_internal.training_frame) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(E'SELECT source.*, %s AS drift_time, %s AS drift_known, %s AS drift_side FROM (%s\n) AS source',
		coalesce(frame.time_expression, 'NULL::pg_catalog.timestamptz'), coalesce(frame.labelled_expression, 'NULL::pg_catalog.timestamptz'),
		drift_internal.side_expression(frame), frame.source)
$$;

COMMENT ON FUNCTION drift_internal.sided_rows(drift_internal.training_frame) IS
	'query for the training rows with three more columns: their time, when their label was known, and their side';

CREATE OR REPLACE FUNCTION drift_internal.count_sides(frame drift_internal.training_frame) RETURNS jsonb
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(drift_internal.read_json_as(frame.owner, format($query$
			SELECT jsonb_agg(c) FROM (
				SELECT source.drift_side AS side, %s AS class, count(*) AS n, min(source.drift_time) AS first, max(source.drift_time) AS last
				FROM (%s) AS source
				GROUP BY 1, 2
				ORDER BY 1, 2) AS c$query$,
			CASE WHEN frame.is_class THEN format('(source.%I::pg_catalog.text COLLATE "C")', frame.label) ELSE 'NULL::pg_catalog.text' END,
			drift_internal.sided_rows(frame)), frame.path), '[]')
$$;

COMMENT ON FUNCTION drift_internal.count_sides(drift_internal.training_frame) IS
	'how many rows are on each side, by class, with the first and the last time';

-- The newest rows, as many as are wanted or nearly: rows of one time stay together, and some are left where possible.
CREATE OR REPLACE FUNCTION drift_internal.newest_query(rows text, wanted bigint, most float8) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$
		WITH times AS MATERIALIZED (SELECT rows.drift_time AS t, rows.drift_known - rows.drift_time AS d FROM (%s) AS rows),
			total AS (SELECT count(*) AS n, least(%2$s, floor(%3$s * count(*))) AS wanted FROM times),
			cut AS (
				SELECT max(times.t) AS last, percentile_disc(0.5) WITHIN GROUP (ORDER BY times.d) AS delay, max(times.t) - min(times.t) AS span,
					percentile_disc((SELECT greatest(0, least(1, (total.n - total.wanted + 0.5) / nullif(total.n, 0)))::float8 FROM total)) WITHIN GROUP (ORDER BY times.t) AS t
				FROM times),
			counted AS (
				SELECT count(*) FILTER (WHERE times.t >= cut.t) AS with_it, count(*) FILTER (WHERE times.t > cut.t) AS without, min(times.t) FILTER (WHERE times.t > cut.t) AS next
				FROM times, cut)
		SELECT jsonb_build_object('last', cut.last, 'delay', cut.delay, 'span', cut.span, 'from',
			CASE WHEN counted.without > 0 AND (counted.with_it = total.n OR total.wanted - counted.without < counted.with_it - total.wanted) THEN counted.next ELSE cut.t END)
		FROM total, cut, counted$query$, rows, wanted, most)
$$;

COMMENT ON FUNCTION drift_internal.newest_query(text, bigint, float8) IS
	'query for the time from which on rows are the newest ones, as many as are wanted though at most this share of all, for the last one, for the time that the rows span, and for how long labels took';

-- What became true in a span, for whoever compares versions there.
CREATE OR REPLACE FUNCTION drift_internal.labelled_rows_query(config drift.training_configs, from_time timestamptz, to_time timestamptz, as_of timestamptz)
	RETURNS text
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN frame.time_expression IS NOT NULL THEN
		format('SELECT %s, source.drift_time FROM (%s) AS source WHERE source.drift_side IN (''old'', ''new'') AND source.drift_time >= %s AND source.drift_time < %s',
			(SELECT string_agg(format('source.%I', c), ', ' ORDER BY place) FROM unnest(frame.columns) WITH ORDINALITY AS u (c, place)),
			drift_internal.sided_rows(frame), drift_internal.time_literal(from_time), drift_internal.time_literal(to_time)) END
	FROM drift_internal.training_frame(config, as_of, '{}') AS frame
$$;

COMMENT ON FUNCTION drift_internal.labelled_rows_query(drift.training_configs, timestamptz, timestamptz, timestamptz) IS
	'query for all columns of the rows whose time is from one time to before another and whose label was known at a third, with drift_time; NULL where rows have no time';
