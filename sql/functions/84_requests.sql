-- requests to promote a version, until they are reviewed

CREATE OR REPLACE FUNCTION drift_internal.missing_approvals(request_id bigint) RETURNS text[]
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	request drift.promotion_requests;
	model drift.models;
	approvers regrole[];
BEGIN
	SELECT * INTO request FROM drift.promotion_requests AS r WHERE r.request_id = missing_approvals.request_id;
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = request.model_id;
	IF model.model_id IS NULL OR NOT drift_internal.allowed(model, 'read') THEN
		RETURN NULL;
	END IF;
	-- Who may no longer approve does not count any more.
	approvers := ARRAY(
		SELECT a.approver FROM drift.approvals AS a
		WHERE a.request_id = request.request_id AND a.verdict = 'approve' AND drift_internal.may_approve(a.approver, model));
	RETURN ARRAY(
		SELECT CASE n WHEN 1 THEN 'one more approval' ELSE format('%s more approvals', n) END
		FROM (SELECT greatest(model.required_approvals, 1) - cardinality(approvers) AS n) AS wanted
		WHERE n > 0
	) || ARRAY(
		SELECT format('an approval by a member of %s', r.role)
		FROM unnest(model.approver_roles) AS r (role)
		WHERE NOT EXISTS (SELECT FROM unnest(approvers) AS a (approver) WHERE drift_internal.in_role(a.approver, r.role)));
END
$$;

COMMENT ON FUNCTION drift_internal.missing_approvals(bigint) IS
	'what a request for promotion lacks of the approvals that the policy of its model wants now, {} if nothing; NULL if the acting role may not see it';

CREATE OR REPLACE FUNCTION drift_internal.lock_request(request_id bigint, wanted text) RETURNS drift.promotion_requests
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	request drift.promotion_requests;
	model drift.models;
