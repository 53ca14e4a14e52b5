-- errors of predicted numbers

CREATE OR REPLACE FUNCTION drift_internal.errors_accum(internal, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_errors_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.errors_accum(internal, float8, float8) IS 'Adds the errors of a row; private to drift.mae, mse, rmse, bias, r2 and max_error';

CREATE OR REPLACE FUNCTION drift_internal.errors_accum(internal, float8, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_errors_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.errors_accum(internal, float8, float8, float8) IS 'Adds the errors of a row of a weight; private to drift.mae, mse, rmse, bias, r2 and max_error';

CREATE OR REPLACE FUNCTION drift_internal.percentage_errors_accum(internal, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_percentage_errors_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.percentage_errors_accum(internal, float8, float8) IS 'Adds the errors of a row; private to drift.mape and smape';

CREATE OR REPLACE FUNCTION drift_internal.percentage_errors_accum(internal, float8, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_percentage_errors_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.percentage_errors_accum(internal, float8, float8, float8) IS 'Adds the errors of a row of a weight; private to drift.mape and smape';

CREATE OR REPLACE FUNCTION drift_internal.log_errors_accum(internal, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_log_errors_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.log_errors_accum(internal, float8, float8) IS 'Adds the errors of a row; private to drift.msle and rmsle';

CREATE OR REPLACE FUNCTION drift_internal.log_errors_accum(internal, float8, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_log_errors_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.log_errors_accum(internal, float8, float8, float8) IS 'Adds the errors of a row of a weight; private to drift.msle and rmsle';

CREATE OR REPLACE FUNCTION drift_internal.all_errors_accum(internal, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_all_errors_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.all_errors_accum(internal, float8, float8) IS 'Adds the errors of a row; private to drift.regression_metrics';

CREATE OR REPLACE FUNCTION drift_internal.all_errors_accum(internal, float8, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_all_errors_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.all_errors_accum(internal, float8, float8, float8) IS 'Adds the errors of a row of a weight; private to drift.regression_metrics';

CREATE OR REPLACE FUNCTION drift_internal.pinball_accum(internal, float8, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_pinball_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.pinball_accum(internal, float8, float8, float8) IS 'Adds a row; private to drift.pinball_loss';

CREATE OR REPLACE FUNCTION drift_internal.pinball_accum(internal, float8, float8, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_pinball_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.pinball_accum(internal, float8, float8, float8, float8) IS 'Adds a row of a weight; private to drift.pinball_loss';

CREATE OR REPLACE FUNCTION drift_internal.coverage_accum(internal, float8, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_coverage_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.coverage_accum(internal, float8, float8, float8) IS 'Adds a row; private to drift.interval_coverage';

CREATE OR REPLACE FUNCTION drift_internal.coverage_accum(internal, float8, float8, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_coverage_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.coverage_accum(internal, float8, float8, float8, float8) IS 'Adds a row of a weight; private to drift.interval_coverage';

CREATE OR REPLACE FUNCTION drift_internal.width_accum(internal, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_width_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.width_accum(internal, float8, float8) IS 'Adds a row; private to drift.interval_width';

CREATE OR REPLACE FUNCTION drift_internal.width_accum(internal, float8, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_width_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.width_accum(internal, float8, float8, float8) IS 'Adds a row of a weight; private to drift.interval_width';

CREATE OR REPLACE FUNCTION drift_internal.errors_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_errors_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.errors_combine(internal, internal) IS 'Adds the sums of a parallel worker; private to the aggregates of errors';

CREATE OR REPLACE FUNCTION drift_internal.errors_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_errors_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.errors_serialize(internal) IS 'Sums of a parallel worker as bytes; private to the aggregates of errors';

CREATE OR REPLACE FUNCTION drift_internal.errors_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_errors_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.errors_deserialize(bytea, internal) IS 'Sums of a parallel worker from bytes; private to the aggregates of errors';

CREATE OR REPLACE FUNCTION drift_internal.weighted_mean_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_weighted_mean_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.weighted_mean_combine(internal, internal) IS 'Adds the sums of a parallel worker; private to drift.pinball_loss, interval_coverage and interval_width';

CREATE OR REPLACE FUNCTION drift_internal.weighted_mean_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_weighted_mean_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.weighted_mean_serialize(internal) IS 'Sums of a parallel worker as bytes; private to drift.pinball_loss, interval_coverage and interval_width';

CREATE OR REPLACE FUNCTION drift_internal.weighted_mean_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_weighted_mean_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.weighted_mean_deserialize(bytea, internal) IS 'Sums of a parallel worker from bytes; private to drift.pinball_loss, interval_coverage and interval_width';

CREATE OR REPLACE FUNCTION drift_internal.mae(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_mae_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.mae(internal) IS 'Final function of drift.mae';

CREATE OR REPLACE FUNCTION drift_internal.mse(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_mse_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.mse(internal) IS 'Final function of drift.mse';

CREATE OR REPLACE FUNCTION drift_internal.rmse(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_rmse_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.rmse(internal) IS 'Final function of drift.rmse';

CREATE OR REPLACE FUNCTION drift_internal.bias(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_bias_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.bias(internal) IS 'Final function of drift.bias';

CREATE OR REPLACE FUNCTION drift_internal.mape(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_mape_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.mape(internal) IS 'Final function of drift.mape';

CREATE OR REPLACE FUNCTION drift_internal.smape(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_smape_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.smape(internal) IS 'Final function of drift.smape';

CREATE OR REPLACE FUNCTION drift_internal.msle(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_msle_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.msle(internal) IS 'Final function of drift.msle';

CREATE OR REPLACE FUNCTION drift_internal.rmsle(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_rmsle_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.rmsle(internal) IS 'Final function of drift.rmsle';

CREATE OR REPLACE FUNCTION drift_internal.r2(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_r2_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.r2(internal) IS 'Final function of drift.r2';

CREATE OR REPLACE FUNCTION drift_internal.max_error(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_max_error_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.max_error(internal) IS 'Final function of drift.max_error';

CREATE OR REPLACE FUNCTION drift_internal.weighted_mean(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_weighted_mean_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.weighted_mean(internal) IS 'Final function of drift.pinball_loss, interval_coverage and interval_width';

CREATE OR REPLACE FUNCTION drift_internal.regression_metrics(internal) RETURNS drift.regression_result
	AS 'MODULE_PATHNAME', 'drift_regression_metrics_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.regression_metrics(internal) IS 'Final function of drift.regression_metrics';

-- aggregates

CREATE OR REPLACE AGGREGATE drift.mae(prediction float8, actual float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.mae,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mae(prediction float8, actual float8) IS 'Mean absolute error of predicted numbers';

CREATE OR REPLACE AGGREGATE drift.mae(prediction float8, actual float8, weight float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.mae,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mae(prediction float8, actual float8, weight float8) IS 'Mean absolute error of predicted numbers, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.mse(prediction float8, actual float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.mse,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mse(prediction float8, actual float8) IS 'Mean squared error of predicted numbers';

CREATE OR REPLACE AGGREGATE drift.mse(prediction float8, actual float8, weight float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.mse,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mse(prediction float8, actual float8, weight float8) IS 'Mean squared error of predicted numbers, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.rmse(prediction float8, actual float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.rmse,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.rmse(prediction float8, actual float8) IS 'Root of the mean squared error of predicted numbers';

CREATE OR REPLACE AGGREGATE drift.rmse(prediction float8, actual float8, weight float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.rmse,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.rmse(prediction float8, actual float8, weight float8) IS 'Root of the mean squared error of predicted numbers, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.bias(prediction float8, actual float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.bias,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.bias(prediction float8, actual float8) IS 'Mean error of predicted numbers: prediction less actual value';

CREATE OR REPLACE AGGREGATE drift.bias(prediction float8, actual float8, weight float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.bias,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.bias(prediction float8, actual float8, weight float8) IS 'Mean error of predicted numbers, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.r2(prediction float8, actual float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.r2,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.r2(prediction float8, actual float8) IS 'Coefficient of determination: 1 less the squared errors over the squared deviations of the actual values from their mean; NULL where the actual values are all the same';

CREATE OR REPLACE AGGREGATE drift.r2(prediction float8, actual float8, weight float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.r2,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.r2(prediction float8, actual float8, weight float8) IS 'Coefficient of determination, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.max_error(prediction float8, actual float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.max_error,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.max_error(prediction float8, actual float8) IS 'Largest absolute error of predicted numbers';

CREATE OR REPLACE AGGREGATE drift.max_error(prediction float8, actual float8, weight float8) (
	SFUNC = drift_internal.errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.max_error,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.max_error(prediction float8, actual float8, weight float8) IS 'Largest absolute error of predicted numbers, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.mape(prediction float8, actual float8) (
	SFUNC = drift_internal.percentage_errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.mape,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mape(prediction float8, actual float8) IS 'Mean absolute error as a share of the actual value; enormous where one is 0, as in scikit-learn: leave such rows out by nullif(actual, 0)';

CREATE OR REPLACE AGGREGATE drift.mape(prediction float8, actual float8, weight float8) (
	SFUNC = drift_internal.percentage_errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.mape,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mape(prediction float8, actual float8, weight float8) IS 'Mean absolute error as a share of the actual value, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.smape(prediction float8, actual float8) (
	SFUNC = drift_internal.percentage_errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.smape,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.smape(prediction float8, actual float8) IS 'Mean absolute error as a share of the mean size of prediction and actual value, 0 to 2; 0 where both are 0';

CREATE OR REPLACE AGGREGATE drift.smape(prediction float8, actual float8, weight float8) (
	SFUNC = drift_internal.percentage_errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.smape,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.smape(prediction float8, actual float8, weight float8) IS 'Mean absolute error as a share of the mean size of prediction and actual value, 0 to 2, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.msle(prediction float8, actual float8) (
	SFUNC = drift_internal.log_errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.msle,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.msle(prediction float8, actual float8) IS 'Mean squared difference of log(1 + x) of prediction and actual value; an error where one is -1 or less';

CREATE OR REPLACE AGGREGATE drift.msle(prediction float8, actual float8, weight float8) (
	SFUNC = drift_internal.log_errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.msle,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.msle(prediction float8, actual float8, weight float8) IS 'Mean squared difference of log(1 + x) of prediction and actual value, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.rmsle(prediction float8, actual float8) (
	SFUNC = drift_internal.log_errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.rmsle,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.rmsle(prediction float8, actual float8) IS 'Root of the mean squared difference of log(1 + x) of prediction and actual value; an error where one is -1 or less';

CREATE OR REPLACE AGGREGATE drift.rmsle(prediction float8, actual float8, weight float8) (
	SFUNC = drift_internal.log_errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.rmsle,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.rmsle(prediction float8, actual float8, weight float8) IS 'Root of the mean squared difference of log(1 + x) of prediction and actual value, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.regression_metrics(prediction float8, actual float8) (
	SFUNC = drift_internal.all_errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.regression_metrics,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.regression_metrics(prediction float8, actual float8) IS 'All metrics of predicted numbers in one pass; what the rows do not determine is NULL';

CREATE OR REPLACE AGGREGATE drift.regression_metrics(prediction float8, actual float8, weight float8) (
	SFUNC = drift_internal.all_errors_accum,
	STYPE = internal,
	SSPACE = 208,
	COMBINEFUNC = drift_internal.errors_combine,
	SERIALFUNC = drift_internal.errors_serialize,
	DESERIALFUNC = drift_internal.errors_deserialize,
	FINALFUNC = drift_internal.regression_metrics,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.regression_metrics(prediction float8, actual float8, weight float8) IS 'All metrics of predicted numbers in one pass, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.pinball_loss(prediction float8, actual float8, quantile float8) (
	SFUNC = drift_internal.pinball_accum,
	STYPE = internal,
	SSPACE = 48,
	COMBINEFUNC = drift_internal.weighted_mean_combine,
	SERIALFUNC = drift_internal.weighted_mean_serialize,
	DESERIALFUNC = drift_internal.weighted_mean_deserialize,
	FINALFUNC = drift_internal.weighted_mean,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.pinball_loss(prediction float8, actual float8, quantile float8) IS 'Mean loss of a predicted quantile; a value above the prediction costs its distance times the quantile, one below it times what is left to 1';

CREATE OR REPLACE AGGREGATE drift.pinball_loss(prediction float8, actual float8, quantile float8, weight float8) (
	SFUNC = drift_internal.pinball_accum,
	STYPE = internal,
	SSPACE = 48,
	COMBINEFUNC = drift_internal.weighted_mean_combine,
	SERIALFUNC = drift_internal.weighted_mean_serialize,
	DESERIALFUNC = drift_internal.weighted_mean_deserialize,
	FINALFUNC = drift_internal.weighted_mean,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.pinball_loss(prediction float8, actual float8, quantile float8, weight float8) IS 'Mean loss of a predicted quantile, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.interval_coverage(low float8, high float8, actual float8) (
	SFUNC = drift_internal.coverage_accum,
	STYPE = internal,
	SSPACE = 48,
	COMBINEFUNC = drift_internal.weighted_mean_combine,
	SERIALFUNC = drift_internal.weighted_mean_serialize,
	DESERIALFUNC = drift_internal.weighted_mean_deserialize,
	FINALFUNC = drift_internal.weighted_mean,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.interval_coverage(low float8, high float8, actual float8) IS 'Share of actual values within predicted intervals; ends belong to them';

CREATE OR REPLACE AGGREGATE drift.interval_coverage(low float8, high float8, actual float8, weight float8) (
	SFUNC = drift_internal.coverage_accum,
	STYPE = internal,
	SSPACE = 48,
	COMBINEFUNC = drift_internal.weighted_mean_combine,
	SERIALFUNC = drift_internal.weighted_mean_serialize,
	DESERIALFUNC = drift_internal.weighted_mean_deserialize,
	FINALFUNC = drift_internal.weighted_mean,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.interval_coverage(low float8, high float8, actual float8, weight float8) IS 'Share of actual values within predicted intervals, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.interval_width(low float8, high float8) (
	SFUNC = drift_internal.width_accum,
	STYPE = internal,
	SSPACE = 48,
	COMBINEFUNC = drift_internal.weighted_mean_combine,
	SERIALFUNC = drift_internal.weighted_mean_serialize,
	DESERIALFUNC = drift_internal.weighted_mean_deserialize,
	FINALFUNC = drift_internal.weighted_mean,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.interval_width(low float8, high float8) IS 'Mean width of predicted intervals';

CREATE OR REPLACE AGGREGATE drift.interval_width(low float8, high float8, weight float8) (
	SFUNC = drift_internal.width_accum,
	STYPE = internal,
	SSPACE = 48,
	COMBINEFUNC = drift_internal.weighted_mean_combine,
	SERIALFUNC = drift_internal.weighted_mean_serialize,
	DESERIALFUNC = drift_internal.weighted_mean_deserialize,
	FINALFUNC = drift_internal.weighted_mean,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.interval_width(low float8, high float8, weight float8) IS 'Mean width of predicted intervals, of rows that have weights';
