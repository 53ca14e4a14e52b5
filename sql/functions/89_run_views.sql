-- runs of training beside each other: what is under way, what came of each, of their trials, and which is best

CREATE OR REPLACE VIEW drift.training_progress WITH (security_invoker = true) AS
	SELECT r.run_id, m.name AS model, r.kind, r.strategy, s.step, t.trial, t.algorithm, r.progress, r.progress_text,
		clock_timestamp() - r.started_at AS running_for,
		CASE WHEN r.progress > 0.05 THEN (clock_timestamp() - r.started_at) * (1 / r.progress - 1) END AS expected_for,
		r.started_at, r.started_by, r.pid, r.cancel_requested_at,
		CASE
			WHEN r.kind = 'external' THEN 'outside'
			WHEN drift_internal.is_alive(r) OR r.pid = pg_backend_pid() THEN 'running'
			ELSE 'dead'
		END AS state
	FROM drift.training_runs AS r
	JOIN drift.models AS m USING (model_id)
	LEFT JOIN LATERAL (
		SELECT * FROM drift.run_steps AS i WHERE i.run_id = r.run_id ORDER BY i.place DESC LIMIT 1
	) AS s ON true
	LEFT JOIN LATERAL (
		SELECT * FROM drift.training_trials AS i WHERE i.run_id = r.run_id AND i.status = 'running' ORDER BY i.trial DESC LIMIT 1
	) AS t ON true
	WHERE r.status = 'running';

COMMENT ON VIEW drift.training_progress IS 'runs of training that are under way: the step and trial that each is at, and how far';
COMMENT ON COLUMN drift.training_progress.expected_for IS 'how much longer it takes if it goes on as until now';
COMMENT ON COLUMN drift.training_progress.state IS
	'running; dead: its session is gone, and the next run of the model ends it; outside: it is trained elsewhere';
GRANT SELECT ON drift.training_progress TO PUBLIC;

CREATE OR REPLACE VIEW drift.run_summary WITH (security_invoker = true) AS
	SELECT r.run_id, m.name AS model, r.kind, r.name, r.status, r.strategy, r.tried_strategies, r.triggered_by, r.decision_id, r.as_of,
		b.algorithm, b.parameters, r.parameters->>'metric' AS metric, (b.metrics->'valid'->>(r.parameters->>'metric'))::float8 AS valid,
		coalesce(e.challenger, (b.metrics->'test'->>(r.parameters->>'metric'))::float8) AS test, e.champion AS champion_test, r.champion_version, r.version, r.verdict, r.reason, n.trials, r.snapshot->'rows' AS row_counts,
		s.failed_step, r.error, r.sqlstate, r.started_at, r.finished_at - r.started_at AS duration, r.started_by
	FROM drift.training_runs AS r
	JOIN drift.models AS m USING (model_id)
	LEFT JOIN drift.training_trials AS b ON b.run_id = r.run_id AND b.trial = r.best_trial
	LEFT JOIN drift.evaluations AS e ON e.evaluation_id = r.evaluation_id
	CROSS JOIN LATERAL (SELECT count(*) AS trials FROM drift.training_trials AS i WHERE i.run_id = r.run_id) AS n
	CROSS JOIN LATERAL (SELECT max(i.step) AS failed_step FROM drift.run_steps AS i WHERE i.run_id = r.run_id AND i.status = 'failed') AS s;

COMMENT ON VIEW drift.run_summary IS 'each run of training: on which rows, its best trial, how that compares with the champion, what came of it and how long it took';
COMMENT ON COLUMN drift.run_summary.metric IS 'metric by which trials and versions are compared';
COMMENT ON COLUMN drift.run_summary.valid IS 'that metric of the best trial, on the rows that choose between trials';
COMMENT ON COLUMN drift.run_summary.test IS 'that metric of the best trial, on the held-out rows';
COMMENT ON COLUMN drift.run_summary.champion_test IS 'that metric of the champion, on the same rows';
COMMENT ON COLUMN drift.run_summary.row_counts IS 'rows that were read for each split';
COMMENT ON COLUMN drift.run_summary.failed_step IS 'step at which it ended, where it failed or was cancelled';
GRANT SELECT ON drift.run_summary TO PUBLIC;

