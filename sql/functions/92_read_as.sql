-- running stored text: as its owner, restricted and read-only

CREATE OR REPLACE FUNCTION drift_internal.read_as(
	owner regrole, query text, path text, profiles drift.profile[] DEFAULT NULL, timeout_ms integer DEFAULT 0) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'drift_read_as' LANGUAGE C VOLATILE COST 10000 ROWS 1000;

COMMENT ON FUNCTION drift_internal.read_as(regrole, text, text, drift.profile[], integer) IS
	'runs one query with the rights of a role, for its members: read-only, in a security-restricted operation, with names looked up on the given path and $1 standing for the profiles, for so many milliseconds at most (0: any). All its rows are read before the first is returned.';
