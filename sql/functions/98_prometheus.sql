-- metrics for Prometheus: as rows, and as the text that it reads

CREATE OR REPLACE FUNCTION drift_internal.check_families(families text[]) RETURNS text[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known CONSTANT text[] := ARRAY(SELECT DISTINCT f.family FROM drift.metric_families() AS f ORDER BY f.family);
	unknown CONSTANT text := (SELECT f FROM unnest(families) AS f WHERE f <> ALL (known) OR f IS NULL LIMIT 1);
BEGIN
	IF NOT families <@ known THEN
		RAISE EXCEPTION 'there is no family of metrics "%"', coalesce(unknown, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = format('There are: %s.', array_to_string(known, ', '));
	END IF;
	RETURN coalesce(families, array_remove(known, 'health'));
END
$$;

COMMENT ON FUNCTION drift_internal.check_families(text[]) IS 'families of metrics that are asked for; NULL: all but health';

CREATE OR REPLACE FUNCTION drift.metrics(families text[] DEFAULT NULL) RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE plpgsql STABLE ROWS 10000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asked CONSTANT text[] := drift_internal.check_families(families);
BEGIN
	IF 'models' = ANY (asked) THEN
		RETURN QUERY SELECT * FROM drift_internal.model_metrics() UNION ALL SELECT * FROM drift_internal.deployment_metrics();
	END IF;
	IF 'checks' = ANY (asked) THEN
		RETURN QUERY SELECT * FROM drift_internal.check_metrics() UNION ALL SELECT * FROM drift_internal.monitor_metrics();
	END IF;
	IF 'features' = ANY (asked) THEN
		RETURN QUERY SELECT * FROM drift_internal.feature_metrics();
	END IF;
	IF 'performance' = ANY (asked) THEN
		RETURN QUERY SELECT * FROM drift_internal.performance_metrics();
	END IF;
	IF 'windows' = ANY (asked) THEN
		RETURN QUERY SELECT * FROM drift_internal.window_metrics();
	END IF;
	IF 'alerts' = ANY (asked) THEN
		RETURN QUERY SELECT * FROM drift_internal.alert_metrics();
	END IF;
	IF 'delivery' = ANY (asked) THEN
		RETURN QUERY SELECT * FROM drift_internal.delivery_metrics();
	END IF;
	IF 'jobs' = ANY (asked) THEN
		RETURN QUERY SELECT * FROM drift_internal.job_metrics();
	END IF;
	IF 'training' = ANY (asked) THEN
		RETURN QUERY SELECT * FROM drift_internal.training_metrics();
	END IF;
	IF 'detectors' = ANY (asked) THEN
		RETURN QUERY SELECT * FROM drift_internal.detector_metrics();
	END IF;
	IF 'health' = ANY (asked) THEN
		RETURN QUERY SELECT * FROM drift_internal.health_metrics();
	END IF;
END
$$;

COMMENT ON FUNCTION drift.metrics(text[]) IS
	'metrics of what the caller may see as rows, for exporters: of some families (drift.metric_families()), or of all but health, which takes longer; a label that is null is none';

CREATE OR REPLACE FUNCTION drift_internal.exposition_line(name text, labels jsonb, value float8) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_exposition_line' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.exposition_line(text, jsonb, float8) IS 'a sample as a line of Prometheus'' text format';

-- The samples of a metric stay together, as the format wants.
CREATE OR REPLACE FUNCTION drift.prometheus_metrics(families text[] DEFAULT NULL) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(string_agg(format(E'# HELP %s %s\n# TYPE %s %s\n', f.name, f.help, f.name, f.type) || s.lines, '' ORDER BY f.place), '')
	FROM (
		SELECT m.name, string_agg(drift_internal.exposition_line(m.name, m.labels, m.value), '') AS lines
		FROM drift.metrics(families) AS m
		GROUP BY m.name
	) AS s
	JOIN drift.metric_families() WITH ORDINALITY AS f (family, name, type, labels, help, place) USING (name)
$$;

COMMENT ON FUNCTION drift.prometheus_metrics(text[]) IS
	'metrics of what the caller may see in the text format of Prometheus: of some families (drift.metric_families()), or of all but health, which takes longer';
