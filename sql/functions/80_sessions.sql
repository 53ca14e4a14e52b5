-- sessions that work on something, as the rows they wrote say

CREATE OR REPLACE FUNCTION drift_internal.is_running(pid integer, since timestamptz, working_since timestamptz DEFAULT NULL) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT pid <> pg_backend_pid() AND EXISTS (
		SELECT FROM pg_stat_activity AS a
		WHERE a.pid = is_running.pid AND a.backend_start = since AND a.state IS DISTINCT FROM 'idle'
			AND (a.query_start > working_since) IS NOT TRUE)
$$;

COMMENT ON FUNCTION drift_internal.is_running(integer, timestamptz, timestamptz) IS
	'whether another session with a process number and a start is there and not idle, nor at a statement that it began after it began the work';
