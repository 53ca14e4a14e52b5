-- options of training: which there are, and what they may be

-- kind: number, integer, boolean, text, interval, time, choice, texts, object or candidates. A default of NULL is told by the
-- description.
CREATE OR REPLACE FUNCTION drift.training_options()
	RETURNS TABLE (name text, kind text, range numrange, choices text[], default_value jsonb, description text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 40
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
	('split', 'choice', NULL::numrange, '{time,hash}'::text[], NULL::jsonb,
		'how rows are held out: the newest, or by a hash of their key; null: time where there is a time column'),
	('test_share', 'number', '(0,1)', NULL, '0.2', 'share that is held out of the new rows since the last run, the newest of them'),
	('test_rows', 'integer', '[1,)', NULL, NULL, 'number of new rows that are held out, the newest of them; instead of test_share'),
	('test_span', 'interval', NULL, NULL, NULL, 'length of the time that is held out, up to the newest row; instead of test_share'),
	('minimum_test_rows', 'integer', '[1,)', NULL, '200', 'rows that are held out at least, though never more than half of the new ones'),
	('maximum_test_rows', 'integer', '[1,)', NULL, NULL, 'rows that are held out at most, so that candidates see what is recent; null: any'),
	('valid_share', 'number', '(0,1)', NULL, '0.2', 'share of the new rows since the last run that chooses between candidates and ends fits early'),
	('valid_split', 'choice', NULL, '{time,hash}', NULL, 'how those are taken: the newest before the held-out ones, or by a hash; null: as split'),
	('embargo', 'interval', NULL, NULL, NULL,
		'time left out between training and later rows, and without a labelled_column how long labels take; null: the median time that labels took, a tenth of the new rows'' time at most'),
	('seed', 'integer', '(,)', NULL, '42', 'of hashes and of learners'),
	('time_zone', 'text', NULL, NULL, '"UTC"', 'of times without a time zone'),
	('minimum_rows', 'integer', '[0,)', NULL, NULL, 'new rows with labels that training needs; null: drift_detection.minimum_new_samples of the configuration'),
	('new_only_rows', 'integer', '[0,)', NULL, '1000', 'new rows with labels without which new_only becomes combined'),
	('minimum_class_share', 'number', '[0,1)', NULL, '0.05', 'share of each class among the new rows without which new_only becomes combined'),
	('minimum_class_rows', 'integer', '[1,)', NULL, '10', 'rows of each class that training needs'),
	('historical_window_months', 'integer', '[1,1200]', NULL, NULL, 'months of old rows of combined; null: retraining.historical_window_months of the configuration'),
	('sliding_window_months', 'integer', '[1,1200]', NULL, NULL, 'months of sliding_window; null: retraining.sliding_window_months of the configuration'),
	('new_data_weight', 'number', '(0,1)', NULL, NULL, 'weight of all new rows together, of 1; null: retraining.new_data_weight of the configuration'),
	('weighting', 'choice', NULL, '{weights,sampling}', '"weights"', 'whether weighted gives rows weights, or leaves out rows of the side that has too many'),
	('new_from', 'time', NULL, NULL, NULL, 'rows after this time are new; null: those after the last row that the champion was trained on'),
	('task', 'choice', NULL, '{binary,multiclass,regression}', NULL, 'what is predicted; null: follows from the label'),
	('positive', 'text', NULL, NULL, NULL, 'class whose probability is the score; null: the second one'),
	('max_categories', 'integer', '[1,100000]', NULL, NULL, 'categories of a column that are told apart; null: as drift.train() does'),
	('threads', 'integer', '[1,1024]', NULL, NULL, 'threads of a fit; null: drift.training_threads'),
	('candidates', 'candidates', NULL, NULL, NULL, 'what is trained, instead of the candidates that were set'),
	('refit', 'boolean', NULL, NULL, 'true', 'whether the best candidate is fitted again to all rows before it becomes a version'),
	('fallback_strategies', 'texts', NULL, '{new_only,combined,weighted,sliding_window,all_data}', NULL,
		'strategies that are tried next when the result is not better; null: retraining.fallback_strategies of the configuration'),
	('evaluation', 'object', NULL, NULL, NULL, 'options of the comparison with the champion, as drift.evaluation_options() lists them'),
	('as_of', 'time', NULL, NULL, NULL, 'what was known at this time counts; null: now'),
	('decision_id', 'integer', '[1,)', NULL, NULL, 'decision that asked for it'),
	('triggered_by', 'choice', NULL, '{manual,schedule,cycle,external}', '"manual"', 'who asked for it')
$$;

COMMENT ON FUNCTION drift.training_options() IS
	'options that drift.set_training() and drift.retrain() take, with their defaults';

CREATE OR REPLACE FUNCTION drift_internal.is_interval(value text) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN value::interval >= '0';
EXCEPTION
	WHEN data_exception THEN
		RETURN false;
END
$$;

COMMENT ON FUNCTION drift_internal.is_interval(text) IS 'whether a text is an interval that is not negative';

CREATE OR REPLACE FUNCTION drift_internal.is_time(value text) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN value::timestamptz IS NOT NULL;
EXCEPTION
	WHEN data_exception THEN
		RETURN false;
END
$$;

COMMENT ON FUNCTION drift_internal.is_time(text) IS 'whether a text is a time';

-- What is wrong with candidates; NULL: nothing.
CREATE OR REPLACE FUNCTION drift_internal.candidates_obstacle(candidates jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN jsonb_typeof(candidates) IS DISTINCT FROM 'array' THEN 'It is not an array.'
		WHEN jsonb_array_length(candidates) = 0 THEN 'It is empty.'
		ELSE (
			SELECT CASE
					WHEN jsonb_typeof(c) <> 'object' THEN format('This is not an object: %s', c)
					WHEN jsonb_typeof(c -> 'algorithm') IS DISTINCT FROM 'string' THEN format('This one names no algorithm: %s', c)
					WHEN c ? 'params' AND jsonb_typeof(c -> 'params') <> 'object' THEN format('The params of this one are not an object: %s', c)
					ELSE format('Only algorithm and params are known: %s', c)
				END
			FROM jsonb_array_elements(candidates) WITH ORDINALITY AS u (c, place)
			WHERE jsonb_typeof(c) <> 'object' OR jsonb_typeof(c -> 'algorithm') IS DISTINCT FROM 'string'
				OR (c ? 'params' AND jsonb_typeof(c -> 'params') <> 'object') OR c - '{algorithm,params}'::text[] <> '{}'
			ORDER BY place
			LIMIT 1)
		END
$$;

COMMENT ON FUNCTION drift_internal.candidates_obstacle(jsonb) IS 'what is wrong with an array of algorithms and their params; NULL: nothing';

CREATE OR REPLACE FUNCTION drift_internal.training_option_fits(kind text, range numrange, choices text[], value jsonb) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(CASE kind
			WHEN 'number' THEN CASE WHEN jsonb_typeof(value) = 'number' THEN value::numeric <@ range END
			WHEN 'integer' THEN CASE WHEN jsonb_typeof(value) = 'number' THEN
				value::numeric <@ range AND value::numeric = trunc(value::numeric) AND abs(value::numeric) < 9223372036854775807 END
			WHEN 'boolean' THEN jsonb_typeof(value) = 'boolean'
			WHEN 'text' THEN jsonb_typeof(value) = 'string'
			WHEN 'object' THEN jsonb_typeof(value) = 'object'
			WHEN 'choice' THEN jsonb_typeof(value) = 'string' AND value #>> '{}' = ANY (choices)
			WHEN 'texts' THEN CASE WHEN jsonb_typeof(value) = 'array' THEN
				NOT EXISTS (SELECT FROM jsonb_array_elements(value) AS e WHERE jsonb_typeof(e) <> 'string' OR e #>> '{}' <> ALL (choices)) END
			WHEN 'interval' THEN jsonb_typeof(value) = 'string' AND drift_internal.is_interval(value #>> '{}')
			WHEN 'time' THEN jsonb_typeof(value) = 'string' AND drift_internal.is_time(value #>> '{}')
			WHEN 'candidates' THEN drift_internal.candidates_obstacle(value) IS NULL
		END, false)
$$;

COMMENT ON FUNCTION drift_internal.training_option_fits(text, numrange, text[], jsonb) IS 'whether a value is one that an option of training may have';

CREATE OR REPLACE FUNCTION drift_internal.check_training_options(options jsonb) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong record;
BEGIN
	options := drift_internal.check_object(options, 'options');
	SELECT o.key, o.value, t.* INTO wrong
	FROM jsonb_each(options) AS o
	LEFT JOIN drift.training_options() AS t ON t.name = o.key
	WHERE t.name IS NULL OR (jsonb_typeof(o.value) <> 'null' AND NOT drift_internal.training_option_fits(t.kind, t.range, t.choices, o.value))
	ORDER BY o.key COLLATE "C"
	LIMIT 1;
	IF FOUND AND wrong.name IS NULL THEN
		RAISE EXCEPTION 'training has no option "%"', wrong.key
			USING ERRCODE = 'invalid_parameter_value', HINT = 'drift.training_options() lists them.';
	ELSIF FOUND THEN
		RAISE EXCEPTION 'option "%" of training cannot be %', wrong.key, wrong.value
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = CASE WHEN wrong.kind = 'candidates' THEN drift_internal.candidates_obstacle(wrong.value)
					ELSE format('It is of the kind %s%s.', wrong.kind, coalesce(' in ' || wrong.range, ': ' || array_to_string(wrong.choices, ', '), '')) END,
				HINT = format('It is: %s.', wrong.description);
	END IF;
	RETURN options;
END
$$;

COMMENT ON FUNCTION drift_internal.check_training_options(jsonb) IS
	'options of training if all are known and may be so, or an error that names the first other one';

-- What a call says goes before what was set; null is as if it were not said.
CREATE OR REPLACE FUNCTION drift_internal.training_option(options jsonb, name text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(options ->> training_option.name,
		(SELECT t.default_value #>> '{}' FROM drift.training_options() AS t WHERE t.name = training_option.name))
$$;

COMMENT ON FUNCTION drift_internal.training_option(jsonb, text) IS 'value of an option of training, or its default; NULL where it has none';
