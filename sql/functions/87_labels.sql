-- how much of what was predicted is known by now
--
-- Only answers count: not shadows, and not what failed or was forgotten.

CREATE OR REPLACE FUNCTION drift_internal.find_outcomes(model text) RETURNS drift.prediction_logs
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.find_log(model, 'read');
BEGIN
	IF drift_internal.relation_name(log.outcomes) IS NULL THEN
		RAISE EXCEPTION 'the table of outcomes of model "%" was dropped', model
			USING ERRCODE = 'undefined_table';
	END IF;
	RETURN log;
END
$$;

COMMENT ON FUNCTION drift_internal.find_outcomes(text) IS 'the prediction log of a model that the caller may see, whose outcomes are there';

CREATE OR REPLACE FUNCTION drift.unmatched_outcomes(model text)
	RETURNS TABLE (outcome_id bigint, prediction_id uuid, entity_key text, actual text, observed_at timestamptz, recorded_at timestamptz, source text)
	LANGUAGE plpgsql STABLE ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE format('
		SELECT o.outcome_id, o.prediction_id, o.entity_key, o.actual, o.observed_at, o.recorded_at, o.source
		FROM %1$s AS o
		WHERE o.predicted_at IS NULL AND NOT EXISTS (SELECT FROM %1$s AS r WHERE r.resolves = o.outcome_id)
		ORDER BY o.outcome_id',
		drift_internal.relation_name((drift_internal.find_outcomes(model)).outcomes));
END
$$;

COMMENT ON FUNCTION drift.unmatched_outcomes(text) IS
	'outcomes whose prediction was not found; drift.match_outcomes() looks again';

-- What is known of an answer at all: when first, and how often it changed. Withdrawn is not known.
CREATE OR REPLACE FUNCTION drift_internal.labels_query(log drift.prediction_logs) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('
		SELECT l.predicted_at, o.outcome_id, o.observed_first, o.recorded_first, coalesce(o.corrected, false) AS corrected
		FROM %1$s AS l
		LEFT JOIN (
			SELECT o.prediction_id, o.predicted_at, o.outcome_id, o.actual,
				min(o.observed_at) FILTER (WHERE o.actual IS NOT NULL) OVER w AS observed_first,
				min(o.recorded_at) FILTER (WHERE o.actual IS NOT NULL) OVER w AS recorded_first,
				min(o.actual) OVER w IS DISTINCT FROM max(o.actual) OVER w AS corrected,
				row_number() OVER (PARTITION BY o.prediction_id, o.predicted_at ORDER BY o.observed_at DESC, o.outcome_id DESC) AS place
			FROM %2$s AS o
			WHERE o.predicted_at >= $1 AND o.prediction_id IS NOT NULL
			WINDOW w AS (PARTITION BY o.prediction_id, o.predicted_at)
		) AS o ON o.prediction_id = l.prediction_id AND o.predicted_at = l.predicted_at AND o.place = 1 AND o.actual IS NOT NULL
		WHERE l.shadow_of IS NULL AND l.status <> ''error'' AND l.predicted_at >= $1',
		drift_internal.relation_name(log.log), drift_internal.relation_name(log.outcomes))
$$;

COMMENT ON FUNCTION drift_internal.labels_query(drift.prediction_logs) IS 'query for the answers since $1 and what is known of each';

CREATE OR REPLACE FUNCTION drift.label_coverage(model text, bucket interval DEFAULT '1 day', since timestamptz DEFAULT now() - interval '90 days')
	RETURNS TABLE (period_start timestamptz, predictions bigint, labelled bigint, coverage double precision, corrected bigint)
	LANGUAGE plpgsql STABLE ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE format('
		SELECT date_bin($2, l.predicted_at, ''2000-01-01 00:00+00''), count(*), count(l.outcome_id), count(l.outcome_id) / count(*)::float8,
			count(*) FILTER (WHERE l.corrected)
		FROM (%s) AS l
		GROUP BY 1
		ORDER BY 1', drift_internal.labels_query(drift_internal.find_outcomes(model)))
	USING since, bucket;
END
$$;

COMMENT ON FUNCTION drift.label_coverage(text, interval, timestamptz) IS
	'how many of the answers of each period (a span without months, from midnight UTC) have an outcome by now, and how many outcomes were corrected';

CREATE OR REPLACE FUNCTION drift.label_lag(model text, since timestamptz DEFAULT now() - interval '90 days')
	RETURNS TABLE (lag text, predictions bigint, shortest interval, median interval, p90 interval, p99 interval, longest interval)
	LANGUAGE plpgsql STABLE ROWS 2
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE format('
		SELECT q.lag, q.n, (q.p)[1], (q.p)[2], (q.p)[3], (q.p)[4], (q.p)[5]
		FROM (
			SELECT k.lag, count(k.span) AS n, percentile_disc(ARRAY[0, 0.5, 0.9, 0.99, 1]) WITHIN GROUP (ORDER BY k.span) AS p
			FROM (%s) AS l
			CROSS JOIN LATERAL (VALUES
				(''observed'', l.observed_first - l.predicted_at),
				(''recorded'', l.recorded_first - l.predicted_at)) AS k (lag, span)
			GROUP BY k.lag) AS q
		ORDER BY q.lag', drift_internal.labels_query(drift_internal.find_outcomes(model)))
	USING since;
END
$$;

COMMENT ON FUNCTION drift.label_lag(text, timestamptz) IS
	'how long after the prediction its first outcome was observed and was recorded, for predictions since a time whose outcome is known';

CREATE OR REPLACE FUNCTION drift.label_frontier(model text, coverage double precision DEFAULT 0.9, bucket interval DEFAULT '1 day')
	RETURNS timestamptz
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	frontier timestamptz;
BEGIN
	IF coverage IS NULL OR NOT coverage BETWEEN 0 AND 1 THEN
		RAISE EXCEPTION 'coverage is %', coalesce(coverage::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is a share of the predictions, from 0 to 1.';
	END IF;
	-- Steps that grow, so that a log of years is read only as far as needed.
	FOR step IN 0 .. 4 LOOP
		SELECT max(c.period_start) + bucket INTO frontier
		FROM drift.label_coverage(model, bucket,
			CASE WHEN step < 4 THEN date_bin(bucket, now(), '2000-01-01 00:00+00') - bucket * 8 ^ step ELSE '-infinity' END) AS c
		WHERE c.coverage >= label_frontier.coverage;
		EXIT WHEN frontier IS NOT NULL;
	END LOOP;
	RETURN frontier;
END
$$;

COMMENT ON FUNCTION drift.label_frontier(text, double precision, interval) IS
	'until when predictions are labelled: the end of the latest period of whose answers at least this share has an outcome; NULL where there is none. Quality is measured up to here.';
