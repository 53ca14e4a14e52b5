-- what multivariate drift says

CREATE TYPE drift_internal.column_encoding AS (
	center float8,
	scale float8,
	missing float8,
	unknown float8,
	labels text[],
	codes float8[]
);
COMMENT ON TYPE drift_internal.column_encoding IS 'how a column becomes a number: (x - center) / scale, or the code of a label, ascending bytewise; and what stands for missing values and unknown labels';

CREATE TYPE drift_internal.reconstruction AS (
	n bigint,
	mean float8,
	deviation float8,
	squares float8[]
);
COMMENT ON TYPE drift_internal.reconstruction IS 'errors of rows given back by principal components: their mean and sample deviation, and the mean square left of each column';

CREATE TYPE drift.reconstruction_change AS (
	side text,
	chunk integer,
	starts_at timestamptz,
	ends_at timestamptz,
	n bigint,
	reconstruction_error float8,
	standard_error float8,
	error_low float8,
	error_high float8,
	lower_threshold float8,
	upper_threshold float8,
	alert boolean,
	contributions jsonb
);
COMMENT ON TYPE drift.reconstruction_change IS 'how well the principal components of the reference give the rows of one chunk back';
COMMENT ON COLUMN drift.reconstruction_change.side IS 'reference or current';
COMMENT ON COLUMN drift.reconstruction_change.chunk IS 'number of the chunk on its side, from 1';
COMMENT ON COLUMN drift.reconstruction_change.starts_at IS 'earliest time in it; NULL without a time column';
COMMENT ON COLUMN drift.reconstruction_change.ends_at IS 'latest time in it';
COMMENT ON COLUMN drift.reconstruction_change.n IS 'rows';
COMMENT ON COLUMN drift.reconstruction_change.reconstruction_error IS 'mean distance of a standardised row from what the components make of it';
COMMENT ON COLUMN drift.reconstruction_change.standard_error IS 'its standard error';
COMMENT ON COLUMN drift.reconstruction_change.error_low IS 'three standard errors below, at least 0';
COMMENT ON COLUMN drift.reconstruction_change.error_high IS 'three standard errors above';
COMMENT ON COLUMN drift.reconstruction_change.lower_threshold IS 'mean of the chunks of the reference less three of their deviations; NULL where that is not above 0';
COMMENT ON COLUMN drift.reconstruction_change.upper_threshold IS 'the mean and three deviations';
COMMENT ON COLUMN drift.reconstruction_change.alert IS 'whether the error is not between the thresholds; NULL with fewer than two chunks of the reference';
COMMENT ON COLUMN drift.reconstruction_change.contributions IS 'by how much the mean square left of each column exceeds that in the reference, the largest excess first';
