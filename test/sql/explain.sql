-- drift.explain() and its relatives against what XGBoost and LightGBM say; errors.
CREATE SCHEMA explain;
SET search_path = explain;
\set xgboost_trees `cat "$PG_ABS_SRCDIR/reference/explain/xgboost-3.2.0-trees.json"`
\set xgboost_classes `cat "$PG_ABS_SRCDIR/reference/explain/xgboost-3.2.0-classes.json"`
\set xgboost_linear `cat "$PG_ABS_SRCDIR/reference/explain/xgboost-3.2.0-linear.json"`
\set lightgbm_zeros `cat "$PG_ABS_SRCDIR/reference/explain/lightgbm-4.6.0-zeros.txt"`

CREATE TABLE models (library text, model text, m drift.model, tolerance float8);
INSERT INTO models VALUES
	('xgboost', 'trees', drift.import_model('xgboost', :'xgboost_trees'), 1e-5),
	('xgboost', 'classes', drift.import_model('xgboost', :'xgboost_classes'), 1e-5),
	('xgboost', 'linear', drift.import_model('xgboost', :'xgboost_linear'), 1e-5),
	('lightgbm', 'zeros', drift.import_model('lightgbm', :'lightgbm_zeros'), 1e-9);

CREATE TABLE golden (library text DEFAULT 'xgboost', model text, number int, margin int, f0 float8, f1 float8, f2 float8, f3 float8, f4 float8,
	f5 float8, c0 float8, c1 float8, c2 float8, c3 float8, c4 float8, c5 float8, base float8);
\copy golden (model, number, margin, f0, f1, f2, f3, f4, f5, c0, c1, c2, c3, c4, c5, base) FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/explain_xgboost-3.2.0.csv"' WITH (FORMAT csv, HEADER)
ALTER TABLE golden ALTER library SET DEFAULT 'lightgbm';
\copy golden (model, number, margin, f0, f1, f2, f3, f4, f5, c0, c1, c2, c3, c4, c5, base) FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/explain_lightgbm-4.6.0.csv"' WITH (FORMAT csv, HEADER)

-- each form says the same, and what the library says
CREATE VIEW explained AS
SELECT library, model, number, margin, tolerance, ARRAY[c0, c1, c2, c3, c4, c5, base] AS wanted,
	drift.explain_array(m, ARRAY[f0, f1, f2, f3, f4, f5]) AS contributions,
	drift.explain(m, jsonb_build_object('f0', f0, 'f1', f1, 'f2', f2, 'f3', f3, 'f4', f4, 'f5', f5)) AS explanation,
	drift.explain_row(m, g) AS of_row,
	drift.score_raw(m, ARRAY[f0, f1, f2, f3, f4, f5]) AS margins
FROM golden AS g JOIN models USING (library, model);

SELECT library, model, count(*) AS n, min(array_dims(contributions)) AS dimensions,
	bool_and((SELECT max(abs(w - c)) < tolerance FROM unnest(wanted) WITH ORDINALITY AS w (w, i)
		JOIN unnest(contributions) WITH ORDINALITY AS c (c, i) ON c.i = w.i + 7 * margin)) AS as_the_library,
	bool_and((SELECT abs(sum(c) - margins[margin + 1]) < tolerance FROM unnest(contributions) WITH ORDINALITY AS c (c, i) WHERE (i - 1) / 7 = margin)) AS adds_up,
	bool_and(explanation = of_row) AS row_is_json
FROM explained GROUP BY library, model ORDER BY library, model;

SELECT library, model, bool_and((CASE WHEN library || model = 'xgboostclasses' THEN explanation->margin::text ELSE explanation END)
	= jsonb_build_object('f0', c[1], 'f1', c[2], 'f2', c[3], 'f3', c[4], 'f4', c[5], 'f5', c[6], 'base', c[7])) AS json_is_array
FROM explained, LATERAL (SELECT array_agg(c ORDER BY i) AS c FROM unnest(contributions) WITH ORDINALITY AS c (c, i)
	WHERE (i - 1) / 7 = margin) AS mine
GROUP BY library, model ORDER BY library, model;

-- shape
SELECT jsonb_object_keys(explanation) AS key FROM explained WHERE model = 'trees' AND library = 'xgboost' AND number = 0 ORDER BY key;
SELECT key, jsonb_typeof(value) AS type, value ? 'base' AS has_base FROM explained, jsonb_each(explanation)
WHERE model = 'classes' AND library = 'xgboost' AND number = 0 AND margin = 0 ORDER BY key;

-- bound to columns: in their order, 0 for those that are not read
SELECT drift.explain_array(drift.bind(m, '{f5,id,f4,f3,f2,f1,f0}'), '{6,99,5,4,3,2,1}') = ARRAY[c[6], 0, c[5], c[4], c[3], c[2], c[1], c[7]] AS bound
FROM models, drift.explain_array(m, '{1,2,3,4,5,6}') AS c WHERE library = 'xgboost' AND model = 'trees';

-- missing values, NULL, untyped calls
SELECT model, drift.explain(m, '{"f0": null, "f1": null, "f2": null, "f3": 1, "f4": 2, "f5": 3, "more": 4}') =
	drift.explain(m, '{"f0": "NaN", "f1": "NaN", "f2": null, "f3": 1, "f4": 2, "f5": 3}') AS missing_is_null FROM models ORDER BY library, model;
SELECT drift.explain(m, NULL) IS NULL AND drift.explain(NULL, '{}') IS NULL AND drift.explain_array(m, NULL) IS NULL
	AND drift.explain_row(m, NULL) IS NULL AS null_is_null FROM models WHERE model = 'linear';
SELECT drift.explain_row(m, ROW(1, 2)) FROM models WHERE model = 'linear';
SELECT drift.explain(m, '{"f0": 1}') FROM models WHERE model = 'linear';
SELECT drift.explain_array(m, '{1}') FROM models WHERE model = 'linear';
SELECT drift.explain(drift.import_model('xgboost', replace(:'xgboost_linear', '"f3"', '"base"')),
	'{"f0": 1, "f1": 1, "f2": 1, "base": 1, "f4": 1, "f5": 1}');
SELECT array_length(drift.explain_array(drift.import_model('xgboost', replace(:'xgboost_linear', '"f3"', '"base"')), '{1,1,1,1,1,1}'), 1);

-- without covers there is nothing to explain by
SELECT drift.explain_array(drift.import_model('lightgbm', regexp_replace(:'lightgbm_zeros', '(leaf|internal)_count=[^\n]*\n', '', 'g')), '{1,1,1,1,1,1}');

-- the explainer is made once and kept with the model, and gone with it
SET drift.model_cache_size = 0;
SELECT count(DISTINCT drift.explain_array(m, ARRAY[i, 1, 2, 3, 4, 5]::float8[])) > 3 AS different FROM models, generate_series(-3, 3) AS i WHERE model = 'trees';
RESET drift.model_cache_size;
