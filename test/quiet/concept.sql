-- How often drift.concept_drift() says that a relation changed: when nothing did, when only the rows did (covariate shift), when
-- only the prior did, and when the relation itself did. Rates with 95 % bounds (Wilson).
--
--     psql -d DATABASE -v runs=200 -f test/quiet/concept.sql
--
-- Five features x1 .. x5 with correlations, a target whose log odds are -1 + x1 - 0.7 x2 + 0.4 x3, and that probability as the
-- score of the reference's model. "significant": a p-value of a feature below 0.05 after correction, whatever its size; "changed": the
-- verdict, which takes a change of 0.15 as well. n rows on each side.
\set ON_ERROR_STOP on
\if :{?runs}
\else
	\set runs 200
\endif
SELECT setseed(0.21) \g /dev/null
SET client_min_messages = error;

CREATE TEMP TABLE world (place integer, name text, shift float8, spread float8, prior float8, slope float8);
INSERT INTO world VALUES
	(1, 'nothing changed', 0, 1, 0, 1),
	(2, 'rows: x1 + 0.5 sd', 0.5, 1, 0, 1),
	(3, 'rows: x1 + 1 sd, 1.5 times as wide', 1, 1.5, 0, 1),
	(4, 'prior: odds doubled', 0, 1, 0.693, 1),
	(5, 'relation: x1 counts half', 0, 1, 0, 0.5),
	(6, 'relation: x1 counts nothing', 0, 1, 0, 0),
	(7, 'relation: x1 turned over', 0, 1, 0, -1),
	(8, 'rows and relation: x1 + 1 sd, counts nothing', 1, 1, 0, 0);

CREATE FUNCTION pg_temp.gauss() RETURNS float8 LANGUAGE sql VOLATILE AS $$ SELECT sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) $$;

CREATE FUNCTION pg_temp.draw(n integer, shift float8, spread float8, prior float8, slope float8)
RETURNS TABLE (x1 float8, x2 float8, x3 float8, x4 float8, x5 float8, score float8, y boolean) LANGUAGE sql VOLATILE AS $$
	SELECT d.a, d.b, d.c, d.d, d.e, 1 / (1 + exp(1 - d.a + 0.7 * d.b - 0.4 * d.c)),
		random() < 1 / (1 + exp(1 - prior - slope * d.a + 0.7 * d.b - 0.4 * d.c))
	FROM (
		SELECT shift + spread * g.a AS a, 0.5 * (shift + spread * g.a) + g.b AS b, g.c, g.d, 0.3 * g.b + g.e AS e
		FROM (SELECT pg_temp.gauss() AS a, pg_temp.gauss() AS b, pg_temp.gauss() AS c, pg_temp.gauss() AS d, pg_temp.gauss() AS e
			FROM generate_series(1, n) OFFSET 0) AS g
	) AS d
$$;

CREATE TEMP TABLE a AS SELECT * FROM pg_temp.draw(0, 0, 1, 0, 1);
CREATE TEMP TABLE b AS SELECT * FROM a;

CREATE FUNCTION pg_temp.run(w world, n integer, with_score boolean, OUT significant boolean, OUT changed boolean, OUT named boolean) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	TRUNCATE a, b;
	INSERT INTO a SELECT * FROM pg_temp.draw(n, 0, 1, 0, 1);
	INSERT INTO b SELECT * FROM pg_temp.draw(n, w.shift, w.spread, w.prior, w.slope);
	SELECT coalesce(bool_or(c.p_value_corrected < 0.05), false), coalesce(bool_or(c.drifted), false), coalesce(bool_or(c.drifted AND c.column_name = 'x1'), false)
	INTO significant, changed, named
	FROM drift.concept_drift('pg_temp.a', 'pg_temp.b', 'y', CASE WHEN with_score THEN 'score' END, '{x1,x2,x3,x4,x5}') AS c
	WHERE c.role = 'feature';
END
$$;

CREATE TEMP TABLE result AS
SELECT w.place, w.name, s.n, k.with_score, r.*
FROM world AS w, (VALUES (1000), (5000)) AS s(n), (VALUES (true), (false)) AS k(with_score), generate_series(1, :runs) AS i,
	LATERAL pg_temp.run(w, s.n + 0 * i, k.with_score) AS r;

SELECT name, n, CASE WHEN with_score THEN 'given' ELSE '-' END AS score, count(*) AS runs,
	round(100 * avg(significant::int), 1) AS "significant %",
	round(100 * avg(changed::int), 1) AS "changed %",
	format('%s to %s', round(100 * greatest(0, (k + 1.92 - 1.96 * sqrt(k * (m - k) / m + 0.96)) / (m + 3.84))::numeric, 1),
		round(100 * least(1, (k + 1.92 + 1.96 * sqrt(k * (m - k) / m + 0.96)) / (m + 3.84))::numeric, 1)) AS "95 % bounds",
	round(100 * avg(named::int), 1) AS "x1 named %"
FROM (SELECT r.*, (sum(changed::int) OVER o)::float8 AS k, (count(*) OVER o)::float8 AS m FROM result AS r WINDOW o AS (PARTITION BY place, n, with_score)) AS r
GROUP BY place, name, n, with_score, k, m
ORDER BY place, n, with_score DESC;
