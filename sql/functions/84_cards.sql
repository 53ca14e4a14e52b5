-- model cards: what people write, with its history, and what the registry knows

CREATE OR REPLACE FUNCTION drift.card_sections()
	RETURNS TABLE (section text, title text, required boolean, about text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
		('overview', 'Overview', false, 'what the model does, for whom'),
		('owners', 'Owners', false, 'who answers for it and how to reach them'),
		('approved_use_cases', 'Approved use cases', true, 'what it may be used for'),
		('limitations', 'Limitations', true, 'what it cannot do, where it is known to fail'),
		('trade_offs', 'Trade-offs', false, 'what was given up for what'),
		('ethical_considerations', 'Ethical considerations', false, 'risks for people and what is done about them'),
		('fairness', 'Fairness', false, 'groups that were compared, and what was found'),
		('data', 'Data', false, 'sources of the training data, what is sensitive in them'),
		('licence', 'Licence', false, 'terms of the model and of its data'),
		('references', 'References', false, 'papers, reports, tickets')
$$;

COMMENT ON FUNCTION drift.card_sections() IS
	'Sections of a model card that people write, in the order of the card; required ones must be there before a request for promotion is approved.';

CREATE OR REPLACE FUNCTION drift_internal.missing_sections(model_id integer, version integer) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(array_agg(s.section ORDER BY s.position), '{}')
	FROM drift.card_sections() WITH ORDINALITY AS s (section, title, required, about, position)
	WHERE s.required AND NOT EXISTS (
		SELECT FROM drift.model_cards AS c
		WHERE c.model_id = missing_sections.model_id AND c.version = missing_sections.version AND c.section = s.section)
$$;

COMMENT ON FUNCTION drift_internal.missing_sections(integer, integer) IS 'required sections that the card of a version lacks';

CREATE OR REPLACE FUNCTION drift.write_card(model text, version integer, section text, content text) RETURNS SETOF drift.model_cards
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_model drift.models := drift_internal.lock_model(model, 'operate');
	entry drift.model_cards;
BEGIN
	PERFORM drift_internal.find_version(of_model, version);
	IF section IS NULL OR section NOT IN (SELECT s.section FROM drift.card_sections() AS s) THEN
		RAISE EXCEPTION 'model cards have no section %', coalesce(format('"%s"', section), 'NULL')
			USING ERRCODE = 'invalid_parameter_value',
				HINT = format('Sections are %s.', (SELECT string_agg(s.section, ', ') FROM drift.card_sections() AS s));
	ELSIF coalesce(btrim(content, E' \t\r\n'), '') = '' THEN
		RAISE EXCEPTION 'section % of the model card is empty', section
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Where there is nothing to say, say that: None known.';
	END IF;
	INSERT INTO drift.model_cards (model_id, version, section, content, written_by)
	VALUES (of_model.model_id, write_card.version, write_card.section, write_card.content, pg_get_userbyid(drift_internal.actor()))
	RETURNING * INTO entry;
	PERFORM drift_internal.record_event(of_model.model_id, 'card_written', version,
		details => jsonb_build_object('section', section, 'entry_id', entry.entry_id));
	RETURN NEXT entry;
END
$$;

COMMENT ON FUNCTION drift.write_card(text, integer, text, text) IS
	'Writes a section of the model card of a version; earlier texts stay in drift.model_cards. Needs the privilege operate.';

CREATE OR REPLACE FUNCTION drift_internal.card_model(model drift.models) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('name', model.name, 'owner', model.owner, 'description', model.description, 'tags', model.tags,
		'required_approvals', model.required_approvals, 'approver_roles', model.approver_roles)
$$;

COMMENT ON FUNCTION drift_internal.card_model(drift.models) IS 'of a model card: the model';

CREATE OR REPLACE FUNCTION drift_internal.card_version(v drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('version', v.version, 'version_name', v.version_name, 'status', v.status, 'stage', v.stage,
		'aliases', coalesce((
			SELECT jsonb_agg(a.alias ORDER BY a.alias) FROM drift.model_aliases AS a
			WHERE a.model_id = v.model_id AND a.version = v.version), '[]'),
		'description', v.description, 'format', v.format, 'task', v.task, 'digest', encode(v.digest, 'hex'), 'size_bytes', v.size_bytes,
		'artefact_uri', v.artefact_uri, 'run_id', v.run_id, 'lineage', v.lineage, 'tags', v.tags,
		'created_at', v.created_at, 'created_by', v.created_by)
$$;

COMMENT ON FUNCTION drift_internal.card_version(drift.model_versions) IS 'of a model card: the version';

CREATE OR REPLACE FUNCTION drift_internal.card_history(v drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(to_jsonb(c) - 'version' ORDER BY c."from") FILTER (WHERE c.version = v.version), '[]')
	FROM (
		SELECT e.version, e.happened_at AS "from", lead(e.happened_at) OVER (ORDER BY e.happened_at) AS "to", e.actor AS "by", e.reason
		FROM drift.model_events AS e
		WHERE e.model_id = v.model_id AND e.alias = 'champion') AS c
$$;

COMMENT ON FUNCTION drift_internal.card_history(drift.model_versions) IS 'of a model card: when the version was champion';

CREATE OR REPLACE FUNCTION drift_internal.card_deployments(v drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('deployment_id', d.deployment_id, 'strategy', d.strategy, 'status', d.status,
			'previous_version', d.previous_version, 'from', d.started_at, 'to', d.finished_at, 'by', d.started_by, 'reason', d.reason,
			'last_verdict', (
				SELECT a.verdict FROM drift.deployment_analyses AS a
				WHERE a.deployment_id = d.deployment_id ORDER BY a.analysis_id DESC LIMIT 1))
		ORDER BY d.deployment_id), '[]')
	FROM drift.deployments AS d
	WHERE d.model_id = v.model_id AND d.version = v.version
$$;

COMMENT ON FUNCTION drift_internal.card_deployments(drift.model_versions) IS 'of a model card: deployments of the version';

CREATE OR REPLACE FUNCTION drift_internal.card_requests(v drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('request_id', r.request_id, 'status', r.status, 'by', r.requested_by, 'at', r.requested_at,
			'reason', r.reason, 'evidence', r.evidence,
			'reviews', coalesce((
				SELECT jsonb_agg(jsonb_build_object('verdict', a.verdict, 'by', a.approved_by, 'at', a.decided_at, 'comment', a.comment)
					ORDER BY a.approval_id)
				FROM drift.approvals AS a WHERE a.request_id = r.request_id), '[]'))
		ORDER BY r.request_id), '[]')
	FROM drift.promotion_requests AS r
	WHERE r.model_id = v.model_id AND r.version = v.version
