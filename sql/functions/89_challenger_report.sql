-- an evaluation as a page

CREATE OR REPLACE FUNCTION drift_internal.evaluation_metric_lines(metrics jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT E'| metric | champion | challenger | better by | interval | p |\n|---|---|---|---|---|---|\n'
		|| string_agg(format('| %s | %s | %s | %s | %s to %s | %s |', key, drift_internal.number_text((value->>'champion')::float8),
			drift_internal.number_text((value->>'challenger')::float8), drift_internal.number_text((value->>'difference')::float8),
			drift_internal.number_text((value->>'low')::float8), drift_internal.number_text((value->>'high')::float8),
			drift_internal.number_text((value->>'p_value')::float8)), E'\n' ORDER BY key)
	FROM jsonb_each(metrics)
$$;

COMMENT ON FUNCTION drift_internal.evaluation_metric_lines(jsonb) IS 'metrics of both versions as a table in Markdown';

CREATE OR REPLACE FUNCTION drift_internal.evaluation_segment_lines(segments jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT E'\n\n## Segments\n\n| segment | n | champion | challenger | better by | p, corrected |\n|---|---|---|---|---|---|\n'
		|| string_agg(format('| %s | %s | %s | %s | %s | %s |', replace(s->>'segment', '|', '\|'), coalesce(s->>'n', '0'),
			drift_internal.number_text((s->>'champion')::float8), drift_internal.number_text((s->>'challenger')::float8),
			drift_internal.number_text((s->>'difference')::float8), drift_internal.number_text((s->>'p_value_adjusted')::float8)), E'\n' ORDER BY ordinality)
	FROM jsonb_array_elements(segments) WITH ORDINALITY AS u (s, ordinality)
$$;

COMMENT ON FUNCTION drift_internal.evaluation_segment_lines(jsonb) IS 'segments of an evaluation as a section in Markdown; NULL without any';

CREATE OR REPLACE FUNCTION drift_internal.evaluation_fairness_lines(fairness jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT E'\n\n## Fairness\n\n| disparity | champion | challenger | verdict |\n|---|---|---|---|\n'
		|| string_agg(format('| %s | %s | %s | %s |', c->>'metric', drift_internal.number_text((o->>'value')::float8),
			drift_internal.number_text((c->>'value')::float8), c->>'verdict'), E'\n' ORDER BY ordinality)
	FROM jsonb_array_elements(fairness->'challenger') WITH ORDINALITY AS u (c, ordinality)
	LEFT JOIN jsonb_array_elements(fairness->'champion') AS o ON o->>'metric' = c->>'metric'
$$;

COMMENT ON FUNCTION drift_internal.evaluation_fairness_lines(jsonb) IS 'fairness of both versions as a section in Markdown; NULL where it was not measured';

CREATE OR REPLACE FUNCTION drift.evaluation_report(evaluation_id bigint) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	e drift.evaluations;
	called text;
	period text;
BEGIN
	SELECT * INTO e FROM drift.evaluations AS v WHERE v.evaluation_id = evaluation_report.evaluation_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no evaluation %', evaluation_id
			USING ERRCODE = 'undefined_object', HINT = 'drift.evaluations lists those that you may see.';
	END IF;
	called := CASE e.method WHEN 'held_out' THEN 'rows' ELSE 'predictions' END;
	period := format('from %s to %s', coalesce(lower(e.span)::text, 'the beginning'), coalesce(upper(e.span)::text, 'the end'));
	RETURN format(E'# %s: %s against champion %s\n\n**%s**: %s.\n\n',
			(SELECT m.name FROM drift.models AS m WHERE m.model_id = e.model_id), coalesce('version ' || e.challenger_version, format('trial %s of run %s', e.trial, e.run_id)), e.champion_version, e.verdict,
			CASE WHEN e.deploy THEN 'the challenger may take over' ELSE 'the champion stays' END)
		|| CASE e.method WHEN 'held_out' THEN format('Both scored the %s rows %s that run %s held out.', e.n, period, e.run_id)
			ELSE format('%s predictions with outcomes %s, by %s.', e.n, period, e.method) END
		|| format(E' Primary metric %s, %s.\n\n', e.metric, e.test)
		|| CASE WHEN e.power IS NULL THEN '' ELSE format(E'The test finds the demanded improvement with probability %s; 80 %% needs %s %s.\n\n',
			drift_internal.percent_text(e.power), e.rows_needed, called) END
		|| E'## Conditions\n\n' || (SELECT string_agg(format('- %s: %s', value->>'verdict', value->>'text'), E'\n' ORDER BY value->>'verdict' <> 'fail', key) FROM jsonb_each(e.terms))
		|| E'\n\n## Metrics\n\n' || drift_internal.evaluation_metric_lines(e.metrics)
		|| coalesce(drift_internal.evaluation_segment_lines(e.segments), '') || coalesce(drift_internal.evaluation_fairness_lines(e.fairness), '')
		|| format(E'\n\nEvaluated by %s at %s.\n', e.evaluated_by, e.evaluated_at);
END
$$;

COMMENT ON FUNCTION drift.evaluation_report(bigint) IS 'an evaluation as a page in Markdown: verdict, every condition, metrics of both versions, segments and fairness';
