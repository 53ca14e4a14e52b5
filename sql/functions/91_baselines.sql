-- baselines: made, refreshed, dropped, accepted from windows

CREATE OR REPLACE FUNCTION drift_internal.check_baseline(baseline drift.baselines, name text, wanted text) RETURNS drift.baselines
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	model drift.models;
BEGIN
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = baseline.model_id;
	IF baseline.baseline_id IS NULL
		OR NOT (drift_internal.may_run(baseline.owner) OR (model.model_id IS NOT NULL AND drift_internal.allowed(model, 'read')))
	THEN
		RAISE EXCEPTION 'no baseline is named "%"', name
			USING ERRCODE = 'undefined_object',
				HINT = 'drift.baselines lists the baselines that you may see; drift.create_baseline() makes one.';
	ELSIF wanted <> 'read' AND NOT drift_internal.may_run(baseline.owner) THEN
		RAISE EXCEPTION 'permission denied for baseline "%"', name
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = format('Only members of its owner %s may do this.', baseline.owner);
	END IF;
	RETURN baseline;
END
$$;

COMMENT ON FUNCTION drift_internal.check_baseline(drift.baselines, text, text) IS
	'the baseline, or an error: that there is none of that name, also where the acting role may not see it, or that it may not do what it wants';

CREATE OR REPLACE FUNCTION drift_internal.find_baseline(name text, wanted text) RETURNS drift.baselines
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	baseline drift.baselines;
BEGIN
	SELECT * INTO baseline FROM drift.baselines AS b WHERE b.name = find_baseline.name ORDER BY b.version DESC LIMIT 1;
	RETURN drift_internal.check_baseline(baseline, name, wanted);
END
$$;

COMMENT ON FUNCTION drift_internal.find_baseline(text, text) IS
	'newest version of a baseline for what the acting role wants: read (owner or readers of its model) or own (members of the owner)';

CREATE OR REPLACE FUNCTION drift_internal.check_origin(origin text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (origin IN ('training', 'held_out', 'production')) IS NOT TRUE THEN
		RAISE EXCEPTION 'unknown origin of a baseline: %', coalesce(quote_literal(origin), 'NULL')
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'It is training (rows the model was trained on), held_out (others), or production (a period that was accepted).';
	END IF;
	RETURN origin;
END
$$;

COMMENT ON FUNCTION drift_internal.check_origin(text) IS 'where the rows of a baseline come from, or an error for another word';

-- Who makes a baseline at the same time waits, and gets the next version.
CREATE OR REPLACE FUNCTION drift_internal.store_baseline(baseline drift.baselines, columns drift.baseline_columns[], next_version boolean)
	RETURNS drift.baselines
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	previous drift.baselines;
	stored drift.baselines;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('drift.baselines ' || drift_internal.check_name(baseline.name, 'baseline'), 0));
	SELECT * INTO previous FROM drift.baselines AS b WHERE b.name = baseline.name ORDER BY b.version DESC LIMIT 1;
	IF previous.baseline_id IS NOT NULL AND next_version THEN
		PERFORM drift_internal.check_baseline(previous, baseline.name, 'own');
	ELSIF previous.baseline_id IS NOT NULL THEN
		RAISE EXCEPTION 'the name "%" is taken', baseline.name
			USING ERRCODE = 'duplicate_object', HINT = 'drift.refresh_baseline() makes a new version of a baseline that you own.';
	END IF;
	IF baseline.model_id IS NOT NULL THEN
		PERFORM drift_internal.check_allowed(m, 'operate', m.name) FROM drift.models AS m WHERE m.model_id = baseline.model_id;
	END IF;

	INSERT INTO drift.baselines (name, version, owner, model_id, model_version, origin, source, path, columns, segment, time_column,
		stores_categories, row_count, rows_from, rows_to, created_by)
	VALUES (baseline.name, coalesce(previous.version, 0) + 1, coalesce(previous.owner, drift_internal.actor()), baseline.model_id,
		baseline.model_version, baseline.origin, baseline.source, baseline.path, baseline.columns, baseline.segment, baseline.time_column,
		baseline.stores_categories, baseline.row_count, baseline.rows_from, baseline.rows_to, pg_get_userbyid(drift_internal.actor()))
	RETURNING * INTO stored;
	INSERT INTO drift.baseline_columns
	SELECT stored.baseline_id, c.segment, c.column_name, c.ordinal, c.column_type, c.kind, c.value_type, c.profile
	FROM unnest(columns) AS c;
	RETURN stored;
END
$$;

COMMENT ON FUNCTION drift_internal.store_baseline(drift.baselines, drift.baseline_columns[], boolean) IS
	'writes down a baseline that was read: the first version of its name, or the next one';

CREATE OR REPLACE FUNCTION drift_internal.create_baseline(name text, query text, model text, model_version integer, origin text, columns text[],
	segment text, time_column text, store_categories boolean, path text) RETURNS drift.baselines
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_model drift.models;
	baseline drift.baselines;
	content record;
