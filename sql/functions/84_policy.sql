-- who must approve versions before they answer

CREATE OR REPLACE FUNCTION drift_internal.needs_approval(model drift.models) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT model.required_approvals > 0 OR model.approver_roles <> '{}'
$$;

COMMENT ON FUNCTION drift_internal.needs_approval(drift.models) IS 'whether versions of a model need approvals before they may answer';

CREATE OR REPLACE FUNCTION drift_internal.is_approved(model drift.models, version integer) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	-- Who was champion may be champion again, so that a rollback waits for nobody.
	SELECT NOT drift_internal.needs_approval(model)
		OR EXISTS (
			SELECT FROM drift.promotion_requests AS r
			WHERE r.model_id = model.model_id AND r.version = is_approved.version AND r.status = 'promoted')
		OR EXISTS (
			SELECT FROM drift.model_events AS e
			WHERE e.model_id = model.model_id AND e.alias = 'champion' AND e.version = is_approved.version)
$$;

COMMENT ON FUNCTION drift_internal.is_approved(drift.models, integer) IS
	'whether a version may answer: the model needs no approvals, or the version was promoted by them or was champion before';

CREATE OR REPLACE FUNCTION drift_internal.check_approved(model drift.models, version integer) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	open_request bigint;
BEGIN
	IF drift_internal.is_approved(model, version) THEN
		RETURN;
	END IF;
	SELECT r.request_id INTO open_request
	FROM drift.promotion_requests AS r
	WHERE r.model_id = model.model_id AND r.version = check_approved.version AND r.status = 'open' AND r.expires_at > now();
	RAISE EXCEPTION 'version % of model "%" is not approved', version, model.name
		USING ERRCODE = 'object_not_in_prerequisite_state',
			DETAIL = CASE WHEN open_request IS NULL THEN 'The model needs approvals, and no request for promotion of this version was approved.'
				ELSE format('Request %s for its promotion is open.', open_request) END,
			HINT = CASE WHEN open_request IS NULL THEN format('SELECT * FROM drift.request_promotion(%L, %s);', model.name, version)
				ELSE format('Approvers run SELECT * FROM drift.approve(%s); the last approval deploys.', open_request) END;
END
$$;

COMMENT ON FUNCTION drift_internal.check_approved(drift.models, integer) IS
	'an error where a version of a model needs approvals that it does not have';

CREATE OR REPLACE FUNCTION drift_internal.check_approver_roles(model drift.models, approver_roles regrole[]) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	role regrole;
BEGIN
	FOREACH role IN ARRAY coalesce(approver_roles, '{}') LOOP
		IF role IS NULL OR NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.oid = role) THEN
			RAISE EXCEPTION 'approver_roles holds %', CASE WHEN role IS NULL THEN 'NULL' ELSE format('%s, which is no role', role) END
				USING ERRCODE = 'invalid_parameter_value';
		ELSIF NOT drift_internal.may_approve(role, model) THEN
			RAISE EXCEPTION 'role % may not approve requests for model "%"', role, model.name
				USING ERRCODE = 'invalid_parameter_value', DETAIL = 'A policy that wants its approval could never be met.',
					HINT = format('SELECT drift.grant_privilege(%L, %L, ''approve'');', model.name, role);
		END IF;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift_internal.check_approver_roles(drift.models, regrole[]) IS 'an error unless all are roles that may approve';

CREATE OR REPLACE FUNCTION drift.set_approval_policy(model text, required_approvals integer DEFAULT NULL, approver_roles regrole[] DEFAULT NULL,
	approval_expiry interval DEFAULT NULL) RETURNS SETOF drift.models
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before drift.models := drift_internal.lock_model(model, 'own');
	changed drift.models;
BEGIN
	IF required_approvals NOT BETWEEN 0 AND 100 THEN
		RAISE EXCEPTION 'required_approvals is %', required_approvals
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is between 0 and 100.';
	ELSIF approval_expiry <= interval '0' THEN
		RAISE EXCEPTION 'approval_expiry is %', approval_expiry
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is how long a request stays open.';
	END IF;
	PERFORM drift_internal.check_approver_roles(before, approver_roles);
	UPDATE drift.models AS m SET
		required_approvals = coalesce(set_approval_policy.required_approvals, m.required_approvals),
		approver_roles = coalesce(
			(SELECT array_agg(DISTINCT r) FROM unnest(set_approval_policy.approver_roles) AS r),
			CASE WHEN set_approval_policy.approver_roles IS NULL THEN m.approver_roles ELSE '{}' END),
		approval_expiry = coalesce(set_approval_policy.approval_expiry, m.approval_expiry)
	WHERE m.model_id = before.model_id
	RETURNING * INTO changed;
	PERFORM drift_internal.record_event(before.model_id, 'approval_policy_set', details => jsonb_build_object(
		'required_approvals', changed.required_approvals, 'approver_roles', changed.approver_roles, 'approval_expiry', changed.approval_expiry,
		'before', jsonb_build_object('required_approvals', before.required_approvals, 'approver_roles', before.approver_roles,
			'approval_expiry', before.approval_expiry)));
	RETURN NEXT changed;
END
$$;

COMMENT ON FUNCTION drift.set_approval_policy(text, integer, regrole[], interval) IS
	'Says how many people must approve a version before it answers, and of which roles each must be among them; 0 and {}: nobody. NULL leaves what was set. For owners of the model.';
