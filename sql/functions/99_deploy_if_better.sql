-- drift.deploy_if_better(): the version of the newest run that succeeded, as the configuration wants it deployed

CREATE OR REPLACE FUNCTION drift_internal.newest_success(model drift.models) RETURNS drift.training_runs
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM drift.training_runs AS r
	WHERE r.model_id = model.model_id AND r.status = 'succeeded' AND r.verdict = 'pass' AND r.version IS NOT NULL
	ORDER BY r.run_id DESC
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.newest_success(drift.models) IS 'the newest run of a model whose version passed the gates';

-- Nothing to see or to judge: at once.
CREATE OR REPLACE FUNCTION drift_internal.cycle_strategy(model drift.models, config jsonb) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN config->>'strategy' = 'none' THEN 'none'
		WHEN drift_internal.champion_of(model.model_id) IS NULL OR NOT EXISTS (SELECT FROM drift.prediction_logs AS l WHERE l.model_id = model.model_id)
			THEN 'blue_green'
		ELSE config->>'strategy' END
$$;

COMMENT ON FUNCTION drift_internal.cycle_strategy(drift.models, jsonb) IS
	'how a cycle deploys a version: as configured, and at once where there is no champion or no prediction log in which to compare';

CREATE OR REPLACE FUNCTION drift_internal.deployment_obstacle(model drift.models, run drift.training_runs, strategy text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN run.run_id IS NULL THEN 'No run gave a version that passed the gates.'
		WHEN champion = run.version THEN format('Version %s is the champion.', run.version)
		WHEN EXISTS (SELECT FROM drift.deployments AS d WHERE d.model_id = model.model_id AND d.version = run.version) THEN
			format('Version %s was deployed before.', run.version)
		WHEN champion IS DISTINCT FROM run.champion_version THEN
			format('Version %s was compared with %s, and the champion is %s now.', run.version, coalesce('version ' || run.champion_version, 'none'), coalesce('version ' || champion, 'none'))
		WHEN deployment_obstacle.strategy = 'none' THEN format('deployment.strategy of the configuration is none: drift.deploy(%L, %s) deploys it.', model.name, run.version)
		WHEN model.frozen_at IS NOT NULL THEN 'The model is frozen: drift.unfreeze() lets versions be deployed again.'
		WHEN model.pinned THEN 'The model is pinned: drift.unpin() lets versions be deployed again.'
		WHEN d.deployment_id IS NOT NULL THEN format('Version %s is on its way, as deployment %s.', d.version, d.deployment_id)
	END
	FROM (SELECT drift_internal.champion_of(model.model_id) AS champion, (drift_internal.running_deployment(model.model_id)).*) AS d
$$;

COMMENT ON FUNCTION drift_internal.deployment_obstacle(drift.models, drift.training_runs, text) IS
	'why the version of a run is not deployed; NULL: nothing is in the way';

-- A request is made once: what people closed stays closed.
CREATE OR REPLACE FUNCTION drift_internal.ask_for_promotion(model drift.models, run drift.training_runs, options jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	request drift.promotion_requests;
	state text := 'requested';
BEGIN
	SELECT * INTO request FROM drift.promotion_requests AS q
	WHERE q.model_id = model.model_id AND q.version = run.version
	ORDER BY q.request_id DESC LIMIT 1;
	IF FOUND THEN
		state := 'skipped';
	ELSE
		SELECT * INTO request FROM drift.request_promotion(model.name, run.version, drift.draft_evidence(model.name, run.version),
			format('run %s: %s', run.run_id, run.reason), options);
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('status', state, 'version', run.version, 'run_id', run.run_id, 'request_id', request.request_id,
		'missing_evidence', nullif(to_jsonb(drift_internal.missing_evidence(request.evidence)), '[]'),
		'reason', format('Version %s needs approvals; request %s is %s.', run.version, request.request_id,
			CASE WHEN request.status = 'open' AND request.expires_at <= clock_timestamp() THEN 'expired' ELSE request.status END)));
END
$$;

COMMENT ON FUNCTION drift_internal.ask_for_promotion(drift.models, drift.training_runs, jsonb) IS
	'asks for the promotion of the version of a run, with what is known of it as evidence, unless that was asked before';

CREATE OR REPLACE FUNCTION drift.deploy_if_better(model text) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.models := drift_internal.find_model(model, 'operate');
	config CONSTANT jsonb := drift_internal.deployment_config(model);
	run CONSTANT drift.training_runs := drift_internal.newest_success(found);
	strategy CONSTANT text := drift_internal.cycle_strategy(found, config);
	options CONSTANT jsonb := CASE WHEN strategy = config->>'strategy' THEN config->'options' ELSE '{}' END;
	obstacle CONSTANT text := drift_internal.deployment_obstacle(found, run, strategy);
	deployed drift.deployment_result;
BEGIN
	IF obstacle IS NOT NULL THEN
		RETURN jsonb_strip_nulls(jsonb_build_object('status', 'skipped', 'version', run.version, 'run_id', run.run_id, 'reason', obstacle));
	-- A shadow does not answer and needs no approvals.
	ELSIF strategy <> 'shadow' AND NOT drift_internal.is_approved(found, run.version) THEN
		RETURN drift_internal.ask_for_promotion(found, run, options || jsonb_build_object('strategy', strategy));
	END IF;
	SELECT * INTO deployed FROM drift.deploy(found.name, run.version, strategy, options, format('run %s: %s', run.run_id, run.reason));
	RETURN jsonb_build_object('status', 'deployed', 'version', run.version, 'run_id', run.run_id, 'strategy', strategy,
		'deployment_id', deployed.deployment_id, 'reason', deployed.message, 'rollback_sql', deployed.rollback_sql);
END
$$;

COMMENT ON FUNCTION drift.deploy_if_better(text) IS
	'deploys the version of the newest run of a model that passed all gates, once, as deployment.strategy of its configuration says; where approvals are needed it asks for its promotion instead. status is deployed, requested or skipped, reason says why.';
