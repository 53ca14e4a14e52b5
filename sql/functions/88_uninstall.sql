-- drift.prepare_uninstall(): what DROP EXTENSION would lose, kept; what would stand in its way, dropped

CREATE OR REPLACE FUNCTION drift_internal.dependent_views() RETURNS TABLE (view regclass, depth integer)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH RECURSIVE member AS (
		SELECT d.classid, d.objid
		FROM pg_depend AS d
		JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'drift' AND d.deptype = 'e'
	), read AS (
		SELECT r.ev_class AS view, d.refclassid, d.refobjid
		FROM pg_depend AS d
		JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
		WHERE d.refobjid <> r.ev_class AND NOT EXISTS (
			SELECT FROM member AS m WHERE m.classid = 'pg_class'::regclass AND m.objid = r.ev_class)
	), dependent AS (
		SELECT read.view, 1 AS depth
		FROM read
		JOIN member AS m ON m.classid = read.refclassid AND m.objid = read.refobjid
		UNION
		SELECT read.view, dependent.depth + 1
		FROM dependent
		JOIN read ON read.refclassid = 'pg_class'::regclass AND read.refobjid = dependent.view
	)
	SELECT d.view::regclass, max(d.depth)
	FROM dependent AS d
	JOIN pg_class AS c ON c.oid = d.view AND c.relkind IN ('v', 'm')
	GROUP BY d.view
$$;

COMMENT ON FUNCTION drift_internal.dependent_views() IS
	'views of users that need the extension, and materialized ones; those of greater depth read the others';

CREATE OR REPLACE FUNCTION drift_internal.describe_view(view regclass) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('owner', pg_get_userbyid(c.relowner), 'materialized', c.relkind = 'm', 'options', c.reloptions,
		'privileges', c.relacl::text, 'comment', obj_description(c.oid, 'pg_class'), 'definition', pg_get_viewdef(c.oid))
	FROM pg_class AS c
	WHERE c.oid = view
$$;

COMMENT ON FUNCTION drift_internal.describe_view(regclass) IS 'what it takes to make a view again';

CREATE OR REPLACE FUNCTION drift_internal.uninstall_jobs() RETURNS TABLE (job_id bigint, content jsonb)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = 'pg_cron') THEN
		RETURN QUERY EXECUTE
			'SELECT j.jobid, to_jsonb(j) FROM cron.job AS j WHERE j.command ~ $1 AND j.database = current_database() ORDER BY 1'
			USING '\mdrift\.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.uninstall_jobs() IS 'jobs of pg_cron that call the extension in this database';

CREATE OR REPLACE FUNCTION drift_internal.dependent_triggers() RETURNS SETOF pg_trigger
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT t.*
	FROM pg_trigger AS t
	JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = t.tgfoid AND d.deptype = 'e'
	JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'drift'
	WHERE NOT t.tgisinternal AND NOT EXISTS (
		SELECT FROM pg_depend AS m WHERE m.classid = 'pg_class'::regclass AND m.objid = t.tgrelid AND m.refobjid = e.oid AND m.deptype = 'e')
	ORDER BY t.tgrelid, t.tgname
$$;

COMMENT ON FUNCTION drift_internal.dependent_triggers() IS 'triggers on tables of users that call the extension';

-- Of user mappings only whose they are: what they hold is secret.
CREATE OR REPLACE FUNCTION drift_internal.dependent_channels() RETURNS TABLE (channel name, roles name[], content jsonb)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.srvname, m.roles, jsonb_build_object('owner', pg_get_userbyid(s.srvowner), 'privileges', s.srvacl::text,
		'options', s.srvoptions, 'mappings', m.roles)
	FROM pg_foreign_server AS s
	JOIN pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw AND w.fdwname = 'drift_channel',
		LATERAL (SELECT ARRAY(SELECT u.usename FROM pg_user_mappings AS u WHERE u.srvid = s.oid ORDER BY u.usename)) AS m (roles)
	ORDER BY s.srvname
$$;

COMMENT ON FUNCTION drift_internal.dependent_channels() IS 'channels, with the roles that have user mappings of them; without secrets';

CREATE OR REPLACE FUNCTION drift_internal.drop_channel(channel name, roles name[]) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	role name;
BEGIN
	FOREACH role IN ARRAY roles LOOP
		EXECUTE format('DROP USER MAPPING FOR %s SERVER %I', CASE role WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(role) END, channel);
	END LOOP;
	EXECUTE format('DROP SERVER %I', channel);
END
$$;

COMMENT ON FUNCTION drift_internal.drop_channel(name, name[]) IS 'drops a channel and the user mappings of these roles';

CREATE OR REPLACE FUNCTION drift.prepare_uninstall(dry_run boolean DEFAULT false)
	RETURNS TABLE (kind text, name text, content jsonb)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found record;
BEGIN
	IF NOT (SELECT pg_has_role(e.extowner, 'USAGE') FROM pg_extension AS e WHERE e.extname = 'drift') THEN
		RAISE EXCEPTION 'must be owner of extension drift'
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	FOR found IN
		SELECT c.oid::regclass AS relation
		FROM pg_extension AS e
		JOIN pg_class AS c ON c.oid = ANY (e.extconfig) AND c.relkind = 'r'
		WHERE e.extname = 'drift'
		ORDER BY c.oid
	LOOP
		RETURN QUERY EXECUTE format('SELECT %L, %L, to_jsonb(t) FROM %s AS t', 'row', found.relation, found.relation);
	END LOOP;
	FOR found IN SELECT * FROM drift_internal.uninstall_jobs() LOOP
		RETURN QUERY SELECT 'job', found.job_id::text, found.content;
		IF NOT dry_run THEN
			EXECUTE 'SELECT cron.unschedule($1)' USING found.job_id;
		END IF;
	END LOOP;
	FOR found IN SELECT t.tgrelid::regclass AS relation, t.tgname, pg_get_triggerdef(t.oid) AS definition FROM drift_internal.dependent_triggers() AS t LOOP
		RETURN QUERY SELECT 'trigger', format('%I on %s', found.tgname, found.relation), to_jsonb(found.definition);
		IF NOT dry_run THEN
			EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.relation);
		END IF;
	END LOOP;
	FOR found IN SELECT * FROM drift_internal.dependent_channels() LOOP
		RETURN QUERY SELECT 'channel', found.channel::text, found.content;
		IF NOT dry_run THEN
			PERFORM drift_internal.drop_channel(found.channel, found.roles);
		END IF;
	END LOOP;
	FOR found IN
		SELECT v.view, c.relkind
		FROM drift_internal.dependent_views() AS v
		JOIN pg_class AS c ON c.oid = v.view
		ORDER BY v.depth DESC, 1
	LOOP
		RETURN QUERY SELECT 'view', found.view::text, drift_internal.describe_view(found.view);
		IF NOT dry_run THEN
			EXECUTE format('DROP %s %s', CASE found.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, found.view);
		END IF;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift.prepare_uninstall(boolean) IS
	'before DROP EXTENSION, for the owner of the extension: returns every row of the registry (kind row), jobs of pg_cron that call it, triggers, channels (without their secrets) and views that need it, and removes all but the rows, which with dry_run it only lists. Keep the result in a table. Prediction logs and outcomes need nothing: they stay.';