CREATE OR REPLACE VIEW drift.trial_summary WITH (security_invoker = true) AS
	SELECT r.run_id, m.name AS model, t.trial, t.trial IS NOT DISTINCT FROM r.best_trial AS best, t.algorithm, t.parameters, t.status,
		v.metric, (t.metrics->'train'->>v.metric)::float8 AS train, (t.metrics->'valid'->>v.metric)::float8 AS valid,
		CASE WHEN t.metrics->'valid' ? v.metric THEN
			rank() OVER (PARTITION BY r.run_id ORDER BY (t.metrics->'valid'->>v.metric)::float8 * CASE WHEN e.higher_is_better THEN -1 ELSE 1 END)
		END AS place,
		t.rounds, t.budget, t.rung, t.size_bytes, t.finished_at - t.started_at AS duration, t.error
	FROM drift.training_trials AS t
	JOIN drift.training_runs AS r USING (run_id)
	JOIN drift.models AS m USING (model_id)
	CROSS JOIN LATERAL (SELECT r.parameters->>'metric' AS metric) AS v
	LEFT JOIN drift_internal.evaluation_metrics() AS e ON e.metric = v.metric;

COMMENT ON VIEW drift.trial_summary IS 'trials of runs beside each other, by the metric that chooses between them';
COMMENT ON COLUMN drift.trial_summary.place IS 'among the trials of the run, by the metric on the rows that choose between them; 1 is best';
GRANT SELECT ON drift.trial_summary TO PUBLIC;

CREATE OR REPLACE VIEW drift.best_runs WITH (security_invoker = true) AS
	SELECT DISTINCT ON (s.model, s.metric) s.model, s.metric, s.run_id, s.algorithm, s.parameters, s.strategy, s.test, s.valid, s.version, s.status, s.as_of
	FROM drift.run_summary AS s
	LEFT JOIN drift_internal.evaluation_metrics() AS e ON e.metric = s.metric
	WHERE s.test IS NOT NULL
	ORDER BY s.model, s.metric, s.test * CASE WHEN e.higher_is_better THEN -1 ELSE 1 END, s.run_id DESC;

COMMENT ON VIEW drift.best_runs IS 'of each model the run that was best on its own held-out rows, by metric; rows of different times are not equally hard';
GRANT SELECT ON drift.best_runs TO PUBLIC;

CREATE OR REPLACE FUNCTION drift_internal.run_values(run_id bigint) RETURNS TABLE (kind text, name text, value jsonb)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'result', f.key, f.value
	FROM drift.run_summary AS s, jsonb_each(jsonb_strip_nulls(jsonb_build_object('model', s.model, 'kind', s.kind, 'status', s.status,
		'strategy', s.strategy, 'as_of', s.as_of, 'algorithm', s.algorithm, 'verdict', s.verdict, 'version', s.version, 'test', s.test,
		'champion_test', s.champion_test, 'seconds', extract(epoch FROM s.duration)))) AS f
	WHERE s.run_id = run_values.run_id
	UNION ALL
	SELECT 'parameter', f.key, f.value
	FROM drift.training_runs AS r
	LEFT JOIN drift.training_trials AS t ON t.run_id = r.run_id AND t.trial = r.best_trial,
		jsonb_each(r.parameters || coalesce(t.parameters, '{}')) AS f
	WHERE r.run_id = run_values.run_id
	UNION ALL
	SELECT 'rows', f.key, f.value
	FROM drift.training_runs AS r, jsonb_each(r.snapshot->'rows') AS f
	WHERE r.run_id = run_values.run_id AND jsonb_typeof(r.snapshot->'rows') = 'object'
	UNION ALL
	SELECT 'metric', concat_ws('.', x.split, x.metric), to_jsonb(x.value)
	FROM (
		SELECT DISTINCT ON (x.split, x.metric) x.* FROM drift.run_metrics AS x
		WHERE x.run_id = run_values.run_id
		ORDER BY x.split, x.metric, x.at_step = 0 DESC, x.at_step DESC
	) AS x
