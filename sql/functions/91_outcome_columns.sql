-- what windows keep of outcomes, so that metrics of any span can be computed of them
--
-- Classes: how many rows have each pair of what was said and what came; scores of rows of the positive class and of
-- all others; the loss of each row. Numbers: how far off, also as a share, and whether the interval held.

-- As the owner of the extension: who may read a model need not be allowed to take its artefact.
CREATE OR REPLACE FUNCTION drift_internal.model_classes(model_id integer) RETURNS text[]
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE jsonb_typeof(d.classes) WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(d.classes)) END
	FROM drift.models AS m
	JOIN drift.model_versions AS v ON v.model_id = m.model_id AND v.version = drift_internal.answering_version(m)
	JOIN drift.model_artefacts AS a ON a.model_id = v.model_id AND a.version = v.version,
		LATERAL (SELECT drift.describe(a.artefact) -> 'classes') AS d (classes)
	WHERE m.model_id = model_classes.model_id AND drift_internal.allowed(m, 'read')
$$;

COMMENT ON FUNCTION drift_internal.model_classes(integer) IS
	'classes of the version of a model that answers, in the order of its probabilities; NULL: they are not known';

CREATE OR REPLACE FUNCTION drift_internal.kept_class(class text, hashed boolean) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN hashed THEN pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(class, 'UTF8')), 'hex'), 16) ELSE class END;

COMMENT ON FUNCTION drift_internal.kept_class(text, boolean) IS 'a class as windows have it: itself, or the hash that a column of texts has for it';

CREATE OR REPLACE FUNCTION drift_internal.outcome_column(name text, expression text, base_type regtype, positive text) RETURNS drift.monitor_columns
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN ROW(NULL, NULL, 'outcome', name, expression, pg_catalog.format_type(base_type, NULL),
		CASE base_type WHEN 'text'::pg_catalog.regtype THEN 'categorical' ELSE 'numeric' END, drift_internal.own_type(base_type), NULL, positive)::drift.monitor_columns;

COMMENT ON FUNCTION drift_internal.outcome_column(text, text, regtype, text) IS 'a column of outcomes, not yet numbered';

-- Losses are clipped as scikit-learn clips them. Scores that are no probabilities have none.
CREATE OR REPLACE FUNCTION drift_internal.class_outcomes(score text, label text, actual text, positive text) RETURNS SETOF drift.monitor_columns
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (o.c).*
	FROM (VALUES
		(1, label IS NOT NULL, drift_internal.outcome_column('confusion', format('CASE WHEN %1$s IS NOT NULL AND %2$s IS NOT NULL THEN '
			'pg_catalog.json_build_array((%1$s)::pg_catalog.text, (%2$s)::pg_catalog.text)::pg_catalog.text END', label, actual), 'text', positive)),
		(2, score IS NOT NULL AND positive IS NOT NULL, drift_internal.outcome_column('positive_score', format('CASE WHEN (%2$s)::pg_catalog.text = %3$L THEN %1$s END', score, actual, positive), 'float8', positive)),
		(3, score IS NOT NULL AND positive IS NOT NULL, drift_internal.outcome_column('negative_score', format('CASE WHEN (%2$s)::pg_catalog.text <> %3$L THEN %1$s END', score, actual, positive), 'float8', positive)),
		(4, score IS NOT NULL AND positive IS NOT NULL, drift_internal.outcome_column('log_loss', format('CASE WHEN %1$s BETWEEN 0 AND 1 THEN -pg_catalog.ln(greatest('
			'CASE WHEN (%2$s)::pg_catalog.text = %3$L THEN %1$s WHEN (%2$s)::pg_catalog.text <> %3$L THEN 1 - %1$s END, '
			'CASE WHEN %2$s IS NOT NULL THEN 2.220446049250313e-16::pg_catalog.float8 END)) END', score, actual, positive), 'float8', positive)),
		(5, score IS NOT NULL AND positive IS NOT NULL, drift_internal.outcome_column('brier', format('CASE WHEN %1$s BETWEEN 0 AND 1 THEN '
			'(%1$s - ((%2$s)::pg_catalog.text = %3$L)::pg_catalog.int4) ^ 2 END', score, actual, positive), 'float8', positive))
	) AS o (place, is_there, c)
	WHERE o.is_there
	ORDER BY o.place
$$;

COMMENT ON FUNCTION drift_internal.class_outcomes(text, text, text, text) IS
	'columns of outcomes that are classes, given expressions for score, label and actual class and the positive class, each NULL where there is none';