BEGIN
	IF query IS NULL THEN
		RAISE EXCEPTION 'the source of data is NULL' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF model IS NOT NULL THEN
		found_model := drift_internal.find_model(model, 'operate');
	END IF;
	IF model_version IS NOT NULL THEN
		PERFORM drift_internal.find_version(found_model, model_version);
	END IF;
	baseline.name := drift_internal.check_name(name, 'baseline');
	baseline.owner := drift_internal.actor();
	baseline.model_id := found_model.model_id;
	baseline.model_version := model_version;
	baseline.origin := drift_internal.check_origin(origin);
	baseline.source := query;
	baseline.path := path;
	baseline.columns := columns;
	baseline.segment := segment;
	baseline.time_column := time_column;
	baseline.stores_categories := coalesce(store_categories, true);
	content := drift_internal.read_baseline(baseline);
	RETURN drift_internal.store_baseline(content.baseline, content.columns, false);
END
$$;

COMMENT ON FUNCTION drift_internal.create_baseline(text, text, text, integer, text, text[], text, text, boolean, text) IS
	'drift.create_baseline() with the path on which the names in the query are looked up';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.create_baseline(
	name text,
	source text,
	model text DEFAULT NULL,
	model_version integer DEFAULT NULL,
	origin text DEFAULT 'held_out',
	columns text[] DEFAULT NULL,
	segment text DEFAULT NULL,
	time_column text DEFAULT NULL,
	store_categories boolean DEFAULT true)
	RETURNS SETOF drift.baselines
	LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
	SELECT b.* FROM drift_internal.create_baseline(name, drift.source_query(source), model, model_version, origin, columns, segment,
		time_column, store_categories, current_setting('search_path')) AS b;
END;

COMMENT ON FUNCTION drift.create_baseline(text, text, text, integer, text, text[], text, text, boolean) IS
	'profiles a relation or query as what monitors are held against, in one scan: of a model (then its inputs, score, label, confidence, target and error, by these names) or of nothing (then all columns). origin says where the rows come from: training rows serve for features only. segment is an expression by which it is also profiled in parts, store_categories false keeps hashes in place of texts.';

CREATE OR REPLACE FUNCTION drift_internal.refresh_baseline(name text, query text, path text) RETURNS drift.baselines
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	baseline drift.baselines := drift_internal.find_baseline(name, 'own');
	content record;
BEGIN
	IF query IS NOT NULL THEN
		baseline.source := query;
		baseline.path := path;
	ELSIF baseline.source IS NULL THEN
		RAISE EXCEPTION 'baseline "%" was not made of a source', name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Give a source, or accept another period with drift.baseline_from_windows().';
	END IF;
	content := drift_internal.read_baseline(baseline);
	RETURN drift_internal.store_baseline(content.baseline, content.columns, true);
END
$$;

COMMENT ON FUNCTION drift_internal.refresh_baseline(text, text, text) IS
	'drift.refresh_baseline() with the path on which the names in the query are looked up';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.refresh_baseline(name text, source text DEFAULT NULL) RETURNS SETOF drift.baselines
	LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
	SELECT b.* FROM drift_internal.refresh_baseline(name, drift.source_query(source), current_setting('search_path')) AS b;
END;

COMMENT ON FUNCTION drift.refresh_baseline(text, text) IS
	'reads the source of a baseline again, or another one in the same way, as a new version; older versions stay as history';

CREATE OR REPLACE FUNCTION drift.drop_baseline(name text, version integer DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	newest CONSTANT drift.baselines := drift_internal.find_baseline(name, 'own');
	users text;
	dropped integer[];
BEGIN
	SELECT string_agg(format('"%s"', m.name), ', ' ORDER BY m.name) INTO users FROM drift.monitors AS m
	WHERE (m.baseline = name AND coalesce(version, newest.version) = newest.version)
		OR EXISTS (
			SELECT FROM drift_internal.monitor_states AS s
			JOIN drift.baselines AS b USING (baseline_id)
			WHERE s.monitor_id = m.monitor_id AND b.name = drop_baseline.name AND b.version = coalesce(drop_baseline.version, b.version));
	IF users IS NOT NULL THEN
		RAISE EXCEPTION 'baseline "%" is in use', name
			USING ERRCODE = 'dependent_objects_still_exist', DETAIL = format('By: %s.', users),
				HINT = 'Give these monitors another baseline with drift.alter_monitor(), or drop them.';
	END IF;
	WITH gone AS (
		DELETE FROM drift.baselines AS b
		WHERE b.name = drop_baseline.name AND b.version = coalesce(drop_baseline.version, b.version)
		RETURNING b.baseline_id
	)
	SELECT array_agg(g.baseline_id) INTO dropped FROM gone AS g;
	IF dropped IS NULL THEN
		RAISE EXCEPTION 'baseline "%" has no version %', name, version
			USING ERRCODE = 'undefined_object', HINT = 'drift.baselines lists the versions there are.';
	END IF;
	DELETE FROM drift.baseline_columns AS c WHERE c.baseline_id = ANY (dropped);
	RETURN cardinality(dropped);
END
$$;

COMMENT ON FUNCTION drift.drop_baseline(text, integer) IS
	'drops a baseline that no monitor uses, or one version of it; the number of versions that are gone';
