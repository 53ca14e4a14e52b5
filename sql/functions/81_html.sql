-- pages: text as HTML, and what every page has

CREATE OR REPLACE FUNCTION drift_internal.html_text(content text) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_html_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.html_text(text) IS
	'text that a page shows as it is, between tags or in an attribute in double quotes; characters that no page may have are replaced, and NULL is empty';

CREATE OR REPLACE FUNCTION drift_internal.html_name(name text, most integer DEFAULT 120) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_html_name' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.html_name(text, integer) IS
	'a name that somebody chose, within a sentence: whichever way it is written it turns nothing around it, and what is longer than most is cut';

CREATE OR REPLACE FUNCTION drift_internal.html_severity(severity text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN
	CASE
		WHEN severity IN ('critical', 'error', 'failed', 'dead', 'high', 'rolled_back') THEN 'critical'
		WHEN severity IN ('warning', 'firing', 'paused', 'medium', 'fail') THEN 'warning'
		WHEN severity IN ('ok', 'resolved', 'succeeded', 'sent', 'done', 'pass') THEN 'ok'
		ELSE 'unknown'
	END;

COMMENT ON FUNCTION drift_internal.html_severity(text) IS 'class of the style sheet for a severity or a status';

CREATE OR REPLACE FUNCTION drift_internal.html_badge(severity text, words text DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN concat('<span class="badge ',
		drift_internal.html_severity(severity),
		'">',
		drift_internal.html_text(left(coalesce(words,
			CASE severity
				WHEN 'ok' THEN 'fine'
				WHEN 'insufficient_data' THEN 'too few rows'
				WHEN 'skipped' THEN 'not judged'
				ELSE coalesce(replace(severity, '_', ' '), 'unknown')
			END), 60)),
		'</span>');
END
$$;

COMMENT ON FUNCTION drift_internal.html_badge(text, text) IS
	'a severity or a status as a label whose colour and sign agree; words: what it says instead of the usual';

CREATE OR REPLACE FUNCTION drift_internal.html_page(title text, body text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	-- The policy lets nothing be loaded and nothing run, whatever the body has.
	SELECT concat('<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src ''none''; style-src ''unsafe-inline''; img-src data:; base-uri ''none''; form-action ''none''">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>', drift_internal.html_text(left(title, 200)), '</title>
<link rel="icon" href="data:,">
<style>
', drift_internal.html_style(), '</style>
</head>
<body>
<main>
', body, '
</main>
<footer>Made by drift ', (SELECT drift_internal.html_text(e.extversion) FROM pg_extension AS e WHERE e.extname = 'drift'), ' in database ', drift_internal.html_name(current_database()),
		' on ', to_char(statement_timestamp() AT TIME ZONE 'UTC', 'FMDD FMMonth YYYY, HH24:MI'), ' UTC</footer>
</body>
</html>
')
$$;

COMMENT ON FUNCTION drift_internal.html_page(text, text) IS
	'a page with everything it needs: the title is text, the body is HTML, of classes of drift_internal.html_style()';

CREATE OR REPLACE FUNCTION drift_internal.svg_sparkline(
	"values" float8[],
	title text DEFAULT NULL,
	low float8 DEFAULT NULL,
	high float8 DEFAULT NULL,
	bound float8 DEFAULT NULL)
	RETURNS text
	AS 'MODULE_PATHNAME', 'drift_svg_sparkline' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.svg_sparkline(float8[], text, float8, float8, float8) IS
	'numbers in the order of time as a small line, with gaps where they are NULL and a dot at the last; low and high: what the height shows at least when the numbers should not decide that, bound: a line to hold them against. Without a title it is hidden from those who hear the page; NULL without numbers';
