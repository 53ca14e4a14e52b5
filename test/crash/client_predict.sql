SELECT prediction_id AS id, model_version AS version, score FROM drift.predict('crash', '{"x": 0, "y": 2}', 'key ' || (random() * 1000)::integer) \gset
\echo P :id :version :score
SELECT outcome_id AS id, prediction_id AS prediction FROM drift.record_outcome(:'id', 1.5) \gset
\echo O :id :prediction
