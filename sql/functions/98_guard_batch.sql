-- drift.guard_batch(): a trigger that looks at the rows of a statement before they are committed
--
-- It reads the profiles of a baseline for whoever loads rows, who need not see them. So it runs as the owner of
-- the extension, and touches rows only by functions that the server brings: whoever owns a type may have made
-- casts of it that do what they like.

CREATE OR REPLACE FUNCTION drift_internal.guard_option(arguments text[], place integer, default_value text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(nullif(arguments[place + array_lower(arguments, 1) - 1], ''), default_value)
$$;

COMMENT ON FUNCTION drift_internal.guard_option(text[], integer, text) IS 'argument of a trigger, counted from 1, or its default';

-- Profiles are for members of the owner of the baseline: the owner of the table must be one.
CREATE OR REPLACE FUNCTION drift_internal.guard_baseline(name text, guarded regclass) RETURNS drift.baselines
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	baseline drift.baselines;
	table_owner CONSTANT regrole := c.relowner FROM pg_class AS c WHERE c.oid = guarded;
BEGIN
	SELECT * INTO baseline FROM drift.baselines AS b WHERE b.name = guard_baseline.name ORDER BY b.version DESC LIMIT 1;
	IF baseline.baseline_id IS NULL OR NOT pg_has_role(table_owner, baseline.owner, 'USAGE') THEN
		RAISE EXCEPTION 'there is no baseline "%" that the owner of % may use', coalesce(name, 'NULL'), guarded
			USING ERRCODE = 'undefined_object', DETAIL = format('The table belongs to %s.', table_owner),
				HINT = 'drift.create_baseline() makes a baseline.';
	END IF;
	RETURN baseline;
END
$$;

COMMENT ON FUNCTION drift_internal.guard_baseline(text, regclass) IS 'newest version of a baseline that the owner of a table may use; or an error';

-- Of types that users may own only enums are read, by the function that the server has for all of them.
CREATE OR REPLACE FUNCTION drift_internal.safe_expression(column_name text, base_type oid) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN t.oid < 16384 THEN format('source.%I', column_name)
			WHEN t.typtype = 'e' THEN format('pg_catalog.textin(pg_catalog.enum_out((source.%I)::%s))', column_name, t.oid::regtype)
		END
	FROM pg_type AS t
	WHERE t.oid = base_type
$$;

COMMENT ON FUNCTION drift_internal.safe_expression(text, oid) IS
	'expression of a column of a batch that runs nothing of a user''s; NULL for types of which that cannot be known';

-- What the table lacks cannot be in its batches.
CREATE OR REPLACE FUNCTION drift_internal.guard_columns(baseline drift.baselines, guarded regclass)
	RETURNS TABLE (plan drift_internal.column_plan, value text, reference drift.profile)
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ROW(b.column_name, b.column_type, s.column_type, b.kind, t.value_type, NULL, false,
			CASE WHEN t.value_type IS NULL THEN 'type' WHEN e.expression IS NULL THEN 'unsupported' END)::drift_internal.column_plan,
		CASE WHEN t.value_type IS NULL OR e.expression IS NULL THEN 'NULL::pg_catalog.text'
			ELSE drift_internal.value_expression(e.expression, t.value_type, NOT baseline.stores_categories) END,
		CASE WHEN t.value_type IS NOT NULL AND e.expression IS NOT NULL THEN b.profile END
	FROM drift.baseline_columns AS b
	JOIN drift_internal.source_columns(format('SELECT * FROM %s', guarded)) AS s USING (column_name),
		LATERAL (SELECT drift_internal.common_type(to_regtype(b.value_type), s.base_type) AS value_type) AS t,
		LATERAL (SELECT drift_internal.safe_expression(b.column_name, s.base_type) AS expression) AS e
	WHERE b.baseline_id = baseline.baseline_id AND b.segment = ''
	ORDER BY b.ordinal
$$;

COMMENT ON FUNCTION drift_internal.guard_columns(drift.baselines, regclass) IS
	'columns that a baseline and a table share: how they are judged, the expression that reads them, and the reference';

CREATE OR REPLACE FUNCTION drift_internal.check_guard(level text, moment text, new_table name, action text) RETURNS void
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF level <> 'STATEMENT' OR moment <> 'AFTER' OR new_table IS NULL THEN
		RAISE EXCEPTION 'drift.guard_batch() needs the new rows of a whole statement'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'CREATE TRIGGER guard AFTER INSERT ON ... REFERENCING NEW TABLE AS batch FOR EACH STATEMENT EXECUTE FUNCTION drift.guard_batch(''baseline'');';
	ELSIF action NOT IN ('raise', 'warn') THEN
		RAISE EXCEPTION 'unknown action "%"', action
			USING ERRCODE = 'invalid_parameter_value', HINT = 'The second argument of the trigger is "raise" or "warn".';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_guard(text, text, name, text) IS 'an error unless a trigger can be a guard';

-- The rows are a transition table, which only this function itself can name.
CREATE OR REPLACE FUNCTION drift.guard_batch() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	action CONSTANT text := drift_internal.guard_option(TG_ARGV, 2, 'raise');
	minimum_rows CONSTANT bigint := drift_internal.guard_option(TG_ARGV, 3, '500');
	severity CONSTANT text := drift_internal.check_guard_severity(drift_internal.guard_option(TG_ARGV, 5, 'warning'));
	guarded CONSTANT regclass := TG_RELID;
	batch CONSTANT name := t.tgnewtable FROM pg_trigger AS t WHERE t.tgrelid = TG_RELID AND t.tgname = TG_NAME;
	n bigint;
	limits drift.thresholds;
	plans drift_internal.column_plan[];
	expressions text;
	reference drift.profile[];
	found_profiles drift.profile[];
BEGIN
	PERFORM drift_internal.check_guard(TG_LEVEL, TG_WHEN, batch, action);
	EXECUTE format('SELECT count(*) FROM (SELECT FROM %I LIMIT %s) AS head', batch, minimum_rows) INTO n;
	IF n < minimum_rows THEN
		RETURN NULL;
	END IF;

	limits := drift.resolve_thresholds(drift_internal.guard_option(TG_ARGV, 4, 'standard'));
	SELECT array_agg(c.plan), string_agg(format('%s AS c%s', c.value, c.place), ', ' ORDER BY c.place), array_agg(c.reference)
	INTO plans, expressions, reference
	FROM drift_internal.guard_columns(drift_internal.guard_baseline(TG_ARGV[0], guarded), guarded)
		WITH ORDINALITY AS c (plan, value, reference, place);
	IF plans IS NULL THEN
		RAISE EXCEPTION 'baseline "%" has no column of %', TG_ARGV[0], guarded USING ERRCODE = 'undefined_column';
	END IF;

	EXECUTE format('SELECT %s FROM (SELECT %s FROM %I AS source) AS side',
			drift_internal.call_window_columns(cardinality(plans)), expressions, batch)
		INTO found_profiles USING reference;
	PERFORM drift_internal.raise_drift(
		ARRAY(SELECT j FROM drift_internal.judge_profiles(plans, reference, found_profiles, ARRAY[limits], minimum_rows) AS j),
		limits, severity, format('the batch for %s', guarded), action = 'warn');
	RETURN NULL;
END
$$;

COMMENT ON FUNCTION drift.guard_batch() IS
	'statement trigger that compares the new rows with a baseline; arguments: baseline, action (raise or warn), rows below which it says nothing (500), thresholds (standard), severity from which it acts (warning)';
