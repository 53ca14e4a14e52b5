-- two versions of a model on the same rows

-- The number a version gives: its output, or of more than two classes the probability of the one it decides for. A column of
-- the row can hardly have the name that stands for the row.
CREATE OR REPLACE FUNCTION drift_internal.answer_expression(reference text, task text, wants_class boolean, safely boolean) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN wants_class AND task = 'regression' THEN 'NULL::pg_catalog.text'
			WHEN safely AND wants_class THEN format('drift_internal.score_or_null(drift.get_model(%L), drift_row, true)', reference)
			WHEN safely AND task = 'multiclass' THEN 'NULL::pg_catalog.float8'
			WHEN safely THEN format('drift_internal.score_or_null(drift.get_model(%L), drift_row, false)::pg_catalog.float8', reference)
			WHEN wants_class THEN format('drift.score_label_row(drift.get_model(%L), drift_row)', reference)
			WHEN task = 'multiclass' THEN
				format('(SELECT pg_catalog.max(p) FROM pg_catalog.unnest(drift.score_proba_row(drift.get_model(%L), drift_row)) AS p)', reference)
			ELSE format('drift.score_row(drift.get_model(%L), drift_row)', reference)
		END
$$;

COMMENT ON FUNCTION drift_internal.answer_expression(text, text, boolean, boolean) IS
	'expression for the score or the class that a version gives to a row called drift_row; safely: NULL where it has none';

CREATE OR REPLACE FUNCTION drift_internal.paired_answers_query(
	reference_1 text, task_1 text, reference_2 text, task_2 text, query text, safely boolean) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT pg_catalog.to_jsonb(drift_row) AS features, %s AS score_1, %s AS score_2, %s AS label_1, %s AS label_2 FROM (%s%s) AS drift_row',
		drift_internal.answer_expression(reference_1, task_1, false, safely), drift_internal.answer_expression(reference_2, task_2, false, safely),
		drift_internal.answer_expression(reference_1, task_1, true, safely), drift_internal.answer_expression(reference_2, task_2, true, safely),
		query, E'\n')
$$;

COMMENT ON FUNCTION drift_internal.paired_answers_query(text, text, text, text, text, boolean) IS
	'query for the scores and classes that two versions give to the same rows';

CREATE OR REPLACE FUNCTION drift_internal.difference_query(answers text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$
		WITH answers AS MATERIALIZED (SELECT a.score_1, a.score_2, a.label_1, a.label_2, abs(a.score_2 - a.score_1) AS size FROM (%s) AS a)
		SELECT count(*), count(size), count(*) FILTER (WHERE score_1 IS NULL AND label_1 IS NULL), count(*) FILTER (WHERE score_2 IS NULL AND label_2 IS NULL),
			avg(score_1) FILTER (WHERE size IS NOT NULL), avg(score_2) FILTER (WHERE size IS NOT NULL), avg(score_2 - score_1), avg(size),
			percentile_cont(0.5) WITHIN GROUP (ORDER BY size), percentile_cont(0.95) WITHIN GROUP (ORDER BY size), max(size),
			drift.correlation(score_1, score_2),
			count(*) FILTER (WHERE label_1 IS NOT NULL AND label_2 IS NOT NULL), count(*) FILTER (WHERE label_1 <> label_2),
			(SELECT jsonb_agg(jsonb_build_object('from', f.label_1, 'to', f.label_2, 'rows', f.n) ORDER BY f.n DESC, f.label_1, f.label_2)
				FROM (SELECT o.label_1, o.label_2, count(*) AS n FROM answers AS o WHERE o.label_1 <> o.label_2 GROUP BY 1, 2) AS f)
		FROM answers$query$, answers)
$$;

COMMENT ON FUNCTION drift_internal.difference_query(text) IS 'query for how far the answers of two versions are apart';

