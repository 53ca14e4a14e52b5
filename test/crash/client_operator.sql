-- Through all states of a deployment; after each step what the history says of it.
\set last 'SELECT event_id AS id, event, coalesce(version, 0) AS version FROM drift.model_events WHERE event <> $$version_added$$ ORDER BY event_id DESC LIMIT 1'
-- The crash before may have left any of them.
SELECT drift.rollback(model => 'crash') FROM drift.deployments WHERE status = 'running' \g /dev/null
SELECT drift.promote('crash', 1) FROM drift.model_aliases WHERE alias = 'champion' AND version <> 1 \g /dev/null
:last \gset
\echo E :id :event :version
SELECT drift.deploy('crash', 2, 'canary') \g /dev/null
:last \gset
\echo E :id :event :version
SELECT drift.advance('crash') \g /dev/null
:last \gset
\echo E :id :event :version
SELECT drift.rollback('crash', reason => 'no good') \g /dev/null
:last \gset
\echo E :id :event :version
SELECT drift.deploy('crash', 3, 'shadow') \g /dev/null
SELECT drift.rollback('crash', reason => 'no better') \g /dev/null
:last \gset
\echo E :id :event :version
SELECT drift.promote('crash', 4) \g /dev/null
:last \gset
\echo E :id :event :version
SELECT drift.rollback('crash', 1, reason => 'begin again') \g /dev/null
:last \gset
\echo E :id :event :version
