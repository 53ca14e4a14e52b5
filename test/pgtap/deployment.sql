-- Deployments: what answers, the way there and the way back, what drift.advance() makes of a log.
BEGIN;
SELECT plan(100);
SET LOCAL search_path = public, pg_catalog;
SET LOCAL client_min_messages = warning;

CREATE FUNCTION pg_temp.linear(a float8, b float8, task text DEFAULT 'binary') RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.import_model('json', (jsonb_build_object('format', 'drift', 'version', 1, 'task', task, 'inputs', '["a", "b"]'::jsonb, 'features', '["a", "b"]'::jsonb,
		'linear', jsonb_build_object('coefficients', ARRAY[a, b], 'intercept', 0))
		|| CASE task WHEN 'binary' THEN '{"transform": "logistic", "classes": ["no", "yes"]}'::jsonb ELSE '{}' END)::text)
$$;
CREATE FUNCTION pg_temp.name() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '"we""ird Ünïcode"'::text $$;
CREATE FUNCTION pg_temp.champion(model text) RETURNS integer LANGUAGE sql STABLE AS $$ SELECT champion FROM drift.rollout_status AS s WHERE s.model = champion.model $$;
CREATE FUNCTION pg_temp.arms(model text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(format('%s %s %s-%s', arm, version, first_bucket, end_bucket), ', ' ORDER BY arm)
	FROM drift.routes JOIN drift.models AS m USING (model_id) WHERE m.name = arms.model
$$;
CREATE FUNCTION pg_temp.aliases(model text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(format('%s %s', alias, version), ', ' ORDER BY alias) FROM drift.model_aliases JOIN drift.models AS m USING (model_id) WHERE m.name = aliases.model
$$;
CREATE FUNCTION pg_temp.run(command text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE command; RETURN command; END $$;
CREATE TEMP TABLE done (step text, result drift.deployment_result);

SELECT drift.register_model(pg_temp.name()) \g /dev/null
SELECT drift.add_version(pg_temp.name(), pg_temp.linear(2, v), run_id => 'run ' || v % 3) FROM generate_series(1, 5) AS v \g /dev/null

-- blue and green
SELECT throws_ok(format('SELECT drift.deploy(%L, 1, %L)', pg_temp.name(), s), '55000', NULL, 'the first version cannot be deployed by ' || s)
FROM unnest(ARRAY['canary', 'ab_test', 'shadow']) AS s;
SELECT throws_ok(format('SELECT drift.deploy(%L)', pg_temp.name()), '42704', NULL, 'without a version one must be in staging');
SELECT throws_ok(format('SELECT drift.deploy(%L, 9)', pg_temp.name()), '42704', NULL, 'the version must be there');
SELECT throws_ok(format('SELECT drift.deploy(%L, 1, options => %L)', pg_temp.name(), '{"strategy": "canary"}'), '22023', NULL, 'one strategy is enough');
SELECT throws_ok(format('SELECT drift.deploy(%L, 1, %L)', pg_temp.name(), 'green'), '22023', 'no strategy of deployment is called "green"');
INSERT INTO done SELECT 'first', d FROM drift.deploy(pg_temp.name(), 1, reason => 'because') AS d;
SELECT is((result).message, 'version 1 answers', 'a first version answers at once') FROM done WHERE step = 'first';
SELECT is(pg_temp.arms(pg_temp.name()), 'champion 1 0-10000', 'all of the traffic');
SELECT is((SELECT array_agg(DISTINCT reason) FROM drift.model_events WHERE event IN ('deployment_started', 'alias_set')), '{because}', 'the reason is kept');
SELECT throws_ok(format('SELECT drift.deploy(%L, 1)', pg_temp.name()), '55000', NULL, 'the champion is not deployed again');
INSERT INTO done SELECT 'second', d FROM drift.deploy(pg_temp.name(), 2) AS d;
SELECT is(((result).status, (result).previous_version, (result).percent)::text, '(succeeded,1,100)', 'the second takes its place') FROM done WHERE step = 'second';
SELECT pg_temp.run((result).rollback_sql) FROM done WHERE step = 'second' \g /dev/null
SELECT is(pg_temp.champion(pg_temp.name()), 1, 'its SQL undoes it');
SELECT throws_ok((SELECT (result).rollback_sql FROM done WHERE step = 'second'), '55000', NULL, 'and does nothing more when it is run again');
SELECT is((SELECT count(*) FROM (SELECT (drift.deploy(pg_temp.name(), 2)).*) AS d), 1::bigint, 'all columns of one call are one deployment');

-- the way back: a stack, whatever way it was filled
SELECT drift.deploy(pg_temp.name(), 3) \g /dev/null
SELECT drift.deploy(pg_temp.name(), 4) \g /dev/null
SELECT is(array_agg(r.version ORDER BY i), '{3,2,1}', 'rollbacks go further back each') FROM generate_series(1, 3) AS i, LATERAL (SELECT * FROM drift.rollback(pg_temp.name(), NULL, i::text)) AS r;
SELECT throws_ok(format('SELECT drift.rollback(%L)', pg_temp.name()), '55000', NULL, 'before the first champion there was none');
SELECT is((drift.rollback(pg_temp.name(), 4)).version, 4, 'to a champion of the past by its version');
SELECT is((drift.rollback(pg_temp.name())).version, 3, 'and from there back as before');
SELECT throws_ok(format('SELECT drift.rollback(%L, 3)', pg_temp.name()), '55000', NULL, 'not to the champion itself');
SELECT throws_ok(format('SELECT drift.rollback(%L, 5)', pg_temp.name()), '55000', NULL, 'nor to what was never champion');
INSERT INTO done SELECT 'retired', d FROM drift.retire(pg_temp.name(), 'out of date') AS d;
SELECT is(pg_temp.arms(pg_temp.name()), NULL, 'nothing answers for a model whose champion is retired');
SELECT pg_temp.run((result).rollback_sql) FROM done WHERE step = 'retired' \g /dev/null
SELECT is(pg_temp.arms(pg_temp.name()), 'champion 3 0-10000', 'until that is undone');
SELECT drift.retire(pg_temp.name()) \g /dev/null
SELECT is((drift.rollback(pg_temp.name())).version, 3, 'a rollback returns to who was retired');
SELECT is((drift.rollback(pg_temp.name())).version, 2, 'and then to the one before');
SELECT drift.deploy(pg_temp.name(), 3) \g /dev/null
SELECT drift.delete_version(pg_temp.name(), 2) \g /dev/null
SELECT is((drift.rollback(pg_temp.name())).version, 1, 'versions that were deleted are passed over');
SELECT is(array_agg(v.stage ORDER BY v.version), '{production,archived,archived,archived,none}', 'stages follow') FROM drift.model_versions AS v JOIN drift.models USING (model_id);

-- canary
INSERT INTO done SELECT 'canary', d FROM drift.deploy(pg_temp.name(), 4, 'canary') AS d;
SELECT is(((result).status, (result).step, (result).steps, (result).percent)::text, '(running,1,3,10)', 'a canary begins with a tenth') FROM done WHERE step = 'canary';
SELECT is(pg_temp.arms(pg_temp.name()), 'challenger 4 0-1000, champion 1 1000-10000', 'a tenth of the buckets, from 0');
SELECT is(pg_temp.aliases(pg_temp.name()), 'challenger 4, champion 1', 'it is the challenger');
SELECT throws_ok(format('SELECT drift.deploy(%L, 3)', pg_temp.name()), '55006', NULL, 'one deployment at a time');
INSERT INTO done SELECT 'step', d FROM drift.set_step(pg_temp.name(), 2) AS d;
SELECT is(pg_temp.arms(pg_temp.name()), 'challenger 4 0-5000, champion 1 5000-10000', 'it grows from the same end');
SELECT throws_ok(format('SELECT drift.set_step(%L, %s)', pg_temp.name(), s), '22023', NULL, 'there is no step ' || s) FROM unnest(ARRAY['0', '3', 'NULL']) AS s;
SELECT pg_temp.run((result).rollback_sql) FROM done WHERE step = 'step' \g /dev/null
SELECT is(pg_temp.arms(pg_temp.name()), 'challenger 4 0-1000, champion 1 1000-10000', 'a step can be taken back');
SELECT drift.set_step(pg_temp.name(), 2) \g /dev/null
CREATE TEMP TABLE salt AS SELECT DISTINCT salt FROM drift.routes;
INSERT INTO done SELECT 'taken back', d FROM drift.rollback(pg_temp.name()) AS d;
SELECT is(pg_temp.arms(pg_temp.name()) || '; ' || pg_temp.aliases(pg_temp.name()), 'champion 1 0-10000; champion 1', 'a rollback ends it');
SELECT pg_temp.run((result).rollback_sql) FROM done WHERE step = 'taken back' \g /dev/null
SELECT is(pg_temp.arms(pg_temp.name()), 'challenger 4 0-5000, champion 1 5000-10000', 'and is undone where it was');
SELECT is((SELECT array_agg(DISTINCT salt) FROM drift.routes), (SELECT array_agg(salt) FROM salt), 'for the same entities');
SELECT drift.rollback(pg_temp.name(), 3) \g /dev/null
SELECT is(pg_temp.arms(pg_temp.name()), 'champion 3 0-10000', 'a rollback to another champion ends a deployment as well');
SELECT drift.deploy(pg_temp.name(), 4, 'canary', '{"weights": [0.01, 33.33]}') \g /dev/null
SELECT is((SELECT weights FROM drift.deployments WHERE status = 'running'), '{1,3333,10000}', 'weights have two decimals, and a canary ends at all');
INSERT INTO done SELECT 'complete', d FROM drift.complete(pg_temp.name()) AS d;
SELECT is(pg_temp.arms(pg_temp.name()) || '; ' || pg_temp.aliases(pg_temp.name()), 'champion 4 0-10000; champion 4', 'completed, it is the champion');
SELECT pg_temp.run((result).rollback_sql) FROM done WHERE step = 'complete' \g /dev/null
SELECT is(pg_temp.champion(pg_temp.name()), 3, 'which is undone by its SQL');
SELECT throws_ok(format('SELECT drift.complete(%L)', pg_temp.name()), '55000', NULL, 'nothing is left to complete');

-- other strategies and options
SELECT drift.deploy(pg_temp.name(), 4, 'ab_test', '{"weights": [10], "salt": "exp1"}') \g /dev/null
SELECT is(pg_temp.arms(pg_temp.name()), 'challenger 4 0-1000, champion 3 1000-10000', 'an A/B test of 90 to 10');
SELECT is((SELECT array_agg(DISTINCT salt) FROM drift.routes), '{exp1}', 'with a given salt');
SELECT drift.rollback(pg_temp.name()) \g /dev/null
INSERT INTO done SELECT 'shadow', d FROM drift.deploy(pg_temp.name(), 4, 'shadow') AS d;
SELECT is(pg_temp.arms(pg_temp.name()), 'champion 3 0-10000, shadow 4 -', 'a shadow has no buckets');
SELECT is(pg_temp.aliases(pg_temp.name()), 'champion 3, shadow 4', 'and an alias');
INSERT INTO done SELECT 'shadow ended', d FROM drift.rollback(pg_temp.name()) AS d;
SELECT pg_temp.run((result).rollback_sql) FROM done WHERE step = 'shadow ended' \g /dev/null
SELECT is(pg_temp.arms(pg_temp.name()), 'champion 3 0-10000, shadow 4 -', 'it is put back by the SQL');
SELECT pg_temp.run((result).rollback_sql) FROM done WHERE step = 'shadow' \g /dev/null
SELECT is(pg_temp.arms(pg_temp.name()), 'champion 3 0-10000', 'and ended by it');
SELECT throws_ok(format('SELECT drift.deploy(%L, 4, %L, %L)', pg_temp.name(), s, o), '22023', NULL, format('%s is refused for %s', o, s))
FROM (VALUES ('canary', '{"weights": [50, 10]}'), ('canary', '{"weights": []}'), ('canary', '{"weights": [0, 10]}'), ('canary', '{"weights": [10.001]}'), ('canary', '{"weights": [101]}'),
	('canary', '{"weights": "10"}'), ('canary', '{"weights": null}'), ('canary', '{"weight": [10]}'), ('blue_green', '{"weights": [10]}'), ('shadow', '{"salt": "x"}'), ('canary', '[]'),
	('canary', '{"deadline": "soon"}'), ('canary', '{"deadline": "-1 day"}'), ('canary', '{"on_deadline": "pray"}'), ('canary', '{"analysis": {"alpha": 0}}'),
	('canary', '{"analysis": {"min_rows": 1.5}}'), ('canary', '{"analysis": {"quality_required": "yes"}}'), ('canary', '{"analysis": {"margn": 1}}'), ('canary', '{"analysis": 1}')) AS v (s, o);

-- promotion
SELECT throws_ok(format('SELECT drift.promote(%L)', pg_temp.name()), '42704', NULL, 'without anything in staging there is nothing to promote');
SELECT throws_like(format('SELECT drift.promote(%L, 77)', pg_temp.name()), '%has no version 77', 'nor a version that is not there');
SELECT throws_ok(format('SELECT drift.promote(%L, run_id => %L)', pg_temp.name(), 'run 7'), '42704', NULL, 'nor a run');
SELECT throws_ok('SELECT drift.promote()', '22023', NULL, 'a model or a run must be named');
SELECT drift.set_stage(pg_temp.name(), v, 'staging') FROM generate_series(4, 5) AS v \g /dev/null
SELECT is((drift.promote(pg_temp.name())).version, 5, 'the latest in staging');
SELECT is((SELECT stage FROM drift.model_versions WHERE version = 5), 'production', 'is in production then');
SELECT is(pg_temp.aliases(pg_temp.name()) LIKE '%staging 5%', false, 'and no longer in staging');
SELECT drift.register_challenger(pg_temp.name(), 4) \g /dev/null
SELECT is((drift.deploy(pg_temp.name(), strategy => 'shadow')).version, 4, 'a challenger is deployed without being named');
SELECT drift.rollback(pg_temp.name()), drift.register_challenger(pg_temp.name(), 4) \g /dev/null
SELECT is((drift.promote(run_id => 'run 1')).version, 4, 'the latest of a run, without the model');
SELECT is(pg_temp.aliases(pg_temp.name()), 'champion 4', 'the champion is no challenger');
SELECT is((drift.promote(pg_temp.name(), 3)).version, 3, 'a given version');

-- pinned and frozen
INSERT INTO done SELECT 'pin', d FROM drift.pin(pg_temp.name(), 5) AS d;
SELECT is(pg_temp.champion(pg_temp.name()), 5, 'what is pinned answers');
SELECT throws_ok(format('SELECT drift.%s', q), '55000', NULL, 'pinned: no ' || q)
FROM unnest(ARRAY[format('deploy(%L, 4)', pg_temp.name()), format('rollback(%L)', pg_temp.name()), format('promote(%L, 4)', pg_temp.name()), format('retire(%L)', pg_temp.name())]) AS q;
SELECT pg_temp.run((result).rollback_sql) FROM done WHERE step = 'pin' \g /dev/null
SELECT is(pg_temp.champion(pg_temp.name()), 3, 'undone, the champion before answers');
SELECT is((SELECT pinned FROM drift.rollout_status), false, 'and is not pinned');
SELECT drift.freeze(pg_temp.name(), 'holiday') \g /dev/null
SELECT throws_ok(format('SELECT drift.deploy(%L, 4)', pg_temp.name()), '55000', NULL, 'frozen: nothing is deployed');
SELECT is((SELECT array_agg(kind || ' ' || status) FROM drift.alerts), '{"model_frozen firing"}', 'and an alert fires');
SELECT drift.unfreeze(pg_temp.name()) \g /dev/null
SELECT is((SELECT array_agg(kind || ' ' || status) FROM drift.alerts), '{"model_frozen resolved"}', 'which thawing resolves');

-- advance, by a log
SELECT drift.create_prediction_log(pg_temp.name(), '"we""ird lög"') \g /dev/null
CREATE FUNCTION pg_temp.predictions(n integer, arm text, version integer, errors integer DEFAULT 0, latency float8 DEFAULT 1) RETURNS void LANGUAGE sql AS $$
	INSERT INTO "we""ird lög" (model_version, arm, entity_key, score, label, latency_ms, status, a, b)
	SELECT predictions.version, arm, i::text, CASE WHEN i > errors THEN drift.score_row(artefact, r) END, CASE WHEN i > errors THEN drift.score_label_row(artefact, r) END,
		latency + (i * 31 % 100) / 100.0, CASE WHEN i > errors THEN 'ok' ELSE 'error' END, a, b
	FROM (SELECT i, sin(i) AS a, cos(i * 1.7) AS b FROM generate_series(1, n) AS i) AS r, drift.model_artefacts AS m WHERE m.version = predictions.version
$$;
CREATE FUNCTION pg_temp.look(dry boolean DEFAULT false) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s %s %s', verdict, action, percent) FROM drift.advance(pg_temp.name(), dry)
$$;
CREATE FUNCTION pg_temp.term(wanted text) RETURNS text LANGUAGE sql AS $$
	SELECT terms->wanted->>'verdict' FROM drift.advance(pg_temp.name(), true)
$$;
SELECT throws_ok(format('SELECT drift.advance(%L)', pg_temp.name()), '55000', NULL, 'without a deployment there is nothing to advance');
SELECT drift.deploy(pg_temp.name(), 4, 'canary', '{"analysis": {"min_duration": "0"}}') \g /dev/null
SELECT is(pg_temp.look(), 'inconclusive held 10', 'without predictions nothing is known');
SELECT pg_temp.predictions(1000, 'champion', 3) \g /dev/null
SELECT is(pg_temp.look(), 'inconclusive held 10', 'nor with those of one side');
SELECT pg_temp.predictions(200, 'challenger', 4) \g /dev/null
SELECT is(pg_temp.look(true), 'pass advanced 10', 'a dry run says what would be');
SELECT is((SELECT count(*) FROM drift.deployment_analyses), 2::bigint, 'and leaves no trace');
SELECT is((SELECT array_agg(key || ' ' || (value->>'verdict') ORDER BY key) FROM drift.advance(pg_temp.name(), true), jsonb_each(terms)),
	'{"disagreement pass","duration pass","errors pass","latency pass","quality inconclusive","scores pass"}', 'every term is told');
SELECT is(pg_temp.look(), 'pass advanced 50', 'all is well: a step on');
SELECT is(pg_temp.look(), 'inconclusive held 50', 'which begins anew');
SELECT pg_temp.predictions(300, 'champion', 3), pg_temp.predictions(300, 'challenger', 4) \g /dev/null
INSERT INTO done (step) VALUES ('nothing');
SELECT is(pg_temp.look(), 'pass completed 100', 'the last step completes');
SELECT is(pg_temp.champion(pg_temp.name()), 4, 'with a new champion');

SELECT * FROM finish();
ROLLBACK;
