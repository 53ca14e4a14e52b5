-- drift.record_outcomes() and drift.match_outcomes(): many outcomes at once

CREATE OR REPLACE FUNCTION drift_internal.outcome_column(columns text[], name text, type text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(CASE WHEN name = ANY (columns) THEN 'given.%I::pg_catalog.%s' ELSE 'NULL::pg_catalog.%2$s' END, name, type)
$$;

COMMENT ON FUNCTION drift_internal.outcome_column(text[], text, text) IS 'expression for a column of given outcomes; NULL where they do not have it';

-- Sorted by the time in the ids, so that each chunk needs few partitions.
CREATE OR REPLACE FUNCTION drift_internal.outcomes_query(query text, columns text[]) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF 'actual' <> ALL (columns) OR NOT columns && '{prediction_id,entity_key}' THEN
		RAISE EXCEPTION 'outcomes need a column actual and a column prediction_id or entity_key'
			USING ERRCODE = 'undefined_column', DETAIL = format('The columns are %s.', array_to_string(columns, ', ')),
				HINT = 'Columns may also be observed_at and source; name them so in the query.';
	END IF;
	RETURN format('SELECT %s, %s, drift_internal.outcome_actual(given.actual), drift_internal.outcome_number(given.actual), %s, %s '
			'FROM (%s%s) AS given',
		drift_internal.outcome_column(columns, 'prediction_id', 'uuid'), drift_internal.outcome_column(columns, 'entity_key', 'text'),
		drift_internal.outcome_column(columns, 'observed_at', 'timestamptz'), drift_internal.outcome_column(columns, 'source', 'text'), query, E'\n');
END
$$;

COMMENT ON FUNCTION drift_internal.outcomes_query(text, text[]) IS 'query that gives the outcomes of a user''s query in one form';

CREATE OR REPLACE FUNCTION drift_internal.add_outcomes(log regclass, outcomes regclass, given drift_internal.given_outcome[], match text,
	within interval, path text, INOUT done drift.recorded_outcomes)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	step drift.recorded_outcomes;
BEGIN
	-- Triggers of the table run on the caller's path.
	PERFORM set_config('search_path', path, true);
	EXECUTE pg_catalog.format($query$
		WITH found AS MATERIALIZED (
			SELECT * FROM drift_internal.match_outcomes($1, $2, $3, $4, $5)),
		added AS (
			INSERT INTO %s (prediction_id, entity_key, actual, actual_value, observed_at, predicted_at, source, resolves)
			SELECT f.prediction_id, f.entity_key, f.actual, f.actual_value, f.observed_at, f.predicted_at, f.source, f.resolves
			FROM found AS f
			WHERE CASE WHEN f.resolves IS NULL THEN NOT f.repeated ELSE f.predicted_at IS NOT NULL END
			ON CONFLICT DO NOTHING
			RETURNING predicted_at)
		SELECT pg_catalog.count(*), pg_catalog.count(a.predicted_at), pg_catalog.count(*) OPERATOR(pg_catalog.-) pg_catalog.count(a.predicted_at),
			(SELECT pg_catalog.count(*) FROM found AS f WHERE f.repeated AND f.resolves IS NULL)
		FROM added AS a$query$, drift_internal.relation_name(outcomes))
	INTO step
	USING log, outcomes, given, match, within;
	done.recorded := done.recorded OPERATOR(pg_catalog.+) step.recorded;
	done.matched := done.matched OPERATOR(pg_catalog.+) step.matched;
	done.unmatched := done.unmatched OPERATOR(pg_catalog.+) step.unmatched;
	done.repeated := done.repeated OPERATOR(pg_catalog.+) step.repeated;
END
$$;

COMMENT ON FUNCTION drift_internal.add_outcomes(regclass, regclass, drift_internal.given_outcome[], text, interval, text, drift.recorded_outcomes) IS
	'adds outcomes to a table of outcomes and to the counts of what was done';

CREATE OR REPLACE FUNCTION drift_internal.record_outcomes(model text, query text, match text, within interval, path text)
	RETURNS drift.recorded_outcomes
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT record := drift_internal.outcome_log(model);
	columns CONSTANT text[] := ARRAY(SELECT c.column_name FROM drift_internal.read_columns(query, path) AS c);
	chunks CURSOR (query text) FOR
		SELECT array_agg(ROW(r.prediction_id, r.entity_key, r.actual, r.actual_value, coalesce(r.observed_at, now()), r.source, NULL)
			::drift_internal.given_outcome ORDER BY r.place) AS given
		FROM (
			SELECT *, row_number() OVER (ORDER BY drift.prediction_time(g.prediction_id), g.prediction_id, g.entity_key, g.observed_at) AS place
			FROM drift_internal.read_rows(query, path)
				AS g (prediction_id uuid, entity_key text, actual text, actual_value double precision, observed_at timestamptz, source text)
			WHERE g.actual IS NOT NULL) AS r
		GROUP BY (r.place - 1) / 20000
		ORDER BY (r.place - 1) / 20000;
	done drift.recorded_outcomes := (0, 0, 0, 0);
BEGIN
	PERFORM drift_internal.check_match(match, within);
	FOR chunk IN chunks (drift_internal.outcomes_query(query, columns)) LOOP
		PERFORM drift_internal.check_given(chunk.given);
		done := drift_internal.add_outcomes(place.log, place.outcomes, chunk.given, match, within, path, done);
	END LOOP;
	RETURN done;
END
$$;

COMMENT ON FUNCTION drift_internal.record_outcomes(text, text, text, interval, text) IS 'drift.record_outcomes() for a query whose names are looked up on a path';

CREATE OR REPLACE FUNCTION drift_internal.check_given(given drift_internal.given_outcome[]) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong CONSTANT drift_internal.given_outcome := (
		SELECT g FROM unnest(given) AS g WHERE g.prediction_id IS NULL AND g.entity_key IS NULL OR NOT isfinite(g.observed_at) LIMIT 1);
BEGIN
	IF wrong.observed_at IS NOT NULL AND NOT isfinite(wrong.observed_at) THEN
		RAISE EXCEPTION 'observed_at is infinite'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('The outcome is %s.', wrong),
				HINT = 'Give the time at which the outcome became true or was measured.';
	ELSIF wrong.observed_at IS NOT NULL THEN
		RAISE EXCEPTION 'an outcome has neither prediction_id nor entity_key'
			USING ERRCODE = 'null_value_not_allowed', DETAIL = format('The outcome is %s.', wrong);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_given(drift_internal.given_outcome[]) IS 'raises if one of the outcomes does not say of what or when';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.record_outcomes(model text, source text, match text DEFAULT 'latest', within interval DEFAULT NULL)
	RETURNS SETOF drift.recorded_outcomes
	LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
	SELECT * FROM drift_internal.record_outcomes(model, drift.source_query(source), match, within, current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.record_outcomes(text, text, text, interval) IS
	'records the outcomes that a table, view or query gives: columns prediction_id or entity_key, actual, and where they are known observed_at and source. Rows whose actual is NULL are left out, what is recorded already is not added again, and of entities match and within say which predictions are meant.';

CREATE OR REPLACE FUNCTION drift_internal.match_outcomes(model text, match text, within interval, path text) RETURNS drift.recorded_outcomes
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT record := drift_internal.outcome_log(model);
	last bigint;
	given drift_internal.given_outcome[];
	done drift.recorded_outcomes := (0, 0, 0, 0);
BEGIN
	PERFORM drift_internal.check_match(match, within);
	LOOP
		EXECUTE format('
			SELECT array_agg(ROW(o.prediction_id, o.entity_key, o.actual, o.actual_value, o.observed_at, o.source, o.outcome_id)
				::drift_internal.given_outcome ORDER BY o.outcome_id), max(o.outcome_id)
			FROM (
				SELECT *
				FROM %1$s AS o
				WHERE o.predicted_at IS NULL AND o.outcome_id > coalesce($1, -1)
					AND NOT EXISTS (SELECT FROM %1$s AS r WHERE r.resolves = o.outcome_id)
				ORDER BY o.outcome_id
				LIMIT 20000) AS o', drift_internal.relation_name(place.outcomes))
		INTO given, last
		USING last;
		EXIT WHEN given IS NULL;
		done := drift_internal.add_outcomes(place.log, place.outcomes, given, match, within, path, done);
		done.unmatched := done.unmatched + cardinality(given);
	END LOOP;
	done.unmatched := done.unmatched - done.matched;
	RETURN done;
END
$$;

COMMENT ON FUNCTION drift_internal.match_outcomes(text, text, interval, text) IS 'drift.match_outcomes() for triggers that run on a path';

-- No pinned path: triggers of the table see the caller's.
CREATE OR REPLACE FUNCTION drift.match_outcomes(model text, match text DEFAULT 'latest', within interval DEFAULT NULL)
	RETURNS SETOF drift.recorded_outcomes
	LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
	SELECT * FROM drift_internal.match_outcomes(model, match, within, current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.match_outcomes(text, text, interval) IS
	'looks again for the predictions of outcomes that had none when they were recorded. What is found is recorded as rows that resolve those, which stay as they are.';
