-- learners learn: from the rows of a query or of a trigger; versions of what they know

CREATE OR REPLACE FUNCTION drift_internal.learner_metrics(accuracy float8, log_loss float8, mae float8, rmse float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('accuracy', accuracy, 'log_loss', log_loss, 'mae', mae, 'rmse', rmse))
$$;

COMMENT ON FUNCTION drift_internal.learner_metrics(float8, float8, float8, float8) IS 'metrics of a learner by name, those that there are';

-- The model is locked; the rights are those of the owner of the learner, whoever's rows it learns from.
CREATE OR REPLACE FUNCTION drift_internal.publish(learner drift.learners, description text) RETURNS integer
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	model drift.models;
	artefact drift.model;
BEGIN
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = learner.model_id AND m.deleted_at IS NULL FOR NO KEY UPDATE;
	IF model.model_id IS NULL OR NOT (pg_has_role(learner.owner, model.owner, 'USAGE') OR EXISTS (
		SELECT FROM drift.model_privileges AS p
		WHERE p.model_id = model.model_id AND p.privilege = 'operate' AND (p.grantee = 0::oid OR pg_has_role(learner.owner, p.grantee, 'USAGE'))))
	THEN
		RAISE EXCEPTION 'learner "%" has no model that its owner % may operate', learner.name, learner.owner
			USING ERRCODE = 'insufficient_privilege', HINT = 'Create the learner with the model whose versions it is to publish.';
	END IF;
	SELECT drift_internal.learner_artefact(s.learner) INTO artefact FROM drift_internal.learner_states AS s WHERE s.learner_id = learner.learner_id;
	RETURN drift_internal.insert_version(model, drift_internal.with_artefact(drift_internal.next_version(model, 'ready',
		learner.params || jsonb_build_object('algorithm', learner.algorithm, 'online', true), learner.metrics - 'total', '{}', description,
		jsonb_build_object('rows', learner.seen, 'to', learner.read_to), NULL,
		jsonb_strip_nulls(jsonb_build_object('learner', learner.name, 'changes', learner.changes, 'parent_version', learner.published_version))),
		artefact), artefact);
END
$$;

COMMENT ON FUNCTION drift_internal.publish(drift.learners, text) IS 'adds what a learner knows to its model as a version; its number';

CREATE OR REPLACE FUNCTION drift_internal.publish_reason(learner drift.learners) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN learner.learned = 0 OR NOT EXISTS (SELECT FROM drift.models AS m WHERE m.model_id = learner.model_id AND m.deleted_at IS NULL) THEN NULL
			WHEN learner.seen >= learner.changed_at + learner.publish_after_drift
				AND learner.published_seen < learner.changed_at + learner.publish_after_drift
				THEN format('%s rows after the change at row %s', learner.seen - learner.changed_at, learner.changed_at)
			WHEN learner.seen - learner.published_seen >= learner.publish_every THEN format('after %s rows', learner.seen)
		END
$$;

COMMENT ON FUNCTION drift_internal.publish_reason(drift.learners) IS 'why a version of a learner is due; NULL: it is not, or there is no model any more';

CREATE OR REPLACE FUNCTION drift_internal.note_published(learner drift.learners, published integer) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE drift.learners AS l SET published_version = published, published_seen = l.seen WHERE l.learner_id = learner.learner_id;
	UPDATE drift.learner_updates AS u SET version = published WHERE u.learner_id = learner.learner_id AND u.place = learner.updates;
$$;

COMMENT ON FUNCTION drift_internal.note_published(drift.learners, integer) IS 'remembers which version a learner has published';

-- The state is locked by whoever calls this.
CREATE OR REPLACE FUNCTION drift_internal.store_lesson(learner drift.learners, plan drift_internal.lesson_plan, lesson drift_internal.lesson,
	newest timestamptz) RETURNS SETOF drift.learner_updates
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts CONSTANT drift_internal.learner_facts := drift_internal.describe_learner(lesson.learner);
	faded CONSTANT jsonb := drift_internal.learner_metrics(facts.accuracy, facts.log_loss, facts.mae, facts.rmse);
	stored drift.learners;
BEGIN
	UPDATE drift_internal.learner_states AS s SET learner = lesson.learner WHERE s.learner_id = store_lesson.learner.learner_id;
	UPDATE drift.learners AS l
	SET features = plan.features, categorical = plan.categorical, found_features = l.found_features OR l.features IS NULL,
		classes = nullif(plan.classes, '{}'), seen = facts.seen, learned = facts.learned, changes = facts.changes, changed_at = facts.changed_at,
		is_warning = facts.is_warning, updates = l.updates + 1, read_to = greatest(l.read_to, newest), updated_at = clock_timestamp(),
		metrics = faded || jsonb_build_object('total', drift_internal.learner_metrics(facts.total_accuracy, facts.total_log_loss,
			facts.total_mae, facts.total_rmse))
	WHERE l.learner_id = store_lesson.learner.learner_id
	RETURNING * INTO stored;
	INSERT INTO drift.learner_updates (learner_id, place, rows_read, rows_skipped, seen, metrics, faded, changes, change_rows)
	VALUES (stored.learner_id, stored.updates, lesson.rows_read, lesson.rows_skipped, stored.seen,
		drift_internal.learner_metrics(lesson.accuracy, lesson.log_loss, lesson.mae, lesson.rmse), faded, lesson.changes, lesson.change_rows);
	DELETE FROM drift.learner_updates AS u WHERE u.learner_id = stored.learner_id AND u.place <= stored.updates - 1000;
	IF drift_internal.publish_reason(stored) IS NOT NULL AND drift_internal.learner_artefact(lesson.learner) IS NOT NULL THEN
		PERFORM drift_internal.note_published(stored, drift_internal.publish(stored, drift_internal.publish_reason(stored)));
	END IF;
	RETURN QUERY SELECT * FROM drift.learner_updates AS u WHERE u.learner_id = stored.learner_id AND u.place = stored.updates;
