-- what windows are anchored on: profiles whose bins and keys they count, so that merging them is adding

CREATE OR REPLACE FUNCTION drift_internal.anchors(monitor drift.monitors, labelled boolean, baseline_id integer) RETURNS drift.profile[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(b.profile ORDER BY c.column_id)
	FROM drift_internal.window_columns(monitor, labelled) AS c
	CROSS JOIN LATERAL (SELECT CASE WHEN c.role = 'outcome' AND c.column_name IN ('positive_score', 'negative_score') THEN 'score' ELSE c.column_name END) AS n (name)
	LEFT JOIN drift.baseline_columns AS b ON b.baseline_id = anchors.baseline_id AND b.segment = '' AND b.column_name = n.name
		AND drift.value_type(b.profile) = CASE
			WHEN c.value_type ~ 'timestamp' THEN 'timestamp'
			WHEN c.value_type ~ 'date"?$' THEN 'date'
			WHEN c.value_type ~ 'bool' THEN 'boolean'
			WHEN c.kind = 'numeric' THEN 'number'
			ELSE 'text' END
		AND drift.row_count(b.profile) > drift.missing_count(b.profile)
		AND (c.role = 'feature' OR NOT EXISTS (
			SELECT FROM drift.monitor_columns AS f
			WHERE f.monitor_id = c.monitor_id AND f.role = 'feature' AND f.column_name = n.name))
$$;

COMMENT ON FUNCTION drift_internal.anchors(drift.monitors, boolean, integer) IS
	'profiles of a baseline for the columns of a monitor, in their order; NULL where it has none of that name and type, or no values. Features go before predictions of their name; scores of each class are counted among the keys of all scores.';

CREATE OR REPLACE FUNCTION drift_internal.add_anchor(monitor drift.monitors, profiles drift.profile[], row_count bigint,
	rows_from timestamptz, rows_to timestamptz) RETURNS integer
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	anchor CONSTANT text := btrim(left(monitor.name, 240)) || ' (first rows)';
	made integer;
BEGIN
	INSERT INTO drift.baselines (name, version, owner, model_id, origin, row_count, rows_from, rows_to, created_by)
	SELECT anchor, coalesce(max(b.version), 0) + 1, monitor.owner, monitor.model_id, 'production', row_count, rows_from, rows_to,
		pg_get_userbyid(drift_internal.actor())
	FROM drift.baselines AS b
	WHERE b.name = anchor
	RETURNING baseline_id INTO made;
	INSERT INTO drift.baseline_columns (baseline_id, column_name, ordinal, column_type, kind, value_type, profile)
	SELECT DISTINCT ON (c.column_name) made, c.column_name, c.column_id, c.column_type, c.kind, c.value_type, profiles[c.number]
	FROM (SELECT w.*, row_number() OVER (ORDER BY w.column_id) AS number FROM drift_internal.window_columns(monitor, false) AS w) AS c
	ORDER BY c.column_name, c.role <> 'feature', c.column_id;
	RETURN made;
END
$$;

COMMENT ON FUNCTION drift_internal.add_anchor(drift.monitors, drift.profile[], bigint, timestamptz, timestamptz) IS
	'makes a baseline of the first rows of a monitor, on which its windows are anchored; its number';

-- A monitor without a baseline is anchored once it has rows enough to choose bins by.
CREATE OR REPLACE FUNCTION drift_internal.find_anchor(monitor drift.monitors, state drift_internal.monitor_states, condition text)
	RETURNS integer
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted CONSTANT bigint := coalesce(drift_internal.window_setting(monitor, 'drift_check_samples')::bigint, 500);
	columns CONSTANT integer := (SELECT count(*) FROM drift_internal.window_columns(monitor, false));
	head record;
BEGIN
	IF monitor.baseline IS NOT NULL THEN
		RETURN drift_internal.answering_baseline(monitor);
	ELSIF state.baseline_id IS NOT NULL OR columns = 0 THEN
		RETURN state.baseline_id;
	END IF;
	SELECT * INTO head
	FROM drift_internal.read_as(monitor.owner, format(
			'SELECT pg_catalog.min(g.starts_at), pg_catalog.max(g.starts_at), pg_catalog.count(*), %s FROM (%s LIMIT %s) AS g',
			drift_internal.call_columns('drift.profiles_agg', ARRAY(SELECT generate_series(1, columns))),
			drift_internal.window_rows(monitor, false, condition), greatest(20 * wanted, 10000)),
			monitor.path, NULL, drift_internal.timeout_ms(monitor))
		AS r (rows_from timestamptz, rows_to timestamptz, row_count bigint, profiles drift.profile[]);
	IF head.row_count >= wanted THEN
		RETURN drift_internal.add_anchor(monitor, head.profiles, head.row_count, head.rows_from, head.rows_to);
	END IF;
	RETURN NULL;
END
$$;

COMMENT ON FUNCTION drift_internal.find_anchor(drift.monitors, drift_internal.monitor_states, text) IS
	'the baseline that new windows are anchored on: the newest version of the monitor''s, or one of its first rows, which is made when there are enough; NULL: there are not';
