SELECT drift.add_version('crash', constant(1)) AS version \gset
\echo V :version
SELECT pg_sleep(0.02) \g /dev/null
