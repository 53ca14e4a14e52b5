-- thresholds that past spans would have kept

CREATE OR REPLACE FUNCTION drift_internal.past_ends(monitor drift.monitors, since timestamptz, until timestamptz) RETURNS SETOF timestamptz
	LANGUAGE sql STABLE ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH RECURSIVE state AS (
		SELECT greatest(s.refreshed_from, since) AS first, least(s.refreshed_to, until) AS last
		FROM drift_internal.monitor_states AS s
		WHERE s.monitor_id = monitor.monitor_id AND s.refreshed_from IS NOT NULL AND s.refreshed_to IS NOT NULL
	), span AS (
		SELECT c.current_span, s.first, 1 AS number FROM state AS s, drift_internal.spans_at(monitor, s.last) AS c
		UNION ALL
		SELECT c.current_span, s.first, s.number + 1 FROM span AS s, drift_internal.spans_at(monitor, lower(s.current_span)) AS c
		WHERE lower(s.current_span) > s.first AND s.number < 1000
	)
	SELECT upper(s.current_span) FROM span AS s WHERE lower(s.current_span) >= s.first
$$;

COMMENT ON FUNCTION drift_internal.past_ends(drift.monitors, timestamptz, timestamptz) IS
	'ends of the last spans of a monitor that lie between two times and do not overlap, at most 1000';

CREATE OR REPLACE FUNCTION drift_internal.span_profiles(monitor drift.monitors, span tstzrange) RETURNS TABLE (column_id smallint, profile drift.profile)
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT w.column_id, w.profile
	FROM drift_internal.merged_windows(monitor.monitor_id, span) AS w
	WHERE span IS NOT NULL
	UNION ALL
	SELECT b.column_id, b.profile
	FROM drift_internal.baseline_profiles(monitor.monitor_id, CASE monitor.reference WHEN 'baseline' THEN drift_internal.answering_baseline(monitor) END) AS b
	WHERE span IS NULL AND b.segment = ''
$$;

COMMENT ON FUNCTION drift_internal.span_profiles(drift.monitors, tstzrange) IS
	'profiles of all rows of a span, or where it is NULL those of the baseline of a monitor';

CREATE OR REPLACE FUNCTION drift_internal.past_features(monitor drift.monitors, config jsonb, since timestamptz, until timestamptz)
	RETURNS SETOF drift.comparison
	LANGUAGE plpgsql STABLE ROWS 3000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	limits CONSTANT drift.thresholds := drift_internal.monitor_limits(monitor, config);
	minimum_rows CONSTANT bigint := drift_internal.config_number(config, 'monitoring.drift_check_samples');
	spans drift_internal.check_spans;
BEGIN
	FOR spans IN SELECT s.* FROM drift_internal.past_ends(monitor, since, until) AS ends, drift_internal.spans_at(monitor, ends) AS s LOOP
		RETURN QUERY
			SELECT v.*
			FROM (
				SELECT array_agg(ROW(c.column_name, c.column_type, c.column_type, c.kind, c.value_type, NULL, false, NULL)::drift_internal.column_plan
						ORDER BY c.column_id) AS plans,
					array_agg(r.profile ORDER BY c.column_id) AS reference, array_agg(p.profile ORDER BY c.column_id) AS current,
					array_agg(limits ORDER BY c.column_id) AS limits
				FROM drift.monitor_columns AS c
				JOIN drift_internal.span_profiles(monitor, spans.reference_span) AS r USING (column_id)
				JOIN drift_internal.span_profiles(monitor, spans.current_span) AS p USING (column_id)
				WHERE c.monitor_id = monitor.monitor_id AND c.role = 'feature'
			) AS f,
				LATERAL drift_internal.judge_profiles(f.plans, f.reference, f.current, f.limits, minimum_rows) AS v
			WHERE v.psi IS NOT NULL;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift_internal.past_features(drift.monitors, jsonb, timestamptz, timestamptz) IS
	'what the past spans of a monitor say of its features, each by itself, without writing anything';

CREATE OR REPLACE FUNCTION drift_internal.rounded_up(value float8) RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN (pg_catalog.ceil(value::numeric * 1000) / 1000)::float8;

COMMENT ON FUNCTION drift_internal.rounded_up(float8) IS 'a number rounded up to three places';

