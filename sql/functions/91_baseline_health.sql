-- which baseline a monitor is held against, and findings of drift.health_check() about baselines

-- Rows that a version learned from are what its features are held against. So when another version takes over that has
-- a baseline of its own, as retrained ones do, monitors go along; and back with a rollback.
CREATE OR REPLACE FUNCTION drift_internal.answering_baseline(monitor drift.monitors) RETURNS integer
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce((
			SELECT b.baseline_id
			FROM drift.models AS m
			JOIN drift.baselines AS b ON b.model_id = m.model_id AND b.model_version = drift_internal.answering_version(m)
			WHERE m.model_id = (monitor).model_id AND named.model_id = m.model_id AND named.model_version <> b.model_version
				AND pg_has_role((monitor).owner, b.owner, 'USAGE')
			ORDER BY b.name <> named.name, b.baseline_id DESC
			LIMIT 1), named.baseline_id)
	FROM drift.baselines AS named
	WHERE named.name = (monitor).baseline
	ORDER BY named.version DESC
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.answering_baseline(drift.monitors) IS
	'the newest version of the baseline of a monitor; where that is of a version of the model that does not answer any more, a baseline of the one that does, if there is one; NULL: the monitor has none';

CREATE OR REPLACE FUNCTION drift_internal.baseline_findings()
	RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH watched AS MATERIALIZED (
		SELECT m.name, coalesce(b.name, m.baseline) AS baseline, o.name AS model, b.version, b.model_version, b.source, b.created_at, drift_internal.answering_version(o) AS answering,
			drift_internal.config_number(drift_internal.merge_config(drift_internal.loaded_config(m.model_id), m.config),
				'monitoring.max_baseline_days') AS max_days
		FROM drift.monitors AS m
		LEFT JOIN drift.models AS o ON o.model_id = m.model_id
		LEFT JOIN LATERAL (
			SELECT * FROM drift.baselines AS b WHERE b.baseline_id = drift_internal.answering_baseline(m)
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
