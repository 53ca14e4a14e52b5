-- words and numbers of reports as pages

CREATE OR REPLACE FUNCTION drift_internal.html_number(value float8) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE
			WHEN value IS NULL THEN '&#8211;'
			WHEN abs(value) >= 1e5 AND abs(value) < 1e15 THEN to_char(value, 'FM999,999,999,999,999')
			ELSE drift_internal.short_number(value)
		END;
END
$$;

COMMENT ON FUNCTION drift_internal.html_number(float8) IS 'a number as a page has it; a dash for NULL';

CREATE OR REPLACE FUNCTION drift_internal.html_count(value float8) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value IS NULL THEN '&#8211;' ELSE to_char(value, 'FM999,999,999,999,990') END;

COMMENT ON FUNCTION drift_internal.html_count(float8) IS 'a count of rows as a page has it; a dash for NULL';

CREATE OR REPLACE FUNCTION drift_internal.html_share(value float8) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN
	CASE
		WHEN value IS NULL THEN '&#8211;'
		WHEN value > 0 AND value < 0.0005 THEN '&lt; 0.1 %'
		ELSE to_char(round((100 * value)::numeric, 1), 'FM990.#') || ' %'
	END;

COMMENT ON FUNCTION drift_internal.html_share(float8) IS 'a share as a percentage as a page has it; a dash for NULL';

CREATE OR REPLACE FUNCTION drift_internal.html_p_value(value float8) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value IS NULL THEN '&#8211;' WHEN value < 0.0001 THEN '&lt; 0.0001' ELSE to_char(value, 'FM0.0000') END;

COMMENT ON FUNCTION drift_internal.html_p_value(float8) IS 'a p-value as a page has it; a dash for NULL';

-- Midnight is the day alone, which is what spans mostly end at.
CREATE OR REPLACE FUNCTION drift_internal.html_time(moment text) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	SET TimeZone = 'UTC'
AS $$
DECLARE
	time timestamp;
BEGIN
	IF moment IS NULL OR moment !~ '^\d{4,6}-\d\d-\d\d([ T]|$)' THEN
		RETURN drift_internal.html_name(moment, 40);
	END IF;
	time := moment::timestamptz;
	RETURN format('<time datetime="%s">%s</time>', to_char(time, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		to_char(time, CASE WHEN time = date_trunc('day', time) THEN 'FMDD Mon YYYY' ELSE 'FMDD Mon YYYY, HH24:MI' END));
END
$$;

COMMENT ON FUNCTION drift_internal.html_time(text) IS 'a time of a document, as UTC; what is none as text';

CREATE OR REPLACE FUNCTION drift_internal.html_span(span jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT CASE WHEN jsonb_typeof(span) = 'object' THEN
			concat_ws(' to ', drift_internal.html_time(nullif(span->>'from', '')), drift_internal.html_time(nullif(span->>'to', ''))) END
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_span(jsonb) IS 'time from and to; NULL where there is none';

CREATE OR REPLACE FUNCTION drift_internal.action_words(action text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN
	CASE action
		WHEN 'retrain_now' THEN 'Retrain now'
		WHEN 'retrain_soon' THEN 'Retrain soon'
		WHEN 'prepare' THEN 'Prepare to retrain'
		WHEN 'can_retrain' THEN 'Retraining is possible, not urgent'
		WHEN 'wait' THEN 'Wait for more rows'
		WHEN 'continue' THEN 'Nothing to do'
		ELSE replace(action, '_', ' ')
	END;

COMMENT ON FUNCTION drift_internal.action_words(text) IS 'what a decision says, as a heading';

CREATE OR REPLACE FUNCTION drift_internal.strategy_words(strategy text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN
	CASE strategy
		WHEN 'new_only' THEN 'on new rows only'
		WHEN 'combined' THEN 'on old and new rows together'
		WHEN 'weighted' THEN 'on old and new rows, new ones weighted higher'
		WHEN 'sliding_window' THEN 'on the rows of a sliding window'
		WHEN 'all_data' THEN 'on all rows'
	END;

COMMENT ON FUNCTION drift_internal.strategy_words(text) IS 'which rows a decision wants to train on; NULL: none or unknown';

CREATE OR REPLACE FUNCTION drift_internal.role_words(role text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN
	CASE role
		WHEN 'feature' THEN NULL
		WHEN 'score' THEN 'score of the model'
		WHEN 'label' THEN 'prediction of the model'
		WHEN 'confidence' THEN 'confidence of the model'
		WHEN 'target' THEN 'outcome'
		WHEN 'error' THEN 'error of the model'
		ELSE replace(role, '_', ' ')
	END;

COMMENT ON FUNCTION drift_internal.role_words(text) IS 'what a column is to its model; NULL for features';

-- A first word that is a name, as roc_auc, stays as it is.
CREATE OR REPLACE FUNCTION drift_internal.html_sentence(sentence text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN drift_internal.html_text(CASE WHEN sentence ~ '^[a-z]+(?![a-z_0-9.])' THEN upper(left(sentence, 1)) || left(substr(sentence, 2), 999) ELSE left(sentence, 1000) END);

COMMENT ON FUNCTION drift_internal.html_sentence(text) IS 'a sentence of a report, with its first letter as a sentence has it';

-- Arrays of a document that somebody made may be anything.
CREATE OR REPLACE FUNCTION drift_internal.json_items(document jsonb, key text) RETURNS SETOF jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
BEGIN ATOMIC
	SELECT i.item FROM jsonb_array_elements(CASE jsonb_typeof(document->key) WHEN 'array' THEN document->key ELSE '[]' END) AS i (item);
END;

COMMENT ON FUNCTION drift_internal.json_items(jsonb, text) IS 'the elements of an array of a document in their order; none where there is no array';

CREATE OR REPLACE FUNCTION drift_internal.html_section(title text, content text, anchor text DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT CASE WHEN content <> '' THEN
			concat(E'<section>\n<h2', ' id="' || anchor || '"', '>', drift_internal.html_text(title), E'</h2>\n', content, E'\n</section>\n') END
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_section(text, text, text) IS 'a part of a page with its heading; NULL where there is nothing in it';

CREATE OR REPLACE FUNCTION drift_internal.html_table(header text[], rows text, caption text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	heading text;
	headings text := '';
BEGIN
	IF coalesce(rows, '') = '' THEN
		RETURN NULL;
	END IF;
	FOREACH heading IN ARRAY header
	LOOP
		headings := headings || CASE WHEN starts_with(heading, '#') THEN '<th scope="col" class="number">' || substr(heading, 2)
			ELSE '<th scope="col">' || heading END || '</th>';
	END LOOP;
	-- A table that is wider than the page is scrolled by keys too.
	RETURN concat('<div class="scroll" role="region" tabindex="0" aria-label="', drift_internal.html_text(caption), '"><table><thead><tr>',
		headings, '</tr></thead><tbody>', rows, '</tbody></table></div>');
END
$$;

COMMENT ON FUNCTION drift_internal.html_table(text[], text, text) IS
	'a table of rows that are HTML; headings that begin with # stand over numbers. NULL where there are no rows';
