-- Errors that stop a pipeline: assertions over data and over monitors, and the trigger that looks at a batch.
BEGIN;
SELECT plan(48);

CREATE ROLE "guard Ünï" LOGIN;
CREATE ROLE guard_loader LOGIN;
CREATE ROLE guard_other LOGIN;
\ir ../lib/as_login.sql
CREATE SCHEMA "guard s";
GRANT USAGE, CREATE ON SCHEMA "guard s" TO "guard Ünï", guard_other;
GRANT USAGE ON SCHEMA "guard s" TO guard_loader;
SET search_path = "guard s", public;

CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN years AS integer;
CREATE DOMAIN old_years AS years;
CREATE FUNCTION r(i integer, salt integer, n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT (hashint8extended(i, salt) & 1048575)::integer % n $$;
CREATE FUNCTION batch(low integer, high integer, shift integer DEFAULT 0)
	RETURNS TABLE (id bigint, "Äge" integer, income float8, mood mood, city text, born date, ok boolean) LANGUAGE sql AS $$
	SELECT i, r(i, 1, 60) + 20 + shift, r(i, 2, 100000) / 100.0, ((ARRAY['sad', 'ok', 'happy'])[r(i, 3, 3) + 1])::mood, 'city ' || r(i, 4, 7), date '1970-01-01' + r(i, 5, 9000), r(i, 6, 4) = 0
	FROM generate_series(low, high) AS i
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA "guard s" TO PUBLIC;

-- data against data
CREATE TABLE past AS SELECT * FROM batch(1, 4000);
SELECT ok(drift.assert_no_drift('past', 'SELECT * FROM batch(5001, 6000)', '{Äge,income,mood,city}'), 'no drift');
CREATE FUNCTION raised(query text, OUT state text, OUT message text, OUT detail text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	state := 'ok';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
END
$$;
SELECT is((SELECT state || ' ' || message FROM raised($$SELECT drift.assert_no_drift('past', 'SELECT * FROM batch(5001, 6000, 9)')$$)), 'MD001 the data drifted: 1 of 7 columns', 'drift has an SQLSTATE of its own');
SELECT matches((SELECT detail FROM raised($$SELECT drift.assert_no_drift('past', 'SELECT * FROM batch(5001, 6000, 9)')$$)), '^"Äge" is (warning|critical) \(PSI [0-9.]+, effect [0-9.]+', 'and says which column');
SELECT is((SELECT state || ' ' || message || ' ' || detail FROM raised($$SELECT drift.assert_no_drift('past', 'SELECT * FROM batch(5001, 5400, 9)')$$)),
	'MD002 too few rows to tell whether the data drifted The reference has 4000 rows, the current data 400; 500 are needed.', 'too few rows are another one');
SELECT is((SELECT state FROM raised($$SELECT drift.assert_no_drift('past', 'SELECT * FROM batch(5001, 5400, 9)', minimum_rows => 400)$$)), 'MD001', 'unless fewer will do');
SELECT is((SELECT state FROM raised($$SELECT drift.assert_no_drift('past', 'SELECT * FROM past WHERE false')$$)), 'MD002', 'no rows');
SELECT ok(drift.assert_no_drift('past', 'SELECT * FROM batch(5001, 8000, 3)', severity => 'critical'), 'a warning passes where only critical drift stops');
SELECT is((SELECT state FROM raised($$SELECT drift.assert_no_drift('past', 'SELECT * FROM batch(5001, 8000, 40)', severity => 'critical')$$)), 'MD001', 'critical drift does not');
SELECT ok(drift.assert_no_drift('past', 'SELECT * FROM batch(5001, 8000, 9)', '{income}'), 'other columns are not asked');
SELECT ok(drift.assert_no_drift('past', 'SELECT * FROM batch(5001, 8000, 9)', '{Äge,income,mood,city,born}', 'drift_share_030'), 'one of five is below the share of a threshold set');
SELECT throws_ok($$SELECT drift.assert_no_drift('past', 'past', severity => 'bad')$$, '22023', 'unknown severity "bad"', 'an unknown severity');
SELECT throws_ok($$SELECT drift.assert_no_drift('nowhere', 'past')$$, '42P01', NULL, 'a source that is not there');
CREATE FUNCTION load_or_park(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM drift.assert_no_drift('past', query);
	RETURN 'loaded';
EXCEPTION
	WHEN SQLSTATE 'MD001' THEN RETURN 'parked';
	WHEN SQLSTATE 'MD002' THEN RETURN 'loaded unchecked';
END
$$;
SELECT is((SELECT string_agg(load_or_park(format('SELECT * FROM batch(5001, %s, %s)', high, shift)), ', ') FROM (VALUES (7000, 0), (7000, 9), (5100, 9)) AS v (high, shift)),
	'loaded, parked, loaded unchecked', 'a loader catches them');

-- monitors
SELECT drift.register_model('guarded', owner => '"guard Ünï"') \g /dev/null
INSERT INTO drift.monitors (name, owner, source_kind, query, path, time_column, tracking, bucket, span, reference, created_by)
VALUES ('m "1"', '"guard Ünï"', 'query', 'SELECT 1', 'public', 't', 'recompute', 'hour', '1 day', 'previous', 'x');
CREATE FUNCTION found(status text, hours integer, error text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	INSERT INTO drift.checks (monitor_id, as_of, current_span, revision, status, explanation, n_current, error, checked_by)
	SELECT m.monitor_id, now() + hours * interval '1 hour', 'empty', 1, status, '1 of 5 features drifted: age', 17, error, 'x' FROM drift.monitors AS m WHERE m.name = 'm "1"'
$$;
SELECT is((SELECT concat_ws(' ', state, message, detail) FROM raised($$SELECT drift.assert_monitor('m "1"')$$)), 'MD003 nothing is known of monitor "m "1"" It was never run.', 'a monitor that was never run');
SELECT found('ok', -9);
SELECT is((SELECT status FROM drift.assert_monitor('m "1"')), 'ok', 'one that is well');
SELECT is((SELECT status FROM drift.assert_monitor('m "1"', max_age => '10 hours')), 'ok', 'and young enough');
SELECT matches((SELECT concat_ws(' ', state, detail) FROM raised($$SELECT drift.assert_monitor('m "1"', max_age => '8 hours')$$)), '^MD003 Its last check is of .* which is more than 08:00:00 ago', 'or too old');
SELECT found('warning', -8);
SELECT is((SELECT concat_ws(' ', state, message, detail) FROM raised($$SELECT drift.assert_monitor('m "1"')$$)), 'MD001 monitor "m "1"" is warning 1 of 5 features drifted: age', 'a warning');
SELECT is((SELECT status FROM drift.assert_monitor('m "1"', 'critical')), 'warning', 'which passes where only critical ones stop');
SELECT found('critical', -7);
SELECT is((SELECT state FROM raised($$SELECT drift.assert_monitor('m "1"', 'critical')$$)), 'MD001', 'critical');
SELECT found('insufficient_data', -6);
SELECT matches((SELECT concat_ws(' ', state, detail) FROM raised($$SELECT drift.assert_monitor('m "1"')$$)), '^MD002 .* saw 17 rows', 'too few rows');
SELECT found('error', -5, 'no rights');
SELECT is((SELECT concat_ws(' ', state, detail) FROM raised($$SELECT drift.assert_monitor('m "1"')$$)), 'MD003 Its last check failed: no rights', 'a check that failed');
SELECT is(pg_temp.as_login('guard_other', $$SELECT drift.assert_monitor('m "1"')$$), '42704 no monitor is named "m "1""', 'an outsider does not see it');

-- batches
SET ROLE "guard Ünï";
CREATE TABLE "lo ad" (id bigint, "Äge" old_years, income numeric, mood mood, city varchar(20), born date, ok boolean, place point);
RESET ROLE;
GRANT SELECT ON past TO "guard Ünï";
SELECT is(pg_temp.as_login('guard Ünï', $$SELECT row_count FROM drift.create_baseline('b "1"', 'SELECT "Äge", income, mood, city, born, ok FROM "guard s".past')$$), '4000', 'a baseline');
SET ROLE "guard Ünï";
CREATE TRIGGER guard AFTER INSERT ON "lo ad" REFERENCING NEW TABLE AS "new rows" FOR EACH STATEMENT EXECUTE FUNCTION drift.guard_batch('b "1"');
RESET ROLE;
GRANT INSERT ON "lo ad" TO guard_loader;
CREATE FUNCTION loaded(low integer, high integer, shift integer DEFAULT 0) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.as_login('guard_loader', format('WITH i AS (INSERT INTO "guard s"."lo ad" SELECT * FROM "guard s".batch(%s, %s, %s) RETURNING 1) SELECT count(*) FROM i', low, high, shift))
$$;
SELECT is(loaded(5001, 6000), '1000', 'rows like those of the baseline are loaded, by who does not see it');
SELECT is(loaded(5001, 6000, 9), 'MD001 the batch for "guard s"."lo ad" drifted: 1 of 6 columns', 'rows that drifted are not');
SELECT is(loaded(5001, 5400, 9), '400', 'too few rows pass');
SELECT is(loaded(5001, 5000), '0', 'none too');
SELECT is((SELECT count(*) FROM "lo ad"), 1400::bigint, 'nothing else is there');
SELECT is((SELECT state FROM raised('INSERT INTO "lo ad" SELECT NULL, "Äge", income, mood, ''nowhere'', born, ok FROM batch(1, 600)')), 'MD001', 'new categories');
SELECT is((SELECT state FROM raised('INSERT INTO "lo ad" SELECT NULL, "Äge", CASE WHEN random() < 0.5 THEN income END, mood, city, born, ok FROM batch(1, 600)')), 'MD001', 'missing values');
CREATE FUNCTION retrigger(arguments text, event text DEFAULT 'AFTER INSERT', clause text DEFAULT 'REFERENCING NEW TABLE AS x', level text DEFAULT 'STATEMENT') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	DROP TRIGGER IF EXISTS guard ON "lo ad";
	EXECUTE format('CREATE TRIGGER guard %s ON "lo ad" %s FOR EACH %s EXECUTE FUNCTION drift.guard_batch(%s)', event, clause, level, arguments);
END
$$;
SELECT retrigger($$'b "1"', 'warn'$$);
SET client_min_messages = error;
SELECT is(loaded(5001, 6000, 9), '1000', 'warned of, they are loaded');
RESET client_min_messages;
SELECT retrigger($$'b "1"', 'raise', '100'$$);
SELECT is((SELECT state FROM raised('INSERT INTO "lo ad" SELECT * FROM batch(1, 200, 40)')), 'MD001', 'fewer rows will do');
SELECT retrigger($$'b "1"', '', '', 'standard', 'critical'$$);
SELECT is((SELECT state FROM raised('INSERT INTO "lo ad" SELECT * FROM batch(5001, 8000, 3)')), 'ok', 'a warning passes where only critical drift stops');
SELECT is((SELECT state FROM raised('INSERT INTO "lo ad" SELECT * FROM batch(5001, 8000, 40)')), 'MD001', 'which does');
SELECT retrigger($$'b "1"', 'raise', '500', '{"set": "standard", "minimum_effect": 0.9, "psi_warning": 5, "psi_critical": 6, "point_findings": false}'$$);
SELECT is(loaded(5001, 6000, 9), '1000', 'thresholds of its own');
SELECT retrigger($$'b "1"'$$, 'AFTER UPDATE');
SELECT is((SELECT state FROM raised('UPDATE "lo ad" SET "Äge" = "Äge" + 30')), 'MD001', 'updates too');
SELECT retrigger($$'b "1"'$$, 'AFTER INSERT', '');
SELECT is((SELECT state || ' ' || message FROM raised('INSERT INTO "lo ad" VALUES (1)')), '55000 drift.guard_batch() needs the new rows of a whole statement', 'without the new rows');
SELECT retrigger($$'b "1"'$$, 'BEFORE INSERT', '', 'ROW');
SELECT is((SELECT state FROM raised('INSERT INTO "lo ad" VALUES (1)')), '55000', 'or for each row it cannot');
SELECT retrigger($$'b "1"', 'shout'$$);
SELECT is((SELECT state || ' ' || message FROM raised('INSERT INTO "lo ad" VALUES (1)')), '22023 unknown action "shout"', 'an unknown action');
SELECT retrigger($$'b 2'$$);
SELECT is((SELECT state || ' ' || message FROM raised('INSERT INTO "lo ad" SELECT * FROM batch(1, 600)')), '42704 there is no baseline "b 2" that the owner of "guard s"."lo ad" may use', 'a baseline that is not there');
SELECT retrigger($$'b "1"'$$);
ALTER TABLE "lo ad" OWNER TO guard_other;
SELECT is((SELECT state FROM raised('INSERT INTO "lo ad" SELECT * FROM batch(1, 600)')), '42704', 'nor one of somebody else');
ALTER TABLE "lo ad" OWNER TO "guard Ünï";
ALTER TABLE "lo ad" ALTER COLUMN income TYPE text;
SELECT matches((SELECT detail FROM raised('INSERT INTO "lo ad" (id, income) SELECT i, i FROM generate_series(1, 600) AS i')), 'income is critical \(type\)', 'a column of another type');
ALTER TABLE "lo ad" DROP COLUMN income;
SELECT is((SELECT state FROM raised('INSERT INTO "lo ad" ("Äge", mood, city, born, ok) SELECT "Äge", mood, city, born, ok FROM batch(9001, 9999)')), 'ok', 'a column that the table does not have is not asked');

-- what the owner of a type makes of it is not run by the trigger, which is the extension's
CREATE TABLE stolen (who text);
GRANT INSERT ON stolen TO PUBLIC;
SET ROLE "guard Ünï";
CREATE FUNCTION steal(m mood) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "guard s".stolen VALUES (current_user); RETURN textin(enum_out(m)); END $$;
CREATE DOMAIN moods AS mood;
RESET ROLE;
ALTER TYPE mood OWNER TO "guard Ünï";
SET ROLE "guard Ünï";
CREATE CAST (mood AS text) WITH FUNCTION steal(mood);
ALTER TABLE "lo ad" ALTER COLUMN mood TYPE moods;
RESET ROLE;
SELECT is((SELECT state FROM raised('INSERT INTO "lo ad" ("Äge", mood, city, born, ok) SELECT "Äge", mood, city, born, ok FROM batch(9001, 9999)')), 'ok', 'an enum is read');
SELECT is((SELECT state FROM raised('INSERT INTO "lo ad" ("Äge", mood, city, born, ok) SELECT "Äge", ''sad'', city, born, ok FROM batch(9001, 9999)')), 'MD001', 'and judged');
SELECT is_empty('SELECT * FROM stolen', 'without the cast that its owner made of it');
SELECT is(drift_internal.safe_expression('x', 'drift.profile'::regtype), NULL, 'other types of users are not read');

SELECT * FROM finish();
ROLLBACK;
