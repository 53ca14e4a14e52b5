-- what is read to validate a deployment: outcomes since then, served scores, features

CREATE OR REPLACE FUNCTION drift_internal.validated_deployment(model drift.models) RETURNS drift.deployments
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM drift.deployments AS d
	WHERE d.model_id = model.model_id AND d.status = 'succeeded' AND d.version = drift_internal.champion_of(model.model_id)
		AND d.previous_version <> d.version
	ORDER BY d.deployment_id DESC
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.validated_deployment(drift.models) IS
	'the deployment that made the champion of a model champion in place of another version; NULL: there is none';

CREATE OR REPLACE FUNCTION drift_internal.run_of_version(deployment drift.deployments) RETURNS drift.training_runs
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM drift.training_runs AS r
	WHERE r.model_id = deployment.model_id AND r.version = deployment.version
	ORDER BY r.run_id DESC
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.run_of_version(drift.deployments) IS 'the run of training that a deployed version came from; NULL: another source';

-- History that is played again has deployments later than what is looked at; what the run knew ends at its as_of.
CREATE OR REPLACE FUNCTION drift_internal.validated_since(deployment drift.deployments, run drift.training_runs) RETURNS timestamptz
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT least(deployment.started_at, run.as_of)
$$;

COMMENT ON FUNCTION drift_internal.validated_since(drift.deployments, drift.training_runs) IS
	'time from which rows can validate a deployment: its start, or the end of what its run of training knew';

CREATE OR REPLACE FUNCTION drift_internal.labelled_log(model_id integer) RETURNS drift.prediction_logs
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM drift.prediction_logs AS l
	WHERE l.model_id = labelled_log.model_id AND drift_internal.relation_name(l.log) IS NOT NULL AND drift_internal.relation_name(l.outcomes) IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.labelled_log(integer) IS 'the prediction log of a model with its outcomes; NULL: it has none';

CREATE OR REPLACE FUNCTION drift_internal.source_span_query(settings drift.training_configs, span tstzrange) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT drift_row.* FROM (%1$s%2$s) AS drift_row WHERE drift_row.%3$I >= %4$L AND drift_row.%3$I < %5$L',
		CASE settings.source_kind WHEN 'query' THEN settings.query ELSE 'SELECT * FROM ' || drift_internal.relation_name(settings.relation) END, E'\n',
		settings.time_column, lower(span), upper(span))
$$;

COMMENT ON FUNCTION drift_internal.source_span_query(drift.training_configs, tstzrange) IS
	'query for the rows of the training source of a model in a span of time, with outcomes or not';

CREATE OR REPLACE FUNCTION drift_internal.artefact_of(model_id integer, version integer) RETURNS drift.model
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT a.artefact FROM drift.model_artefacts AS a WHERE a.model_id = artefact_of.model_id AND a.version = artefact_of.version
$$;

COMMENT ON FUNCTION drift_internal.artefact_of(integer, integer) IS 'the artefact of a version; NULL: it is outside the database';

-- NULL: there is nothing by which the versions can be compared.
CREATE OR REPLACE FUNCTION drift_internal.validation_metrics(deployment drift.deployments, settings drift.training_configs, span tstzrange, wanted jsonb,
	OUT task text, OUT measured jsonb)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.labelled_log(deployment.model_id);
	versions record;
	models CONSTANT drift.model[] := ARRAY[drift_internal.artefact_of(deployment.model_id, deployment.previous_version),
		drift_internal.artefact_of(deployment.model_id, deployment.version)];
	classes CONSTANT jsonb := drift.describe(models[2])->'classes';
	query text;
	turned boolean;
BEGIN
	IF log.log_id IS NOT NULL THEN
		versions := drift_internal.evaluated_versions(deployment.model_id, deployment.previous_version, deployment.version);
		task := versions.task;
		IF versions.can_replay THEN
			measured := drift_internal.measure_versions(drift_internal.evaluated_pairs(log, deployment, 'replay', span, task, 100000), true, task,
				jsonb_strip_nulls(wanted || jsonb_build_object('positive', versions.positive)), 'pg_catalog, pg_temp');
		END IF;
	ELSIF settings.time_column IS NOT NULL AND settings.source_kind <> 'log' AND array_position(models, NULL) IS NULL THEN
		task := drift_internal.artefact_task(drift.describe(models[2]));
		turned := coalesce(task = 'binary' AND drift.describe(models[1])->'classes'->>1 <> classes->>1, false);
		query := drift_internal.labelled_rows_query(settings, lower(span), upper(span), upper(span));
		measured := drift_internal.measure_versions((
				SELECT array_agg(drift_internal.held_out_pairs(query, truth, task, NULL, turned, safely) ORDER BY safely)
				FROM drift_internal.label_expression(settings.owner, query, settings.label, task, settings.path) AS truth, unnest('{false,true}'::boolean[]) AS safely),
			true, task, wanted || jsonb_build_object('positive', classes->1), settings.path, settings.owner, models);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.validation_metrics(drift.deployments, drift.training_configs, tstzrange, jsonb) IS
	'metrics of a deployed version and of the one before over the same rows with outcomes: of the prediction log, or of the training source';

CREATE OR REPLACE FUNCTION drift_internal.profiled_type(profile drift.profile) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE drift.value_type(profile) WHEN 'number' THEN 'double precision' WHEN 'timestamp' THEN 'timestamp with time zone' ELSE drift.value_type(profile) END
$$;

COMMENT ON FUNCTION drift_internal.profiled_type(drift.profile) IS 'type of the values that a profile was made of, as SQL calls it';

