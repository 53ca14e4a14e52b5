-- estimates of performance beside what outcomes say

CREATE OR REPLACE FUNCTION drift_internal.judge_estimates(checked drift.checks, monitor drift.monitors, metrics drift.check_metrics[])
	RETURNS SETOF drift.check_metrics
	LANGUAGE plpgsql STABLE ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_estimates(drift.checks, drift.monitors, drift.check_metrics[]) IS
	'metrics of a model that are estimated without outcomes, for a check that has measured these';
