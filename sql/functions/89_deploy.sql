-- drift.deploy() and drift.promote()

-- The version that is meant when none is named.
CREATE OR REPLACE FUNCTION drift_internal.candidate(model drift.models, alias text) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen integer;
BEGIN
	SELECT a.version INTO chosen FROM drift.model_aliases AS a WHERE a.model_id = model.model_id AND a.alias = candidate.alias;
	IF chosen IS NULL THEN
		SELECT max(v.version) INTO chosen
		FROM drift.model_versions AS v
		WHERE v.model_id = model.model_id AND v.stage = 'staging' AND v.status = 'ready';
	END IF;
	IF chosen IS NULL THEN
		RAISE EXCEPTION 'model "%" has no version in staging', model.name
			USING ERRCODE = 'undefined_object',
				DETAIL = drift_internal.list_candidates(model),
				HINT = format('Name the version, or put one into staging: SELECT drift.set_alias(%L, ''staging'', ...);', model.name);
	END IF;
	RETURN chosen;
END
$$;

COMMENT ON FUNCTION drift_internal.candidate(drift.models, text) IS
	'the version of a model under an alias, or the latest one in staging; an error that lists the versions where there is none';

CREATE OR REPLACE FUNCTION drift_internal.list_candidates(model drift.models) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce('Versions that are ready, the latest first: ' || string_agg(
				format('%s (%s%s)', v.version, v.version_name, ', run ' || v.run_id), ', ' ORDER BY v.version DESC) || '.',
			'It has no version that is ready.')
	FROM (
		SELECT *
		FROM drift.model_versions AS w
		WHERE w.model_id = model.model_id AND w.status = 'ready' AND w.version IS DISTINCT FROM drift_internal.champion(model.model_id)
		ORDER BY w.version DESC
		LIMIT 10
	) AS v
$$;

COMMENT ON FUNCTION drift_internal.list_candidates(drift.models) IS 'a sentence about the latest versions of a model that could be deployed';

CREATE OR REPLACE FUNCTION drift.deploy(model text, version integer DEFAULT NULL, strategy text DEFAULT 'blue_green',
	options jsonb DEFAULT '{}', reason text DEFAULT NULL) RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	champion integer := drift_internal.champion(locked.model_id);
	chosen integer := coalesce(version, drift_internal.candidate(locked, 'challenger'));
	started_id bigint;
BEGIN
	IF jsonb_typeof(options) <> 'object' THEN
		PERFORM drift_internal.read_deployment_options(options);
	ELSIF options->>'strategy' <> strategy THEN
		RAISE EXCEPTION 'the strategy is both % and %', strategy, options->>'strategy'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give it as the argument strategy and not among the options.';
	END IF;
	started_id := drift_internal.deploy(locked, chosen,
		coalesce(options, '{}') || jsonb_build_object('strategy', coalesce(strategy, 'blue_green')), reason);
	RETURN QUERY SELECT * FROM drift_internal.deployment_result(locked, started_id,
		CASE WHEN strategy IN ('canary', 'ab_test', 'shadow') THEN format('version %s is on its way beside version %s', chosen, champion)
			ELSE format('version %s answers', chosen) || coalesce(' in place of version ' || champion, '') END,
		drift_internal.undo_champion(locked, champion));
END
$$;

COMMENT ON FUNCTION drift.deploy(text, integer, text, jsonb, text) IS
	'makes a version answer: at once (blue_green), for a growing share of entities (canary), for a fixed share (ab_test), or beside the champion without answering (shadow); without a version that of the alias challenger, else the latest in staging; drift.deployment_options() lists the options';

-- Without a model: that of the run.
CREATE OR REPLACE FUNCTION drift_internal.model_of_run(run_id text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names text[] := ARRAY(
		SELECT m.name
		FROM drift.models AS m
		WHERE m.deleted_at IS NULL AND drift_internal.allowed(m, 'read')
			AND EXISTS (SELECT FROM drift.model_versions AS v WHERE v.run_id = model_of_run.run_id AND v.model_id = m.model_id)
		ORDER BY m.name);
BEGIN
	IF cardinality(names) <> 1 THEN
		RAISE EXCEPTION 'run "%" belongs to % models', run_id, cardinality(names)
			USING ERRCODE = CASE cardinality(names) WHEN 0 THEN 'undefined_object' ELSE 'ambiguous_parameter' END,
				DETAIL = CASE cardinality(names) WHEN 0 THEN 'No version that you may see has this run id.'
					ELSE format('They are %s.', array_to_string(names, ', ')) END,
				HINT = 'Name the model; drift.model_versions has the run ids.';
	END IF;
	RETURN names[1];
END
$$;

COMMENT ON FUNCTION drift_internal.model_of_run(text) IS 'the one model that has a version of this run, or an error';

CREATE OR REPLACE FUNCTION drift_internal.version_of_run(model drift.models, run_id text) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen integer;
BEGIN
	SELECT max(v.version) INTO chosen
	FROM drift.model_versions AS v
	WHERE v.model_id = model.model_id AND v.run_id = version_of_run.run_id AND v.status = 'ready';
	IF chosen IS NULL THEN
		RAISE EXCEPTION 'no version of model "%" that is ready has run id "%"', model.name, run_id
			USING ERRCODE = 'undefined_object', DETAIL = drift_internal.list_candidates(model);
	END IF;
	RETURN chosen;
END
$$;

COMMENT ON FUNCTION drift_internal.version_of_run(drift.models, text) IS
	'the latest version of a model from a run; an error that lists the versions where there is none';

CREATE OR REPLACE FUNCTION drift.promote(model text DEFAULT NULL, version integer DEFAULT NULL, run_id text DEFAULT NULL,
	reason text DEFAULT NULL) RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models;
	champion integer;
	chosen integer := version;
	started_id bigint;
BEGIN
	IF version IS NOT NULL AND run_id IS NOT NULL THEN
		RAISE EXCEPTION 'a promotion takes a version or a run id, not both' USING ERRCODE = 'invalid_parameter_value';
	ELSIF model IS NULL AND run_id IS NULL THEN
		RAISE EXCEPTION 'a promotion needs a model or a run id' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	locked := drift_internal.lock_model(coalesce(model, drift_internal.model_of_run(run_id)), 'operate');
	champion := drift_internal.champion(locked.model_id);
	IF run_id IS NOT NULL THEN
		chosen := drift_internal.version_of_run(locked, run_id);
	ELSIF chosen IS NULL THEN
		chosen := drift_internal.candidate(locked, 'staging');
	ELSIF NOT EXISTS (SELECT FROM drift.model_versions AS v WHERE v.model_id = locked.model_id AND v.version = chosen) THEN
		RAISE EXCEPTION 'model "%" has no version %', locked.name, chosen
			USING ERRCODE = 'undefined_object', DETAIL = drift_internal.list_candidates(locked);
	END IF;
	started_id := drift_internal.deploy(locked, chosen, '{}', reason);
	RETURN QUERY SELECT * FROM drift_internal.deployment_result(locked, started_id,
		format('version %s answers', chosen) || coalesce(' in place of version ' || champion, ''),
		drift_internal.undo_champion(locked, champion));
END
$$;

COMMENT ON FUNCTION drift.promote(text, integer, text, text) IS
	'makes a version the champion at once: the latest in staging, a given one, or that of a run (the model may then be left out); errors list the candidates';
