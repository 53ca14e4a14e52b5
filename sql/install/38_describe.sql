-- what drift.describe_relation() and its relatives say

CREATE TYPE drift.column_description AS (
	column_name text,
	column_type text,
	kind text,
	row_count bigint,
	missing_count bigint,
	missing_rate float8,
	distinct_count bigint,
	distinct_exact boolean,
	unique_share float8,
	most_common text,
	most_common_share float8,
	zero_count bigint,
	empty_count bigint,
	infinite_count bigint,
	mean float8,
	stddev float8,
	minimum text,
	p25 text,
	median text,
	p75 text,
	maximum text,
	flags text[],
	profile drift.profile
);
COMMENT ON TYPE drift.column_description IS 'what drift.describe_relation() says about one column';
COMMENT ON COLUMN drift.column_description.column_name IS 'the column; NULL for a profile alone';
COMMENT ON COLUMN drift.column_description.column_type IS 'its type; of a profile alone number, date, timestamp, text or boolean';
COMMENT ON COLUMN drift.column_description.kind IS 'numeric, categorical or unsupported';
COMMENT ON COLUMN drift.column_description.row_count IS 'rows, missing ones included';
COMMENT ON COLUMN drift.column_description.missing_count IS 'rows whose value is NULL or NaN';
COMMENT ON COLUMN drift.column_description.missing_rate IS 'share of the rows whose value is missing';
COMMENT ON COLUMN drift.column_description.distinct_count IS 'different values';
COMMENT ON COLUMN drift.column_description.distinct_exact IS 'whether distinct_count is exact; otherwise an estimate with a standard error of about 0.6 %';
COMMENT ON COLUMN drift.column_description.unique_share IS 'different values per value: 1 when none repeats';
COMMENT ON COLUMN drift.column_description.most_common IS 'the value of the most rows; NULL when no value stands out';
COMMENT ON COLUMN drift.column_description.most_common_share IS 'its share of the values; of a summary at least that';
COMMENT ON COLUMN drift.column_description.zero_count IS 'numbers that are zero; NULL for other values';
COMMENT ON COLUMN drift.column_description.empty_count IS 'texts of no characters; NULL for other values';
COMMENT ON COLUMN drift.column_description.infinite_count IS 'infinite numbers, dates or timestamps; NULL for other values';
COMMENT ON COLUMN drift.column_description.mean IS 'mean of the values; dates in days, timestamps in seconds since 1970';
COMMENT ON COLUMN drift.column_description.stddev IS 'sample standard deviation of the values';
COMMENT ON COLUMN drift.column_description.minimum IS 'smallest value, in the column''s own form; times in UTC';
COMMENT ON COLUMN drift.column_description.p25 IS 'lower quartile';
COMMENT ON COLUMN drift.column_description.median IS 'median';
COMMENT ON COLUMN drift.column_description.p75 IS 'upper quartile';
COMMENT ON COLUMN drift.column_description.maximum IS 'largest value';
COMMENT ON COLUMN drift.column_description.flags IS 'what is odd: all_missing, mostly_missing, constant, almost_constant, identifier, "duplicate of X", "almost duplicate of X"';
COMMENT ON COLUMN drift.column_description.profile IS 'the profile of the column, to be stored; NULL for types that have none and without rows';

CREATE TYPE drift.dataset_description AS (
	row_count bigint,
	column_count integer,
	complete_rows bigint,
	missing_rate float8,
	duplicate_rows bigint,
	duplicate_share float8,
	all_missing_columns text[],
	constant_columns text[],
	almost_constant_columns text[],
	identifier_columns text[],
	duplicate_columns text[],
	almost_duplicate_columns text[]
);
COMMENT ON TYPE drift.dataset_description IS 'what drift.describe_dataset() says about a whole data set';
COMMENT ON COLUMN drift.dataset_description.row_count IS 'rows';
COMMENT ON COLUMN drift.dataset_description.column_count IS 'columns that were looked at';
COMMENT ON COLUMN drift.dataset_description.complete_rows IS 'rows without a missing value';
COMMENT ON COLUMN drift.dataset_description.missing_rate IS 'share of all values that are missing';
COMMENT ON COLUMN drift.dataset_description.duplicate_rows IS 'rows beyond the first of each group of equal rows';
COMMENT ON COLUMN drift.dataset_description.duplicate_share IS 'their share of the rows';
COMMENT ON COLUMN drift.dataset_description.all_missing_columns IS 'columns without a value';
COMMENT ON COLUMN drift.dataset_description.constant_columns IS 'columns of one value';
COMMENT ON COLUMN drift.dataset_description.almost_constant_columns IS 'columns of which one value holds at least 95 % of the values';
COMMENT ON COLUMN drift.dataset_description.identifier_columns IS 'columns that look like identifiers';
COMMENT ON COLUMN drift.dataset_description.duplicate_columns IS 'columns that equal an earlier column in every row';
COMMENT ON COLUMN drift.dataset_description.almost_duplicate_columns IS 'columns that equal an earlier column in at least 95 % of the rows';
