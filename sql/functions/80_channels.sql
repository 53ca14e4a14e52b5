-- channels: foreign servers of the wrapper drift_channel

CREATE OR REPLACE FUNCTION drift.channel_options() RETURNS TABLE (option text, belongs_to text, types text[], is_secret boolean, description text)
	AS 'MODULE_PATHNAME', 'drift_channel_option_list' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 20;

COMMENT ON FUNCTION drift.channel_options() IS
	'options of channels: those of the foreign server, and those of user mappings, which hold the secrets';

CREATE OR REPLACE FUNCTION drift.channel_types() RETURNS TABLE (type text, description text, server_options text[], mapping_options text[])
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 4
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT t.type, t.description,
		ARRAY(SELECT o.option FROM drift.channel_options() AS o WHERE t.type = ANY (o.types) AND o.belongs_to = 'server' ORDER BY o.option),
		ARRAY(SELECT o.option FROM drift.channel_options() AS o WHERE t.type = ANY (o.types) AND o.belongs_to = 'user mapping' ORDER BY o.option)
	FROM (VALUES
		('slack', 'incoming webhook of Slack, or of what understands the same: Mattermost, Rocket.Chat, Discord with /slack'),
		('webhook', 'JSON by POST, made by a template: Teams, PagerDuty, Jira, Azure, Alertmanager and anything else'),
		('github', 'an issue for each cause: made once, commented and edited by later messages, closed when all is well'),
		('email', 'e-mail by SMTP, with the report of the check as an attachment')) AS t (type, description)
$$;

COMMENT ON FUNCTION drift.channel_types() IS 'types of channels, with the options that each understands';

-- Only what anybody can read in the catalog: secrets are in user mappings, which this does not look at.
CREATE OR REPLACE FUNCTION drift_internal.channel_settings(channel text) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT jsonb_object_agg(o.option_name, o.option_value) FROM pg_options_to_table(s.srvoptions) AS o), '{}')
	FROM pg_foreign_server AS s
	JOIN pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
	WHERE s.srvname = channel AND w.fdwname = 'drift_channel';
END
$$;

COMMENT ON FUNCTION drift_internal.channel_settings(text) IS 'options of the server of a channel, which hold no secrets; NULL where there is no such channel';

CREATE OR REPLACE FUNCTION drift_internal.find_channel(channel text, role regrole) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	settings CONSTANT jsonb := drift_internal.channel_settings(channel);
BEGIN
	IF settings IS NULL THEN
		RAISE EXCEPTION 'no channel is named "%"', coalesce(channel, 'NULL')
			USING ERRCODE = 'undefined_object', DETAIL = 'A channel is a foreign server of the wrapper drift_channel.',
				HINT = 'drift.channels lists them; CREATE SERVER ... FOREIGN DATA WRAPPER drift_channel makes one.';
	ELSIF NOT has_server_privilege(role, channel, 'USAGE') THEN
		RAISE EXCEPTION 'permission denied for channel "%"', channel
			USING ERRCODE = 'insufficient_privilege', DETAIL = format('Role %s may not use it.', role),
				HINT = format('Its owner can grant that: GRANT USAGE ON FOREIGN SERVER %I TO %s;', channel, role);
	END IF;
	RETURN settings;
END
$$;

COMMENT ON FUNCTION drift_internal.find_channel(text, regrole) IS 'options of a channel that a role may use, or an error';
