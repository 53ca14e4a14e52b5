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
COMMENT ON COLUMN drift.reports.kind IS 'check, comparison, monitoring or versions, as in the document';

ALTER TABLE drift.reports ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON drift.reports FOR SELECT
	USING (model_id IN (SELECT m.model_id FROM drift.models AS m) OR monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m));
GRANT SELECT ON drift.reports TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.reports_report_id_seq TO PUBLIC;
SELECT pg_extension_config_dump('drift.reports', '');
SELECT pg_extension_config_dump('drift.reports_report_id_seq', '');
