-- The samples of samples.py in SQL: same arithmetic, same values to the last
-- bit, so that tests need no files of data.
--
--   SELECT * FROM samples.rows('normal', true, 1000, 20)
--
-- gives 1000 reference rows and 20 current rows, one in ten missing (NULL or
-- NaN in turn); statistics.csv says what every statistic of them is.

SET client_min_messages = warning;
DROP SCHEMA IF EXISTS samples CASCADE; -- tests that read them share a database
RESET client_min_messages;
CREATE SCHEMA samples;

-- A number in 0 .. 2^32 - 1 from row i of a stream.
CREATE FUNCTION samples.mix(i bigint, stream bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	h bigint := (i + stream * 1000003) & 4294967295;
BEGIN
	h := ((h # (h >> 16)) * 73244475) & 4294967295;
	h := ((h # (h >> 16)) * 73244475) & 4294967295;
	RETURN h # (h >> 16);
END
$$;

-- In (0, 1), a multiple of 2^-33.
CREATE FUNCTION samples.uniform(i bigint, stream bigint) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT (2 * samples.mix(i, stream)::float8 + 1) / 8589934592.0::float8
$$;

-- Row i of a shape; current_side is 0 for the reference and 1 for the current side.
CREATE FUNCTION samples.value(shape text, current_side int, i bigint) RETURNS float8
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	shapes CONSTANT text[] := '{normal,heavy,skewed,ties,constant,discrete,binary,disjoint}';
	base bigint := 10 * array_position(shapes, shape) + 100 * current_side;
	u float8 := samples.uniform(i, base);
BEGIN
	IF shape = 'normal' THEN
		RETURN u + samples.uniform(i, base + 1) + samples.uniform(i, base + 2) + samples.uniform(i, base + 3) +
			samples.uniform(i, base + 4) + samples.uniform(i, base + 5) + 0.125::float8 * current_side;
	ELSIF shape = 'heavy' THEN
		RETURN ((2 * (samples.mix(i, base + 1) % 2) - 1)::float8 + 0.25::float8 * current_side) / u;
	ELSIF shape = 'skewed' THEN
		RETURN u * u * u * (1 + 0.125::float8 * current_side);
	ELSIF shape = 'ties' THEN
		RETURN CASE WHEN samples.mix(i, base + 1) % 10 < 3 - current_side THEN 0 ELSE floor(u * 40) / 8 END;
	ELSIF shape = 'constant' THEN
		RETURN 7.5;
	ELSIF shape = 'discrete' THEN
		RETURN CASE current_side WHEN 1 THEN floor(u * 5) ELSE floor(u * u * 5) END;
	ELSIF shape = 'binary' THEN
		RETURN floor(u + 0.3::float8 + 0.05::float8 * current_side);
	END IF;
	RETURN u + 10 * current_side;
END
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
