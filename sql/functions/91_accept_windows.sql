-- a period of a monitor that is accepted as what to expect

CREATE OR REPLACE FUNCTION drift_internal.span_columns(monitor drift.monitors, span tstzrange) RETURNS SETOF drift.baseline_columns
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT NULL::integer, w.segment, c.column_name, c.column_id::integer, c.column_type, c.kind, c.value_type, w.profile
		FROM drift_internal.merged_windows(monitor.monitor_id, span, true) AS w
		JOIN drift.monitor_columns AS c ON c.monitor_id = monitor.monitor_id AND c.column_id = w.column_id
		-- A feature goes before what the model said of the same name.
		WHERE c.role <> 'operation' AND (c.role = 'feature' OR NOT EXISTS (
			SELECT FROM drift.monitor_columns AS f
			WHERE f.monitor_id = c.monitor_id AND f.role = 'feature' AND f.column_name = c.column_name));
END
$$;

COMMENT ON FUNCTION drift_internal.span_columns(drift.monitors, tstzrange) IS 'columns of a monitor as those of a baseline, with their profiles over a span';

CREATE OR REPLACE FUNCTION drift.baseline_from_windows(name text, monitor text, span tstzrange) RETURNS SETOF drift.baselines
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	watched CONSTANT drift.monitors := drift_internal.find_monitor(monitor, 'own');
	columns CONSTANT drift.baseline_columns[] := ARRAY(
		SELECT c FROM drift_internal.span_columns(watched, span) AS c WHERE span IS NOT NULL ORDER BY c.segment, c.ordinal);
	baseline drift.baselines;
BEGIN
	baseline.name := name;
	baseline.model_id := watched.model_id;
	baseline.origin := 'production';
	baseline.segment := watched.segment;
	baseline.path := watched.path;
	baseline.stores_categories := NOT EXISTS (
		SELECT FROM drift.monitor_columns AS c
		WHERE c.monitor_id = watched.monitor_id AND c.expression = drift_internal.value_expression(quote_ident(c.source_column), c.value_type, true)
			AND c.value_type IN ('pg_catalog.text', 'pg_catalog.uuid'));
	baseline.row_count := (SELECT max(drift.row_count(c.profile)) FROM unnest(columns) AS c WHERE c.segment = '');
	baseline.rows_from := lower(span);
	baseline.rows_to := upper(span);
	IF baseline.row_count IS NULL OR baseline.row_count = 0 THEN
		RAISE EXCEPTION 'monitor "%" has no rows in that span', monitor
			USING ERRCODE = 'no_data_found', DETAIL = format('The span is %s.', coalesce(span::text, 'NULL')),
				HINT = 'drift.refresh_windows() reads rows that are there; drift.windows shows what has been read.';
	END IF;
	RETURN NEXT drift_internal.store_baseline(baseline, columns, true);
END
$$;

COMMENT ON FUNCTION drift.baseline_from_windows(text, text, tstzrange) IS
	'makes a baseline, or its next version, of what a monitor saw in a span: a period that is accepted as normal. It holds features and, because the model did not train on these rows, what the model said and what became true.';
