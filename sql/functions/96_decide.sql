-- decisions: what follows from a check, written down also where it is nothing

-- The verdict on data is that of the features alone. A PSI that chance explains does not count.
CREATE OR REPLACE FUNCTION drift_internal.check_facts(checked drift.checks) RETURNS drift_internal.decision_facts
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts drift_internal.decision_facts;
	monitor drift.monitors;
BEGIN
	facts.model_id := checked.model_id;
	facts.monitor_id := checked.monitor_id;
	facts.check_id := checked.check_id;
	facts.as_of := checked.as_of;
	facts.performance_verdict := coalesce(checked.performance, 'insufficient_data');
	facts.drift_score := CASE WHEN checked.drift_detected THEN checked.drift_score END;
	facts.drift_share := CASE WHEN checked.drift_detected THEN checked.drift_share END;
	facts.drifted_features := coalesce(checked.drifted_features, '{}');
	facts.n_features := checked.n_features;
	facts.n_current := checked.n_current;
	facts.error := CASE WHEN checked.status = 'error' THEN checked.error END;

	SELECT drift_internal.worst_severity(VARIADIC array_agg(f.severity) FILTER (WHERE f.role = 'feature')),
		max(f.psi) FILTER (WHERE f.role = 'feature' AND f.drifted)
	INTO facts.data_verdict, facts.max_psi
	FROM drift.check_features AS f
	WHERE f.check_id = checked.check_id AND f.segment = '';
	-- Losses of custom metrics have units of their own.
	SELECT max(m.loss) INTO facts.performance_drop
	FROM drift.check_metrics AS m
	WHERE m.check_id = checked.check_id AND m.segment = '' AND m.kind = 'realised' AND m.severity IN ('ok', 'warning', 'critical')
		AND NOT EXISTS (SELECT FROM drift.custom_metrics AS u WHERE u.monitor_id = checked.monitor_id AND u.name = m.metric);
	facts.data_verdict := CASE WHEN checked.status = 'error' THEN 'error'
		ELSE coalesce(drift_internal.features_severity(checked.drift_share, facts.data_verdict, drift_internal.limits_of(checked)), 'insufficient_data') END;

	SELECT * INTO monitor FROM drift.monitors AS m WHERE m.monitor_id = checked.monitor_id;
	facts.new_rows := drift_internal.rows_between(monitor, drift_internal.known_to(monitor), checked.as_of);
	RETURN facts;
END
$$;

COMMENT ON FUNCTION drift_internal.check_facts(drift.checks) IS 'what a check says that a decision rests on';

CREATE OR REPLACE FUNCTION drift_internal.gather_facts(checks drift.checks[]) RETURNS drift_internal.decision_facts
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT max(f.model_id), CASE WHEN count(*) = 1 THEN max(f.monitor_id) END, CASE WHEN count(*) = 1 THEN max(f.check_id) END, max(f.as_of),
		coalesce(drift_internal.worst_severity(VARIADIC array_agg(f.data_verdict) FILTER (WHERE f.data_verdict <> 'error')), 'error'),
		drift_internal.worst_severity(VARIADIC array_agg(f.performance_verdict)),
		max(f.drift_score), max(f.drift_share), max(f.max_psi), max(f.performance_drop),
		ARRAY(SELECT DISTINCT u.name FROM unnest(checks) AS c, unnest(c.drifted_features) AS u (name) ORDER BY u.name),
		max(f.n_features), max(f.n_current), max(f.new_rows), string_agg(f.error, '; ')
	FROM unnest(checks) AS c, LATERAL drift_internal.check_facts(c) AS f
$$;

COMMENT ON FUNCTION drift_internal.gather_facts(drift.checks[]) IS 'the facts of several checks, the worst of each';

-- Whether there is drift, and whether it is so much that old data no longer say anything.
CREATE OR REPLACE FUNCTION drift_internal.choose_strategy(drifted boolean, drift_score float8, bounds drift_internal.decision_bounds) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN NOT drifted THEN 'none' WHEN drift_score > bounds.high_drift THEN 'new_only' ELSE bounds.strategy END
$$;

