-- what the steps of a comparison hand to each other

CREATE TYPE drift_internal.column_plan AS (
	column_name text,
	type_reference text,
	type_current text,
	kind text,
	value_type text,
	method text,
	requested boolean,
	obstacle text
);
COMMENT ON TYPE drift_internal.column_plan IS 'how drift.compare() will treat a column: the type both sides are read as, the method asked for, and what stands in the way (absent, type, unsupported)';

CREATE TYPE drift_internal.column_statistics AS (
	column_name text,
	psi float8,
	ks drift.test_result,
	chi_square drift.test_result,
	total_variation float8,
	requested drift.test_result,
	tied_ks_p_value float8,
	psi_chance drift.chance_result,
	total_variation_chance drift.chance_result
);
COMMENT ON TYPE drift_internal.column_statistics IS 'statistics of one column of two data sets';

CREATE TYPE drift_internal.bin_pair AS (
	bin integer,
	lower float8,
	upper float8,
	label text,
	n_reference bigint,
	n_current bigint
);
COMMENT ON TYPE drift_internal.bin_pair IS 'rows of both data sets in one bin of the reference or in one category';

CREATE TYPE drift_internal.psi_cell AS (
	bin integer,
	lower float8,
	upper float8,
	label text,
	segment text,
	share_reference float8,
	share_current float8,
	weight float8
);
COMMENT ON TYPE drift_internal.psi_cell IS 'shares of all rows in a bin of the PSI and a segment (empty: in all of them; NULL: in none), and what their difference is multiplied by to give what it adds to the PSI';

CREATE TYPE drift_internal.library_verdict AS (
	kind text,
	method text,
	statistic float8,
	p_value float8,
	threshold float8,
	drifted boolean,
	n_reference bigint,
	n_current bigint,
	state text,
	reason text
);
COMMENT ON TYPE drift_internal.library_verdict IS 'what another library says about a column; state is tested, skipped, insufficient_data or misapplied, and reason says why';

CREATE TYPE drift.comparison AS (
	column_name text,
	column_type text,
	kind text,
	method text,
	method_reason text,
	statistic float8,
	statistic_expected float8,
	statistic_95 float8,
	p_value float8,
	p_value_corrected float8,
	threshold float8,
	psi float8,
	psi_expected float8,
	psi_95 float8,
	effect float8,
	effect_low float8,
	effect_expected float8,
	effect_95 float8,
	severity text,
	drifted boolean,
	n_reference bigint,
	n_current bigint,
	missing_reference bigint,
	missing_current bigint,
	mean_reference float8,
	mean_current float8,
	stddev_reference float8,
	stddev_current float8,
	error_bound float8,
	findings text[],
	explanation text,
	severity_text text,
	action_text text
);
COMMENT ON TYPE drift.comparison IS 'what drift.compare() says about one column';
COMMENT ON COLUMN drift.comparison.column_name IS 'the column';
COMMENT ON COLUMN drift.comparison.column_type IS 'its type, or both types when the sides differ';
COMMENT ON COLUMN drift.comparison.kind IS 'numeric, categorical or unsupported';
COMMENT ON COLUMN drift.comparison.method IS 'statistic the verdict rests on';
COMMENT ON COLUMN drift.comparison.method_reason IS 'why this method';
COMMENT ON COLUMN drift.comparison.statistic IS 'its value';
COMMENT ON COLUMN drift.comparison.statistic_expected IS 'what a requested distance is on average when nothing has drifted; NULL for tests';
COMMENT ON COLUMN drift.comparison.statistic_95 IS 'what a requested distance exceeds in 5 % of cases when nothing has drifted';
COMMENT ON COLUMN drift.comparison.p_value IS 'probability of a statistic this large if nothing drifted';
COMMENT ON COLUMN drift.comparison.p_value_corrected IS 'the same, corrected for the number of tests in this comparison';
COMMENT ON COLUMN drift.comparison.threshold IS 'what the statistic or its p-value was held against, where the threshold set leaves that to another library''s rules';
COMMENT ON COLUMN drift.comparison.psi IS 'population stability index over the bins of the reference';
COMMENT ON COLUMN drift.comparison.psi_expected IS 'what the PSI is on average when nothing has drifted';
COMMENT ON COLUMN drift.comparison.psi_95 IS 'what the PSI exceeds in 5 % of cases when nothing has drifted';
COMMENT ON COLUMN drift.comparison.effect IS 'size of the difference from 0 to 1: KS distance of a numeric column, total variation of a categorical one';
COMMENT ON COLUMN drift.comparison.effect_low IS 'lower 95 % confidence bound of the effect';
COMMENT ON COLUMN drift.comparison.effect_expected IS 'what the effect is on average when nothing has drifted';
COMMENT ON COLUMN drift.comparison.effect_95 IS 'what the effect exceeds in 5 % of cases when nothing has drifted; with repeated numbers an upper bound';
COMMENT ON COLUMN drift.comparison.severity IS 'ok, warning, critical, insufficient_data or skipped';
COMMENT ON COLUMN drift.comparison.drifted IS 'the verdict; NULL when there is none';
COMMENT ON COLUMN drift.comparison.n_reference IS 'values in the reference, missing ones not counted';
COMMENT ON COLUMN drift.comparison.n_current IS 'values in the current data, missing ones not counted';
COMMENT ON COLUMN drift.comparison.missing_reference IS 'missing values (NULL or NaN) in the reference';
COMMENT ON COLUMN drift.comparison.missing_current IS 'missing values (NULL or NaN) in the current data';
COMMENT ON COLUMN drift.comparison.mean_reference IS 'mean of the reference; dates in days, timestamps in seconds since 1970';
COMMENT ON COLUMN drift.comparison.mean_current IS 'mean of the current data';
COMMENT ON COLUMN drift.comparison.stddev_reference IS 'sample standard deviation of the reference';
COMMENT ON COLUMN drift.comparison.stddev_current IS 'sample standard deviation of the current data';
COMMENT ON COLUMN drift.comparison.error_bound IS 'how wrong the effect can be because it was read from summaries; 0 when exact';
COMMENT ON COLUMN drift.comparison.findings IS 'what was found: distribution, psi, missing, new_category, vanished_category, out_of_range, absent or type';
COMMENT ON COLUMN drift.comparison.explanation IS 'a sentence on what changed';
COMMENT ON COLUMN drift.comparison.severity_text IS 'the severity in words';
COMMENT ON COLUMN drift.comparison.action_text IS 'what to do about it';

CREATE TYPE drift_internal.compared_column AS (
	verdict drift.comparison,
	reference drift.profile,
	current drift.profile
);
COMMENT ON TYPE drift_internal.compared_column IS 'the verdict on a column, and the profiles of both sides; NULL for a column that could not be read';
