-- the points of a search: values of parameters to be tried

CREATE OR REPLACE FUNCTION drift_internal.check_axis(name text, axis jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unknown text;
BEGIN
	IF jsonb_typeof(axis) = 'array' AND jsonb_array_length(axis) > 0 THEN
		RETURN jsonb_build_object('values', axis);
	ELSIF jsonb_typeof(axis) IN ('number', 'string', 'boolean') THEN
		RETURN jsonb_build_object('values', jsonb_build_array(axis));
	ELSIF jsonb_typeof(axis) IS DISTINCT FROM 'object' THEN
		RAISE EXCEPTION 'nothing to try for parameter "%"', name
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A value, an array of values, or {"from": 0.01, "to": 0.3, "scale": "log"}.';
	END IF;
	SELECT k INTO unknown FROM jsonb_object_keys(axis) AS k WHERE k NOT IN ('from', 'to', 'scale', 'integer', 'steps') ORDER BY k LIMIT 1;
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'the range of parameter "%" has no "%"', name, unknown
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It has from, to, scale (linear or log), integer (true or false) and steps (of a grid).';
	ELSIF (jsonb_typeof(axis->'from') = 'number' AND jsonb_typeof(axis->'to') = 'number' AND (axis->>'from')::float8 < (axis->>'to')::float8
		AND coalesce(axis->>'scale', 'linear') IN ('linear', 'log') AND (axis->>'scale' IS DISTINCT FROM 'log' OR (axis->>'from')::float8 > 0)
		AND coalesce(jsonb_typeof(axis->'integer'), 'boolean') = 'boolean'
		AND CASE WHEN axis ? 'steps' THEN jsonb_typeof(axis->'steps') = 'number' AND (axis->>'steps')::float8 BETWEEN 2 AND 1000 ELSE true END) IS NOT TRUE
	THEN
		RAISE EXCEPTION 'the range of parameter "%" is none', name
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'from is below to, and above 0 where the scale is log; steps are from 2 to 1000.';
	END IF;
	RETURN jsonb_build_object('scale', 'linear', 'steps', 3, 'integer', axis->>'from' !~ '\.' AND axis->>'to' !~ '\.') || axis;
END
$$;

COMMENT ON FUNCTION drift_internal.check_axis(text, jsonb) IS
	'what is to be tried for a parameter, with its defaults: values, or a range; whole numbers where both its ends are written so';

CREATE OR REPLACE FUNCTION drift_internal.check_space(space jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	space := drift_internal.check_object(space, 'space');
	IF space = '{}' THEN
		RAISE EXCEPTION 'there is nothing to try'
			USING ERRCODE = 'invalid_parameter_value', HINT = '{"max_depth": [3, 5, 7], "learning_rate": {"from": 0.01, "to": 0.3, "scale": "log"}}';
	END IF;
	RETURN (SELECT jsonb_object_agg(s.key, drift_internal.check_axis(s.key, s.value)) FROM jsonb_each(space) AS s);
END
$$;

COMMENT ON FUNCTION drift_internal.check_space(jsonb) IS 'the axes of a search by parameter, or an error that names the first that is none';

-- share from 0 to 1 of the way; of whole numbers each has the same room
CREATE OR REPLACE FUNCTION drift_internal.axis_value(axis jsonb, share float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN axis ? 'values' THEN axis->'values'->least(floor(share * jsonb_array_length(axis->'values'))::integer, jsonb_array_length(axis->'values') - 1)
			WHEN (axis->>'integer')::boolean THEN to_jsonb(greatest(r.low, least(r.high, CASE axis->>'scale'
				WHEN 'log' THEN round(exp(ln(r.low) + share * (ln(r.high) - ln(r.low)))) ELSE floor(r.low + share * (r.high - r.low + 1)) END))::bigint)
			WHEN axis->>'scale' = 'log' THEN to_jsonb(round(exp(ln(r.low) + share * (ln(r.high) - ln(r.low)))::numeric, 9)::float8)
			ELSE to_jsonb(round((r.low + share * (r.high - r.low))::numeric, 9)::float8)
		END
	FROM (SELECT (axis->>'from')::float8 AS low, (axis->>'to')::float8 AS high) AS r
$$;

COMMENT ON FUNCTION drift_internal.axis_value(jsonb, float8) IS 'value of a parameter at a share of the way through what is to be tried';

CREATE OR REPLACE FUNCTION drift_internal.grid_axis(axis jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN axis ? 'values' THEN axis->'values' ELSE (
		SELECT jsonb_agg(v.value ORDER BY v.value)
		FROM (SELECT DISTINCT CASE WHEN (axis->>'integer')::boolean AND axis->>'scale' = 'linear'
				THEN to_jsonb(round((axis->>'from')::numeric + ((axis->>'to')::numeric - (axis->>'from')::numeric) * i / ((axis->>'steps')::integer - 1)))
				ELSE drift_internal.axis_value(axis, i::float8 / ((axis->>'steps')::integer - 1)) END AS value
			FROM generate_series(0, (axis->>'steps')::integer - 1) AS i) AS v) END
$$;

COMMENT ON FUNCTION drift_internal.grid_axis(jsonb) IS 'values of a parameter in a grid: as given, or steps from end to end';

-- The last axis runs fastest.
CREATE OR REPLACE FUNCTION drift_internal.grid_points(space jsonb, most integer) RETURNS jsonb[]
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	axis record;
	points jsonb[] := ARRAY['{}'::jsonb];
	wanted numeric := 1;
BEGIN
	FOR axis IN SELECT s.key, drift_internal.grid_axis(s.value) AS tried FROM jsonb_each(space) AS s ORDER BY s.key COLLATE "C" LOOP
		wanted := wanted * jsonb_array_length(axis.tried);
		IF wanted <= most THEN
			points := ARRAY(SELECT p.point || jsonb_build_object(axis.key, v.value)
				FROM unnest(points) WITH ORDINALITY AS p (point, place), jsonb_array_elements(axis.tried) WITH ORDINALITY AS v (value, place)
				ORDER BY p.place, v.place);
		END IF;
	END LOOP;
	IF wanted > most THEN
		RAISE EXCEPTION 'the grid has % points, and % may be tried', wanted, most
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Allow more trials, try fewer values, or take the method random.';
	END IF;
	RETURN points;
END
$$;

COMMENT ON FUNCTION drift_internal.grid_points(jsonb, integer) IS 'all points of a space, in order';

-- A point that was drawn before is left out; small spaces have fewer points than are asked for.
-- No more than 5000 are drawn: each is a training.
CREATE OR REPLACE FUNCTION drift_internal.random_points(space jsonb, wanted integer, seed bigint) RETURNS jsonb[]
	LANGUAGE sql IMMUTABLE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY(
		SELECT f.point
		FROM (
			SELECT d.point, min(d.place) AS place
			FROM (
				SELECT i AS place, jsonb_object_agg(s.key, drift_internal.axis_value(s.value,
					drift_internal.simulated_uniform(seed, drift_internal.simulation_stream(s.key), i))) AS point
				FROM generate_series(1, least(wanted::bigint * 20, 5000)) AS i, jsonb_each(space) AS s
				GROUP BY i
			) AS d
			GROUP BY d.point
		) AS f
		ORDER BY f.place
		LIMIT wanted)
$$;

COMMENT ON FUNCTION drift_internal.random_points(jsonb, integer, bigint) IS 'points of a space that are drawn by a seed, each once';
