-- features of versions that come after the log was made

-- Numbers go into columns of text, but not the other way round. Nothing is done to the column then, which views
-- may read: the feature gets another one.
CREATE OR REPLACE FUNCTION drift_internal.missing_features(model drift.models, version integer)
	RETURNS TABLE (feature text, column_type text, problem text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT f.feature, f.column_type,
		CASE WHEN a.attname IS NULL THEN format('no column for %I', f.feature)
			ELSE format('column %I is %s and feature %I text', a.attname, format_type(a.atttypid, a.atttypmod), f.feature) END
	FROM drift.prediction_logs AS l
	CROSS JOIN drift_internal.log_features(model, version, NULL, NULL) AS f
	LEFT JOIN drift.prediction_log_features AS p ON p.log_id = l.log_id AND p.feature = f.feature
	LEFT JOIN pg_attribute AS a ON a.attrelid = l.log AND a.attname = p.column_name AND a.attnum > 0 AND NOT a.attisdropped
	WHERE l.model_id = model.model_id AND EXISTS (SELECT FROM pg_class AS c WHERE c.oid = l.log)
		AND (a.attname IS NULL OR (f.kind = 'text' AND a.atttypid IN ('float8'::regtype, 'numeric'::regtype)))
$$;

COMMENT ON FUNCTION drift_internal.missing_features(drift.models, integer) IS
	'features of a version for which the log of the model has no column, or one that cannot hold them, with what is wrong';

CREATE OR REPLACE FUNCTION drift_internal.check_log_features(model drift.models, version integer) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT regclass := (SELECT l.log FROM drift.prediction_logs AS l WHERE l.model_id = model.model_id);
	problems CONSTANT text := (SELECT string_agg(f.problem, ', ') FROM drift_internal.missing_features(model, version) AS f);
BEGIN
	IF problems IS NOT NULL THEN
		RAISE EXCEPTION 'the prediction log of model "%" cannot hold all features of version %', model.name, version
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('Table %s: %s.', log, problems),
				HINT = format('SELECT * FROM drift.extend_prediction_log(%L, %s);', model.name, version);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_log_features(drift.models, integer) IS
	'raises where the log of a model lacks columns for the features of a version, with the statement that adds them; a model without a log passes';

CREATE OR REPLACE FUNCTION drift.extend_prediction_log(model text, version integer DEFAULT NULL)
	RETURNS TABLE (feature text, column_name text, column_type text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.lock_log(model);
	found_model CONSTANT drift.models := drift_internal.find_model(model, 'read');
	wanted CONSTANT integer := coalesce(version, (
		SELECT max(v.version) FROM drift.model_versions AS v WHERE v.model_id = found_model.model_id AND v.status = 'ready'));
	features text[];
	types text[];
	columns text[];
BEGIN
	PERFORM drift_internal.check_ready(found_model, wanted);
	SELECT array_agg(f.feature), array_agg(f.column_type) INTO features, types
	FROM drift_internal.missing_features(found_model, wanted) AS f;
	IF features IS NOT NULL THEN
		columns := drift_internal.add_feature_columns(log.log, features, types);
		PERFORM drift_internal.register_features(model, features, columns, wanted);
		PERFORM drift_internal.extend_labelled(log.log, log.outcomes);
	END IF;
	RETURN QUERY SELECT * FROM unnest(features, columns, types);
END
$$;

COMMENT ON FUNCTION drift.extend_prediction_log(text, integer) IS
	'adds columns to the log of a model for those features of a version, by default the newest that is ready, that none of its columns can hold; what was added';
