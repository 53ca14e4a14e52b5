-- Pages: whatever names hold is text on them, plots say what numbers say, and documents from anywhere do no harm.
BEGIN;
SELECT plan(53);

-- text
SELECT is(drift_internal.html_text('<a href="x">it''s & more</a>'), '&lt;a href=&quot;x&quot;&gt;it&#39;s &amp; more&lt;/a&gt;', 'markup is text');
SELECT is(drift_internal.html_text(NULL), '', 'nothing is empty');
SELECT is(drift_internal.html_text(E'a\tb\nc'), E'a\tb\nc', 'white space stays');
SELECT is(drift_internal.html_text(E'a\x01\x1b\x7f' || U&'\0085\FFFE\FDD0\+01FFFF' || 'ß€😀'), 'a' || repeat('&#65533;', 7) || 'ß€😀', 'what no page may have is replaced, and nothing else');
SELECT is(drift_internal.html_name(U&'\202E' || 'gnp.exe'), '<bdi>' || U&'\202E' || 'gnp.exe</bdi>', 'a name that turns its direction does so alone');
SELECT is(drift_internal.html_name(repeat('ä', 10000), 5), '<bdi>äääää&#8230;</bdi>', 'a long name is cut between letters');
SELECT is(drift_internal.html_name(NULL), '<bdi></bdi>', 'no name');
SELECT is(drift_internal.html_badge('critical'), '<span class="badge critical">critical</span>', 'a badge');
SELECT is(drift_internal.html_badge('insufficient_data'), '<span class="badge unknown">too few rows</span>', 'a badge in words');
SELECT is(drift_internal.html_badge('"><script>'), '<span class="badge unknown">&quot;&gt;&lt;script&gt;</span>', 'a badge of anything');
SELECT is(drift_internal.html_badge(NULL), '<span class="badge unknown">unknown</span>', 'a badge of nothing');
SELECT is(drift_internal.html_sentence('values are higher'), 'Values are higher', 'a sentence begins with a capital');
SELECT is(drift_internal.html_sentence('roc_auc 0.8, was 0.9'), 'roc_auc 0.8, was 0.9', 'a name does not');

-- numbers
SELECT is(ARRAY[drift_internal.html_number(NULL), drift_internal.html_number(0.123456), drift_internal.html_number(1234567)], '{&#8211;,0.1235,"1,234,567"}', 'numbers');
SELECT is(ARRAY[drift_internal.html_share(NULL), drift_internal.html_share(0.5), drift_internal.html_share(0.00001), drift_internal.html_share(0)], '{&#8211;,50 %,&lt; 0.1 %,0 %}', 'shares');
SELECT is(ARRAY[drift_internal.html_p_value(1e-9), drift_internal.html_p_value(0.034), drift_internal.html_p_value(NULL)], '{&lt; 0.0001,0.0340,&#8211;}', 'p-values');
SELECT is(drift_internal.html_time('2026-01-05T12:30:00+02:00'), '<time datetime="2026-01-05T10:30:00Z">5 Jan 2026, 10:30</time>', 'a time');
SELECT is(drift_internal.html_time('<b>'), '<bdi>&lt;b&gt;</bdi>', 'what is no time is text');

-- lines
SELECT is(drift_internal.svg_sparkline('{1,2,NULL,3}', 'a "line"'),
	'<svg class="spark" viewBox="0 0 400 120" preserveAspectRatio="none" role="img"><title>a &quot;line&quot;</title><path class="line" d="M0 113.3h0L133.3 60M400 6.7h0"/><path class="dot" d="M400 6.7h0"/></svg>',
	'a line with a gap');
SELECT is(drift_internal.svg_sparkline('{}'), NULL, 'no line without numbers');
SELECT is(drift_internal.svg_sparkline('{NaN,Infinity,NULL}'), NULL, 'nor of numbers that are none');
SELECT ok(drift_internal.svg_sparkline('{1e308,-1e308,5e-324}', bound => 0) LIKE '%aria-hidden%class="bound"%', 'numbers of any size, with a bound');
SELECT is(drift_internal.svg_series('{0,86400}', '{1,2}', '{ok,critical}', 'x', 0), drift_internal.svg_series('{0,86400,NULL}', '{1,2,3}', '{ok,critical,NULL}', 'x', 0), 'a time that is none has no dot');
SELECT ok(drift_internal.svg_series('{0,86400}', '{1,2}', '{ok,critical}', 'x', 0) LIKE '%<path class="dots ok" d="M0 60h0"/><path class="dots warning" d=""/><path class="dots critical" d="M400 0h0"/>%1970-01-01%1970-01-02%',
	'dots in the colours of severities, and times below');
