-- Rows in the tables of training: how models are trained, on the log, on a table and on a query, and what rows must be like.
-- Usage, after monitors.sql.
\o /dev/null
SELECT drift.set_training('we"ird Ünïcode', options => '{"seed": 7, "embargo": "1 day"}');
SELECT drift.set_training('governed', 'small', $$"app's"."réadings"$$, time_column => 'at é', excluded => '{city}');
SELECT drift.add_expectation('governed', 'x "é"', 'range', 'x', '{"min": -20, "mostly": 0.9}', 'warning');
SELECT drift.add_expectation('governed', 'sql', 'sql', params => $${"expression": "city <> '\"é\"' -- all"}$$);
\o
