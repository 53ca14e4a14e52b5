-- prediction logs: names of tables and columns, types of columns

CREATE OR REPLACE FUNCTION drift_internal.fitting_name(base text, suffix text DEFAULT '') RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	room CONSTANT integer := current_setting('max_identifier_length')::integer - octet_length(suffix);
	mark text;
	kept integer := length(base);
BEGIN
	IF octet_length(base) <= room THEN
		RETURN base || suffix;
	END IF;
	mark := '_' || left(encode(sha256(convert_to(base, 'UTF8')), 'hex'), 8);
	kept := greatest(least(kept, room - octet_length(mark)), 0);
	WHILE kept > 0 AND octet_length(left(base, kept)) + octet_length(mark) > room LOOP
		kept := kept - 1;
	END LOOP;
	RETURN left(base, kept) || mark || suffix;
END
$$;

COMMENT ON FUNCTION drift_internal.fitting_name(text, text) IS
	'a name with a suffix, cut in the middle and marked with a hash where it would be too long for an identifier';

CREATE OR REPLACE FUNCTION drift_internal.default_log_name(model text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.fitting_name(CASE WHEN name ~ '^[0-9]' THEN 'model_' ELSE '' END || name, '_log')
	FROM coalesce(nullif(btrim(regexp_replace(lower(model), '[^[:alnum:]_]+', '_', 'g'), '_'), ''), 'model') AS name
$$;

COMMENT ON FUNCTION drift_internal.default_log_name(text) IS 'name of the prediction log of a model whose user gives none';

CREATE OR REPLACE FUNCTION drift_internal.feature_column(feature text, taken text[]) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	base text := feature;
	name text := feature;
	attempt integer := 1;
BEGIN
	WHILE name = '' OR name = ANY (taken) OR octet_length(name) > current_setting('max_identifier_length')::integer LOOP
		IF attempt = 1 AND octet_length(feature) <= current_setting('max_identifier_length')::integer THEN
			base := 'feature_' || feature;
		END IF;
		name := drift_internal.fitting_name(base, CASE WHEN attempt > 1 THEN '_' || attempt ELSE '' END);
		attempt := attempt + 1;
	END LOOP;
	RETURN name;
END
$$;

COMMENT ON FUNCTION drift_internal.feature_column(text, text[]) IS
	'name for the column of a feature: its own, unless that is taken or too long for an identifier';

-- A log must hold what was scored: numbers as models compute, labels as they compare. An integer column would
-- round what a client sends tomorrow.
CREATE OR REPLACE FUNCTION drift_internal.feature_type(kind text, base_type oid) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN family = 'boolean' THEN 'boolean'
			WHEN kind = 'number' THEN 'double precision'
			WHEN kind = 'text' THEN 'text'
			WHEN family IN ('integer', 'number') THEN 'double precision'
			WHEN family = 'text' THEN 'text'
			ELSE format_type(base_type, NULL)
		END
	FROM drift_internal.type_family(base_type) AS family
	WHERE kind IS NOT NULL OR family IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.feature_type(text, oid) IS
	'built-in type of the column for a feature that a model takes as number or text and a relation has in some type; either may be NULL; NULL for types drift does not take';
