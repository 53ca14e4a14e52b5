-- rows of both sides per bin, and what follows from the counts alone

-- A profile of no rows at all is NULL.
CREATE OR REPLACE FUNCTION drift.value_count(profile drift.profile) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(drift.row_count(profile) - drift.missing_count(profile), 0)
$$;

COMMENT ON FUNCTION drift.value_count(drift.profile) IS 'rows of a profile that have a value; 0 for NULL';

-- Shares are raised to 1e-4 as drift.psi() raises them.
CREATE OR REPLACE FUNCTION drift_internal.psi_contribution(share_reference float8, share_current float8) RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (c - r) * ln(c / r)
	FROM (SELECT greatest(share_reference, 1e-4) AS r, greatest(share_current, 1e-4) AS c) AS s
$$;

COMMENT ON FUNCTION drift_internal.psi_contribution(float8, float8) IS 'what one bin adds to the PSI';

CREATE OR REPLACE FUNCTION drift_internal.psi_bins(reference drift.profile, current drift.profile) RETURNS SETOF drift_internal.bin_pair
	AS 'MODULE_PATHNAME', 'drift_psi_bins' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10;

COMMENT ON FUNCTION drift_internal.psi_bins(drift.profile, drift.profile) IS
	'the bins over which drift.psi() is taken, with the rows of both sides: those of the reference, or its categories, of which rare ones share one';

CREATE OR REPLACE FUNCTION drift_internal.psi_bin_rows(reference drift.profile, current drift.profile, profile drift.profile) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'drift_psi_bin_rows' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;

COMMENT ON FUNCTION drift_internal.psi_bin_rows(drift.profile, drift.profile, drift.profile) IS
	'rows of a third profile in each row of drift_internal.psi_bins()';

CREATE OR REPLACE FUNCTION drift_internal.share_outside(profile drift.profile, low float8, high float8) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_share_outside' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.share_outside(drift.profile, float8, float8) IS
	'share of the values of a numeric profile that are below low or above high';
