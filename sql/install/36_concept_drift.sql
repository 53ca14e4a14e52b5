-- what the steps of drift.concept_drift() hand to each other, and what it says

CREATE TYPE drift_internal.column_cut AS (
	edges float8[],
	labels text[]
);
COMMENT ON TYPE drift_internal.column_cut IS 'how a column becomes a whole number: edges of bins of numbers, or labels, ascending bytewise, of categories';

CREATE TYPE drift_internal.concept_table AS (
	shape integer[],
	counts bigint[],
	means float8[],
	class_numbers float8[],
	n_reference bigint,
	n_current bigint,
	correlation_reference float8,
	correlation_current float8
);
COMMENT ON TYPE drift_internal.concept_table IS 'rows of both sides by value of a feature, stratum and class of the target, the reference first; shape has these three numbers; means of the feature by value and stratum, numbers of the classes, and Pearson''s correlations of the rows';

CREATE TYPE drift_internal.concept_result AS (
	entropy_reference float8,
	entropy_current float8,
	information_reference float8,
	information_current float8,
	information_expected float8,
	information_change float8,
	information_p_value float8,
	correlation_reference float8,
	correlation_current float8,
	correlation_expected float8,
	correlation_change float8,
	correlation_p_value float8,
	draws float8
);
COMMENT ON TYPE drift_internal.concept_result IS 'what src/stats/concept_drift.h finds in a table';

CREATE TYPE drift_internal.prior_result AS (
	distance float8,
	explained float8,
	unexplained float8,
	p_value float8
);
COMMENT ON TYPE drift_internal.prior_result IS 'total variation of the target: between both sides, between the reference and what its model says about the current rows, and between that and the current side';

CREATE TYPE drift.concept_change AS (
	column_name text,
	role text,
	kind text,
	n_reference bigint,
	n_current bigint,
	information_reference float8,
	information_current float8,
	information_expected float8,
	information_change float8,
	information_p_value float8,
	correlation_reference float8,
	correlation_current float8,
	correlation_expected float8,
	correlation_change float8,
	correlation_p_value float8,
	effect float8,
	p_value float8,
	p_value_corrected float8,
	severity text,
	drifted boolean,
	explanation text
);
COMMENT ON TYPE drift.concept_change IS 'what drift.concept_drift() says about the relation of one column to the target';
COMMENT ON COLUMN drift.concept_change.column_name IS 'the column';
COMMENT ON COLUMN drift.concept_change.role IS 'feature, score (of the reference''s model) or target';
COMMENT ON COLUMN drift.concept_change.kind IS 'numeric, categorical or unsupported';
COMMENT ON COLUMN drift.concept_change.n_reference IS 'rows of the reference with a value, a target and, if given, a score';
COMMENT ON COLUMN drift.concept_change.n_current IS 'the same of the current data';
COMMENT ON COLUMN drift.concept_change.information_reference IS 'mutual information with the target as a share of the target''s entropy, bias corrected: about 0 without any relation, 1 if the target follows from the column';
COMMENT ON COLUMN drift.concept_change.information_current IS 'the same of the current data';
COMMENT ON COLUMN drift.concept_change.information_expected IS 'what it would be there if only the rows and the prior had changed';
COMMENT ON COLUMN drift.concept_change.information_change IS 'current less expected';
COMMENT ON COLUMN drift.concept_change.information_p_value IS 'probability of a change at least as large in either direction, if the target followed from the rows as in the reference';
COMMENT ON COLUMN drift.concept_change.correlation_reference IS 'Pearson''s correlation with the target; NULL where either is no number';
COMMENT ON COLUMN drift.concept_change.correlation_current IS 'the same of the current data';
COMMENT ON COLUMN drift.concept_change.correlation_expected IS 'what it would be there if only the rows and the prior had changed';
COMMENT ON COLUMN drift.concept_change.correlation_change IS 'current less expected, with its sign';
COMMENT ON COLUMN drift.concept_change.correlation_p_value IS 'the same probability for the correlation';
COMMENT ON COLUMN drift.concept_change.effect IS 'the larger of both changes, 0 to 2; of the target the total variation between its current distribution and what the reference''s model says';
COMMENT ON COLUMN drift.concept_change.p_value IS 'of both changes together (Bonferroni)';
COMMENT ON COLUMN drift.concept_change.p_value_corrected IS 'corrected for the number of columns (Benjamini and Hochberg); the target is a family of its own';
COMMENT ON COLUMN drift.concept_change.severity IS 'critical: significant and at least the threshold; warning: significant and at least half of it; ok, insufficient_data or skipped';
COMMENT ON COLUMN drift.concept_change.drifted IS 'whether it is critical; NULL where there is no verdict';
COMMENT ON COLUMN drift.concept_change.explanation IS 'a sentence on what changed';
