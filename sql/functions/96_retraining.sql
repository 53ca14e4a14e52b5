-- whether a cycle retrains a model now, and if not why not

CREATE OR REPLACE FUNCTION drift_internal.open_business(model drift.models) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT said
	FROM (
		SELECT 1 AS place, format('Run %s trains it.', r.run_id) AS said
		FROM drift.training_runs AS r
		WHERE r.model_id = model.model_id AND r.status = 'running' AND r.kind <> 'external' AND coalesce(drift_internal.is_alive(r), true)
		UNION ALL
		SELECT 2, format('Version %s is on its way, as deployment %s.', d.version, d.deployment_id)
		FROM drift.deployments AS d
		WHERE d.model_id = model.model_id AND d.status = 'running'
		UNION ALL
		SELECT 3, format('Request %s for the promotion of version %s is open.', q.request_id, q.version)
		FROM drift.promotion_requests AS q
		WHERE q.model_id = model.model_id AND q.status = 'open' AND q.expires_at > clock_timestamp()
		ORDER BY 1
		LIMIT 1
	) AS o
$$;

COMMENT ON FUNCTION drift_internal.open_business(drift.models) IS
	'what must be over before a model is trained again by itself: a run, a deployment, a request; NULL: nothing';

-- What was tried on nearly the same rows is not tried again at once.
CREATE OR REPLACE FUNCTION drift_internal.retraining_pause(model drift.models, config jsonb, as_of timestamptz) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN r.run_id IS NOT NULL AND retraining_pause.as_of < r.as_of + pause THEN
			format('Run %s %s at %s, and the next by itself comes %s after it at the earliest (retraining.%s).', r.run_id,
				CASE r.status WHEN 'kept' THEN 'left the champion' WHEN 'succeeded' THEN 'gave a version' WHEN 'needs_review' THEN 'is to be reviewed' ELSE replace(r.status, '_', ' ') END,
				drift_internal.utc_text(r.as_of), pause, CASE WHEN r.status IN ('kept', 'needs_review') THEN 'retry_interval' ELSE 'minimum_interval' END)
		END
	FROM (
		SELECT * FROM drift.training_runs AS i
		WHERE i.model_id = model.model_id AND i.kind = 'retrain' AND i.triggered_by <> 'manual' AND i.status <> 'running'
		ORDER BY i.run_id DESC
		LIMIT 1
	) AS r,
		LATERAL (SELECT (config #>> CASE WHEN r.status IN ('kept', 'needs_review') THEN '{retraining,retry_interval}'::text[] ELSE '{retraining,minimum_interval}' END)::interval AS pause) AS p
$$;

COMMENT ON FUNCTION drift_internal.retraining_pause(drift.models, jsonb, timestamptz) IS
	'why a model is not to be trained by itself so soon after its last such run; NULL: nothing is against it';

CREATE OR REPLACE FUNCTION drift_internal.newest_decision(model drift.models, as_of timestamptz) RETURNS drift.decisions
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM drift.decisions AS d
	WHERE d.model_id = model.model_id AND d.as_of <= newest_decision.as_of
	ORDER BY d.as_of DESC, d.monitor_id IS NOT NULL, d.decision_id DESC
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.newest_decision(drift.models, timestamptz) IS
	'the newest decision about a model until a time, of several at one time that about all its monitors';

CREATE OR REPLACE FUNCTION drift_internal.plan_retraining(model text, as_of timestamptz, automatic boolean) RETURNS jsonb
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.models := drift_internal.find_model(model, 'operate');
	config CONSTANT jsonb := drift_internal.loaded_config(found.model_id);
	at CONSTANT timestamptz := coalesce(as_of, clock_timestamp());
	decision CONSTANT drift.decisions := drift_internal.newest_decision(found, at);
	settings drift.training_configs;
	reason text;
BEGIN
	SELECT * INTO settings FROM drift.training_configs AS c WHERE c.model_id = found.model_id;
	reason := CASE
		WHEN settings.model_id IS NULL THEN 'How it is trained is not set: drift.set_training() says it.'
		WHEN automatic AND NOT (config #>> '{retraining,automatic}')::boolean THEN 'retraining.automatic of its configuration is off.'
		WHEN decision.decision_id IS NULL THEN 'Nothing was decided yet.'
		WHEN NOT decision.should_retrain THEN 'No trigger asks for it.'
		WHEN EXISTS (SELECT FROM drift.validations AS v WHERE v.model_id = found.model_id AND v.action = 'rolled_back' AND v.validated_at > decision.decided_at)
			THEN 'The version that the decision is about was taken back.'
		WHEN NOT drift_internal.acts_as(settings.owner) THEN
			format('Training rows are read as %s, of which %s is no member.', settings.owner, drift_internal.actor())
		ELSE coalesce(drift_internal.open_business(found), drift_internal.retraining_pause(found, config, at)) END;
	RETURN jsonb_strip_nulls(jsonb_build_object('status', CASE WHEN reason IS NULL THEN 'due' ELSE 'skipped' END, 'reason', reason,
		'decision_id', decision.decision_id, 'strategy', nullif(decision.strategy, 'none')));
END
$$;

COMMENT ON FUNCTION drift_internal.plan_retraining(text, timestamptz, boolean) IS
	'whether a model is to be trained now by its newest decision, with the strategy, or the reason against it; automatic: only if its configuration lets cycles do it';

CREATE OR REPLACE FUNCTION drift_internal.retraining_options(plan jsonb, as_of timestamptz, triggered_by text) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('decision_id', plan->'decision_id', 'triggered_by', triggered_by, 'as_of', as_of))
$$;

COMMENT ON FUNCTION drift_internal.retraining_options(jsonb, timestamptz, text) IS 'options of drift.retrain() for a plan of retraining';

-- Not in a block with a handler, since training commits.
CREATE OR REPLACE PROCEDURE drift_internal.retrain_step(model text, as_of timestamptz, automatic boolean, triggered_by text, INOUT result jsonb)
	LANGUAGE plpgsql
AS $$
DECLARE
	plan jsonb;
	trained jsonb;
	started CONSTANT timestamptz := pg_catalog.clock_timestamp();
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	plan := drift_internal.plan_retraining(model, as_of, automatic);
	IF plan->>'status' = 'due' THEN
		CALL drift.retrain(model, plan->>'strategy', drift_internal.retraining_options(plan, as_of, triggered_by), trained);
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	END IF;
	result := drift_internal.retraining_done(model, coalesce(trained, plan), started);
END
$$;

COMMENT ON PROCEDURE drift_internal.retrain_step(text, timestamptz, boolean, text, jsonb) IS
	'trains a model if that is due, as a step of a run or a cycle, and commits';

CREATE OR REPLACE FUNCTION drift_internal.retraining_done(model text, result jsonb, started timestamptz) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('action', 'retrain', 'model', model,
		'status', CASE WHEN result->>'status' IN ('failed', 'cancelled') THEN 'failed' ELSE 'succeeded' END,
		'result', result, 'problem', CASE WHEN result->>'status' IN ('failed', 'cancelled') THEN coalesce(result->>'error', result->>'reason') END,
		'milliseconds', round(extract(epoch FROM clock_timestamp() - started) * 1000)))
$$;

COMMENT ON FUNCTION drift_internal.retraining_done(text, jsonb, timestamptz) IS 'what came of training as a step says it';

CREATE OR REPLACE FUNCTION drift_internal.retrain_within(model text, as_of timestamptz, automatic boolean, triggered_by text) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plan CONSTANT jsonb := drift_internal.plan_retraining(model, as_of, automatic);
BEGIN
	IF plan->>'status' <> 'due' THEN
		RETURN plan;
	END IF;
	RETURN drift.retrain_model(model, plan->>'strategy', drift_internal.retraining_options(plan, as_of, triggered_by));
END
$$;

COMMENT ON FUNCTION drift_internal.retrain_within(text, timestamptz, boolean, text) IS
	'trains a model if that is due, in the transaction of the caller';

CREATE OR REPLACE PROCEDURE drift.retrain_if_needed(model text, INOUT result jsonb DEFAULT NULL, as_of timestamptz DEFAULT NULL)
	LANGUAGE plpgsql
AS $$
DECLARE
	path CONSTANT text := pg_catalog.current_setting('search_path');
	done jsonb;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	CALL drift_internal.retrain_step(model, as_of, false, 'schedule', done);
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	result := done->'result';
	PERFORM pg_catalog.set_config('search_path', path, true);
END
$$;

COMMENT ON PROCEDURE drift.retrain_if_needed(text, jsonb, timestamptz) IS
	'retrains a model if its newest decision asks for it and nothing is against it: a run, a deployment or a request that is open, or a run by itself a short while ago; commits as drift.retrain() does. result says what came of it, or with status skipped why not.';
