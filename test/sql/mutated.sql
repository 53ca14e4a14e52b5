-- Texts of profiles with random damage: refused with an error about data, or read as a profile that is written as it was read.

CREATE FUNCTION mutate(source text, seed integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	pieces CONSTANT text[] := ARRAY['0', '1', '9', '-', '.', 'e9', '"', '[', ']', '{', '}', ',', ':', 'null', 'true', 'NaN', 'Infinity',
		'\u0000', '99999999999999999999', '[[', '"x": 1'];
	place integer := 1 + abs(hashint4extended(seed, 1)) % length(source);
	gone integer := abs(hashint4extended(seed, 2)) % 4;
BEGIN
	RETURN overlay(source PLACING pieces[1 + abs(hashint4extended(seed, 3)) % cardinality(pieces)] FROM place FOR gone);
END
$$;

-- damage to the digits and keys of JSON that stays JSON
CREATE FUNCTION damage(source jsonb, seed integer) RETURNS text LANGUAGE sql AS $$
	SELECT jsonb_set(source, path, replacement)::text
	FROM (SELECT ARRAY[(ARRAY['version','kind','type','rows','missing','exact','key_limit','mean','m2','keys','points','gaps','slack_low','slack_high',
				'edges','bins','category_limit','count_error','absent_error','categories'])[1 + abs(hashint4extended(seed, 4)) % 20]]
			|| CASE WHEN seed % 2 = 0 THEN ARRAY[(abs(hashint4extended(seed, 5)) % 12)::text] ELSE '{}' END AS path,
		(ARRAY['0', '-1', '1', '2', '1e400', '4611686018427387905', '0.5', '"NaN"', '"-Infinity"', '[]', '{}', 'null', 'true', '["a", 1]', '1000000000'])
			[1 + abs(hashint4extended(seed, 6)) % 15]::jsonb AS replacement) AS s
$$;

CREATE FUNCTION try(source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	p drift.profile;
BEGIN
	p := source::drift.profile;
	IF p::text::drift.profile::text <> p::text THEN
		RETURN 'is not written as it was read: ' || source;
	END IF;
	-- whatever was accepted can be used
	PERFORM drift.row_count(p), drift.rank_error(p), drift.bins(p), drift.compact(p), drift.profile_merge(p, p);
	RETURN 'accepted';
EXCEPTION
	WHEN data_exception OR program_limit_exceeded OR untranslatable_character THEN
		RETURN 'refused';
	WHEN OTHERS THEN
		RETURN SQLSTATE || ': ' || SQLERRM || ' for ' || source;
END
$$;

CREATE TABLE victims AS
	SELECT drift.profile_agg(i % 30) AS p FROM generate_series(1, 90) AS i
	UNION ALL SELECT drift.profile_agg(i::float8, (SELECT drift.profile_agg(j::float8) FROM generate_series(1, 40) AS j)) FROM generate_series(1, 50) AS i
	UNION ALL SELECT drift.profile_agg('c' || i % 9) FROM generate_series(1, 90) AS i;
SET drift.profile_keys = 16;
INSERT INTO victims SELECT drift.profile_agg(sqrt(i)) FROM generate_series(1, 500) AS i;
INSERT INTO victims SELECT drift.profile_agg('c' || i % 70) FROM generate_series(1, 500) AS i;
RESET drift.profile_keys;

-- any other outcome is a defect
SELECT outcome, count(*) > 20 AS often
	FROM victims, generate_series(1, 3000) AS seed, try(mutate(p::text, seed)) AS outcome GROUP BY outcome ORDER BY outcome;
SELECT outcome, count(*) > 20 AS often
	FROM victims, generate_series(1, 3000) AS seed, try(damage(p::jsonb, seed)) AS outcome GROUP BY outcome ORDER BY outcome;

DROP TABLE victims;
DROP FUNCTION mutate, damage, try;