COMMENT ON FUNCTION drift_internal.choose_strategy(boolean, float8, drift_internal.decision_bounds) IS
	'which data to train on: none without drift, new_only above the high drift score, else the strategy of the configuration';

CREATE OR REPLACE FUNCTION drift.choose_strategy(check_id bigint) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.choose_strategy(coalesce(c.drift_detected, false) OR coalesce(c.performance IN ('warning', 'critical'), false),
		c.drift_score, drift_internal.read_decision_bounds(c.config))
	FROM drift.checks AS c
	WHERE c.check_id = choose_strategy.check_id
$$;

COMMENT ON FUNCTION drift.choose_strategy(bigint) IS
	'which data to train on after a check: none, new_only where the drift score is high, else the strategy of the configuration; NULL for a check that the caller does not see';

CREATE OR REPLACE FUNCTION drift_internal.choose_action(reasons drift_internal.decision_reason[], enough_rows boolean) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN u.action LIKE '%retrain%' AND NOT enough_rows THEN 'prepare' ELSE coalesce(u.action, 'continue') END
	FROM (
		SELECT (array_agg(r.action ORDER BY array_position('{retrain_now,retrain_soon,prepare,can_retrain,wait}', r.action)))[1] AS action
		FROM unnest(reasons) AS r
	) AS u
$$;

COMMENT ON FUNCTION drift_internal.choose_action(drift_internal.decision_reason[], boolean) IS
	'the most urgent action that a reason speaks for; without enough new rows retraining is prepared only';

CREATE OR REPLACE FUNCTION drift_internal.choose_urgency(action text, facts drift_internal.decision_facts, bounds drift_internal.decision_bounds) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN action = 'retrain_now' OR (action = 'retrain_soon' AND facts.drift_score > bounds.high_drift) THEN 'high'
			WHEN action = 'retrain_soon' OR (action = 'prepare' AND 'critical' IN (facts.data_verdict, facts.performance_verdict)) THEN 'medium'
			WHEN action IN ('prepare', 'can_retrain') THEN 'low'
			ELSE 'none'
		END
$$;

COMMENT ON FUNCTION drift_internal.choose_urgency(text, drift_internal.decision_facts, drift_internal.decision_bounds) IS 'how urgent an action is';

CREATE OR REPLACE FUNCTION drift_internal.decision_text(decision drift.decisions, facts drift_internal.decision_facts, enough_rows boolean) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat_ws(' ',
		CASE decision.data_verdict
			WHEN 'ok' THEN 'No drift detected.'
			WHEN 'insufficient_data' THEN 'Data: too few rows to tell.'
			WHEN 'error' THEN 'The check failed.'
			ELSE format('Data: %s, %s of %s features drifted (%s).', decision.data_verdict, cardinality(facts.drifted_features), facts.n_features,
				drift_internal.names_text(facts.drifted_features))
		END,
		CASE decision.performance_verdict
			WHEN 'insufficient_data' THEN 'Performance: not known, too few outcomes.'
			WHEN 'ok' THEN 'Performance: as before.'
			ELSE format('Performance: %s, the model makes more errors.', decision.performance_verdict)
		END,
		CASE decision.action
			WHEN 'retrain_now' THEN 'Retrain model immediately.'
			WHEN 'retrain_soon' THEN 'Retrain soon.'
			WHEN 'prepare' THEN 'Investigate and prepare for retraining.'
			WHEN 'can_retrain' THEN 'The model can be retrained.'
			WHEN 'wait' THEN 'Wait for more data.'
			ELSE 'No action needed.'
		END,
		CASE WHEN NOT enough_rows AND decision.action = 'prepare' THEN
			format('There are %s new rows, too few to retrain on.', coalesce(facts.new_rows, facts.n_current)) END)
$$;

COMMENT ON FUNCTION drift_internal.decision_text(drift.decisions, drift_internal.decision_facts, boolean) IS 'a decision in words';

