-- configuration: of all models, of one, of a monitor; each goes before the one it follows

-- Sections are merged; thresholds, which may be an object too, are one value.
CREATE OR REPLACE FUNCTION drift_internal.merge_config(base jsonb, changes jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result jsonb := base;
	change record;
BEGIN
	IF changes IS NULL OR changes = '{}' THEN
		RETURN base;
	END IF;
	FOR change IN SELECT * FROM jsonb_each(changes) LOOP
		result := result || jsonb_build_object(change.key, CASE
			WHEN change.key <> 'thresholds' AND jsonb_typeof(change.value) = 'object' AND jsonb_typeof(base -> change.key) = 'object'
				THEN drift_internal.merge_config(base -> change.key, change.value)
			ELSE change.value END);
	END LOOP;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.merge_config(jsonb, jsonb) IS 'a configuration with the values of another one set over it';

CREATE OR REPLACE FUNCTION drift_internal.loaded_config(model_id integer) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.merge_config(
		drift_internal.merge_config(drift_internal.default_config(), (SELECT c.config FROM drift.configs AS c WHERE c.model_id = 0)),
		(SELECT c.config FROM drift.configs AS c WHERE c.model_id = loaded_config.model_id AND c.model_id <> 0))
$$;

COMMENT ON FUNCTION drift_internal.loaded_config(integer) IS
	'configuration of a model, or with NULL of all models, with the defaults for what was not loaded';

-- As the owner of the extension: who runs a monitor need not see the configuration of its model.
CREATE OR REPLACE FUNCTION drift_internal.monitor_config(monitor drift.monitors) RETURNS jsonb
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT * INTO monitor FROM drift.monitors AS m WHERE m.monitor_id = monitor.monitor_id;
	PERFORM drift_internal.check_monitor(monitor, 'read', monitor.name);
	RETURN drift_internal.merge_config(drift_internal.loaded_config(monitor.model_id), monitor.config);
END
$$;

COMMENT ON FUNCTION drift_internal.monitor_config(drift.monitors) IS
	'configuration that a monitor runs with: its own over that of its model over that of all models over the defaults';

CREATE OR REPLACE FUNCTION drift_internal.config_text(config jsonb, path text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN config #>> pg_catalog.string_to_array(path, '.');

COMMENT ON FUNCTION drift_internal.config_text(jsonb, text) IS
	'value of a key such as alerting.cooldown as text; NULL where it is null';

CREATE OR REPLACE FUNCTION drift_internal.config_number(config jsonb, path text) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (config #>> pg_catalog.string_to_array(path, '.'))::float8;

COMMENT ON FUNCTION drift_internal.config_number(jsonb, text) IS
	'value of a key such as drift_detection.psi_warning as a number; NULL where it is null';

-- The configuration calls the level as the seed projects do.
CREATE OR REPLACE FUNCTION drift_internal.threshold_overrides(settings jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('psi_warning', settings -> 'psi_warning', 'psi_critical', settings -> 'psi_critical',
		'alpha', settings -> 'ks_significance', 'minimum_effect', settings -> 'minimum_effect',
		'minimum_share', settings -> 'minimum_share', 'correction', settings -> 'correction'))
$$;

COMMENT ON FUNCTION drift_internal.threshold_overrides(jsonb) IS 'thresholds that a section of the configuration sets';

CREATE OR REPLACE FUNCTION drift_internal.config_limits(config jsonb) RETURNS drift.thresholds
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.override_thresholds(drift.resolve_thresholds((config #> '{drift_detection,thresholds}')::text),
		drift_internal.threshold_overrides(config -> 'drift_detection'))
$$;

COMMENT ON FUNCTION drift_internal.config_limits(jsonb) IS 'thresholds of a whole configuration';

CREATE OR REPLACE FUNCTION drift_internal.monitor_limits(monitor drift.monitors, config jsonb) RETURNS drift.thresholds
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.config_limits(config)
$$;

COMMENT ON FUNCTION drift_internal.monitor_limits(drift.monitors, jsonb) IS
	'thresholds of a monitor, given the configuration that it runs with';

CREATE OR REPLACE FUNCTION drift_internal.column_limits(limits drift.thresholds, config jsonb, column_name text) RETURNS drift.thresholds
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	overrides CONSTANT jsonb := drift_internal.threshold_overrides(config -> 'features' -> column_name);
BEGIN
	IF overrides = '{}' THEN
		RETURN limits;
	END IF;
	RETURN drift_internal.override_thresholds(limits, overrides);
END
$$;

COMMENT ON FUNCTION drift_internal.column_limits(drift.thresholds, jsonb, text) IS
	'thresholds of one column: those of the monitor with what the section features says of it';

CREATE OR REPLACE FUNCTION drift_internal.column_method(config jsonb, column_name text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN config -> 'features' -> column_name ->> 'method';

COMMENT ON FUNCTION drift_internal.column_method(jsonb, text) IS 'method that the configuration asks for a column; NULL: the one its kind gets';

CREATE OR REPLACE FUNCTION drift_internal.column_weight(config jsonb, column_name text) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN coalesce((config -> 'features' -> column_name ->> 'weight')::float8, 1);

COMMENT ON FUNCTION drift_internal.column_weight(jsonb, text) IS 'weight of a column in the drift score';
