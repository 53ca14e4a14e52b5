-- What statistics are when nothing has drifted: forms that agree, known values, and what is refused.
CREATE SCHEMA chance;
SET search_path = chance;

CREATE TABLE labelled AS
SELECT i % 3 = 0 AS f, (i::bigint * 7919 % 10007) / 100.0 AS x, 'c' || (i * i % 17) AS c, i * i % 7 AS few, i % 5000 AS many
FROM generate_series(1, 900) AS i;
CREATE VIEW profiles AS
SELECT drift.profile_agg(x) FILTER (WHERE NOT f) AS xr, drift.profile_agg(x) FILTER (WHERE f) AS xc,
	drift.profile_agg(c) FILTER (WHERE NOT f) AS cr, drift.profile_agg(c) FILTER (WHERE f) AS cc,
	drift.profile_agg(few) FILTER (WHERE NOT f) AS fr, drift.profile_agg(few) FILTER (WHERE f) AS fc
FROM labelled;
CREATE TABLE names AS SELECT * FROM unnest(ARRAY['psi', 'kl_divergence', 'js_distance', 'hellinger_distance', 'total_variation',
	'ks', 'wasserstein_distance', 'normalized_wasserstein_distance', 'energy_distance']) WITH ORDINALITY AS n(name, place);

-- the statistic and what it would be by chance, from profiles
SELECT name, round(statistic::numeric, 6) AS statistic, round(expected::numeric, 6) AS expected, round(upper_95::numeric, 6) AS upper_95,
	round(upper_999::numeric, 6) AS upper_999, round(p_value::numeric, 6) AS p_value
FROM names, profiles, drift.chance(xr, xc, name) ORDER BY place;
SELECT name, round(statistic::numeric, 6) AS statistic, round(expected::numeric, 6) AS expected, round(upper_95::numeric, 6) AS upper_95,
	round(upper_999::numeric, 6) AS upper_999, round(p_value::numeric, 6) AS p_value
FROM names, profiles, drift.chance(cr, cc, name) WHERE place <= 5 ORDER BY place;

-- rows say the same as exact profiles
CREATE FUNCTION differ(a drift.chance_result, b drift.chance_result) RETURNS boolean LANGUAGE sql AS $$
	SELECT bool_or(abs(x - y) > 1e-9 * abs(y)) FROM unnest(ARRAY[a.statistic, a.expected, a.upper_95, a.upper_999, a.p_value],
		ARRAY[b.statistic, b.expected, b.upper_95, b.upper_999, b.p_value]) AS u(x, y)
$$;
SELECT name, differ(drift.chance(x, f, name), (SELECT drift.chance(xr, xc, name) FROM profiles)) AS x,
	differ(drift.chance(few, f, name), (SELECT drift.chance(fr, fc, name) FROM profiles)) AS few
FROM names, labelled GROUP BY name, place ORDER BY place;
SELECT name, differ(drift.chance(c, f, name), (SELECT drift.chance(cr, cc, name) FROM profiles)) AS c
FROM names, labelled WHERE place <= 5 GROUP BY name, place ORDER BY place;
SELECT differ(drift.chance(x, f, 'psi', 20), (SELECT drift.chance(xr, xc, 'psi', 20) FROM profiles)) AS twenty_bins FROM labelled;

-- the statistic is the one of its own function
SELECT (drift.chance(x, f, 'psi')).statistic = drift.psi(x, f) AS psi, (drift.chance(c, f, 'psi')).statistic = drift.psi(c, f) AS psi_c,
	(drift.chance(x, f, 'total_variation', 5)).statistic = drift.total_variation(x, f, 5) AS total_variation,
	(drift.chance(x, f, 'ks')).statistic = (drift.ks_test(x, f)).statistic AS ks, (drift.chance(x, f, 'ks')).p_value = (drift.ks_test(x, f)).p_value AS ks_p,
	(drift.chance(x, f, 'wasserstein_distance')).statistic = drift.wasserstein_distance(x, f) AS wasserstein,
	(drift.chance(x, f, 'normalized_wasserstein_distance')).statistic = drift.normalized_wasserstein_distance(x, f) AS normalized,
	(drift.chance(x, f, 'energy_distance')).statistic = drift.energy_distance(x, f) AS energy
