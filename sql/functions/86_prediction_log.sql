-- drift.create_prediction_log(): a table of predictions that belongs to the user
--
-- Tables are made with the rights of the caller; only what the extension remembers of them is written by
-- functions that run as its owner. Nothing in the tables needs the extension.

-- What a version takes; without one, what a source of data has.
CREATE OR REPLACE FUNCTION drift_internal.log_features(model drift.models, version integer, source text, path text)
	RETURNS TABLE (feature text, kind text, column_type text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	inputs CONSTANT jsonb := (
		SELECT v.inputs FROM drift.model_versions AS v WHERE v.model_id = model.model_id AND v.version = log_features.version);
BEGIN
	IF source IS NULL THEN
		RETURN QUERY
			SELECT i.name, i.kind, drift_internal.feature_type(i.kind, NULL)
			FROM ROWS FROM (jsonb_to_recordset(inputs) AS (name text, kind text)) WITH ORDINALITY AS i (name, kind, place)
			ORDER BY i.place;
	ELSIF inputs IS NULL THEN
		RETURN QUERY
			SELECT c.column_name, NULL::text, t.type
			FROM drift_internal.read_columns(source, path) AS c, drift_internal.feature_type(NULL, c.base_type) AS t (type)
			WHERE t.type IS NOT NULL
			ORDER BY c.ordinal;
	ELSE
		RETURN QUERY
			SELECT i.name, i.kind, drift_internal.feature_type(i.kind, c.base_type)
			FROM ROWS FROM (jsonb_to_recordset(inputs) AS (name text, kind text)) WITH ORDINALITY AS i (name, kind, place)
			LEFT JOIN drift_internal.read_columns(source, path) AS c ON c.column_name = i.name
			ORDER BY i.place;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.log_features(drift.models, integer, text, text) IS
	'features of a version of a model with the types that columns for them should have: those of a source of data where one is given';

CREATE OR REPLACE FUNCTION drift_internal.answering_version(model drift.models) RETURNS integer
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(
		(SELECT a.version FROM drift.model_aliases AS a WHERE a.model_id = model.model_id AND a.alias = 'champion'),
		(SELECT max(v.version) FROM drift.model_versions AS v WHERE v.model_id = model.model_id AND v.status = 'ready'))
$$;

COMMENT ON FUNCTION drift_internal.answering_version(drift.models) IS
	'the champion of a model, or else its newest version that is ready; NULL: it has none';

CREATE OR REPLACE FUNCTION drift_internal.add_feature_columns(log regclass, features text[], types text[]) RETURNS text[]
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken text[] := drift_internal.label_columns()
		|| ARRAY(SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = log AND NOT a.attisdropped);
	columns text[] := '{}';
	name text;
BEGIN
	FOR i IN 1 .. cardinality(features) LOOP
		name := drift_internal.feature_column(features[i], taken);
		columns := columns || name;
		taken := taken || name;
	END LOOP;
	EXECUTE (
		SELECT format('ALTER TABLE %s %s', log, string_agg(format('ADD COLUMN %I %s', columns[i], types[i]), ', ' ORDER BY i))
		FROM generate_subscripts(columns, 1) AS i
		HAVING count(*) > 0);
	RETURN columns;
END
$$;

COMMENT ON FUNCTION drift_internal.add_feature_columns(regclass, text[], text[]) IS
	'adds a column to a log for each feature; the names of the columns';

CREATE OR REPLACE FUNCTION drift_internal.log_place(model text, log text, home text, OUT schema text, OUT name text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	parts CONSTANT text[] := parse_ident(log);
BEGIN
	IF cardinality(parts) > 2 THEN
		RAISE EXCEPTION 'improper name of a prediction log: %', log
			USING ERRCODE = 'invalid_name', HINT = 'Give a name or a schema and a name.';
	END IF;
	name := coalesce(parts[cardinality(parts)], drift_internal.default_log_name(model));
	schema := CASE cardinality(parts) WHEN 2 THEN parts[1] ELSE home END;
	IF schema IS NULL THEN
		RAISE EXCEPTION 'no schema has been selected to create the prediction log in'
			USING ERRCODE = 'invalid_schema_name', HINT = 'Set search_path or give a schema with the name of the log.';
	ELSIF schema IN ('drift', 'drift_internal') OR schema LIKE 'pg\_%' THEN
		RAISE EXCEPTION 'a prediction log cannot be in schema %', quote_ident(schema)
			USING ERRCODE = 'invalid_schema_name', DETAIL = 'Logs outlive the extension and sessions.',
				HINT = 'Give a schema of your own.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.log_place(text, text, text) IS 'schema and name that the prediction log of a model gets';

CREATE OR REPLACE FUNCTION drift_internal.create_log_table(log text, model text) RETURNS regclass
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format($ddl$
		CREATE TABLE %1$s (
			prediction_id uuid NOT NULL,
			predicted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
			model_version integer NOT NULL,
			arm text NOT NULL DEFAULT 'champion',
			entity_key text,
			score double precision,
			label text,
			probabilities double precision[],
			score_low double precision,
			score_high double precision,
			latency_ms double precision,
			status text NOT NULL DEFAULT 'ok' CHECK (status IN ('ok', 'error', 'forgotten')),
			error text,
			shadow_of uuid,
			logged_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
			PRIMARY KEY (prediction_id, predicted_at)
		) PARTITION BY RANGE (predicted_at)
		$ddl$, log);
	EXECUTE format('CREATE INDEX ON %s (entity_key, predicted_at)', log);
	-- Windows find new rows by it, in rows that grow at its end.
	EXECUTE format('CREATE INDEX ON %s (logged_xid)', log);
	EXECUTE format('COMMENT ON TABLE %s IS %L', log, format('predictions of model "%s"', model));
	RETURN log::regclass;
END
$$;

COMMENT ON FUNCTION drift_internal.create_log_table(text, text) IS
	'makes the table of a prediction log, without columns for features and without partitions';

CREATE OR REPLACE FUNCTION drift_internal.create_prediction_log(model text, log text, source text, retention interval, days_ahead integer,
	days_back integer, home text, path text) RETURNS drift.prediction_logs
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	found_model CONSTANT drift.models := drift_internal.lock_model_without_log(model);
	place CONSTANT record := drift_internal.log_place(model, log, home);
	today CONSTANT date := drift_internal.day_of(now());
	features text[];
	types text[];
	columns text[];
	created regclass;
	outcomes regclass;
	by_partman boolean;
	registered drift.prediction_logs;
BEGIN
	PERFORM drift_internal.check_log_options(retention, days_ahead, days_back);
	SELECT array_agg(f.feature), array_agg(f.column_type) INTO features, types
	FROM drift_internal.log_features(found_model, drift_internal.answering_version(found_model), source, path) AS f;
	IF features IS NULL THEN
		RAISE EXCEPTION 'the features of model "%" are not known', model
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = 'No version of it is ready and tells its inputs, and no source of data has columns that can be features.',
				HINT = 'Add a version first, or give a source: a table, view or query whose columns are the features.';
	END IF;

	created := drift_internal.create_log_table(format('%I.%I', place.schema, place.name), model);
	columns := drift_internal.add_feature_columns(created, features, types);
	outcomes := drift_internal.create_outcomes(created, drift_internal.fitting_name(place.name, '_outcomes'),
		drift_internal.fitting_name(place.name, '_labelled'));
	by_partman := drift_internal.hand_to_partman(created, days_ahead, today - days_back);
	registered := drift_internal.register_log(model, created, outcomes, retention, days_ahead, by_partman);
	PERFORM drift_internal.register_features(model, features, columns, NULL);

	EXECUTE format('ALTER TABLE %s ALTER COLUMN prediction_id SET DEFAULT %s', created, drift_internal.prediction_id_expression(
		registered.log_id, '(extract(epoch FROM clock_timestamp()) * 1000000)::bigint'));
	PERFORM drift_internal.add_default_partition(created);
	PERFORM drift_internal.add_partition(created, day)
	FROM drift_internal.missing_days(created, today - days_back, today + days_ahead) AS day
	WHERE NOT by_partman;
	IF by_partman THEN
		PERFORM set_config('search_path', path, false);
	END IF;
	RETURN registered;
END
$$;

COMMENT ON FUNCTION drift_internal.create_prediction_log(text, text, text, interval, integer, integer, text, text) IS
	'drift.create_prediction_log() for a schema to create in and a path on which the source is looked up';

CREATE OR REPLACE FUNCTION drift_internal.check_retention(retention interval) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF retention < '1 day' THEN
		RAISE EXCEPTION 'retention of % is too short', retention
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Logs are kept and dropped by days.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_retention(interval) IS 'raises unless a retention is NULL or a day at least';

CREATE OR REPLACE FUNCTION drift_internal.check_log_options(retention interval, days_ahead integer, days_back integer) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_retention(retention);
	IF days_ahead IS NULL OR days_ahead NOT BETWEEN 1 AND 3650 THEN
		RAISE EXCEPTION 'days_ahead is %', coalesce(days_ahead::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is a number of days from 1 to 3650.';
	ELSIF days_back IS NULL OR days_back NOT BETWEEN 0 AND 3650 THEN
		RAISE EXCEPTION 'days_back is %', coalesce(days_back::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is a number of days from 0 to 3650.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_log_options(interval, integer, integer) IS
	'raises where an option of a prediction log is out of range';

-- No pinned path: the log is made in the caller's schema and the source found by the caller's path.
CREATE OR REPLACE FUNCTION drift.create_prediction_log(
	model text,
	log text DEFAULT NULL,
	source text DEFAULT NULL,
	retention interval DEFAULT NULL,
	days_ahead integer DEFAULT 30,
	days_back integer DEFAULT 1)
	RETURNS SETOF drift.prediction_logs
	LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
	SELECT * FROM drift_internal.create_prediction_log(model, log, source, retention, days_ahead, days_back, current_schema(),
		current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.create_prediction_log(text, text, text, interval, integer, integer) IS
	'makes the prediction log of a model and the table of outcomes beside it: tables of the caller in the schema given with the name or in the current one, partitioned by day, with a column for each feature of the champion, or else of the newest version that is ready. A source (table, view or query) tells which features are boolean, and what they all are where no version does. Partitions older than retention are dropped by drift.maintain_prediction_logs().';
