-- maintenance of prediction logs: partitions ahead, rows out of the default partition, retention
--
-- Steps are planned first and then done one by one, each looking again under its lock whether it is still
-- wanted, so that two runs at once do not harm each other.
--
-- Work on a table runs code of its owner: triggers when rows move, functions in indexes and checks already when
-- it is planned or a partition is attached. So logs are maintained by who is their owner or a member of it. That
-- a superuser may do everything is no reason to run the code of everybody.

CREATE OR REPLACE FUNCTION drift_internal.trusts_owner(relation regclass) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.in_role(r.oid, c.relowner)
	FROM pg_class AS c, pg_roles AS r
	WHERE c.oid = relation AND r.rolname = current_user
$$;

COMMENT ON FUNCTION drift_internal.trusts_owner(regclass) IS
	'whether the caller owns a relation or was made a member of its owner; a superuser does not by itself';

CREATE OR REPLACE FUNCTION drift_internal.kept_since(log drift.prediction_logs) RETURNS timestamptz
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.day_start(drift_internal.day_of(now() - log.retention))
$$;

COMMENT ON FUNCTION drift_internal.kept_since(drift.prediction_logs) IS
	'start of the oldest day that a log keeps; NULL: it keeps all';

CREATE OR REPLACE FUNCTION drift_internal.find_maintainable_log(model text) RETURNS drift.prediction_logs
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.find_log(model, 'read');
	owner CONSTANT regrole := (SELECT c.relowner FROM pg_class AS c WHERE c.oid = log.log);
BEGIN
	IF NOT drift_internal.trusts_owner(log.log) THEN
		RAISE EXCEPTION 'must be owner of table %', log.log
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = format('It belongs to %s, and role %I is not a member of it. Maintenance runs code of the owner.',
					owner, current_user),
				HINT = format('SET ROLE %s;', owner);
	END IF;
	RETURN log;
END
$$;

COMMENT ON FUNCTION drift_internal.find_maintainable_log(text) IS
	'the prediction log of a model for its owner or a member of it';

CREATE OR REPLACE FUNCTION drift_internal.maintainable_logs(model text) RETURNS SETOF drift.prediction_logs
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF model IS NOT NULL THEN
		RETURN NEXT drift_internal.find_maintainable_log(model);
	ELSE
		RETURN QUERY
			SELECT l.*
			FROM drift.prediction_logs AS l
			JOIN drift.models AS m USING (model_id)
			WHERE m.deleted_at IS NULL AND drift_internal.trusts_owner(l.log)
			ORDER BY l.log_id;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.maintainable_logs(text) IS
	'the prediction log of a model; without one, the logs of all models that the caller maintains';

-- Rows of times that no clock shows stay in the default partition, where the health check finds them.
CREATE OR REPLACE FUNCTION drift_internal.stray_days(log drift.prediction_logs) RETURNS SETOF date
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	default_partition CONSTANT regclass := (SELECT p.partition FROM drift_internal.log_partitions(log.log) AS p WHERE p.is_default);
	first_time CONSTANT timestamptz := greatest(drift_internal.kept_since(log), '2000-01-01 00:00:00+00');
	end_time CONSTANT timestamptz := drift_internal.day_start(drift_internal.day_of(now()) + log.days_ahead + 1);
BEGIN
	IF default_partition IS NOT NULL THEN
		RETURN QUERY EXECUTE format(
			'SELECT DISTINCT drift_internal.day_of(predicted_at) FROM %s WHERE predicted_at >= $1 AND predicted_at < $2',
			default_partition)
			USING first_time, end_time;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.stray_days(drift.prediction_logs) IS
	'days of which the default partition of a log holds rows and which can have partitions of their own';

CREATE OR REPLACE FUNCTION drift_internal.old_rows_condition(is_log boolean) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN is_log THEN 'predicted_at < $1' ELSE 'coalesce(predicted_at, observed_at) < $1' END
$$;

COMMENT ON FUNCTION drift_internal.old_rows_condition(boolean) IS 'which rows of a log or of its outcomes are older than $1';

CREATE OR REPLACE FUNCTION drift_internal.has_old_rows(relation regclass, is_log boolean, before timestamptz) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result boolean := false;
BEGIN
	IF before IS NOT NULL AND EXISTS (SELECT FROM pg_class AS c WHERE c.oid = relation) THEN
		EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %s)', relation, drift_internal.old_rows_condition(is_log))
			INTO result USING before;
	END IF;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.has_old_rows(regclass, boolean, timestamptz) IS
	'whether a partition of a log, or a table of outcomes, has rows older than a time';

CREATE OR REPLACE FUNCTION drift_internal.plan_maintenance(log drift.prediction_logs)
	RETURNS TABLE (action text, target regclass, day date)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept_since CONSTANT timestamptz := drift_internal.kept_since(log);
	today CONSTANT date := drift_internal.day_of(now());
