-- of a report of a check: its columns, worst first, with what charts draw of them

CREATE OR REPLACE FUNCTION drift_internal.severity_rank(severity text) RETURNS integer
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN coalesce(array_position('{critical,error,warning,ok,insufficient_data,skipped}', severity), 7);

COMMENT ON FUNCTION drift_internal.severity_rank(text) IS 'place of a severity where the worst come first';

-- Both sides as they are counted in the verdict; profiles say more of them where the reader may see values.
CREATE OR REPLACE FUNCTION drift_internal.report_sides(c drift.comparison) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object(
		'reference', jsonb_build_object('rows', c.n_reference + c.missing_reference,
			'missing_rate', c.missing_reference / nullif(c.n_reference + c.missing_reference, 0)::float8,
			'mean', c.mean_reference, 'stddev', c.stddev_reference, 'minimum', NULL, 'maximum', NULL, 'quantiles', NULL, 'distinct', NULL),
		'current', jsonb_build_object('rows', c.n_current + c.missing_current,
			'missing_rate', c.missing_current / nullif(c.n_current + c.missing_current, 0)::float8,
			'mean', c.mean_current, 'stddev', c.stddev_current, 'minimum', NULL, 'maximum', NULL, 'quantiles', NULL, 'distinct', NULL),
		'histogram', NULL, 'cdf', NULL, 'density', NULL)
$$;

COMMENT ON FUNCTION drift_internal.report_sides(drift.comparison) IS 'of a column of a report: both sides where no profile says more';