CREATE OR REPLACE FUNCTION drift_internal.make_decision(facts drift_internal.decision_facts, bounds drift_internal.decision_bounds)
	RETURNS drift.decisions
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reasons drift_internal.decision_reason[] := ARRAY(
		SELECT r FROM drift_internal.fired_rules(facts, bounds) AS r UNION ALL SELECT t FROM drift_internal.fired_triggers(facts, bounds) AS t);
	enough_rows CONSTANT boolean := coalesce(coalesce(facts.new_rows, facts.n_current) >= bounds.minimum_rows, true);
	asked CONSTANT boolean := EXISTS (SELECT FROM unnest(reasons) AS r WHERE r.asks);
	drifted CONSTANT boolean := 'warning' IN (facts.data_verdict, facts.performance_verdict)
		OR 'critical' IN (facts.data_verdict, facts.performance_verdict);
	decision drift.decisions;
BEGIN
	decision.model_id := facts.model_id;
	decision.monitor_id := facts.monitor_id;
	decision.check_id := facts.check_id;
	decision.as_of := facts.as_of;
	decision.data_verdict := facts.data_verdict;
	decision.performance_verdict := facts.performance_verdict;
	decision.action := drift_internal.choose_action(reasons, enough_rows);
	decision.should_retrain := asked AND enough_rows;
	decision.strategy := drift_internal.choose_strategy(drifted OR decision.should_retrain, facts.drift_score, bounds);
	decision.urgency := drift_internal.choose_urgency(decision.action, facts, bounds);
	decision.explanation := drift_internal.decision_text(decision, facts, enough_rows);
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('rule', r.rule, 'action', r.action, 'value', r.value, 'bound', r.bound,
			'says', r.says))), '[]') INTO decision.reasons
	FROM unnest(reasons) AS r;
	decision.decided_at := clock_timestamp();
	decision.decided_by := pg_get_userbyid(drift_internal.actor());
	RETURN decision;
END
$$;

COMMENT ON FUNCTION drift_internal.make_decision(drift_internal.decision_facts, drift_internal.decision_bounds) IS
	'what to do about facts: action, strategy, urgency, whether a trigger asks for retraining, and every reason';

CREATE OR REPLACE FUNCTION drift_internal.store_decision(decision drift.decisions) RETURNS drift.decisions
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO drift.decisions AS d (model_id, monitor_id, check_id, as_of, data_verdict, performance_verdict, action, strategy, urgency,
		should_retrain, reasons, explanation, decided_at, decided_by)
	SELECT decision.model_id, decision.monitor_id, decision.check_id, decision.as_of, decision.data_verdict, decision.performance_verdict,
		decision.action, decision.strategy, decision.urgency, decision.should_retrain, decision.reasons, decision.explanation,
		decision.decided_at, decision.decided_by
	RETURNING d.*
$$;

COMMENT ON FUNCTION drift_internal.store_decision(drift.decisions) IS 'writes a decision down; the same with its id';

-- Once, when it begins: who trains outside need not hear of it with each check.
CREATE OR REPLACE FUNCTION drift_internal.emit_decision(decision drift.decisions) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	model drift.models;
	newest drift.decisions;
BEGIN
	SELECT * INTO newest FROM drift.decisions AS d
	WHERE d.monitor_id = decision.monitor_id AND d.decision_id <> decision.decision_id
	ORDER BY d.as_of DESC, d.decision_id DESC
	LIMIT 1;
	IF decision.should_retrain AND decision.model_id IS NOT NULL
		AND (newest.decision_id IS NULL OR (newest.as_of <= decision.as_of AND NOT newest.should_retrain))
	THEN
		SELECT * INTO model FROM drift.models AS m WHERE m.model_id = decision.model_id;
		PERFORM drift_internal.emit(model, 'retraining_advised', jsonb_build_object('decision_id', decision.decision_id,
			'monitor', (SELECT m.name FROM drift.monitors AS m WHERE m.monitor_id = decision.monitor_id), 'action', decision.action,
			'strategy', decision.strategy, 'urgency', decision.urgency, 'reasons', decision.reasons, 'explanation', decision.explanation));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.emit_decision(drift.decisions) IS
	'puts a decision into the outbox where it asks for retraining and the newest before it did not';

