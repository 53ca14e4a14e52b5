-- performance that is estimated before outcomes come, from the windows of what a model said
--
-- An estimate knows of other rows, not of another relation between inputs and outcome. Where outcomes are known it is
-- therefore held against them: an estimate that was wrong there says nothing now.

CREATE OR REPLACE FUNCTION drift_internal.predicted_rows(label drift.profile, score drift.profile, positive text) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN label IS NULL THEN round((1 - drift.cdf(score, 0.49999999999999994)) * drift.value_count(score))
		ELSE (SELECT coalesce(sum(b.row_count), 0) FROM drift.bins(label) AS b
			WHERE b.category IN (positive, drift_internal.kept_class(positive, true))) END::bigint
$$;

COMMENT ON FUNCTION drift_internal.predicted_rows(drift.profile, drift.profile, text) IS
	'rows with the positive label, which the profile may hold as a hash; without labels those with a score from one half on';

-- Of several classes windows hold the confidence alone. Every answer claims to be right, so that its accuracy is the mean of the
-- calibrated confidence.
CREATE OR REPLACE FUNCTION drift_internal.estimate_windows(monitor drift.monitors, estimator drift.estimators, span tstzrange)
	RETURNS TABLE (metric text, n bigint, value float8, error float8)
	LANGUAGE plpgsql STABLE ROWS 9
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	score_role CONSTANT text := CASE estimator.task WHEN 'multiclass' THEN 'confidence' ELSE 'score' END;
	score drift.profile;
	label drift.profile;
BEGIN
	SELECT (array_agg(w.profile) FILTER (WHERE c.role = score_role))[1], (array_agg(w.profile) FILTER (WHERE c.role = 'label'))[1]
	INTO score, label
	FROM drift.monitor_columns AS c
	JOIN drift_internal.merged_windows(monitor.monitor_id, span, false,
		ARRAY(SELECT k.column_id FROM drift.monitor_columns AS k WHERE k.monitor_id = monitor.monitor_id
			AND ((k.role = score_role AND k.kind = 'numeric') OR (k.role = 'label' AND k.kind = 'categorical')))) AS w USING (column_id)
	WHERE c.monitor_id = monitor.monitor_id;
	IF score IS NULL OR drift.value_count(score) = 0 THEN
		RETURN;
	END IF;

	IF estimator.task = 'multiclass' THEN
		RETURN QUERY
			SELECT 'accuracy', (e.estimate).n, e.metrics[3], e.errors[3]
			FROM drift_internal.cbpe_profile(score, drift.value_count(score), estimator.maps[cardinality(estimator.maps)]) AS e;
	ELSE
		RETURN QUERY
			SELECT m.name, (e.estimate).n, m.value, m.error
			FROM drift_internal.cbpe_profile(score, drift_internal.predicted_rows(label, score, estimator.classes[1]), estimator.maps[1]) AS e,
				unnest(drift_internal.estimated_metrics(), e.metrics, e.errors) AS m (name, value, error);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.estimate_windows(drift.monitors, drift.estimators, tstzrange) IS
	'estimated metrics of a span from windows, and by how much each may be off because windows do not hold every score';

-- Losses are points of metrics from 0 to 1, and shares of others.
CREATE OR REPLACE FUNCTION drift_internal.estimated_loss(metric text, reference float8, value float8) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE metric WHEN 'log_loss' THEN (value - reference) / nullif(reference, 0) WHEN 'brier' THEN value - reference ELSE reference - value END;

COMMENT ON FUNCTION drift_internal.estimated_loss(text, float8, float8) IS 'how much worse an estimated metric is than on the reference';

CREATE OR REPLACE FUNCTION drift_internal.estimate_row(checked drift.checks, estimator drift.estimators, known drift.estimator_metrics,
	n bigint, value float8, error float8) RETURNS drift.check_metrics
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.check_metrics;
	band float8;
