-- queries that windows are made of; texts of users are put together here, and run by drift_internal.read_as()
--
-- Every text ends with a line break, in case it ends with a comment. Names of what is added are qualified.

CREATE OR REPLACE FUNCTION drift_internal.window_columns(monitor drift.monitors, labelled boolean) RETURNS SETOF drift.monitor_columns
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.*
	FROM drift.monitor_columns AS c
	WHERE c.monitor_id = monitor.monitor_id AND (monitor.source_kind = 'prediction_log' AND c.role IN ('target', 'error', 'outcome', 'metric')) = labelled
	ORDER BY c.column_id
$$;

COMMENT ON FUNCTION drift_internal.window_columns(drift.monitors, boolean) IS
	'columns of a monitor that are known with the row, or only with its outcome';

CREATE OR REPLACE FUNCTION drift_internal.window_from(monitor drift.monitors, labelled boolean) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := (
		SELECT l FROM drift.prediction_logs AS l WHERE monitor.source_kind = 'prediction_log' AND l.log = monitor.relation);
BEGIN
	IF monitor.relation IS NOT NULL AND NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = monitor.relation) THEN
		RAISE EXCEPTION 'the source of monitor "%" was dropped', monitor.name
			USING ERRCODE = 'undefined_table', HINT = 'Drop the monitor, or make the source again and a monitor of it.';
	ELSIF labelled THEN
		RETURN format('(%s)', drift_internal.labelled_definition(log.log, log.outcomes, true));
	END IF;
	RETURN coalesce(drift_internal.relation_name(monitor.relation), format('(%s%s)', monitor.query, E'\n'));
END
$$;

COMMENT ON FUNCTION drift_internal.window_from(drift.monitors, boolean) IS
	'what a monitor reads, for FROM: its source, or the labelled answers of its prediction log';

CREATE OR REPLACE FUNCTION drift_internal.row_time(monitor drift.monitors) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('drift_internal.instant(source.%I, %L)', monitor.time_column, monitor.time_zone)
$$;

COMMENT ON FUNCTION drift_internal.row_time(drift.monitors) IS 'expression for the time of a row';

