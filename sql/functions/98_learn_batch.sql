-- drift.learn_batch(): a trigger that lets a learner learn from the rows of a statement
--
-- Who inserts need not know of the learner. So it runs as the owner of the extension, and touches rows only by
-- functions that the server brings.

CREATE OR REPLACE FUNCTION drift_internal.learner_of_table(name text, taught regclass) RETURNS drift.learners
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found drift.learners;
	table_owner CONSTANT regrole := c.relowner FROM pg_class AS c WHERE c.oid = taught;
BEGIN
	SELECT * INTO found FROM drift.learners AS l WHERE l.name = learner_of_table.name;
	IF found.learner_id IS NULL OR NOT pg_has_role(table_owner, found.owner, 'USAGE') THEN
		RAISE EXCEPTION 'there is no learner "%" that the owner of % may use', coalesce(name, 'NULL'), taught
			USING ERRCODE = 'undefined_object', DETAIL = format('The table belongs to %s.', table_owner),
				HINT = 'drift.create_learner() makes a learner; the first argument of the trigger is its name.';
	END IF;
	PERFORM FROM drift_internal.learner_states AS s WHERE s.learner_id = found.learner_id FOR UPDATE;
	SELECT * INTO found FROM drift.learners AS l WHERE l.learner_id = found.learner_id;
	RETURN found;
END
$$;

COMMENT ON FUNCTION drift_internal.learner_of_table(text, regclass) IS 'the learner that the owner of a table may use, locked; or an error';

CREATE OR REPLACE FUNCTION drift_internal.check_learn_trigger(level text, moment text, new_table name) RETURNS void
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF level <> 'STATEMENT' OR moment <> 'AFTER' OR new_table IS NULL THEN
		RAISE EXCEPTION 'drift.learn_batch() needs the new rows of a whole statement'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'CREATE TRIGGER learn AFTER INSERT ON ... REFERENCING NEW TABLE AS batch FOR EACH STATEMENT EXECUTE FUNCTION drift.learn_batch(''learner'');';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_learn_trigger(text, text, name) IS 'an error unless a trigger can let a learner learn';

-- The rows are a transition table, which only this function itself can name.
CREATE OR REPLACE FUNCTION drift.learn_batch() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taught CONSTANT regclass := TG_RELID;
	batch CONSTANT name := t.tgnewtable FROM pg_trigger AS t WHERE t.tgrelid = TG_RELID AND t.tgname = TG_NAME;
	learner drift.learners;
	plan drift_internal.lesson_plan;
	lesson drift_internal.lesson;
	newest timestamptz;
BEGIN
	PERFORM drift_internal.check_learn_trigger(TG_LEVEL, TG_WHEN, batch);
	learner := drift_internal.learner_of_table(TG_ARGV[0], taught);
	SELECT (drift_internal.plan_lesson(learner, array_agg(c.column_name ORDER BY c.ordinal), array_agg(c.base_type ORDER BY c.ordinal))).* INTO plan
	FROM drift_internal.source_columns(format('SELECT * FROM %s', taught)) AS c;
	EXECUTE drift_internal.lesson_query(plan, format('%I', batch), '$1')
		INTO lesson.learner, lesson.rows_read, lesson.rows_skipped, lesson.accuracy, lesson.log_loss, lesson.mae, lesson.rmse, lesson.changes,
			lesson.change_rows, newest
		USING drift_internal.learner_of_plan(learner, plan,
			(SELECT s.learner FROM drift_internal.learner_states AS s WHERE s.learner_id = learner.learner_id));
	IF lesson.learner IS NOT NULL THEN
		PERFORM drift_internal.store_lesson(learner, plan, lesson, newest);
	END IF;
	RETURN NULL;
END
$$;

COMMENT ON FUNCTION drift.learn_batch() IS
	'statement trigger that lets a learner learn from the new rows; its argument is the name of the learner, which the owner of the table must be allowed to use. Who inserts needs no rights on it.';
