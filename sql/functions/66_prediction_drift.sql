-- drift of what a model says, in two sets of its answers

CREATE OR REPLACE FUNCTION drift.detect_prediction_drift(
	reference text,
	current text,
	prediction_column text DEFAULT 'prediction',
	thresholds text DEFAULT 'standard',
	OUT drift_detected boolean,
	OUT drift_score float8)
	RETURNS SETOF record
	LANGUAGE sql STABLE COST 100000 ROWS 1
BEGIN ATOMIC
	SELECT c.drifted, c.effect
	FROM drift.compare(reference, current, ARRAY[prediction_column], thresholds => thresholds) AS c;
END;

COMMENT ON FUNCTION drift.detect_prediction_drift(text, text, text, text) IS
	'whether predictions in two data sets differ: drift_score is the size of the difference from 0 to 1; NULL where there are too few';
