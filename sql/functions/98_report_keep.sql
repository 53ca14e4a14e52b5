-- reports that are kept: made by hand or by a schedule, told of by an event, purged when they are old

-- What is kept is told of, so that a rule of drift.alert_rules may send it to somebody.
CREATE OR REPLACE FUNCTION drift_internal.keep_document(document jsonb, model drift.models, checked drift.checks) RETURNS drift.reports
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept drift.reports;
BEGIN
	INSERT INTO drift.reports (kind, model_id, monitor_id, check_id, during, report, created_by)
	VALUES (document ->> 'kind', (model).model_id, (checked).monitor_id, (checked).check_id,
		tstzrange((document #>> '{span,from}')::timestamptz, (document #>> '{span,to}')::timestamptz), document,
		pg_get_userbyid(drift_internal.actor()))
	RETURNING * INTO kept;
	PERFORM drift_internal.emit(model, 'report_kept', jsonb_build_object('report_id', kept.report_id, 'kind', kept.kind,
		'title', document ->> 'title', 'severity', document #>> '{verdict,severity}', 'sentence', document #>> '{verdict,sentence}',
		'monitor', document #>> '{subject,monitor}', 'check_id', kept.check_id, 'from', document #>> '{span,from}', 'to', document #>> '{span,to}'));
	RETURN kept;
END
$$;

COMMENT ON FUNCTION drift_internal.keep_document(jsonb, drift.models, drift.checks) IS 'keeps a report, and puts an event report_kept into the outbox';

CREATE OR REPLACE FUNCTION drift.keep_report(check_id bigint) RETURNS SETOF drift.reports
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT record := drift_internal.find_check(check_id);
	reported drift.models;
BEGIN
	SELECT * INTO reported FROM drift.models AS m WHERE m.model_id = (found.checked).model_id;
	RETURN NEXT drift_internal.keep_document(drift_internal.check_document(check_id, drift_internal.actor()), reported, found.checked);
END
$$;

COMMENT ON FUNCTION drift.keep_report(bigint) IS
	'Keeps the report of a check as it is now in drift.reports. For members of the owner of the monitor, who alone see it there.';

CREATE OR REPLACE FUNCTION drift_internal.report_due_since(model_id integer, until timestamptz) RETURNS timestamptz
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(max(upper(r.during)), until - interval '7 days')
	FROM drift.reports AS r
	WHERE r.model_id = report_due_since.model_id AND r.kind = 'monitoring' AND upper(r.during) BETWEEN until - interval '35 days' AND until - interval '1 hour'
$$;

COMMENT ON FUNCTION drift_internal.report_due_since(integer, timestamptz) IS
	'where the next report on a model begins: where the last one that was kept ended, if that is not too long ago, else a week ago';

CREATE OR REPLACE FUNCTION drift_internal.delete_reports(model drift.models, before timestamptz) RETURNS bigint
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH purged AS (
		DELETE FROM drift.reports AS r
		WHERE r.model_id = model.model_id AND r.created_at < before
		RETURNING 1
	)
	SELECT count(*) FROM purged
$$;

COMMENT ON FUNCTION drift_internal.delete_reports(drift.models, timestamptz) IS 'deletes kept reports on a model from before a time; how many';

CREATE OR REPLACE FUNCTION drift_internal.reports_from(model drift.models) RETURNS timestamptz
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT clock_timestamp() - make_interval(days =>
		drift_internal.config_number(drift_internal.loaded_config(model.model_id), 'monitoring.max_report_days')::integer)
$$;

COMMENT ON FUNCTION drift_internal.reports_from(drift.models) IS 'time from which reports on a model are kept by its configuration';

CREATE OR REPLACE FUNCTION drift.keep_reports(model text, since timestamptz DEFAULT NULL) RETURNS SETOF drift.reports
	LANGUAGE plpgsql SECURITY DEFINER ROWS 3
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reported CONSTANT drift.models := drift_internal.find_model(model, 'operate');
	until CONSTANT timestamptz := clock_timestamp();
	period CONSTANT tstzrange := drift_internal.report_period(coalesce(since, drift_internal.report_due_since(reported.model_id, until)), until);
	newest drift.checks;
BEGIN
	PERFORM drift_internal.delete_reports(reported, drift_internal.reports_from(reported));
	RETURN NEXT drift_internal.keep_document(drift_internal.monitoring_document(reported, period), reported, NULL);
	FOR newest IN
		SELECT l.*
		FROM drift.monitors AS m, LATERAL (
			SELECT * FROM drift.checks AS c WHERE c.monitor_id = m.monitor_id ORDER BY c.as_of DESC, c.check_id DESC LIMIT 1) AS l
		WHERE m.model_id = reported.model_id AND drift_internal.may_run(m.owner) AND l.as_of > lower(period)
		ORDER BY m.monitor_id
	LOOP
		RETURN NEXT drift_internal.keep_document(drift_internal.check_document(newest.check_id, drift_internal.actor()), reported, newest);
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift.keep_reports(text, timestamptz) IS
	'Keeps a report on a model since a time, by default since the last one or else of the last seven days, and the reports of the newest checks of its monitors that the caller may run. Each is told of by an event report_kept. Reports older than monitoring.max_report_days go. Needs the privilege operate.';

CREATE OR REPLACE FUNCTION drift.purge_reports(model text, older_than interval DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reported CONSTANT drift.models := drift_internal.find_model(model, 'operate');
BEGIN
	RETURN drift_internal.delete_reports(reported, coalesce(clock_timestamp() - older_than, drift_internal.reports_from(reported)));
END
$$;

COMMENT ON FUNCTION drift.purge_reports(text, interval) IS
	'Removes kept reports on a model that are older than this, or than monitoring.max_report_days of its configuration; how many. Needs the privilege operate.';
