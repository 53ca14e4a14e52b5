-- monitors: made, changed, renamed, given away, dropped

-- Source, log and query of a monitor that is to be: what it is called, or the log of its model.
CREATE OR REPLACE FUNCTION drift_internal.locate_source(monitor drift.monitors, source text, query text, model text) RETURNS drift.monitors
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_model drift.models;
	log drift.prediction_logs;
BEGIN
	IF model IS NOT NULL THEN
		found_model := drift_internal.find_model(model, 'operate');
		monitor.model_id := found_model.model_id;
	ELSIF source IS NULL THEN
		RAISE EXCEPTION 'a monitor needs a source or a model'
			USING ERRCODE = 'null_value_not_allowed', HINT = 'With a model and no source it watches the prediction log of the model.';
	END IF;
	monitor.relation := drift_internal.named_relation(source, query);
	SELECT l.* INTO log FROM drift.prediction_logs AS l
	WHERE CASE WHEN source IS NULL THEN l.model_id = monitor.model_id ELSE l.log = monitor.relation END;
	IF source IS NULL AND (log.log_id IS NULL OR drift_internal.relation_name(log.log) IS NULL) THEN
		log := drift_internal.find_log(model, 'operate');
	ELSIF monitor.model_id <> log.model_id THEN
		RAISE EXCEPTION 'table % is the prediction log of another model', log.log USING ERRCODE = 'invalid_parameter_value';
	END IF;

	monitor.source_kind := CASE WHEN log.log_id IS NOT NULL THEN 'prediction_log' WHEN monitor.relation IS NOT NULL THEN 'relation' ELSE 'query' END;
	IF log.log_id IS NOT NULL THEN
		monitor.relation := log.log;
		monitor.model_id := (drift_internal.find_model((SELECT m.name FROM drift.models AS m WHERE m.model_id = log.model_id), 'operate')).model_id;
	ELSIF monitor.relation IS NULL THEN
		monitor.query := query;
	END IF;
	RETURN monitor;
END
$$;

COMMENT ON FUNCTION drift_internal.locate_source(drift.monitors, text, text, text) IS
	'the monitor with its source: the prediction log of a model, a relation or a query';

CREATE OR REPLACE FUNCTION drift_internal.monitor_query(monitor drift.monitors) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(monitor.query, 'SELECT * FROM ' || drift_internal.relation_name(monitor.relation))
$$;

COMMENT ON FUNCTION drift_internal.monitor_query(drift.monitors) IS
	'query for all columns of the source of a monitor; NULL where its relation is gone';

-- The one column with a time, if there is one.
CREATE OR REPLACE FUNCTION drift_internal.guess_time_column(owner regrole, query text, path text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names CONSTANT text[] := ARRAY(
		SELECT t.column_name FROM drift_internal.types_as(owner, query, path) AS t
		WHERE t.base_type IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype) ORDER BY t.ordinal);
BEGIN
	IF cardinality(names) <> 1 THEN
		RAISE EXCEPTION 'time_column is not given'
			USING ERRCODE = 'null_value_not_allowed',
				DETAIL = CASE WHEN names = '{}' THEN 'The source has no column with a time.'
					ELSE format('The source has %s columns with a time: %s.', cardinality(names), array_to_string(names, ', ')) END,
				HINT = 'time_column names the column that says when a row came to be.';
	END IF;
	RETURN names[1];
END
$$;

COMMENT ON FUNCTION drift_internal.guess_time_column(regrole, text, text) IS 'the only column of a query that holds a time, or an error';

