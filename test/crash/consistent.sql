-- What must hold between the registry's tables at any time. Each row that comes out is a problem.
--
-- Usage, as superuser: psql -XAtq -f consistent.sql
SET search_path = pg_catalog, pg_temp;

-- --- references --------------------------------------------------------------

SELECT format('SELECT DISTINCT %L || concat_ws(%L, %s) FROM drift.%I AS c WHERE %s IS NOT NULL AND NOT EXISTS (SELECT FROM drift.%I AS p WHERE (%s) = (%s))',
	format('%s: nothing in %s is ', child, parent), ' ', columns, child, last_column, parent, target, columns)
FROM (VALUES
	('model_versions', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('model_privileges', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('model_events', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('prediction_logs', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('outbox', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('alerts', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('model_artefacts', 'model_versions', 'c.model_id, c.version', 'c.version', 'p.model_id, p.version'),
	('model_aliases', 'model_versions', 'c.model_id, c.version', 'c.version', 'p.model_id, p.version'),
	('model_events', 'model_versions', 'c.model_id, c.version', 'c.version', 'p.model_id, p.version'),
	('routes', 'model_versions', 'c.model_id, c.version', 'c.version', 'p.model_id, p.version'),
	('model_cards', 'model_versions', 'c.model_id, c.version', 'c.version', 'p.model_id, p.version'),
	('promotion_requests', 'model_versions', 'c.model_id, c.version', 'c.version', 'p.model_id, p.version'),
	('deployments', 'model_versions', 'c.model_id, c.version', 'c.version', 'p.model_id, p.version'),
	('deployments', 'model_versions', 'c.model_id, c.previous_version', 'c.previous_version', 'p.model_id, p.version'),
	('model_events', 'deployments', 'c.deployment_id', 'c.deployment_id', 'p.deployment_id'),
	('deployment_analyses', 'deployments', 'c.deployment_id', 'c.deployment_id', 'p.deployment_id'),
	('evaluations', 'model_versions', 'c.model_id, c.champion_version', 'c.champion_version', 'p.model_id, p.version'),
	('evaluations', 'model_versions', 'c.model_id, c.challenger_version', 'c.challenger_version', 'p.model_id, p.version'),
	('validations', 'deployments', 'c.deployment_id', 'c.deployment_id', 'p.deployment_id'),
	('validations', 'model_versions', 'c.model_id, c.version', 'c.version', 'p.model_id, p.version'),
	('validations', 'model_versions', 'c.model_id, c.previous_version', 'c.previous_version', 'p.model_id, p.version'),
	('approvals', 'promotion_requests', 'c.request_id', 'c.request_id', 'p.request_id'),
	('prediction_log_features', 'prediction_logs', 'c.log_id', 'c.log_id', 'p.log_id'),
	('baselines', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('baselines', 'model_versions', 'c.model_id, c.model_version', 'c.model_version', 'p.model_id, p.version'),
	('baseline_columns', 'baselines', 'c.baseline_id', 'c.baseline_id', 'p.baseline_id'),
	('monitors', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('monitor_columns', 'monitors', 'c.monitor_id', 'c.monitor_id', 'p.monitor_id'),
	('windows', 'monitor_columns', 'c.monitor_id, c.column_id', 'c.monitor_id', 'p.monitor_id, p.column_id'),
	('checks', 'monitors', 'c.monitor_id', 'c.monitor_id', 'p.monitor_id'),
	('check_features', 'checks', 'c.check_id', 'c.check_id', 'p.check_id'),
	('check_metrics', 'checks', 'c.check_id', 'c.check_id', 'p.check_id'),
	('custom_metrics', 'monitor_columns', 'c.monitor_id, c.column_id, c.name', 'c.monitor_id', 'p.monitor_id, p.column_id, p.column_name'),
	('performance_baselines', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('performance_baselines', 'model_versions', 'c.model_id, c.model_version', 'nullif(c.model_version, 0)', 'p.model_id, p.version'),
	('estimators', 'model_versions', 'c.model_id, c.model_version', 'c.model_version', 'p.model_id, p.version'),
	('estimator_metrics', 'estimators', 'c.model_id, c.model_version', 'c.model_version', 'p.model_id, p.model_version'),
	('decisions', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('decisions', 'monitors', 'c.monitor_id', 'CASE WHEN c.model_id IS NULL THEN c.monitor_id END', 'p.monitor_id'), -- a model's stay
	('alert_rules', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('alert_groups', 'alert_rules', 'c.rule_id', 'c.rule_id', 'p.rule_id'),
	('reports', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('reports', 'monitors', 'c.monitor_id', 'c.monitor_id', 'p.monitor_id'),
	('retrain_triggers', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('training_configs', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('expectations', 'training_configs', 'c.model_id', 'c.model_id', 'p.model_id'),
	('silences', 'monitors', 'c.monitor_id', 'c.monitor_id', 'p.monitor_id'),
	('schedules', 'monitors', 'c.monitor_id', 'c.monitor_id', 'p.monitor_id'),
	('schedules', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('job_runs', 'schedules', 'c.schedule_id', 'c.schedule_id', 'p.schedule_id'),
	('training_runs', 'models', 'c.model_id', 'c.model_id', 'p.model_id'),
	('training_runs', 'model_versions', 'c.model_id, c.version', 'c.version', 'p.model_id, p.version'),
	('training_runs', 'model_versions', 'c.model_id, c.champion_version', 'c.champion_version', 'p.model_id, p.version'),
	('training_runs', 'training_trials', 'c.run_id, c.best_trial', 'c.best_trial', 'p.run_id, p.trial'),
	('run_steps', 'training_runs', 'c.run_id', 'c.run_id', 'p.run_id'),
	('training_trials', 'training_runs', 'c.run_id', 'c.run_id', 'p.run_id'),
	('trial_artefacts', 'training_trials', 'c.run_id, c.trial', 'c.trial', 'p.run_id, p.trial'),
	('run_metrics', 'training_runs', 'c.run_id', 'c.run_id', 'p.run_id'),
	('run_profiles', 'training_runs', 'c.run_id', 'c.run_id', 'p.run_id')
) AS r (child, parent, columns, last_column, target)
\gexec

-- --- versions ----------------------------------------------------------------

SELECT format('model %s: versions are not numbered 1 to %s but %s to %s, %s of them', m.model_id, m.last_version, min(v.version), max(v.version), count(v))
FROM drift.models AS m LEFT JOIN drift.model_versions AS v USING (model_id)
GROUP BY m.model_id
HAVING (coalesce(max(v.version), 0), count(v)) <> (m.last_version, m.last_version);

SELECT format('model %s version %s: is %s and has%s an artefact', v.model_id, v.version, v.status, CASE WHEN a IS NULL THEN ' not' END)
FROM drift.model_versions AS v LEFT JOIN drift.model_artefacts AS a USING (model_id, version)
WHERE v.format <> 'external' AND (v.status = 'ready') <> (a.artefact IS NOT NULL);

SELECT format('model %s version %s: the artefact is not that of the digest', v.model_id, v.version)
FROM drift.model_versions AS v JOIN drift.model_artefacts AS a USING (model_id, version)
WHERE encode(v.digest, 'hex') <> drift.describe(a.artefact)->>'digest';

-- --- aliases and their history -----------------------------------------------

SELECT format('model %s alias %s: is version %s, by its history %s', coalesce(a.model_id, e.model_id), coalesce(a.alias, e.alias), a.version, e.version)
FROM drift.model_aliases AS a
FULL JOIN (
	SELECT DISTINCT ON (model_id, alias) model_id, alias, version
	FROM drift.model_events WHERE alias IS NOT NULL
	ORDER BY model_id, alias, happened_at DESC) AS e USING (model_id, alias)
WHERE a.version IS DISTINCT FROM e.version;

SELECT format('model %s: event %s is not later than the one before', model_id, event_id)
FROM (SELECT model_id, event_id, happened_at > lag(happened_at) OVER (PARTITION BY model_id ORDER BY event_id) AS later FROM drift.model_events) AS e
WHERE NOT later;

SELECT format('model %s: event %s returns to event %s, which is no earlier champion of it', e.model_id, e.event_id, e.previous_event_id)
FROM drift.model_events AS e
LEFT JOIN drift.model_events AS p
	ON p.event_id = e.previous_event_id AND p.model_id = e.model_id AND p.alias = 'champion' AND p.event_id < e.event_id
WHERE e.previous_event_id IS NOT NULL AND p.event_id IS NULL;

SELECT format('model %s: version %s is in stage %s, the champion is %s', v.model_id, v.version, v.stage, a.version)
FROM drift.model_versions AS v LEFT JOIN drift.model_aliases AS a ON a.model_id = v.model_id AND a.alias = 'champion'
WHERE (v.stage = 'production') <> coalesce(v.version = a.version, false);

SELECT format('model %s: champion event %s has %s events for outside systems', e.model_id, e.event_id, count(o))
FROM drift.model_events AS e
LEFT JOIN drift.outbox AS o ON o.model_id = e.model_id AND o.topic = 'champion_changed' AND (o.payload->>'event_id')::bigint = e.event_id
WHERE e.event = 'alias_set' AND e.alias = 'champion' AND e.happened_at > now() - interval '1 day' -- later they may have been purged
GROUP BY e.model_id, e.event_id
HAVING count(o) <> 1;

-- --- deployments and routes --------------------------------------------------

SELECT format('deployment %s: is %s and finished at %s', deployment_id, status, finished_at)
FROM drift.deployments
WHERE (status = 'running') <> (finished_at IS NULL);

SELECT format('deployment %s: is at step %s of %s', deployment_id, step, cardinality(weights))
FROM drift.deployments
WHERE step > greatest(cardinality(weights), 1);

-- What the champion and the running deployment ask for.
CREATE TEMPORARY VIEW wanted_route AS
SELECT c.model_id, r.*, coalesce(d.salt, '') AS salt
FROM drift.model_aliases AS c
LEFT JOIN drift.deployments AS d ON d.model_id = c.model_id AND d.status = 'running'
CROSS JOIN LATERAL (SELECT CASE WHEN d.strategy <> 'shadow' THEN coalesce(d.weights[d.step], 0) ELSE 0 END) AS w (weight)
CROSS JOIN LATERAL (VALUES
	('champion', c.version, w.weight, 10000),
	('challenger', CASE WHEN w.weight > 0 THEN d.version END, 0, w.weight),
	('shadow', CASE WHEN d.strategy = 'shadow' THEN d.version END, NULL, NULL)) AS r (arm, version, first_bucket, end_bucket)
WHERE c.alias = 'champion' AND r.version IS NOT NULL;

SELECT format('model %s arm %s: the route is %s, it should be %s', coalesce(r.model_id, w.model_id), coalesce(r.arm, w.arm), r, w)
FROM drift.routes AS r FULL JOIN wanted_route AS w USING (model_id, arm)
WHERE (r.version, r.first_bucket, r.end_bucket, r.salt) IS DISTINCT FROM (w.version, w.first_bucket, w.end_bucket, w.salt);

SELECT format('model %s arm %s: version %s is %s, its digest is not that of the route', r.model_id, r.arm, r.version, v.status)
FROM drift.routes AS r JOIN drift.model_versions AS v USING (model_id, version)
WHERE v.status <> 'ready' OR r.digest IS DISTINCT FROM CASE WHEN v.format <> 'external' THEN v.digest END;

SELECT format('model %s: is frozen since %s and its alert is %s', m.model_id, m.frozen_at, coalesce(a.status, 'not there'))
FROM drift.models AS m LEFT JOIN drift.alerts AS a ON a.model_id = m.model_id AND a.kind = 'model_frozen' AND a.status <> 'resolved'
WHERE m.deleted_at IS NULL AND (m.frozen_at IS NULL) <> (a.alert_id IS NULL);

-- --- evaluations -------------------------------------------------------------

SELECT format('evaluation %s: verdict %s does not follow from its terms, or deploy is %s', evaluation_id, verdict, deploy)
FROM drift.evaluations
WHERE verdict <> drift_internal.verdict_of(terms) OR deploy <> (verdict = 'pass') OR champion_version = challenger_version;

-- --- validations -------------------------------------------------------------

SELECT format('validation %s: verdict %s does not follow from its terms, or action is %s', validation_id, verdict, action)
FROM drift.validations
WHERE verdict <> drift_internal.verdict_of(terms) OR (verdict = 'pass') <> (action = 'kept') OR (verdict = 'inconclusive') <> (action = 'waits');

SELECT format('validation %s: version %s was not taken back', v.validation_id, v.version)
FROM drift.validations AS v
WHERE v.action = 'rolled_back' AND NOT EXISTS (
	SELECT FROM drift.model_events AS e
	WHERE e.model_id = v.model_id AND e.alias = 'champion' AND e.version = v.previous_version AND e.happened_at >= v.validated_at);

-- --- governance --------------------------------------------------------------

SELECT format('request %s: is %s and closed at %s', request_id, status, closed_at)
FROM drift.promotion_requests
WHERE (status = 'open') <> (closed_at IS NULL);

SELECT format('request %s: was promoted with %s of %s approvals', r.request_id, count(a), m.required_approvals)
FROM drift.promotion_requests AS r JOIN drift.models AS m USING (model_id)
LEFT JOIN drift.approvals AS a ON a.request_id = r.request_id AND a.verdict = 'approve'
WHERE r.status = 'promoted'
GROUP BY r.request_id, m.model_id
HAVING count(a) = 0;

-- --- identities do not run behind their rows ---------------------------------

SELECT format($$SELECT %L || s.last_value || ', the table at ' || t.last FROM %s AS s, (SELECT max(%I) AS last FROM %s) AS t
	WHERE t.last > s.last_value OR (t.last = s.last_value AND NOT s.is_called)$$,
	format('%s.%s: the sequence is at ', c.oid::regclass, a.attname), pg_get_serial_sequence(c.oid::regclass::text, a.attname), a.attname, c.oid::regclass)
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attidentity <> ''
WHERE c.relnamespace = 'drift'::regnamespace OR c.oid IN (SELECT outcomes FROM drift.prediction_logs)
\gexec

-- --- monitors ----------------------------------------------------------------

SELECT format('baseline %s: versions are not numbered 1 to %s', name, max(version))
FROM drift.baselines GROUP BY name HAVING max(version) <> count(*);

SELECT format('baseline %s version %s: has no columns', name, version)
FROM drift.baselines AS b WHERE NOT EXISTS (SELECT FROM drift.baseline_columns AS c WHERE c.baseline_id = b.baseline_id);

SELECT format('baseline %s column %s: profile of %s rows, the baseline has %s', b.name, c.column_name, drift.row_count(c.profile), b.row_count)
FROM drift.baselines AS b JOIN drift.baseline_columns AS c USING (baseline_id)
WHERE c.segment = '' AND drift.row_count(c.profile) <> b.row_count;

SELECT format('monitor %s: has %s states', m.name, count(s))
FROM drift.monitors AS m FULL JOIN drift_internal.monitor_states AS s USING (monitor_id)
GROUP BY m.monitor_id, m.name HAVING count(s) <> 1 OR count(m) <> 1;

SELECT DISTINCT format('monitor %s: buckets are marked and it is not there', monitor_id)
FROM drift_internal.dirty_buckets WHERE monitor_id NOT IN (SELECT monitor_id FROM drift.monitors);

-- Rows of a window by kind of column: those of targets come later than those of features. NULL where rows are counted by outcomes.
CREATE TEMPORARY VIEW window_rows AS
SELECT w.monitor_id, m.name, m.bucket, m.time_zone, w.segment, w.grain, w.starts_at, w.column_id, c.role, drift.row_count(w.profile) AS n
FROM drift.windows AS w JOIN drift.monitors AS m USING (monitor_id) JOIN drift.monitor_columns AS c USING (monitor_id, column_id);

SELECT format('monitor %s: a bucket of %s has %s rows in one column and %s in another', name, starts_at, min(n), max(n))
FROM window_rows WHERE role IN ('feature', 'score') AND segment = ''
GROUP BY name, grain, starts_at HAVING min(n) <> max(n);

SELECT format('monitor %s: the segments of the %s of %s have %s rows, it has %s', name, grain, starts_at, sum(n) FILTER (WHERE segment <> ''), sum(n) FILTER (WHERE segment = ''))
FROM window_rows
GROUP BY name, grain, starts_at, column_id HAVING sum(n) FILTER (WHERE segment <> '') <> sum(n) FILTER (WHERE segment = '');

-- Smaller windows are purged before larger ones, so that a larger one may have more rows where the oldest of the smaller begin.
SELECT format('monitor %s: the %s of %s has %s rows, its parts have %s', a.name, a.grain, a.starts_at, a.n, coalesce(b.n, 0))
FROM window_rows AS a
JOIN (VALUES ('day', 'hour'), ('month', 'day')) AS g (above, below) ON g.above = a.grain
LEFT JOIN LATERAL (
	SELECT sum(b.n) AS n FROM window_rows AS b
	WHERE (b.monitor_id, b.segment, b.grain, b.column_id) = (a.monitor_id, a.segment, g.below, a.column_id)
		AND date_trunc(a.grain, b.starts_at, a.time_zone) = a.starts_at) AS b ON true
WHERE (g.below = 'day' OR a.bucket = 'hour')
	AND (b.n > a.n OR (b.n IS DISTINCT FROM a.n AND a.starts_at > (SELECT min(o.starts_at) FROM drift.windows AS o WHERE o.monitor_id = a.monitor_id AND o.grain = g.below)));

SELECT DISTINCT format('monitor %s: the %s of %s is not in a %s', b.name, b.grain, b.starts_at, g.above)
FROM window_rows AS b
JOIN (VALUES ('day', 'hour'), ('month', 'day')) AS g (above, below) ON g.below = b.grain
WHERE NOT EXISTS (SELECT FROM drift.windows AS a WHERE (a.monitor_id, a.segment, a.grain, a.starts_at, a.column_id)
	= (b.monitor_id, b.segment, g.above, date_trunc(g.above, b.starts_at, b.time_zone), b.column_id));

SELECT format('monitor %s: the check of %s is %s and has %s features', c.monitor_id, c.as_of, c.status, count(f))
FROM drift.checks AS c LEFT JOIN drift.check_features AS f USING (check_id)
GROUP BY c.check_id
HAVING CASE WHEN c.status = 'error' THEN count(f) > 0 OR c.error IS NULL ELSE c.error IS NOT NULL OR (count(f) = 0 AND c.status <> 'insufficient_data') END;

SELECT format('alert %s: of check %s and monitor %s, which are not there', a.alert_id, a.check_id, a.monitor_id)
FROM drift.alerts AS a
WHERE a.monitor_id IS NOT NULL AND NOT EXISTS (SELECT FROM drift.monitors AS m WHERE m.monitor_id = a.monitor_id);

SELECT format('alert %s: is %s and was resolved at %s', alert_id, status, resolved_at)
FROM drift.alerts WHERE (status = 'resolved') <> (resolved_at IS NOT NULL);

SELECT format('run %s: is %s and finished at %s', run_id, status, finished_at)
FROM drift.job_runs WHERE (status = 'running') <> (finished_at IS NULL);

-- --- logs and outcomes -------------------------------------------------------

-- A log that its owner dropped is a matter of health, not of consistency.
CREATE TEMPORARY VIEW present_log AS
SELECT l.* FROM drift.prediction_logs AS l JOIN pg_class AS c ON c.oid = l.log JOIN pg_class AS o ON o.oid = l.outcomes;

SELECT format('log %s: feature %s has no column %s', l.log, f.feature, f.column_name)
FROM drift.prediction_log_features AS f JOIN present_log AS l USING (log_id)
LEFT JOIN pg_attribute AS a ON a.attrelid = l.log AND a.attname = f.column_name::name AND NOT a.attisdropped
WHERE a.attname IS NULL;

SELECT format('SELECT %L || prediction_id || $$ is there $$ || count(*) || $$ times$$ FROM %s GROUP BY prediction_id HAVING count(*) > 1',
	format('log %s: prediction ', log), log)
FROM present_log
\gexec

SELECT format('SELECT %L || l.model_version FROM %s AS l
	WHERE NOT EXISTS (SELECT FROM drift.model_versions AS v WHERE v.model_id = %s AND v.version = l.model_version)
	GROUP BY l.model_version', format('log %s: predictions of a version that model %s does not have: ', log, model_id), log, model_id)
FROM present_log
\gexec

-- A row is not the answer to a caller only where another row is.
SELECT format('SELECT %L || s.prediction_id FROM %s AS s
	WHERE s.shadow_of IS NOT NULL AND NOT EXISTS (SELECT FROM %s AS a WHERE a.prediction_id = s.shadow_of AND a.shadow_of IS NULL)',
	format('log %s: stands beside no answer: ', log), log, log)
FROM present_log
\gexec

SELECT format('SELECT %L || outcome_id FROM %s AS o
	WHERE o.predicted_at IS NOT NULL AND NOT EXISTS (SELECT FROM %s AS p WHERE p.prediction_id = o.prediction_id AND p.predicted_at = o.predicted_at)',
	format('outcomes %s: the prediction is gone of outcome ', outcomes), outcomes, log)
FROM present_log WHERE retention IS NULL
\gexec

-- What a detector knows, what is said of it and what it found belong together.
SELECT format('detector %s: %s values and %s changes, and its state knows of %s and %s', d.name, d.seen, d.changes, drift.detector_seen(s.detector),
	drift.detector_drifts(s.detector))
FROM drift.detectors AS d
FULL JOIN drift_internal.detector_states AS s USING (detector_id)
WHERE (d.seen, d.changes) IS DISTINCT FROM (drift.detector_seen(s.detector), drift.detector_drifts(s.detector));

SELECT format('detector %s: %s changes, and %s rows of them', d.name, d.changes, count(c.change_id))
FROM drift.detectors AS d
LEFT JOIN drift.change_points AS c ON c.detector_id = d.detector_id AND c.severity = 'change'
GROUP BY d.detector_id
HAVING d.changes <> count(c.change_id);

-- What a learner knows, what is said of it and how often it was given rows.
SELECT format('learner %s: %s rows and %s changes, and its state knows of %s and %s', l.name, l.seen, l.changes, f.seen, f.changes)
FROM drift.learners AS l
FULL JOIN drift_internal.learner_states AS s USING (learner_id), LATERAL drift_internal.describe_learner(s.learner) AS f
WHERE (l.seen, l.changes) IS DISTINCT FROM (coalesce(f.seen, 0), coalesce(f.changes, 0));

SELECT format('learner %s: given rows %s times, and the last time is number %s', l.name, l.updates, max(u.place))
FROM drift.learners AS l LEFT JOIN drift.learner_updates AS u USING (learner_id)
GROUP BY l.learner_id HAVING l.updates <> coalesce(max(u.place), 0);

-- --- training ----------------------------------------------------------------

SELECT format('run %s: is %s and finished at %s', run_id, status, finished_at)
FROM drift.training_runs
WHERE (status = 'running') <> (finished_at IS NULL);

SELECT format('run %s: is %s, its step %s %s', r.run_id, r.status, s.step, s.status)
FROM drift.training_runs AS r JOIN drift.run_steps AS s USING (run_id)
WHERE (s.status = 'running') <> (s.finished_at IS NULL) OR (s.status = 'running' AND r.status <> 'running');

SELECT format('run %s: is %s, its trial %s %s', r.run_id, r.status, t.trial, t.status)
FROM drift.training_runs AS r JOIN drift.training_trials AS t USING (run_id)
WHERE (t.status = 'running' AND r.status <> 'running') OR (t.status = 'succeeded' AND t.size_bytes IS NULL AND r.kind <> 'external');

SELECT format('run %s of model %s: is %s and has version %s', run_id, model_id, status, version)
FROM drift.training_runs
WHERE kind = 'retrain' AND (status IN ('succeeded', 'needs_review')) <> (version IS NOT NULL);

SELECT format('model %s version %s: was made by run %s, whose version is %s', v.model_id, v.version, r.run_id, r.version)
FROM drift.model_versions AS v JOIN drift.training_runs AS r ON r.model_id = v.model_id AND r.run_id::text = v.lineage->>'run_id'
WHERE v.version IS DISTINCT FROM r.version;
