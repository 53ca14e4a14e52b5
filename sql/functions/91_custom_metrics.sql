-- metrics of users: the mean of an expression over the rows whose outcome is known

CREATE OR REPLACE FUNCTION drift_internal.metric_columns(monitor_id integer) RETURNS drift.monitor_columns[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(array_agg(c ORDER BY c.column_id), '{}') FROM drift.monitor_columns AS c
	WHERE c.monitor_id = metric_columns.monitor_id AND c.role = 'metric'
$$;

COMMENT ON FUNCTION drift_internal.metric_columns(integer) IS 'columns of a monitor for metrics of users';

CREATE OR REPLACE FUNCTION drift_internal.check_metric_name(name text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF drift_internal.check_name(name, 'metric') = ANY (drift_internal.known_metrics()
		|| '{average_precision,ks_statistic,ece,bias,rmse,r2,interval_width,confusion,positive_score,negative_score,residual,percentage_error,covered}'::text[])
	THEN
		RAISE EXCEPTION 'the name "%" is taken', name
			USING ERRCODE = 'reserved_name', DETAIL = 'A built-in metric is called so.';
	END IF;
	RETURN name;
END
$$;

COMMENT ON FUNCTION drift_internal.check_metric_name(text) IS 'the name, or an error if a metric of a user may not be called so';

-- In WHERE there can be no aggregate, no window function and nothing that gives several rows.
CREATE OR REPLACE FUNCTION drift_internal.check_metric(monitor drift.monitors, expression text) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rows_from CONSTANT text := drift_internal.window_from(monitor, monitor.source_kind = 'prediction_log');
	query CONSTANT text := format('SELECT * FROM %s AS source', rows_from);
	found_type oid;
	value text;
BEGIN
	PERFORM drift_internal.check_expression(monitor.owner, expression, 'expression', NULL, query, monitor.path);
	SELECT t.base_type INTO found_type
	FROM drift_internal.types_as(monitor.owner, format(E'SELECT (%s\n) AS expression FROM %s AS source', expression, rows_from), monitor.path) AS t;
	IF drift_internal.type_family(found_type) NOT IN ('integer', 'number', 'boolean') THEN
		RAISE EXCEPTION 'expression is of type % and must be a number or a boolean', format_type(found_type, NULL)
			USING ERRCODE = 'datatype_mismatch', DETAIL = format('It is: %s', expression);
	END IF;
	value := format(CASE drift_internal.type_family(found_type) WHEN 'boolean' THEN E'(%s\n)::pg_catalog.int4::pg_catalog.float8'
		ELSE E'(%s\n)::pg_catalog.float8' END, expression);
	PERFORM *
	FROM drift_internal.read_as(monitor.owner, format(
			'SELECT pg_catalog.count(g.value) FROM (SELECT %1$s AS value FROM %2$s AS source WHERE (%1$s) IS NOT NULL LIMIT 1000) AS g', value, rows_from),
		monitor.path, NULL, drift_internal.timeout_ms(monitor)) AS r (value_count bigint);
	RETURN value;
END
$$;

COMMENT ON FUNCTION drift_internal.check_metric(drift.monitors, text) IS
	'raises unless a text is one expression that gives a number or a boolean for each row whose outcome is known, and can be computed for the first of them; the expression as a number';

CREATE OR REPLACE FUNCTION drift_internal.store_metric(monitor drift.monitors, metric drift.custom_metrics, value text) RETURNS drift.custom_metrics
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owned CONSTANT drift.monitors := drift_internal.find_monitor(monitor.name, 'own');
BEGIN
	PERFORM drift_internal.lock_monitor_state(owned);
	metric.monitor_id := owned.monitor_id;
	SELECT coalesce(max(c.column_id), 0) + 1 INTO metric.column_id FROM drift.monitor_columns AS c WHERE c.monitor_id = owned.monitor_id;
	INSERT INTO drift.custom_metrics SELECT metric.* ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'monitor "%" has a metric "%" already', owned.name, metric.name
			USING ERRCODE = 'duplicate_object', HINT = 'drift.remove_metric() removes it.';
	END IF;
	INSERT INTO drift.monitor_columns (monitor_id, column_id, role, column_name, expression, column_type, kind, value_type)
	VALUES (owned.monitor_id, metric.column_id, 'metric', metric.name, value, 'double precision', 'numeric', 'pg_catalog.float8');
	RETURN metric;
END
$$;

COMMENT ON FUNCTION drift_internal.store_metric(drift.monitors, drift.custom_metrics, text) IS 'writes down a metric that was checked, for the owner of the monitor';

CREATE OR REPLACE FUNCTION drift.add_metric(monitor text, name text, expression text, higher_is_better boolean DEFAULT true, least_loss float8 DEFAULT NULL)
	RETURNS SETOF drift.custom_metrics
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	owned CONSTANT drift.monitors := drift_internal.find_monitor(monitor, 'own');
BEGIN
	IF least_loss < 0 OR least_loss = 'infinity' OR least_loss = 'NaN' THEN
		RAISE EXCEPTION 'least_loss is %', least_loss
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is a change for the worse in units of the metric, not negative; NULL: no verdict.';
	ELSIF expression IS NULL OR higher_is_better IS NULL THEN
		RAISE EXCEPTION 'a metric needs an expression and a direction' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	RETURN QUERY SELECT s.* FROM drift_internal.store_metric(owned,
		ROW(owned.monitor_id, 0, drift_internal.check_metric_name(name), expression, higher_is_better, least_loss)::drift.custom_metrics,
		drift_internal.check_metric(owned, expression)) AS s;
END
$$;

COMMENT ON FUNCTION drift.add_metric(text, text, text, boolean, float8) IS
	'makes a monitor measure the mean of an SQL expression over the rows whose outcome is known; of a prediction log its columns are those of the labelled view. With least_loss checks have a verdict: worse by so much, in units of the metric, is critical if chance does not explain it. It has windows from the next refresh on; drift.rebuild_windows() measures earlier rows.';

CREATE OR REPLACE FUNCTION drift.remove_metric(monitor text, name text) RETURNS SETOF drift.custom_metrics
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	owned CONSTANT drift.monitors := drift_internal.find_monitor(monitor, 'own');
	removed drift.custom_metrics;
BEGIN
	PERFORM drift_internal.lock_monitor_state(owned);
	DELETE FROM drift.custom_metrics AS c WHERE c.monitor_id = owned.monitor_id AND c.name = remove_metric.name RETURNING * INTO removed;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'monitor "%" has no metric "%"', monitor, remove_metric.name
			USING ERRCODE = 'undefined_object', HINT = 'drift.custom_metrics lists those that there are.';
	END IF;
	DELETE FROM drift.windows AS w WHERE w.monitor_id = owned.monitor_id AND w.column_id = removed.column_id;
	DELETE FROM drift.monitor_columns AS c WHERE c.monitor_id = owned.monitor_id AND c.column_id = removed.column_id;
	UPDATE drift_internal.monitor_states AS s SET revision = s.revision + 1 WHERE s.monitor_id = owned.monitor_id;
	RETURN NEXT removed;
END
$$;

COMMENT ON FUNCTION drift.remove_metric(text, text) IS 'makes a monitor no longer measure a metric of its users; what checks said of it stays';
