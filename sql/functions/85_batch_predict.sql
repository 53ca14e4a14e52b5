-- drift.batch_predict(): a model over a relation, into a table, with a summary; nothing is logged

CREATE OR REPLACE FUNCTION drift_internal.check_batch(model text, query text, on_error text, path text) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken text;
BEGIN
	IF model IS NULL OR query IS NULL THEN
		RAISE EXCEPTION 'model and source must not be NULL' USING ERRCODE = 'null_value_not_allowed';
	ELSIF on_error IS NULL OR on_error NOT IN ('raise', 'null') THEN
		RAISE EXCEPTION 'on_error cannot be "%"', coalesce(on_error, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It is raise, or null for no score where a row cannot be scored.';
	END IF;
	SELECT c.column_name INTO taken FROM drift_internal.read_columns(query, path) AS c
	WHERE c.column_name IN ('score', 'label', 'model_version', 'predicted_at') ORDER BY c.ordinal LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'the source has a column "%"', taken
			USING ERRCODE = 'duplicate_column', DETAIL = 'What is said of a row is called so.', HINT = 'Give it another name in a query.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_batch(text, text, text, text) IS 'an error where arguments of drift.batch_predict() cannot be';

-- Where the table is not there it is made of the columns of the source and of what is said of each row.
CREATE OR REPLACE FUNCTION drift_internal.batch_table(into_table text, answers text, path text) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	named CONSTANT text := (SELECT string_agg(quote_ident(part), '.' ORDER BY place) FROM unnest(parse_ident(into_table)) WITH ORDINALITY AS u (part, place));
	found regclass;
BEGIN
	PERFORM set_config('search_path', path, true);
	found := pg_catalog.to_regclass(named);
	IF found IS NULL THEN
		EXECUTE pg_catalog.format('CREATE TABLE %s AS %s WITH NO DATA', named, answers);
		found := pg_catalog.to_regclass(named);
	END IF;
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	RETURN drift_internal.relation_name(found);
END
$$;

COMMENT ON FUNCTION drift_internal.batch_table(text, text, text) IS 'the table that answers go into, made where it is not there; names are looked up on the given path';

CREATE OR REPLACE FUNCTION drift_internal.batch_champion(model text) RETURNS integer
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.models := drift_internal.find_model(model, 'predict');
	champion CONSTANT integer := drift_internal.champion_of(found.model_id);
BEGIN
	IF champion IS NULL THEN
		RAISE EXCEPTION 'model "%" has no champion', found.name
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'drift.deploy() makes a version the champion; or name a version.';
	END IF;
	RETURN champion;
END
$$;

COMMENT ON FUNCTION drift_internal.batch_champion(text) IS 'the champion of a model, for who may let it predict';

CREATE OR REPLACE FUNCTION drift_internal.batch_answers(reference text, query text, version integer, on_error text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT drift_row.*, %s AS score, %s AS label, %s AS model_version, pg_catalog.clock_timestamp() AS predicted_at FROM (%s%s) AS drift_row',
		drift_internal.answer_expression(reference, task, false, on_error = 'null'), drift_internal.answer_expression(reference, task, true, on_error = 'null'),
		version, query, E'\n')
	FROM (SELECT drift.describe(drift.get_model(reference))->>'task' AS task) AS t
$$;

COMMENT ON FUNCTION drift_internal.batch_answers(text, text, integer, text) IS 'query for the rows of a source with score, label, version and time';

CREATE OR REPLACE FUNCTION drift_internal.batch_summary(answers text, stored text) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$
		WITH answers AS MATERIALIZED (%s)%s
		SELECT pg_catalog.jsonb_build_object('rows', a.n, 'scored', a.scored, 'failed', a.n - a.scored,
			'score', CASE WHEN a.least IS NOT NULL THEN pg_catalog.jsonb_build_object('mean', a.mean, 'stddev', a.stddev, 'min', a.least, 'p05', a.q[1], 'p25', a.q[2],
				'median', a.q[3], 'p75', a.q[4], 'p95', a.q[5], 'max', a.most) END,
			'labels', (SELECT pg_catalog.jsonb_object_agg(l.label, l.n) FROM (SELECT i.label, pg_catalog.count(*) AS n FROM answers AS i WHERE i.label IS NOT NULL GROUP BY i.label) AS l))
		FROM (
			SELECT pg_catalog.count(*) AS n, pg_catalog.count(*) FILTER (WHERE s.score IS NOT NULL OR s.label IS NOT NULL) AS scored, pg_catalog.avg(s.score) AS mean,
				pg_catalog.stddev_samp(s.score) AS stddev, pg_catalog.min(s.score) AS least, pg_catalog.max(s.score) AS most,
				pg_catalog.percentile_cont('{0.05,0.25,0.5,0.75,0.95}'::pg_catalog.float8[]) WITHIN GROUP (ORDER BY s.score) AS q
			FROM answers AS s
		) AS a$query$, answers, CASE WHEN stored IS NULL THEN '' ELSE format(', stored AS (INSERT INTO %s SELECT * FROM answers)', stored) END)
$$;

COMMENT ON FUNCTION drift_internal.batch_summary(text, text) IS 'statement that sums up answers, and stores them where a table is given';

CREATE OR REPLACE FUNCTION drift_internal.batch_predict(model text, query text, into_table text, version integer, on_error text, path text) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	started CONSTANT timestamptz := clock_timestamp();
	chosen integer;
	answers text;
	target text;
	result jsonb;
BEGIN
	PERFORM drift_internal.check_batch(model, query, on_error, path);
	chosen := coalesce(version, drift_internal.batch_champion(model));
	answers := drift_internal.batch_answers(format('%s/%s', model, chosen), query, chosen, on_error);
	IF into_table IS NOT NULL THEN
		target := drift_internal.batch_table(into_table, answers, path);
	END IF;
	PERFORM set_config('search_path', path, true);
	EXECUTE drift_internal.batch_summary(answers, target) INTO result;
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	RETURN jsonb_strip_nulls(jsonb_build_object('model', model, 'version', chosen, 'into', target,
		'milliseconds', round(extract(epoch FROM clock_timestamp() - started) * 1000)) || result);
END
$$;

COMMENT ON FUNCTION drift_internal.batch_predict(text, text, text, integer, text, text) IS 'drift.batch_predict() of a query whose names are looked up on the given path';

-- No pinned path: source and table are found by the caller's.
CREATE OR REPLACE FUNCTION drift.batch_predict(model text, source text, into_table text DEFAULT NULL, version integer DEFAULT NULL, on_error text DEFAULT 'raise')
	RETURNS jsonb
	LANGUAGE sql VOLATILE COST 100000
BEGIN ATOMIC
	SELECT drift_internal.batch_predict(model, drift.source_query(source), into_table, version, on_error, current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.batch_predict(text, text, text, integer, text) IS
	'Scores all rows of a source of data, the name of a relation or a query, with the champion or a version, and sums up: rows, scores, classes. into_table takes the columns of the source with score, label, model_version and predicted_at; it is made where it is not there, otherwise rows are added. Nothing is logged; drift.predict_batch() logs. on_error null: rows that cannot be scored have no score and are counted.';
