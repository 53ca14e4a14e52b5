-- The columns of bank_calls.json before it gives them their distributions; only the length of a call,
-- which is exponential, has its own already.
SELECT 40 AS age, 'admin.'::text AS job, 'married'::text AS marital, 'university.degree'::text AS education, 'no'::text AS "default",
	'no'::text AS housing, 'no'::text AS loan, 'telephone'::text AS contact, 'may'::text AS month, 'mon'::text AS day_of_week,
	(-260 * ln(1 - (i - 0.5) / 1000))::integer AS duration, 1 AS campaign, 999 AS pdays, 0 AS previous,
	1.4::float8 AS "emp.var.rate", 93.6::float8 AS "cons.price.idx", -40.5::float8 AS "cons.conf.idx", 4.9::float8 AS euribor3m,
	5228.1::float8 AS "nr.employed", 0 AS y
FROM generate_series(1, 1000) AS i
