-- metrics of binary models

CREATE TYPE drift.confusion_result AS (
	tp double precision,
	fp double precision,
	fn double precision,
	tn double precision
);
COMMENT ON TYPE drift.confusion_result IS 'Decisions by what was predicted and what was so, as rows or as sums of their weights: true and false positives, false and true negatives';

CREATE TYPE drift.binary_metrics_result AS (
	n bigint,
	n_positive bigint,
	prevalence double precision,
	threshold double precision,
	tp double precision,
	fp double precision,
	fn double precision,
	tn double precision,
	accuracy double precision,
	precision double precision,
	recall double precision,
	specificity double precision,
	f1 double precision,
	mcc double precision,
	balanced_accuracy double precision,
	roc_auc double precision,
	roc_auc_low double precision,
	roc_auc_high double precision,
	gini double precision,
	average_precision double precision,
	ks_statistic double precision,
	log_loss double precision,
	brier double precision,
	ece double precision
);
COMMENT ON TYPE drift.binary_metrics_result IS 'All metrics of a binary model from one pass over its scores; what the rows do not determine is NULL';
COMMENT ON COLUMN drift.binary_metrics_result.n IS 'rows with a score, an actual value and a weight';
COMMENT ON COLUMN drift.binary_metrics_result.prevalence IS 'share of positives';
COMMENT ON COLUMN drift.binary_metrics_result.threshold IS 'scores from here on are called positive';
COMMENT ON COLUMN drift.binary_metrics_result.roc_auc_low IS 'lower end of the 95 % confidence interval by DeLong; NULL with weights, or below two rows of a class';
COMMENT ON COLUMN drift.binary_metrics_result.roc_auc_high IS 'upper end of the 95 % confidence interval by DeLong';
COMMENT ON COLUMN drift.binary_metrics_result.log_loss IS 'NULL where scores are outside 0 to 1, as are brier and ece';

CREATE TYPE drift.roc_point AS (
	threshold double precision,
	false_positive_rate double precision,
	true_positive_rate double precision
);
COMMENT ON TYPE drift.roc_point IS 'A point of a ROC curve: what comes of calling scores from the threshold on positive';

CREATE TYPE drift.precision_recall_point AS (
	threshold double precision,
	precision double precision,
	recall double precision
);
COMMENT ON TYPE drift.precision_recall_point IS 'A point of a precision-recall curve: what comes of calling scores from the threshold on positive';

CREATE TYPE drift.calibration_bin AS (
	bin integer,
	low double precision,
	high double precision,
	n double precision,
	mean_score double precision,
	positive_rate double precision
);
COMMENT ON TYPE drift.calibration_bin IS 'Rows whose score lies in (low, high]: what was predicted for them, and the share that was positive';

CREATE TYPE drift.gains_bin AS (
	bin integer,
	low double precision,
	high double precision,
	n double precision,
	positives double precision,
	positive_rate double precision,
	share double precision,
	gain double precision,
	lift double precision,
	cumulative_lift double precision
);
COMMENT ON TYPE drift.gains_bin IS 'Rows of neighbouring scores, the highest first: how many positives they and those above them hold';
COMMENT ON COLUMN drift.gains_bin.share IS 'share of all rows that this bin and those above it hold';
COMMENT ON COLUMN drift.gains_bin.gain IS 'share of all positives that this bin and those above it hold';
COMMENT ON COLUMN drift.gains_bin.lift IS 'positive rate of the bin over that of all rows';
COMMENT ON COLUMN drift.gains_bin.cumulative_lift IS 'positive rate of this bin and those above it over that of all rows';

CREATE TYPE drift.threshold_result AS (
	threshold double precision,
	metric text,
	value double precision,
	tp double precision,
	fp double precision,
	fn double precision,
	tn double precision
);
COMMENT ON TYPE drift.threshold_result IS 'The threshold at which a metric is best, the metric there, and the decisions that it leads to; Infinity: nothing is called positive';