BEGIN
	result.check_id := checked.check_id;
	result.segment := '';
	result.kind := 'estimated';
	result.metric := known.metric;
	result.span := checked.current_span;
	result.n := n;
	result.value := value;
	result.standard_error := drift_internal.band_error(known, n, estimator.n);
	band := 3 * result.standard_error + coalesce(error, 0);
	result.value_low := greatest(0, value - band);
	result.value_high := CASE WHEN drift_internal.is_unbounded(known.metric) THEN value + band ELSE least(1, value + band) END;
	result.n_reference := estimator.n;
	result.reference := known.reference;
	result.loss := drift_internal.estimated_loss(known.metric, known.reference, value);
	result.loss_low := result.loss - abs(drift_internal.estimated_loss(known.metric, known.reference, known.reference + band));
	result.loss_high := result.loss + abs(drift_internal.estimated_loss(known.metric, known.reference, known.reference + band));
	result.findings := '{}';
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.estimate_row(drift.checks, drift.estimators, drift.estimator_metrics, bigint, float8, float8) IS
	'an estimated metric beside the reference of its estimator, before any verdict';

-- Worse is what neither chance nor the windows explain. Below the thresholds of the reference it is a warning.
CREATE OR REPLACE FUNCTION drift_internal.estimate_severity(judged drift.check_metrics, known drift.estimator_metrics, minimum_rows bigint,
	has_verdict boolean) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN judged.value IS NULL OR judged.n < minimum_rows THEN 'insufficient_data'
			WHEN NOT has_verdict THEN 'skipped'
			WHEN judged.loss_low > 0 AND judged.loss >= judged.threshold THEN 'critical'
			WHEN judged.loss_low > 0 AND (judged.loss >= judged.threshold / 2
				OR CASE WHEN judged.metric IN ('log_loss', 'brier') THEN judged.value > known.upper_threshold ELSE judged.value < known.lower_threshold END)
				THEN 'warning'
			ELSE 'ok'
		END
$$;

COMMENT ON FUNCTION drift_internal.estimate_severity(drift.check_metrics, drift.estimator_metrics, bigint, boolean) IS
	'severity of an estimated metric';

-- Where outcomes are known: what came true, and what had been estimated of the same time.
CREATE OR REPLACE FUNCTION drift_internal.broken_estimates(monitor drift.monitors, estimator drift.estimators, metrics drift.check_metrics[],
	minimum_rows bigint)
	RETURNS TABLE (metric text, span tstzrange, n bigint, realised float8, estimate float8, low float8, high float8, is_broken boolean)
	LANGUAGE plpgsql STABLE ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT r.metric::text, r.span, r.n, r.value, e.value, e.value - b.band, e.value + b.band, NOT r.value BETWEEN e.value - b.band AND e.value + b.band
		FROM (SELECT DISTINCT m.span FROM unnest(metrics) AS m WHERE m.kind = 'realised' AND m.segment = '') AS s
		CROSS JOIN LATERAL drift_internal.estimate_windows(monitor, estimator, s.span) AS e
		JOIN unnest(metrics) AS r ON r.kind = 'realised' AND r.segment = '' AND r.span = s.span AND r.metric = e.metric
		JOIN drift.estimator_metrics AS k ON k.model_id = estimator.model_id AND k.model_version = estimator.model_version AND k.metric = e.metric
		CROSS JOIN LATERAL (SELECT 3 * drift_internal.band_error(k, r.n, estimator.n) + coalesce(e.error, 0) AS band) AS b
		WHERE r.n >= minimum_rows AND r.value IS NOT NULL AND e.value IS NOT NULL;
END
$$;

COMMENT ON FUNCTION drift_internal.broken_estimates(drift.monitors, drift.estimators, drift.check_metrics[], bigint) IS
	'realised metrics of a check beside what is estimated of the same time, and whether they are outside its band';

CREATE OR REPLACE FUNCTION drift_internal.estimate_text(judged drift.check_metrics, minimum_rows bigint) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN judged.severity = 'insufficient_data' THEN format('%s of %s predictions; it takes %s', judged.metric, judged.n, minimum_rows)
		ELSE format('%s estimated at %s (%s to %s), %s on the reference', judged.metric, drift_internal.short_number(judged.value),
			drift_internal.short_number(judged.value_low), drift_internal.short_number(judged.value_high), drift_internal.short_number(judged.reference)) END
