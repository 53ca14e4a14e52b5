SELECT drift.predict_batch('crash', 'SELECT i AS x, 0 AS y, ''batch ' || txid_current() || ''' AS key FROM generate_series(1, 100) AS i', 'key') AS rows, txid_current() AS batch \gset
\echo B :batch :rows
SELECT pg_sleep(0.05) \g /dev/null
