-- results of tests that compare two models or two arms

CREATE TYPE drift.delong_result AS (
	auc_1 double precision,
	auc_2 double precision,
	difference double precision,
	standard_error double precision,
	low double precision,
	high double precision,
	z double precision,
	p_value double precision,
	n_positive bigint,
	n_negative bigint
);
COMMENT ON TYPE drift.delong_result IS 'Result of DeLong''s test: the areas under the ROC curve of two scores, the first less the second with its standard error and confidence interval, z and its two-sided p-value, and the rows of both classes. What the rows do not determine is NULL.';
