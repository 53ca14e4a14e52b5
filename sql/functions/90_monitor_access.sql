-- who may see, run and change a monitor

CREATE OR REPLACE FUNCTION drift_internal.may_run(owner regrole) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.acts_as(owner)
$$;

COMMENT ON FUNCTION drift_internal.may_run(regrole) IS
	'whether the acting role may run what belongs to an owner: its members and superusers, who read the source with the rights of the owner';

CREATE OR REPLACE FUNCTION drift_internal.sees_monitor(monitor drift.monitors) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.may_run((monitor).owner)
		OR coalesce((SELECT drift_internal.allowed(m, 'read') FROM drift.models AS m WHERE m.model_id = (monitor).model_id), false)
$$;

COMMENT ON FUNCTION drift_internal.sees_monitor(drift.monitors) IS
	'whether the acting role may know of a monitor: members of its owner, and readers of its model';

CREATE OR REPLACE FUNCTION drift_internal.check_monitor(monitor drift.monitors, wanted text, name text) RETURNS drift.monitors
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- What one may not see is not there, so that names cannot be guessed.
	IF monitor.monitor_id IS NULL OR NOT drift_internal.sees_monitor(monitor) THEN
		RAISE EXCEPTION 'no monitor is named "%"', name
			USING ERRCODE = 'undefined_object',
				HINT = 'drift.monitors lists the monitors that you may see; drift.create_monitor() makes one.';
	ELSIF wanted <> 'read' AND NOT drift_internal.may_run(monitor.owner) THEN
		RAISE EXCEPTION 'permission denied for monitor "%"', name
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = format('Only members of its owner %s may do this.', monitor.owner);
	END IF;
	RETURN monitor;
END
$$;

COMMENT ON FUNCTION drift_internal.check_monitor(drift.monitors, text, text) IS
	'the monitor, or an error: that there is none of that name, also where the acting role may not see it, or that it may not do what it wants';

CREATE OR REPLACE FUNCTION drift_internal.find_monitor(name text, wanted text) RETURNS drift.monitors
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	monitor drift.monitors;
BEGIN
	SELECT * INTO monitor FROM drift.monitors AS m WHERE m.name = find_monitor.name;
	RETURN drift_internal.check_monitor(monitor, wanted, name);
END
$$;

COMMENT ON FUNCTION drift_internal.find_monitor(text, text) IS
	'the monitor of a name for what the acting role wants: read (owner or readers of its model), run or own (members of the owner)';

-- The state, not the monitor: who changes the monitor does not wait for who runs it.
CREATE OR REPLACE FUNCTION drift_internal.lock_monitor_state(monitor drift.monitors, skip boolean DEFAULT false)
	RETURNS SETOF drift_internal.monitor_states
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_monitor(m, 'run', m.name) FROM drift.monitors AS m WHERE m.monitor_id = monitor.monitor_id;
	IF skip THEN
		RETURN QUERY SELECT * FROM drift_internal.monitor_states AS s WHERE s.monitor_id = monitor.monitor_id FOR UPDATE SKIP LOCKED;
	ELSE
		RETURN QUERY SELECT * FROM drift_internal.monitor_states AS s WHERE s.monitor_id = monitor.monitor_id FOR UPDATE;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.lock_monitor_state(drift.monitors, boolean) IS
	'locks the state of a monitor until the transaction ends, so that it is run once at a time; skip: no row instead of waiting where another session has it';
