-- alerts about retrainings: one that people must look at, and one that failed while nobody watched

CREATE OR REPLACE FUNCTION drift_internal.run_cause(run drift.training_runs, model text) RETURNS drift_internal.alert_cause
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ROW(run.model_id, NULL, NULL, c.kind, 'warning', c.title, jsonb_strip_nulls(jsonb_build_object('run_id', run.run_id,
		'version', run.version, 'reason', coalesce(run.error, run.reason), 'sqlstate', run.sqlstate, 'hint', c.hint)), clock_timestamp())
	FROM (VALUES
		('training_review', run.status = 'needs_review',
			format('version %s of model "%s" is to be reviewed: %s', run.version, model, run.reason),
			format('drift.model_card(%1$L, %2$s) and the evaluation of the run tell of it; drift.deploy(%1$L, %2$s) deploys it, drift.resolve_alert() leaves the champion.',
				model, run.version)),
		('training_failed', run.status = 'failed' AND run.triggered_by <> 'manual',
			format('training of model "%s" failed: %s', model, run.error),
			format('drift.run_steps has the steps of run %s; drift.validate_training(%L) tells whether its rows can be trained on.', run.run_id, model))
	) AS c (kind, is_so, title, hint)
	WHERE run.kind = 'retrain' AND c.is_so
$$;

COMMENT ON FUNCTION drift_internal.run_cause(drift.training_runs, text) IS
	'what an alert is raised for when a retraining ends: its version is to be reviewed, or it was not begun by hand and failed; NULL: nothing';

CREATE OR REPLACE FUNCTION drift_internal.close_run_alerts(model_id integer, kinds text[], comment text, version integer DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.close_alert(a.alert_id, clock_timestamp(), close_run_alerts.comment)
	FROM drift.alerts AS a
	WHERE a.model_id = close_run_alerts.model_id AND a.kind = ANY (kinds) AND a.status <> 'resolved'
		AND (close_run_alerts.version IS NULL OR a.details->'version' = to_jsonb(close_run_alerts.version));
END
$$;

COMMENT ON FUNCTION drift_internal.close_run_alerts(integer, text[], text, integer) IS
	'resolves the alerts of some kinds about the retrainings of a model; with a version only those about it';

-- An open alert is about the newest run: its words change, and who knows of it is not told again.
CREATE OR REPLACE FUNCTION drift_internal.alert_run(run_id bigint) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run drift.training_runs;
	cause drift_internal.alert_cause;
	alert drift.alerts;
BEGIN
	SELECT * INTO run FROM drift.training_runs AS r WHERE r.run_id = alert_run.run_id;
	IF run.kind = 'retrain' AND run.status IN ('succeeded', 'kept') THEN
		PERFORM drift_internal.close_run_alerts(run.model_id, '{training_review,training_failed}', format('run %s ended %s', run.run_id, run.status));
	END IF;
	SELECT * INTO cause FROM drift_internal.run_cause(run, (SELECT m.name FROM drift.models AS m WHERE m.model_id = run.model_id));
	IF cause.kind IS NULL OR drift_internal.is_silenced(run.model_id, NULL, cause.kind, tstzrange(cause.seen_at, cause.seen_at, '[]')) THEN
		RETURN;
	END IF;
	alert := drift_internal.open_alert(cause);
	IF alert.alert_id IS NULL THEN
		UPDATE drift.alerts AS a SET title = cause.title, details = cause.details, last_seen_at = cause.seen_at
		WHERE a.model_id = cause.model_id AND a.monitor_id IS NULL AND a.kind = cause.kind AND a.status <> 'resolved';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.alert_run(bigint) IS
	'raises or resolves alerts when a run ends: its version is to be reviewed, it failed and was not begun by hand, or it ended well';
