-- findings of drift.health_check() about training

CREATE OR REPLACE FUNCTION drift_internal.training_findings()
	RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH newest AS MATERIALIZED (
		SELECT DISTINCT ON (r.model_id) r.*, m.name AS model, c.failures
		FROM drift.training_runs AS r
		JOIN drift.models AS m USING (model_id)
		CROSS JOIN LATERAL (
			SELECT count(*) AS failures
			FROM drift.training_runs AS f
			WHERE f.model_id = r.model_id AND f.kind = 'retrain' AND f.status = 'failed' AND f.run_id > coalesce((
				SELECT max(g.run_id)
				FROM drift.training_runs AS g
				WHERE g.model_id = r.model_id AND g.kind = 'retrain' AND g.status IN ('succeeded', 'kept', 'needs_review')), 0)
		) AS c
		WHERE m.deleted_at IS NULL AND r.kind = 'retrain' AND r.status <> 'running'
		ORDER BY r.model_id, r.run_id DESC
	)
	SELECT 'dead_runs', p.model, 'warning', format('Run %s (%s) is at step %s, and its session is gone.', p.run_id, p.kind, coalesce(p.step, 'start')),
		format('SELECT drift.cancel_run(%s); ends it, and so does the next run of the model.', p.run_id)
	FROM drift.training_progress AS p
	WHERE p.state = 'dead'
	UNION ALL
	SELECT 'failed_training', n.model, CASE WHEN n.failures >= 3 THEN 'critical' ELSE 'warning' END,
		format('Run %s failed: %s', n.run_id, n.error), format('SELECT * FROM drift.run_steps WHERE run_id = %s;', n.run_id)
	FROM newest AS n
	WHERE n.status = 'failed'
	UNION ALL
	SELECT 'training_review', n.model, 'warning', format('Run %s asks for a review of version %s: %s', n.run_id, n.version, n.reason),
		format('drift.promote(%L, %s) or drift.deploy(%L, %s) takes it, drift.delete_version(%L, %s) does not.', n.model, n.version, n.model, n.version, n.model, n.version)
	FROM newest AS n
	JOIN drift.model_versions AS v USING (model_id, version)
	WHERE n.status = 'needs_review' AND v.status = 'ready' AND v.stage = 'none'
		AND NOT EXISTS (SELECT FROM drift.model_aliases AS a WHERE a.model_id = n.model_id AND a.version >= n.version)
$$;

COMMENT ON FUNCTION drift_internal.training_findings() IS
	'findings of drift.health_check() about training: runs whose session is gone, the newest run failed, the newest run asks for a review';
