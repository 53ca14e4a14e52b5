-- metrics of a model in a check, from windows of outcomes

CREATE OR REPLACE FUNCTION drift_internal.judge_metrics(checked drift.checks, monitor drift.monitors, spans drift_internal.check_spans,
	limits drift.thresholds)
	RETURNS SETOF drift.check_metrics
	LANGUAGE plpgsql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_metrics(drift.checks, drift.monitors, drift_internal.check_spans, drift.thresholds) IS
	'metrics of a model over a span whose outcomes are known, held against its baseline';
