-- The samples of samples.py in SQL: same arithmetic, same values to the last
-- bit, so that tests need no files of data.
--
--   SELECT * FROM samples.rows('normal', true, 1000, 20)
--
-- gives 1000 reference rows and 20 current rows, one in ten missing (NULL or
-- NaN in turn); statistics.csv says what every statistic of them is.

CREATE SCHEMA samples;

-- A number in 0 .. 2^32 - 1 from row i of a stream.
CREATE FUNCTION samples.mix(i bigint, stream bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT c # (c >> 16)
	FROM (SELECT (i + stream * 1000003) & 4294967295) AS s0(a),
		LATERAL (SELECT ((a # (a >> 16)) * 73244475) & 4294967295) AS s1(b),
		LATERAL (SELECT ((b # (b >> 16)) * 73244475) & 4294967295) AS s2(c)
$$;

-- In (0, 1), a multiple of 2^-33.
CREATE FUNCTION samples.uniform(i bigint, stream bigint) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT (2 * samples.mix(i, stream)::float8 + 1) / 8589934592.0::float8
$$;

-- Row i of a shape; current_side is 0 for the reference and 1 for the current side.
CREATE FUNCTION samples.value(shape text, current_side int, i bigint) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE shape
		WHEN 'normal' THEN
			samples.uniform(i, base) + samples.uniform(i, base + 1) + samples.uniform(i, base + 2) +
			samples.uniform(i, base + 3) + samples.uniform(i, base + 4) + samples.uniform(i, base + 5) +
			0.125::float8 * current_side
		WHEN 'heavy' THEN
			((2 * (samples.mix(i, base + 1) % 2) - 1)::float8 + 0.25::float8 * current_side) /
			samples.uniform(i, base)
		WHEN 'skewed' THEN
			samples.uniform(i, base) * samples.uniform(i, base) * samples.uniform(i, base) *
			(1::float8 + 0.125::float8 * current_side)
		WHEN 'ties' THEN
			CASE WHEN samples.mix(i, base + 1) % 10 < 3 - current_side THEN 0
				ELSE floor(samples.uniform(i, base) * 40::float8) / 8::float8 END
		WHEN 'constant' THEN 7.5::float8
		WHEN 'discrete' THEN
			CASE current_side
				WHEN 1 THEN floor(samples.uniform(i, base) * 5::float8)
				ELSE floor(samples.uniform(i, base) * samples.uniform(i, base) * 5::float8) END
		WHEN 'binary' THEN
			floor(samples.uniform(i, base) + 0.3::float8 + 0.05::float8 * current_side)
		WHEN 'disjoint' THEN
			samples.uniform(i, base) + 10::float8 * current_side
	END
	FROM (SELECT (10 * array_position(ARRAY['normal', 'heavy', 'skewed', 'ties', 'constant',
		'discrete', 'binary', 'disjoint'], shape) + 100 * current_side)::bigint) AS s(base)
$$;

-- Rows 1 .. n of both sides.
CREATE FUNCTION samples.rows(shape text, with_missing boolean, n_reference bigint, n_current bigint)
RETURNS TABLE (value float8, is_current boolean)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN with_missing THEN
			CASE samples.mix(i, 500 + side) % 20
				WHEN 0 THEN NULL
				WHEN 1 THEN 'NaN'
				ELSE samples.value(shape, side, i) END
			ELSE samples.value(shape, side, i) END,
		side = 1
	FROM (VALUES (0, n_reference), (1, n_current)) AS sides(side, n),
		LATERAL generate_series(1, n) AS i
$$;
