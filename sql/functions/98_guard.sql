-- guard rails: errors that stop a pipeline before what drifted is loaded, scored or trained on
--
-- SQLSTATE MD001 says that something drifted, MD002 that there is too little to tell, MD003 that nothing is
-- known. The letters are of the range that the standard leaves to implementations.

CREATE OR REPLACE FUNCTION drift_internal.check_guard_severity(severity text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF severity IS NULL OR severity NOT IN ('warning', 'critical') THEN
		RAISE EXCEPTION 'unknown severity "%"', coalesce(severity, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is "warning" or "critical".';
	END IF;
	RETURN severity;
END
$$;

COMMENT ON FUNCTION drift_internal.check_guard_severity(text) IS 'a severity from which a guard rail stops, or an error';

-- Names and numbers only: whoever loads data need not see what the reference holds.
CREATE OR REPLACE FUNCTION drift_internal.drifted_text(comparison drift.comparison[]) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format('%s is %s (%s)', quote_ident(c.column_name), c.severity,
			coalesce(nullif(concat_ws(', ', 'PSI ' || drift_internal.short_number(c.psi), 'effect ' || drift_internal.short_number(c.effect),
				nullif(array_to_string(array_remove(array_remove(c.findings, 'distribution'), 'psi'), ', '), '')), ''), 'not comparable')),
		'; ' ORDER BY c.severity, c.effect DESC NULLS FIRST, c.column_name)
	FROM unnest(comparison) AS c
	WHERE c.drifted
$$;

COMMENT ON FUNCTION drift_internal.drifted_text(drift.comparison[]) IS 'columns that drifted, with how much';

CREATE OR REPLACE FUNCTION drift_internal.comparison_status(comparison drift.comparison[], limits drift.thresholds) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(drift_internal.features_severity(avg(c.drifted::integer)::float8,
		drift_internal.worst_severity(VARIADIC array_agg(c.severity)), limits), 'insufficient_data')
	FROM unnest(comparison) AS c
$$;

COMMENT ON FUNCTION drift_internal.comparison_status(drift.comparison[], drift.thresholds) IS
	'worst severity of a comparison, or that of the share of columns that drifted where the thresholds have a bound for it';

-- The message of a guard rail that stops, or NULL.
CREATE OR REPLACE FUNCTION drift_internal.raise_drift(comparison drift.comparison[], limits drift.thresholds, severity text, what text, only_warn boolean DEFAULT false)
	RETURNS boolean
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	status CONSTANT text := drift_internal.comparison_status(comparison, limits);
	drifted CONSTANT bigint := count(*) FROM unnest(comparison) AS c WHERE c.drifted;
BEGIN
	IF NOT (status = 'critical' OR (status = 'warning' AND severity = 'warning')) THEN
		RETURN true;
	ELSIF only_warn THEN
		RAISE WARNING '% drifted: % of % columns', what, drifted, cardinality(comparison)
			USING ERRCODE = 'MD001', DETAIL = drift_internal.drifted_text(comparison);
		RETURN false;
	END IF;
	RAISE EXCEPTION '% drifted: % of % columns', what, drifted, cardinality(comparison)
		USING ERRCODE = 'MD001', DETAIL = drift_internal.drifted_text(comparison),
			HINT = 'drift.compare() says what changed in each column.';
END
$$;

COMMENT ON FUNCTION drift_internal.raise_drift(drift.comparison[], drift.thresholds, text, text, boolean) IS
	'raises MD001 where a comparison drifted from a severity on, or only warns; true where it did not';

CREATE OR REPLACE FUNCTION drift_internal.check_no_drift(comparison drift.comparison[], limits drift.thresholds, severity text, minimum_rows bigint)
	RETURNS boolean
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n_reference CONSTANT bigint := max(c.n_reference + c.missing_reference) FROM unnest(comparison) AS c;
	n_current CONSTANT bigint := max(c.n_current + c.missing_current) FROM unnest(comparison) AS c;
BEGIN
	PERFORM drift_internal.check_guard_severity(severity);
	IF (least(n_reference, n_current) >= minimum_rows) IS FALSE OR cardinality(comparison) = 0 THEN
		RAISE EXCEPTION 'too few rows to tell whether the data drifted'
			USING ERRCODE = 'MD002',
				DETAIL = format('The reference has %s rows, the current data %s; %s are needed.', coalesce(n_reference, 0), coalesce(n_current, 0), minimum_rows),
				HINT = 'Collect more rows, or say with minimum_rows that fewer will do.';
	END IF;
	RETURN drift_internal.raise_drift(comparison, limits, severity, 'the data');
END
$$;

COMMENT ON FUNCTION drift_internal.check_no_drift(drift.comparison[], drift.thresholds, text, bigint) IS
	'true, or an error where a comparison drifted (MD001) or rests on too few rows (MD002)';

-- No pinned path, as in drift.compare(). Volatile, so that no plan leaves the call out.
CREATE OR REPLACE FUNCTION drift.assert_no_drift(
	reference text,
	current text,
	columns text[] DEFAULT NULL,
	thresholds text DEFAULT 'standard',
	severity text DEFAULT 'warning',
	minimum_rows bigint DEFAULT 500)
	RETURNS boolean
	LANGUAGE sql VOLATILE COST 100000
BEGIN ATOMIC
	SELECT drift_internal.check_no_drift(
		ARRAY(SELECT c FROM drift.compare(reference, current, columns, thresholds => thresholds) AS c),
		drift.resolve_thresholds(thresholds), severity, minimum_rows);
END;

COMMENT ON FUNCTION drift.assert_no_drift(text, text, text[], text, text, bigint) IS
	'true where two data sets, each a relation''s name or a query, do not differ; else an error: MD001 they do, from this severity on, MD002 there are too few rows to tell';

CREATE OR REPLACE FUNCTION drift.assert_monitor(monitor text, severity text DEFAULT 'warning', max_age interval DEFAULT NULL)
	RETURNS SETOF drift.checks
	LANGUAGE plpgsql VOLATILE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	watched CONSTANT drift.monitors := drift_internal.find_monitor(monitor, 'read');
	checked drift.checks;
BEGIN
	PERFORM drift_internal.check_guard_severity(severity);
	SELECT * INTO checked FROM drift.checks AS c WHERE c.monitor_id = watched.monitor_id ORDER BY c.as_of DESC, c.check_id DESC LIMIT 1;
	IF NOT FOUND OR checked.status = 'error' OR checked.as_of < clock_timestamp() - max_age THEN
		RAISE EXCEPTION 'nothing is known of monitor "%"', watched.name
			USING ERRCODE = 'MD003',
				DETAIL = CASE WHEN checked.check_id IS NULL THEN 'It was never run.'
					WHEN checked.status = 'error' THEN format('Its last check failed: %s', checked.error)
					ELSE format('Its last check is of %s, which is more than %s ago.', checked.as_of, max_age) END,
				HINT = format('SELECT * FROM drift.run_check(%L);', watched.name);
	ELSIF checked.status = 'insufficient_data' THEN
		RAISE EXCEPTION 'monitor "%" has too few rows to tell whether the data drifted', watched.name
			USING ERRCODE = 'MD002', DETAIL = format('Its last check, of %s, saw %s rows.', checked.as_of, coalesce(checked.n_current, 0));
	ELSIF checked.status = 'critical' OR (checked.status = 'warning' AND severity = 'warning') THEN
		RAISE EXCEPTION 'monitor "%" is %', watched.name, checked.status
			USING ERRCODE = 'MD001', DETAIL = checked.explanation, HINT = format('SELECT * FROM drift.explain_check(%s);', checked.check_id);
	END IF;
	RETURN NEXT checked;
END
$$;

COMMENT ON FUNCTION drift.assert_monitor(text, text, interval) IS
	'the newest check of a monitor where it is well; else an error: MD001 it drifted, from this severity on, MD002 there were too few rows, MD003 it was not run, failed, or is older than max_age';
