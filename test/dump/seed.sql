-- Tables that hold profiles of both kinds, exact, summarised, with bins and empty.
CREATE EXTENSION drift;

CREATE TABLE readings AS
SELECT i AS id,
       CASE WHEN i % 13 = 0 THEN NULL ELSE sin(i) * i END AS number,
       (i % 40)::integer AS small,
       CASE WHEN i % 17 = 0 THEN NULL ELSE 'city ' || i % 23 || E' "\\\u00e9\u4e2d' END AS city,
       i % 3 = 0 AS flag,
       date '2024-01-01' + i AS day,
       timestamptz '2024-01-01 00:00:00+00' + i * interval '1 minute' AS moment
FROM generate_series(1, 20000) AS i;

CREATE TABLE profiles (
    name text PRIMARY KEY,
    profile drift.profile
);

INSERT INTO profiles
SELECT 'number', drift.profile_agg(number) FROM readings
UNION ALL SELECT 'small', drift.profile_agg(small) FROM readings
UNION ALL SELECT 'city', drift.profile_agg(city) FROM readings
UNION ALL SELECT 'flag', drift.profile_agg(flag) FROM readings
UNION ALL SELECT 'day', drift.profile_agg(day) FROM readings
UNION ALL SELECT 'moment', drift.profile_agg(moment) FROM readings
UNION ALL SELECT 'infinite', drift.profile_agg(x) FROM unnest('{1,NaN,-Infinity,Infinity,NULL}'::float8[]) AS x
UNION ALL SELECT 'few', drift.profile_agg(number) FROM readings WHERE id < 50
UNION ALL SELECT 'all missing', drift.profile_agg(number) FROM readings WHERE number IS NULL
UNION ALL SELECT 'null', NULL;

INSERT INTO profiles
SELECT name || ', compact', drift.compact(profile) FROM profiles WHERE name IN ('number', 'city');

INSERT INTO profiles
SELECT 'number in the bins of few', drift.profile_agg(r.number, p.profile)
FROM readings r, profiles p WHERE p.name = 'few' GROUP BY p.name;

-- Models, plain and bound, in a table, behind a view and under an index.
\i test/reference/models.sql
CREATE TABLE models.kept (
    name text PRIMARY KEY,
    model drift.model
);
INSERT INTO models.kept VALUES
    ('binary', drift.import_model('xgboost', models.xgboost(30, 5, 4))),
    ('classes', drift.import_model('xgboost', models.xgboost(9, 3, 4, 'multi:softprob', 3))),
    ('null', NULL);
INSERT INTO models.kept SELECT 'bound', drift.bind(model, ARRAY['f3', 'f2', E'"\\\u00e9', 'f0', 'f1']) FROM models.kept WHERE name = 'binary';
CREATE VIEW models.scores AS
SELECT name, id, drift.score_raw(model, ARRAY[id, id / 2.0, NULL, 0]::double precision[] || CASE name WHEN 'bound' THEN ARRAY[id / 7.0] ELSE '{}' END) AS margins
FROM models.kept, generate_series(1, 5) AS id;
CREATE INDEX model_digest ON models.kept ((drift.describe(model)->>'digest'));

CREATE TABLE daily (
    day date,
    columns drift.profile[]
);

INSERT INTO daily
SELECT date '2024-01-01' + (id / 5000), drift.profiles_agg(number, city)
FROM readings GROUP BY 1;

CREATE VIEW verdict AS
SELECT a.name AS reference, b.name AS current, drift.psi(a.profile, b.profile) AS psi
FROM profiles a, profiles b
WHERE a.name = 'number' AND b.name IN ('number, compact', 'number in the bins of few');

\ir registry.sql
