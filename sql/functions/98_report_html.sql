-- reports as pages

CREATE OR REPLACE FUNCTION drift_internal.html_columns(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	item jsonb;
	loud text := '';
	quiet text := '';
	n_loud integer := 0;
	n_quiet integer := 0;
BEGIN
	FOR item IN SELECT i FROM drift_internal.json_items(report, 'columns') AS i
	LOOP
		IF item->>'severity' IN ('critical', 'warning') OR (item->>'drifted')::boolean THEN
			n_loud := n_loud + 1;
			loud := loud || drift_internal.html_column(item, false);
		ELSE
			n_quiet := n_quiet + 1;
			quiet := quiet || drift_internal.html_column(item, true);
		END IF;
	END LOOP;
	RETURN concat(
		drift_internal.html_section(CASE n_loud WHEN 1 THEN 'One column changed' ELSE format('%s columns changed', n_loud) END, loud, 'changed'),
		drift_internal.html_section(CASE WHEN n_loud = 0 THEN CASE n_quiet WHEN 1 THEN 'The column' ELSE format('All %s columns', n_quiet) END
			WHEN n_quiet = 1 THEN 'One column without a change that matters' ELSE format('%s columns without a change that matters', n_quiet) END,
			'<div class="card list">' || nullif(quiet, '') || '</div>', 'quiet'));
END
$$;

COMMENT ON FUNCTION drift_internal.html_columns(jsonb) IS 'the columns of a report: those that changed as cards, the others as lines that open';

-- Reports on versions have no columns that would be explained.
CREATE OR REPLACE FUNCTION drift_internal.html_about(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT concat('<details class="card"><summary>How to read this</summary><p><b>Current</b> rows',
			' (' || nullif(drift_internal.html_name(s->>'current', 300), '<bdi></bdi>') || ')', ' are held against <b>reference</b> rows', ' (' || nullif(drift_internal.html_name(s->>'reference', 300), '<bdi></bdi>') || ')',
			', column by column, by the thresholds <b>', drift_internal.html_name(s->>'thresholds'), '</b>.</p><ul>',
			'<li><b>PSI</b> is the population stability index: how far shares of rows have moved between ranges of values or categories. Below 0.1 is usually no news, above 0.25 is much.</li>',
			'<li><b>Effect</b> goes from 0 to 1: how different both sides are, however many rows there are.</li>',
			'<li><b>Chance up to</b> is what the same number of rows without any drift stay below in 95 of 100 cases.</li>',
			'<li><b>p-value</b>: how often chance alone makes a difference as large as this, with all columns taken into account.</li>',
			'<li><b>Drift score</b> is the share of features that changed, weighted by their weights.</li>',
			'<li>That data has changed does not say that the model is wrong. Performance does, once outcomes are known.</li></ul></details>')
		FROM (SELECT report->'subject') AS r (s)
		WHERE report->>'kind' IS DISTINCT FROM 'versions'
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_about(jsonb) IS 'what the words and numbers of a report mean; NULL where it has none of them';

CREATE OR REPLACE FUNCTION drift_internal.html_card_section(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<details class="card"><summary>Model card</summary>' || nullif(drift_internal.html_markdown(left(report->'model_card'->>'markdown', 200000)), '') || '</details>'
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_card_section(jsonb) IS 'the model card of a report, folded; NULL where there is none';

CREATE OR REPLACE FUNCTION drift_internal.html_body(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT concat(
			drift_internal.html_crumbs(report),
			drift_internal.html_verdict(report),
			drift_internal.html_recommendation(report->'recommendation'),
			drift_internal.html_tiles(report),
			drift_internal.html_section('Monitors', drift_internal.html_monitors(report), 'monitors'),
			drift_internal.html_columns(report),
			drift_internal.html_section('Versions', drift_internal.html_versions(report), 'versions'),
			drift_internal.html_section('Tests on the same rows', drift_internal.html_evaluations(report), 'tests'),
			drift_internal.html_section('Performance',
				CASE report->>'kind' WHEN 'versions' THEN drift_internal.html_compared_metrics(report) ELSE drift_internal.html_performance(report) END, 'performance'),
			drift_internal.html_section('What the versions look at', drift_internal.html_importance(report), 'importance'),
			drift_internal.html_section('Outcomes that came in', drift_internal.html_labels(report), 'labels'),
			drift_internal.html_section('Checks so far', drift_internal.html_history(report), 'history'),
			drift_internal.html_section('Alerts', drift_internal.html_alerts(report), 'alerts'),
			drift_internal.html_section('Decisions', drift_internal.html_decisions(report), 'decisions'),
			drift_internal.html_section('Deployments and trainings', drift_internal.html_versions_done(report), 'done'),
			drift_internal.html_section('Jobs', drift_internal.html_jobs(report), 'jobs'),
			drift_internal.html_section('What happened', drift_internal.html_timeline(report), 'timeline'),
			drift_internal.html_section('More', concat(drift_internal.html_card_section(report), drift_internal.html_about(report)), 'more'))
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_body(jsonb) IS 'a report within a page; parts that it does not have are left out';

CREATE OR REPLACE FUNCTION drift.render_html(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF report->>'format' IS DISTINCT FROM 'drift-report' OR report->>'version' IS DISTINCT FROM '1' THEN
		RAISE EXCEPTION 'this is no report'
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('It has format %s, version %s.', coalesce(left(report->>'format', 60), 'none'), coalesce(left(report->>'version', 20), 'none')),
				HINT = 'drift.report_json() makes reports, and drift.reports keeps them.';
	END IF;
	RETURN drift_internal.html_page(coalesce(report->>'title', 'Drift report'), drift_internal.html_body(report));
END
$$;

COMMENT ON FUNCTION drift.render_html(jsonb) IS
	'A report as a page that needs nothing but itself: no script, nothing loaded, light and dark, for paper too. For reports of drift.report_json() and those that drift.reports keeps.';

CREATE OR REPLACE FUNCTION drift.report_html(check_id bigint) RETURNS text
	LANGUAGE plpgsql STABLE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT drift.render_html(drift.report_json(check_id))
	);
END
$$;

COMMENT ON FUNCTION drift.report_html(bigint) IS
	'The report of a check as a page that needs nothing but itself: the verdict in a sentence, what to do, the columns that changed with charts, performance, history, alerts and decisions.';

-- No pinned path: the sources are found by the caller's.
CREATE OR REPLACE FUNCTION drift.report_html(
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
	SELECT drift.render_html(drift.report_json(reference, current, columns, methods, thresholds, mode, sample, seed));
END;

COMMENT ON FUNCTION drift.report_html(text, text, text[], jsonb, text, text, bigint, bigint) IS
	'drift.compare() as a page that needs nothing but itself, with a chart of each column';
