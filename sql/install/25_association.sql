
-- association type

CREATE TYPE drift.association AS (
	statistic double precision,
	p_value double precision,
	n bigint
);
COMMENT ON TYPE drift.association IS 'Result of a test whether two columns are related: the statistic, the probability of one at least as large when they are not, and the number of pairs without missing values. What the pairs do not determine is NULL.';
