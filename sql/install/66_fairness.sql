-- fairness: what is read of each group

CREATE TYPE drift_internal.fairness_cells AS (
	period timestamptz,
	group_values text[],
	n bigint,
	tp double precision,
	fp double precision,
	fn double precision,
	tn double precision,
	effective double precision,
	score_n bigint,
	score_mean double precision,
	score_stddev double precision
);

COMMENT ON TYPE drift_internal.fairness_cells IS 'a group in a period: rows by decision and truth, or their weights, how many rows those tell as much as, and its scores; without truth the selected are in tp and the others in fn';

CREATE TYPE drift.group_metric AS (
	group_values text[],
	n bigint,
	large_enough boolean,
	metric text,
	value double precision,
	low double precision,
	high double precision,
	difference double precision,
	ratio double precision
);

COMMENT ON TYPE drift.group_metric IS 'a metric of a group: values of the columns that make it (NULL: all rows), rows, whether it has enough of them, the metric with its confidence interval, and difference and ratio to that of all rows';

CREATE TYPE drift.fairness_metric AS (
	metric text,
	value double precision,
	low double precision,
	high double precision,
	p_value double precision,
	threshold double precision,
	verdict text,
	lowest_group text[],
	highest_group text[],
	groups integer,
	n bigint
);

COMMENT ON TYPE drift.fairness_metric IS 'a disparity of groups: value with its bootstrap interval, the probability of one as large if all groups were treated alike, what is demanded, verdict (pass, fail, inconclusive, insufficient_data, or skipped where nothing is demanded), groups with the lowest and the highest rate, and how many groups and rows were compared';

CREATE TYPE drift.fairness_change AS (
	period_start timestamptz,
	metric text,
	value double precision,
	low double precision,
	high double precision,
	p_value double precision,
	threshold double precision,
	verdict text,
	lowest_group text[],
	highest_group text[],
	groups integer,
	n bigint,
	change double precision,
	change_low double precision,
	change_high double precision
);

COMMENT ON TYPE drift.fairness_change IS 'a disparity of groups in a period, and how much it changed from that of the reference, with its bootstrap interval';