BEGIN
	-- First of all, so that whatever fails after it stops no predictions.
	RETURN QUERY
		SELECT 'add_default', log.log, NULL::date
		WHERE NOT EXISTS (SELECT FROM drift_internal.log_partitions(log.log) AS p WHERE p.is_default);
	RETURN QUERY
		SELECT 'drop_partition', p.partition, drift_internal.day_of(p.from_time)
		FROM drift_internal.log_partitions(log.log) AS p
		WHERE p.to_time <= kept_since
		ORDER BY p.from_time;
	RETURN QUERY
		SELECT 'delete_rows', t.relation, NULL::date
		FROM (
			SELECT p.partition, true FROM drift_internal.log_partitions(log.log) AS p WHERE p.is_default
			UNION ALL SELECT log.outcomes, false
			) AS t (relation, is_log)
		WHERE drift_internal.has_old_rows(t.relation, t.is_log, kept_since);
	IF drift_internal.partman_runs(log) THEN
		RETURN QUERY SELECT 'run_partman', log.log, NULL::date;
	ELSE
		-- Where applications write today comes first.
		RETURN QUERY
			SELECT 'add_partition', log.log, d
			FROM (
				SELECT drift_internal.missing_days(log.log, today, today + log.days_ahead)
				UNION SELECT m FROM drift_internal.stray_days(log) AS s, drift_internal.missing_days(log.log, s, s) AS m
				) AS missing (d)
			ORDER BY d < today, d;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.plan_maintenance(drift.prediction_logs) IS
	'steps that a log needs now: add_default, drop_partition and delete_rows past its retention, add_partition ahead and for rows of the default partition, run_partman';

CREATE OR REPLACE FUNCTION drift_internal.drop_partition(log regclass, partition regclass, before timestamptz) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (
		SELECT FROM drift_internal.log_partitions(log) AS p
		WHERE p.partition = drop_partition.partition AND p.to_time <= before)
	THEN
		EXECUTE format('DROP TABLE %s', partition);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.drop_partition(regclass, regclass, timestamptz) IS
	'drops a partition of a log that holds only rows from before a time';

CREATE OR REPLACE FUNCTION drift_internal.do_maintenance(log drift.prediction_logs, action text, target regclass, day date) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	affected bigint := 0;
BEGIN
	CASE action
	WHEN 'add_default' THEN
		EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', log.log);
		PERFORM drift_internal.add_default_partition(log.log);
	WHEN 'add_partition' THEN
		EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', log.log);
		SELECT sum(drift_internal.add_partition(log.log, m)) INTO affected FROM drift_internal.missing_days(log.log, day, day) AS m;
	WHEN 'drop_partition' THEN
		PERFORM drift_internal.drop_partition(log.log, target, drift_internal.kept_since(log));
	WHEN 'delete_rows' THEN
		EXECUTE format('DELETE FROM %s WHERE %s', target, drift_internal.old_rows_condition(target <> log.outcomes))
			USING drift_internal.kept_since(log);
		GET DIAGNOSTICS affected = ROW_COUNT;
	WHEN 'run_partman' THEN
		PERFORM drift_internal.run_partman(log);
	END CASE;
	RETURN affected;
END
$$;

COMMENT ON FUNCTION drift_internal.do_maintenance(drift.prediction_logs, text, regclass, date) IS
	'does a step of maintenance unless it was done meanwhile; the number of rows it moved or deleted';

