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
