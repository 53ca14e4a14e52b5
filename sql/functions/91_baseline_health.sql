-- findings of drift.health_check() about baselines

CREATE OR REPLACE FUNCTION drift_internal.baseline_findings()
	RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH watched AS MATERIALIZED (
		SELECT m.name, m.baseline, o.name AS model, b.version, b.model_version, b.source, b.created_at, drift_internal.answering_version(o) AS answering,
			drift_internal.config_number(drift_internal.merge_config(drift_internal.loaded_config(m.model_id), m.config),
				'monitoring.max_baseline_days') AS max_days
		FROM drift.monitors AS m
		LEFT JOIN drift.models AS o ON o.model_id = m.model_id
		LEFT JOIN LATERAL (
			SELECT * FROM drift.baselines AS b WHERE b.name = m.baseline ORDER BY b.version DESC LIMIT 1
		) AS b ON true
		WHERE m.reference = 'baseline' AND m.paused_at IS NULL AND o.deleted_at IS NULL
			-- Who sees the monitor as a reader of its model need not see the baseline.
			AND drift_internal.may_run(m.owner)
	)
	SELECT 'baseline_present', w.model, 'critical', format('The baseline %s of monitor %I is gone.', quote_ident(w.baseline), w.name),
		format('drift.create_baseline(%L, ...) makes it again, drift.alter_monitor(%L, baseline => ...) takes another one.', w.baseline, w.name)
	FROM watched AS w
	WHERE w.version IS NULL
	UNION ALL
	SELECT 'baseline_present', w.model, 'warning',
		format('Version %s answers, and monitor %I is held against baseline %I of version %s.', w.answering, w.name, w.baseline, w.model_version),
		'Make a baseline of rows that the version was not trained on, and drift.alter_monitor(..., baseline => ...).'
	FROM watched AS w
	WHERE w.model_version <> w.answering
	UNION ALL
	SELECT 'baseline_age', w.model, 'warning',
		format('Baseline %I of monitor %I is of %s, older than %s days.', w.baseline, w.name, w.created_at::date, w.max_days),
		CASE WHEN w.source IS NULL THEN format('drift.baseline_from_windows(%L, %L, ...) accepts a newer period.', w.baseline, w.name)
			ELSE format('drift.refresh_baseline(%L), if its source has newer rows that are to be expected.', w.baseline) END
	FROM watched AS w
	WHERE w.created_at < clock_timestamp() - make_interval(days => w.max_days::integer)
$$;

COMMENT ON FUNCTION drift_internal.baseline_findings() IS
	'baselines that are gone, of another version than the one that answers, or old, for members of the owners of their monitors';