FROM labelled;

-- the same with a sort on disk
SET work_mem = '64kB';
CREATE TABLE large AS SELECT i % 2 = 0 AS f, (i::bigint * 7919 % 100003) / 100.0 AS x, 'label ' || i % 4000 AS c FROM generate_series(1, 20000) AS i;
CREATE TABLE spilled AS SELECT name, drift.chance(x, f, name) AS x FROM names, large GROUP BY name;
CREATE TABLE spilled_c AS SELECT name, drift.chance(c, f, name) AS c FROM names, large WHERE place <= 5 GROUP BY name;
RESET work_mem;
SELECT bool_or(differ(s.x, n.x)) AS spilled_differs FROM spilled AS s JOIN (SELECT name, drift.chance(x, f, name) AS x FROM names, large GROUP BY name) AS n USING (name);
SELECT bool_or(differ(s.c, n.c)) AS spilled_differs FROM spilled_c AS s
JOIN (SELECT name, drift.chance(c, f, name) AS c FROM names, large WHERE place <= 5 GROUP BY name) AS n USING (name);

-- a summary is near: its shape is all that chance needs
SELECT name, abs((drift.chance(r, c, name)).upper_95 / (x).upper_95 - 1) < 0.02 AS near
FROM names JOIN spilled USING (name), (SELECT drift.profile_agg(x) FILTER (WHERE NOT f) AS r, drift.profile_agg(x) FILTER (WHERE f) AS c FROM large) AS p
ORDER BY place;

-- a PSI from elsewhere
SELECT round(expected::numeric, 6) AS expected, round(upper_95::numeric, 6) AS upper_95, round(upper_999::numeric, 6) AS upper_999,
	p_value = drift.psi_p_value(0.1, 10, 1000, 500) AS same_p_value
FROM drift.psi_chance(0.1, 10, 1000, 500);
SELECT * FROM drift.psi_chance(0, 1, 10, 10);
SELECT p_value FROM drift.psi_chance('Infinity', 10, 10, 10);

-- one value, one row, infinities, no value
SELECT name, (drift.chance(5, i % 2 = 0, name)).* FROM names, generate_series(1, 10) AS i WHERE name IN ('psi', 'total_variation', 'wasserstein_distance') GROUP BY name, place ORDER BY place;
SELECT name, (drift.chance(i, i = 2, name)).* FROM names, generate_series(1, 2) AS i WHERE name IN ('js_distance', 'hellinger_distance', 'total_variation') GROUP BY name, place ORDER BY place;
SELECT (drift.chance(CASE i WHEN 3 THEN 'Infinity'::float8 ELSE i END, i % 2 = 0, 'wasserstein_distance')).* FROM generate_series(1, 10) AS i;
SELECT (drift.chance(i, false, 'psi')).* FROM generate_series(1, 10) AS i;
SELECT drift.chance(NULL::drift.profile, NULL, 'psi');

-- what is refused
SELECT drift.chance(x, f, 'magic') FROM labelled;
SELECT drift.chance(x, f, NULL) FROM labelled;
SELECT drift.chance(x, f, CASE WHEN f THEN 'psi' ELSE 'ks' END) FROM labelled;
SELECT drift.chance(x, f, 'psi', 1) FROM labelled;
SELECT drift.chance(c, f, 'ks') FROM labelled;
SELECT drift.chance(cr, cc, 'energy_distance') FROM profiles;
SELECT drift.chance(xr, cc, 'psi') FROM profiles;
SELECT drift.chance(xr, xc, 'psi', 1025) FROM profiles;
SELECT drift.psi_chance(-1, 10, 10, 10);
SELECT drift.psi_chance('NaN', 10, 10, 10);
SELECT drift.psi_chance(0.1, 10, 0, 10);

SET client_min_messages = warning;
DROP SCHEMA chance CASCADE;