CREATE OR REPLACE FUNCTION drift_internal.report_column(c drift.comparison, role text, sides jsonb, history jsonb, segments jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('name', c.column_name, 'role', role, 'kind', c.kind, 'type', c.column_type,
			'severity', c.severity, 'drifted', c.drifted, 'sentence', c.explanation, 'verdict', c.severity_text, 'action', c.action_text,
			'method', c.method, 'method_reason', c.method_reason, 'statistic', c.statistic, 'statistic_95', c.statistic_95,
			'p_value', c.p_value, 'p_value_corrected', c.p_value_corrected, 'threshold', c.threshold, 'psi', c.psi, 'psi_95', c.psi_95,
			'effect', c.effect, 'effect_low', c.effect_low, 'effect_95', c.effect_95, 'error_bound', c.error_bound,
			'findings', coalesce(to_jsonb(c.findings), '[]'), 'history', coalesce(history, '[]'), 'segments', coalesce(segments, '[]'))
		|| coalesce(sides - 'kind', drift_internal.report_sides(c))
$$;

COMMENT ON FUNCTION drift_internal.report_column(drift.comparison, text, jsonb, jsonb, jsonb) IS
	'a column of a report, from its verdict, its profiles side by side or NULL, its verdicts before, and its verdicts in segments';

-- Columns that only segments are judged by are not wanted here, and cost as much as all the others.
CREATE OR REPLACE FUNCTION drift_internal.report_profiles(checked drift.checks, monitor drift.monitors)
	RETURNS TABLE (role text, column_name text, sides jsonb)
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	monitor.segment := NULL;
	RETURN QUERY
		SELECT c.role, c.column_name, drift.profile_diff(s.reference, s.current)
		FROM (
			SELECT p.column_id, (array_agg(p.profile) FILTER (WHERE NOT p.is_current))[1] AS reference,
				(array_agg(p.profile) FILTER (WHERE p.is_current))[1] AS current
			FROM drift_internal.paired_profiles(checked, monitor, drift_internal.known_spans(checked, monitor)) AS p
			WHERE p.segment = ''
			GROUP BY p.column_id
		) AS s
		JOIN drift.monitor_columns AS c ON c.monitor_id = checked.monitor_id AND c.column_id = s.column_id
		WHERE c.role NOT IN ('outcome', 'metric') AND drift.kind(coalesce(s.reference, s.current)) = drift.kind(coalesce(s.current, s.reference));
END
$$;

COMMENT ON FUNCTION drift_internal.report_profiles(drift.checks, drift.monitors) IS
	'profiles of the columns of a check, both sides of each side by side; of those that have windows still';

-- Of checks of one moment the last counts.
CREATE OR REPLACE FUNCTION drift_internal.recent_checks(checked drift.checks, at_most integer) RETURNS SETOF drift.checks
	LANGUAGE sql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT DISTINCT ON (c.as_of) c.*
	FROM drift.checks AS c
	WHERE c.monitor_id = checked.monitor_id AND c.as_of <= checked.as_of AND (c.as_of < checked.as_of OR c.check_id <= checked.check_id)
	ORDER BY c.as_of DESC, c.check_id DESC
	LIMIT at_most
$$;

COMMENT ON FUNCTION drift_internal.recent_checks(drift.checks, integer) IS 'a check and those of its monitor before it, the newest first';

CREATE OR REPLACE FUNCTION drift_internal.report_column_history(checks drift.checks[]) RETURNS TABLE (role text, column_name text, history jsonb)
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT f.role, f.column_name,
		jsonb_agg(jsonb_build_object('at', c.as_of, 'effect', f.effect, 'psi', f.psi, 'severity', f.severity) ORDER BY c.as_of)
	FROM unnest(checks) AS c
	JOIN drift.check_features AS f ON f.check_id = c.check_id AND f.segment = ''
	GROUP BY f.role, f.column_name
$$;

COMMENT ON FUNCTION drift_internal.report_column_history(drift.checks[]) IS 'what checks found in each column';

CREATE OR REPLACE FUNCTION drift_internal.report_segments(check_id bigint, at_most integer) RETURNS TABLE (role text, column_name text, segments jsonb)
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT f.role, f.column_name,
		jsonb_agg(jsonb_build_object('segment', f.segment, 'severity', f.severity, 'effect', f.effect, 'psi', f.psi, 'sentence', f.explanation)
			ORDER BY f.place)
	FROM (
		SELECT i.*, row_number() OVER (PARTITION BY i.role, i.column_name
			ORDER BY drift_internal.severity_rank(i.severity), i.effect DESC NULLS LAST, i.segment) AS place
		FROM drift.check_features AS i
		WHERE i.check_id = report_segments.check_id AND i.segment <> ''
	) AS f
	WHERE f.place <= at_most
	GROUP BY f.role, f.column_name
$$;

COMMENT ON FUNCTION drift_internal.report_segments(bigint, integer) IS 'the worst segments of each column of a check';

CREATE OR REPLACE FUNCTION drift_internal.as_comparison(f drift.check_features) RETURNS drift.comparison
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ROW(f.column_name, f.column_type, f.kind, f.method, f.method_reason, f.statistic, f.statistic_expected, f.statistic_95,
		f.p_value, f.p_value_corrected, f.threshold, f.psi, f.psi_expected, f.psi_95, f.effect, f.effect_low, f.effect_expected, f.effect_95,
		f.severity, f.drifted, f.n_reference, f.n_current, f.missing_reference, f.missing_current, f.mean_reference, f.mean_current,
		f.stddev_reference, f.stddev_current, f.error_bound, f.findings, f.explanation, f.severity_text, f.action_text)::drift.comparison
$$;

COMMENT ON FUNCTION drift_internal.as_comparison(drift.check_features) IS 'what a check found in a column, without the check';

CREATE OR REPLACE FUNCTION drift_internal.report_columns(checked drift.checks, monitor drift.monitors, recent drift.checks[], shows_values boolean)
	RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(drift_internal.report_column(drift_internal.as_comparison(f), f.role, p.sides, h.history, s.segments)
		ORDER BY drift_internal.severity_rank(f.severity), f.role <> 'feature', f.effect DESC NULLS LAST, f.role, f.column_name), '[]')
	FROM drift.check_features AS f
	LEFT JOIN drift_internal.report_column_history(recent) AS h ON h.role = f.role AND h.column_name = f.column_name
	LEFT JOIN drift_internal.report_segments((checked).check_id, 5) AS s ON s.role = f.role AND s.column_name = f.column_name
	LEFT JOIN (
		SELECT * FROM drift_internal.report_profiles(checked, monitor) WHERE shows_values
	) AS p ON p.role = f.role AND p.column_name = f.column_name
	WHERE f.check_id = (checked).check_id AND f.segment = ''
$$;

COMMENT ON FUNCTION drift_internal.report_columns(drift.checks, drift.monitors, drift.checks[], boolean) IS
	'of a report of a check: its columns, the worst first; values of a column only where the reader may see windows';
