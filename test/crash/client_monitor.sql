-- What a scheduler does: refresh, check, decide. The check of an hour that is over stays.
SELECT check_id AS id, status FROM drift.run_check('crash') \gset
\echo C :id :status
SELECT pg_sleep(0.02) \g /dev/null