CREATE OR REPLACE FUNCTION drift_internal.decide(check_id bigint) RETURNS SETOF drift.decisions
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	checked drift.checks;
	monitor drift.monitors;
	decision drift.decisions;
BEGIN
	SELECT * INTO checked FROM drift.checks AS c WHERE c.check_id = decide.check_id;
	SELECT * INTO monitor FROM drift.monitors AS m WHERE m.monitor_id = checked.monitor_id;
	PERFORM drift_internal.check_monitor(monitor, 'run', coalesce(monitor.name, format('of check %s', check_id)));
	decision := drift_internal.store_decision(
		drift_internal.make_decision(drift_internal.check_facts(checked), drift_internal.read_decision_bounds(drift_internal.config_of(checked))));
	PERFORM drift_internal.emit_decision(decision);
	RETURN NEXT decision;
END
$$;

COMMENT ON FUNCTION drift_internal.decide(bigint) IS 'decides what to do about a check, and writes it down';

-- Each monitor speaks by its newest check, the model by the worst of them.
CREATE OR REPLACE FUNCTION drift.recommend(model text, record boolean DEFAULT false) RETURNS SETOF drift.decisions
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	watched drift.models := drift_internal.find_model(model, CASE WHEN record THEN 'operate' ELSE 'read' END);
	newest drift.checks[];
	decision drift.decisions;
BEGIN
	newest := ARRAY(
		SELECT n
		FROM drift.monitors AS m, LATERAL (
			SELECT c.* FROM drift.checks AS c WHERE c.monitor_id = m.monitor_id ORDER BY c.as_of DESC, c.check_id DESC LIMIT 1
		) AS n
		WHERE m.model_id = watched.model_id AND m.paused_at IS NULL
		ORDER BY n.as_of DESC);
	IF cardinality(newest) = 0 THEN
		RAISE EXCEPTION 'nothing is known of the drift of model "%"', watched.name
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'None of its monitors was run, or it has none.',
				HINT = 'drift.create_monitor() makes a monitor, drift.run_check() runs it.';
	END IF;
	decision := drift_internal.make_decision(
		drift_internal.gather_facts(newest), drift_internal.read_decision_bounds(drift_internal.config_of(newest[1])));
	IF record THEN
		decision := drift_internal.store_decision(decision);
	END IF;
	RETURN NEXT decision;
END
$$;

COMMENT ON FUNCTION drift.recommend(text, boolean) IS
	'what to do about a model by the newest checks of its monitors: retrain now, soon, prepare or continue, with every rule that fired; record: writes it down too';

CREATE OR REPLACE FUNCTION drift.should_retrain(model text) RETURNS TABLE (should_retrain boolean, reasons text[], strategy text, urgency text)
	LANGUAGE sql VOLATILE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r.should_retrain, ARRAY(SELECT j ->> 'says' FROM jsonb_array_elements(r.reasons) WITH ORDINALITY AS u (j, place) ORDER BY place),
		r.strategy, r.urgency
	FROM drift.recommend(model) AS r
$$;

COMMENT ON FUNCTION drift.should_retrain(text) IS 'whether a model should be retrained by drift.recommend(), with the reasons in words';

CREATE OR REPLACE VIEW drift.latest_decisions WITH (security_invoker = true) AS
	SELECT m.name AS monitor, o.name AS model, d.as_of, d.data_verdict, d.performance_verdict, d.action, d.should_retrain, d.strategy, d.urgency,
		d.explanation, d.reasons, d.check_id, d.decision_id, d.decided_at
	FROM drift.monitors AS m
	CROSS JOIN LATERAL (
		SELECT * FROM drift.decisions AS d WHERE d.monitor_id = m.monitor_id ORDER BY d.as_of DESC, d.decision_id DESC LIMIT 1
	) AS d
	LEFT JOIN drift.models AS o ON o.model_id = m.model_id;

COMMENT ON VIEW drift.latest_decisions IS 'the newest decision of each monitor';

GRANT SELECT ON drift.latest_decisions TO PUBLIC;
