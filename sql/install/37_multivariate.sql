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

CREATE TYPE drift.domain_separation AS (
	column_name text,
	role text,
	kind text,
	n_reference bigint,
	n_current bigint,
	auc float8,
	standard_error float8,
	auc_low float8,
	auc_high float8,
	association float8,
	alert boolean,
	explanation text
);
COMMENT ON TYPE drift.domain_separation IS 'how well a column tells rows of the reference from current ones';
COMMENT ON COLUMN drift.domain_separation.column_name IS 'the column';
COMMENT ON COLUMN drift.domain_separation.role IS 'score (of the domain classifier) or feature';
COMMENT ON COLUMN drift.domain_separation.kind IS 'numeric or categorical';
COMMENT ON COLUMN drift.domain_separation.n_reference IS 'rows of the reference with a value';
COMMENT ON COLUMN drift.domain_separation.n_current IS 'current rows with a value';
COMMENT ON COLUMN drift.domain_separation.auc IS 'probability that a current row has the larger value than one of the reference, ties counting half; of categories, ordered by how current they are, at least 0.5';
COMMENT ON COLUMN drift.domain_separation.standard_error IS 'its standard error (DeLong), of the score and of categories, there too small where they are many';
COMMENT ON COLUMN drift.domain_separation.auc_low IS 'lower end of the 95 % interval';
COMMENT ON COLUMN drift.domain_separation.auc_high IS 'upper end of the 95 % interval';
COMMENT ON COLUMN drift.domain_separation.association IS 'how strongly a feature goes with the score: Pearson''s correlation without its sign, or the correlation ratio of categories; 1 of the score';
COMMENT ON COLUMN drift.domain_separation.alert IS 'of the score: outside the thresholds; of a feature: farther from 0.5 than the upper threshold, on either side';
COMMENT ON COLUMN drift.domain_separation.explanation IS 'a sentence on the separation';
