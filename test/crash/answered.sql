-- Compares what clients were answered, in the table answer, with what is there. Each row that comes out is a problem.
-- One variable says what is asked: predictions, maintained, mixed, outcomes, batches, events, versions, checks, windows,
-- backfilled, deliveries, unanswered (its value is how many predictions may have been made and not answered).
\if :{?predictions}
SELECT a.a, a.b, a.c, count(l)
FROM answer AS a
LEFT JOIN crash_log AS l ON l.prediction_id = a.a::uuid AND (l.model_version, l.score, l.status) = (a.b::integer, a.c::float8, 'ok')
WHERE a.kind = 'P'
GROUP BY 1, 2, 3
HAVING count(l) <> 1;
SELECT prediction_id, count(*) FROM crash_log GROUP BY 1 HAVING count(*) > 1;
\endif
\if :{?maintained}
SELECT a.a, count(l) FROM answer AS a LEFT JOIN crash_log AS l ON l.prediction_id = a.a::uuid AND l.entity_key = 'stray'
WHERE a.kind = 'S'
GROUP BY 1
HAVING count(l) <> 1;
SELECT oid::regclass FROM pg_class WHERE relname LIKE 'crash\_log\_p2%' AND relkind = 'r' AND NOT relispartition;
\endif
\if :{?mixed}
-- Version n answers n and the inputs: load.sql.
SELECT prediction_id, model_version, score, x, y FROM crash_log
WHERE status <> 'ok' OR score IS DISTINCT FROM least(model_version, 5) % 5 + (model_version >= 5)::integer + x + y / 2;
\endif
\if :{?outcomes}
SELECT a.a, a.b, count(o)
FROM answer AS a LEFT JOIN crash_log_outcomes AS o ON o.outcome_id = a.a::bigint AND o.prediction_id = a.b::uuid AND o.predicted_at IS NOT NULL
WHERE a.kind = 'O'
GROUP BY 1, 2
HAVING count(o) <> 1;
SELECT outcome_id, count(*) FROM crash_log_outcomes GROUP BY 1 HAVING count(*) > 1;
\endif
\if :{?batches}
SELECT a.a, a.b, count(l)
FROM answer AS a LEFT JOIN crash_log AS l ON l.entity_key = 'batch ' || a.a
WHERE a.kind = 'B'
GROUP BY 1, 2
HAVING count(l) <> a.b::integer;
SELECT entity_key, count(*) FROM crash_log WHERE entity_key LIKE 'batch %' AND shadow_of IS NULL GROUP BY 1 HAVING count(*) <> 100;
\endif
\if :{?events}
SELECT a.* FROM answer AS a
LEFT JOIN drift.model_events AS e ON (e.event_id, e.event) = (a.a::bigint, a.b) AND coalesce(e.version, 0) = a.c::integer
WHERE a.kind = 'E' AND e.event_id IS NULL;
\endif
\if :{?versions}
SELECT a.a, count(v) FROM answer AS a LEFT JOIN drift.model_versions AS v ON v.version = a.a::integer
WHERE a.kind = 'V'
GROUP BY 1
HAVING count(v) <> 1 OR count(DISTINCT a.ctid) <> 1;
\endif
\if :{?checks}
SELECT a.a, a.b, k.status, count(DISTINCT d.decision_id)
FROM answer AS a LEFT JOIN drift.checks AS k ON k.check_id = a.a::bigint LEFT JOIN drift.decisions AS d USING (check_id)
WHERE a.kind = 'C'
GROUP BY 1, 2, 3
HAVING k.status IS DISTINCT FROM a.b OR count(DISTINCT d.decision_id) <> 1;
SELECT check_id, error FROM drift.checks WHERE status = 'error';
\endif
\if :{?windows}
-- Exact counts and sums, hour by hour, of the answers that the monitor has read.
SELECT FROM drift.refresh_windows('crash') \g /dev/null
WITH fresh AS (
	SELECT date_trunc('hour', predicted_at, 'UTC') AS starts_at, count(*) AS n, avg(x) AS mean
	FROM crash_log WHERE shadow_of IS NULL AND status <> 'forgotten' GROUP BY 1
), kept AS (
	SELECT w.starts_at, drift.row_count(w.profile) AS n, drift.mean(w.profile) AS mean
	FROM drift.windows AS w JOIN drift.monitors AS m USING (monitor_id) JOIN drift.monitor_columns AS c USING (monitor_id, column_id)
	WHERE m.name = 'crash' AND w.segment = '' AND w.grain = 'hour' AND c.role = 'feature' AND c.column_name = 'x'
)
SELECT starts_at, fresh.n, kept.n, fresh.mean, kept.mean FROM fresh FULL JOIN kept USING (starts_at)
WHERE fresh.n IS DISTINCT FROM kept.n OR NOT coalesce(abs(fresh.mean - kept.mean) <= 1e-9 * (1 + abs(fresh.mean)), fresh.mean IS NULL AND kept.mean IS NULL);
\endif
\if :{?backfilled}
WITH fresh AS (
	SELECT date_trunc('day', predicted_at, 'UTC') AS starts_at, count(*) AS n, sum(x) AS total
	FROM crash_log WHERE shadow_of IS NULL AND status <> 'forgotten' GROUP BY 1
)
SELECT m.name, starts_at, fresh.n, w.n, fresh.total, w.total
FROM drift.monitors AS m CROSS JOIN fresh
LEFT JOIN LATERAL (
	SELECT drift.row_count(w.profile) AS n, drift.row_count(w.profile) * drift.mean(w.profile) AS total
	FROM drift.windows AS w JOIN drift.monitor_columns AS c USING (monitor_id, column_id)
	WHERE w.monitor_id = m.monitor_id AND w.segment = '' AND w.grain = 'day' AND w.starts_at = fresh.starts_at
		AND c.role = 'feature' AND c.column_name = 'x') AS w ON true
WHERE m.name LIKE 'crash %' AND (w.n IS DISTINCT FROM fresh.n OR abs(w.total - fresh.total) > 1e-6 * (1 + abs(fresh.total)));
\endif
\if :{?deliveries}
SELECT a.a, o.delivered_at FROM answer AS a LEFT JOIN drift.outbox AS o ON o.event_id = a.a::bigint
WHERE a.kind = 'W' AND o.delivered_at IS NULL;
\endif
\if :{?unanswered}
SELECT count(*) FROM crash_log
WHERE entity_key LIKE 'key %' AND shadow_of IS NULL AND prediction_id NOT IN (SELECT a::uuid FROM answer WHERE kind = 'P')
HAVING count(*) > :unanswered;
\endif
