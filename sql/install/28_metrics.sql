-- types of the metrics of classes, numbers and rankings

CREATE TYPE drift.multiclass_result AS (
	n bigint,
	classes bigint,
	accuracy double precision,
	balanced_accuracy double precision,
	precision_macro double precision,
	recall_macro double precision,
	f1_macro double precision,
	precision_weighted double precision,
	recall_weighted double precision,
	f1_weighted double precision,
	mcc double precision,
	cohen_kappa double precision
);
COMMENT ON TYPE drift.multiclass_result IS 'How well rows were put into classes. Macro: mean over the classes; weighted: classes count by the rows that belong to them. What the rows do not determine is NULL.';

CREATE TYPE drift.class_result AS (
	class text,
	n bigint,
	n_predicted bigint,
	hits bigint,
	precision double precision,
	recall double precision,
	f1 double precision
);
COMMENT ON TYPE drift.class_result IS 'One class: rows that belong to it, that were put into it, and both; precision is NULL where no row was put into it, recall where none belongs to it.';

CREATE TYPE drift.confusion_cell AS (
	actual text,
	prediction text,
	n bigint,
	weight double precision,
	share double precision,
	share_of_actual double precision,
	share_of_prediction double precision
);
COMMENT ON TYPE drift.confusion_cell IS 'Rows of one class that were put into one class: their number, their weight (the number where rows have none), and the share of it of all rows, of those that belong to the class, and of those that were put into it.';

CREATE TYPE drift.regression_result AS (
	n bigint,
	mae double precision,
	mse double precision,
	rmse double precision,
	mape double precision,
	smape double precision,
	msle double precision,
	rmsle double precision,
	r2 double precision,
	bias double precision,
	max_error double precision,
	mean_prediction double precision,
	mean_actual double precision
);
COMMENT ON TYPE drift.regression_result IS 'How far predicted numbers are from the actual ones. What the rows do not determine is NULL: r2 where all actual values are the same, msle and rmsle where a value is -1 or less.';

CREATE TYPE drift.ranking_result AS (
	n bigint,
	n_relevant bigint,
	ndcg double precision,
	average_precision double precision,
	precision double precision,
	recall double precision,
	hit_rate double precision,
	reciprocal_rank double precision
);
COMMENT ON TYPE drift.ranking_result IS 'How well the first k places of a ranking are filled. Without any relevant row all but precision is NULL.';
