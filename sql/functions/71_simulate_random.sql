-- random numbers of simulated rows: each is a function of seed, stream and row, so that
-- neither the plan nor the order of the rows changes any

CREATE OR REPLACE FUNCTION drift_internal.simulation_stream(name text) RETURNS bigint
	AS 'MODULE_PATHNAME', 'drift_simulation_stream' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.simulation_stream(text) IS 'stream of random numbers for a purpose';

CREATE OR REPLACE FUNCTION drift_internal.simulated_uniform(seed bigint, stream bigint, row_number bigint) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_simulated_uniform' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.simulated_uniform(bigint, bigint, bigint) IS 'random number between 0 and 1, both excluded, the same for the same arguments on every machine';

CREATE OR REPLACE FUNCTION drift_internal.simulated_normal(seed bigint, stream bigint, row_number bigint) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_simulated_normal' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.simulated_normal(bigint, bigint, bigint) IS 'random number of the standard normal distribution, the same for the same arguments';

CREATE OR REPLACE FUNCTION drift_internal.simulated_integer(value float8, seed bigint, stream bigint, row_number bigint) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_simulated_integer' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.simulated_integer(float8, bigint, bigint, bigint) IS
	'the whole number below or above a value, at random so that the mean over many rows stays the value';

CREATE OR REPLACE FUNCTION drift_internal.normal_quantile(p float8) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_normal_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.normal_quantile(float8) IS 'quantile of the standard normal distribution, p from 0 to 1';

-- Terms of a query over rows whose number is i. The purpose names the stream, and with it the
-- column, so that a column added to the source leaves the draws of the others alone.
CREATE OR REPLACE FUNCTION drift_internal.random_term(kind text, seed bigint, purpose text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('drift_internal.simulated_%s(%L::bigint, %L::bigint, i)', kind, seed, drift_internal.simulation_stream(purpose))
$$;

COMMENT ON FUNCTION drift_internal.random_term(text, bigint, text) IS
	'SQL expression for a random number, uniform or normal, of the row numbered i';
