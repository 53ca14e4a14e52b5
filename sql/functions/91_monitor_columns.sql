-- which columns a monitor watches, in which role

-- Where the classes have probabilities the largest says how sure the model was; one of two classes has 2 |p - 0.5|.
CREATE OR REPLACE FUNCTION drift_internal.confidence_expression(task text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN task = 'binary' THEN '2 * pg_catalog.abs(score - 0.5)'
			WHEN task = 'multiclass' THEN 'drift_internal.largest(probabilities)'
			ELSE 'CASE WHEN pg_catalog.cardinality(probabilities) > 2 THEN drift_internal.largest(probabilities) '
				'WHEN score BETWEEN 0 AND 1 THEN 2 * pg_catalog.abs(score - 0.5) END'
		END
$$;

COMMENT ON FUNCTION drift_internal.confidence_expression(text) IS
	'how sure a model was of a logged answer: the largest probability, or 2 |p - 0.5| where p is that of one of two classes';

-- Regression has numbers, classes have labels; of a task that is not known both are watched.
CREATE OR REPLACE FUNCTION drift_internal.log_role_columns(task text)
	RETURNS TABLE (place integer, role text, column_name text, expression text, base_type regtype)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 7
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.place, c.role, c.column_name, c.expression, c.base_type::regtype
	FROM (SELECT (task IN ('regression', 'ranking')) IS NOT TRUE) AS kind (classes),
		LATERAL (VALUES
			(1, 'score', 'score', 'score', 'float8', true),
			(2, 'label', 'label', 'label', 'text', classes),
			(3, 'confidence', 'confidence', drift_internal.confidence_expression(task), 'float8', classes),
			(4, 'target', 'target', 'actual', 'text', classes),
			(4, 'target', 'target', 'actual_value', 'float8', NOT classes),
			(5, 'error', 'error', '(label <> actual)::pg_catalog.int4', 'int4', classes),
			(5, 'error', 'error', 'pg_catalog.abs(score - actual_value)', 'float8', task = 'regression'),
			(6, 'operation', 'latency_ms', 'latency_ms', 'float8', true),
			(7, 'operation', 'failed', '(status = ''error'')', 'bool', true)
		) AS c (place, role, column_name, expression, base_type, is_there)
	WHERE c.is_there
$$;

COMMENT ON FUNCTION drift_internal.log_role_columns(text) IS
	'columns of a prediction log that are watched besides the features; targets and errors are expressions over its labelled view';

-- Features first, in the order of the log, then the roles.
CREATE OR REPLACE FUNCTION drift_internal.log_columns_plan(log drift.prediction_logs, columns text[])
	RETURNS TABLE (place bigint, role text, column_name text, expression text, base_type oid, column_type text, source_column text)
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	model CONSTANT drift.models := (SELECT m FROM drift.models AS m WHERE m.model_id = log.model_id);
	task CONSTANT text := (SELECT v.task FROM drift.model_versions AS v
		WHERE v.model_id = log.model_id AND v.version = drift_internal.answering_version(model));
BEGIN
	PERFORM drift_internal.check_columns(log_columns_plan.columns,
		ARRAY(SELECT f.feature FROM drift.prediction_log_features AS f WHERE f.log_id = log.log_id ORDER BY 1));
	RETURN QUERY
		SELECT row_number() OVER (ORDER BY c.is_role, c.number), c.role, c.column_name, c.expression, c.base_type, c.column_type, c.source_column
		FROM (
			SELECT false AS is_role, a.attnum::integer AS number, 'feature' AS role, f.feature AS column_name, quote_ident(f.column_name) AS expression,
				a.atttypid AS base_type, format_type(a.atttypid, a.atttypmod) AS column_type,
				f.column_name AS source_column
			FROM drift.prediction_log_features AS f
			JOIN pg_attribute AS a ON a.attrelid = log.log AND a.attname = f.column_name AND a.attnum > 0 AND NOT a.attisdropped
			WHERE f.log_id = log.log_id AND (log_columns_plan.columns IS NULL OR f.feature = ANY (log_columns_plan.columns))
			UNION ALL
			SELECT true, r.place, r.role, r.column_name, r.expression, r.base_type, format_type(r.base_type, NULL), NULL
			FROM drift_internal.log_role_columns(task) AS r
		) AS c;
END
$$;

COMMENT ON FUNCTION drift_internal.log_columns_plan(drift.prediction_logs, text[]) IS
	'columns that a monitor of a prediction log watches: features, by default all, and what the model said, what became true and how it ran';

-- Columns whose every value is another one identify rows. A baseline that named none left them out.
CREATE OR REPLACE FUNCTION drift_internal.default_columns(relation regclass, baseline_id integer, names text[]) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY(
		SELECT n
		FROM unnest(names) AS n
		WHERE CASE
				WHEN default_columns.baseline_id IS NOT NULL THEN EXISTS (
					SELECT FROM drift.baseline_columns AS c WHERE c.baseline_id = default_columns.baseline_id AND c.column_name = n)
				ELSE NOT EXISTS (
					SELECT FROM pg_index AS i
					JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
					WHERE i.indrelid = relation AND i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL AND a.attname = n)
			END)
$$;

COMMENT ON FUNCTION drift_internal.default_columns(regclass, integer, text[]) IS
	'columns that a monitor without a model watches if none are named: those of its baseline, or those without a unique index of their own';

-- Which column of a source plays which role: as the configuration says, or by its name where the source is a model's.
CREATE OR REPLACE FUNCTION drift_internal.source_roles(config jsonb, features text[], has_model boolean) RETURNS TABLE (role text, source_column text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r, coalesce(config #>> ARRAY['drift_detection', r || '_column'], CASE WHEN has_model AND (r = ANY (features)) IS NOT TRUE THEN r END)
	FROM unnest(drift_internal.prediction_roles()) AS r
$$;

COMMENT ON FUNCTION drift_internal.source_roles(jsonb, text[], boolean) IS 'columns of a source for the roles besides features; NULL: none';

CREATE OR REPLACE FUNCTION drift_internal.check_source_roles(config jsonb, names text[]) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong record;
BEGIN
	SELECT r, config #>> ARRAY['drift_detection', r || '_column'] AS named INTO wrong
	FROM unnest(drift_internal.prediction_roles()) AS r
	WHERE (config #>> ARRAY['drift_detection', r || '_column']) <> ALL (names)
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'the source has no column "%"', wrong.named
			USING ERRCODE = 'undefined_column', DETAIL = format('The configuration names it in drift_detection.%s_column.', wrong.r);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_source_roles(jsonb, text[]) IS 'raises where the configuration names a column for a role that the source does not have';

CREATE OR REPLACE FUNCTION drift_internal.source_columns_plan(monitor drift.monitors, query text, columns text[], config jsonb, baseline_id integer)
	RETURNS TABLE (place bigint, role text, column_name text, expression text, base_type oid, column_type text, source_column text)
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	features CONSTANT text[] := drift_internal.model_features(monitor.model_id);
	names CONSTANT text[] := ARRAY(SELECT t.column_name FROM drift_internal.types_as(monitor.owner, query, monitor.path) AS t ORDER BY t.ordinal);
	watched CONSTANT text[] := coalesce(source_columns_plan.columns, features,
		drift_internal.default_columns(monitor.relation, source_columns_plan.baseline_id, names));
BEGIN
	PERFORM drift_internal.check_columns(source_columns_plan.columns, names);
	PERFORM drift_internal.check_source_roles(config, names);
	RETURN QUERY
		SELECT row_number() OVER (ORDER BY r.role IS NOT NULL, t.ordinal, r.role), coalesce(r.role, 'feature'),
			coalesce(r.role, t.column_name), quote_ident(t.column_name),
			drift_internal.class_type(t.base_type, r.role = 'label' OR (r.role = 'target' AND bool_or(r.role = 'label') OVER ())),
			format_type(t.type_oid, t.type_modifier), t.column_name
		FROM drift_internal.types_as(monitor.owner, query, monitor.path) AS t
		LEFT JOIN drift_internal.source_roles(config, features, monitor.model_id IS NOT NULL) AS r ON r.source_column = t.column_name
		WHERE drift_internal.own_type(t.base_type) IS NOT NULL
			AND (r.role IS NOT NULL OR t.column_name = ANY (watched))
			AND (source_columns_plan.columns IS NOT NULL OR (t.column_name <> monitor.time_column AND t.base_type <> 'uuid'::regtype));
END
$$;

COMMENT ON FUNCTION drift_internal.source_columns_plan(drift.monitors, text, text[], jsonb, integer) IS
	'columns that a monitor of a relation or query watches: those named, or the inputs of its model, or else those of its baseline or all that drift takes and that do not identify rows; and columns with a role';

-- How far the model was off, where a source tells what it said and what became true but not that.
CREATE OR REPLACE FUNCTION drift_internal.derived_error(columns drift.monitor_columns[]) RETURNS drift.monitor_columns
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ROW(NULL, NULL, 'error', 'error', e.expression, format_type(e.base_type, NULL), 'numeric', drift_internal.own_type(e.base_type), NULL, NULL)::drift.monitor_columns
	FROM (
		SELECT CASE
				WHEN l.role IS NOT NULL THEN format('((%s)::pg_catalog.text <> (%s)::pg_catalog.text)::pg_catalog.int4', l.expression, t.expression)
				ELSE format('pg_catalog.abs((%s)::pg_catalog.float8 - (%s)::pg_catalog.float8)', s.expression, t.expression)
			END AS expression,
			CASE WHEN l.role IS NOT NULL THEN 'int4'::regtype ELSE 'float8'::regtype END AS base_type
		FROM unnest(columns) AS t
		LEFT JOIN unnest(columns) AS l ON l.role = 'label'
		LEFT JOIN unnest(columns) AS s ON s.role = 'score' AND t.kind = 'numeric' AND s.kind = 'numeric'
		WHERE t.role = 'target' AND (l.role IS NOT NULL OR s.role IS NOT NULL)
	) AS e
	WHERE NOT EXISTS (SELECT FROM unnest(columns) AS given WHERE given.role = 'error')
$$;

COMMENT ON FUNCTION drift_internal.derived_error(drift.monitor_columns[]) IS
	'the error of a model as the difference of target and label or score; NULL where there is an error already or one is missing';

-- Read as the baseline was where both can be; windows count its bins.
CREATE OR REPLACE FUNCTION drift_internal.monitored_column(place bigint, role text, column_name text, expression text, base_type oid, column_type text,
	source_column text, baseline_id integer, hashed boolean) RETURNS drift.monitor_columns
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ROW(NULL, place, role, column_name, drift_internal.value_expression(expression, t.value_type, hashed), column_type,
		drift_internal.family_kind(drift_internal.type_family(base_type)), t.value_type, source_column, NULL)::drift.monitor_columns
	FROM (
		SELECT coalesce((
				SELECT drift_internal.common_type(c.value_type::regtype, base_type)
				FROM drift.baseline_columns AS c
				WHERE c.baseline_id = monitored_column.baseline_id AND c.segment = '' AND c.column_name = monitored_column.column_name),
			drift_internal.own_type(base_type)) AS value_type
	) AS t
$$;

COMMENT ON FUNCTION drift_internal.monitored_column(bigint, text, text, text, oid, text, text, integer, boolean) IS
	'a column as a monitor watches it: with the type as which it and its baseline are read';

CREATE OR REPLACE FUNCTION drift_internal.plan_monitor(monitor drift.monitors, query text, columns text[], config jsonb, baseline drift.baselines)
	RETURNS drift.monitor_columns[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	hashed CONSTANT boolean := NOT coalesce(baseline.stores_categories, true) OR config #> '{monitoring,store_categories}' = 'false';
	log drift.prediction_logs;
	plan drift.monitor_columns[];
	error drift.monitor_columns;
BEGIN
	IF monitor.source_kind = 'prediction_log' THEN
		SELECT * INTO log FROM drift.prediction_logs AS l WHERE l.model_id = monitor.model_id;
		plan := ARRAY(
			SELECT drift_internal.monitored_column(p.place, p.role, p.column_name, p.expression, p.base_type, p.column_type, p.source_column,
				baseline.baseline_id, hashed)
			FROM drift_internal.log_columns_plan(log, columns) AS p ORDER BY p.place);
	ELSE
		plan := ARRAY(
			SELECT drift_internal.monitored_column(p.place, p.role, p.column_name, p.expression, p.base_type, p.column_type, p.source_column,
				baseline.baseline_id, hashed)
			FROM drift_internal.source_columns_plan(monitor, query, columns, config, baseline.baseline_id) AS p ORDER BY p.place);
		error := drift_internal.derived_error(plan);
		IF error.role IS NOT NULL THEN
			error.column_id := cardinality(plan) + 1;
			plan := plan || error;
		END IF;
	END IF;
	plan := plan || drift_internal.outcome_columns(monitor, plan, config, hashed);
	IF NOT EXISTS (SELECT FROM unnest(plan)) THEN
		RAISE EXCEPTION 'the source has no columns to watch'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'drift takes numbers, times, texts, enums and booleans; name columns that identify rows in columns to watch them.';
	ELSIF cardinality(plan) > 1000 THEN
		RAISE EXCEPTION 'a monitor cannot watch % columns', cardinality(plan)
			USING ERRCODE = 'program_limit_exceeded', HINT = 'Name up to 1000 of them in columns, or make several monitors.';
	END IF;
	RETURN plan;
END
$$;

COMMENT ON FUNCTION drift_internal.plan_monitor(drift.monitors, text, text[], jsonb, drift.baselines) IS
	'columns that a monitor watches, numbered, without the number of the monitor';

-- Profiles of training rows are for features: the model knew their truth.
CREATE OR REPLACE FUNCTION drift_internal.baseline_profiles(monitor_id integer, baseline_id integer)
	RETURNS TABLE (segment text, column_id smallint, profile drift.profile, column_type text, kind text, value_type text)
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.segment, m.column_id, c.profile, c.column_type, c.kind, c.value_type
	FROM drift.monitor_columns AS m
	JOIN drift.baselines AS b ON b.baseline_id = baseline_profiles.baseline_id
	JOIN drift.baseline_columns AS c ON c.baseline_id = b.baseline_id AND c.column_name = m.column_name
	WHERE m.monitor_id = baseline_profiles.monitor_id
		AND (m.role = 'feature' OR (b.origin <> 'training' AND NOT EXISTS (
			SELECT FROM drift.monitor_columns AS f
			WHERE f.monitor_id = m.monitor_id AND f.role = 'feature' AND f.column_name = m.column_name)))
$$;

COMMENT ON FUNCTION drift_internal.baseline_profiles(integer, integer) IS
	'profiles of a baseline for the columns of a monitor; none of training rows for what is not a feature. For those who may read both.';
