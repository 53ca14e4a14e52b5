-- plots of reports; what is no plot is NULL, and no error

CREATE OR REPLACE FUNCTION drift_internal.svg_histogram(histogram jsonb, title text, value_type text DEFAULT NULL) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_svg_histogram' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.svg_histogram(jsonb, text, text) IS
	'shares of both sides between edges over each other; areas are shares of rows. value_type: dates and times are written as such';

CREATE OR REPLACE FUNCTION drift_internal.svg_cumulative(cdf jsonb, title text, value_type text DEFAULT NULL) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_svg_cumulative' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.svg_cumulative(jsonb, text, text) IS
	'cumulative shares of both sides, with a line where they are furthest apart';

CREATE OR REPLACE FUNCTION drift_internal.svg_density(density jsonb, title text, value_type text DEFAULT NULL) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_svg_density' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.svg_density(jsonb, text, text) IS 'densities of both sides over each other';

CREATE OR REPLACE FUNCTION drift_internal.html_bars(histogram jsonb) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_html_bars' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.html_bars(jsonb) IS
	'shares of categories on both sides as bars beside their names; those after the first eleven are one bar';

CREATE OR REPLACE FUNCTION drift_internal.svg_series(
	at float8[], "values" float8[], severities text[], title text, low float8 DEFAULT NULL, bound float8 DEFAULT NULL)
	RETURNS text
	AS 'MODULE_PATHNAME', 'drift_svg_series' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.svg_series(float8[], float8[], text[], text, float8, float8) IS
	'numbers at times in seconds since 1970, with dots in the colours of their severities; low: a number that the height has to show too, bound: a line to hold them against';
