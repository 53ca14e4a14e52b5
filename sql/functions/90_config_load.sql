-- loading configuration, and showing it

-- Those who may change what holds for all models are those who may change the extension.
CREATE OR REPLACE FUNCTION drift_internal.check_config_rights() RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owner CONSTANT regrole := (SELECT e.extowner FROM pg_extension AS e WHERE e.extname = 'drift');
BEGIN
	IF NOT drift_internal.acts_as(owner) THEN
		RAISE EXCEPTION 'permission denied for the configuration of all models'
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = format('Only members of the owner of the extension, %s, may load it.', owner),
				HINT = 'Name a model that you own to load the configuration of that model.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_config_rights() IS 'raises unless the acting role may change the configuration of all models';

-- What fits by itself may not fit what a model or a monitor sets over it.
CREATE OR REPLACE FUNCTION drift_internal.check_configs_above(model_id integer) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	broken record;
BEGIN
	SELECT format('that of model "%s"', m.name) AS named, p.path, p.message INTO broken
	FROM drift.configs AS c
	JOIN drift.models AS m USING (model_id),
		LATERAL drift_internal.fit_problems(drift_internal.loaded_config(c.model_id)) AS p
	WHERE check_configs_above.model_id = 0
	UNION ALL
	SELECT format('that of monitor "%s"', m.name), p.path, p.message
	FROM drift.monitors AS m,
		LATERAL drift_internal.fit_problems(drift_internal.merge_config(drift_internal.loaded_config(m.model_id), m.config)) AS p
	WHERE check_configs_above.model_id IN (0, m.model_id) AND m.config <> '{}'
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'the configuration does not fit %', broken.named
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('%s %s', broken.path, broken.message),
				HINT = 'Change that one first.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_configs_above(integer) IS
	'raises where a configuration that was just stored does not fit those of models and monitors that are set over it';

CREATE OR REPLACE FUNCTION drift.load_config(config jsonb, model text DEFAULT NULL) RETURNS SETOF drift.configs
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models;
	stored drift.configs;
BEGIN
	IF model IS NULL THEN
		PERFORM drift_internal.check_config_rights();
	ELSE
		locked := drift_internal.lock_model(model, 'own');
	END IF;
	PERFORM drift_internal.check_config(load_config.config,
		CASE WHEN model IS NULL THEN drift_internal.default_config() ELSE drift_internal.loaded_config(NULL) END);

	INSERT INTO drift.configs AS c (model_id, config, set_by)
	VALUES (coalesce(locked.model_id, 0), load_config.config, pg_get_userbyid(drift_internal.actor()))
	ON CONFLICT (model_id) DO UPDATE SET config = excluded.config, set_at = excluded.set_at, set_by = excluded.set_by
	RETURNING * INTO stored;
	PERFORM drift_internal.check_configs_above(stored.model_id);
	IF model IS NOT NULL THEN
		PERFORM drift_internal.record_event(locked.model_id, 'config_loaded', details => stored.config);
	END IF;
	RETURN NEXT stored;
END
$$;

COMMENT ON FUNCTION drift.load_config(jsonb, text) IS
	'replaces the configuration of a model, or of all models, by one that drift.validate_config() has nothing to say against; an error lists everything that is wrong. Keys that it does not set are as what goes before says: all models, then the defaults.';

CREATE OR REPLACE FUNCTION drift.dump_config(model text DEFAULT NULL) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN drift_internal.loaded_config(CASE WHEN model IS NOT NULL THEN (drift_internal.find_model(model, 'read')).model_id END);
END
$$;

COMMENT ON FUNCTION drift.dump_config(text) IS
	'configuration of a model, or of all models, with the defaults: every key and what holds; drift.load_config() takes it';

CREATE OR REPLACE FUNCTION drift.monitor_config(monitor text) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.monitor_config(drift_internal.find_monitor(monitor, 'read'))
$$;

COMMENT ON FUNCTION drift.monitor_config(text) IS
	'configuration that a monitor runs with: its own over that of its model over that of all models over the defaults';
