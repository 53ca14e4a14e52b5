-- words that the messages of several channels share

CREATE OR REPLACE FUNCTION drift_internal.score_text(score jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE jsonb_typeof(score) WHEN 'number' THEN to_char(score::numeric, 'FM999990.0000') END;

COMMENT ON FUNCTION drift_internal.score_text(jsonb) IS 'a score with four decimal places; NULL where it is no number';

CREATE OR REPLACE FUNCTION drift_internal.cut(content text, length integer) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN char_length(content) > length THEN left(content, greatest(length - 1, 0)) || drift_internal.sign(8230, '~') ELSE content END;

COMMENT ON FUNCTION drift_internal.cut(text, integer) IS 'text of at most so many characters, with an ellipsis where it was longer';

-- One line, whatever the names in it hold: for headings, subjects and lists. Marks that turn the direction of what follows go as well.
CREATE OR REPLACE FUNCTION drift_internal.one_line(content text, length integer) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN drift_internal.cut(btrim(regexp_replace(translate(content, drift_internal.direction_marks(), ''),
		'[[:space:][:cntrl:]]+', ' ', 'g')), length);

COMMENT ON FUNCTION drift_internal.one_line(text, integer) IS 'text as one line of at most so many characters, without control characters';

CREATE OR REPLACE FUNCTION drift_internal.headline(message jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	title CONSTANT text := drift_internal.one_line(coalesce(message ->> 'title', 'drift'), 200);
	score CONSTANT text := drift_internal.score_text(message #> '{facts,drift_score}');
	warning CONSTANT text := concat(drift_internal.sign(9888, '!'), drift_internal.sign(65039, ''), ' ');
BEGIN
	RETURN CASE
		WHEN message ->> 'status' = 'resolved' THEN drift_internal.sign(9989, 'OK:') || ' ' || title
		WHEN message ->> 'status' = 'test' THEN drift_internal.sign(128276, '*') || ' ' || title
		WHEN message ->> 'cause' = 'escalation' THEN drift_internal.sign(128680, '!!') || ' ' || title
		WHEN message ->> 'status' = 'firing' AND message #> '{facts,drift_detected}' = 'true'
			AND (message -> 'alerts' = '[]' OR message -> 'alerts' @> '[{"kind": "data_drift"}]') THEN
			CASE WHEN message ->> 'severity' = 'critical' AND score IS NOT NULL THEN warning || 'High drift detected! Drift score: ' || score
				ELSE warning || 'Data drift detected!' END
		WHEN message ->> 'status' = 'firing' THEN warning || title
		ELSE title
	END;
END
$$;

COMMENT ON FUNCTION drift_internal.headline(jsonb) IS 'first line of a message';

-- The same sentence as on the report, for who reads no further.
CREATE OR REPLACE FUNCTION drift_internal.lead(message jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN message ->> 'status' = 'firing' THEN drift_internal.one_line(message #>> '{facts,sentence}', 600) END;

COMMENT ON FUNCTION drift_internal.lead(jsonb) IS 'what has happened in a sentence, as the report of the check says it; NULL where nothing is wrong or no check was made';

CREATE OR REPLACE FUNCTION drift_internal.retraining_text(retraining jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE jsonb_typeof(retraining) WHEN 'object' THEN
		concat(replace(retraining ->> 'action', '_', ' '),
			CASE WHEN retraining ->> 'strategy' <> 'none' THEN format(' (%s)', replace(retraining ->> 'strategy', '_', ' ')) END,
			CASE WHEN jsonb_typeof(retraining -> 'run') = 'object'
				THEN format('; run %s: %s', retraining #>> '{run,run_id}', replace(retraining #>> '{run,status}', '_', ' '))
					|| coalesce(', version ' || (retraining #>> '{run,version}'), '') END) END;

COMMENT ON FUNCTION drift_internal.retraining_text(jsonb) IS 'what was decided and the newest retraining, in a line';

CREATE OR REPLACE FUNCTION drift_internal.batch_text(batch jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN batch ->> 'rows' IS NOT NULL THEN concat(batch ->> 'rows', ' rows',
		format(' from %s to %s', left(batch ->> 'from', 16), left(batch ->> 'to', 16)),
		', mean score ' || drift_internal.score_text(batch -> 'mean_score'),
		' (reference ' || drift_internal.score_text(batch -> 'reference_mean_score') || ')') END;

COMMENT ON FUNCTION drift_internal.batch_text(jsonb) IS 'the rows that a check looked at, in a line';

CREATE OR REPLACE FUNCTION drift_internal.features_line(features jsonb, at_most integer) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN drift_internal.names_text(array_agg(drift_internal.one_line(f.name, 80) ORDER BY f.place), at_most)
	FROM jsonb_array_elements_text(CASE jsonb_typeof(features) WHEN 'array' THEN features ELSE '[]' END) WITH ORDINALITY AS f (name, place);
END
$$;

COMMENT ON FUNCTION drift_internal.features_line(jsonb, integer) IS 'names of features in a line, the first few of them; NULL without any';

-- What people look for first, in one order in all channels.
CREATE OR REPLACE FUNCTION drift_internal.fact_lines(message jsonb) RETURNS TABLE (place integer, label text, content text)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS 8
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts CONSTANT jsonb := CASE jsonb_typeof(message -> 'facts') WHEN 'object' THEN message -> 'facts' ELSE '{}' END;
BEGIN
	RETURN QUERY SELECT l.place, l.label, drift_internal.one_line(l.content, 1000)
	FROM (VALUES
			(1, 'Model', message ->> 'model'),
			(2, 'Monitor', message ->> 'monitor'),
			(3, 'Drift detected', CASE facts ->> 'drift_detected' WHEN 'true' THEN 'yes' WHEN 'false' THEN 'no' END),
			(4, 'Drift score', drift_internal.score_text(facts -> 'drift_score')),
			(5, 'Drift share', to_char((nullif(facts -> 'drift_share', 'null'))::numeric * 100, 'FM990.0') || ' %'),
			(6, 'Drifted features', drift_internal.features_line(facts -> 'drifted_features', 10)),
			(7, 'Prediction drift', (facts ->> 'prediction_drift')
				|| coalesce(', score ' || drift_internal.score_text(facts -> 'prediction_drift_score'), '')),
			(8, 'Performance', replace(facts ->> 'performance', '_', ' ')),
			(9, 'Retraining', drift_internal.retraining_text(facts -> 'retraining')),
			(10, 'Predictions', drift_internal.batch_text(facts -> 'batch')),
			(11, 'Environment', message ->> 'environment')) AS l (place, label, content)
	WHERE l.content <> '';
END
$$;

COMMENT ON FUNCTION drift_internal.fact_lines(jsonb) IS 'facts of a message, each a label and a line of text; those that are not known are left out';
