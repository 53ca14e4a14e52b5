-- reviews of requests for promotion; the last approval deploys

CREATE OR REPLACE FUNCTION drift_internal.check_reviewer(request drift.promotion_requests) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reviewer regrole := drift_internal.actor();
	earlier text;
BEGIN
	IF drift_internal.same_person(request.requester, request.login, reviewer, session_user) THEN
		RAISE EXCEPTION 'who requested a promotion cannot review it'
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = format('Request %s is by %s, who had logged in as %s; you act as %s, logged in as %s.',
					request.request_id, request.requested_by, request.login, reviewer, session_user),
				HINT = 'Somebody else approves or rejects it; drift.withdraw_request() ends it.';
	END IF;
	SELECT a.approved_by INTO earlier FROM drift.approvals AS a
	WHERE a.request_id = request.request_id AND drift_internal.same_person(a.approver, a.login, reviewer, session_user);
	IF FOUND THEN
		RAISE EXCEPTION 'you have reviewed request % already', request.request_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It was approved by %s.', earlier);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_reviewer(drift.promotion_requests) IS
	'an error where the acting role may be the person who made a request, or who reviewed it before';

CREATE OR REPLACE FUNCTION drift_internal.check_reviewable(request drift.promotion_requests) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	model drift.models;
	missing text[];
BEGIN
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = request.model_id;
	PERFORM drift_internal.check_ready(model, request.version);
	missing := drift_internal.missing_evidence(request.evidence);
	IF missing <> '{}' THEN
		RAISE EXCEPTION 'request % lacks evidence', request.request_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('Nothing is said about %s.', array_to_string(missing, ', ')),
				HINT = format('SELECT * FROM drift.add_evidence(%s, ''{"%s": ...}'');', request.request_id, missing[1]);
	END IF;
	missing := drift_internal.missing_sections(request.model_id, request.version);
	IF missing <> '{}' THEN
		RAISE EXCEPTION 'the model card of version % lacks sections', request.version
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('Nothing is written under %s.', array_to_string(missing, ', ')),
				HINT = format('SELECT * FROM drift.write_card(%L, %s, %L, ''...'');', model.name, request.version, missing[1]);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_reviewable(drift.promotion_requests) IS
	'an error unless the version of a request is ready, and its evidence and model card are complete';

CREATE OR REPLACE FUNCTION drift_internal.add_review(request drift.promotion_requests, verdict text, comment text) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO drift.approvals (request_id, approver, approved_by, login, verdict, comment, evidence_hash)
	VALUES (request.request_id, drift_internal.actor(), pg_get_userbyid(drift_internal.actor()), session_user, verdict, comment,
		sha256(convert_to(request.evidence::text, 'UTF8')))
$$;

COMMENT ON FUNCTION drift_internal.add_review(drift.promotion_requests, text, text) IS 'adds what the acting role thinks of a request';

CREATE OR REPLACE FUNCTION drift_internal.promote_request(request drift.promotion_requests, comment text) RETURNS drift.promotion_requests
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- Closed first: what deploys asks whether the version is approved.
	closed drift.promotion_requests := drift_internal.close_request(request, 'promoted', 'promotion_approved', comment);
	model drift.models;
BEGIN
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = request.model_id;
	PERFORM drift_internal.deploy(model, request.version, request.deployment,
		concat_ws(': ', format('request %s', request.request_id), request.reason));
	RETURN closed;
END
$$;

COMMENT ON FUNCTION drift_internal.promote_request(drift.promotion_requests, text) IS
	'closes a request whose approvals are complete and deploys its version';

CREATE OR REPLACE FUNCTION drift.approve(request_id bigint, comment text DEFAULT NULL) RETURNS SETOF drift.promotion_requests
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	request drift.promotion_requests := drift_internal.lock_request(request_id, 'approve');
BEGIN
	PERFORM drift_internal.check_reviewer(request);
	PERFORM drift_internal.check_reviewable(request);
	PERFORM drift_internal.add_review(request, 'approve', comment);
	PERFORM drift_internal.record_event(request.model_id, 'approved', request.version, comment,
		jsonb_build_object('request_id', request.request_id));
	IF drift_internal.missing_approvals(request.request_id) = '{}' THEN
		request := drift_internal.promote_request(request, comment);
	END IF;
	RETURN NEXT request;
END
$$;

COMMENT ON FUNCTION drift.approve(bigint, text) IS
	'Approves a request for promotion; the approval that completes what the policy wants deploys the version in the same transaction. Needs the privilege approve, and whoever asked cannot approve.';

CREATE OR REPLACE FUNCTION drift.reject(request_id bigint, comment text) RETURNS SETOF drift.promotion_requests
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	request drift.promotion_requests := drift_internal.lock_request(request_id, 'approve');
BEGIN
	IF coalesce(btrim(comment), '') = '' THEN
		RAISE EXCEPTION 'a rejection needs a comment'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It tells the requester what to change.';
	END IF;
	PERFORM drift_internal.check_reviewer(request);
	PERFORM drift_internal.add_review(request, 'reject', comment);
	RETURN NEXT drift_internal.close_request(request, 'rejected', 'promotion_rejected', comment);
END
$$;

COMMENT ON FUNCTION drift.reject(bigint, text) IS
	'Rejects a request for promotion, which ends it, and says why. Needs the privilege approve.';

CREATE OR REPLACE VIEW drift.request_status WITH (security_invoker = true) AS
SELECT r.request_id, m.name AS model, r.version,
	CASE WHEN r.status = 'open' AND r.expires_at <= now() THEN 'expired' ELSE r.status END AS status,
	r.requested_by, r.requested_at, r.reason, r.expires_at,
	(SELECT count(*) FROM drift.approvals AS a WHERE a.request_id = r.request_id AND a.verdict = 'approve') AS approvals,
	CASE WHEN r.status = 'open' THEN drift_internal.missing_approvals(r.request_id) END AS missing_approvals,
	CASE WHEN r.status = 'open' THEN drift_internal.missing_evidence(r.evidence) END AS missing_evidence,
	CASE WHEN r.status = 'open' THEN drift_internal.missing_sections(r.model_id, r.version) END AS missing_sections
FROM drift.promotion_requests AS r
JOIN drift.models AS m USING (model_id);

COMMENT ON VIEW drift.request_status IS 'requests for promotion and what the open ones wait for';
COMMENT ON COLUMN drift.request_status.approvals IS 'approvals that it has';
COMMENT ON COLUMN drift.request_status.missing_approvals IS 'approvals that it lacks, in words; NULL of closed ones';
COMMENT ON COLUMN drift.request_status.missing_evidence IS 'items of evidence that it lacks';
COMMENT ON COLUMN drift.request_status.missing_sections IS 'sections that must be written in the model card of the version';

GRANT SELECT ON drift.request_status TO PUBLIC;