CREATE OR REPLACE FUNCTION drift_internal.choose_tracking(monitor drift.monitors, tracking text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen CONSTANT text := coalesce(tracking, CASE monitor.source_kind WHEN 'prediction_log' THEN 'logged_xid' ELSE 'recompute' END);
BEGIN
	IF chosen NOT IN ('logged_xid', 'trigger', 'recompute') THEN
		RAISE EXCEPTION 'unknown tracking: %', quote_literal(chosen)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is logged_xid, trigger or recompute.';
	ELSIF (chosen = 'logged_xid' AND monitor.source_kind <> 'prediction_log') OR (chosen = 'trigger' AND monitor.source_kind <> 'relation') THEN
		RAISE EXCEPTION 'tracking % does not work on a %', chosen, replace(monitor.source_kind, '_', ' ')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Prediction logs have logged_xid, tables can have triggers, all can be recomputed.';
	END IF;
	RETURN chosen;
END
$$;

COMMENT ON FUNCTION drift_internal.choose_tracking(drift.monitors, text) IS 'how new rows of a source are found, or an error where it cannot be so';

CREATE OR REPLACE FUNCTION drift_internal.check_word(value text, called text, words text[]) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (value = ANY (words)) IS NOT TRUE THEN
		RAISE EXCEPTION '% cannot be %', called, coalesce(quote_literal(value), 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = format('It is one of %s.', array_to_string(words, ', '));
	END IF;
	RETURN value;
END
$$;

COMMENT ON FUNCTION drift_internal.check_word(text, text, text[]) IS 'the value if it is one of the words, or an error';

CREATE OR REPLACE FUNCTION drift_internal.check_reference(reference text, baseline text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_word(reference, 'reference', '{baseline,previous,week,month,year}');
	IF reference = 'baseline' AND baseline IS NULL THEN
		RAISE EXCEPTION 'the monitor has no baseline'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Name one, or take another reference: previous, week, month or year.';
	END IF;
	RETURN reference;
END
$$;

COMMENT ON FUNCTION drift_internal.check_reference(text, text) IS 'what a monitor is held against, or an error where that is not there';

-- Months are whole buckets, whatever their length.
CREATE OR REPLACE FUNCTION drift_internal.check_span(span interval, bucket text) RETURNS interval
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF span IS NULL OR span < ('1 ' || bucket)::interval THEN
		RAISE EXCEPTION 'the span of a monitor cannot be %', coalesce(span::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is at least one bucket, which is one %s.', bucket);
	ELSIF mod(extract(epoch FROM span - date_trunc('month', span)), extract(epoch FROM ('1 ' || bucket)::interval)) <> 0 THEN
		RAISE EXCEPTION 'the span % does not consist of whole buckets of one %', span, bucket USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN span;
END
$$;

COMMENT ON FUNCTION drift_internal.check_span(interval, text) IS 'how much a check looks at, or an error unless it is made of buckets';

CREATE OR REPLACE FUNCTION drift_internal.check_time_zone(time_zone text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- The view reads every file of a directory.
	IF time_zone IS DISTINCT FROM 'UTC' AND NOT EXISTS (SELECT FROM pg_timezone_names AS z WHERE z.name = time_zone) THEN
		RAISE EXCEPTION 'unknown time zone: %', coalesce(quote_literal(time_zone), 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'pg_timezone_names lists them.';
	END IF;
	RETURN time_zone;
END
$$;

COMMENT ON FUNCTION drift_internal.check_time_zone(text) IS 'the name of a time zone, or an error';

-- The one that was named, or else the newest of the version of the model that answers.
CREATE OR REPLACE FUNCTION drift_internal.choose_baseline(monitor drift.monitors, name text) RETURNS drift.baselines
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen drift.baselines;
BEGIN
	IF name IS NOT NULL THEN
		RETURN drift_internal.find_baseline(name, 'own');
	END IF;
	SELECT b.* INTO chosen
	FROM drift.baselines AS b
	JOIN drift.models AS m ON m.model_id = b.model_id
	WHERE b.model_id = monitor.model_id AND drift_internal.may_run(b.owner)
		AND coalesce(b.model_version = drift_internal.answering_version(m), true)
		-- Not what another monitor made of its first rows to choose bins by.
		AND (b.source IS NOT NULL OR b.name NOT LIKE '% (first rows)')
	ORDER BY b.model_version IS NULL, b.baseline_id DESC
	LIMIT 1;
	RETURN chosen;
END
$$;

COMMENT ON FUNCTION drift_internal.choose_baseline(drift.monitors, text) IS
	'baseline of a name that the acting role may read, by default the newest one for the model of a monitor; NULL: there is none';

CREATE OR REPLACE FUNCTION drift_internal.check_monitor_source(monitor drift.monitors, query text) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_time_column(monitor.owner, monitor.time_column, query, monitor.path);
	IF monitor.condition IS NOT NULL THEN
		PERFORM drift_internal.check_expression(monitor.owner, monitor.condition, 'condition', 'bool'::regtype, query, monitor.path);
	END IF;
	IF monitor.segment IS NOT NULL THEN
		PERFORM drift_internal.check_expression(monitor.owner, monitor.segment, 'segment', NULL, query, monitor.path);
	END IF;
	-- Whether it may be read at all is asked when a query starts, not when it is analysed.
	PERFORM * FROM drift_internal.read_as(monitor.owner, format(E'SELECT 1 FROM (%s\n) AS source LIMIT 0', query), monitor.path) AS r (one integer);
END
$$;

COMMENT ON FUNCTION drift_internal.check_monitor_source(drift.monitors, text) IS
	'raises unless the source of a monitor can be read and its expressions fit it';

CREATE OR REPLACE FUNCTION drift_internal.store_monitor(monitor drift.monitors, columns drift.monitor_columns[]) RETURNS drift.monitors
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stored drift.monitors;
BEGIN
	IF monitor.model_id IS NOT NULL THEN
		PERFORM drift_internal.check_allowed(m, 'operate', m.name) FROM drift.models AS m WHERE m.model_id = monitor.model_id;
	END IF;
	PERFORM drift_internal.check_config(monitor.config, drift_internal.loaded_config(monitor.model_id));
	PERFORM drift_internal.find_baseline(monitor.baseline, 'own') WHERE monitor.baseline IS NOT NULL;
	INSERT INTO drift.monitors (name, owner, description, model_id, source_kind, relation, query, path, time_column, condition, segment,
		tracking, bucket, time_zone, span, reference, baseline, config, created_by)
	VALUES (drift_internal.check_name(monitor.name, 'monitor'), drift_internal.actor(), monitor.description, monitor.model_id,
		monitor.source_kind, monitor.relation, monitor.query, monitor.path, monitor.time_column, monitor.condition, monitor.segment,
		monitor.tracking, monitor.bucket, monitor.time_zone, monitor.span, monitor.reference, monitor.baseline, monitor.config,
		pg_get_userbyid(drift_internal.actor()))
	ON CONFLICT (name) DO NOTHING
	RETURNING * INTO stored;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the name "%" is taken', monitor.name
			USING ERRCODE = 'duplicate_object', HINT = 'Every monitor has a name of its own, also those of other roles.';
	END IF;
	INSERT INTO drift.monitor_columns
	SELECT stored.monitor_id, c.column_id, c.role, c.column_name, c.expression, c.column_type, c.kind, c.value_type, c.source_column, c.positive
	FROM unnest(columns) AS c;
	INSERT INTO drift_internal.monitor_states (monitor_id) VALUES (stored.monitor_id);
	PERFORM drift_internal.note_cluster();
	RETURN stored;
END
$$;

COMMENT ON FUNCTION drift_internal.store_monitor(drift.monitors, drift.monitor_columns[]) IS 'writes down a monitor that was checked, for the acting role';

-- Thresholds that are given by name or as JSON become part of the configuration.
CREATE OR REPLACE FUNCTION drift_internal.with_thresholds(config jsonb, thresholds text) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN thresholds IS NULL OR jsonb_typeof(config) <> 'object' THEN config
			ELSE drift_internal.merge_config(config, jsonb_build_object('drift_detection', jsonb_build_object('thresholds',
				CASE WHEN ltrim(thresholds, E' \t\r\n') ~ '^[{"]' THEN thresholds::jsonb ELSE to_jsonb(thresholds) END)))
		END
$$;

COMMENT ON FUNCTION drift_internal.with_thresholds(jsonb, text) IS 'a configuration with thresholds set; NULL: as it is';

CREATE OR REPLACE FUNCTION drift_internal.create_monitor(INOUT monitor drift.monitors, source text, query text, model text, columns text[],
	thresholds text, tracking text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_baseline drift.baselines;
	rows_query text;
	config jsonb;
	plan drift.monitor_columns[];
BEGIN
	PERFORM drift_internal.check_name(monitor.name, 'monitor');
	monitor.owner := drift_internal.actor();
	monitor := drift_internal.locate_source(monitor, source, query, model);
	rows_query := drift_internal.monitor_query(monitor);
	monitor.bucket := drift_internal.check_word(monitor.bucket, 'bucket', '{hour,day}');
	monitor.span := drift_internal.check_span(monitor.span, monitor.bucket);
	monitor.time_zone := drift_internal.check_time_zone(monitor.time_zone);
	monitor.time_column := coalesce(monitor.time_column, CASE monitor.source_kind
		WHEN 'prediction_log' THEN 'predicted_at' ELSE drift_internal.guess_time_column(monitor.owner, rows_query, monitor.path) END);
	monitor.tracking := drift_internal.choose_tracking(monitor, tracking);
	PERFORM drift_internal.check_monitor_source(monitor, rows_query);

	found_baseline := drift_internal.choose_baseline(monitor, monitor.baseline);
	monitor.baseline := found_baseline.name;
	monitor.reference := drift_internal.check_reference(
		coalesce(monitor.reference, CASE WHEN monitor.baseline IS NULL THEN 'previous' ELSE 'baseline' END), monitor.baseline);
	monitor.config := drift_internal.with_thresholds(coalesce(monitor.config, '{}'), thresholds);
	config := drift_internal.loaded_config(monitor.model_id);
	PERFORM drift_internal.check_config(monitor.config, config);
	plan := drift_internal.plan_monitor(monitor, rows_query, columns, drift_internal.merge_config(config, monitor.config), found_baseline);
	PERFORM drift_internal.check_feature_config(monitor.config, plan, found_baseline.baseline_id);
	monitor := drift_internal.store_monitor(monitor, plan);
	IF monitor.tracking = 'trigger' THEN
		PERFORM drift.track_changes(monitor.name);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.create_monitor(drift.monitors, text, text, text, text[], text, text) IS
	'drift.create_monitor() with a monitor that has its options and the path on which names are looked up';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.create_monitor(
	name text,
	source text DEFAULT NULL,
	model text DEFAULT NULL,
	time_column text DEFAULT NULL,
	baseline text DEFAULT NULL,
	reference text DEFAULT NULL,
	columns text[] DEFAULT NULL,
	segment text DEFAULT NULL,
	bucket text DEFAULT 'hour',
	span interval DEFAULT '1 day',
	thresholds text DEFAULT NULL,
	time_zone text DEFAULT 'UTC',
	condition text DEFAULT NULL,
	tracking text DEFAULT NULL,
	config jsonb DEFAULT '{}')
	RETURNS SETOF drift.monitors
	LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
	SELECT m.* FROM drift_internal.create_monitor(
		pg_catalog.jsonb_populate_record(NULL::drift.monitors, pg_catalog.jsonb_build_object('name', name, 'time_column', time_column,
			'baseline', baseline, 'reference', reference, 'segment', segment, 'bucket', bucket, 'span', span, 'time_zone', time_zone,
			'condition', condition, 'config', config, 'path', current_setting('search_path'))),
		source, drift.source_query(source), model, columns, thresholds, tracking) AS m;
END;

COMMENT ON FUNCTION drift.create_monitor(text, text, text, text, text, text, text[], text, text, interval, text, text, text, text, jsonb) IS
	'declares what is watched: the prediction log of a model, or a table, view or query with a time column. Without columns it watches the features of the log, the inputs of the model, or all columns that drift takes; of a log also score, label, confidence, target, error, latency and failures. reference is baseline (the default where there is one), previous (the span before), week, month or year (the same span that much earlier). thresholds and config go before the configuration of the model.';
