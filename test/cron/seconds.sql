-- seconds between runs: only pg_cron from 1.5 on knows them, drift.run_due() always
DO $$
DECLARE
	knows CONSTANT boolean := (SELECT substring(extversion FROM '^[0-9]+\.[0-9]+')::numeric >= 1.5 FROM pg_extension WHERE extname = 'pg_cron');
BEGIN
	BEGIN
		PERFORM drift.schedule_model('watched', '5 seconds', 'recommend');
		ASSERT knows, 'seconds were taken';
		RAISE EXCEPTION 'undo' USING ERRCODE = 'ZZ000';
	EXCEPTION
		WHEN object_not_in_prerequisite_state THEN
			ASSERT NOT knows, 'seconds were refused';
			ASSERT SQLERRM = 'pg_cron cannot run schedule "5 seconds"', SQLERRM;
		WHEN SQLSTATE 'ZZ000' THEN
			NULL;
	END;
	ASSERT (SELECT runner FROM drift.schedule_model('watched', '5 seconds', 'recommend', runner => 'run_due')) = 'run_due';
	PERFORM drift.unschedule(model => 'watched', task => 'recommend');
END
$$;
