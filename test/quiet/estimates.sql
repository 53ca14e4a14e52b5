-- How near estimates without outcomes are to what comes true when other rows come, and when the relation changes.
--
--     psql -d DATABASE -v runs=200 -f test/quiet/estimates.sql
--
-- Of 20 references of 5,000 rows each a map is fitted; each is followed by as many windows of 1,000 rows as there are
-- runs. A row is two normal numbers, is positive with the logistic function of 1.5 x + y - 1, and has a score that is off.
-- Windows are quiet, or their x is shifted by up to one standard deviation either way and spread by up to a half
-- (covariate shift), or the effect of y is turned (concept drift), which no estimate can see.
\set ON_ERROR_STOP on
\if :{?runs}
\else
	\set runs 200
\endif
SET client_min_messages = warning;
SELECT setseed(0.7) \g /dev/null
DROP SCHEMA IF EXISTS quiet_estimates CASCADE;
CREATE SCHEMA quiet_estimates;
SET search_path = quiet_estimates, public;

CREATE FUNCTION logistic(x float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 1 / (1 + exp(-x));
CREATE FUNCTION normal() RETURNS float8 LANGUAGE sql VOLATILE PARALLEL RESTRICTED
	RETURN sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random());
-- kind: what happened to the rows
CREATE FUNCTION draw(kind text, wanted integer) RETURNS TABLE (score float8, actual boolean, prediction boolean) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	middle CONSTANT float8 := CASE kind WHEN 'covariate shift' THEN 2 * random() - 1 ELSE 0 END;
	spread CONSTANT float8 := CASE kind WHEN 'covariate shift' THEN 0.5 + random() ELSE 1 END;
	turn CONSTANT float8 := CASE kind WHEN 'concept drift' THEN -1 ELSE 1 END;
BEGIN
	RETURN QUERY
		SELECT s.score, random() < logistic(1.5 * r.x + turn * r.y - 1), s.score >= 0.5
		FROM (SELECT middle + spread * normal() AS x, normal() AS y FROM generate_series(1, wanted)) AS r,
			LATERAL (SELECT logistic(1.2 * (1.5 * r.x + r.y - 1) + 0.3) AS score) AS s;
END
$$;

CREATE TABLE reference AS
SELECT k, d.* FROM generate_series(1, 20) AS k, LATERAL (SELECT drift_internal.cbpe_reference_agg(score, actual, prediction) AS r FROM draw('quiet', 5000 + 0 * k)) AS d;
CREATE TABLE measured AS
SELECT f.k, w.kind, w.i, e.estimate, e.realised, (f.r).deviations, (f.r).shares, (f.r).spread
FROM reference AS f, LATERAL (SELECT kind, i FROM unnest('{quiet,covariate shift,concept drift}'::text[]) AS kind, generate_series(1, CASE kind WHEN 'quiet' THEN :runs WHEN 'covariate shift' THEN :runs ELSE 10 END) AS i OFFSET 0) AS w,
	LATERAL (SELECT drift_internal.binary_metrics(drift.cbpe(score, prediction, (f.r).map)) AS estimate, drift_internal.realised_metrics_agg(score, actual, prediction) AS realised
		FROM draw(w.kind, 1000 + 0 * w.i + 0 * f.k)) AS e;

\pset footer off
\echo
\echo Estimates of windows of 1,000 rows: share within three standard errors of what came true
\echo
SELECT m.kind, n.metric, count(*) AS windows,
	round(100.0 * avg((abs(m.estimate[n.i] - m.realised[n.i]) <= 3 * m.deviations[n.i] / sqrt(1000 * m.shares[n.i]))::integer), 1) AS "sampling error alone, %",
	round(100.0 * avg((abs(m.estimate[n.i] - m.realised[n.i]) <= 3 * m.spread[n.i] * sqrt(1 / 1000.0 + 1 / 5000.0))::integer), 1) AS "as checks have it, %",
	round(avg(m.estimate[n.i] - m.realised[n.i])::numeric, 4) AS bias
FROM measured AS m, unnest(drift_internal.estimated_metrics()) WITH ORDINALITY AS n (metric, i)
GROUP BY m.kind, n.metric, n.i ORDER BY m.kind DESC, n.i;
DROP SCHEMA quiet_estimates CASCADE;