CREATE OR REPLACE FUNCTION drift_internal.try_maintenance(log drift.prediction_logs, action text, target regclass, day date,
	OUT again boolean, OUT problem text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	detail text;
BEGIN
	again := false;
	PERFORM drift_internal.do_maintenance(log, action, target, day);
EXCEPTION
	WHEN lock_not_available OR deadlock_detected THEN
		again := true;
		problem := format('%s: %s of %s: %s', log.log, action, coalesce(day::text, target::text), SQLERRM);
	WHEN others THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		problem := format('%s: %s of %s: %s', log.log, action, coalesce(day::text, target::text),
			concat_ws(' ', SQLERRM, nullif(detail, '')));
END
$$;

COMMENT ON FUNCTION drift_internal.try_maintenance(drift.prediction_logs, text, regclass, date) IS
	'does a step of maintenance; what went wrong, and whether a lock was all that stood in the way';

CREATE OR REPLACE FUNCTION drift_internal.maintain_prediction_log(model text, path text)
	RETURNS TABLE (action text, target text, day date, row_count bigint)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.find_maintainable_log(model);
	step record;
BEGIN
	FOR step IN SELECT * FROM drift_internal.plan_maintenance(log) AS p LOOP
		action := step.action;
		target := step.target::text;
		day := step.day;
		row_count := drift_internal.do_maintenance(log, step.action, step.target, step.day);
		RETURN NEXT;
	END LOOP;
	IF log.uses_partman THEN
		PERFORM set_config('search_path', path, false);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.maintain_prediction_log(text, text) IS
	'drift.maintain_prediction_log() for a caller whose search_path is restored';

CREATE OR REPLACE FUNCTION drift.maintain_prediction_log(model text)
	RETURNS TABLE (action text, target text, day date, row_count bigint)
	LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT * FROM drift_internal.maintain_prediction_log(model, current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.maintain_prediction_log(text) IS
	'makes the partitions that the log of a model lacks, moves rows out of its default partition and drops what is older than its retention, in the transaction of the caller, who is its owner; what was done. drift.maintain_prediction_logs() commits after each step, which is better for a log in use.';

CREATE OR REPLACE FUNCTION drift.set_retention(model text, retention interval) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.lock_log(model);
BEGIN
	PERFORM drift_internal.check_retention(retention);
	UPDATE drift.prediction_logs AS l SET retention = set_retention.retention WHERE l.log_id = log.log_id;
	PERFORM drift_internal.record_event(log.model_id, 'retention_set',
		details => jsonb_build_object('log', log.log::text, 'retention', retention::text, 'previous_retention', log.retention::text));
END
$$;

COMMENT ON FUNCTION drift.set_retention(text, interval) IS
	'sets the age at which predictions of a model and their outcomes are dropped by maintenance; NULL: never. For the owner of the log.';

CREATE OR REPLACE FUNCTION drift_internal.check_maintenance_options(lock_timeout interval, attempts integer) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF lock_timeout IS NULL OR lock_timeout NOT BETWEEN '1 millisecond' AND '1 day' THEN
		RAISE EXCEPTION 'lock_timeout is %', coalesce(lock_timeout::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is a time from a millisecond to a day.';
	ELSIF attempts IS NULL OR attempts NOT BETWEEN 1 AND 100 THEN
		RAISE EXCEPTION 'attempts is %', coalesce(attempts::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is a number from 1 to 100.';
	END IF;
	RETURN ceil(extract(epoch FROM lock_timeout) * 1000)::bigint;
END
$$;

COMMENT ON FUNCTION drift_internal.check_maintenance_options(interval, integer) IS
	'the time to wait for a lock in milliseconds, as the setting lock_timeout is written; raises where an option is out of range';

-- What commits can have no SET clause. So the path is set by hand, and again after each COMMIT, which undoes it.
CREATE OR REPLACE PROCEDURE drift_internal.maintain_logs(model text, lock_timeout interval, attempts integer, path text,
	INOUT problems text[])
	LANGUAGE plpgsql
AS $$
DECLARE
	milliseconds text;
	outcome record;
	log record;
	step record;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	problems := '{}';
	milliseconds := drift_internal.check_maintenance_options(lock_timeout, attempts);
	FOR log IN SELECT l AS entry FROM drift_internal.maintainable_logs(model) AS l LOOP
		FOR step IN SELECT * FROM drift_internal.plan_maintenance(log.entry) LOOP
			FOR attempt IN 1 .. attempts LOOP
				PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
				PERFORM set_config('lock_timeout', milliseconds, true);
				outcome := drift_internal.try_maintenance(log.entry, step.action, step.target, step.day);
				IF step.action = 'run_partman' THEN
					PERFORM set_config('search_path', path, false);
				END IF;
				COMMIT;
				EXIT WHEN outcome.again IS NOT TRUE;
				-- Longer each time, so that what holds the lock may end.
				PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
				PERFORM pg_sleep(least(0.05 * 2 ^ attempt, 5));
			END LOOP;
			PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
			problems := problems || outcome.problem;
		END LOOP;
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	END LOOP;
	problems := array_remove(problems, NULL);
END
$$;

COMMENT ON PROCEDURE drift_internal.maintain_logs(text, interval, integer, text, text[]) IS
	'does what prediction logs need for a session with a search_path, and commits after each step; what went wrong';

CREATE OR REPLACE PROCEDURE drift.maintain_prediction_logs(
	model text DEFAULT NULL,
	lock_timeout interval DEFAULT '500 milliseconds',
	attempts integer DEFAULT 10)
	LANGUAGE plpgsql
AS $$
DECLARE
	path CONSTANT text := pg_catalog.current_setting('search_path');
	problems text[];
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	CALL drift_internal.maintain_logs(model, lock_timeout, attempts, path, problems);
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	IF problems <> '{}' THEN
		RAISE EXCEPTION 'steps of maintenance that failed: %', cardinality(problems)
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = array_to_string(problems, E'\n'),
				HINT = 'All other steps are done and stay done.';
	END IF;
	PERFORM pg_catalog.set_config('search_path', path, true);
END
$$;

COMMENT ON PROCEDURE drift.maintain_prediction_logs(text, interval, integer) IS
	'maintains the prediction log of a model, or every log that the caller or a role of theirs owns: makes the partitions of the days ahead, moves rows out of default partitions, drops what is older than the retention. Commits after each step, waits for a lock only so long, tries again, and raises at the end if steps failed. To be called daily, by the owner of the logs: a superuser maintains no logs of others, whose code that would run.';
