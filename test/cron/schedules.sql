-- schedules of test/cron/run.sh
CREATE TABLE made (LIKE drift.scheduled);
GRANT INSERT ON made TO analyst, stranger;
SET ROLE analyst;
INSERT INTO made SELECT * FROM drift.schedule_model('late', '* * * * *', 'maintain_log');
INSERT INTO made SELECT * FROM drift.schedule_model('paused', '* * * * *', 'health');
INSERT INTO made SELECT * FROM drift.schedule_monitor('sensors', '* * * * *');
INSERT INTO made SELECT * FROM drift.schedule_monitor('sensors', '*/2 * * * *', 'refresh');
SELECT drift.pause(model => 'paused');
RESET ROLE;
SET ROLE stranger;
INSERT INTO made SELECT * FROM drift.schedule_model('of_stranger', '* * * * *', 'health');
RESET ROLE;
INSERT INTO made SELECT * FROM drift.schedule_model('watched', '* * * * *', 'health');
INSERT INTO made SELECT * FROM drift.schedule_model('waits', '* * * * *', 'match_outcomes');
INSERT INTO made SELECT * FROM drift.schedule_model('waits', '*/2 * * * *', 'match_outcomes');
INSERT INTO made SELECT * FROM drift.schedule_model('waits', '* * * * *', 'maintain_log');
