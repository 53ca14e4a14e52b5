-- names of versions: 'name', 'name@alias', 'name/3'

CREATE OR REPLACE FUNCTION drift_internal.alias_version(model drift.models, alias text) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	version integer := (SELECT a.version FROM drift.model_aliases AS a WHERE a.model_id = model.model_id AND a.alias = alias_version.alias);
	others text := (SELECT string_agg(a.alias, ', ' ORDER BY a.alias) FROM drift.model_aliases AS a WHERE a.model_id = model.model_id);
BEGIN
	IF version IS NULL THEN
		RAISE EXCEPTION 'model "%" has no %', model.name, CASE alias WHEN 'champion' THEN 'champion' ELSE format('alias "%s"', alias) END
			USING ERRCODE = 'undefined_object',
				DETAIL = CASE WHEN others IS NULL THEN 'It has no aliases.' ELSE format('Its aliases are %s.', others) END,
				HINT = CASE alias WHEN 'champion' THEN 'drift.promote() makes a version the champion.'
					ELSE 'drift.set_alias() sets an alias.' END;
	END IF;
	RETURN version;
END
$$;

COMMENT ON FUNCTION drift_internal.alias_version(drift.models, text) IS 'version that an alias of a model stands for, or an error that lists the aliases there are';

-- As names have neither @ nor /, the first of them ends the name.
CREATE OR REPLACE FUNCTION drift_internal.resolve(reference text, OUT model_id integer, OUT version integer, OUT arm text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	parts text[] := regexp_match(reference COLLATE "C", '^([^@/]+)(?:@([[:alnum:]_-]{1,63})|/([1-9][0-9]{0,8}))?$');
	model drift.models;
BEGIN
	IF parts IS NULL THEN
		RAISE EXCEPTION 'this does not name a version of a model: %', coalesce(quote_literal(reference), 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Write ''name'' for the champion, ''name@alias'' or ''name/3''.';
	END IF;
	model := drift_internal.find_model(parts[1], 'read');
	model_id := model.model_id;
	arm := CASE WHEN parts[3] IS NOT NULL THEN 'version' ELSE coalesce(parts[2], 'champion') END;
	version := coalesce(parts[3]::integer, drift_internal.alias_version(model, arm));
	PERFORM drift_internal.check_ready(model, version);
END
$$;

COMMENT ON FUNCTION drift_internal.resolve(text) IS
	'model and ready version that ''name'', ''name@alias'' or ''name/3'' stands for, and what to call it: champion, the alias, or version';
