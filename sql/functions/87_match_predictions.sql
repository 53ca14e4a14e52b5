-- finding the predictions that many outcomes belong to
--
-- These read logs with the rights of the caller.

CREATE OR REPLACE FUNCTION drift_internal.outcome_log(model text, OUT log regclass, OUT outcomes regclass)
	AS 'MODULE_PATHNAME', 'drift_outcome_log' LANGUAGE C STABLE STRICT;

COMMENT ON FUNCTION drift_internal.outcome_log(text) IS
	'the prediction log of a model and its table of outcomes, for who may add to that; otherwise an error';

CREATE OR REPLACE FUNCTION drift_internal.read_predictions(log regclass, ids uuid[], earliest timestamptz, latest timestamptz)
	RETURNS TABLE (prediction_id uuid, predicted_at timestamptz, shadow_of uuid)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF cardinality(ids) > 0 THEN
		-- The times are constants to the planner, which leaves out partitions.
		RETURN QUERY EXECUTE format('
			SELECT DISTINCT ON (l.prediction_id) l.prediction_id, l.predicted_at, l.shadow_of
			FROM unnest($1) AS g (prediction_id)
			JOIN %s AS l USING (prediction_id)
			WHERE l.predicted_at BETWEEN $2 AND $3
			ORDER BY l.prediction_id, l.predicted_at DESC', drift_internal.relation_name(log))
		USING ids, earliest, latest;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.read_predictions(regclass, uuid[], timestamptz, timestamptz) IS
	'those of some predictions that a log holds from a time to another';

-- Where the ids say, give or take a minute for clocks that are not drift's own, and then everywhere.
CREATE OR REPLACE FUNCTION drift_internal.locate_predictions(log regclass, ids uuid[])
	RETURNS TABLE (prediction_id uuid, predicted_at timestamptz, shadow_of uuid)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH near AS MATERIALIZED (
		SELECT n.*
		FROM (
			SELECT min(drift.prediction_time(i)) AS first, max(drift.prediction_time(i)) AS last
			FROM unnest(ids) AS i) AS t,
			drift_internal.read_predictions(log, ids, t.first - interval '1 minute', t.last + interval '1 minute') AS n)
	SELECT * FROM near
	UNION ALL
	SELECT * FROM drift_internal.read_predictions(log,
		ARRAY(SELECT i FROM unnest(ids) AS i WHERE i IS NOT NULL EXCEPT SELECT n.prediction_id FROM near AS n), '-infinity', 'infinity')
$$;

COMMENT ON FUNCTION drift_internal.locate_predictions(regclass, uuid[]) IS 'those of some predictions that a log holds';

CREATE OR REPLACE FUNCTION drift_internal.match_ids(log regclass, ids uuid[])
	RETURNS TABLE (given_id uuid, prediction_id uuid, predicted_at timestamptz)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH located AS MATERIALIZED (
		SELECT * FROM drift_internal.locate_predictions(log, ids)),
	answers AS MATERIALIZED (
		SELECT * FROM drift_internal.locate_predictions(log, ARRAY(SELECT l.shadow_of FROM located AS l WHERE l.shadow_of IS NOT NULL)))
	SELECT l.prediction_id, coalesce(l.shadow_of, l.prediction_id), CASE WHEN l.shadow_of IS NULL THEN l.predicted_at ELSE a.predicted_at END
	FROM located AS l
	LEFT JOIN answers AS a ON a.prediction_id = l.shadow_of
$$;

COMMENT ON FUNCTION drift_internal.match_ids(regclass, uuid[]) IS
	'predictions that outcomes given with ids belong to: the ids'' own, for shadows the answer that they stood behind';

CREATE OR REPLACE FUNCTION drift_internal.match_entities(log regclass, entities text[], observed timestamptz[], match text, within interval)
	RETURNS TABLE (ordinal bigint, prediction_id uuid, predicted_at timestamptz)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF array_remove(entities, NULL) <> '{}' THEN
		RETURN QUERY EXECUTE format('
			SELECT %s g.ordinal, l.prediction_id, l.predicted_at
			FROM unnest($1, $2) WITH ORDINALITY AS g (entity_key, observed_at, ordinal)
			JOIN %s AS l USING (entity_key)
			WHERE l.predicted_at BETWEEN $3 AND $4 AND l.predicted_at <= g.observed_at
				AND l.predicted_at >= coalesce(g.observed_at - $5, ''-infinity'')
				AND l.shadow_of IS NULL AND l.status = ''ok''
			ORDER BY g.ordinal, l.predicted_at DESC, l.prediction_id',
			CASE match WHEN 'latest' THEN 'DISTINCT ON (g.ordinal)' ELSE '' END, drift_internal.relation_name(log))
		USING entities, observed, (SELECT coalesce(min(o) - within, '-infinity') FROM unnest(observed) AS o),
			(SELECT max(o) FROM unnest(observed) AS o), within;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.match_entities(regclass, text[], timestamptz[], text, interval) IS
	'predictions that outcomes of entities belong to: the last answer before each outcome, or all of them, no older than within';

CREATE OR REPLACE FUNCTION drift_internal.check_match(match text, within interval) RETURNS void
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF match IS NULL OR match NOT IN ('latest', 'all') THEN
		RAISE EXCEPTION 'outcomes cannot be matched by "%"', coalesce(match, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'match is latest (the last prediction before the outcome) or all.';
	ELSIF within < '0' THEN
		RAISE EXCEPTION 'within is negative'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is the longest time from a prediction to its outcome.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_match(text, interval) IS 'raises unless these say how outcomes of entities find predictions';

-- An outcome repeats what is known if the prediction had it at the time it was observed: by the table, or by
-- another outcome given at once. That way a job can send the same outcomes again. The planner expects far more
-- rows than there are, and would compile for longer than they take.
CREATE OR REPLACE FUNCTION drift_internal.match_outcomes(
	log regclass, outcomes regclass, given drift_internal.given_outcome[], match text, within interval)
	RETURNS TABLE (prediction_id uuid, entity_key text, actual text, actual_value double precision, observed_at timestamptz, predicted_at timestamptz,
		source text, resolves bigint, repeated boolean)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
BEGIN
	RETURN QUERY EXECUTE format('
		WITH given AS MATERIALIZED (
			SELECT * FROM unnest($1) WITH ORDINALITY AS g),
		matched AS MATERIALIZED (
			SELECT coalesce(i.prediction_id, e.prediction_id, g.prediction_id) AS prediction_id, g.entity_key, g.actual, g.actual_value, g.observed_at,
				coalesce(i.predicted_at, e.predicted_at) AS predicted_at, g.source, g.resolves, g.ordinality
			FROM given AS g
			LEFT JOIN drift_internal.match_ids($2, ARRAY(SELECT prediction_id FROM given)) AS i ON i.given_id = g.prediction_id
			LEFT JOIN drift_internal.match_entities($2, ARRAY(SELECT CASE WHEN prediction_id IS NULL THEN entity_key END FROM given ORDER BY ordinality),
				ARRAY(SELECT observed_at FROM given ORDER BY ordinality), $3, $4) AS e ON e.ordinal = g.ordinality)
		SELECT m.prediction_id, m.entity_key, m.actual, m.actual_value, m.observed_at, m.predicted_at, m.source, m.resolves,
			coalesce(CASE WHEN known.observed_at > lag(m.observed_at) OVER same OR lag(m.observed_at) OVER same IS NULL THEN known.actual
				ELSE lag(m.actual) OVER same END = m.actual, false)
		FROM matched AS m
		LEFT JOIN LATERAL ((
				SELECT o.observed_at, o.actual
				FROM %1$s AS o
				WHERE o.prediction_id = m.prediction_id AND o.observed_at <= m.observed_at AND (o.predicted_at IS NULL) = (m.predicted_at IS NULL)
				ORDER BY o.observed_at DESC, o.outcome_id DESC
				LIMIT 1)
			UNION ALL (
				SELECT o.observed_at, o.actual
				FROM %1$s AS o
				WHERE m.prediction_id IS NULL AND o.entity_key = m.entity_key AND o.prediction_id IS NULL AND o.observed_at <= m.observed_at
				ORDER BY o.observed_at DESC, o.outcome_id DESC
				LIMIT 1)) AS known ON true
		WINDOW same AS (PARTITION BY m.prediction_id, CASE WHEN m.prediction_id IS NULL THEN m.entity_key END ORDER BY m.observed_at, m.ordinality)
		ORDER BY m.ordinality', drift_internal.relation_name(outcomes))
	USING given, log, match, within;
END
$$;

COMMENT ON FUNCTION drift_internal.match_outcomes(regclass, regclass, drift_internal.given_outcome[], text, interval) IS
	'outcomes with the predictions that they belong to, as rows for a table of outcomes; repeated where that says the same already';