END
$$;

COMMENT ON FUNCTION drift_internal.store_lesson(drift.learners, drift_internal.lesson_plan, drift_internal.lesson, timestamptz) IS
	'writes down what a learner is after rows that were read by a plan up to a time, and publishes a version where one is due';

CREATE OR REPLACE FUNCTION drift_internal.lock_learner(name text) RETURNS SETOF drift.learners
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known CONSTANT drift.learners := drift_internal.find_learner(name, 'run');
BEGIN
	PERFORM FROM drift_internal.learner_states AS s WHERE s.learner_id = known.learner_id FOR UPDATE;
	RETURN QUERY SELECT * FROM drift.learners AS l WHERE l.learner_id = known.learner_id;
END
$$;

COMMENT ON FUNCTION drift_internal.lock_learner(text) IS 'a learner, for members of its owner, locked until the transaction ends';

CREATE OR REPLACE FUNCTION drift_internal.keep_lesson(learner drift.learners, plan drift_internal.lesson_plan, lesson drift_internal.lesson,
	newest timestamptz) RETURNS SETOF drift.learner_updates
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT * FROM drift_internal.store_lesson(drift_internal.find_learner(learner.name, 'run'), plan, lesson, newest);
END
$$;

COMMENT ON FUNCTION drift_internal.keep_lesson(drift.learners, drift_internal.lesson_plan, drift_internal.lesson, timestamptz) IS
	'the same for members of the owner of the learner';

CREATE OR REPLACE FUNCTION drift_internal.partial_fit(learner text, query text, new_only boolean, path text) RETURNS SETOF drift.learner_updates
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known drift.learners;
	state bytea;
	plan drift_internal.lesson_plan;
	read record;
BEGIN
	SELECT * INTO known FROM drift_internal.lock_learner(learner);
	state := s.learner FROM drift_internal.learner_states AS s WHERE s.learner_id = known.learner_id;
	IF new_only AND known.time_column IS NULL THEN
		RAISE EXCEPTION 'learner "%" does not know which rows are new', learner
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Create it with the time_column of its rows.';
	END IF;
	SELECT (drift_internal.plan_lesson(known, array_agg(c.column_name ORDER BY c.ordinal), array_agg(c.base_type ORDER BY c.ordinal))).* INTO plan
	FROM drift_internal.read_columns(query, path) AS c;
	state := drift_internal.learner_of_plan(known, plan, state);
	SELECT * INTO read
	FROM drift_internal.read_rows(drift_internal.lesson_query(plan, format('(%s%s)', query, E'\n'), format('%L::pg_catalog.bytea', state),
			CASE WHEN new_only THEN known.read_to END), path)
		AS r (learner bytea, rows_read bigint, rows_skipped bigint, accuracy float8, log_loss float8, mae float8, rmse float8,
			changes bigint, change_rows bigint[], read_to timestamptz);
	IF read.learner IS NOT NULL THEN
		RETURN QUERY SELECT * FROM drift_internal.keep_lesson(known, plan, ROW(read.learner, read.rows_read, read.rows_skipped, read.accuracy,
			read.log_loss, read.mae, read.rmse, read.changes, read.change_rows)::drift_internal.lesson, read.read_to);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.partial_fit(text, text, boolean, text) IS 'drift.partial_fit() of a query whose names are looked up on the given path';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.partial_fit(learner text, source text, new_only boolean DEFAULT false) RETURNS SETOF drift.learner_updates
	LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
	SELECT u.* FROM drift_internal.partial_fit(learner, drift.source_query(source), coalesce(new_only, false),
		pg_catalog.current_setting('search_path')) AS u;
END;

COMMENT ON FUNCTION drift.partial_fit(text, text, boolean) IS
	'lets a learner learn from the rows of a table, view or query, which is read with the rights of the caller, a member of the owner of the learner: each row is predicted, counted and then learned from, in the order of time_column or as the query brings them. new_only: rows after the newest one so far. Returns how it did; no row where there were no rows.';

CREATE OR REPLACE FUNCTION drift.publish_learner(learner text, description text DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known drift.learners;
	published integer;
BEGIN
	SELECT * INTO known FROM drift_internal.lock_learner(learner);
	IF drift.learner_model(learner) IS NULL THEN
		RAISE EXCEPTION 'learner "%" has learned nothing yet', learner
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'drift.partial_fit() lets it learn; after a change it may begin anew.';
	END IF;
	published := drift_internal.publish(known, coalesce(description, format('after %s rows', known.seen)));
	PERFORM drift_internal.note_published(known, published);
	RETURN published;
END
$$;

COMMENT ON FUNCTION drift.publish_learner(text, text) IS
	'adds what a learner knows now to its model as a version, for members of its owner; the number of the version, which answers nobody until it is promoted or deployed';
