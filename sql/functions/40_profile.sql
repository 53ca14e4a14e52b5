-- what a profile can be asked

CREATE OR REPLACE FUNCTION drift.row_count(profile drift.profile) RETURNS bigint
	AS 'MODULE_PATHNAME', 'drift_row_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.row_count(drift.profile) IS 'Rows in the profile, missing ones included.';

CREATE OR REPLACE FUNCTION drift.missing_count(profile drift.profile) RETURNS bigint
	AS 'MODULE_PATHNAME', 'drift_missing_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.missing_count(drift.profile) IS 'Rows whose value is missing: NULL or NaN.';

CREATE OR REPLACE FUNCTION drift.missing_rate(profile drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_missing_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.missing_rate(drift.profile) IS 'Share of the rows whose value is missing; NULL without rows.';

CREATE OR REPLACE FUNCTION drift.kind(profile drift.profile) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_kind' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.kind(drift.profile) IS 'numeric or categorical.';

CREATE OR REPLACE FUNCTION drift.value_type(profile drift.profile) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_value_type' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.value_type(drift.profile) IS 'What the values are: number, date (in days since 1970-01-01), timestamp (in seconds since then), text or boolean.';

CREATE OR REPLACE FUNCTION drift.is_exact(profile drift.profile) RETURNS boolean
	AS 'MODULE_PATHNAME', 'drift_is_exact' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.is_exact(drift.profile) IS 'Whether the profile counts every distinct value, so that everything computed from it is exact.';

CREATE OR REPLACE FUNCTION drift.mean(profile drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.mean(drift.profile) IS 'Mean of the values, as avg() gives it; exact whatever the size.';

CREATE OR REPLACE FUNCTION drift.stddev(profile drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_stddev' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.stddev(drift.profile) IS 'Sample standard deviation of the values, as stddev() gives it.';

CREATE OR REPLACE FUNCTION drift.minimum(profile drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.minimum(drift.profile) IS 'Smallest value.';

CREATE OR REPLACE FUNCTION drift.maximum(profile drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_maximum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.maximum(drift.profile) IS 'Largest value.';

CREATE OR REPLACE FUNCTION drift.distinct_count(profile drift.profile) RETURNS bigint
	AS 'MODULE_PATHNAME', 'drift_distinct_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.distinct_count(drift.profile) IS 'Number of distinct values; NULL when the profile is a summary and cannot know.';

CREATE OR REPLACE FUNCTION drift.quantile(profile drift.profile, q double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_quantile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.quantile(drift.profile, double precision) IS 'The q-quantile: linear interpolation, as percentile_cont() gives it, when the profile is exact; otherwise a value seen whose rank is within rank_error() of it.';

CREATE OR REPLACE FUNCTION drift.cdf(profile drift.profile, x double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_cdf' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.cdf(drift.profile, double precision) IS 'Share of the values that are <= x, within rank_error().';

CREATE OR REPLACE FUNCTION drift.rank_error(profile drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_rank_error' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.rank_error(drift.profile) IS 'Worst-case error, as a share of the rows, of every rank, quantile and distribution function value the profile gives (of every count, for categories). Computed from the profile itself; 0 when it is exact.';

CREATE OR REPLACE FUNCTION drift.compact(profile drift.profile) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_compact' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.compact(drift.profile) IS 'A smaller profile of the same rows, typically 2 kB: same counts, moments, range and bins, larger rank_error().';

CREATE OR REPLACE FUNCTION drift.bins(profile drift.profile) RETURNS TABLE (bin integer, lower double precision, upper double precision, category text, label text, row_count bigint, share double precision)
	AS 'MODULE_PATHNAME', 'drift_bins' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 12;
COMMENT ON FUNCTION drift.bins(drift.profile) IS 'The bins of the profile: those it has counted, otherwise ten quantile bins; of a categorical profile its categories, the largest first. A bin holds the values > lower and <= upper.';

CREATE OR REPLACE FUNCTION drift.bins(profile drift.profile, bins integer) RETURNS TABLE (bin integer, lower double precision, upper double precision, category text, label text, row_count bigint, share double precision)
	AS 'MODULE_PATHNAME', 'drift_bins' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 12;
COMMENT ON FUNCTION drift.bins(drift.profile, integer) IS 'The bins that a number of quantile bins makes of the profile; of a categorical profile its categories.';
