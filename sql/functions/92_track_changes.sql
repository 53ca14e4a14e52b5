-- triggers that mark the buckets which a statement changed, to be read whole at the next refresh
--
-- A mark is added by the transaction that changes the rows and is committed with it. Who refreshes takes the marks
-- first and reads then, so that the rows of every mark that was taken are seen. A mark that is not seen yet stays for
-- the next time, whatever was read meanwhile: buckets are replaced, not added to. So a mark must be added even if
-- another session's mark says the same: that one may be taken by who does not see these rows.

-- Of another type, a cast of the user's would make it a time.
CREATE OR REPLACE FUNCTION drift_internal.has_plain_time(relation oid, time_column text) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH RECURSIVE type AS (
		SELECT a.atttypid AS oid FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attname = time_column AND NOT a.attisdropped
		UNION ALL
		SELECT t.typbasetype FROM type JOIN pg_type AS t USING (oid) WHERE t.typtype = 'd'
	)
	SELECT EXISTS (SELECT FROM type WHERE oid IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype))
$$;

COMMENT ON FUNCTION drift_internal.has_plain_time(oid, text) IS 'whether a column is of a type of time that is built in, or of a domain over one';

CREATE OR REPLACE FUNCTION drift_internal.mark_buckets() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	monitor CONSTANT drift.monitors := (SELECT m FROM drift.monitors AS m
		WHERE m.monitor_id = TG_ARGV[0]::integer AND m.relation = TG_RELID AND m.tracking = 'trigger');
BEGIN
	-- A monitor that was dropped, or another one's table
	IF monitor.monitor_id IS NULL THEN
		RETURN NULL;
	ELSIF TG_OP = 'TRUNCATE' OR NOT drift_internal.has_plain_time(TG_RELID, monitor.time_column) THEN
		INSERT INTO drift_internal.dirty_buckets (monitor_id, starts_at) VALUES (monitor.monitor_id, '-infinity');
		RETURN NULL;
	END IF;
	EXECUTE format($dml$
		INSERT INTO drift_internal.dirty_buckets (monitor_id, starts_at)
		SELECT DISTINCT $1, b.starts_at
		FROM (%s) AS source, LATERAL (SELECT %s AS starts_at WHERE isfinite(%s)) AS b
		WHERE NOT EXISTS (
			SELECT FROM drift_internal.dirty_buckets AS d
			WHERE d.monitor_id = $1 AND d.starts_at = b.starts_at AND d.xmin = pg_current_xact_id()::xid)
		$dml$,
		CASE TG_OP WHEN 'INSERT' THEN format('SELECT %I FROM new_rows', monitor.time_column)
			WHEN 'DELETE' THEN format('SELECT %I FROM old_rows', monitor.time_column)
			ELSE format('SELECT %1$I FROM old_rows UNION ALL SELECT %1$I FROM new_rows', monitor.time_column) END,
		drift_internal.bucket_of(monitor, drift_internal.row_time(monitor)), drift_internal.row_time(monitor))
		USING monitor.monitor_id;
	RETURN NULL;
END
$$;

COMMENT ON FUNCTION drift_internal.mark_buckets() IS
	'statement trigger that drift.track_changes() makes: marks the buckets of the rows that were inserted, updated or deleted, or all where the table was truncated';

