-- A model whose score is x, and its log.
SELECT drift.register_model('typed');
SELECT drift.add_version('typed', drift.import_model('json', '{"format": "drift", "version": 1, "task": "regression", "objective": "LinearRegression",
	"inputs": ["x"], "features": ["x"], "linear": {"coefficients": [1], "intercept": 0}, "transform": "identity"}'));
SELECT drift.deploy('typed', 1);
SELECT drift.create_prediction_log('typed', days_ahead => 1);
