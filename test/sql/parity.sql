-- The threshold sets evidently and nannyml give what those libraries give: every test, score,
-- threshold and verdict on the columns of test/reference/generate_parity.py.
\getenv tests PG_ABS_SRCDIR
\set samples :tests '/reference/samples.sql'
\set parity :tests '/reference/parity.sql'
\set ECHO none
\i :samples
\i :parity
\set ECHO all

CREATE TEMPORARY TABLE loaded (LIKE parity.expected);
ALTER TABLE loaded DROP COLUMN library;
\copy loaded FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/parity_evidently.csv"' WITH (FORMAT csv, HEADER)
INSERT INTO parity.expected SELECT 'evidently', * FROM loaded;
TRUNCATE loaded;
\copy loaded FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/parity_nannyml.csv"' WITH (FORMAT csv, HEADER)
INSERT INTO parity.expected SELECT 'nannyml', * FROM loaded;

\copy parity.line (line) FROM PROGRAM 'cat "$PG_ABS_SRCDIR/data/breast_cancer.csv"'
SELECT parity.take_file('breast_cancer');

-- columns() of the generator
DO $$
DECLARE
	shapes CONSTANT text[] := '{normal,heavy,skewed,ties,constant,discrete,binary,disjoint}';
BEGIN
	EXECUTE format('CREATE TABLE parity.shape AS SELECT side, i, samples.mix(i, 500 + side) %% 20 < 2 AS missing, samples.mix(i, 600 + side) %% 40 AS infinite, %s '
		'FROM (VALUES (0, 10000), (1, 3000)) AS s(side, n), generate_series(1, n) AS i',
		(SELECT string_agg(format('samples.value(%L, side, i) AS %I', s, s), ', ') FROM unnest(shapes) AS s));
	EXECUTE format($text$
		CREATE TABLE parity.samples AS
		SELECT side, i, %s,
			CASE WHEN NOT missing THEN floor(3 * discrete)::bigint END AS whole_missing,
			CASE WHEN NOT missing THEN floor(100 * normal) END AS wide_missing,
			CASE infinite WHEN 0 THEN 'Infinity' WHEN 1 THEN '-Infinity' ELSE normal END AS infinite,
			CASE WHEN NOT missing THEN 'c' || floor(3 * discrete)::bigint END AS text_missing,
			CASE WHEN side = 1 AND floor(3 * discrete) = 3 THEN 'new' ELSE 'c' || floor(3 * discrete)::bigint END AS unseen,
			"binary" > 0 AS flag, CASE WHEN NOT missing THEN "binary" > 0 END AS flag_missing,
			'id' || i AS identifier, NULL::float8 AS empty, CASE side WHEN 0 THEN normal END AS emptied
		FROM parity.shape$text$,
		(SELECT string_agg(format('%2$I AS %3$I, CASE WHEN NOT missing THEN %2$I END AS %4$I, floor(3 * %2$I)::bigint AS %5$I, '
				'''c'' || floor(floor(3 * %2$I) / 2)::bigint AS %6$I', 0, s, 'number_' || s, 'missing_' || s, 'whole_' || s, 'text_' || s), ', ')
			FROM unnest(shapes) AS s));
END
$$;

SELECT parity.measure();
SELECT * FROM parity.difference ORDER BY library, source, rows_reference, test, column_name;
SELECT library, source, test, columns, drifted, same_verdict, same_score FROM parity.summary ORDER BY 1, 2, 3;
SELECT bool_and(coalesce(largest_difference, 0) < 1e-9) AS as_near_as_rounding FROM parity.summary;