CREATE OR REPLACE FUNCTION drift_internal.set_tracking(monitor text, tracking text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT record := drift_internal.lock_monitor(monitor);
BEGIN
	UPDATE drift.monitors AS m SET tracking = set_tracking.tracking WHERE m.monitor_id = (locked.monitor).monitor_id;
	-- What changed before is not known.
	INSERT INTO drift_internal.dirty_buckets (monitor_id, starts_at)
	SELECT (locked.monitor).monitor_id, '-infinity' WHERE set_tracking.tracking = 'trigger';
END
$$;

COMMENT ON FUNCTION drift_internal.set_tracking(text, text) IS 'writes down how changes of a monitor''s source are found, for members of its owner';

-- Who refreshes has the state and waits for the table, so that the state comes first here as well.
CREATE OR REPLACE FUNCTION drift_internal.marked_relation(monitor text, OUT monitor_id integer, OUT relation text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_monitor CONSTANT drift.monitors := drift_internal.find_monitor(monitor, 'run');
	kind CONSTANT "char" := (SELECT c.relkind FROM pg_class AS c WHERE c.oid = found_monitor.relation);
BEGIN
	IF found_monitor.source_kind <> 'relation' OR (kind IN ('r', 'p')) IS NOT TRUE THEN
		RAISE EXCEPTION 'changes of the source of monitor "%" cannot be tracked', monitor
			USING ERRCODE = 'wrong_object_type',
				DETAIL = 'Triggers see the rows that a statement changed on tables only, and prediction logs need none.',
				HINT = 'Raise monitoring.recompute_buckets in the configuration, so that more of the newest buckets are read again.';
	END IF;
	PERFORM drift_internal.lock_monitor_state(found_monitor);
	monitor_id := found_monitor.monitor_id;
	relation := drift_internal.relation_name(found_monitor.relation);
END
$$;

COMMENT ON FUNCTION drift_internal.marked_relation(text) IS 'number of a monitor, whose state is locked, and the table that triggers for it are on';

CREATE OR REPLACE FUNCTION drift.track_changes(monitor text) RETURNS SETOF drift.monitors
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	marked CONSTANT record := drift_internal.marked_relation(monitor);
	event record;
	trigger name;
BEGIN
	-- Each waits for who is writing to the table, so that no change is between the last one that was not marked and the first that is.
	FOR event IN
		SELECT * FROM (VALUES ('insert', 'REFERENCING NEW TABLE AS new_rows'),
			('update', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'),
			('delete', 'REFERENCING OLD TABLE AS old_rows'), ('truncate', '')) AS e (name, rows)
	LOOP
		trigger := format('drift_marks_%s_%s', marked.monitor_id, event.name);
		IF EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = marked.relation::regclass AND t.tgname = trigger) THEN
			EXECUTE format('ALTER TABLE %s ENABLE TRIGGER %I', marked.relation, trigger);
		ELSE
			EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION drift_internal.mark_buckets(%s)',
				trigger, event.name, marked.relation, event.rows, marked.monitor_id);
		END IF;
	END LOOP;
	PERFORM drift_internal.set_tracking(monitor, 'trigger');
	RETURN QUERY SELECT * FROM drift.monitors AS m WHERE m.monitor_id = marked.monitor_id;
END
$$;

COMMENT ON FUNCTION drift.track_changes(text) IS
	'puts statement triggers on the table that a monitor watches, which mark the buckets of rows that are inserted, updated or deleted; those are read whole at the next refresh, and so is everything the first time. For members of the owner who may make triggers on the table.';

CREATE OR REPLACE FUNCTION drift.untrack_changes(monitor text) RETURNS SETOF drift.monitors
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	marked CONSTANT record := drift_internal.marked_relation(monitor);
	trigger name;
BEGIN
	FOR trigger IN
		SELECT t.tgname FROM pg_trigger AS t
		WHERE t.tgrelid = marked.relation::regclass AND t.tgname LIKE format('drift\_marks\_%s\_%%', marked.monitor_id)
	LOOP
		EXECUTE format('DROP TRIGGER %I ON %s', trigger, marked.relation);
	END LOOP;
	PERFORM drift_internal.set_tracking(monitor, 'recompute');
	RETURN QUERY SELECT * FROM drift.monitors AS m WHERE m.monitor_id = marked.monitor_id;
END
$$;

COMMENT ON FUNCTION drift.untrack_changes(text) IS
	'drops the triggers of drift.track_changes(); from then on the newest buckets are read again at each refresh';
