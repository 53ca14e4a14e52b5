-- reports as text, for a console, a log or a message

-- Names are what users made them: nothing in them may end a line, move a cursor or turn the direction of writing.
CREATE OR REPLACE FUNCTION drift_internal.plain_line(content text, at_most integer DEFAULT 500) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN length(s.line) > at_most THEN left(s.line, at_most - 1) || drift_internal.sign(8230, '.') ELSE s.line END
	FROM (SELECT regexp_replace(translate(content, drift_internal.direction_marks(), ''), '[[:cntrl:]\s]+', ' ', 'g')) AS s (line)
$$;

COMMENT ON FUNCTION drift_internal.plain_line(text, integer) IS
	'text as one line without control characters, cut to so many characters';

CREATE OR REPLACE FUNCTION drift_internal.sign_of(severity text, drifted boolean DEFAULT NULL) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN drifted OR severity IN ('warning', 'critical') THEN drift_internal.sign(9888, '[!]') || drift_internal.sign(65039, '')
			WHEN severity = 'error' THEN drift_internal.sign(10060, '[x]')
			WHEN NOT drifted OR severity = 'ok' THEN drift_internal.sign(9989, '[ok]')
			ELSE drift_internal.sign(10134, '[-]') END
$$;

COMMENT ON FUNCTION drift_internal.sign_of(text, boolean) IS 'a warning sign, a check mark or a dash for a severity, and for whether a column drifted';

