-- silences: times in which nothing is raised

-- A span that touches a silence holds rows of a time that is known to be odd.
CREATE OR REPLACE FUNCTION drift_internal.is_silenced(model_id integer, monitor_id integer, kind text, span tstzrange) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (
		SELECT FROM drift.silences AS s
		WHERE (s.monitor_id = is_silenced.monitor_id OR s.model_id = is_silenced.model_id)
			AND (s.kind IS NULL OR s.kind = is_silenced.kind)
			AND s.during && tstzrange(lower(span), upper(span), '[]'))
$$;

COMMENT ON FUNCTION drift_internal.is_silenced(integer, integer, text, tstzrange) IS
	'whether a silence of the monitor, or of its model, touches a span';

CREATE OR REPLACE FUNCTION drift.silence(during tstzrange, reason text, monitor text DEFAULT NULL, model text DEFAULT NULL, kind text DEFAULT NULL)
	RETURNS SETOF drift.silences
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	watching drift.monitors;
	silent_model drift.models;
BEGIN
	IF (monitor IS NULL) = (model IS NULL) THEN
		RAISE EXCEPTION 'a silence is for a monitor or for a model' USING ERRCODE = 'invalid_parameter_value', HINT = 'Name one of them.';
	ELSIF during IS NULL OR isempty(during) THEN
		RAISE EXCEPTION 'a silence needs a time' USING ERRCODE = 'invalid_parameter_value',
			HINT = 'For example tstzrange(now(), now() + ''4 hours'').';
	ELSIF btrim(coalesce(reason, '')) = '' THEN
		RAISE EXCEPTION 'a silence needs a reason' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF monitor IS NOT NULL THEN
		watching := drift_internal.find_monitor(monitor, 'run');
	ELSE
		silent_model := drift_internal.find_model(model, 'operate');
	END IF;
	RETURN QUERY
		INSERT INTO drift.silences AS s (owner, model_id, monitor_id, kind, during, reason, created_by)
		VALUES (drift_internal.actor(), silent_model.model_id, watching.monitor_id, silence.kind, silence.during, silence.reason,
			pg_get_userbyid(drift_internal.actor()))
		RETURNING s.*;
END
$$;

COMMENT ON FUNCTION drift.silence(tstzrange, text, text, text, text) IS
	'raises no alert of a monitor, or of a model and all its monitors, for spans that touch this time; of one kind, or of all';

CREATE OR REPLACE FUNCTION drift_internal.may_silence(silence drift.silences) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN silence.monitor_id IS NOT NULL
			THEN EXISTS (SELECT FROM drift.monitors AS m WHERE m.monitor_id = silence.monitor_id AND drift_internal.may_run(m.owner))
			ELSE EXISTS (SELECT FROM drift.models AS m WHERE m.model_id = silence.model_id AND drift_internal.allowed(m, 'operate')) END
$$;

COMMENT ON FUNCTION drift_internal.may_silence(drift.silences) IS
	'whether the acting role may end a silence: members of the owner of its monitor, or who may operate its model';

CREATE OR REPLACE FUNCTION drift.end_silence(silence_id integer, ends_at timestamptz DEFAULT NULL) RETURNS SETOF drift.silences
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ended drift.silences;
	last timestamptz := coalesce(ends_at, clock_timestamp());
BEGIN
	SELECT * INTO ended FROM drift.silences AS s WHERE s.silence_id = end_silence.silence_id FOR UPDATE;
	IF ended.silence_id IS NULL OR NOT drift_internal.may_silence(ended) THEN
		RAISE EXCEPTION 'there is no silence % that you may end', coalesce(silence_id::text, 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'drift.silences lists them.';
	ELSIF NOT lower_inf(ended.during) AND lower(ended.during) >= last THEN
		DELETE FROM drift.silences AS s WHERE s.silence_id = ended.silence_id;
	ELSIF upper_inf(ended.during) OR upper(ended.during) > last THEN
		ended.during := tstzrange(lower(ended.during), last, CASE WHEN lower_inc(ended.during) THEN '[)' ELSE '()' END);
		UPDATE drift.silences AS s SET during = ended.during WHERE s.silence_id = ended.silence_id;
	END IF;
	RETURN NEXT ended;
END
$$;

COMMENT ON FUNCTION drift.end_silence(integer, timestamptz) IS
	'ends a silence now, or at a time before it would; one that has not begun by then is removed';
