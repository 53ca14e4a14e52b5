SELECT coalesce((SELECT event_id FROM drift.claim_events(max_events => 1)), 0) AS id \gset
SELECT :id > 0 AS found \gset
\if :found
SELECT drift.confirm_event(:id) \g /dev/null
\echo W :id
\endif
SELECT pg_sleep(0.01) \g /dev/null