-- One row that cannot be scored does not spoil the rest, which then takes longer.
CREATE OR REPLACE FUNCTION drift_internal.read_difference(query text, safe_query text, path text)
	RETURNS TABLE (n bigint, n_scored bigint, n_failed_1 bigint, n_failed_2 bigint, mean_1 float8, mean_2 float8, mean_difference float8,
		mean_absolute_difference float8, median_absolute_difference float8, absolute_difference_95 float8, largest_difference float8,
		correlation float8, n_labelled bigint, n_disagree bigint, flips jsonb)
	LANGUAGE plpgsql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT r.* FROM drift_internal.read_rows(query, path) AS r(n bigint, n_scored bigint, n_failed_1 bigint, n_failed_2 bigint,
		mean_1 float8, mean_2 float8, mean_difference float8, mean_absolute_difference float8, median_absolute_difference float8,
		absolute_difference_95 float8, largest_difference float8, correlation float8, n_labelled bigint, n_disagree bigint, flips jsonb);
EXCEPTION
	WHEN data_exception THEN
		RETURN QUERY SELECT r.* FROM drift_internal.read_rows(safe_query, path) AS r(n bigint, n_scored bigint, n_failed_1 bigint, n_failed_2 bigint,
			mean_1 float8, mean_2 float8, mean_difference float8, mean_absolute_difference float8, median_absolute_difference float8,
			absolute_difference_95 float8, largest_difference float8, correlation float8, n_labelled bigint, n_disagree bigint, flips jsonb);
END
$$;

COMMENT ON FUNCTION drift_internal.read_difference(text, text, text) IS 'runs a query of drift_internal.difference_query(), and where a row cannot be scored the safe form of it';

