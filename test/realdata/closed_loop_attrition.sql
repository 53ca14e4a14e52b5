-- Who leaves the company: a model of the first month's people, retrained each month, whose versions people must approve. Prints TAP.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
SET TimeZone = 'UTC';

CREATE TABLE person (
	age int, attrition int, business_travel text, daily_rate int, department text, distance_from_home int, education int, education_field text, employee_count int,
	employee_number int, environment_satisfaction int, gender text, hourly_rate int, job_involvement int, job_level int, job_role text, job_satisfaction int, marital_status text,
	monthly_income int, monthly_rate int, num_companies_worked int, over_18 text, over_time text, percent_salary_hike int, performance_rating int, relationship_satisfaction int,
	standard_hours int, stock_option_level int, total_working_years int, training_times_last_year int, work_life_balance int, years_at_company int, years_in_current_role int,
	years_since_last_promotion int, years_with_curr_manager int);
\copy person FROM PROGRAM 'cat "$DRIFT_DATA/employee_attrition.csv"' WITH (FORMAT csv, HEADER)

-- They come in the order of their numbers, over 2025. Whether they stay is known at once.
CREATE TABLE employee AS
SELECT age, business_travel, daily_rate, department, distance_from_home, education, education_field, environment_satisfaction, gender, hourly_rate, job_involvement,
	job_level, job_role, job_satisfaction, marital_status, monthly_income, monthly_rate, num_companies_worked, over_time, percent_salary_hike, performance_rating,
	relationship_satisfaction, stock_option_level, total_working_years, training_times_last_year, work_life_balance, years_at_company, years_in_current_role,
	years_since_last_promotion, years_with_curr_manager, employee_number, CASE attrition WHEN 1 THEN 'leaves' ELSE 'stays' END AS attrition,
	timestamptz '2025-01-01' + (row_number() OVER (ORDER BY employee_number) - 1) * interval '364 days' / count(*) OVER () AS seen_at
FROM person;

-- An engineer of the team that owns the model runs it; an officer, who is not of the team, approves its versions.
CREATE ROLE attrition_team NOLOGIN;
CREATE ROLE attrition_engineer LOGIN IN ROLE attrition_team;
CREATE ROLE attrition_officer LOGIN;
GRANT SELECT ON employee TO attrition_engineer;
SELECT FROM drift.register_model('attrition', 'Will the employee leave?', owner => 'attrition_team');
SELECT FROM drift.grant_privilege('attrition', 'attrition_officer', 'approve');

-- The first version knows a month. Age, sex and family are nobody's business.
SELECT FROM drift.add_version('attrition', drift.train('SELECT * FROM employee WHERE seen_at < ''2025-02-01''', 'attrition', 'logistic',
		'{"exclude": ["employee_number", "seen_at", "gender", "marital_status", "age"], "positive": "leaves"}'),
	training => drift.training_snapshot('SELECT * FROM employee WHERE seen_at < ''2025-02-01''', 'seen_at'));
SELECT FROM drift.promote('attrition', 1);
SELECT FROM drift.set_approval_policy('attrition', 1);
SELECT FROM drift.load_config('{"drift_detection": {"minimum_new_samples": 100, "target_column": "attrition"}, "monitoring": {"drift_check_samples": 50},
	"retraining": {"fallback_strategies": []}, "deployment": {"strategy": "blue_green", "min_test_rows": 20}}', 'attrition');

SET ROLE attrition_engineer;
SELECT FROM drift.set_training('attrition', 'attrition', 'SELECT * FROM employee', 'seen_at', 'employee_number', excluded => '{employee_number,gender,marital_status,age}',
	candidates => '[{"algorithm": "logistic"}, {"algorithm": "random_forest"}, {"algorithm": "gradient_boosting"}]', options => '{"embargo": "0 days", "positive": "leaves", "test_rows": 150}');
SELECT FROM drift.create_baseline('attrition', 'SELECT * FROM employee WHERE seen_at < ''2025-02-01''', 'attrition', 1, 'training');
SELECT FROM drift.create_monitor('attrition', 'employee', 'attrition', 'seen_at', 'attrition', bucket => 'day', span => '1 month');
SELECT FROM drift.add_trigger('attrition', 'scheduled', '{"cron": "0 0 1 * *"}', counted_since => '2025-01-15');
RESET ROLE;