-- A tenth more than what was seen: the tail of few spans is known badly.
CREATE OR REPLACE FUNCTION drift_internal.calibrated(monitor drift.monitors, config jsonb, since timestamptz, until timestamptz,
	alarms float8, may_lower boolean)
	RETURNS TABLE (column_name text, spans bigint, psi_median float8, psi_quantile float8, effect_median float8, effect_quantile float8,
		psi_warning float8, psi_critical float8, minimum_effect float8)
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH seen AS (
		SELECT f.column_name, count(*) AS spans,
			percentile_cont(ARRAY[0.5, 1 - alarms]) WITHIN GROUP (ORDER BY f.psi) AS psi,
			percentile_cont(0.5) WITHIN GROUP (ORDER BY f.effect) AS effect_median,
			-- What chance explains needs no bound.
			percentile_cont(1 - alarms) WITHIN GROUP (ORDER BY CASE WHEN f.p_value_corrected < l.alpha THEN f.effect ELSE 0 END) AS effect
		FROM drift_internal.past_features(monitor, config, since, until) AS f, drift_internal.monitor_limits(monitor, config) AS l
		GROUP BY f.column_name
	), raised AS (
		SELECT s.*, l.psi_critical / l.psi_warning AS ratio, CASE WHEN s.spans >= 20 THEN
				greatest(drift_internal.rounded_up(s.psi[2] * 1.1), CASE WHEN calibrated.may_lower THEN 0.01 ELSE l.psi_warning END) END AS warning,
			CASE WHEN s.spans >= 20 THEN
				least(1, greatest(drift_internal.rounded_up(s.effect * 1.1), CASE WHEN calibrated.may_lower THEN 0.01 ELSE l.minimum_effect END)) END AS effect_bound
		FROM seen AS s, drift_internal.monitor_limits(monitor, config) AS l
	)
	SELECT c.column_name, coalesce(r.spans, 0), r.psi[1], r.psi[2], r.effect_median, r.effect, r.warning,
		drift_internal.rounded_up(r.warning * r.ratio), r.effect_bound
	FROM drift.monitor_columns AS c
	LEFT JOIN raised AS r USING (column_name)
	WHERE c.monitor_id = monitor.monitor_id AND c.role = 'feature'
	ORDER BY c.column_id
$$;

COMMENT ON FUNCTION drift_internal.calibrated(drift.monitors, jsonb, timestamptz, timestamptz, float8, boolean) IS
	'thresholds that few of the past spans of a monitor would have passed; NULL where there are too few spans to say';

CREATE OR REPLACE FUNCTION drift.calibrate_thresholds(
	monitor text,
	since timestamptz DEFAULT NULL,
	until timestamptz DEFAULT NULL,
	alarms float8 DEFAULT 0.01,
	may_lower boolean DEFAULT false,
	apply boolean DEFAULT false)
	RETURNS TABLE (column_name text, spans bigint, psi_median float8, psi_quantile float8, effect_median float8, effect_quantile float8,
		psi_warning float8, psi_critical float8, minimum_effect float8)
	LANGUAGE plpgsql SECURITY DEFINER ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	watched drift.monitors := drift_internal.find_monitor(monitor, 'own');
	-- What was calibrated before must not count now.
	config CONSTANT jsonb := drift_internal.monitor_config(watched) || '{"features": {}}';
	limits CONSTANT drift.thresholds := drift_internal.monitor_limits(watched, config);
	found jsonb;
BEGIN
	IF (alarms > 0 AND alarms < 1) IS NOT TRUE THEN
		RAISE EXCEPTION 'alarms is %', coalesce(alarms::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is the share of past spans that may pass a threshold, above 0 and below 1.';
	END IF;
	found := coalesce((SELECT jsonb_agg(to_jsonb(c)) FROM drift_internal.calibrated(watched, config, since, until, alarms, may_lower) AS c), '[]');
	IF apply THEN
		watched := drift_internal.lock_own_monitor(monitor);
		watched.config := drift_internal.change_config(watched.config, jsonb_build_object('features', (
			SELECT coalesce(jsonb_object_agg(c.column_name, jsonb_build_object(
				'psi_warning', nullif(c.psi_warning, limits.psi_warning), 'psi_critical', nullif(c.psi_critical, limits.psi_critical),
				'minimum_effect', nullif(c.minimum_effect, limits.minimum_effect))), '{}')
			FROM jsonb_to_recordset(found) AS c (column_name text, psi_warning float8, psi_critical float8, minimum_effect float8)
			WHERE c.psi_warning IS NOT NULL)));
		PERFORM drift_internal.store_changes(watched);
	END IF;
	RETURN QUERY
		SELECT *
		FROM jsonb_to_recordset(found) AS c (column_name text, spans bigint, psi_median float8, psi_quantile float8, effect_median float8,
			effect_quantile float8, psi_warning float8, psi_critical float8, minimum_effect float8);
END
$$;

COMMENT ON FUNCTION drift.calibrate_thresholds(text, timestamptz, timestamptz, float8, boolean, boolean) IS
	'thresholds for each feature of a monitor from its past spans: such that a share of alarms of them passes, with a tenth to spare, and not below those it has unless may_lower. The quantiles are those of 1 - alarms; effects that chance explains count as 0. Needs 20 spans with rows enough for a check. apply writes the thresholds into the configuration of the monitor.';
