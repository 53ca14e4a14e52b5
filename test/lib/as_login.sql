-- What a login says to a query, and as whom it acts: the value, or the error.
CREATE FUNCTION pg_temp.as_login(login name, query text, acting name DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', login);
	IF acting IS NOT NULL THEN
		EXECUTE format('SET LOCAL ROLE %I', acting);
	END IF;
	EXECUTE query INTO answer;
	RESET SESSION AUTHORIZATION;
	RETURN coalesce(answer, 'NULL');
EXCEPTION WHEN OTHERS THEN
	RETURN concat_ws(' ', SQLSTATE, SQLERRM);
END
$$;
