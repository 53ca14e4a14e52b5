-- what metrics of a version are held against, where that is not the baseline of a monitor

CREATE OR REPLACE FUNCTION drift_internal.declared_metrics(metrics jsonb) RETURNS SETOF drift_internal.metric_value
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	given record;
	declared drift_internal.metric_value;
BEGIN
	IF jsonb_typeof(metrics) <> 'object' OR metrics = '{}' THEN
		RAISE EXCEPTION 'metrics must be an object with a number for each metric'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('They are: %s', metrics),
				HINT = 'As in {"roc_auc": 0.87} or {"roc_auc": {"value": 0.87, "standard_error": 0.01, "n": 2000}}.';
	END IF;
	FOR given IN SELECT e.key, CASE jsonb_typeof(e.value) WHEN 'object' THEN e.value ELSE jsonb_build_object('value', e.value) END AS value FROM jsonb_each(metrics) AS e LOOP
		IF jsonb_typeof(given.value -> 'value') IS DISTINCT FROM 'number'
			OR (given.value - '{value,standard_error,n}'::text[]) <> '{}'
			OR coalesce(jsonb_typeof(nullif(given.value -> 'standard_error', 'null')), 'number') <> 'number'
			OR coalesce(jsonb_typeof(nullif(given.value -> 'n', 'null')), 'number') <> 'number'
		THEN
			RAISE EXCEPTION 'metric "%" has no number for its value', given.key
				USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is: %s', metrics -> given.key),
					HINT = 'It is a number, or an object with value and perhaps standard_error and n.';
		END IF;
		declared := ROW(given.key, (given.value ->> 'value')::float8, (given.value ->> 'standard_error')::float8, 0, (given.value ->> 'n')::float8::bigint);
		IF declared.standard_error < 0 OR declared.n < 1 THEN
			RAISE EXCEPTION 'metric "%" has a negative standard_error or too small an n', given.key USING ERRCODE = 'invalid_parameter_value';
		END IF;
		RETURN NEXT declared;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift_internal.declared_metrics(jsonb) IS 'metrics from a JSON object with a number, or value, standard_error and n, for each';

CREATE OR REPLACE FUNCTION drift_internal.baseline_mark(model_id integer) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('%s metrics, the last set at %s', count(*), to_char(max(b.set_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'))
	FROM drift.performance_baselines AS b
	WHERE b.model_id = baseline_mark.model_id
	HAVING count(*) > 0
$$;

COMMENT ON FUNCTION drift_internal.baseline_mark(integer) IS
	'what changes with the performance baselines of a model, so that a check knows whether it was held against the same; NULL: it has none';

CREATE OR REPLACE FUNCTION drift_internal.check_version(model drift.models, version integer) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF version IS NOT NULL AND NOT EXISTS (SELECT FROM drift.model_versions AS v WHERE v.model_id = model.model_id AND v.version = check_version.version) THEN
		RAISE EXCEPTION 'model "%" has no version %', model.name, version
			USING ERRCODE = 'undefined_object', HINT = 'drift.list_versions() shows the versions of a model.';
	END IF;
	RETURN coalesce(version, 0);
END
$$;

COMMENT ON FUNCTION drift_internal.check_version(drift.models, integer) IS 'the number of a version that a model has, 0 for NULL, or an error';

CREATE OR REPLACE FUNCTION drift_internal.span_baseline(model drift.models, monitor text, span tstzrange)
	RETURNS TABLE (segment text, measured drift_internal.metric_value)
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	measuring CONSTANT drift.monitors := drift_internal.find_monitor(monitor, 'run');
BEGIN
	IF measuring.model_id IS DISTINCT FROM model.model_id THEN
		RAISE EXCEPTION 'monitor "%" does not watch model "%"', measuring.name, model.name USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN QUERY SELECT * FROM drift_internal.window_metrics(measuring, span, measuring.segment IS NOT NULL);
	IF NOT FOUND THEN
		RAISE EXCEPTION 'monitor "%" has no outcomes of rows %', measuring.name, drift_internal.span_text(span, measuring.time_zone)
			USING ERRCODE = 'no_data_found', HINT = 'drift.label_coverage() shows of which time outcomes are known; refresh the windows if they came since.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.span_baseline(drift.models, text, tstzrange) IS 'metrics that a monitor of a model measured over a span, or an error if there are none';

CREATE OR REPLACE FUNCTION drift.set_performance_baseline(model text, version integer DEFAULT NULL, metrics jsonb DEFAULT NULL, monitor text DEFAULT NULL,
	from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL)
	RETURNS SETOF drift.performance_baselines
	LANGUAGE plpgsql SECURITY DEFINER ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	found_model CONSTANT drift.models := drift_internal.find_model(set_performance_baseline.model, 'operate');
	number CONSTANT integer := drift_internal.check_version(found_model, set_performance_baseline.version);
	measured_span CONSTANT tstzrange := CASE WHEN set_performance_baseline.monitor IS NOT NULL THEN tstzrange(from_time, to_time) END;
BEGIN
	IF (set_performance_baseline.metrics IS NULL) = (set_performance_baseline.monitor IS NULL) THEN
		RAISE EXCEPTION 'a performance baseline is declared or measured'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give metrics, or a monitor and the time that it is to be measured of.';
	END IF;
	DELETE FROM drift.performance_baselines AS b WHERE b.model_id = found_model.model_id AND b.model_version = number
		AND (measured_span IS NOT NULL OR (b.segment = '' AND set_performance_baseline.metrics ? b.metric));
	RETURN QUERY
		INSERT INTO drift.performance_baselines AS b (model_id, model_version, segment, metric, value, standard_error, n, span, set_by)
		SELECT found_model.model_id, number, m.segment, (m.measured).metric, (m.measured).value, (m.measured).standard_error, (m.measured).n,
			measured_span, pg_get_userbyid(drift_internal.actor())
		FROM (
			SELECT '' AS segment, d AS measured FROM drift_internal.declared_metrics(set_performance_baseline.metrics) AS d WHERE set_performance_baseline.metrics IS NOT NULL
			UNION ALL
			SELECT s.segment, s.measured FROM drift_internal.span_baseline(found_model, set_performance_baseline.monitor, measured_span) AS s
			WHERE set_performance_baseline.monitor IS NOT NULL
		) AS m
		RETURNING b.*;
END
$$;

COMMENT ON FUNCTION drift.set_performance_baseline(text, integer, jsonb, text, timestamptz, timestamptz) IS
	'says what the metrics of a version of a model, by default of all versions, are held against: declared, as {"roc_auc": 0.87} or with standard_error and n, or as a monitor measured them from one time to another, also in segments. It goes before what the baseline of a monitor holds.';

CREATE OR REPLACE FUNCTION drift.drop_performance_baseline(model text, version integer DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_model CONSTANT drift.models := drift_internal.find_model(drop_performance_baseline.model, 'operate');
	dropped bigint;
BEGIN
	DELETE FROM drift.performance_baselines AS b
	WHERE b.model_id = found_model.model_id AND b.model_version = coalesce(drop_performance_baseline.version, 0);
	GET DIAGNOSTICS dropped = ROW_COUNT;
	RETURN dropped;
END
$$;

COMMENT ON FUNCTION drift.drop_performance_baseline(text, integer) IS
	'forgets the performance baseline of a version of a model, by default that of all versions; how many metrics it had';
