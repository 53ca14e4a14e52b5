-- measuring artefacts on rows that are read as their owner

-- The same as drift_internal.read_as(), where $1 stands for models.
CREATE OR REPLACE FUNCTION drift_internal.read_with_models(
	owner regrole, query text, path text, models drift.model[], timeout_ms integer DEFAULT 0) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'drift_read_as' LANGUAGE C VOLATILE COST 10000 ROWS 1000;

COMMENT ON FUNCTION drift_internal.read_with_models(regrole, text, text, drift.model[], integer) IS
	'runs one query as drift_internal.read_as() does, with $1 standing for models, so that they need not be where its owner can read them';

CREATE OR REPLACE FUNCTION drift_internal.number_types() RETURNS oid[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '{int2,int4,int8,float4,float8,numeric}'::regtype[]::oid[];

COMMENT ON FUNCTION drift_internal.number_types() IS 'types whose values are numbers';

-- Classes are text: of numbers as double precision has it, so that 1 and 1.0 are one class.
CREATE OR REPLACE FUNCTION drift_internal.label_expression(owner regrole, query text, label text, task text, path text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	base oid;
BEGIN
	SELECT t.base_type INTO base
	FROM drift_internal.read_as(owner, format('SELECT c.base_type FROM drift_internal.source_columns(%L) AS c WHERE c.column_name = %L', query, label), path)
		AS t (base_type oid);
	IF base IS NULL THEN
		RAISE EXCEPTION 'the rows have no column "%"', label
			USING ERRCODE = 'undefined_column', DETAIL = 'It should hold what became true.';
	ELSIF task = 'regression' THEN
		IF base <> ALL (drift_internal.number_types()) THEN
			RAISE EXCEPTION 'column "%" is no number but %', label, base::regtype
				USING ERRCODE = 'datatype_mismatch', DETAIL = 'The task is regression.';
		END IF;
		RETURN format('drift_row.%I::pg_catalog.float8', label);
	END IF;
	RETURN format(CASE WHEN base = ANY (drift_internal.number_types()) THEN 'drift_row.%I::pg_catalog.float8::pg_catalog.text' ELSE 'drift_row.%I::pg_catalog.text' END, label);
END
$$;

COMMENT ON FUNCTION drift_internal.label_expression(regrole, text, text, text, text) IS
	'expression for what became true in a row called drift_row, as models name it: a class as text, or a number';

-- What model number such of $1 says of a row; safely: NULL where it has no answer.
CREATE OR REPLACE FUNCTION drift_internal.answer_of(place integer, wanted text, safely boolean) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(CASE
			WHEN safely AND wanted = 'label' THEN 'drift_internal.score_or_null($1[%s], drift_row, true)'
			WHEN safely AND wanted = 'score' THEN 'drift_internal.score_or_null($1[%s], drift_row, false)::pg_catalog.float8'
			WHEN wanted = 'label' THEN 'drift.score_label_row($1[%s], drift_row)'
			WHEN wanted = 'proba' THEN 'drift.score_proba_row($1[%s], drift_row)'
			ELSE 'drift.score_row($1[%s], drift_row)' END, place)
$$;

COMMENT ON FUNCTION drift_internal.answer_of(integer, text, boolean) IS
	'expression for what a model of $1 says of a row called drift_row: its label, its score or the probabilities of its classes';

CREATE OR REPLACE FUNCTION drift_internal.metrics_query(query text, truth text, task text, positive text, classes text[]) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(CASE task
			WHEN 'binary' THEN 'SELECT to_jsonb(m) FROM (SELECT (drift.binary_metrics(p.score, p.truth = %2$L)).* FROM (SELECT %4$s AS score, %3$s AS truth FROM (%1$s%7$s) AS drift_row) AS p) AS m'
			WHEN 'multiclass' THEN 'SELECT to_jsonb(drift.multiclass_metrics(p.label, p.truth)) || jsonb_build_object(''log_loss'', drift.multiclass_log_loss(p.proba, p.truth, %6$L::text[]))'
				' FROM (SELECT %5$s AS label, %8$s AS proba, %3$s AS truth FROM (%1$s%7$s) AS drift_row) AS p WHERE p.truth = ANY (%6$L::text[])'
			ELSE 'SELECT to_jsonb(m) FROM (SELECT (drift.regression_metrics(p.score, p.truth)).* FROM (SELECT %4$s AS score, %3$s AS truth FROM (%1$s%7$s) AS drift_row) AS p) AS m'
		END, query, positive, truth, drift_internal.answer_of(1, 'score', false), drift_internal.answer_of(1, 'label', false), classes, E'\n',
		drift_internal.answer_of(1, 'proba', false))
$$;

COMMENT ON FUNCTION drift_internal.metrics_query(text, text, text, text, text[]) IS 'query for the metrics of the first model of $1 over the rows of a query';

CREATE OR REPLACE FUNCTION drift_internal.artefact_task(described jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN described->>'task' = 'multiclass' OR n > 2 THEN 'multiclass' WHEN n > 0 OR described->>'task' IN ('binary', 'classification') THEN 'binary' ELSE 'regression' END
	FROM (SELECT CASE jsonb_typeof(described->'classes') WHEN 'array' THEN jsonb_array_length(described->'classes') END AS n) AS c
$$;

COMMENT ON FUNCTION drift_internal.artefact_task(jsonb) IS 'task of a model by what drift.describe() says of it: binary, multiclass or regression';

-- Names that all tasks and screens share; counts of cells and intervals stay behind.
CREATE OR REPLACE FUNCTION drift_internal.named_metrics(measured jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '{"n": 0}' || coalesce(jsonb_object_agg(m.key, m.value), '{}')
	FROM jsonb_each(measured) AS m
	WHERE jsonb_typeof(m.value) = 'number' AND m.key <> ALL ('{threshold,tp,fp,fn,tn,n_positive,roc_auc_low,roc_auc_high}')
$$;

COMMENT ON FUNCTION drift_internal.named_metrics(jsonb) IS 'the metrics of a measurement that are numbers, and its rows as n';

CREATE OR REPLACE FUNCTION drift_internal.measure_artefact(artefact drift.model, query text, label text, task text, positive text,
	owner regrole, path text) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	described CONSTANT jsonb := drift.describe(artefact);
	known_task CONSTANT text := coalesce(task, drift_internal.artefact_task(described));
	classes CONSTANT text[] := ARRAY(SELECT jsonb_array_elements_text(CASE jsonb_typeof(described->'classes') WHEN 'array' THEN described->'classes' ELSE '[]' END));
	-- Scores are of the second class, whichever a user calls positive.
	measured_class CONSTANT text := coalesce(classes[2], positive);
BEGIN
	IF known_task = 'binary' AND measured_class IS NULL THEN
		RAISE EXCEPTION 'which class the scores are the probability of is not known'
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	RETURN (
		SELECT drift_internal.named_metrics(r.measured)
		FROM drift_internal.read_with_models(owner, drift_internal.metrics_query(query,
			drift_internal.label_expression(owner, query, label, known_task, path), known_task, measured_class, classes), path, ARRAY[artefact]) AS r (measured jsonb));
END
$$;

COMMENT ON FUNCTION drift_internal.measure_artefact(drift.model, text, text, text, text, regrole, text) IS
	'metrics of a model over the rows of a query, which is read with the rights of a role, and their number as n';
