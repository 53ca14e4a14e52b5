-- A row of a day without a partition, and maintenance, which makes one and moves the row there.
INSERT INTO crash_log (predicted_at, model_version, entity_key, score, x, y)
VALUES (now() - (2 + random() * 300) * interval '1 day', 1, 'stray', 1, 0, 0) RETURNING prediction_id AS id \gset
\echo S :id
CALL drift.maintain_prediction_logs();
SELECT pg_sleep(0.05) \g /dev/null