CREATE OR REPLACE FUNCTION drift_internal.number_of(value jsonb, pattern text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE jsonb_typeof(value) WHEN 'number' THEN to_char(value::float8, pattern) WHEN 'string' THEN value #>> '{}' END
$$;

COMMENT ON FUNCTION drift_internal.number_of(jsonb, text) IS 'a number of a report in a pattern of to_char(); NULL where there is none';

-- The p-value to four places, as notebooks print it; PSI and effect with what they exceed in 5 % of cases without drift.
CREATE OR REPLACE FUNCTION drift_internal.column_line(c jsonb, width integer) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('%s %s %s  psi %s (chance to %s)  effect %s (chance to %s)  %s  %s',
		drift_internal.sign_of(NULL, (c ->> 'drifted')::boolean),
		rpad(drift_internal.plain_line(c ->> 'name', width) || ':', width + 1),
		rpad(coalesce('p-value = ' || drift_internal.number_of(c -> 'p_value_corrected', 'FM0.0000'), ''), 16),
		lpad(coalesce(drift_internal.number_of(c -> 'psi', 'FM9990.000'), '-'), 7),
		coalesce(drift_internal.number_of(c -> 'psi_95', 'FM9990.000'), '-'),
		lpad(coalesce(drift_internal.number_of(c -> 'effect', 'FM0.000'), '-'), 5),
		coalesce(drift_internal.number_of(c -> 'effect_95', 'FM0.000'), '-'),
		rpad(c ->> 'severity', 17),
		drift_internal.plain_line(c ->> 'sentence', 2000))
$$;

COMMENT ON FUNCTION drift_internal.column_line(jsonb, integer) IS 'a column of a report as a line of text';

CREATE OR REPLACE FUNCTION drift_internal.column_lines(columns jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(drift_internal.column_line(u.c, u.width), E'\n' ORDER BY u.ordinality)
	FROM (
		SELECT c, ordinality, least(max(length(drift_internal.plain_line(c ->> 'name'))) OVER (), 63) AS width
		FROM jsonb_array_elements(columns) WITH ORDINALITY AS e (c, ordinality)
	) AS u
$$;

COMMENT ON FUNCTION drift_internal.column_lines(jsonb) IS 'columns of a report as aligned lines; NULL without columns';

CREATE OR REPLACE FUNCTION drift_internal.verdict_line(report jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN report ->> 'kind' = 'versions' THEN NULL
			WHEN (v ->> 'drift_detected')::boolean THEN drift_internal.sign_of('warning') || ' Data drift detected!'
			WHEN v ->> 'severity' = 'error' THEN drift_internal.sign_of('error') || ' The check could not be run.'
			WHEN v ->> 'severity' IN ('warning', 'critical') AND report ->> 'kind' <> 'comparison' THEN drift_internal.sign_of('warning') || ' Attention needed.'
			WHEN NOT (v ->> 'drift_detected')::boolean OR v ->> 'severity' = 'ok' THEN drift_internal.sign_of('ok') || ' No drift detected. No action needed.'
			ELSE drift_internal.sign_of(NULL) || ' Not enough data to tell.' END
	FROM (SELECT report -> 'verdict') AS t (v)
$$;

COMMENT ON FUNCTION drift_internal.verdict_line(jsonb) IS 'the verdict of a report as a headline; NULL for one on versions';

CREATE OR REPLACE FUNCTION drift_internal.score_line(report jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat_ws(', ', format('%s of %s columns drifted', v ->> 'n_drifted_features', v ->> 'n_features'),
			'drift score ' || coalesce(drift_internal.number_of(v -> 'drift_score', 'FM0.0000'), '-'), 'thresholds ' || (report #>> '{subject,thresholds}'))
	FROM (SELECT report -> 'verdict') AS t (v)
	WHERE v ->> 'n_drifted_features' IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.score_line(jsonb) IS 'how much of a report drifted; NULL where that is not known';

CREATE OR REPLACE FUNCTION drift_internal.text_part(title text, lines text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN lines <> '' THEN E'\n' || title || E'\n' || lines END;

COMMENT ON FUNCTION drift_internal.text_part(text, text) IS 'a part of a report as text; NULL where it is empty';

CREATE OR REPLACE FUNCTION drift_internal.listed_lines(items jsonb, says text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg('  ' || concat_ws('  ', CASE WHEN o ? 'severity' THEN drift_internal.sign_of(o ->> 'severity') END, (
			SELECT string_agg(drift_internal.plain_line(
				CASE WHEN k.key IN ('at', 'as_of') OR k.key LIKE '%\_at' THEN replace(left(o ->> k.key, 16), 'T', ' ') ELSE o ->> k.key END), '  ' ORDER BY k.ordinality)
			FROM unnest(says) WITH ORDINALITY AS k (key))), E'\n' ORDER BY e.ordinality)
	FROM jsonb_array_elements(CASE jsonb_typeof(items) WHEN 'array' THEN items END) WITH ORDINALITY AS e (o)
$$;

COMMENT ON FUNCTION drift_internal.listed_lines(jsonb, text[]) IS 'objects of a report as lines, each with the values of some keys; NULL without objects';

-- A model has some twenty metrics, of which two or three are judged by default.
CREATE OR REPLACE FUNCTION drift_internal.judged_metrics(metrics jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(m ORDER BY ordinality) FILTER (WHERE m ->> 'severity' IS DISTINCT FROM 'skipped'), jsonb_agg(m ORDER BY ordinality))
	FROM jsonb_array_elements(CASE jsonb_typeof(metrics) WHEN 'array' THEN metrics END) WITH ORDINALITY AS e (m)
$$;

COMMENT ON FUNCTION drift_internal.judged_metrics(jsonb) IS 'metrics of a report that have a verdict, or all where none has';

CREATE OR REPLACE FUNCTION drift_internal.metric_lines(metrics jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format('  %s %s%s: %s', drift_internal.sign_of(m ->> 'severity'), drift_internal.plain_line(m ->> 'metric', 63),
			CASE WHEN m ->> 'kind' = 'estimated' THEN ' (estimated)' ELSE '' END,
			coalesce(drift_internal.plain_line(m ->> 'sentence'), drift_internal.number_of(m -> 'value', 'FM999990.0000'), '-')), E'\n' ORDER BY ordinality)
	FROM jsonb_array_elements(drift_internal.judged_metrics(metrics)) WITH ORDINALITY AS e (m)
$$;

COMMENT ON FUNCTION drift_internal.metric_lines(jsonb) IS 'metrics of a report as lines; NULL without metrics';

CREATE OR REPLACE FUNCTION drift_internal.recommendation_lines(recommendation jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat_ws(E'\n',
		'  ' || replace(concat_ws(', strategy: ', recommendation ->> 'action', nullif(recommendation ->> 'strategy', 'none')), '_', ' '),
		(SELECT string_agg('  - ' || drift_internal.plain_line(r), E'\n' ORDER BY ordinality)
		FROM jsonb_array_elements_text(recommendation -> 'reasons') WITH ORDINALITY AS e (r)))
	WHERE jsonb_typeof(recommendation) = 'object'
$$;

COMMENT ON FUNCTION drift_internal.recommendation_lines(jsonb) IS 'the recommendation of a report as lines; NULL without one';

CREATE OR REPLACE FUNCTION drift_internal.subject_line(report jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.plain_line(concat_ws(', ', report ->> 'title',
		CASE WHEN report ->> 'kind' <> 'versions' THEN 'version ' || (s ->> 'version') END, 'monitor ' || (s ->> 'monitor'),
		CASE WHEN s ->> 'current' IS NOT NULL THEN concat_ws(' against ', s ->> 'current', s ->> 'reference')
			ELSE format('%s to %s', left(report #>> '{span,from}', 10), left(report #>> '{span,to}', 10)) END))
	FROM (SELECT report -> 'subject') AS t (s)
$$;

COMMENT ON FUNCTION drift_internal.subject_line(jsonb) IS 'what a report is about';

-- Something that was written by a later release, or by hand, may lack what this one expects: what is missing is left out.
CREATE OR REPLACE FUNCTION drift_internal.check_report(report jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF report ->> 'format' IS DISTINCT FROM 'drift-report' OR report ->> 'version' IS DISTINCT FROM '1' THEN
		RAISE EXCEPTION 'this is no report of the format drift-report, version 1'
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('Its format is %s, its version %s.', coalesce(report -> 'format', 'null'), coalesce(report -> 'version', 'null')),
				HINT = 'drift.report_json() makes one, drift.reports keeps some.';
	END IF;
	RETURN report;
END
$$;

COMMENT ON FUNCTION drift_internal.check_report(jsonb) IS 'the document, or an error: that it is no report';

CREATE OR REPLACE FUNCTION drift.render_text(report jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE r ->> 'kind'
			WHEN 'comparison' THEN concat_ws(E'\n', drift_internal.verdict_line(r), drift_internal.score_line(r), '',
				drift_internal.column_lines(r -> 'columns'))
			ELSE concat_ws(E'\n', drift_internal.verdict_line(r), drift_internal.score_line(r), drift_internal.subject_line(r),
				drift_internal.plain_line(r #>> '{verdict,sentence}', 5000),
				drift_internal.text_part('What to do', drift_internal.recommendation_lines(r -> 'recommendation')),
				drift_internal.text_part('Versions', drift_internal.listed_lines(r -> 'versions', '{version,sentence}')),
				drift_internal.text_part('Monitors', drift_internal.listed_lines(r -> 'monitors', '{name,as_of,sentence}')),
				drift_internal.text_part('Columns', drift_internal.column_lines(r -> 'columns')),
				drift_internal.text_part('Performance', drift_internal.metric_lines(r -> 'performance')),
				drift_internal.text_part('Alerts', drift_internal.listed_lines(r -> 'alerts', '{severity,status,raised_at,title}')),
				drift_internal.text_part('What happened', drift_internal.listed_lines(r -> 'timeline', '{at,kind,sentence}'))) END
	FROM drift_internal.check_report(report) AS r
$$;

COMMENT ON FUNCTION drift.render_text(jsonb) IS 'a report, a document of the format drift-report, as text with one line for each column';