CREATE OR REPLACE FUNCTION drift_internal.number_outcomes(score text, actual text, has_interval boolean) RETURNS SETOF drift.monitor_columns
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 4
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.outcome_column('residual', format('%s - %s', score, actual), 'float8', NULL)
	UNION ALL
	SELECT drift_internal.outcome_column('percentage_error', format('pg_catalog.abs((%1$s - %2$s) / nullif(%2$s, 0))', score, actual), 'float8', NULL)
	UNION ALL
	SELECT drift_internal.outcome_column('covered', format('(%s BETWEEN score_low AND score_high)::pg_catalog.int4', actual), 'int4', NULL) WHERE has_interval
	UNION ALL
	SELECT drift_internal.outcome_column('interval_width', 'score_high - score_low', 'float8', NULL) WHERE has_interval
$$;

COMMENT ON FUNCTION drift_internal.number_outcomes(text, text, boolean) IS
	'columns of outcomes that are numbers, given expressions for score and actual number, and whether the source has score_low and score_high';

-- The probability that was given to what came; classes that the model does not know have none.
CREATE OR REPLACE FUNCTION drift_internal.classes_log_loss(actual text, classes text[]) RETURNS drift.monitor_columns
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN drift_internal.outcome_column('log_loss', pg_catalog.format('-pg_catalog.ln(greatest(probabilities[pg_catalog.array_position(%L::pg_catalog.text[], '
		'%s::pg_catalog.text)], CASE WHEN probabilities IS NOT NULL AND %2$s = ANY (%1$L::pg_catalog.text[]) THEN 2.220446049250313e-16::pg_catalog.float8 END))',
		classes, actual), 'float8', NULL);

COMMENT ON FUNCTION drift_internal.classes_log_loss(text, text[]) IS 'column for the log loss of logged probabilities of more than two classes';

CREATE OR REPLACE FUNCTION drift_internal.role_expression(columns drift.monitor_columns[], role text, kind text DEFAULT NULL) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.expression || CASE WHEN role_expression.kind = 'numeric' AND c.value_type <> 'pg_catalog.float8' THEN '::pg_catalog.float8' ELSE '' END
	FROM unnest(columns) AS c
	WHERE c.role = role_expression.role AND c.kind = coalesce(role_expression.kind, c.kind)
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.role_expression(drift.monitor_columns[], text, text) IS
	'expression of the column with a role, if it is of a kind; NULL: there is none';

CREATE OR REPLACE FUNCTION drift_internal.outcome_columns(monitor drift.monitors, columns drift.monitor_columns[], config jsonb, hashed boolean)
	RETURNS drift.monitor_columns[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_log CONSTANT boolean := monitor.source_kind = 'prediction_log';
	actual CONSTANT text := drift_internal.role_expression(columns, 'target');
	label CONSTANT text := drift_internal.role_expression(columns, 'label');
	score text := drift_internal.role_expression(columns, 'score', 'numeric');
	target drift.monitor_columns;
	classes text[];
	positive text;
	found drift.monitor_columns[];
BEGIN
	SELECT * INTO target FROM unnest(columns) AS c WHERE c.role = 'target' LIMIT 1;
	IF target.role IS NULL THEN
		RETURN '{}';
	END IF;
	classes := drift_internal.model_classes(monitor.model_id);
	positive := drift_internal.kept_class(drift_internal.positive_class(config, classes),
		hashed AND target.value_type = 'pg_catalog.text');
	IF label IS NOT NULL OR target.kind = 'categorical' OR positive IS NOT NULL THEN
		IF cardinality(classes) > 2 THEN
			score := NULL;
		END IF;
		found := ARRAY(SELECT c FROM drift_internal.class_outcomes(score, label, actual, positive) AS c);
		IF is_log AND cardinality(classes) > 2 THEN
			found := found || drift_internal.classes_log_loss('actual', classes);
		END IF;
	ELSIF score IS NOT NULL THEN
		found := ARRAY(SELECT c FROM drift_internal.number_outcomes(score, drift_internal.role_expression(columns, 'target', 'numeric'), is_log) AS c);
	END IF;
	FOR i IN 1 .. coalesce(cardinality(found), 0) LOOP
		found[i].column_id := cardinality(columns) + i;
	END LOOP;
	RETURN coalesce(found, '{}');
END
$$;

COMMENT ON FUNCTION drift_internal.outcome_columns(drift.monitors, drift.monitor_columns[], jsonb, boolean) IS
	'columns by which a monitor with these columns keeps its outcomes, numbered after them; none where it does not know the truth';
