-- relations between two columns: (x, y)
--
-- Rows in which x or y is NULL or NaN are left out.

-- relation private functions

CREATE OR REPLACE FUNCTION drift_internal.correlation_accum(internal, "any", "any") RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_correlation_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.correlation_accum(internal, "any", "any") IS 'Adds a pair to the sums of Pearson''s correlation; private to drift.correlation and drift.correlation_test';

CREATE OR REPLACE FUNCTION drift_internal.correlation_accum(internal, "any", "any", text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_correlation_method_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.correlation_accum(internal, "any", "any", text) IS 'Adds a pair for a named correlation; private to drift.correlation and drift.correlation_test';

CREATE OR REPLACE FUNCTION drift_internal.correlation_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_correlation_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.correlation_combine(internal, internal) IS 'Adds up the sums of parallel workers; private to drift.correlation and drift.correlation_test';

CREATE OR REPLACE FUNCTION drift_internal.correlation_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_correlation_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.correlation_serialize(internal) IS 'Sums of a parallel worker as bytes; private to drift.correlation and drift.correlation_test';

CREATE OR REPLACE FUNCTION drift_internal.correlation_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_correlation_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.correlation_deserialize(bytea, internal) IS 'Sums of a parallel worker from bytes; private to drift.correlation and drift.correlation_test';

CREATE OR REPLACE FUNCTION drift_internal.information_accum(internal, "any", "any") RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_information_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.information_accum(internal, "any", "any") IS 'Adds a pair; private to drift.mutual_information and drift.mutual_information_test';

CREATE OR REPLACE FUNCTION drift_internal.information_accum(internal, "any", "any", integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_information_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.information_accum(internal, "any", "any", integer) IS 'Adds a pair for a given number of bins; private to drift.mutual_information and drift.mutual_information_test';

CREATE OR REPLACE FUNCTION drift_internal.information_accum(internal, "any", "any", integer, integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_information_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.information_accum(internal, "any", "any", integer, integer) IS 'Adds a pair for given numbers of bins and permutations; private to drift.mutual_information and drift.mutual_information_test';

CREATE OR REPLACE FUNCTION drift_internal.information_accum(internal, "any", "any", integer, integer, bigint) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_information_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.information_accum(internal, "any", "any", integer, integer, bigint) IS 'Adds a pair for given numbers of bins and permutations and a seed; private to drift.mutual_information and drift.mutual_information_test';

CREATE OR REPLACE FUNCTION drift_internal.correlation(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_correlation' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.correlation(internal) IS 'Final function of the correlation aggregates';

CREATE OR REPLACE FUNCTION drift_internal.correlation_test(internal) RETURNS drift.association
	AS 'MODULE_PATHNAME', 'drift_correlation_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.correlation_test(internal) IS 'Final function of the correlation_test aggregates';

CREATE OR REPLACE FUNCTION drift_internal.mutual_information(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_mutual_information' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.mutual_information(internal) IS 'Final function of the mutual_information aggregates';

CREATE OR REPLACE FUNCTION drift_internal.mutual_information_test(internal) RETURNS drift.association
	AS 'MODULE_PATHNAME', 'drift_mutual_information_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.mutual_information_test(internal) IS 'Final function of the mutual_information_test aggregates';

-- relation aggregates

CREATE OR REPLACE AGGREGATE drift.correlation(x "any", y "any") (
	SFUNC = drift_internal.correlation_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.correlation_combine,
	SERIALFUNC = drift_internal.correlation_serialize,
	DESERIALFUNC = drift_internal.correlation_deserialize,
	FINALFUNC = drift_internal.correlation,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.correlation(x "any", y "any") IS 'Pearson''s correlation, -1 to 1; NULL when a column is constant. Numbers, times, and booleans as 0 and 1; a parallel plan adds up sums of its workers';

CREATE OR REPLACE AGGREGATE drift.correlation(x "any", y "any", method text) (
	SFUNC = drift_internal.correlation_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.correlation,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.correlation(x "any", y "any", method text) IS 'Correlation by method: pearson, spearman (of ranks) or kendall (tau-b), -1 to 1, or cramers_v of categories, 0 to 1 (numbers with more than 20 distinct values in 10 bins); NULL when a column is constant';

CREATE OR REPLACE AGGREGATE drift.correlation_test(x "any", y "any") (
	SFUNC = drift_internal.correlation_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.correlation_combine,
	SERIALFUNC = drift_internal.correlation_serialize,
	DESERIALFUNC = drift_internal.correlation_deserialize,
	FINALFUNC = drift_internal.correlation_test,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.correlation_test(x "any", y "any") IS 'Pearson''s correlation and its two-sided p-value for normal columns';

CREATE OR REPLACE AGGREGATE drift.correlation_test(x "any", y "any", method text) (
	SFUNC = drift_internal.correlation_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.correlation_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.correlation_test(x "any", y "any", method text) IS 'Correlation by method (pearson, spearman, kendall or cramers_v) and its p-value, two-sided but for cramers_v, which is that of the chi-square';

CREATE OR REPLACE AGGREGATE drift.mutual_information(x "any", y "any") (
	SFUNC = drift_internal.information_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.mutual_information,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mutual_information(x "any", y "any") IS 'Mutual information in nats with the bias correction of Miller and Madow: about 0, on either side of it, when the columns are independent. Numbers with more than 20 distinct values in 10 quantile bins each, categories as they are';

CREATE OR REPLACE AGGREGATE drift.mutual_information(x "any", y "any", bins integer) (
	SFUNC = drift_internal.information_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.mutual_information,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mutual_information(x "any", y "any", bins integer) IS 'Mutual information in nats with the bias correction of Miller and Madow; numbers with more than 20 distinct values in the given number of quantile bins each';

CREATE OR REPLACE AGGREGATE drift.mutual_information_test(x "any", y "any") (
	SFUNC = drift_internal.information_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.mutual_information_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mutual_information_test(x "any", y "any") IS 'Mutual information in nats, plug-in estimate (half of the G statistic per row), and its p-value by 999 random permutations, seed 42; numbers with more than 20 distinct values in 10 quantile bins each';

CREATE OR REPLACE AGGREGATE drift.mutual_information_test(x "any", y "any", bins integer) (
	SFUNC = drift_internal.information_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.mutual_information_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mutual_information_test(x "any", y "any", bins integer) IS 'Mutual information in nats, plug-in estimate, and its p-value by 999 random permutations, seed 42; numbers with more than 20 distinct values in the given number of quantile bins each';

CREATE OR REPLACE AGGREGATE drift.mutual_information_test(x "any", y "any", bins integer, permutations integer) (
	SFUNC = drift_internal.information_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.mutual_information_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mutual_information_test(x "any", y "any", bins integer, permutations integer) IS 'Mutual information in nats, plug-in estimate, and its p-value by the given number of random permutations, seed 42';

CREATE OR REPLACE AGGREGATE drift.mutual_information_test(x "any", y "any", bins integer, permutations integer, seed bigint) (
	SFUNC = drift_internal.information_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.mutual_information_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mutual_information_test(x "any", y "any", bins integer, permutations integer, seed bigint) IS 'Mutual information in nats, plug-in estimate, and its p-value by random permutations of a seed, the same for the same seed and rows in any order';
