-- profile type

-- Its category is that of strings so that literals and untyped parameters in
-- drift.psi($1, $2) are taken as profiles: the aggregates of the same names
-- take values and a boolean, and the parser prefers strings for what has no type.
CREATE TYPE drift.profile;

CREATE FUNCTION drift.profile_in(cstring) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.profile_in(cstring) IS 'Input function of drift.profile: a JSON object that says everything about the profile.';

CREATE FUNCTION drift.profile_out(drift.profile) RETURNS cstring
	AS 'MODULE_PATHNAME', 'drift_profile_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.profile_out(drift.profile) IS 'Output function of drift.profile.';

CREATE FUNCTION drift.profile_recv(internal) RETURNS drift.profile
	AS 'MODULE_PATHNAME', 'drift_profile_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.profile_recv(internal) IS 'Binary input function of drift.profile.';

CREATE FUNCTION drift.profile_send(drift.profile) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_profile_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.profile_send(drift.profile) IS 'Binary output function of drift.profile.';

CREATE TYPE drift.profile (
	INPUT = drift.profile_in,
	OUTPUT = drift.profile_out,
	RECEIVE = drift.profile_recv,
	SEND = drift.profile_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended,
	CATEGORY = 'S'
);
COMMENT ON TYPE drift.profile IS 'Mergeable summary of the distribution of one column, numeric or categorical.';

CREATE CAST (drift.profile AS jsonb) WITH INOUT;
COMMENT ON CAST (drift.profile AS jsonb) IS 'The profile as jsonb: its text form.';

-- test_result type

CREATE TYPE drift.test_result AS (
	statistic double precision,
	p_value double precision,
	n_reference bigint,
	n_current bigint,
	statistic_error double precision,
	p_value_low double precision,
	p_value_high double precision
);
COMMENT ON TYPE drift.test_result IS 'Result of a two-sample test. On summaries the true statistic is within statistic_error of the statistic and the true p-value in [p_value_low, p_value_high]; from rows the error is 0.';

-- chance_result type

CREATE TYPE drift.chance_result AS (
	statistic double precision,
	expected double precision,
	upper_95 double precision,
	upper_999 double precision,
	p_value double precision
);
COMMENT ON TYPE drift.chance_result IS 'What a statistic is and what it would be if nothing had drifted: its expected value, the points that it passes with probability 5 % and 0.1 %, and the probability of one at least as large as it is.';

-- mcnemar_result type

CREATE TYPE drift.mcnemar_result AS (
	p_value double precision,
	p_value_exact double precision,
	chi_square double precision,
	chi_square_p_value double precision,
	edwards double precision,
	edwards_p_value double precision
);
COMMENT ON TYPE drift.mcnemar_result IS 'Result of McNemar''s test: the mid-p value, the exact p-value of the binomial distribution, the chi-square statistic without and with Edwards'' correction and their p-values; all two-sided.';
