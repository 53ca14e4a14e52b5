-- drift.advance(): a deployment is looked at and moved on, held or taken back

CREATE OR REPLACE FUNCTION drift_internal.next_action(model drift.models, deployment drift.deployments, verdict text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN wish = 'rolled_back' AND model.max_rollback_attempts = 0 THEN 'held'
		WHEN wish IN ('advanced', 'completed') AND (model.frozen_at IS NOT NULL OR model.pinned) THEN 'held'
		ELSE wish END
	FROM (
		SELECT CASE
			WHEN verdict = 'fail' THEN 'rolled_back'
			WHEN verdict = 'pass' AND deployment.analysis->>'on_pass' = 'hold' THEN 'held'
			WHEN verdict = 'pass' AND deployment.weights[deployment.step + 1] < 10000 THEN 'advanced'
			WHEN verdict = 'pass' THEN 'completed'
			WHEN clock_timestamp() < deployment.deadline OR deployment.deadline IS NULL THEN 'held'
			ELSE CASE deployment.on_deadline WHEN 'rollback' THEN 'rolled_back' WHEN 'promote' THEN 'completed' ELSE 'held' END
		END AS wish
	) AS w
$$;

COMMENT ON FUNCTION drift_internal.next_action(drift.models, drift.deployments, text) IS
	'what follows from a verdict about a running deployment: advanced, completed, held or rolled_back';

-- The model is frozen at the last rollback that it may have, or instead of the first if it may have none.
CREATE OR REPLACE FUNCTION drift_internal.roll_back_automatically(model drift.models, running drift.deployments, reason text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	attempts integer := model.automatic_rollbacks + 1;
BEGIN
	PERFORM drift_internal.finish_deployment(model, running, 'rolled_back', reason);
	UPDATE drift.models AS m SET automatic_rollbacks = attempts WHERE m.model_id = model.model_id;
	IF attempts >= model.max_rollback_attempts AND model.frozen_at IS NULL THEN
		PERFORM drift_internal.freeze_model(model, reason,
			jsonb_build_object('automatic_rollbacks', attempts, 'deployment_id', running.deployment_id));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.roll_back_automatically(drift.models, drift.deployments, text) IS
	'takes a running deployment of a locked model back and freezes the model if that happened too often';

CREATE OR REPLACE FUNCTION drift_internal.act(model drift.models, running drift.deployments, verdict text, action text, reason text)
	RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	CASE action
		WHEN 'advanced' THEN PERFORM drift_internal.change_step(model, running, running.step + 1, reason);
		WHEN 'completed' THEN PERFORM drift_internal.complete_deployment(model, running, reason);
		WHEN 'rolled_back' THEN PERFORM drift_internal.roll_back_automatically(model, running, reason);
		ELSE
			IF verdict = 'fail' AND model.frozen_at IS NULL THEN
				PERFORM drift_internal.freeze_model(model, reason, jsonb_build_object('deployment_id', running.deployment_id));
			END IF;
	END CASE;
END
$$;

COMMENT ON FUNCTION drift_internal.act(drift.models, drift.deployments, text, text, text) IS 'does what follows from a verdict about a deployment of a locked model';

CREATE OR REPLACE FUNCTION drift_internal.undo_action(model drift.models, before drift.deployments, action text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE action
		WHEN 'advanced' THEN format('SELECT * FROM drift.set_step(%L, %s)', model.name, before.step)
		WHEN 'completed' THEN drift_internal.undo_champion(model, before.previous_version)
		WHEN 'rolled_back' THEN drift_internal.undo_rollback(model, before) END
$$;

COMMENT ON FUNCTION drift_internal.undo_action(drift.models, drift.deployments, text) IS
	'SQL that undoes what was done about a deployment, from what it was before; NULL where nothing was';

CREATE OR REPLACE FUNCTION drift_internal.advance_result(model drift.models, deployment_id bigint, verdict text, action text, terms jsonb,
	rollback_sql text)
	RETURNS SETOF drift.advance_result
	LANGUAGE sql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT model.name, d.deployment_id, d.version, verdict, action, d.status, d.step, cardinality(d.weights),
		trim_scale(d.weights[d.step] / 100.0), drift_internal.terms_text(terms, verdict), terms, rollback_sql
	FROM drift.deployments AS d
	WHERE d.deployment_id = advance_result.deployment_id
$$;

COMMENT ON FUNCTION drift_internal.advance_result(drift.models, bigint, text, text, jsonb, text) IS 'what drift.advance() answers';

-- Who may operate a model could also complete or roll back by hand, so the terms are taken as they come; who
-- brought them is recorded.
CREATE OR REPLACE FUNCTION drift_internal.apply_analysis(model text, deployment_id bigint, step integer, terms jsonb, reason text)
	RETURNS SETOF drift.advance_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	running drift.deployments := drift_internal.check_running(locked);
	verdict text := drift_internal.verdict_of(terms);
	action text := drift_internal.next_action(locked, running, verdict);
BEGIN
	IF (running.deployment_id, running.step) IS DISTINCT FROM (deployment_id, step) THEN
		RAISE EXCEPTION 'the deployment of model "%" moved on while it was looked at', locked.name
			USING ERRCODE = 'serialization_failure', HINT = 'Try again.';
	END IF;
	INSERT INTO drift.deployment_analyses (deployment_id, step, verdict, action, terms, actor)
	VALUES (running.deployment_id, running.step, verdict, action, terms, pg_get_userbyid(drift_internal.actor()));
	PERFORM drift_internal.act(locked, running, verdict, action, coalesce(reason, drift_internal.terms_text(terms, verdict)));
	RETURN QUERY SELECT * FROM drift_internal.advance_result(locked, running.deployment_id, verdict, action, terms,
		drift_internal.undo_action(locked, running, action));
END
$$;

COMMENT ON FUNCTION drift_internal.apply_analysis(text, bigint, integer, jsonb, text) IS
	'records an analysis of a deployment and does what follows from it, if the deployment is still where it was';

CREATE OR REPLACE FUNCTION drift.advance(model text, dry_run boolean DEFAULT false, reason text DEFAULT NULL)
	RETURNS SETOF drift.advance_result
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	operated drift.models := drift_internal.find_model(model, 'operate');
	running drift.deployments := drift_internal.check_running(operated);
	terms jsonb := drift_internal.analyse(running);
	verdict text := drift_internal.verdict_of(terms);
BEGIN
	IF dry_run THEN
		RETURN QUERY SELECT * FROM drift_internal.advance_result(operated, running.deployment_id, verdict,
			drift_internal.next_action(operated, running, verdict), terms, NULL);
	ELSE
		RETURN QUERY SELECT * FROM drift_internal.apply_analysis(operated.name, running.deployment_id, running.step, terms, reason);
	END IF;
END
$$;

COMMENT ON FUNCTION drift.advance(text, boolean, text) IS
	'looks at the running deployment of a model, in its log, with the rights of the caller, and does what follows: pass goes a step on or completes, fail rolls back, inconclusive holds until the deadline; dry_run only tells';

-- A scheduler looks at the tables of many, often as a superuser. Who owns a table can have planning and reading
-- it run code, so only those are read whose owner the caller trusts already.
CREATE OR REPLACE FUNCTION drift_internal.check_log_trusted(model drift.models) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	foreign_owner regrole := (
		SELECT min(c.relowner)
		FROM drift.prediction_logs AS l
		JOIN pg_class AS c ON c.oid IN (l.log, l.outcomes)
		WHERE l.model_id = model.model_id AND NOT drift_internal.trusts_owner(c.oid));
BEGIN
	IF foreign_owner IS NOT NULL THEN
		RAISE EXCEPTION 'the prediction log of model "%" belongs to %', model.name, foreign_owner
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = format('Role %I is not a member of it, and code of its owner could run with its rights.', current_user),
				HINT = 'Run it as the owner of the log.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_log_trusted(drift.models) IS
	'an error unless the caller was made a member of the owner of a model''s log; a superuser is not by itself';

-- All are looked at before the first is changed, so that locks are held for moments.
CREATE OR REPLACE FUNCTION drift.run_deployments() RETURNS TABLE (model text, verdict text, action text, message text)
	LANGUAGE plpgsql ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	due record;
	analyses jsonb := '[]';
BEGIN
	IF NOT drift_internal.is_adopted() THEN
		RAISE EXCEPTION 'deployments do not go on in a copy of the database they belong to'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'If this is the database they belong to now: SELECT drift.adopt_cluster();';
	END IF;
	FOR due IN
		SELECT m.name, m, d
		FROM drift.deployments AS d
		JOIN drift.models AS m USING (model_id)
		WHERE d.status = 'running' AND m.deleted_at IS NULL AND drift_internal.allowed(m, 'operate') AND NOT EXISTS (
			SELECT FROM drift.deployment_analyses AS a
			WHERE a.deployment_id = d.deployment_id AND a.analysed_at > clock_timestamp() - (d.analysis->>'interval')::interval)
		ORDER BY d.model_id
	LOOP
		BEGIN
			PERFORM drift_internal.check_log_trusted(due.m);
			analyses := analyses || jsonb_build_object('model', due.name, 'id', (due.d).deployment_id, 'step', (due.d).step,
				'terms', drift_internal.analyse(due.d));
		EXCEPTION
			WHEN others THEN
				RETURN QUERY SELECT due.name, NULL::text, NULL::text, format('%s: %s', SQLSTATE, SQLERRM);
		END;
	END LOOP;
	FOR due IN SELECT a.* FROM jsonb_to_recordset(analyses) AS a (model text, id bigint, step integer, terms jsonb) LOOP
		BEGIN
			RETURN QUERY
				SELECT r.model, r.verdict, r.action, r.message
				FROM drift_internal.apply_analysis(due.model, due.id, due.step, due.terms, NULL) AS r;
		EXCEPTION
			WHEN others THEN
				RETURN QUERY SELECT due.model, NULL::text, NULL::text, format('%s: %s', SQLSTATE, SQLERRM);
		END;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift.run_deployments() IS
	'drift.advance() for every running deployment that the caller may operate and that was not looked at for its interval; for a scheduler, which runs as the owner of the logs or a member of it. One that cannot be looked at says why and stops no other.';

CREATE OR REPLACE VIEW drift.rollout_status WITH (security_invoker = true) AS
	SELECT m.name AS model, a.version AS champion, d.deployment_id, d.version, d.previous_version, d.strategy, d.status,
		d.step, cardinality(d.weights) AS steps, trim_scale(d.weights[d.step] / 100.0) AS percent,
		d.started_at, d.started_by, d.step_started_at, d.finished_at, d.deadline, d.on_deadline,
		l.verdict AS last_verdict, l.action AS last_action, l.analysed_at,
		m.automatic_rollbacks, m.max_rollback_attempts, m.frozen_at, m.pinned,
		CASE WHEN d.status = 'running' THEN format('SELECT * FROM drift.rollback(%L, %s)', m.name, d.previous_version) END AS rollback_sql
	FROM drift.models AS m
	LEFT JOIN drift.model_aliases AS a ON a.model_id = m.model_id AND a.alias = 'champion'
	LEFT JOIN LATERAL (
		SELECT *
		FROM drift.deployments AS i
		WHERE i.model_id = m.model_id
		ORDER BY i.deployment_id DESC
		LIMIT 1
	) AS d ON true
	LEFT JOIN LATERAL (
		SELECT *
		FROM drift.deployment_analyses AS i
		WHERE i.deployment_id = d.deployment_id
		ORDER BY i.analysis_id DESC
		LIMIT 1
	) AS l ON true
	WHERE m.deleted_at IS NULL;

COMMENT ON VIEW drift.rollout_status IS 'each model with its champion and its last deployment: where that is, what was last thought of it, and the SQL that ends it';
GRANT SELECT ON drift.rollout_status TO PUBLIC;
