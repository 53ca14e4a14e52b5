-- The script creates the schema itself: one that somebody else made first
-- would be theirs to drop, with the extension in it.
CREATE SCHEMA drift;
COMMENT ON SCHEMA drift IS 'Drift of data and models: profiles, statistics, comparisons.';
GRANT USAGE ON SCHEMA drift TO PUBLIC;

-- What the functions of drift are made of, so that drift holds only what is
-- meant to be called. Callers run it with their own rights.
CREATE SCHEMA drift_internal;
COMMENT ON SCHEMA drift_internal IS 'Private parts of the extension drift; they change without notice.';
GRANT USAGE ON SCHEMA drift_internal TO PUBLIC;