SELECT is(drift_internal.svg_series('{}', '{}', NULL, 'x'), NULL, 'no times, no plot');

-- distributions
SELECT is(drift_internal.svg_histogram('{"edges": [0, 1, 2], "reference": [0.5, 0.5], "current": [0, 1]}', 'h'),
	'<div class="frame"><span>100 %</span><span>50 %</span><span>0 %</span><svg class="plot" viewBox="0 0 400 120" preserveAspectRatio="none" role="img"><title>h</title>'
	'<path class="grid-line" d="M0 0h400 M0 60h400"/><path class="reference-area" d="M0 120L0 60L200 60L200 60L400 60L400 120Z"/>'
	'<path class="current-area" d="M0 120L0 120L200 120L200 0L400 0L400 120Z"/><path class="current-line" d="M0 120L0 120L200 120L200 0L400 0L400 120"/>'
	'<path class="reference-line" d="M0 120L0 60L200 60L200 60L400 60L400 120"/></svg>'
	'<p class="axis"><span>0.0</span><span>0.5</span><span>1.0</span><span>1.5</span><span>2.0</span></p></div>', 'a histogram');
SELECT ok(drift_internal.svg_histogram('{"edges": [0, 1, 3], "reference": [0.5, 0.5], "current": [0.5, 0.5]}', 'h') LIKE '%d="M0 120L0 7.5L133.3 7.5L133.3 63.8L400 63.8L400 120Z"%',
	'areas are shares: a bin that is twice as wide is half as high');
SELECT ok(drift_internal.svg_histogram('{"edges": [0, 1, 3], "reference": [0.5, 0.5]}', 'h') NOT LIKE '%<span>50 %', 'heights are no shares then');
SELECT ok(drift_internal.svg_histogram('{"edges": ["-Infinity", 0, 1, "Infinity"], "reference": [0.1, 0.8, 0.1], "current": [0, 0, 1]}', 'h') LIKE '%<span>-1.0</span>%<span>2.0</span></p>%',
	'bins without an end');
SELECT ok(drift_internal.svg_histogram('{"labels": ["2026-01-01", "2026-01-02", "<b>"], "reference": [0.1, 0.8, 0.1], "current": [0, 0, 1]}', 'h') LIKE '%<span>2026-01-01</span><span>2026-01-02</span><span>&lt;b&gt;</span>%',
	'bins with names');
SELECT ok(drift_internal.svg_histogram('{"edges": [0, 1, 2], "reference": [0.5, 0.5]}', 'h') NOT LIKE '%current%', 'one side alone');
SELECT is(drift_internal.svg_histogram(document, 'h'), NULL, 'no histogram: ' || document::text)
FROM unnest(ARRAY['{}', '[]', '7', '{"edges": 5}', '{"edges": [0, 1], "reference": [1, 2, 3]}', '{"edges": [2, 1], "reference": [1]}', '{"edges": ["x", {}, null], "reference": [1, 1]}',
	'{"edges": [0, 1]}', '{"labels": "a", "reference": [1]}']::jsonb[]) AS document;
SELECT ok(drift_internal.svg_cumulative('{"x": [0, 1, 2], "reference": [0, 0.5, 1], "current": [0, 0.25, 1]}', 'c') LIKE '%class="gap" d="M200 60L200 90"%', 'the largest gap is marked');
SELECT is(drift_internal.svg_cumulative('{"x": [0, 1, 2], "reference": [0, 0.5]}', 'c'), NULL, 'no curve where numbers are missing');
SELECT ok(drift_internal.svg_density('{"x": [0, 1, 2], "reference": [0, 0.5, 0], "current": [0, 1, null]}', 'd') LIKE '%current-area%', 'densities');
SELECT ok(drift_internal.html_bars('{"labels": ["<i>", "b"], "reference": [0.2, 0.8], "current": [0.6, 0.4]}') LIKE '%<bdi>&lt;i&gt;</bdi>%width:25.0%%width:75.0%%20 % &#8594; <b>60 %</b>%', 'bars of categories');
SELECT ok(drift_internal.html_bars(jsonb_build_object('labels', array_agg('c' || i), 'reference', array_agg(0.05), 'current', array_agg(0.05))) LIKE '%9 others%45 % &#8594;%', 'those after the eleventh are one bar')
FROM generate_series(1, 20) AS i;

-- cards
SELECT is(drift_internal.html_markdown(E'# A \\<b\\>\n\ntext <i>\nmore\n\n- one\n- two\n\n| a | b |\n|---|---|\n| x\\|y | 2 |\n'),
	E'<h3>A &lt;b&gt;</h3>\n<p>text &lt;i&gt;\n<br>more\n</p>\n<ul><li>one</li>\n<li>two</li>\n</ul>\n<div class="scroll" tabindex="0"><table><thead><tr><th>a</th><th>b</th></tr>\n</thead><tbody>\n<tr><td>x|y</td><td>2</td></tr>\n</tbody></table></div>',
	'markdown');

