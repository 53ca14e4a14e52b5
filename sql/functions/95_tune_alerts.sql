-- from checks to alerts: counted over spans, raised once, cleared below a lower bar, silent after that for a while

CREATE OR REPLACE FUNCTION drift_internal.alert_title(monitor_name text, kind text, items text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('monitor "%s": %s', monitor_name, CASE kind
			WHEN 'data_drift' THEN n.names || ' drifted'
			WHEN 'prediction_drift' THEN format('what the model says drifted (%s)', n.names)
			WHEN 'target_drift' THEN 'the target drifted'
			WHEN 'performance' THEN format('the model is worse (%s)', n.names)
			WHEN 'performance_segments' THEN 'the model is worse in segments'
			WHEN 'estimated_performance' THEN format('performance is estimated to be worse (%s)', n.names)
			WHEN 'estimate_broken' THEN 'what came true is not what was estimated'
			WHEN 'operation_drift' THEN format('predictions run otherwise (%s)', n.names)
			WHEN 'volume' THEN 'the number of rows changed'
			WHEN 'schema' THEN 'columns of the source changed'
			WHEN 'segments' THEN 'features drifted in segments'
			WHEN 'check_failed' THEN 'checks fail'
			ELSE kind
		END)
	FROM (SELECT drift_internal.names_text(items, 3) AS names) AS n
$$;

COMMENT ON FUNCTION drift_internal.alert_title(text, text, text[]) IS 'an alert in words';

-- How long no new alert of a kind is raised, and up to where spans were counted for the one before.
CREATE OR REPLACE FUNCTION drift_internal.last_alerts(monitor_id integer, as_of timestamptz)
	RETURNS TABLE (kind text, counted_to timestamptz, ended_at timestamptz)
	LANGUAGE plpgsql STABLE ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT a.kind, max(a.last_seen_at), max(greatest(a.last_seen_at, CASE WHEN a.resolved_at <= as_of THEN a.resolved_at END))
		FROM drift.alerts AS a
		WHERE a.monitor_id = last_alerts.monitor_id AND a.status = 'resolved' AND a.last_seen_at <= as_of
		GROUP BY a.kind;
END
$$;

COMMENT ON FUNCTION drift_internal.last_alerts(integer, timestamptz) IS
	'when the last alert of each kind was last seen, and when it ended';

-- The items whose count is full now are raised; those that are above the lower bar hold an alert that is open.
CREATE OR REPLACE FUNCTION drift_internal.weigh_alerts(checked drift.checks, limits drift.thresholds, settings drift_internal.alert_settings)
	RETURNS SETOF drift_internal.alert_weight
	LANGUAGE plpgsql STABLE ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	may_be_silent CONSTANT boolean := EXISTS (
		SELECT FROM drift.silences AS s WHERE s.monitor_id = checked.monitor_id OR s.model_id = checked.model_id);
BEGIN
	RETURN QUERY
		WITH last AS MATERIALIZED (
			SELECT * FROM drift_internal.last_alerts(checked.monitor_id, checked.as_of)
		), found AS (
			SELECT i.*, i.check_id = checked.check_id AS is_now,
				i.breaches AND (i.severity = 'critical' OR settings.minimum_severity <> 'critical')
					AND (c.as_of <= l.counted_to) IS NOT TRUE
					AND NOT (may_be_silent AND drift_internal.is_silenced(c.model_id, c.monitor_id, i.kind, c.current_span)) AS counts
			FROM drift_internal.check_items(
					checked.check_id || CASE checked.status WHEN 'error' THEN drift_internal.earlier_failures(checked, settings.breaches - 1)
						ELSE drift_internal.earlier_spans(checked, settings.spans - 1) END,
					limits, settings) AS i
			JOIN drift.checks AS c USING (check_id)
			LEFT JOIN last AS l USING (kind)
		), counted AS (
			SELECT f.kind, f.item,
				bool_or(f.counts) FILTER (WHERE f.is_now) AS breaches_now,
				min(f.severity) FILTER (WHERE f.is_now) AS severity_now,
				min(f.note) FILTER (WHERE f.is_now) AS note,
				count(*) FILTER (WHERE f.counts) AS n,
				count(*) FILTER (WHERE f.counts AND f.severity = 'critical') AS n_critical
			FROM found AS f
			GROUP BY f.kind, f.item
			HAVING bool_or(f.is_now)
		-- That a column is gone is a fact, which chance cannot bring about.
		), judged AS (
			SELECT c.*, s.severity,
				c.breaches_now
					AND (c.n >= settings.breaches OR c.kind = 'schema'
						OR (s.severity = 'critical' AND c.n_critical >= settings.critical_breaches AND c.kind <> 'check_failed')) AS is_full
			FROM counted AS c,
				LATERAL (
					SELECT CASE WHEN c.severity_now = 'critical' AND c.n_critical >= least(settings.critical_breaches, settings.breaches)
						THEN 'critical' ELSE 'warning' END AS severity
				) AS s
		), weighed AS (
			SELECT j.kind,
				array_agg(j.item ORDER BY j.severity, j.item) FILTER (WHERE j.is_full) AS raised,
				array_agg(j.item) AS holding,
				min(j.severity) FILTER (WHERE j.is_full) AS severity,
				jsonb_object_agg(j.item, j.note) AS notes
			FROM judged AS j
			GROUP BY j.kind
		)
		SELECT coalesce(w.kind, o.kind), o.alert_id, coalesce(w.raised, '{}'), coalesce(w.holding, '{}'), coalesce(w.severity, 'warning'),
			coalesce(w.notes, '{}'), coalesce(checked.as_of - l.ended_at < settings.cooldown, false)
		FROM weighed AS w
		FULL JOIN (
			SELECT a.alert_id, a.kind FROM drift.alerts AS a WHERE a.monitor_id = checked.monitor_id AND a.status <> 'resolved'
		) AS o USING (kind)
		LEFT JOIN last AS l USING (kind);
END
$$;

COMMENT ON FUNCTION drift_internal.weigh_alerts(drift.checks, drift.thresholds, drift_internal.alert_settings) IS
	'for each kind of alert that a check or an open alert is about: what is raised, what holds, how severe, and whether it is too soon';

-- An alert that somebody acknowledged is told again where it became worse than what was acknowledged.
CREATE OR REPLACE FUNCTION drift_internal.keep_alert(checked drift.checks, monitor drift.monitors, weight drift_internal.alert_weight)
	RETURNS drift.alerts
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	alert drift.alerts;
	known text[];
	joined text[];
	worse boolean;
BEGIN
	SELECT * INTO alert FROM drift.alerts AS a WHERE a.alert_id = weight.alert_id AND a.status <> 'resolved' FOR UPDATE;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	known := ARRAY(SELECT jsonb_array_elements_text(alert.details -> 'items'));
	IF NOT (known && weight.holding OR cardinality(weight.raised) > 0) THEN
		RETURN CASE WHEN drift_internal.has_verdict(checked, weight.kind) THEN drift_internal.close_alert(alert.alert_id, checked.as_of) END;
	END IF;
	joined := ARRAY(SELECT i FROM unnest(weight.raised) WITH ORDINALITY AS r (i, place) WHERE i <> ALL (known) ORDER BY place);
	worse := cardinality(joined) > 0 OR (alert.severity = 'warning' AND weight.severity = 'critical');
	UPDATE drift.alerts AS a
	SET last_seen_at = checked.as_of,
		status = CASE WHEN worse THEN 'firing' ELSE a.status END,
		severity = CASE WHEN worse THEN least(a.severity, weight.severity) ELSE a.severity END,
		title = CASE WHEN cardinality(joined) > 0 THEN drift_internal.alert_title(monitor.name, weight.kind, known || joined) ELSE a.title END,
		details = a.details || jsonb_build_object('items', known || joined, 'notes', weight.notes, 'last_check_id', checked.check_id)
	WHERE a.alert_id = alert.alert_id
	RETURNING * INTO alert;
	IF NOT worse THEN
		RETURN NULL;
	END IF;
	PERFORM drift_internal.tell_alert(alert, 'escalated');
	RETURN alert;
END
$$;

COMMENT ON FUNCTION drift_internal.keep_alert(drift.checks, drift.monitors, drift_internal.alert_weight) IS
	'what a check means for an open alert: it is seen again, becomes worse or is resolved; the alert where it changed';

-- Only the newest check moves alerts: one of an older time is about what was, not what is.
CREATE OR REPLACE FUNCTION drift_internal.tune_alerts(check_id bigint) RETURNS SETOF drift.alerts
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	checked drift.checks;
	monitor drift.monitors;
	settings drift_internal.alert_settings;
	limits drift.thresholds;
	weight drift_internal.alert_weight;
	alert drift.alerts;
BEGIN
	SELECT * INTO checked FROM drift.checks AS c WHERE c.check_id = tune_alerts.check_id;
	SELECT * INTO monitor FROM drift.monitors AS m WHERE m.monitor_id = checked.monitor_id;
	monitor := drift_internal.check_monitor(monitor, 'run', coalesce(monitor.name, format('of check %s', check_id)));
	IF checked.check_id <> (
		SELECT c.check_id FROM drift.checks AS c WHERE c.monitor_id = checked.monitor_id ORDER BY c.as_of DESC, c.check_id DESC LIMIT 1)
	THEN
		RETURN;
	END IF;
	settings := drift_internal.read_alert_settings(drift_internal.config_of(checked));
	limits := drift_internal.limits_of(checked);
	-- Most checks find nothing.
	IF NOT EXISTS (SELECT FROM drift.alerts AS a WHERE a.monitor_id = checked.monitor_id AND a.status <> 'resolved')
		AND NOT EXISTS (SELECT FROM drift_internal.check_items(ARRAY[checked.check_id], limits, settings) AS i WHERE i.breaches)
	THEN
		RETURN;
	END IF;
	FOR weight IN
		SELECT * FROM drift_internal.weigh_alerts(checked, limits, settings) AS w ORDER BY w.kind
	LOOP
		alert := NULL;
		IF weight.alert_id IS NOT NULL THEN
			alert := drift_internal.keep_alert(checked, monitor, weight);
		ELSIF cardinality(weight.raised) > 0 AND NOT weight.is_cooling THEN
			alert := drift_internal.open_alert(ROW(checked.model_id, checked.monitor_id, checked.check_id, weight.kind, weight.severity,
				drift_internal.alert_title(monitor.name, weight.kind, weight.raised),
				jsonb_build_object('items', weight.raised, 'notes', weight.notes), checked.as_of)::drift_internal.alert_cause);
		END IF;
		IF alert.alert_id IS NOT NULL THEN
			RETURN NEXT alert;
		END IF;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift_internal.tune_alerts(bigint) IS
	'raises, keeps and resolves the alerts of a monitor after a check; those that changed';
