-- A fit goes on slice by slice while its procedure commits; what a rolled back transaction opened is gone.
CREATE SCHEMA training_slices;
SET search_path = training_slices;
CREATE TABLE visits AS SELECT (i * 37 % 101)::float8 AS x, i * 37 % 101 > 50 AS label FROM generate_series(1, 500) AS i;

-- in a loop over rows, in a block with an exception handler, and without either
DO $$
DECLARE
	opened jsonb := drift_internal.open_training_set('SELECT * FROM visits', 'label', '{}', current_user::regrole, 'training_slices');
	fit integer := drift_internal.open_fit((opened ->> 'set')::integer, 'logistic', '{"solver": "lbfgs"}');
	state jsonb;
	i integer;
BEGIN
	COMMIT;
	CALL drift_internal.continue_fit(fit, 1, state);
	ASSERT (SELECT count(*) FROM visits) = 500;
	FOR i IN SELECT generate_series(1, 3) LOOP
		COMMIT;
		CALL drift_internal.continue_fit(fit, 1, state);
	END LOOP;
	BEGIN
		CALL drift_internal.continue_fit(fit, 1, state);
	EXCEPTION WHEN division_by_zero THEN
		NULL;
	END;
	INSERT INTO visits SELECT 1, true;
	WHILE state ->> 'status' = 'running' LOOP
		CALL drift_internal.continue_fit(fit, 1, state);
	END LOOP;
	ASSERT (SELECT count(*) FROM visits) = 501;
	RAISE NOTICE '%, %', state ->> 'status', (drift_internal.close_fit(fit)).details ->> 'task';
	PERFORM drift_internal.close_training_set((opened ->> 'set')::integer);
	ROLLBACK;
END $$;
SELECT count(*) FROM visits;

-- a transaction that is rolled back takes all, those that committed before it too
SELECT (drift_internal.open_training_set('SELECT * FROM visits', 'label', '{}', current_user::regrole, 'training_slices') ->> 'set')::integer AS set \gset
SELECT drift_internal.open_fit(:set, 'logistic', '{}') AS fit \gset
CALL drift_internal.continue_fit(:fit, 1000, '{}') \gset
SELECT :'state'::jsonb ->> 'status' AS status;
BEGIN;
SELECT count(*) FROM visits;
ROLLBACK;
\set VERBOSITY sqlstate
SELECT drift_internal.close_fit(:fit);
SELECT count(*) FROM pg_backend_memory_contexts WHERE name IN ('drift training set', 'drift fit');