CREATE OR REPLACE FUNCTION drift_internal.answer_queries(model text, version_1 integer, version_2 integer, query text, OUT fast text, OUT safe text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reference_1 CONSTANT text := model || '/' || version_1;
	reference_2 CONSTANT text := model || '/' || version_2;
	task_1 text;
	task_2 text;
BEGIN
	IF model IS NULL OR version_1 IS NULL OR version_2 IS NULL OR query IS NULL THEN
		RAISE EXCEPTION 'model, versions and source must not be NULL' USING ERRCODE = 'null_value_not_allowed';
	END IF;

	task_1 := drift.describe(drift.get_model(reference_1)) ->> 'task';
	task_2 := drift.describe(drift.get_model(reference_2)) ->> 'task';
	fast := drift_internal.paired_answers_query(reference_1, task_1, reference_2, task_2, query, false);
	safe := drift_internal.paired_answers_query(reference_1, task_1, reference_2, task_2, query, true);
END
$$;

COMMENT ON FUNCTION drift_internal.answer_queries(text, integer, integer, text) IS
	'queries for the answers of two versions of a model to the same rows: a fast one, and one that rows which cannot be scored do not stop';

-- Wilson's interval of a share.
CREATE OR REPLACE FUNCTION drift_internal.wilson(k bigint, n bigint, OUT low float8, OUT high float8)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN n > 0 THEN CASE WHEN k = 0 THEN 0 ELSE w.centre - w.half END END, CASE WHEN n > 0 THEN CASE WHEN k = n THEN 1 ELSE w.centre + w.half END END
	FROM (
		SELECT (p + z2 / (2 * n)) / (1 + z2 / n) AS centre, sqrt(z2 * (p * (1 - p) / n + z2 / (4.0 * n * n))) / (1 + z2 / n) AS half
		FROM (SELECT k::float8 / nullif(n, 0) AS p, 1.959963984540054::float8 ^ 2 AS z2) AS s
	) AS w
$$;

COMMENT ON FUNCTION drift_internal.wilson(bigint, bigint) IS '95 % interval of a share of k in n (Wilson 1927)';

CREATE OR REPLACE FUNCTION drift_internal.prediction_diff_rows(model text, version_1 integer, version_2 integer, query text, path text)
	RETURNS TABLE (n bigint, n_scored bigint, n_failed_1 bigint, n_failed_2 bigint, mean_1 float8, mean_2 float8, mean_difference float8,
		mean_absolute_difference float8, median_absolute_difference float8, absolute_difference_95 float8, largest_difference float8,
		correlation float8, disagreement float8, disagreement_low float8, disagreement_high float8, flips jsonb)
	LANGUAGE sql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT d.n, d.n_scored, d.n_failed_1, d.n_failed_2, d.mean_1, d.mean_2, d.mean_difference, d.mean_absolute_difference,
		d.median_absolute_difference, d.absolute_difference_95, d.largest_difference, d.correlation,
		d.n_disagree::float8 / nullif(d.n_labelled, 0), w.low, w.high, d.flips
	FROM drift_internal.answer_queries(model, version_1, version_2, query) AS q,
		LATERAL drift_internal.read_difference(drift_internal.difference_query(q.fast), drift_internal.difference_query(q.safe), path) AS d,
		LATERAL drift_internal.wilson(d.n_disagree, d.n_labelled) AS w
$$;

COMMENT ON FUNCTION drift_internal.prediction_diff_rows(text, integer, integer, text, text) IS
	'drift.prediction_diff() on a query that is checked already, with names looked up on the given path';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.prediction_diff(model text, version_1 integer, version_2 integer, source text)
	RETURNS TABLE (n bigint, n_scored bigint, n_failed_1 bigint, n_failed_2 bigint, mean_1 float8, mean_2 float8, mean_difference float8,
		mean_absolute_difference float8, median_absolute_difference float8, absolute_difference_95 float8, largest_difference float8,
		correlation float8, disagreement float8, disagreement_low float8, disagreement_high float8, flips jsonb)
	LANGUAGE sql STABLE COST 100000 ROWS 1
BEGIN ATOMIC
	SELECT * FROM drift_internal.prediction_diff_rows(model, version_1, version_2, drift.source_query(source), pg_catalog.current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.prediction_diff(text, integer, integer, text) IS
	'how differently two versions of a model answer the same rows, whose columns have the names of its inputs: differences of their scores, and the share of rows that they give different classes with its 95 % interval. The score of a model of more than two classes is the probability of the one it decides for';

CREATE OR REPLACE FUNCTION drift_internal.read_answers(query text, safe_query text, path text, rows integer)
	RETURNS TABLE (features jsonb, score_1 float8, score_2 float8, label_1 text, label_2 text)
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	largest CONSTANT text := 'SELECT a.* FROM (%s) AS a WHERE a.score_1 <> a.score_2 OR a.label_1 <> a.label_2 '
		'ORDER BY pg_catalog.abs(a.score_2 - a.score_1) DESC NULLS LAST LIMIT %s';
BEGIN
	RETURN QUERY SELECT r.* FROM drift_internal.read_rows(format(largest, query, rows), path)
		AS r(features jsonb, score_1 float8, score_2 float8, label_1 text, label_2 text);
EXCEPTION
	WHEN data_exception THEN
		RETURN QUERY SELECT r.* FROM drift_internal.read_rows(format(largest, safe_query, rows), path)
			AS r(features jsonb, score_1 float8, score_2 float8, label_1 text, label_2 text);
END
$$;

COMMENT ON FUNCTION drift_internal.read_answers(text, text, text, integer) IS 'the rows that two versions answer most differently';

CREATE OR REPLACE FUNCTION drift_internal.check_largest(rows integer) RETURNS integer
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (rows BETWEEN 1 AND 100000) IS NOT TRUE THEN
		RAISE EXCEPTION 'number of rows % is out of range', rows USING ERRCODE = 'invalid_parameter_value', HINT = 'Take 1 to 100000.';
	END IF;
	RETURN rows;
END
$$;

COMMENT ON FUNCTION drift_internal.check_largest(integer) IS 'a number of rows to show, checked';

CREATE OR REPLACE FUNCTION drift.largest_prediction_differences(model text, version_1 integer, version_2 integer, source text, rows integer DEFAULT 20)
	RETURNS TABLE (features jsonb, score_1 float8, score_2 float8, label_1 text, label_2 text)
	LANGUAGE sql STABLE COST 100000 ROWS 20
BEGIN ATOMIC
	SELECT a.*
	FROM drift_internal.answer_queries(model, version_1, version_2, drift.source_query(source)) AS q,
		LATERAL drift_internal.read_answers(q.fast, q.safe, pg_catalog.current_setting('search_path'), drift_internal.check_largest(rows)) AS a;
END;

COMMENT ON FUNCTION drift.largest_prediction_differences(text, integer, integer, text, integer) IS
	'the rows whose scores differ most between two versions of a model';