CREATE TABLE month (as_of timestamptz, before integer, cycled integer, approved integer, result jsonb, request bigint, missing text[]);
GRANT ALL ON month TO attrition_engineer, attrition_officer;

-- What the cycle asks for is completed by the engineer and approved by the officer.
CREATE PROCEDURE approve(of_month timestamptz) LANGUAGE plpgsql AS $$
DECLARE
	asked record;
BEGIN
	SELECT * INTO asked FROM drift.request_status AS r WHERE r.model = 'attrition' AND r.status = 'open';
	IF FOUND THEN
		UPDATE month SET request = asked.request_id, missing = asked.missing_evidence WHERE as_of = of_month;
		SET LOCAL ROLE attrition_engineer;
		PERFORM drift.add_evidence(asked.request_id, jsonb_object_agg(m, '{"checked": "by the works council"}'::jsonb)) FROM unnest(asked.missing_evidence) AS m
		HAVING count(*) > 0;
		PERFORM drift.write_card('attrition', asked.version, 'approved_use_cases', 'Whom to talk to. Nobody is dismissed by a score.');
		PERFORM drift.write_card('attrition', asked.version, 'limitations', 'One company, one year.');
		SET LOCAL ROLE attrition_officer;
		PERFORM drift.approve(asked.request_id, 'figures are on later people than those it was trained on');
		RESET ROLE;
	END IF;
	UPDATE month SET approved = drift.version_at('attrition') WHERE as_of = of_month;
END $$;

DO $$
DECLARE
	result jsonb;
	before integer;
	at timestamptz;
BEGIN
	FOR at IN SELECT generate_series('2025-03-01'::timestamptz, '2026-01-01', '1 month') LOOP
		before := drift.version_at('attrition');
		SET ROLE attrition_engineer;
		CALL drift.run_cycle('attrition', result, at);
		RESET ROLE;
		COMMIT;
		INSERT INTO month VALUES (at, before, drift.version_at('attrition'), NULL, result);
		CALL approve(at);
		COMMIT;
	END LOOP;
END
$$;

CREATE TABLE verdict (id int GENERATED ALWAYS AS IDENTITY, passed boolean, description text);
INSERT INTO verdict (passed, description)
SELECT count(*) = 11 AND bool_and(result->>'status' <> 'error'), format('%s monthly cycles, none failed', count(*)) FROM month;
INSERT INTO verdict (passed, description)
SELECT sum(n) >= 8, format('%s runs: %s', sum(n), string_agg(format('%s %s', n, status), ', ' ORDER BY n DESC))
FROM (SELECT status, count(*) AS n FROM drift.training_runs GROUP BY 1) AS r;
INSERT INTO verdict (passed, description)
SELECT bool_and(cycled = before), 'no cycle changed who answers: a version without approval waits' FROM month;
INSERT INTO verdict (passed, description)
SELECT count(*) FILTER (WHERE request IS NOT NULL) >= 1 AND bool_and((request IS NULL) = (approved = before)),
	format('%s versions were asked for, approved, and answer from then on', count(*) FILTER (WHERE request IS NOT NULL)) FROM month;
INSERT INTO verdict (passed, description)
SELECT count(*) > 0 AND bool_and(q.evidence ? 'performance'), 'each request brought what is known of the version as evidence' FROM drift.promotion_requests AS q;
INSERT INTO verdict (passed, description)
SELECT count(*) >= 1 AND bool_and(a.actor = 'attrition_officer'), format('%s approvals are in the audit, by the officer', count(*)) FROM drift.audit AS a WHERE a.event = 'promotion_approved';

SELECT format('%s %s - %s', CASE WHEN passed THEN 'ok' ELSE 'not ok' END, id, description) FROM verdict ORDER BY id;
SELECT format('1..%s', count(*)) FROM verdict;
SELECT format('# run of %s: %s, %s of %s held-out people %s, champion %s; %s', r.as_of::date, r.status, e.metric, e.terms->'rows'->>'n', round(e.challenger::numeric, 3), round(e.champion::numeric, 3), coalesce(r.reason, r.error))
FROM drift.training_runs AS r LEFT JOIN drift.evaluations AS e ON e.evaluation_id = r.evaluation_id ORDER BY r.run_id;
