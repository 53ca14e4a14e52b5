-- What drift.describe_*() say of real data, whole and worn, against what pandas says.
CREATE SCHEMA quality;
SET search_path = quality;
CREATE TABLE whole (
	"mean radius" float8, "mean texture" float8, "mean perimeter" float8, "mean area" float8, "mean smoothness" float8,
	"mean compactness" float8, "mean concavity" float8, "mean concave points" float8, "mean symmetry" float8, "mean fractal dimension" float8,
	"radius error" float8, "texture error" float8, "perimeter error" float8, "area error" float8, "smoothness error" float8,
	"compactness error" float8, "concavity error" float8, "concave points error" float8, "symmetry error" float8, "fractal dimension error" float8,
	"worst radius" float8, "worst texture" float8, "worst perimeter" float8, "worst area" float8, "worst smoothness" float8,
	"worst compactness" float8, "worst concavity" float8, "worst concave points" float8, "worst symmetry" float8, "worst fractal dimension" float8,
	target integer
);
\copy whole FROM PROGRAM 'cat "$PG_ABS_SRCDIR/data/breast_cancer.csv"' WITH (FORMAT csv, HEADER)
CREATE TABLE golden (data text, about text, name text, fact text, value text);
\copy golden FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/quality.csv"' WITH (FORMAT csv, HEADER)

-- worn as test/reference/generate_quality.py wears it
CREATE TABLE worn AS SELECT *, "worst area" AS "worst area copied", CASE target WHEN 1 THEN 'benign' ELSE 'malignant' END AS diagnosis FROM whole;
ALTER TABLE worn ADD i integer GENERATED ALWAYS AS IDENTITY;
UPDATE worn SET diagnosis = CASE WHEN i % 17 > 0 THEN diagnosis END,
	"mean radius" = CASE WHEN i % 5 > 0 THEN "mean radius" END,
	"mean texture" = CASE WHEN i % 5 > 0 AND i % 7 > 0 THEN "mean texture" END,
	"mean area" = CASE WHEN i % 11 = 0 THEN 'NaN' WHEN i % 13 = 0 THEN 'Infinity' ELSE "mean area" END;
CREATE TABLE twenty AS SELECT * FROM worn WHERE i <= 20;
ALTER TABLE worn DROP i;
ALTER TABLE twenty DROP i;
INSERT INTO worn SELECT * FROM twenty;

CREATE TABLE described AS
SELECT 'whole' AS data, 'column' AS about, column_name AS name, to_jsonb(d) AS facts FROM drift.describe_relation('whole') AS d
UNION ALL SELECT 'worn', 'column', column_name, to_jsonb(d) FROM drift.describe_relation('worn') AS d
UNION ALL SELECT 'whole', 'dataset', NULL, to_jsonb(d) FROM drift.describe_dataset('whole') AS d
UNION ALL SELECT 'worn', 'dataset', NULL, to_jsonb(d) FROM drift.describe_dataset('worn') AS d
UNION ALL SELECT 'whole', 'pattern', nullif(array_to_string(missing_columns, '+'), ''), to_jsonb(d) FROM drift.describe_missing('whole', top => NULL) AS d
UNION ALL SELECT 'worn', 'pattern', nullif(array_to_string(missing_columns, '+'), ''), to_jsonb(d) FROM drift.describe_missing('worn', top => NULL) AS d;

CREATE FUNCTION same(ours text, golden text) RETURNS boolean LANGUAGE sql AS $$
	SELECT CASE
			WHEN ours IS NULL OR golden IS NULL THEN ours IS NULL AND golden IS NULL
			WHEN ours = golden THEN true
			WHEN golden ~ '^[-0-9.e+]+$' AND ours ~ '^[-0-9.e+]+$' THEN abs(ours::float8 - golden::float8) <= 1e-9 * greatest(abs(golden::float8), 1e-9)
			ELSE false
		END
$$;
SELECT g.data, g.about, count(*) AS facts, count(*) FILTER (WHERE same(d.facts ->> g.fact, g.value)) AS same
FROM golden AS g LEFT JOIN described AS d ON d.data = g.data AND d.about = g.about AND d.name IS NOT DISTINCT FROM g.name
GROUP BY 1, 2 ORDER BY 1, 2;
SELECT g.*, d.facts ->> g.fact AS ours
FROM golden AS g LEFT JOIN described AS d ON d.data = g.data AND d.about = g.about AND d.name IS NOT DISTINCT FROM g.name
WHERE NOT same(d.facts ->> g.fact, g.value);
-- nothing that pandas does not have
SELECT d.data, d.about, d.name FROM described AS d
WHERE NOT EXISTS (SELECT FROM golden AS g WHERE d.data = g.data AND d.about = g.about AND d.name IS NOT DISTINCT FROM g.name);

-- what pandas has no word for
SELECT data, name, facts -> 'flags' AS flags FROM described WHERE about = 'column' AND facts -> 'flags' <> '[]' ORDER BY data, name COLLATE "C";
SELECT column_name, change, severity, round(share::numeric, 4) AS share, detail FROM drift.describe_changes('whole', 'worn');
SELECT missing_columns, row_count, round(lift::numeric, 3) AS lift FROM drift.describe_missing('worn', top => 5);