CREATE OR REPLACE FUNCTION drift_internal.held_out_answer(column_name text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN column_name IN ('drift_score', 'drift_version_score') THEN 'score' WHEN column_name IN ('drift_label', 'drift_version_label') THEN 'label' END
$$;

COMMENT ON FUNCTION drift_internal.held_out_answer(text) IS 'what a profile of a run is of, if it is of what a model said of the held-out rows; NULL: a column of the rows';

-- The columns of the run that are there now, each with the expression that reads it.
CREATE OR REPLACE FUNCTION drift_internal.validation_columns(deployment drift.deployments, run_id bigint, log drift.prediction_logs,
	settings drift.training_configs, span tstzrange)
	RETURNS TABLE (column_name text, profile drift.profile, expression text)
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.column_name, p.profile, e.expression
	FROM drift.run_profiles AS p
	LEFT JOIN drift.prediction_log_features AS f ON f.log_id = log.log_id AND f.feature = p.column_name,
		LATERAL (SELECT CASE
			WHEN log.log_id IS NOT NULL THEN CASE drift_internal.held_out_answer(p.column_name) WHEN 'score' THEN 'drift_row.score' WHEN 'label' THEN 'drift_row.label'
				ELSE format('drift_row.%I::%s', f.column_name, drift_internal.profiled_type(p.profile)) END
			WHEN drift_internal.held_out_answer(p.column_name) IS NOT NULL THEN drift_internal.answer_of(1, drift_internal.held_out_answer(p.column_name), true)
			WHEN p.column_name IN (SELECT c.column_name FROM drift_internal.read_as(settings.owner,
					format('SELECT c.column_name FROM drift_internal.source_columns(%L) AS c', drift_internal.source_span_query(settings, span)), settings.path) AS c (column_name text))
				THEN format('drift_row.%I::%s', p.column_name, drift_internal.profiled_type(p.profile)) END AS expression) AS e
	WHERE p.run_id = validation_columns.run_id AND e.expression IS NOT NULL AND p.column_name IS DISTINCT FROM settings.label
$$;

COMMENT ON FUNCTION drift_internal.validation_columns(drift.deployments, bigint, drift.prediction_logs, drift.training_configs, tstzrange) IS
	'profiles of a run whose columns can be read again, with expressions over a row called drift_row';

CREATE OR REPLACE FUNCTION drift_internal.served_query(deployment drift.deployments, log drift.prediction_logs, span tstzrange) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT * FROM %s AS l WHERE l.model_version = %s AND l.shadow_of IS NULL AND l.status = ''ok'' AND l.predicted_at >= %L AND l.predicted_at < %L',
		drift_internal.relation_name(log.log), deployment.version, lower(span), upper(span))
$$;

COMMENT ON FUNCTION drift_internal.served_query(drift.deployments, drift.prediction_logs, tstzrange) IS 'query for what a deployed version answered in a span';

-- Judged as drift.compare() judges, by the standard thresholds.
CREATE OR REPLACE FUNCTION drift_internal.validation_drift(deployment drift.deployments, run_id bigint, settings drift.training_configs, span tstzrange)
	RETURNS SETOF drift.comparison
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.labelled_log(deployment.model_id);
	names text[];
	before drift.profile[];
	expressions text[];
	query text;
	found_profiles drift.profile[];
	plans drift_internal.column_plan[];
BEGIN
	IF log.log_id IS NULL AND (settings.source_kind = 'log' OR settings.time_column IS NULL) IS NOT FALSE THEN
		RETURN;
	END IF;
	SELECT array_agg(c.column_name ORDER BY c.column_name), array_agg(c.profile ORDER BY c.column_name), array_agg(c.expression ORDER BY c.column_name)
	INTO names, before, expressions
	FROM drift_internal.validation_columns(deployment, run_id, log, settings, span) AS c;
	IF names IS NULL THEN
		RETURN;
	END IF;
	query := format('SELECT ARRAY[%s] FROM (%s) AS drift_row', (SELECT string_agg(format('drift.profile_agg(%s)', e), ', ' ORDER BY i) FROM unnest(expressions) WITH ORDINALITY AS u (e, i)),
		CASE WHEN log.log_id IS NOT NULL THEN drift_internal.served_query(deployment, log, span) ELSE drift_internal.source_span_query(settings, span) END);
	found_profiles := CASE WHEN log.log_id IS NOT NULL
		THEN (SELECT r.p FROM drift_internal.read_rows(query, 'pg_catalog, pg_temp') AS r (p drift.profile[]))
		ELSE (SELECT r.p FROM drift_internal.read_with_models(settings.owner, query, settings.path,
			ARRAY[drift_internal.artefact_of(deployment.model_id, deployment.version)]) AS r (p drift.profile[])) END;
	plans := ARRAY(
		SELECT ROW(names[i], t.name, t.name, drift.kind(before[i]), t.name, NULL, false, NULL)::drift_internal.column_plan
		FROM generate_subscripts(names, 1) AS i, LATERAL drift_internal.profiled_type(before[i]) AS t (name) ORDER BY i);
	RETURN QUERY SELECT * FROM drift_internal.judge_profiles(plans, before, found_profiles, ARRAY[drift.resolve_thresholds('standard')], 30::bigint);
END
$$;

COMMENT ON FUNCTION drift_internal.validation_drift(drift.deployments, bigint, drift.training_configs, tstzrange) IS
	'scores and features since a deployment against those of the run that its version came from';