$$;

COMMENT ON FUNCTION drift_internal.estimate_text(drift.check_metrics, bigint) IS 'an estimated metric in words';

-- A time before there was a champion is looked at as the one of now would have seen it.
CREATE OR REPLACE FUNCTION drift_internal.check_estimator(checked drift.checks) RETURNS drift.estimators
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.*
	FROM drift.models AS m
	JOIN drift.estimators AS e ON e.model_id = m.model_id AND e.model_version = coalesce(checked.model_version, drift_internal.answering_version(m))
	WHERE m.model_id = checked.model_id AND e.method = 'cbpe'
$$;

COMMENT ON FUNCTION drift_internal.check_estimator(drift.checks) IS 'the estimator that a check estimates with; NULL: none';

CREATE OR REPLACE FUNCTION drift_internal.judge_estimates(checked drift.checks, monitor drift.monitors, metrics drift.check_metrics[])
	RETURNS SETOF drift.check_metrics
	LANGUAGE plpgsql STABLE ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	minimum_rows CONSTANT bigint := drift_internal.config_number(checked.config, 'monitoring.drift_check_samples');
	wanted CONSTANT text[] := ARRAY(SELECT CASE w WHEN 'mean_error' THEN 'accuracy' ELSE w END
		FROM jsonb_array_elements_text(checked.config #> '{performance,metrics}') AS w);
	estimator drift.estimators;
	broken jsonb;
	estimated record;
	judged drift.check_metrics;
BEGIN
	estimator := drift_internal.check_estimator(checked);
	IF estimator.model_id IS NULL THEN
		RETURN;
	END IF;
	broken := (SELECT jsonb_object_agg(b.metric, to_jsonb(b)) FROM drift_internal.broken_estimates(monitor, estimator, metrics, minimum_rows) AS b);
	FOR estimated IN
		SELECT k AS known, e.n, e.value, e.error
		FROM drift_internal.estimate_windows(monitor, estimator, checked.current_span) AS e
		JOIN drift.estimator_metrics AS k ON k.model_id = estimator.model_id AND k.model_version = estimator.model_version AND k.metric = e.metric
		ORDER BY k.metric
	LOOP
		judged := drift_internal.estimate_row(checked, estimator, estimated.known, estimated.n, estimated.value, estimated.error);
		judged.threshold := drift_internal.config_number(checked.config, 'drift_detection.performance_drop_threshold');
		judged.severity := drift_internal.estimate_severity(judged, estimated.known, minimum_rows, judged.metric = ANY (wanted));
		judged.explanation := drift_internal.estimate_text(judged, minimum_rows);
		IF judged.severity IN ('warning', 'critical') THEN
			judged.findings := '{performance}';
		END IF;
		IF broken ? judged.metric THEN
			judged.explanation := format('%s; %s where %s was estimated (%s to %s), %s', judged.explanation,
				drift_internal.short_number((broken #>> ARRAY[judged.metric, 'realised'])::float8), drift_internal.short_number((broken #>> ARRAY[judged.metric, 'estimate'])::float8),
				drift_internal.short_number((broken #>> ARRAY[judged.metric, 'low'])::float8), drift_internal.short_number((broken #>> ARRAY[judged.metric, 'high'])::float8),
				drift_internal.span_text((broken #>> ARRAY[judged.metric, 'span'])::tstzrange, monitor.time_zone));
		END IF;
		-- Only what has a verdict of its own breaks the estimate: of many metrics one is outside by chance now and then.
		IF judged.metric = ANY (wanted) AND (broken #>> ARRAY[judged.metric, 'is_broken'])::boolean THEN
			judged.findings := judged.findings || 'estimate_broken'::text;
			judged.severity := CASE judged.severity WHEN 'critical' THEN 'critical' ELSE 'warning' END;
		END IF;
		RETURN NEXT judged;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_estimates(drift.checks, drift.monitors, drift.check_metrics[]) IS
	'metrics of a model that are estimated without outcomes, for a check that has measured these; none where the champion has no estimator';
