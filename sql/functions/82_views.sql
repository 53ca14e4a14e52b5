-- the registry as people look at it; what they see are the rows that they may see

CREATE OR REPLACE VIEW drift.model_stages WITH (security_invoker = true) AS
SELECT m.name AS model, v.version, v.stage, v.status,
	ARRAY(SELECT a.alias FROM drift.model_aliases AS a WHERE a.model_id = v.model_id AND a.version = v.version ORDER BY a.alias) AS aliases,
	v.version_name, v.description, v.format, v.task, v.size_bytes, v.metrics, v.tags, v.run_id, v.error, v.created_at, v.created_by, v.model_id
FROM drift.models AS m
JOIN drift.model_versions AS v ON v.model_id = m.model_id
WHERE m.deleted_at IS NULL;

COMMENT ON VIEW drift.model_stages IS 'each version of each model: where it stands, its aliases and what is told about it';
COMMENT ON COLUMN drift.model_stages.aliases IS 'names that stand for the version now, in order';

CREATE OR REPLACE VIEW drift.lineage WITH (security_invoker = true) AS
SELECT m.name AS model, v.version, v.version_name, v.run_id, v.training_query, v.training_rows, v.training_from, v.training_to, v.training_hash,
	v.lineage, encode(v.digest, 'hex') AS digest, v.artefact_uri,
	ARRAY(SELECT d.deployment_id FROM drift.deployments AS d WHERE d.model_id = v.model_id AND d.version = v.version ORDER BY d.deployment_id)
		AS deployments,
	l.log, v.created_at, v.created_by
FROM drift.models AS m
JOIN drift.model_versions AS v ON v.model_id = m.model_id
LEFT JOIN drift.prediction_logs AS l ON l.model_id = m.model_id
WHERE m.deleted_at IS NULL;

COMMENT ON VIEW drift.lineage IS
	'where each version comes from and where it went: run, training rows, artefact, deployments, and the log with its predictions, which name it in model_version';
COMMENT ON COLUMN drift.lineage.digest IS 'SHA-256 of the artefact, in hexadecimal digits';
COMMENT ON COLUMN drift.lineage.deployments IS 'deployments of the version, by their id in drift.deployments';

CREATE OR REPLACE VIEW drift.version_comparison WITH (security_invoker = true) AS
SELECT m.name AS model, v.version, v.stage, coalesce(metric.key, metric.metric) AS metric, metric.value::numeric AS value,
	(champion.metrics->metric.key)::numeric AS champion_value,
	metric.value::numeric - (champion.metrics->metric.key)::numeric AS difference,
	metric.measured AS measured_value, metric.value_low AS measured_low, metric.value_high AS measured_high, metric.n AS measured_rows,
	upper(metric.span) AS measured_until
FROM drift.models AS m
JOIN drift.model_versions AS v ON v.model_id = m.model_id
LEFT JOIN drift.model_aliases AS a ON a.model_id = m.model_id AND a.alias = 'champion'
LEFT JOIN drift.model_versions AS champion ON champion.model_id = a.model_id AND champion.version = a.version
CROSS JOIN LATERAL (
	SELECT * FROM (SELECT d.key, d.value FROM jsonb_each_text(v.metrics) AS d WHERE d.value IS NOT NULL) AS declared
	FULL JOIN (
		SELECT DISTINCT ON (t.metric) t.*
		FROM drift.checks AS c
		JOIN drift.check_metrics AS t USING (check_id)
		WHERE c.model_id = v.model_id AND c.model_version = v.version AND t.kind = 'realised' AND t.segment = ''
		ORDER BY t.metric, c.as_of DESC, c.check_id DESC
	) AS newest ON newest.metric = declared.key
) AS metric (key, value, check_id, segment, kind, metric, span, n, measured, standard_error, value_low, value_high)
WHERE m.deleted_at IS NULL;

COMMENT ON VIEW drift.version_comparison IS 'each metric of each version beside that of the champion, and as the newest check measured it while the version was the champion';
COMMENT ON COLUMN drift.version_comparison.champion_value IS 'the same metric of the champion; NULL where it has none';
COMMENT ON COLUMN drift.version_comparison.difference IS 'value less champion_value';
COMMENT ON COLUMN drift.version_comparison.measured_value IS 'as a monitor of the model measured it; NULL: none did';
COMMENT ON COLUMN drift.version_comparison.measured_until IS 'end of the span it was measured over';

CREATE OR REPLACE VIEW drift.alias_history WITH (security_invoker = true) AS
SELECT m.name AS model, e.alias, e.version, e.happened_at AS valid_from,
	(SELECT n.happened_at
		FROM drift.model_events AS n
		WHERE n.model_id = e.model_id AND n.alias = e.alias AND n.happened_at > e.happened_at
		ORDER BY n.happened_at
		LIMIT 1) AS valid_to,
	e.reason, e.actor, e.login, e.deployment_id, e.event_id, m.model_id
FROM drift.models AS m
JOIN drift.model_events AS e ON e.model_id = m.model_id
WHERE e.alias IS NOT NULL AND e.version IS NOT NULL;

COMMENT ON VIEW drift.alias_history IS
	'which version each alias stood for and when, also of deleted models; drift.version_at() asks it for one moment';
COMMENT ON COLUMN drift.alias_history.valid_to IS 'when it stood for it no longer; NULL: it still does';

GRANT SELECT ON drift.model_stages, drift.lineage, drift.version_comparison, drift.alias_history TO PUBLIC;

-- By number the newest come straight from the index, however many there are; the view by name would sort
-- them all, and so would a plan that does not know the numbers.
CREATE OR REPLACE FUNCTION drift.list_versions(model text, before integer DEFAULT NULL, at_most integer DEFAULT 20)
	RETURNS SETOF drift.model_stages
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
	SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	found_model drift.models := drift_internal.find_model(model, 'read');
BEGIN
	RETURN QUERY
		SELECT *
		FROM drift.model_stages AS s
		WHERE s.model_id = found_model.model_id AND s.version < coalesce(before, found_model.last_version + 1)
		ORDER BY s.version DESC
		LIMIT at_most;
END
$$;

COMMENT ON FUNCTION drift.list_versions(text, integer, integer) IS
	'the newest versions of a model, as in drift.model_stages, at most so many: those before a number for the next page';
