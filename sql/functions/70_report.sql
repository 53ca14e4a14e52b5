-- a comparison as one document: JSON for programs, text for people

CREATE OR REPLACE FUNCTION drift_internal.comparison_json(comparison drift.comparison[], limits drift.thresholds) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object(
		'format', 'drift-comparison',
		'version', 1,
		'drift_detected', s.drift_detected,
		'drift_score', s.drift_score,
		'n_columns', cardinality(comparison),
		'n_drifted_features', cardinality(s.drifted_features),
		'drifted_features', s.drifted_features,
		'thresholds', to_jsonb(limits) - 'description' - 'built_in',
		'columns', coalesce((SELECT jsonb_agg(to_jsonb(comparison[i]) ORDER BY i) FROM generate_subscripts(comparison, 1) AS i), '[]'))
	FROM drift_internal.summarise_comparison(comparison, limits) AS s
$$;

COMMENT ON FUNCTION drift_internal.comparison_json(drift.comparison[], drift.thresholds) IS
	'the rows of a comparison and its summary as one JSON document';

-- A check mark or a warning sign, and the p-value to four places, as notebooks print them; PSI and
-- effect with what they exceed in 5 % of cases without drift.
CREATE OR REPLACE FUNCTION drift_internal.comparison_line(c drift.comparison, width integer) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('%s %s %s  psi %s (chance to %s)  effect %s (chance to %s)  %s  %s',
		CASE WHEN (c).drifted THEN '⚠️' WHEN NOT (c).drifted THEN '✅' ELSE '➖' END,
		rpad((c).column_name || ':', width + 1),
		rpad(coalesce('p-value = ' || to_char((c).p_value_corrected, 'FM0.0000'), ''), 16),
		lpad(coalesce(to_char((c).psi, 'FM9990.000'), '-'), 7),
		coalesce(to_char((c).psi_95, 'FM9990.000'), '-'),
		lpad(coalesce(to_char((c).effect, 'FM0.000'), '-'), 5),
		coalesce(to_char((c).effect_95, 'FM0.000'), '-'),
		rpad((c).severity, 17),
		(c).explanation)
$$;

COMMENT ON FUNCTION drift_internal.comparison_line(drift.comparison, integer) IS 'one column of a comparison as a line of text';

CREATE OR REPLACE FUNCTION drift_internal.comparison_text(comparison drift.comparison[], limits drift.thresholds) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat_ws(E'\n',
		CASE
			WHEN s.drift_detected THEN '⚠️ Data drift detected!'
			WHEN NOT s.drift_detected THEN '✅ No drift detected. No action needed.'
			ELSE '➖ Not enough data to tell.'
		END,
		format('%s of %s columns drifted, drift score %s, thresholds %s',
			cardinality(s.drifted_features), cardinality(comparison), coalesce(to_char(s.drift_score, 'FM0.0000'), '-'), (limits).name),
		'',
		(SELECT string_agg(drift_internal.comparison_line(u.c, u.width), E'\n' ORDER BY u.ordinality)
		FROM (
			SELECT comparison[i] AS c, i AS ordinality, max(length((comparison[i]).column_name)) OVER () AS width
			FROM generate_subscripts(comparison, 1) AS i
		) AS u))
	FROM drift_internal.summarise_comparison(comparison, limits) AS s
$$;

COMMENT ON FUNCTION drift_internal.comparison_text(drift.comparison[], drift.thresholds) IS
	'the rows of a comparison and its summary as aligned text';

-- No pinned path below: the sources are found by the caller's.
CREATE OR REPLACE FUNCTION drift.report_json(
	reference text,
	current text,
	columns text[] DEFAULT NULL,
	methods jsonb DEFAULT NULL,
	thresholds text DEFAULT 'standard',
	mode text DEFAULT 'exact',
	sample bigint DEFAULT NULL,
	seed bigint DEFAULT 42)
	RETURNS jsonb
	LANGUAGE sql STABLE COST 100000
BEGIN ATOMIC
	SELECT drift_internal.comparison_json(
		ARRAY(SELECT c FROM drift.compare(reference, current, columns, methods, thresholds, mode, sample, seed) AS c),
		drift.resolve_thresholds(thresholds));
END;

COMMENT ON FUNCTION drift.report_json(text, text, text[], jsonb, text, text, bigint, bigint) IS
	'drift.compare() as one JSON document of the format drift-comparison, version 1';

CREATE OR REPLACE FUNCTION drift.report_text(
	reference text,
	current text,
	columns text[] DEFAULT NULL,
	methods jsonb DEFAULT NULL,
	thresholds text DEFAULT 'standard',
	mode text DEFAULT 'exact',
	sample bigint DEFAULT NULL,
	seed bigint DEFAULT 42)
	RETURNS text
	LANGUAGE sql STABLE COST 100000
BEGIN ATOMIC
	SELECT drift_internal.comparison_text(
		ARRAY(SELECT c FROM drift.compare(reference, current, columns, methods, thresholds, mode, sample, seed) AS c),
		drift.resolve_thresholds(thresholds));
END;

COMMENT ON FUNCTION drift.report_text(text, text, text[], jsonb, text, text, bigint, bigint) IS
	'drift.compare() as text with one line per column, for a console or a log';