-- Where all hours are alike, arithmetic finds them faster than a calendar.
CREATE OR REPLACE FUNCTION drift_internal.bucket_of(monitor drift.monitors, at text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN monitor.time_zone = 'UTC'
			THEN format('pg_catalog.date_bin(%L::pg_catalog.interval, %s, %L::pg_catalog.timestamptz)', '1 ' || monitor.bucket, at,
				'2000-01-01 00:00:00+00')
			ELSE format('pg_catalog.date_trunc(%L, %s, %L)', monitor.bucket, at, monitor.time_zone) END
$$;

COMMENT ON FUNCTION drift_internal.bucket_of(drift.monitors, text) IS 'expression for the start of the bucket that a time is in';

CREATE OR REPLACE FUNCTION drift_internal.window_setting(monitor drift.monitors, key text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.config_text(drift_internal.monitor_config(monitor), 'monitoring.' || key)
$$;

COMMENT ON FUNCTION drift_internal.window_setting(drift.monitors, text) IS 'a setting of the section monitoring of a monitor''s configuration';

-- Which rows a sample holds depends on the rows alone, so that outcomes are of the same rows as predictions.
CREATE OR REPLACE FUNCTION drift_internal.sample_condition(monitor drift.monitors) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN share < 1 THEN format(' AND (%s & 1048575) < %s',
			CASE monitor.source_kind WHEN 'prediction_log' THEN 'pg_catalog.uuid_hash_extended(source.prediction_id, 0)'
				ELSE 'pg_catalog.hash_record_extended(source, 0)' END,
			round(share * 1048576)) ELSE '' END
	FROM (SELECT coalesce(drift_internal.window_setting(monitor, 'sample')::numeric, 1)) AS s (share)
$$;

COMMENT ON FUNCTION drift_internal.sample_condition(drift.monitors) IS 'condition for the rows of the sample that a monitor reads; empty: it reads all';

-- An area of few pieces is looked up by an index on the time; of many, what is between them is read over.
CREATE OR REPLACE FUNCTION drift_internal.area_condition(monitor drift.monitors, area tstzmultirange) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET datestyle = 'ISO, YMD'
AS $$
	SELECT CASE
			WHEN isempty(area) THEN 'false'
			WHEN lower_inf(area) AND upper_inf(area) AND (SELECT count(*) FROM unnest(area)) = 1 THEN 'true'
			ELSE CASE WHEN lower_inf(area) THEN ''
					ELSE format('drift_internal.not_before(source.%I, %L::pg_catalog.timestamptz, %L) AND ', monitor.time_column,
						lower(area), monitor.time_zone) END
				|| CASE WHEN (SELECT count(*) FROM unnest(area)) > 20 THEN format('%s <@ %L::pg_catalog.tstzmultirange', at, area)
					ELSE (SELECT format('(%s)', string_agg(concat_ws(' AND ',
							CASE WHEN lower_inf(r) THEN 'true' ELSE format('%s >= %L::pg_catalog.timestamptz', at, lower(r)) END,
							CASE WHEN NOT upper_inf(r) THEN format('%s < %L::pg_catalog.timestamptz', at, upper(r)) END), ' OR '))
						FROM unnest(area) AS r) END
		END
	FROM drift_internal.row_time(monitor) AS at
$$;

COMMENT ON FUNCTION drift_internal.area_condition(drift.monitors, tstzmultirange) IS 'condition for the rows of an area of time';

CREATE OR REPLACE FUNCTION drift_internal.window_conditions(monitor drift.monitors, labelled boolean, condition text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('pg_catalog.isfinite(%s) AND %s', drift_internal.row_time(monitor), condition)
		|| CASE WHEN monitor.source_kind = 'prediction_log' THEN $c$ AND source.shadow_of IS NULL AND source.status <> 'forgotten'$c$ ELSE '' END
		|| drift_internal.sample_condition(monitor)
		|| CASE WHEN monitor.condition IS NULL THEN '' ELSE format(' AND (%s%s)', monitor.condition, E'\n') END
$$;

COMMENT ON FUNCTION drift_internal.window_conditions(drift.monitors, boolean, text) IS
	'which rows windows are of: answers where the source is a prediction log, those of the sample, those that the monitor is about';

CREATE OR REPLACE FUNCTION drift_internal.segment_expression(monitor drift.monitors) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN monitor.segment IS NULL THEN '''''::pg_catalog.text'
		ELSE format('pg_catalog.left(coalesce(nullif((%s%s)::pg_catalog.text, ''''), ''(none)''), 255)', monitor.segment, E'\n') END
$$;

COMMENT ON FUNCTION drift_internal.segment_expression(drift.monitors) IS 'expression for the segment of a row; empty where there are none';

-- An OFFSET, so that who groups by the bucket does not take it for as many values as the times have: few groups are
-- counted by each worker of a parallel plan, many would be sorted first. Quoted, so that it is a constant from the start;
-- any other would end the parallel plan.
CREATE OR REPLACE FUNCTION drift_internal.window_rows(monitor drift.monitors, labelled boolean, condition text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT %s AS starts_at, %s AS segment%s FROM %s AS source WHERE %s OFFSET ''0''',
		drift_internal.bucket_of(monitor, drift_internal.row_time(monitor)),
		drift_internal.segment_expression(monitor),
		(SELECT string_agg(format(', (%s%s)::%s AS c%s',
				CASE WHEN c.column_id = ANY (lost) THEN 'NULL' ELSE c.expression END, E'\n', c.value_type, c.number), '' ORDER BY c.number)
			FROM (SELECT w.*, row_number() OVER (ORDER BY w.column_id) AS number
				FROM drift_internal.window_columns(monitor, labelled) AS w) AS c),
		drift_internal.window_from(monitor, labelled),
		drift_internal.window_conditions(monitor, labelled, condition))
	FROM drift_internal.lost_columns(monitor) AS lost
$$;

COMMENT ON FUNCTION drift_internal.window_rows(drift.monitors, boolean, text) IS
	'query for the rows that meet a condition: bucket, segment and the watched columns as c1, c2, ...';

-- A call takes at most 100 arguments, so that wide tables need several; they share the scan.
CREATE OR REPLACE FUNCTION drift_internal.window_calls(columns integer) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT repeat('pg_catalog.array_cat(', count(*)::integer - 1)
		|| string_agg(CASE WHEN first > 1 THEN ', ' ELSE '' END
			|| format('drift_internal.window_profiles_agg(%s, %s)',
				CASE WHEN columns <= 50 THEN '$1' ELSE format('(SELECT ($1)[%s:%s])', first, least(first + 49, columns)) END,
				(SELECT string_agg(format('g.c%s', i), ', ' ORDER BY i) FROM generate_series(first, least(first + 49, columns)) AS i))
			|| CASE WHEN first > 1 THEN ')' ELSE '' END, '' ORDER BY first)
	FROM generate_series(1, least(columns, 32767), 50) AS first
$$;

COMMENT ON FUNCTION drift_internal.window_calls(integer) IS
	'expression for the profiles of the columns g.c1, g.c2, ... in the bins of the profiles $1';

CREATE OR REPLACE FUNCTION drift_internal.window_query(monitor drift.monitors, labelled boolean, condition text, segments text[]) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	-- Grouping by a constant would hash it for each row.
	SELECT format('SELECT g.starts_at, %s AS segment, %s, pg_catalog.count(*) FROM (%s) AS g GROUP BY 1',
		CASE WHEN monitor.segment IS NULL THEN '''''::pg_catalog.text'
			ELSE format('CASE WHEN g.segment = ANY (%L::pg_catalog.text[]) THEN g.segment ELSE ''(other)'' END', segments) END,
		drift_internal.window_calls((SELECT count(*)::integer FROM drift_internal.window_columns(monitor, labelled))),
		drift_internal.window_rows(monitor, labelled, condition))
		|| CASE WHEN monitor.segment IS NULL THEN '' ELSE ', 2' END
$$;

COMMENT ON FUNCTION drift_internal.window_query(drift.monitors, boolean, text, text[]) IS
	'query for the profiles of the rows that meet a condition, by bucket and segment; segments without windows of their own are one';

CREATE OR REPLACE FUNCTION drift_internal.timeout_ms(monitor drift.monitors) RETURNS integer
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(drift_internal.window_setting(monitor, 'statement_timeout')::integer, 0)
$$;

COMMENT ON FUNCTION drift_internal.timeout_ms(drift.monitors) IS 'for how long a monitor may read its source, in milliseconds; 0: for any time';
