-- fairness of what a registered model answered, where outcomes are known

CREATE OR REPLACE FUNCTION drift_internal.positive_class(config jsonb, classes text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN coalesce(config #>> '{performance,positive_label}', CASE pg_catalog.cardinality(classes) WHEN 2 THEN classes[2] END);

COMMENT ON FUNCTION drift_internal.positive_class(jsonb, text[]) IS
	'the class that scores are the probability of: as configured, or the second of two; NULL: more classes have none';

CREATE OR REPLACE FUNCTION drift_internal.positive_class(model text) RETURNS text
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.positive_class(drift_internal.loaded_config(m.model_id), drift_internal.model_classes(m.model_id))
	FROM drift_internal.find_model(model, 'read') AS m
$$;

COMMENT ON FUNCTION drift_internal.positive_class(text) IS
	'class of a model that its scores are the probability of, for who may see the model; NULL: it is not known';

CREATE OR REPLACE FUNCTION drift_internal.judge_model_fairness(model text, groups text[], from_time timestamptz, to_time timestamptz, by text,
	version integer, positive text, threshold float8, attributes text, key text, attributes_key text, reference tstzrange, method text, aggregate text,
	min_ratio float8, max_difference float8, min_group_size bigint, confidence float8, replicates integer, seed bigint, path text)
	RETURNS SETOF drift.fairness_change
	LANGUAGE plpgsql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.find_outcomes(model);
	favourable CONSTANT text := coalesce(positive, drift_internal.positive_class(model));
	cells drift_internal.fairness_cells[];
BEGIN
	PERFORM drift_internal.check_fairness_options(method, aggregate, min_ratio, max_difference);
	IF favourable IS NULL THEN
		RAISE EXCEPTION 'which class of model "%" is the favourable one is not known', model
			USING ERRCODE = 'null_value_not_allowed', HINT = 'Say it: positive => ''yes''.';
	END IF;
	cells := drift_internal.fairness_groups(
		format('SELECT l.* FROM (%s) AS l WHERE l.shadow_of IS NULL AND l.status = ''ok'' AND l.predicted_at >= %L AND l.predicted_at < %L%s',
			drift_internal.labelled_definition(log.log, log.outcomes, true), coalesce(from_time, '-infinity'), coalesce(to_time, 'infinity'),
			CASE WHEN version IS NOT NULL THEN format(' AND l.model_version = %s', version) ELSE '' END),
		format('CASE WHEN label IS NOT NULL THEN label = %L ELSE score >= %L::pg_catalog.float8 END', favourable, threshold),
		format('actual = %L', favourable), groups, NULL, NULL, CASE WHEN by IS NOT NULL THEN 'predicted_at' END, by, NULL,
		attributes, key, attributes_key, path);
	RETURN QUERY
		SELECT * FROM drift_internal.judge_periods(cells, drift_internal.pooled_groups(cells, reference), true, method, aggregate, min_ratio,
			max_difference, min_group_size, confidence, replicates, seed);
END
$$;

COMMENT ON FUNCTION drift_internal.judge_model_fairness(text, text[], timestamptz, timestamptz, text, integer, text, float8, text, text, text, tstzrange, text, text, float8, float8, bigint, float8, integer, bigint, text) IS
	'drift.model_fairness() with names looked up on the given path';

-- No pinned path: sources and expressions mean what they mean to the caller.
CREATE OR REPLACE FUNCTION drift.model_fairness(
	model text, groups text[], from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL, by text DEFAULT NULL,
	version integer DEFAULT NULL, positive text DEFAULT NULL, threshold float8 DEFAULT 0.5,
	attributes text DEFAULT NULL, key text DEFAULT 'entity_key', attributes_key text DEFAULT NULL, reference tstzrange DEFAULT NULL,
	method text DEFAULT 'between_groups', aggregate text DEFAULT 'worst_case', min_ratio float8 DEFAULT 0.8, max_difference float8 DEFAULT NULL,
	min_group_size bigint DEFAULT 30, confidence float8 DEFAULT 0.95, replicates integer DEFAULT 1000, seed bigint DEFAULT 42)
	RETURNS SETOF drift.fairness_change
	LANGUAGE sql STABLE COST 100000 ROWS 10
BEGIN ATOMIC
	SELECT j.* FROM drift_internal.judge_model_fairness(model, groups, from_time, to_time, by, version, positive, threshold,
		drift.source_query(attributes), key, attributes_key, reference, method, aggregate, min_ratio, max_difference, min_group_size, confidence,
		replicates, seed, pg_catalog.current_setting('search_path')) AS j;
END;

COMMENT ON FUNCTION drift.model_fairness(text, text[], timestamptz, timestamptz, text, integer, text, float8, text, text, text, tstzrange, text, text, float8, float8, bigint, float8, integer, bigint) IS
	'drift.fairness_metrics() of the answers of a model whose outcome is known, and with by (day, week, month, ...) of each period with its change since the reference, as drift.fairness_history(). Groups are columns or expressions of the labelled view, or of attributes, a relation or query that is found by key, by default by the entity. The decision is the class; without one, a score of threshold or more.';