BEGIN
	SELECT m.* INTO model FROM drift.promotion_requests AS r JOIN drift.models AS m USING (model_id)
	WHERE r.request_id = lock_request.request_id AND m.deleted_at IS NULL;
	IF NOT FOUND OR NOT drift_internal.allowed(model, 'read') THEN
		RAISE EXCEPTION 'there is no request %', coalesce(request_id::text, 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'drift.request_status lists the requests for promotion that you may see.';
	END IF;
	PERFORM drift_internal.lock_model(model.name, wanted);
	-- Written, not only read, so that a transaction whose snapshot is older fails and overlooks no approval.
	UPDATE drift.promotion_requests AS r SET expires_at = r.expires_at WHERE r.request_id = lock_request.request_id
	RETURNING * INTO request;
	IF request.status <> 'open' OR request.expires_at <= clock_timestamp() THEN
		RAISE EXCEPTION 'request % is closed', request_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = CASE request.status WHEN 'open' THEN format('It expired at %s.', request.expires_at)
					ELSE format('It was %s at %s.', request.status, request.closed_at) END,
				HINT = 'drift.request_promotion() asks anew.';
	END IF;
	RETURN request;
END
$$;

COMMENT ON FUNCTION drift_internal.lock_request(bigint, text) IS
	'an open request for promotion, whose model is locked until the transaction ends; an error if the acting role may not do what it wants or the request is closed';

CREATE OR REPLACE FUNCTION drift_internal.close_request(request drift.promotion_requests, status text, event text, reason text)
	RETURNS drift.promotion_requests
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	model drift.models;
	closed drift.promotion_requests;
BEGIN
	UPDATE drift.promotion_requests AS r SET status = close_request.status, closed_at = clock_timestamp()
	WHERE r.request_id = request.request_id
	RETURNING * INTO closed;
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = request.model_id;
	PERFORM drift_internal.record_event(model.model_id, event, request.version, reason, jsonb_build_object('request_id', request.request_id));
	PERFORM drift_internal.emit(model, event,
		jsonb_build_object('request_id', request.request_id, 'version', request.version, 'reason', reason));
	RETURN closed;
END
$$;

COMMENT ON FUNCTION drift_internal.close_request(drift.promotion_requests, text, text, text) IS
	'closes a request for promotion whose model is locked, records it and tells systems outside';

CREATE OR REPLACE FUNCTION drift_internal.expire_request(model drift.models, version integer) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	open_request drift.promotion_requests;
BEGIN
	SELECT * INTO open_request FROM drift.promotion_requests AS r
	WHERE r.model_id = model.model_id AND r.version = expire_request.version AND r.status = 'open';
	IF NOT FOUND THEN
		RETURN;
	ELSIF open_request.expires_at > clock_timestamp() THEN
		RAISE EXCEPTION 'request % for version % of model "%" is open already', open_request.request_id, version, model.name
			USING ERRCODE = 'duplicate_object', DETAIL = format('%s asked for it at %s.', open_request.requested_by, open_request.requested_at),
				HINT = 'drift.add_evidence() adds to it, drift.withdraw_request() ends it.';
	END IF;
	PERFORM drift_internal.close_request(open_request, 'expired', 'promotion_expired', NULL);
END
$$;

COMMENT ON FUNCTION drift_internal.expire_request(drift.models, integer) IS
	'closes the open request of a version if it expired; an error if there is one that did not';

CREATE OR REPLACE FUNCTION drift.request_promotion(model text, version integer, evidence jsonb DEFAULT '{}', reason text DEFAULT NULL,
	deployment jsonb DEFAULT '{}') RETURNS SETOF drift.promotion_requests
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_model drift.models := drift_internal.lock_model(model, 'operate');
	request drift.promotion_requests;
BEGIN
	PERFORM drift_internal.check_ready(of_model, version);
	IF jsonb_typeof(deployment) <> 'object' THEN
		RAISE EXCEPTION 'deployment is not an object'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is like {"strategy": "canary"}, with the options of drift.deploy().';
	END IF;
	-- Options that cannot be are told now and not to the last approver.
	PERFORM drift_internal.read_deployment_options(deployment);
	PERFORM drift_internal.expire_request(of_model, version);
	INSERT INTO drift.promotion_requests (model_id, version, evidence, deployment, requester, requested_by, login, reason, expires_at)
	VALUES (of_model.model_id, request_promotion.version, drift_internal.check_evidence(request_promotion.evidence),
		coalesce(request_promotion.deployment, '{}'), drift_internal.actor(), pg_get_userbyid(drift_internal.actor()), session_user,
		request_promotion.reason, clock_timestamp() + of_model.approval_expiry)
	RETURNING * INTO request;
	PERFORM drift_internal.record_event(of_model.model_id, 'promotion_requested', version, reason, jsonb_build_object(
		'request_id', request.request_id, 'evidence', request.evidence, 'deployment', request.deployment, 'expires_at', request.expires_at));
	PERFORM drift_internal.emit(of_model, 'promotion_requested', jsonb_build_object('request_id', request.request_id, 'version', version,
		'reason', reason, 'expires_at', request.expires_at));
	RETURN NEXT request;
END
$$;

COMMENT ON FUNCTION drift.request_promotion(text, integer, jsonb, text, jsonb) IS
	'Asks for the promotion of a version: the approval that completes what the policy wants deploys it, with deployment as drift.deploy() takes it. Evidence has the items performance, feature_importance, data_quality and fairness; drift.draft_evidence() gives some, drift.add_evidence() adds more. Needs the privilege operate.';

CREATE OR REPLACE FUNCTION drift.add_evidence(request_id bigint, evidence jsonb) RETURNS SETOF drift.promotion_requests
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	request drift.promotion_requests := drift_internal.lock_request(request_id, 'operate');
BEGIN
	IF EXISTS (SELECT FROM drift.approvals AS a WHERE a.request_id = request.request_id) THEN
		RAISE EXCEPTION 'the evidence of request % cannot change any more', request_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'It was approved by a reviewer, who has seen this evidence.',
				HINT = 'drift.withdraw_request() and a new request start again.';
	END IF;
	UPDATE drift.promotion_requests AS r SET evidence = r.evidence || drift_internal.check_evidence(add_evidence.evidence)
	WHERE r.request_id = request.request_id
	RETURNING * INTO request;
	PERFORM drift_internal.record_event(request.model_id, 'evidence_added', request.version,
		details => jsonb_build_object('request_id', request.request_id, 'evidence', evidence));
	RETURN NEXT request;
END
$$;

COMMENT ON FUNCTION drift.add_evidence(bigint, jsonb) IS
	'Adds items of evidence to an open request for promotion, or replaces them, until the first approval. Needs the privilege operate.';

CREATE OR REPLACE FUNCTION drift.withdraw_request(request_id bigint, reason text DEFAULT NULL) RETURNS SETOF drift.promotion_requests
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	request drift.promotion_requests := drift_internal.lock_request(request_id, 'operate');
BEGIN
	RETURN NEXT drift_internal.close_request(request, 'withdrawn', 'promotion_withdrawn', reason);
END
$$;

COMMENT ON FUNCTION drift.withdraw_request(bigint, text) IS 'Ends an open request for promotion. Needs the privilege operate.';