$$;

COMMENT ON FUNCTION drift_internal.run_values(bigint) IS 'what a run was told, read and came to, by name';

CREATE OR REPLACE FUNCTION drift.compare_runs(VARIADIC run_ids bigint[])
	RETURNS TABLE (kind text, name text, "values" jsonb[], differs boolean)
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT n.kind, n.name, v.found, (SELECT count(DISTINCT coalesce(f, 'null')) > 1 FROM unnest(v.found) AS f)
	FROM (
		SELECT DISTINCT x.kind, x.name FROM unnest(run_ids) AS i, LATERAL drift_internal.run_values(i) AS x
	) AS n
	CROSS JOIN LATERAL (
		SELECT array_agg((SELECT x.value FROM drift_internal.run_values(u.i) AS x WHERE (x.kind, x.name) = (n.kind, n.name)) ORDER BY u.place) AS found
		FROM unnest(run_ids) WITH ORDINALITY AS u (i, place)
	) AS v
	ORDER BY array_position(ARRAY['result', 'parameter', 'rows', 'metric'], n.kind), n.name
$$;

COMMENT ON FUNCTION drift.compare_runs(bigint[]) IS
	'runs beside each other: what each was told (parameter), read (rows), measured (metric, as split.metric) and came to (result), and whether they differ; values are in the order of the runs';

CREATE OR REPLACE FUNCTION drift_internal.is_kept(run drift.training_runs) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT run.status = 'running'
		OR EXISTS (SELECT FROM drift.model_aliases AS a WHERE a.model_id = run.model_id AND a.version = run.version)
		OR EXISTS (SELECT FROM drift.deployments AS d WHERE d.model_id = run.model_id AND d.version = run.version AND d.status = 'running')
		OR EXISTS (SELECT FROM drift.promotion_requests AS p WHERE p.model_id = run.model_id AND p.version = run.version AND p.status = 'open')
$$;

COMMENT ON FUNCTION drift_internal.is_kept(drift.training_runs) IS 'whether something under way may need what a run left';

CREATE OR REPLACE FUNCTION drift.purge_runs(model text, older_than interval DEFAULT '90 days', with_history boolean DEFAULT false,
	OUT runs bigint, OUT artefacts bigint, OUT profiles bigint) RETURNS SETOF record
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'own');
	old CONSTANT bigint[] := ARRAY(
		SELECT r.run_id FROM drift.training_runs AS r
		WHERE r.model_id = locked.model_id AND r.finished_at < clock_timestamp() - coalesce(older_than, '90 days') AND NOT drift_internal.is_kept(r));
BEGIN
	DELETE FROM drift.trial_artefacts AS a WHERE a.run_id = ANY (old);
	GET DIAGNOSTICS artefacts = ROW_COUNT;
	DELETE FROM drift.run_profiles AS p WHERE p.run_id = ANY (old);
	GET DIAGNOSTICS profiles = ROW_COUNT;
	runs := 0;
	IF with_history THEN
		DELETE FROM drift.training_trials AS t WHERE t.run_id = ANY (old);
		DELETE FROM drift.run_steps AS s WHERE s.run_id = ANY (old);
		DELETE FROM drift.run_metrics AS m WHERE m.run_id = ANY (old);
		DELETE FROM drift.training_runs AS r WHERE r.run_id = ANY (old);
		GET DIAGNOSTICS runs = ROW_COUNT;
	END IF;
	RETURN NEXT;
END
$$;

COMMENT ON FUNCTION drift.purge_runs(text, interval, boolean) IS
	'removes what runs of a model that ended longer ago have left, for its owner: trained models of trials and profiles of their rows, with_history their rows too; not of runs whose version answers, is deployed or is to be approved';
