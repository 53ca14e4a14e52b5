-- messages by e-mail: text, the same as a short page, and the report of the check attached
--
-- Programs that show mail have no drawings (SVG) and few styles, so the report is a file to open and not the body.

CREATE OR REPLACE FUNCTION drift_internal.mail_text(message jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN concat_ws(E'\n\n', drift_internal.headline(message), drift_internal.lead(message),
		(SELECT string_agg(drift_internal.one_line(l.line, 1000), E'\n' ORDER BY l.place)
			FROM regexp_split_to_table(left(message ->> 'text', 50000), E'\n') WITH ORDINALITY AS l (line, place)),
		(SELECT string_agg(format('%s: %s', f.label, f.content), E'\n' ORDER BY f.place) FROM drift_internal.fact_lines(message) AS f)) || E'\n';
END
$$;

COMMENT ON FUNCTION drift_internal.mail_text(jsonb) IS 'a message as plain text';

-- Styles in the elements, since many programs drop style sheets.
CREATE OR REPLACE FUNCTION drift_internal.mail_html(message jsonb, is_attached boolean) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	headline CONSTANT text := drift_internal.html_text(drift_internal.headline(message));
	lead CONSTANT text := drift_internal.lead(message);
BEGIN
	RETURN format(E'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>%s</title></head>\n'
			'<body style="margin:0;padding:24px;font-family:system-ui,-apple-system,''Segoe UI'',Roboto,Arial,sans-serif;color:#1b1f24;background:#ffffff">\n'
			'<div style="max-width:640px;border-left:6px solid %s;padding:4px 0 4px 16px">\n<h1 style="font-size:20px;line-height:1.3;margin:0 0 12px">%s</h1>\n'
			'%s%s\n<table style="border-collapse:collapse;font-size:14px;margin:16px 0">\n%s\n</table>\n%s</div>\n</body></html>\n',
		headline,
		CASE WHEN message ->> 'status' IN ('resolved', 'info', 'test') THEN '#1a7f37' WHEN message ->> 'severity' = 'critical' THEN '#c0262d' ELSE '#b35900' END,
		headline,
		CASE WHEN lead IS NOT NULL THEN format(E'<p style="font-size:17px;line-height:1.45;margin:0 0 12px">%s</p>\n', drift_internal.html_text(lead)) END,
		(SELECT string_agg(format('<p style="font-size:15px;line-height:1.5;margin:0 0 8px">%s</p>',
				drift_internal.html_text(drift_internal.one_line(l.line, 1000))), E'\n' ORDER BY l.place)
			FROM regexp_split_to_table(left(message ->> 'text', 50000), E'\n') WITH ORDINALITY AS l (line, place) WHERE l.line <> ''),
		(SELECT string_agg(format('<tr><th scope="row" style="text-align:left;vertical-align:top;padding:3px 16px 3px 0;color:#57606a;font-weight:600">%s</th>'
				'<td style="padding:3px 0">%s</td></tr>', f.label, drift_internal.html_text(f.content)), E'\n' ORDER BY f.place)
			FROM drift_internal.fact_lines(message) AS f),
		CASE WHEN is_attached THEN E'<p style="font-size:13px;color:#57606a">The attached report opens in any browser.</p>\n' END);
END
$$;

COMMENT ON FUNCTION drift_internal.mail_html(jsonb, boolean) IS 'a message as a short page';

CREATE OR REPLACE FUNCTION drift_internal.kept_document(report_id bigint, reader regrole) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r.report
	FROM drift.reports AS r
	LEFT JOIN drift.models AS m ON m.model_id = r.model_id AND m.deleted_at IS NULL
	LEFT JOIN drift.monitors AS w ON w.monitor_id = r.monitor_id
	WHERE r.report_id = kept_document.report_id
		AND CASE r.kind WHEN 'check' THEN pg_has_role(reader, w.owner, 'USAGE') ELSE drift_internal.reads_model(m, reader) END
$$;

COMMENT ON FUNCTION drift_internal.kept_document(bigint, regrole) IS 'a report that was kept, for a role; NULL where that may not see it';

-- A report that cannot be made is no reason for silence. It has what the role may see that the mail is sent for.
CREATE OR REPLACE FUNCTION drift_internal.mail_report(message jsonb, reader regrole) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	report_id CONSTANT bigint := jsonb_path_query_first(message, '$.events[*].payload.report_id ? (@.type() == "number")');
	page text;
BEGIN
	IF report_id IS NOT NULL THEN
		page := drift.render_html(drift_internal.kept_document(report_id, reader));
	ELSIF jsonb_typeof(message -> 'check_id') = 'number' THEN
		page := drift.render_html(drift_internal.check_document((message ->> 'check_id')::bigint, reader));
	END IF;
	RETURN CASE WHEN page IS NULL THEN '[]'
		ELSE jsonb_build_array(jsonb_build_object('name', 'report.html', 'type', 'text/html; charset=utf-8', 'body', page)) END;
EXCEPTION WHEN OTHERS THEN
	RETURN '[]';
END
$$;

COMMENT ON FUNCTION drift_internal.mail_report(jsonb, regrole) IS 'the report that a message is about, to attach; nothing where there is none';

CREATE OR REPLACE FUNCTION drift_internal.mail_request(message jsonb, settings jsonb, reader regrole) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	attachments CONSTANT jsonb := drift_internal.mail_report(message, reader);
BEGIN
	RETURN jsonb_build_object('from', settings ->> 'from',
		'to', to_jsonb(regexp_split_to_array(btrim(settings ->> 'to'), '\s*,\s*')),
		'subject', drift_internal.one_line(concat_ws(' ', format('[%s]', CASE message ->> 'status' WHEN 'firing' THEN message ->> 'severity' ELSE message ->> 'status' END),
			coalesce(message ->> 'title', 'drift')), 200),
		'text', drift_internal.mail_text(message), 'html', drift_internal.mail_html(message, attachments <> '[]'), 'attachments', attachments);
END
$$;

COMMENT ON FUNCTION drift_internal.mail_request(jsonb, jsonb, regrole) IS 'a mail about a message: from, to, subject, text, page and report';
