-- effects on one column, as SQL expressions over rows with their number i and their place u,
-- which runs from 0 to 1 over the simulated rows

CREATE OR REPLACE FUNCTION drift_internal.float_term(x float8) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	SET extra_float_digits = 1
AS $$
	SELECT format('%L::float8', x)
$$;

COMMENT ON FUNCTION drift_internal.float_term(float8) IS 'SQL literal of a double';

-- From 0, no effect, to 1, the whole effect; a season swings between -1 and 1.
CREATE OR REPLACE FUNCTION drift_internal.strength_term(ramp jsonb, span interval) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN ramp IS NULL OR ramp = '"full"' THEN drift_internal.float_term(1)
			WHEN ramp = '"linear"' THEN 'u'
			WHEN ramp ? 'linear' THEN format('least(1, greatest(0, (u - %s) / %s))', drift_internal.float_term((ramp #>> '{linear,0}')::float8),
				drift_internal.float_term((ramp #>> '{linear,1}')::float8 - (ramp #>> '{linear,0}')::float8))
			WHEN ramp ? 'step' THEN format('CASE WHEN u >= %s THEN 1::float8 ELSE 0 END', drift_internal.float_term((ramp ->> 'step')::float8))
			ELSE format('sind(360 * (u * %s + %s))',
				drift_internal.float_term(CASE jsonb_typeof(ramp #> '{seasonal,period}')
					WHEN 'number' THEN 1 / (ramp #>> '{seasonal,period}')::float8
					ELSE extract(epoch FROM span)::float8 / extract(epoch FROM (ramp #>> '{seasonal,period}')::interval)::float8
				END),
				drift_internal.float_term(coalesce((ramp #>> '{seasonal,phase}')::float8, 0)))
		END
$$;

COMMENT ON FUNCTION drift_internal.strength_term(jsonb, interval) IS
	'SQL expression for the strength of an effect at the place u; span is the simulated time';

-- Effects on a number, in the order in which the documentation has them.
CREATE OR REPLACE FUNCTION drift_internal.number_term(effect jsonb, fact jsonb, value text, strength text, seed bigint, purpose text) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	term text := value;
	mean CONSTANT text := drift_internal.float_term(coalesce((fact ->> 'mean')::float8, 0));
	bound float8;
BEGIN
	IF effect ? 'scale' THEN
		term := format('(%s) * (1 + (%s) * %s)', term, strength, drift_internal.float_term((effect ->> 'scale')::float8 - 1));
	END IF;
	IF effect ? 'spread' THEN
		term := format('%1$s + (%2$s - %1$s) * (1 + (%3$s) * %4$s)', mean, term, strength, drift_internal.float_term((effect ->> 'spread')::float8 - 1));
	END IF;
	IF effect ? 'shift' THEN
		term := format('%s + (%s) * %s', term, strength, drift_internal.float_term((effect ->> 'shift')::float8));
	END IF;
	IF effect ? 'add_normal' THEN
		term := format('%s + (%s) * (%s + %s * %s)', term, strength, drift_internal.float_term((effect #>> '{add_normal,0}')::float8),
			drift_internal.float_term((effect #>> '{add_normal,1}')::float8), drift_internal.random_term('normal', seed, purpose || '/add_normal'));
	END IF;

	bound := effect #>> '{clip,0}';
	IF bound IS NOT NULL THEN
		term := format('greatest(%s, %s)', drift_internal.float_term(bound), term);
	END IF;
	bound := effect #>> '{clip,1}';
	IF bound IS NOT NULL THEN
		term := format('least(%s, %s)', drift_internal.float_term(bound), term);
	END IF;

	RETURN CASE
			WHEN jsonb_typeof(effect -> 'round') = 'number' THEN format('round((%s)::numeric, %s)::float8', term, (effect ->> 'round')::integer)
			WHEN effect -> 'round' = 'true' THEN format('round(%s)', term)
			ELSE term
		END;
END
$$;

COMMENT ON FUNCTION drift_internal.number_term(jsonb, jsonb, text, text, bigint, text) IS 'SQL expression for a number after the effects of one object of a specification';

-- The fewest rows change: a category that loses gives up just what it has too much, and only those
-- rows are drawn again, among the categories that gain. What else a row holds still fits the most rows.
CREATE OR REPLACE FUNCTION drift_internal.leaving_term(shares jsonb, fact jsonb, c drift_internal.simulated_column) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('CASE %s ELSE %s END',
		string_agg(format('WHEN c%s = %L::%s THEN %s', (c).ordinal, s.category, (c).type_name, drift_internal.float_term(coalesce(1 - s.share_after / nullif(s.share_before, 0), 0))), ' ')
			FILTER (WHERE s.named),
		drift_internal.float_term(coalesce(max(1 - s.share_after / s.share_before) FILTER (WHERE NOT s.named), 0)))
	FROM drift_internal.share_changes(shares, fact) AS s
$$;

COMMENT ON FUNCTION drift_internal.leaving_term(jsonb, jsonb, drift_internal.simulated_column) IS
	'SQL expression for the share of a row''s category that must leave it; negative for a category that gains';

-- direction 1: the categories that gain at full strength; -1: those that lose, which gain when a season turns the effect round.
CREATE OR REPLACE FUNCTION drift_internal.gaining_term(shares jsonb, fact jsonb, c drift_internal.simulated_column, uniform text, direction integer) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	SET extra_float_digits = 1
AS $$
	SELECT CASE
			WHEN count(*) = 0 THEN format('c%s', (c).ordinal)
			ELSE format('(%L::%s[])[1 + width_bucket(%s, %L::float8[])]', array_agg(g.category ORDER BY g.o), (c).type_name, uniform,
				coalesce(array_agg(g.reached / g.total ORDER BY g.o) FILTER (WHERE g.o < g.n), '{}'))
		END
	FROM (
		SELECT s.category, row_number() OVER w AS o, count(*) OVER () AS n, sum(s.gain) OVER () AS total, sum(s.gain) OVER w AS reached
		FROM (
			SELECT category, direction * (share_after - share_before) AS gain
			FROM drift_internal.share_changes(shares, fact)
		) AS s
		WHERE s.gain > 0
		WINDOW w AS (ORDER BY s.category COLLATE "C")
	) AS g
$$;

COMMENT ON FUNCTION drift_internal.gaining_term(jsonb, jsonb, drift_internal.simulated_column, text, integer) IS
	'SQL expression that draws one of the categories whose share grows';

CREATE OR REPLACE FUNCTION drift_internal.shares_term(
	effect jsonb, fact jsonb, c drift_internal.simulated_column, strength text, seed bigint, purpose text)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('CASE WHEN %s >= (%s) * (%s) THEN c%s%s ELSE %s END',
		drift_internal.random_term('uniform', seed, purpose || '/leave'), strength,
		drift_internal.leaving_term(effect -> 'shares', fact, c), (c).ordinal,
		CASE WHEN effect -> 'ramp' ? 'seasonal' THEN format(' WHEN (%s) < 0 THEN %s', strength,
			drift_internal.gaining_term(effect -> 'shares', fact, c, draw, -1)) END,
		drift_internal.gaining_term(effect -> 'shares', fact, c, draw, 1))
	FROM drift_internal.random_term('uniform', seed, purpose || '/gain') AS draw
$$;

COMMENT ON FUNCTION drift_internal.shares_term(jsonb, jsonb, drift_internal.simulated_column, text, bigint, text) IS
	'SQL expression for a category after its column''s shares have changed';

-- Effects on the values of a column: first the shares, then each object's effects in their order.
CREATE OR REPLACE FUNCTION drift_internal.value_term(c drift_internal.simulated_column, spec jsonb, facts jsonb, seed bigint, span interval) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	term text := format('c%s', c.ordinal);
	moved boolean := false;
	p record;
BEGIN
	FOR p IN
		SELECT q.part, facts -> q.path AS fact, drift_internal.strength_term(coalesce(q.part -> 'ramp', spec -> 'ramp'), span) AS strength,
			format('%s/%s', c.column_name, q.place) AS purpose
		FROM drift_internal.simulation_parts(spec) AS q
		WHERE q.section = 'column' AND q.column_name = c.column_name
		ORDER BY q.part ? 'shares' DESC, q.place
	LOOP
		IF p.part ? 'shares' THEN
			term := drift_internal.shares_term(p.part, p.fact, c, p.strength, seed, p.purpose);
		END IF;
		IF c.family IN ('timestamp', 'date') AND p.part ? 'shift' THEN
			term := format('(%s) + %L::interval * (%s)', term, p.part ->> 'shift', p.strength);
		ELSIF p.part ?| '{scale,spread,shift,add_normal,clip,round}' THEN
			term := drift_internal.number_term(p.part, p.fact, format('(%s)::float8', term), p.strength, seed, p.purpose);
			moved := true;
		END IF;
	END LOOP;

	RETURN CASE
			WHEN moved AND c.family = 'integer' THEN format('drift_internal.simulated_integer(%s, %L::bigint, %L::bigint, i)', term, seed,
				drift_internal.simulation_stream(c.column_name || '/round'))
			ELSE term
		END;
END
$$;

COMMENT ON FUNCTION drift_internal.value_term(drift_internal.simulated_column, jsonb, jsonb, bigint, interval) IS
	'SQL expression for the value of a column that is not missing after the effects on it';

-- Added up over the objects of a column.
CREATE OR REPLACE FUNCTION drift_internal.missing_share(c drift_internal.simulated_column, spec jsonb, facts jsonb, span interval) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format('(%s) * %s', drift_internal.strength_term(coalesce(p.part -> 'ramp', spec -> 'ramp'), span),
			drift_internal.float_term(coalesce(((p.part ->> 'missing_rate')::float8 - f.missing) / nullif(1 - f.missing, 0), 0))), ' + ' ORDER BY p.place)
	FROM drift_internal.simulation_parts(spec) AS p,
		LATERAL (SELECT (facts #>> ARRAY[p.path, 'missing'])::float8 / nullif((facts #>> ARRAY[p.path, 'n'])::float8, 0) AS missing) AS f
	WHERE p.section = 'column' AND p.column_name = (c).column_name AND p.part ? 'missing_rate'
$$;

COMMENT ON FUNCTION drift_internal.missing_share(drift_internal.simulated_column, jsonb, jsonb, interval) IS
	'SQL expression for the share of a column''s values that must go missing to reach its missing rate; NULL where none is asked for';

-- A column after all its effects. What is missing in the source stays so.
CREATE OR REPLACE FUNCTION drift_internal.changed_term(
	c drift_internal.simulated_column, spec jsonb, facts jsonb, seed bigint, span interval, moment text)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN e.effect ? 'from_time' THEN format('to_char(%s, %L)::%s', moment, e.effect ->> 'from_time', (c).type_name)
			WHEN e.effect ? 'number_from' THEN format('(%L::bigint + i)::%s', (e.effect ->> 'number_from')::bigint - 1, (c).type_name)
			WHEN e.effect IS NULL THEN format('c%s', (c).ordinal)
			ELSE format('CASE WHEN %s THEN c%s%s ELSE (%s)::%s END', drift_internal.missing_term(c), (c).ordinal,
				' WHEN ' || drift_internal.random_term('uniform', seed, (c).column_name || '/missing')
					|| ' < ' || drift_internal.missing_share(c, spec, facts, span) || ' THEN NULL',
				drift_internal.value_term(c, spec, facts, seed, span), (c).type_name)
		END
	FROM (SELECT spec #> ARRAY['columns', (c).column_name] AS effect) AS e
$$;

COMMENT ON FUNCTION drift_internal.changed_term(drift_internal.simulated_column, jsonb, jsonb, bigint, interval, text) IS
	'SQL expression for a column after all its effects; moment is the expression for the simulated time';
