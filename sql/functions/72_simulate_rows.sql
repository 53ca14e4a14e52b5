-- the query that makes the simulated rows, one stage after the other: source (numbered rows), drawn
-- (which of them, in which place), changed (each column), correlated, labelled

-- Rows that are drawn by a column's shares lie in strata: 0 for all categories that are not named.
CREATE OR REPLACE FUNCTION drift_internal.source_stage(query text, path text, spec jsonb, columns drift_internal.simulated_column[]) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'WITH source AS (' || coalesce((
			SELECT format('SELECT %s, row_number() OVER (ORDER BY s.stratum, s.n) AS n, s.stratum '
				'FROM (SELECT *, coalesce(array_position(%L::%s[], c%s), 0) AS stratum FROM (%s) AS r) AS s',
				(SELECT string_agg('s.c' || a.ordinal, ', ' ORDER BY a.ordinal) FROM unnest(columns) AS a),
				drift_internal.sorted_keys(spec #> '{resample,shares}'), c.type_name, c.ordinal, numbered)
			FROM unnest(columns) AS c
			WHERE c.column_name = spec #>> '{resample,column}'), numbered)
		|| ')'
	FROM drift_internal.numbered_source(query, path, columns) AS numbered
$$;

COMMENT ON FUNCTION drift_internal.source_stage(text, text, jsonb, drift_internal.simulated_column[]) IS 'first stage: the rows of the source with their numbers';

-- Thresholds between the strata 0, 1, 2, ... for a uniform random number, before and after.
CREATE OR REPLACE FUNCTION drift_internal.stratum_thresholds(shares jsonb, fact jsonb, after boolean) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	SET extra_float_digits = 1
AS $$
	SELECT format('%L::float8[]', array_agg(least(1, g.rest + g.below) ORDER BY g.o))
	FROM (
		SELECT row_number() OVER w AS o, coalesce(sum(s.share) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS below,
			greatest(0, 1 - sum(s.share) OVER ()) AS rest
		FROM (
			SELECT category, CASE WHEN after THEN share_after ELSE (fact #>> ARRAY['named', (row_number() OVER (ORDER BY category COLLATE "C") - 1)::text])::float8
				/ (fact ->> 'n')::float8 END AS share
			FROM drift_internal.share_changes(shares, fact)
			WHERE named
		) AS s
		WINDOW w AS (ORDER BY s.category COLLATE "C")
	) AS g
$$;

COMMENT ON FUNCTION drift_internal.stratum_thresholds(jsonb, jsonb, boolean) IS
	'SQL literal of the cumulative shares of the strata of a resampled column, in the source or as asked for';

-- Stratum of the row that is drawn for place u: 0 where all rows are one.
CREATE OR REPLACE FUNCTION drift_internal.stratum_term(spec jsonb, facts jsonb, seed bigint, span interval) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN spec ? 'resample' THEN format('CASE WHEN %1$s < (%2$s) THEN width_bucket(%3$s, %4$s) ELSE width_bucket(%3$s, %5$s) END',
				drift_internal.random_term('uniform', seed, '/resample'),
				drift_internal.strength_term(coalesce(spec #> '{resample,ramp}', spec -> 'ramp'), span),
				drift_internal.random_term('uniform', seed, '/stratum'),
				drift_internal.stratum_thresholds(spec #> '{resample,shares}', facts -> 'resample', true),
				drift_internal.stratum_thresholds(spec #> '{resample,shares}', facts -> 'resample', false))
			ELSE '0'
		END
$$;

COMMENT ON FUNCTION drift_internal.stratum_term(jsonb, jsonb, bigint, interval) IS 'SQL expression for the stratum that a simulated row is drawn from';

-- First number and size of each stratum, as arrays that begin with stratum 0.
CREATE OR REPLACE FUNCTION drift_internal.strata_stage(spec jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN spec ? 'resample' THEN format(', strata AS MATERIALIZED (SELECT array_agg(s.first_n ORDER BY g) AS first_n, array_agg(s.n ORDER BY g) AS n '
				'FROM generate_series(0, %s) AS g LEFT JOIN (SELECT stratum, min(n) AS first_n, count(*) AS n FROM source GROUP BY stratum) AS s ON s.stratum = g)',
				cardinality(drift_internal.sorted_keys(spec #> '{resample,shares}')))
			ELSE ', strata AS MATERIALIZED (SELECT ARRAY[1::bigint] AS first_n, ARRAY[count(*)] AS n FROM source)'
		END
$$;

COMMENT ON FUNCTION drift_internal.strata_stage(jsonb) IS 'stage that counts the rows of each stratum of the source';

-- Each row of the source once, or rows drawn with replacement.
CREATE OR REPLACE FUNCTION drift_internal.drawn_stage(spec jsonb, facts jsonb, rows bigint, seed bigint, span interval, columns drift_internal.simulated_column[])
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN rows IS NULL THEN format(', drawn AS (SELECT n AS i, %s AS u, %s FROM source OFFSET 0)',
				CASE WHEN spec ? 'time' OR jsonb_path_exists(spec, '$.**.ramp') THEN '(n - 0.5::float8) / (SELECT count(*) FROM source)' ELSE 'NULL::float8' END,
				names)
			ELSE format('%s, drawn AS (SELECT d.i, d.u, %s FROM '
				'(SELECT i, u, (SELECT first_n FROM strata)[1 + g] + floor(%s * (SELECT n FROM strata)[1 + g])::bigint AS n FROM '
				'(SELECT i, u, %s AS g FROM (SELECT i, (i - 0.5::float8) / %s AS u FROM (SELECT generate_series(1::bigint, %5$s) AS i) AS d) AS d OFFSET 0) AS d '
				'OFFSET 0) AS d JOIN source USING (n) OFFSET 0)',
				drift_internal.strata_stage(spec), names, drift_internal.random_term('uniform', seed, '/row'),
				drift_internal.stratum_term(spec, facts, seed, span), rows)
		END
	FROM (SELECT string_agg(format('c%s', c.ordinal), ', ' ORDER BY c.ordinal) AS names FROM unnest(columns) AS c) AS s
$$;

COMMENT ON FUNCTION drift_internal.drawn_stage(jsonb, jsonb, bigint, bigint, interval, drift_internal.simulated_column[]) IS
	'second stage: which rows of the source, each with its number i and its place u between 0 and 1';

-- Simulated time at place u; NULL without a section "time".
CREATE OR REPLACE FUNCTION drift_internal.moment_term(spec jsonb, type_name text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('(%1$L::%3$s + (%2$L::%3$s - %1$L::%3$s) * u)', spec #>> '{time,from}', spec #>> '{time,to}',
		CASE WHEN type_name LIKE '%with time zone%' THEN 'timestamptz' ELSE 'timestamp' END)
	WHERE spec ? 'time'
$$;

COMMENT ON FUNCTION drift_internal.moment_term(jsonb, text) IS 'SQL expression for the simulated time of a row, for a column of the given type';

CREATE OR REPLACE FUNCTION drift_internal.changed_stage(spec jsonb, facts jsonb, seed bigint, span interval, columns drift_internal.simulated_column[], time_type text)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(', changed AS (SELECT i, u, %s FROM drawn OFFSET 0)', string_agg(
			CASE
				WHEN c.column_name = spec #>> '{time,column}' THEN format('%s::%s', moment, c.type_name)
				ELSE drift_internal.changed_term(c, spec, facts, seed, span, moment)
			END || format(' AS c%s', c.ordinal), ', ' ORDER BY c.ordinal))
	FROM unnest(columns) AS c
	LEFT JOIN drift_internal.moment_term(spec, time_type) AS moment ON true
$$;

COMMENT ON FUNCTION drift_internal.changed_stage(jsonb, jsonb, bigint, interval, drift_internal.simulated_column[], text) IS
	'third stage: every column after the effects on it';

-- Values of the second column change places, so that its distribution stays exactly what it was. A row's
-- new place is that of t times the normal score of the first column plus what the first column does not
-- explain of the second; between normal scores Spearman's 6 / pi asin(t / 2) belongs to a correlation of t.
CREATE OR REPLACE FUNCTION drift_internal.correlated_stage(
	part jsonb, place bigint, before text, first drift_internal.simulated_column, second drift_internal.simulated_column,
	seed bigint, strength text, columns drift_internal.simulated_column[])
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$, score_%1$s AS MATERIALIZED (
			SELECT i, u, value, place, drift_internal.normal_quantile((first_place - 0.5) / n) AS a, drift_internal.normal_quantile((place - 0.5) / n) AS b
			FROM (
				SELECT i, u, c%4$s AS value, count(*) OVER () AS n, row_number() OVER (ORDER BY c%3$s, %7$s, i) AS first_place,
					row_number() OVER (ORDER BY c%4$s, %8$s, i) AS place
				FROM %2$s WHERE NOT %5$s AND NOT %6$s) AS s
		), relation_%1$s AS MATERIALIZED (
			SELECT coalesce(least(1, greatest(-1, corr(a, b))), 0) AS r FROM (SELECT a, b FROM score_%1$s ORDER BY i) AS s
		), moved_%1$s AS (
			SELECT i, row_number() OVER (ORDER BY t * a + sqrt(1 - t * t) * rest, i) AS place
			FROM (
				SELECT s.i, s.a, greatest(-1, least(1, r + (%9$s) * (%10$s - r))) AS t,
					CASE WHEN abs(r) < 0.999 THEN (b - r * a) / sqrt(1 - r * r) ELSE %11$s END AS rest
				FROM score_%1$s AS s, relation_%1$s) AS s
		), correlated_%1$s AS (
			SELECT i, u, %12$s FROM %2$s AS s LEFT JOIN (
				SELECT m.i, v.value, true AS moved FROM moved_%1$s AS m JOIN score_%1$s AS v USING (place)) AS m USING (i) OFFSET 0)$query$,
		place, before, (first).ordinal, (second).ordinal, drift_internal.missing_term(first), drift_internal.missing_term(second),
		drift_internal.random_term('uniform', seed, format('/first/%s', place)), drift_internal.random_term('uniform', seed, format('/second/%s', place)),
		strength, drift_internal.float_term(2 * sin(pi() * (part ->> 'value')::float8 / 6)),
		drift_internal.random_term('normal', seed, format('/rest/%s', place)),
		(SELECT string_agg(CASE c.ordinal WHEN (second).ordinal THEN format('CASE WHEN moved THEN value ELSE c%1$s END AS c%1$s', c.ordinal) ELSE format('c%s', c.ordinal) END,
			', ' ORDER BY c.ordinal) FROM unnest(columns) AS c))
$$;

COMMENT ON FUNCTION drift_internal.correlated_stage(jsonb, bigint, text, drift_internal.simulated_column, drift_internal.simulated_column, bigint, text, drift_internal.simulated_column[]) IS
	'stage that gives two columns a rank correlation by moving the values of the second among the rows';

-- Log-odds of the positive label, relative to the base rate and to the means of the source.
CREATE OR REPLACE FUNCTION drift_internal.log_odds_term(part jsonb, part_path text, facts jsonb, columns drift_internal.simulated_column[]) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat_ws(' + ', drift_internal.float_term(ln(b.rate / (1 - b.rate)) + coalesce((part #>> '{log_odds,intercept}')::float8, 0)), (
			SELECT string_agg(CASE jsonb_typeof(part -> 'log_odds' -> c.column_name)
				WHEN 'number' THEN format('coalesce(nullif(%s * (c%s::float8 - %s), ''NaN''), 0)',
					drift_internal.float_term((part -> 'log_odds' ->> c.column_name)::float8), c.ordinal,
					drift_internal.float_term(coalesce((facts #>> ARRAY[format('%s.log_odds.%s', part_path, c.column_name), 'mean'])::float8, 0)))
				ELSE (
					SELECT format('CASE %s ELSE 0 END', string_agg(format('WHEN c%s = %L::%s THEN %s', c.ordinal, k, c.type_name,
						drift_internal.float_term((part -> 'log_odds' -> c.column_name ->> k)::float8)), ' ' ORDER BY k COLLATE "C"))
					FROM jsonb_object_keys(part -> 'log_odds' -> c.column_name) AS k)
				END, ' + ' ORDER BY c.ordinal)
			FROM unnest(columns) AS c
			WHERE part -> 'log_odds' ? c.column_name AND part -> 'log_odds' -> c.column_name <> '{}'))
	FROM (
		SELECT coalesce((part ->> 'base_rate')::float8, (fact #>> '{named,0}')::float8 / ((fact #>> '{named,0}')::float8 + (fact #>> '{named,1}')::float8)) AS rate
		FROM (SELECT facts -> part_path AS fact) AS f
	) AS b
$$;

COMMENT ON FUNCTION drift_internal.log_odds_term(jsonb, text, jsonb, drift_internal.simulated_column[]) IS
	'SQL expression for the log-odds that a label section gives a row';

-- A label that is neither the positive nor the negative one stays. First the new relation, then the flips.
CREATE OR REPLACE FUNCTION drift_internal.labelled_stage(
	part jsonb, part_path text, place bigint, before text, label drift_internal.simulated_column,
	facts jsonb, seed bigint, strength text, columns drift_internal.simulated_column[])
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(', labelled_%1$s AS (SELECT i, u, %2$s FROM (SELECT *, CASE WHEN c%3$s IN (%4$s, %5$s) THEN '
			'CASE WHEN %6$s THEN %7$s ELSE c%3$s = %4$s END <> (%8$s) END AS positive FROM %9$s) AS s OFFSET 0)',
		place,
		(SELECT string_agg(CASE c.ordinal WHEN (label).ordinal THEN format('CASE WHEN positive THEN %s WHEN NOT positive THEN %s ELSE c%s END AS c%3$s', v.positive, v.negative, c.ordinal)
			ELSE format('c%s', c.ordinal) END, ', ' ORDER BY c.ordinal) FROM unnest(columns) AS c),
		(label).ordinal, v.positive, v.negative,
		CASE WHEN part ? 'log_odds' THEN format('%s < (%s)', drift_internal.random_term('uniform', seed, format('/redraw/%s', place)), strength) ELSE 'false' END,
		CASE WHEN part ? 'log_odds' THEN format('%s < 1 / (1 + exp(greatest(-700, least(700, -(%s)))))', drift_internal.random_term('uniform', seed, format('/label/%s', place)),
			drift_internal.log_odds_term(part, part_path, facts, columns)) ELSE 'false' END,
		CASE WHEN part ? 'flip_rate' THEN format('%s < (%s) * %s', drift_internal.random_term('uniform', seed, format('/flip/%s', place)), strength,
			drift_internal.float_term((part ->> 'flip_rate')::float8)) ELSE 'false' END,
		before)
	FROM (
		SELECT format('%L::%s', drift_internal.label_value(part, 'positive', (label).family), (label).type_name) AS positive,
			format('%L::%s', drift_internal.label_value(part, 'negative', (label).family), (label).type_name) AS negative
	) AS v
$$;

COMMENT ON FUNCTION drift_internal.labelled_stage(jsonb, text, bigint, text, drift_internal.simulated_column, jsonb, bigint, text, drift_internal.simulated_column[]) IS
	'stage that changes the relation of a label to the other columns';

CREATE OR REPLACE FUNCTION drift_internal.simulation_query(
	query text, path text, spec jsonb, facts jsonb, rows bigint, seed bigint, columns drift_internal.simulated_column[])
	RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	span CONSTANT interval := (spec #>> '{time,to}')::timestamp - (spec #>> '{time,from}')::timestamp;
	time_type CONSTANT text := coalesce((SELECT c.type_name FROM unnest(columns) AS c WHERE c.column_name = spec #>> '{time,column}'),
		format_type(coalesce(spec #>> '{time,type}', 'timestamp')::regtype, NULL));
	result text;
	last text := 'changed';
	p record;
	strength text;
BEGIN
	result := drift_internal.source_stage(query, path, spec, columns)
		|| drift_internal.drawn_stage(spec, facts, rows, seed, span, columns)
		|| drift_internal.changed_stage(spec, facts, seed, span, columns, time_type);

	FOR p IN
		SELECT q.*, a AS first, b AS second
		FROM drift_internal.simulation_parts(spec) AS q
		JOIN unnest(columns) AS a ON a.column_name = coalesce(q.part -> 'columns' ->> 0, q.column_name)
		LEFT JOIN unnest(columns) AS b ON b.column_name = q.part -> 'columns' ->> 1
		WHERE q.section IN ('correlation', 'label')
		ORDER BY q.section, q.place
	LOOP
		strength := drift_internal.strength_term(coalesce(p.part -> 'ramp', spec -> 'ramp'), span);
		IF p.section = 'correlation' THEN
			result := result || drift_internal.correlated_stage(p.part, p.place, last, p.first, p.second, seed, strength, columns);
			last := 'correlated_' || p.place;
		ELSE
			result := result || drift_internal.labelled_stage(p.part, p.path, p.place, last, p.first, facts, seed, strength, columns);
			last := 'labelled_' || p.place;
		END IF;
	END LOOP;

	RETURN result || format(' SELECT %s%s FROM %s%s',
		(SELECT string_agg(format('c%s', c.ordinal), ', ' ORDER BY c.ordinal) FROM unnest(columns) AS c),
		CASE WHEN NOT EXISTS (SELECT FROM unnest(columns) AS c WHERE c.column_name = spec #>> '{time,column}') AND spec ? 'time'
			THEN format(', %s::%s', drift_internal.moment_term(spec, time_type), time_type) END,
		last,
		CASE WHEN rows IS NOT NULL OR last LIKE 'correlated%' THEN ' ORDER BY i' END);
END
$$;

COMMENT ON FUNCTION drift_internal.simulation_query(text, text, jsonb, jsonb, bigint, bigint, drift_internal.simulated_column[]) IS
	'query for the simulated rows in their order: the columns of the source, then the time if it is a new column';
