-- monitors: changed, renamed, given away, dropped

-- A change with null takes a setting back, so that what goes before counts again.
CREATE OR REPLACE FUNCTION drift_internal.change_config(config jsonb, changes jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_strip_nulls(drift_internal.merge_config(config, changes))
$$;

COMMENT ON FUNCTION drift_internal.change_config(jsonb, jsonb) IS 'a configuration with changes, without the keys that are null';

-- A column that is read as before keeps its number, and with it its windows.
CREATE OR REPLACE FUNCTION drift_internal.number_columns(monitor_id integer, plan drift.monitor_columns[]) RETURNS drift.monitor_columns[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH numbered AS (
		SELECT p.*, k.column_id AS known_id, row_number() OVER (PARTITION BY k.column_id IS NULL ORDER BY p.column_id)
				+ coalesce((SELECT max(c.column_id) FROM drift.monitor_columns AS c WHERE c.monitor_id = number_columns.monitor_id), 0) AS new_id
		FROM unnest(plan) AS p
		LEFT JOIN drift.monitor_columns AS k ON k.monitor_id = number_columns.monitor_id
			AND (k.role, k.column_name, k.expression, k.kind, k.value_type) = (p.role, p.column_name, p.expression, p.kind, p.value_type)
	)
	SELECT array_agg(ROW(number_columns.monitor_id, coalesce(n.known_id, n.new_id), n.role, n.column_name, n.expression, n.column_type, n.kind,
		n.value_type, n.source_column, n.positive)::drift.monitor_columns ORDER BY n.column_id)
	FROM numbered AS n
$$;

COMMENT ON FUNCTION drift_internal.number_columns(integer, drift.monitor_columns[]) IS
	'columns that a monitor is to watch, with the numbers they have and new ones for those that it did not watch so far';

-- Who runs the monitor is waited for, because its windows change.
CREATE OR REPLACE FUNCTION drift_internal.store_columns(monitor drift.monitors, columns drift.monitor_columns[])
	RETURNS TABLE (change text, role text, column_name text, column_type text)
	LANGUAGE plpgsql SECURITY DEFINER ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	owned CONSTANT drift.monitors := drift_internal.find_monitor(monitor.name, 'own');
	id CONSTANT integer := owned.monitor_id;
	wanted drift.monitor_columns[];
BEGIN
	PERFORM drift_internal.lock_monitor_state(owned);
	wanted := drift_internal.number_columns(id, columns);
	RETURN QUERY
		SELECT CASE WHEN c.column_id IS NULL THEN 'added' WHEN w.column_id IS NULL THEN 'removed' ELSE 'changed' END,
			role, column_name, coalesce(w.column_type, c.column_type)
		FROM (SELECT * FROM drift.monitor_columns AS m WHERE m.monitor_id = id) AS c
		FULL JOIN unnest(wanted) AS w USING (role, column_name)
		WHERE c IS DISTINCT FROM w
		ORDER BY 1, coalesce(w.column_id, c.column_id);
	IF NOT FOUND THEN
		RETURN;
	END IF;

	DELETE FROM drift.windows AS w
	WHERE w.monitor_id = id AND w.column_id NOT IN (SELECT n.column_id FROM unnest(wanted) AS n);
	DELETE FROM drift.monitor_columns AS c
	WHERE c.monitor_id = id AND c.column_id NOT IN (SELECT n.column_id FROM unnest(wanted) AS n);
	INSERT INTO drift.monitor_columns AS c SELECT n.* FROM unnest(wanted) AS n
	ON CONFLICT (monitor_id, column_id) DO UPDATE SET column_type = excluded.column_type, source_column = excluded.source_column,
		positive = excluded.positive;
	UPDATE drift_internal.monitor_states AS s SET revision = s.revision + 1 WHERE s.monitor_id = id;
END
$$;

COMMENT ON FUNCTION drift_internal.store_columns(drift.monitors, drift.monitor_columns[]) IS
	'writes down which columns a monitor watches, for its owner, and drops the windows of those that it does not any more; what is different';

CREATE OR REPLACE FUNCTION drift_internal.watched_features(monitor_id integer) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(c.column_name ORDER BY c.column_id) FROM drift.monitor_columns AS c
	WHERE c.monitor_id = watched_features.monitor_id AND c.role = 'feature'
$$;

COMMENT ON FUNCTION drift_internal.watched_features(integer) IS 'features that a monitor watches';

CREATE OR REPLACE FUNCTION drift.watch_columns(monitor text, columns text[] DEFAULT NULL)
	RETURNS TABLE (change text, role text, column_name text, column_type text)
	LANGUAGE plpgsql ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	watched CONSTANT drift.monitors := drift_internal.find_monitor(monitor, 'own');
	query CONSTANT text := drift_internal.monitor_query(watched);
	baseline drift.baselines;
BEGIN
	IF query IS NULL THEN
		RAISE EXCEPTION 'the source of monitor "%" is gone', monitor
			USING ERRCODE = 'undefined_table', HINT = 'drift.drop_monitor() removes the monitor.';
	END IF;
	IF watched.baseline IS NOT NULL THEN
		baseline := drift_internal.find_baseline(watched.baseline, 'own');
	END IF;
	RETURN QUERY SELECT * FROM drift_internal.store_columns(watched,
		drift_internal.plan_monitor(watched, query, columns, drift_internal.monitor_config(watched), baseline)
			|| drift_internal.metric_columns(watched.monitor_id));
END
$$;

COMMENT ON FUNCTION drift.watch_columns(text, text[]) IS
	'chooses the columns that a monitor watches anew, as drift.create_monitor() does: after the source got columns, lost some or changed their types; what is different. What was not watched so far has windows from the next refresh on.';

CREATE OR REPLACE FUNCTION drift_internal.store_changes(monitor drift.monitors) RETURNS drift.monitors
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stored drift.monitors;
BEGIN
	PERFORM drift_internal.find_monitor(monitor.name, 'own');
	PERFORM drift_internal.check_config(monitor.config, drift_internal.loaded_config(monitor.model_id));
	PERFORM drift_internal.find_baseline(monitor.baseline, 'own') WHERE monitor.baseline IS NOT NULL;
	UPDATE drift.monitors AS m
	SET config = monitor.config, baseline = monitor.baseline, reference = monitor.reference, span = monitor.span, description = monitor.description
	WHERE m.monitor_id = monitor.monitor_id AND m.name = monitor.name
	RETURNING * INTO stored;
	RETURN stored;
END
$$;

COMMENT ON FUNCTION drift_internal.store_changes(drift.monitors) IS 'writes down what drift.alter_monitor() changed, for the owner';

-- Who changes a monitor reads it first, so that of two changes at once none is lost.
CREATE OR REPLACE FUNCTION drift_internal.lock_own_monitor(name text) RETURNS drift.monitors
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.monitors := drift_internal.find_monitor(name, 'own');
BEGIN
	SELECT * INTO locked FROM drift.monitors AS m WHERE m.monitor_id = locked.monitor_id FOR NO KEY UPDATE;
	RETURN drift_internal.check_monitor(locked, 'own', name);
END
$$;

COMMENT ON FUNCTION drift_internal.lock_own_monitor(text) IS
	'the monitor of a name for a member of its owner, locked until the transaction ends';

CREATE OR REPLACE FUNCTION drift.alter_monitor(
	monitor text,
	config jsonb DEFAULT NULL,
	thresholds text DEFAULT NULL,
	baseline text DEFAULT NULL,
	reference text DEFAULT NULL,
	span interval DEFAULT NULL,
	description text DEFAULT NULL)
	RETURNS SETOF drift.monitors
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	changed drift.monitors := drift_internal.lock_own_monitor(monitor);
	moved CONSTANT boolean := baseline IS DISTINCT FROM changed.baseline AND baseline IS NOT NULL;
	watches_anew CONSTANT boolean := moved OR alter_monitor.config #> '{performance,positive_label}' IS NOT NULL;
BEGIN
	changed.config := drift_internal.change_config(changed.config,
		drift_internal.with_thresholds(drift_internal.check_object(alter_monitor.config, 'config'), thresholds));
	changed.span := drift_internal.check_span(coalesce(alter_monitor.span, changed.span), changed.bucket);
	changed.description := coalesce(alter_monitor.description, changed.description);
	IF moved THEN
		changed.baseline := (drift_internal.find_baseline(alter_monitor.baseline, 'own')).name;
	END IF;
	changed.reference := drift_internal.check_reference(coalesce(alter_monitor.reference, changed.reference), changed.baseline);
	PERFORM drift_internal.check_feature_config(changed.config,
		ARRAY(SELECT c FROM drift.monitor_columns AS c WHERE c.monitor_id = changed.monitor_id),
		(SELECT max(b.baseline_id) FROM drift.baselines AS b WHERE b.name = changed.baseline));
	changed := drift_internal.store_changes(changed);
	IF watches_anew THEN
		PERFORM drift.watch_columns(monitor, drift_internal.watched_features(changed.monitor_id));
	END IF;
	RETURN NEXT changed;
END
$$;

COMMENT ON FUNCTION drift.alter_monitor(text, jsonb, text, text, text, interval, text) IS
	'changes a monitor: what is given counts from the next check on. config is set over the configuration that it has; a key that is null goes back to what the model says. What decides which rows a window holds (source, condition, segment, bucket, time zone) is changed by making another monitor.';

CREATE OR REPLACE FUNCTION drift.rename_monitor(monitor text, new_name text) RETURNS SETOF drift.monitors
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	renamed drift.monitors := drift_internal.find_monitor(monitor, 'own');
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('drift.monitors ' || drift_internal.check_name(new_name, 'monitor'), 0));
	IF EXISTS (SELECT FROM drift.monitors AS m WHERE m.name = new_name AND m.monitor_id <> renamed.monitor_id) THEN
		RAISE EXCEPTION 'the name "%" is taken', new_name USING ERRCODE = 'duplicate_object';
	END IF;
	UPDATE drift.monitors AS m SET name = new_name WHERE m.monitor_id = renamed.monitor_id RETURNING * INTO renamed;
	RETURN NEXT renamed;
END
$$;

COMMENT ON FUNCTION drift.rename_monitor(text, text) IS 'gives a monitor another name; its windows, checks and schedules stay';

-- Who gives it away must be a member of the new owner, so that nobody is made to read with rights of his own.
CREATE OR REPLACE FUNCTION drift_internal.store_owner(monitor drift.monitors, owner regrole) RETURNS drift.monitors
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	given drift.monitors;
BEGIN
	PERFORM drift_internal.find_monitor(monitor.name, 'own');
	UPDATE drift.monitors AS m SET owner = drift_internal.check_owner(store_owner.owner)
	WHERE m.monitor_id = monitor.monitor_id AND m.name = monitor.name
	RETURNING * INTO given;
	RETURN given;
END
$$;

COMMENT ON FUNCTION drift_internal.store_owner(drift.monitors, regrole) IS 'writes down a new owner of a monitor, for a member of both';

CREATE OR REPLACE FUNCTION drift.set_monitor_owner(monitor text, owner regrole) RETURNS SETOF drift.monitors
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	given drift.monitors := drift_internal.find_monitor(monitor, 'own');
	query CONSTANT text := drift_internal.monitor_query(given);
	baseline drift.baselines;
BEGIN
	IF given.baseline IS NOT NULL THEN
		baseline := drift_internal.find_baseline(given.baseline, 'read');
		IF NOT pg_has_role(owner, baseline.owner, 'USAGE') THEN
			RAISE EXCEPTION 'role % may not read baseline "%"', owner, given.baseline
				USING ERRCODE = 'insufficient_privilege', DETAIL = format('Only members of its owner %s may.', baseline.owner);
		END IF;
	END IF;
	given := drift_internal.store_owner(given, owner);
	IF query IS NOT NULL THEN
		PERFORM drift_internal.check_monitor_source(given, query);
	END IF;
	RETURN NEXT given;
END
$$;

COMMENT ON FUNCTION drift.set_monitor_owner(text, regrole) IS
	'gives a monitor to another role, which the caller must be a member of and which must be able to read the source: from then on it is read with the rights of that role';

CREATE OR REPLACE FUNCTION drift_internal.delete_monitor(monitor drift.monitors) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	dropped CONSTANT drift.monitors := drift_internal.find_monitor(monitor.name, 'own');
	id CONSTANT integer := dropped.monitor_id;
	anchor integer;
BEGIN
	-- Who runs it has finished when this goes on, and finds no state afterwards.
	SELECT s.baseline_id INTO anchor FROM drift_internal.lock_monitor_state(dropped) AS s;
	DELETE FROM drift_internal.monitor_states AS s WHERE s.monitor_id = id;
	DELETE FROM drift_internal.dirty_buckets AS b WHERE b.monitor_id = id;
	DELETE FROM drift.windows AS w WHERE w.monitor_id = id;
	DELETE FROM drift.check_features AS f USING drift.checks AS c WHERE c.monitor_id = id AND f.check_id = c.check_id;
	DELETE FROM drift.check_metrics AS t USING drift.checks AS c WHERE c.monitor_id = id AND t.check_id = c.check_id;
	DELETE FROM drift.checks AS c WHERE c.monitor_id = id;
	DELETE FROM drift.custom_metrics AS t WHERE t.monitor_id = id;
	DELETE FROM drift.silences AS s WHERE s.monitor_id = id;
	DELETE FROM drift.reports AS r WHERE r.monitor_id = id;
	DELETE FROM drift.decisions AS d WHERE d.monitor_id = id AND d.model_id IS NULL;
	PERFORM drift_internal.close_alert(a.alert_id, clock_timestamp(), 'the monitor was dropped')
	FROM drift.alerts AS a WHERE a.monitor_id = id AND a.status <> 'resolved';
	DELETE FROM drift.monitor_columns AS c WHERE c.monitor_id = id;
	DELETE FROM drift.monitors AS m WHERE m.monitor_id = id;
	-- A baseline that was made of the monitor's first rows goes with it.
	DELETE FROM drift.baseline_columns AS c USING drift.baselines AS b
	WHERE b.baseline_id = anchor AND c.baseline_id = anchor AND b.source IS NULL AND b.name LIKE '% (first rows)'
		AND NOT EXISTS (SELECT FROM drift_internal.monitor_states AS s WHERE s.baseline_id = anchor);
	DELETE FROM drift.baselines AS b
	WHERE b.baseline_id = anchor AND NOT EXISTS (SELECT FROM drift.baseline_columns AS c WHERE c.baseline_id = anchor);
END
$$;

COMMENT ON FUNCTION drift_internal.delete_monitor(drift.monitors) IS 'removes a monitor with its windows and checks, for its owner';

CREATE OR REPLACE FUNCTION drift.drop_monitor(monitor text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	watched CONSTANT drift.monitors := drift_internal.find_monitor(monitor, 'own');
BEGIN
	IF watched.tracking = 'trigger' AND drift_internal.relation_name(watched.relation) IS NOT NULL THEN
		BEGIN
			PERFORM drift.untrack_changes(monitor);
		EXCEPTION WHEN insufficient_privilege THEN
			RAISE WARNING 'triggers of monitor "%" stay on table %', monitor, watched.relation
				USING DETAIL = SQLERRM, HINT = 'The owner of the table can drop them. They do nothing any more.';
		END;
	END IF;
	PERFORM drift.unschedule(watched.name);
	PERFORM drift_internal.delete_monitor(watched);
END
$$;

COMMENT ON FUNCTION drift.drop_monitor(text) IS
	'removes a monitor with its windows, checks, schedules and triggers; its open alerts are resolved, and what was decided for its model stays';
