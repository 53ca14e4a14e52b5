-- named threshold sets: when a difference between two data sets counts as drift

CREATE TABLE drift.thresholds (
	name text PRIMARY KEY,
	description text NOT NULL,
	built_in boolean NOT NULL DEFAULT false,
	rule text NOT NULL CHECK (rule IN ('test', 'psi', 'test_or_psi', 'evidently', 'nannyml')),
	alpha float8 NOT NULL CHECK (alpha > 0 AND alpha < 1),
	correction text NOT NULL CHECK (correction IN ('bh', 'none')),
	minimum_effect float8 NOT NULL CHECK (minimum_effect >= 0 AND minimum_effect <= 1),
	psi_warning float8 NOT NULL CHECK (psi_warning > 0 AND psi_warning < 'Infinity'),
	psi_critical float8 NOT NULL CHECK (psi_critical > 0 AND psi_critical < 'Infinity'),
	psi_alpha float8 NOT NULL CHECK (psi_alpha > 0 AND psi_alpha <= 1),
	inclusive boolean NOT NULL,
	critical_needs_both boolean NOT NULL,
	point_findings boolean NOT NULL,
	minimum_share float8 NOT NULL CHECK (minimum_share >= 0 AND minimum_share <= 1),
	drift_share float8 NOT NULL CHECK (drift_share >= 0 AND drift_share <= 1),
	drift_share_high float8 NOT NULL CHECK (drift_share_high >= 0 AND drift_share_high <= 1),
	CHECK (psi_warning <= psi_critical),
	CHECK (drift_share <= drift_share_high)
);

COMMENT ON TABLE drift.thresholds IS 'named sets of thresholds; the built-in ones cannot be changed, drift.copy_thresholds() makes one of your own';
COMMENT ON COLUMN drift.thresholds.name IS 'what the thresholds argument of drift.compare() and others takes';
COMMENT ON COLUMN drift.thresholds.description IS 'what the set is for and where it comes from';
COMMENT ON COLUMN drift.thresholds.built_in IS 'made by the extension: cannot be changed and is not dumped';
COMMENT ON COLUMN drift.thresholds.rule IS 'what makes a column drift: test (significant test and large enough effect), psi (its band), test_or_psi, or evidently or nannyml (the verdict of that library alone: of the other values only drift_share and inclusive count)';
COMMENT ON COLUMN drift.thresholds.alpha IS 'a test is significant when its corrected p-value is below this';
COMMENT ON COLUMN drift.thresholds.correction IS 'correction of the p-values for the number of tests: bh (Benjamini-Hochberg) or none';
COMMENT ON COLUMN drift.thresholds.minimum_effect IS 'smallest effect (KS D, total variation) a significant test needs to count';
COMMENT ON COLUMN drift.thresholds.psi_warning IS 'where the warning band of the PSI begins';
COMMENT ON COLUMN drift.thresholds.psi_critical IS 'where the critical band of the PSI begins';
COMMENT ON COLUMN drift.thresholds.psi_alpha IS 'a PSI counts only if its probability under no drift is below this; 1 switches the guard off';
COMMENT ON COLUMN drift.thresholds.inclusive IS 'whether the bounds of the bands and of the share belong to the upper band (>=) or not (>)';
COMMENT ON COLUMN drift.thresholds.critical_needs_both IS 'whether critical needs the test besides the critical band of the PSI';
COMMENT ON COLUMN drift.thresholds.point_findings IS 'whether missing values, new and vanished categories and values out of range are findings too';
COMMENT ON COLUMN drift.thresholds.minimum_share IS 'smallest share of rows a point finding needs to count';
COMMENT ON COLUMN drift.thresholds.drift_share IS 'share of drifted columns from which the data set drifts; 0: any drifted column';
COMMENT ON COLUMN drift.thresholds.drift_share_high IS 'share of drifted columns from which the drift of the data set is high';

INSERT INTO drift.thresholds VALUES
	('standard',
	 'corrected tests with an effect that matters, or a PSI that chance does not explain',
	 true, 'test_or_psi', 0.01, 'bh', 0.05, 0.1, 0.25, 0.001, true, true, true, 0.01, 0, 0.5),
	('psi_020',
	 'KS p below 0.05 or PSI 0.1 warns, both with PSI 0.2 are critical; alarms often on large data',
	 true, 'test_or_psi', 0.05, 'none', 0, 0.1, 0.2, 1, true, true, false, 0, 0, 0.5),
	('psi_025',
	 'PSI above 0.10 warns and above 0.25 is critical, KS p below 0.05 warns; alarms often on large data',
	 true, 'test_or_psi', 0.05, 'none', 0, 0.1, 0.25, 1, false, false, false, 0, 0, 0.5),
	('drift_share_030',
	 'uncorrected tests; the data set drifts above 30 % of drifted columns, highly above 50 %',
	 true, 'test', 0.05, 'none', 0, 0.1, 0.25, 1, false, true, false, 0, 0.3, 0.5),
	('share_005',
	 'Evidently''s test, threshold and verdict for each column; the data set drifts above 5 % of drifted columns',
	 true, 'evidently', 0.05, 'none', 0, 0.1, 0.25, 1, false, true, false, 0, 0.05, 0.5),
	('evidently',
	 'Evidently''s test, threshold and verdict for each column; the data set drifts from 50 % of drifted columns',
	 true, 'evidently', 0.05, 'none', 0, 0.1, 0.25, 1, true, true, false, 0, 0.5, 0.5),
	('nannyml',
	 'NannyML''s univariate methods, their thresholds from chunks of the reference; the data set drifts with any column',
	 true, 'nannyml', 0.05, 'none', 0, 0.1, 0.25, 1, false, true, false, 0, 0, 0.5);

-- The built-in sets come with the extension, so a dump holds the users' only.
SELECT pg_extension_config_dump('drift.thresholds', 'WHERE NOT built_in');

GRANT SELECT ON drift.thresholds TO PUBLIC;

-- The names and the insert are left alone: a restore inserts rows.
CREATE FUNCTION drift_internal.keep_built_in() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'threshold set "%" is built in and cannot be changed', OLD.name
		USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = 'Make your own with drift.copy_thresholds().';
END
$$;

COMMENT ON FUNCTION drift_internal.keep_built_in() IS 'trigger that refuses to change what the extension brought';

CREATE TRIGGER keep_built_in BEFORE UPDATE OR DELETE ON drift.thresholds
	FOR EACH ROW WHEN (OLD.built_in) EXECUTE FUNCTION drift_internal.keep_built_in();
