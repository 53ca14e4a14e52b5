-- metrics for Prometheus: as rows, and as the text that it reads

CREATE OR REPLACE FUNCTION drift_internal.check_families(families text[]) RETURNS text[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known CONSTANT text[] := ARRAY(SELECT DISTINCT f.family FROM drift.metric_families() AS f ORDER BY f.family);
	unknown CONSTANT text := (SELECT coalesce(f, 'NULL') FROM unnest(families) AS f WHERE (f = ANY (known)) IS NOT TRUE LIMIT 1);
BEGIN
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'there is no family of metrics "%"', unknown
			USING ERRCODE = 'invalid_parameter_value', HINT = format('There are: %s.', array_to_string(known, ', '));
	END IF;
	RETURN coalesce(families, array_remove(known, 'health'));
END
$$;

COMMENT ON FUNCTION drift_internal.check_families(text[]) IS 'families of metrics that are asked for; NULL: all but health';

CREATE OR REPLACE FUNCTION drift_internal.is_asked(family text, families text[]) RETURNS boolean
	LANGUAGE sql STABLE
	RETURN family = ANY (drift_internal.check_families(families));

COMMENT ON FUNCTION drift_internal.is_asked(text, text[]) IS 'whether a family of metrics is asked for';

CREATE OR REPLACE FUNCTION drift.metrics(families text[] DEFAULT NULL) RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 10000
BEGIN ATOMIC
	SELECT * FROM drift_internal.model_metrics() WHERE drift_internal.is_asked('models', families)
	UNION ALL SELECT * FROM drift_internal.deployment_metrics() WHERE drift_internal.is_asked('models', families)
	UNION ALL SELECT * FROM drift_internal.check_metrics() WHERE drift_internal.is_asked('checks', families)
	UNION ALL SELECT * FROM drift_internal.monitor_metrics() WHERE drift_internal.is_asked('checks', families)
	UNION ALL SELECT * FROM drift_internal.feature_metrics() WHERE drift_internal.is_asked('features', families)
	UNION ALL SELECT * FROM drift_internal.performance_metrics() WHERE drift_internal.is_asked('performance', families)
	UNION ALL SELECT * FROM drift_internal.window_metrics() WHERE drift_internal.is_asked('windows', families)
	UNION ALL SELECT * FROM drift_internal.alert_metrics() WHERE drift_internal.is_asked('alerts', families)
	UNION ALL SELECT * FROM drift_internal.delivery_metrics() WHERE drift_internal.is_asked('delivery', families)
	UNION ALL SELECT * FROM drift_internal.job_metrics() WHERE drift_internal.is_asked('jobs', families)
	UNION ALL SELECT * FROM drift_internal.training_metrics() WHERE drift_internal.is_asked('training', families)
	UNION ALL SELECT * FROM drift_internal.detector_metrics() WHERE drift_internal.is_asked('detectors', families)
	UNION ALL SELECT * FROM drift_internal.health_metrics() WHERE drift_internal.is_asked('health', families);
END;

COMMENT ON FUNCTION drift.metrics(text[]) IS
	'metrics of what the caller may see as rows, for exporters: of some families (drift.metric_families()), or of all but health, which takes longer; a label that is null is none';

CREATE OR REPLACE FUNCTION drift_internal.exposition_line(name text, labels jsonb, value float8) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_exposition_line' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.exposition_line(text, jsonb, float8) IS 'a sample as a line of Prometheus'' text format';

-- The samples of a metric stay together, as the format wants.
CREATE OR REPLACE FUNCTION drift.prometheus_metrics(families text[] DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((
		SELECT string_agg(format(E'# HELP %s %s\n# TYPE %s %s\n', f.name, f.help, f.name, f.type) || s.lines, '' ORDER BY f.place)
		FROM (
			SELECT m.name, string_agg(drift_internal.exposition_line(m.name, m.labels, m.value), '') AS lines
			FROM drift.metrics(families) AS m
			GROUP BY m.name
		) AS s
		JOIN drift.metric_families() WITH ORDINALITY AS f (family, name, type, labels, help, place) USING (name)), '');
END
$$;

COMMENT ON FUNCTION drift.prometheus_metrics(text[]) IS
	'metrics of what the caller may see in the text format of Prometheus: of some families (drift.metric_families()), or of all but health, which takes longer';
