-- reports that are kept

CREATE TABLE drift.reports (
	report_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind text NOT NULL,
	model_id integer,
	monitor_id integer,
	check_id bigint,
	during tstzrange,
	report jsonb NOT NULL,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL
);

CREATE INDEX reports_model_id ON drift.reports (model_id, report_id DESC);

COMMENT ON TABLE drift.reports IS 'reports that were kept, as documents of the format drift-report; drift.report_html() and its like turn them into pages';
COMMENT ON COLUMN drift.reports.kind IS 'check or monitoring, as in the document';
COMMENT ON COLUMN drift.reports.during IS 'time that it is about';
COMMENT ON COLUMN drift.reports.report IS 'the document; drift.render_html(), drift.render_text() and drift.render_markdown() show it';

ALTER TABLE drift.reports ENABLE ROW LEVEL SECURITY;
-- Reports of checks have values of columns, as windows do.
CREATE POLICY visible ON drift.reports FOR SELECT
	USING (CASE WHEN kind = 'check' THEN monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m WHERE pg_has_role(m.owner, 'USAGE'))
		ELSE model_id IN (SELECT m.model_id FROM drift.models AS m) END);
GRANT SELECT ON drift.reports TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.reports_report_id_seq TO PUBLIC;
SELECT pg_extension_config_dump('drift.reports', '');
SELECT pg_extension_config_dump('drift.reports_report_id_seq', '');
