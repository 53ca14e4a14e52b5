-- The script creates the schema itself: one that somebody else made first
-- would be theirs to drop, with the extension in it.
CREATE SCHEMA drift;
COMMENT ON SCHEMA drift IS 'Drift of data and models: profiles, statistics, comparisons.';
GRANT USAGE ON SCHEMA drift TO PUBLIC;
