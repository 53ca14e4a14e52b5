-- training rows: where they come from, and what their columns are

-- ISO 8601 whatever DateStyle is when the text is read.
CREATE OR REPLACE FUNCTION drift_internal.time_literal(moment timestamptz) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT quote_nullable(to_jsonb(moment) #>> '{}') || '::pg_catalog.timestamptz'
$$;

COMMENT ON FUNCTION drift_internal.time_literal(timestamptz) IS 'a time as SQL';

CREATE OR REPLACE FUNCTION drift_internal.read_json_as(owner regrole, query text, path text) RETURNS jsonb
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r.answer FROM drift_internal.read_as(owner, query, path) AS r (answer jsonb)
$$;

COMMENT ON FUNCTION drift_internal.read_json_as(regrole, text, text) IS 'the one JSON value of a query that runs with the rights of a role';

-- The columns that every log has are renamed where a feature is called so.
CREATE OR REPLACE FUNCTION drift_internal.log_name(log_id integer, name text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN EXISTS (SELECT FROM drift.prediction_log_features AS f WHERE f.log_id = log_name.log_id AND f.feature = log_name.name)
		THEN 'log_' || name ELSE name END
$$;

COMMENT ON FUNCTION drift_internal.log_name(integer, text) IS
	'name under which training rows have a column of a prediction log that is no feature: its own, with log_ before it where a feature has that';

-- A feature whose name is too long for a column keeps that of its column.
CREATE OR REPLACE FUNCTION drift_internal.log_feature_columns(log_id integer) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(string_agg(format(', l.%I AS %I', f.column_name,
			CASE WHEN octet_length(f.feature) < current_setting('max_identifier_length')::integer + 1 THEN f.feature ELSE f.column_name END),
		'' ORDER BY f.feature), '')
	FROM drift.prediction_log_features AS f
	WHERE f.log_id = log_feature_columns.log_id
$$;

COMMENT ON FUNCTION drift_internal.log_feature_columns(integer) IS 'the features of a log as a query for training rows lists them, each with a comma before it';

-- What was known then: the latest outcome that had been observed, unless it withdrew the one before.
CREATE OR REPLACE FUNCTION drift_internal.log_training_query(log drift.prediction_logs, as_of timestamptz) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$SELECT l.predicted_at AS %1$I, l.entity_key AS %2$I, l.model_version AS %3$I, l.score AS %4$I, l.label AS %5$I%6$s,
			o.actual AS %7$I, o.actual_value AS %8$I, CASE WHEN o.actual IS NOT NULL THEN o.observed_at END AS %9$I
		FROM %10$s AS l
		LEFT JOIN (
			SELECT DISTINCT ON (known.prediction_id, known.predicted_at)
				known.prediction_id, known.predicted_at, known.actual, known.actual_value, known.observed_at
			FROM %11$s AS known
			WHERE known.prediction_id IS NOT NULL AND known.predicted_at IS NOT NULL AND known.observed_at <= %12$s
			ORDER BY known.prediction_id, known.predicted_at, known.observed_at DESC, known.outcome_id DESC
		) AS o ON o.prediction_id = l.prediction_id AND o.predicted_at = l.predicted_at
		WHERE l.shadow_of IS NULL AND l.status = 'ok' AND l.predicted_at <= %12$s$query$,
		drift_internal.log_name(log.log_id, 'predicted_at'), drift_internal.log_name(log.log_id, 'entity_key'),
		drift_internal.log_name(log.log_id, 'model_version'), drift_internal.log_name(log.log_id, 'score'),
		drift_internal.log_name(log.log_id, 'label'), drift_internal.log_feature_columns(log.log_id),
		drift_internal.log_name(log.log_id, 'actual'), drift_internal.log_name(log.log_id, 'actual_value'),
		drift_internal.log_name(log.log_id, 'observed_at'),
		drift_internal.relation_name(log.log), drift_internal.relation_name(log.outcomes), drift_internal.time_literal(as_of))
$$;

COMMENT ON FUNCTION drift_internal.log_training_query(drift.prediction_logs, timestamptz) IS
	'query for the answers of a prediction log until a time: the features as they were served, and the outcome as it was known then';

CREATE OR REPLACE FUNCTION drift_internal.training_source(config drift.training_configs, as_of timestamptz) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	model CONSTANT text := (SELECT m.name FROM drift.models AS m WHERE m.model_id = config.model_id);
	chosen text;
BEGIN
	chosen := CASE config.source_kind
		WHEN 'query' THEN config.query
		WHEN 'relation' THEN 'SELECT * FROM ' || drift_internal.relation_name(config.relation)
		ELSE drift_internal.log_training_query(drift_internal.find_outcomes(model), as_of) END;
	IF chosen IS NULL THEN
		RAISE EXCEPTION 'the relation with the training rows of model "%" is gone', model
			USING ERRCODE = 'undefined_table', HINT = 'drift.set_training() names another one.';
	END IF;
	RETURN chosen;
END
$$;

COMMENT ON FUNCTION drift_internal.training_source(drift.training_configs, timestamptz) IS
	'query for all columns of the rows that a model is trained on, of a prediction log as they were known at a time';

-- Numbers, booleans and texts can be features; what is for something else is not one unless it is named.
CREATE OR REPLACE FUNCTION drift_internal.choose_features(config drift.training_configs, names text[], base_types oid[], inputs text[])
	RETURNS TABLE (features text[], left_out text[])
	LANGUAGE sql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(config.features, array_agg(c.name ORDER BY c.place) FILTER (WHERE c.fits), '{}'),
		coalesce(array_agg(format('%s (%s)', c.name, format_type(c.base_type, NULL)) ORDER BY c.place) FILTER (WHERE NOT c.fits AND config.features IS NULL), '{}')
	FROM (
		SELECT u.*, coalesce(drift_internal.type_family(u.base_type) IN ('integer', 'number', 'boolean', 'text'), false) AS fits
		FROM unnest(names, base_types) WITH ORDINALITY AS u (name, base_type, place)
		WHERE u.name <> ALL (config.excluded) AND u.name <> config.label
			AND u.name <> ALL (array_remove(ARRAY[config.time_column, config.labelled_column, config.key_column, config.weight_column], NULL))
			AND (config.source_kind <> 'log' OR u.name = ANY (inputs))
	) AS c
$$;

COMMENT ON FUNCTION drift_internal.choose_features(drift.training_configs, text[], oid[], text[]) IS
	'columns that a model is trained on: those that were named, or all that can be features and are for nothing else, of a log among its features; and those that cannot be';

CREATE OR REPLACE FUNCTION drift_internal.feature_names(config drift.training_configs) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY(SELECT f.feature FROM drift.prediction_logs AS l JOIN drift.prediction_log_features AS f USING (log_id) WHERE l.model_id = config.model_id)
$$;

COMMENT ON FUNCTION drift_internal.feature_names(drift.training_configs) IS 'features of the prediction log of a model';

-- Without a key equal rows stay together.
CREATE OR REPLACE FUNCTION drift_internal.key_expression(key_column text, names text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN key_column IS NULL THEN hash ELSE format('COALESCE(source.%I::pg_catalog.text, %s)', key_column, hash) END
	FROM (
		SELECT format('drift_internal.row_hash(%s)::pg_catalog.text', string_agg(chunk, ', ' ORDER BY number)) AS hash
		FROM (
			SELECT format('drift_internal.row_hash(%s)', string_agg(format('source.%I', u.name), ', ' ORDER BY u.place)) AS chunk, (u.place - 1) / 50 AS number
			FROM unnest(names) WITH ORDINALITY AS u (name, place)
			GROUP BY (u.place - 1) / 50
		) AS chunks
	) AS whole
$$;

COMMENT ON FUNCTION drift_internal.key_expression(text, text[]) IS 'text by whose hash a row is held out: a column of it, or a hash of all';

-- A label is known when its column says so, or so long after the row's time.
CREATE OR REPLACE FUNCTION drift_internal.labelled_expression(config drift.training_configs, base_type oid, time_expression text, options jsonb) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN config.labelled_column IS NOT NULL THEN
				drift_internal.time_expression(config.labelled_column, base_type, drift_internal.training_option(options, 'time_zone'))
			WHEN options ->> 'embargo' IS NOT NULL THEN format('(%s + %L::pg_catalog.interval)', time_expression, (options ->> 'embargo')::interval)
			ELSE time_expression
		END
$$;

COMMENT ON FUNCTION drift_internal.labelled_expression(drift.training_configs, oid, text, jsonb) IS
	'expression of the time at which the label of a row became known; NULL without any time';

-- Classes are counted one by one. Numbers are classes if all are 0 or 1, unless it is said what they are.
CREATE OR REPLACE FUNCTION drift_internal.label_is_class(frame drift_internal.training_frame) RETURNS boolean
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	task CONSTANT text := coalesce(drift_internal.training_option(frame.options, 'task'),
		CASE WHEN frame.champion_task IN ('binary', 'multiclass', 'regression') THEN frame.champion_task END);
BEGIN
	IF drift_internal.type_family(frame.label_type) IN ('text', 'boolean') OR task IS NOT NULL THEN
		RETURN coalesce(task <> 'regression', true);
	END IF;
	RETURN drift_internal.read_json_as(frame.owner, format(E'SELECT to_jsonb(COALESCE(bool_and(source.%1$I IN (0, 1)), false)) FROM (%2$s\n) AS source',
		frame.label, frame.source), frame.path)::boolean;
END
$$;

COMMENT ON FUNCTION drift_internal.label_is_class(drift_internal.training_frame) IS
	'whether the label is one of classes: by the task, its type, what the champion predicts, or its values';

CREATE OR REPLACE FUNCTION drift_internal.training_frame(config drift.training_configs, as_of timestamptz, options jsonb) RETURNS drift_internal.training_frame
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	frame drift_internal.training_frame;
	types oid[];
	zone text;
BEGIN
	frame.model_id := config.model_id;
	frame.owner := config.owner;
	frame.path := config.path;
	frame.options := config.options || jsonb_strip_nulls(drift_internal.check_training_options(options));
	frame.config := drift_internal.loaded_config(config.model_id);
	frame.as_of := coalesce(as_of, (frame.options ->> 'as_of')::timestamptz, clock_timestamp());
	frame.source := drift_internal.training_source(config, frame.as_of);
	SELECT array_agg(t.column_name ORDER BY t.ordinal), array_agg(t.base_type ORDER BY t.ordinal) INTO frame.columns, types
	FROM drift_internal.types_as(frame.owner, frame.source, frame.path) AS t;
	PERFORM drift_internal.check_training_columns(config, frame.columns, types);

	zone := drift_internal.check_time_zone(drift_internal.training_option(frame.options, 'time_zone'));
	frame.label := config.label;
	frame.label_type := types[array_position(frame.columns, config.label)];
	SELECT f.features, f.left_out INTO frame.features, frame.left_out
	FROM drift_internal.choose_features(config, frame.columns, types, drift_internal.feature_names(config)) AS f;
	frame.time_expression := CASE WHEN config.time_column IS NOT NULL THEN
		drift_internal.time_expression(config.time_column, types[array_position(frame.columns, config.time_column)], zone) END;
	frame.labelled_expression := drift_internal.labelled_expression(config, types[array_position(frame.columns, config.labelled_column)],
		frame.time_expression, frame.options);
	frame.weight_expression := CASE WHEN config.weight_column IS NULL THEN '1::pg_catalog.float8'
		ELSE format('source.%I::pg_catalog.float8', config.weight_column) END;
	frame.key_expression := drift_internal.key_expression(config.key_column, frame.columns);

	SELECT v.version, v.task, v.training_to INTO frame.champion, frame.champion_task, frame.new_from
	FROM drift.model_aliases AS a
	JOIN drift.model_versions AS v USING (model_id, version)
	WHERE a.model_id = config.model_id AND a.alias = 'champion';
	frame.new_from := coalesce((frame.options ->> 'new_from')::timestamptz, frame.new_from);
	SELECT max((r.plan ->> 'new_to')::timestamptz) INTO frame.last_run_to
	FROM drift.training_runs AS r
	WHERE r.model_id = config.model_id AND r.kind = 'retrain' AND r.status IN ('succeeded', 'kept', 'needs_review') AND r.as_of <= frame.as_of;
	frame.is_class := drift_internal.label_is_class(frame);
	RETURN frame;
END
$$;

COMMENT ON FUNCTION drift_internal.training_frame(drift.training_configs, timestamptz, jsonb) IS
	'what is known of training rows before they are read, with options that go before those of the configuration';

CREATE OR REPLACE FUNCTION drift_internal.check_training_columns(config drift.training_configs, names text[], base_types oid[]) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong record;
BEGIN
	PERFORM drift_internal.check_columns(config.features, names);
	PERFORM drift_internal.check_columns(
		array_remove(ARRAY[config.label, config.time_column, config.labelled_column, config.key_column, config.weight_column], NULL), names);
	SELECT n AS name INTO wrong FROM unnest(names) AS n WHERE n IN ('drift_time', 'drift_weight', 'drift_split', 'drift_known', 'drift_side');
	IF FOUND THEN
		RAISE EXCEPTION 'training rows cannot have a column "%"', wrong.name
			USING ERRCODE = 'reserved_name', HINT = 'Rename it with AS: columns of that name are added to the rows.';
	ELSIF cardinality(config.features) > (SELECT count(DISTINCT f) FROM unnest(config.features) AS f) THEN
		RAISE EXCEPTION 'a feature is named twice'
			USING ERRCODE = 'duplicate_column', DETAIL = format('The features are %s.', array_to_string(config.features, ', '));
	ELSIF config.label = ANY (config.features) THEN
		RAISE EXCEPTION 'the label "%" cannot be a feature', config.label USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT u.name, u.base_type INTO wrong
	FROM unnest(names, base_types) AS u (name, base_type)
	WHERE u.name IN (config.time_column, config.labelled_column) AND u.base_type NOT IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype);
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" is of type % and holds no time', wrong.name, format_type(wrong.base_type, NULL)
			USING ERRCODE = 'datatype_mismatch', HINT = 'A time is a timestamp with or without time zone, or a date.';
	END IF;
	SELECT u.name, u.base_type INTO wrong
	FROM unnest(names, base_types) AS u (name, base_type)
	WHERE u.name = config.weight_column AND coalesce(drift_internal.type_family(u.base_type) NOT IN ('integer', 'number'), true);
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" is of type % and holds no weights', wrong.name, format_type(wrong.base_type, NULL)
			USING ERRCODE = 'datatype_mismatch', HINT = 'Weights are numbers.';
	END IF;
	SELECT u.name, u.base_type INTO wrong
	FROM unnest(names, base_types) AS u (name, base_type)
	WHERE u.name = config.label AND coalesce(drift_internal.type_family(u.base_type) NOT IN ('integer', 'number', 'boolean', 'text'), true);
	IF FOUND THEN
		RAISE EXCEPTION 'the label "%" is of type %', wrong.name, format_type(wrong.base_type, NULL)
			USING ERRCODE = 'datatype_mismatch', HINT = 'Labels are texts, enums or booleans, which are classes, or numbers.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_training_columns(drift.training_configs, text[], oid[]) IS
	'raises unless training rows have the columns that are named, with types for what they are for';
