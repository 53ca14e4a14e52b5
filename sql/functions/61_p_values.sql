-- probabilities under no drift

CREATE OR REPLACE FUNCTION drift.psi_p_value(psi float8, bins bigint, n_reference bigint, n_current bigint) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_psi_chance_p_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift.psi_p_value(float8, bigint, bigint, bigint) IS
	'probability that a PSI over this many bins comes from chance alone: PSI/(1/n + 1/m) is nearly chi-square with bins - 1 degrees of freedom';

CREATE OR REPLACE FUNCTION drift_internal.two_proportion_p_value(k_reference bigint, n_reference bigint, k_current bigint, n_current bigint)
	RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_two_proportion_p_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.two_proportion_p_value(bigint, bigint, bigint, bigint) IS
	'p-value of the pooled two-sided z test that k of n rows have the same probability on both sides; NULL where a side has no rows';

CREATE OR REPLACE FUNCTION drift_internal.one_sided_rows_p_value(k bigint, n_own bigint, n_other bigint, tries bigint)
	RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_one_sided_rows_p_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.one_sided_rows_p_value(bigint, bigint, bigint, bigint) IS
	'upper bound on the probability that k given rows all fall on the side of n_own rows and none among n_other, at the best of so many tries';