-- pages
SELECT throws_ok($$SELECT drift.render_html('{"format": "x"}')$$, '22023', 'this is no report');
SELECT throws_ok($$SELECT drift.render_html('[]')$$, '22023', 'this is no report');
SELECT ok(drift.render_html('{"format": "drift-report", "version": 1}') LIKE '<!DOCTYPE html>%</html>%', 'a report without anything is a page');
SELECT ok(drift.render_html('{"format": "drift-report", "version": 1, "columns": 5, "alerts": {}, "history": "x", "verdict": [], "subject": 3, "performance": null, "model_card": []}') LIKE '%</html>%',
	'a report of anything is a page');

-- Names of all kinds, in every place where there is text.
CREATE FUNCTION hostile(document jsonb, name text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE jsonb_typeof(document)
		WHEN 'object' THEN (SELECT jsonb_object_agg(key, CASE WHEN key IN ('format', 'kind', 'at', 'severity', 'value_type') THEN value ELSE hostile(value, name) END) FROM jsonb_each(document))
		WHEN 'array' THEN (SELECT jsonb_agg(hostile(value, name)) FROM jsonb_array_elements(document))
		WHEN 'string' THEN to_jsonb(name)
		ELSE document END
$$;
CREATE TEMP TABLE names AS SELECT * FROM (VALUES
	('a script', '<script>alert(1)</script>'), ('quotes', '" onmouseover="alert(1)" x=''y''>'), ('a comment', '--><!--</style></title>'), ('right to left', U&'\202E\2067' || 'שלום'),
	('lines', E'a\r\nb\nc')) AS n (name, content);
CREATE TEMP TABLE report AS SELECT '{"format": "drift-report", "version": 1, "kind": "check", "title": "t", "subject": {"model": "m", "monitor": "n", "reference": "r", "current": "c", "thresholds": "t"},
	"verdict": {"severity": "critical", "sentence": "s", "n_features": 1}, "recommendation": {"action": "x", "strategy": "y", "reasons": ["z"]},
	"columns": [{"name": "c", "role": "feature", "kind": "categorical", "severity": "critical", "sentence": "s", "histogram": {"labels": ["l"], "reference": [1], "current": [1]},
		"reference": {"rows": 1, "mean": "v"}, "segments": [{"segment": "s", "severity": "ok", "sentence": "s"}]},
		{"name": "d", "kind": "numeric", "severity": "ok", "histogram": {"labels": ["l", "k"], "reference": [1, 0], "current": [1, 0]}}],
	"performance": [{"metric": "m", "kind": "realised", "value": 1, "sentence": "s", "history": [{"at": "2026-01-01", "value": 1}, {"at": "2026-01-02", "value": 2}]}],
	"alerts": [{"title": "a", "status": "s", "severity": "ok", "acknowledged_by": "x", "raised_at": "y"}], "decisions": [{"action": "a", "explanation": "e"}], "runs": [{"version": "v", "sentence": "s", "status": "t"}],
	"timeline": [{"at": "2026-01-01", "sentence": "s"}], "monitors": [{"name": "m", "sentence": "s", "features": [{"name": "f", "severity": "ok"}]}], "jobs": [{"task": "t", "last_error": "e"}],
	"versions": [{"version": "v", "stage": "s", "parameters": {"p": "q"}}], "evaluations": [{"metric": "m", "verdict": "v"}], "importance": [{"feature": "f", "importance_1": 1}], "model_card": {"markdown": "m"}}'::jsonb AS document;
CREATE TEMP TABLE pages AS SELECT name, content, drift.render_html(hostile(document, content)) AS page FROM names, report;
-- What tags a page has does not depend on the names; a name of several lines may be several lines of markdown.
SELECT is(count(DISTINCT array_to_string(ARRAY(SELECT m[1] FROM regexp_matches(split_part(page, '</head>', 2), '<(/?[a-z0-9]+)', 'g') AS m), ' ')), 1::bigint, 'names add no tag')
FROM pages WHERE name <> 'lines' AND name <> 'a comment';
SELECT ok(bool_and(split_part(page, '</head>', 2) !~ '<script|<style|<!--|" onmouseover|alert\(1\)"'), 'what was to run is only there as text') FROM pages;
SELECT ok(bool_and(length(page) < 200000), 'names of any length leave pages short') FROM report, LATERAL (SELECT drift.render_html(hostile(document, repeat('<x>', 3400)))) AS p (page);

SELECT * FROM finish();
ROLLBACK;