$$;

COMMENT ON FUNCTION drift_internal.card_requests(drift.model_versions) IS 'of a model card: requests for promotion with their evidence and reviews';

CREATE OR REPLACE FUNCTION drift_internal.card_texts(v drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_object_agg(c.section, jsonb_build_object('content', c.content, 'by', c.written_by, 'at', c.written_at)), '{}')
	FROM (
		SELECT DISTINCT ON (t.section) t.*
		FROM drift.model_cards AS t
		WHERE t.model_id = v.model_id AND t.version = v.version
		ORDER BY t.section, t.entry_id DESC) AS c
$$;

COMMENT ON FUNCTION drift_internal.card_texts(drift.model_versions) IS 'of a model card: what people wrote last';

CREATE OR REPLACE FUNCTION drift_internal.card_performance(v drift.model_versions, since timestamptz) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	logs drift.prediction_logs;
	months jsonb;
BEGIN
	SELECT * INTO logs FROM drift.prediction_logs AS l WHERE l.model_id = v.model_id;
	-- NULL, and so nothing, also where a table is gone.
	IF has_table_privilege(logs.log::oid, 'SELECT') AND has_table_privilege(logs.outcomes::oid, 'SELECT') THEN
		EXECUTE format($query$
			WITH predicted AS (
				SELECT to_char(predicted_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) AS predictions
				FROM %s
				WHERE model_version = $1 AND predicted_at >= $2 AND status <> 'error'
				GROUP BY month),
			judged AS (
				SELECT to_char(predicted_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) AS labelled,
					avg((label = actual)::integer)::double precision AS accuracy,
					avg(abs(score - actual_value)) FILTER (WHERE label IS NULL) AS mean_absolute_error
				FROM (%s) AS labelled
				WHERE model_version = $1 AND predicted_at >= $2 AND status <> 'error'
				GROUP BY month)
			SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(m)) ORDER BY m.month), '[]')
			FROM (SELECT month, predictions, coalesce(labelled, 0) AS labelled, accuracy, mean_absolute_error
				FROM predicted LEFT JOIN judged USING (month)) AS m
			$query$, drift_internal.relation_name(logs.log), drift_internal.labelled_definition(logs.log, logs.outcomes))
		INTO months USING v.version, since;
	END IF;
	RETURN months;
END
$$;

COMMENT ON FUNCTION drift_internal.card_performance(drift.model_versions, timestamptz) IS
	'of a model card: predictions of the version, those with outcomes, and how good they were, by month of UTC; NULL where there is no log or the caller may not read it';

CREATE OR REPLACE FUNCTION drift.model_card(model text, version integer DEFAULT NULL, performance_over interval DEFAULT '1 year') RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_model drift.models := drift_internal.find_model(model, 'read');
	v drift.model_versions := drift_internal.find_version(of_model,
		coalesce(version, drift_internal.champion_of(of_model.model_id), of_model.last_version));
BEGIN
	RETURN jsonb_build_object(
		'model', drift_internal.card_model(of_model),
		'version', drift_internal.card_version(v),
		'written', drift_internal.card_texts(v),
		'missing', to_jsonb(drift_internal.missing_sections(v.model_id, v.version)),
		'inputs', v.inputs, 'parameters', v.parameters, 'metrics', v.metrics,
		'training', jsonb_build_object('query', v.training_query, 'rows', v.training_rows, 'from', v.training_from, 'to', v.training_to,
			'hash', v.training_hash),
		'feature_importance', (
			SELECT jsonb_agg(jsonb_build_object('feature', s.feature, 'share', round(s.share::numeric, 6)) ORDER BY s.share DESC, s.feature)
			FROM drift_internal.importance_shares(v.model_id, v.version) AS s WHERE s.share IS NOT NULL),
		'performance', CASE WHEN performance_over > interval '0' THEN drift_internal.card_performance(v, now() - performance_over) END,
		'champion', drift_internal.card_history(v),
		'deployments', drift_internal.card_deployments(v),
		'promotion_requests', drift_internal.card_requests(v));
END
$$;

COMMENT ON FUNCTION drift.model_card(text, integer, interval) IS
	'The model card of a version, without a version of the champion, or else of the newest version: what people wrote and what the registry knows, and its performance by month over some time, where the caller may read the prediction log. With performance_over 0 the log is not read.';
