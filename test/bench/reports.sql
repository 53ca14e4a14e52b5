-- What people wait for: the report of a check, the dashboard, and what a scrape of all metrics costs.
\set models 200
\ir report_data.sql

CREATE TABLE figures (figure text, size integer, ms numeric);

-- The median of seven runs after one to warm up.
CREATE PROCEDURE measure(figure text, query text) LANGUAGE plpgsql AS $$
DECLARE
	started timestamptz;
	times numeric[] := '{}';
	size integer;
BEGIN
	FOR i IN 0..7 LOOP
		started := clock_timestamp();
		EXECUTE query INTO size;
		times := times || (extract(epoch FROM clock_timestamp() - started) * 1000)::numeric;
	END LOOP;
	INSERT INTO figures SELECT figure, size, percentile_disc(0.5) WITHIN GROUP (ORDER BY t) FROM unnest(times[2:]) AS t;
END
$$;

SELECT max(c.check_id) AS fifty FROM drift.checks AS c JOIN drift.monitors AS m USING (monitor_id) WHERE m.name = 'fifty' \gset
CREATE TABLE report AS SELECT drift.report_json(:fifty) AS document;
CALL measure('report_json of 50 features', 'SELECT length(drift.report_json(' || :fifty || ')::text)');
CALL measure('render_html of 50 features', 'SELECT length(drift.render_html(document)) FROM report');
CALL measure('report_html of 50 features', 'SELECT length(drift.report_html(' || :fifty || '))');
CALL measure('dashboard_html of ' || :models || ' models', 'SELECT length(drift.dashboard_html())');
CALL measure('prometheus_metrics of ' || :models || ' models, 30 features', 'SELECT length(drift.prometheus_metrics())');

SELECT figure, size AS bytes, round(ms, 1) AS ms FROM figures;
