-- metrics of a model from profiles of its outcomes

CREATE OR REPLACE FUNCTION drift_internal.score_metrics(positive drift.profile, negative drift.profile) RETURNS SETOF drift_internal.metric_value
	AS 'MODULE_PATHNAME', 'drift_score_metrics' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 5 COST 1000;

COMMENT ON FUNCTION drift_internal.score_metrics(drift.profile, drift.profile) IS
	'roc_auc with its standard error after DeLong, gini, ks_statistic, average_precision and ece of ten bins, from profiles of the scores of positive and of negative rows';

CREATE OR REPLACE FUNCTION drift_internal.confusion_metrics(cells drift.profile, positive text) RETURNS SETOF drift_internal.metric_value
	AS 'MODULE_PATHNAME', 'drift_confusion_metrics' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 10 COST 1000;

COMMENT ON FUNCTION drift_internal.confusion_metrics(drift.profile, text) IS
	'accuracy and its relatives from a profile of JSON arrays [predicted, actual], with standard errors by the jackknife; precision, recall, specificity and f1 are of the positive class, if one is given. No rows where the profile does not know all pairs';

CREATE OR REPLACE FUNCTION drift_internal.ewma_accum(state float8, value float8, alpha float8) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_ewma_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.ewma_accum(float8, float8, float8) IS 'Transition function of ewma.';

CREATE OR REPLACE AGGREGATE drift.ewma(value float8, alpha float8) (SFUNC = drift_internal.ewma_accum, STYPE = float8, PARALLEL = SAFE);

COMMENT ON AGGREGATE drift.ewma(float8, float8) IS
	'Exponentially weighted moving average: each value, in the order of the call, moves the average by alpha of its distance; the first one starts it. NULL and NaN leave it as it is. Call it with ORDER BY, also as a window function.';

CREATE OR REPLACE FUNCTION drift_internal.mean_metric(metric text, profile drift.profile) RETURNS drift_internal.metric_value
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN ROW(metric, drift.mean(profile), coalesce(drift.stddev(profile), 0) / pg_catalog.sqrt(nullif(drift.value_count(profile), 0)), 0, drift.value_count(profile))::drift_internal.metric_value;

COMMENT ON FUNCTION drift_internal.mean_metric(text, drift.profile) IS 'the mean of a numeric profile as a metric';

CREATE OR REPLACE FUNCTION drift_internal.residual_metrics(residual drift.profile, target drift.profile) RETURNS SETOF drift_internal.metric_value
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 3
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT v.*
	FROM (
		SELECT drift.value_count(residual) AS n, drift.mean(residual) AS bias,
			coalesce(drift.stddev(residual), 0) ^ 2 * (drift.value_count(residual) - 1) / nullif(drift.value_count(residual), 0) + drift.mean(residual) ^ 2 AS mse,
			CASE WHEN drift.value_count(target) = drift.value_count(residual)
				THEN drift.stddev(target) ^ 2 * (drift.value_count(target) - 1) / nullif(drift.value_count(target), 0) END AS variance
	) AS r, LATERAL (
		VALUES ('bias', r.bias, sqrt(greatest(r.mse - r.bias ^ 2, 0) / nullif(r.n - 1, 0)), 0::float8, r.n),
			('rmse', sqrt(r.mse), NULL, 0, r.n),
			('r2', 1 - r.mse / nullif(r.variance, 0), NULL, 0, r.n)
	) AS v (metric, value, standard_error, value_error, n)
	WHERE v.value IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.residual_metrics(drift.profile, drift.profile) IS
	'bias, rmse and r2 from profiles of what was said less what came, and of what came for the same rows';

-- Residuals that were infinite have no mean.
CREATE OR REPLACE FUNCTION drift_internal.profile_metrics(outcomes drift_internal.outcome_profile[]) RETURNS SETOF drift_internal.metric_value
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 15
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH o AS (
		SELECT u.* FROM unnest(outcomes) AS u WHERE drift.value_count(u.profile) > 0
	), m AS MATERIALIZED ( -- so that only what is chosen is computed
		SELECT drift_internal.mean_metric(CASE o.column_name WHEN 'covered' THEN 'interval_coverage' WHEN 'percentage_error' THEN 'mape'
				ELSE o.column_name END, o.profile) AS v
		FROM o
		WHERE o.role = 'metric' OR (o.role = 'outcome' AND o.column_name IN ('log_loss', 'brier', 'percentage_error', 'covered', 'interval_width'))
		UNION ALL
		SELECT drift_internal.mean_metric(n.name, o.profile)
		FROM o, unnest(CASE WHEN EXISTS (SELECT FROM o AS r WHERE r.column_name = 'residual' AND r.role = 'outcome') THEN '{mean_error,mae}' ELSE '{mean_error}'::text[] END) AS n (name)
		WHERE o.role = 'error' AND o.kind = 'numeric'
		UNION ALL
		SELECT c FROM o, LATERAL drift_internal.confusion_metrics(o.profile, o.positive) AS c WHERE o.role = 'outcome' AND o.column_name = 'confusion'
		UNION ALL
		SELECT s
		FROM o AS p
		JOIN o AS n ON n.role = 'outcome' AND n.column_name = 'negative_score',
			LATERAL drift_internal.score_metrics(p.profile, n.profile) AS s
		WHERE p.role = 'outcome' AND p.column_name = 'positive_score'
		UNION ALL
		SELECT r
		FROM o
		LEFT JOIN o AS t ON t.role = 'target' AND t.kind = 'numeric',
			LATERAL drift_internal.residual_metrics(o.profile, t.profile) AS r
		WHERE o.role = 'outcome' AND o.column_name = 'residual'
	)
	SELECT (m.v).* FROM m WHERE (m.v).value > '-infinity' AND (m.v).value < 'infinity'
$$;

COMMENT ON FUNCTION drift_internal.profile_metrics(drift_internal.outcome_profile[]) IS
	'every metric that profiles of outcomes tell: of classes, scores, losses, numbers and the means of custom metrics';

CREATE OR REPLACE FUNCTION drift_internal.higher_is_better(metric text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN metric IN ('mean_error', 'mae', 'rmse', 'mape', 'log_loss', 'brier', 'ece') THEN false
		WHEN metric IN ('bias', 'interval_width') THEN NULL ELSE true END;

COMMENT ON FUNCTION drift_internal.higher_is_better(text) IS 'which way a built-in metric gets better; NULL: neither';

CREATE OR REPLACE FUNCTION drift_internal.in_points(metric text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN metric NOT IN ('mae', 'rmse', 'mape', 'log_loss', 'bias', 'interval_width');

COMMENT ON FUNCTION drift_internal.in_points(text) IS
	'whether losses of a built-in metric are differences, because it has no unit; else they are shares of the reference. Mean errors are either';
