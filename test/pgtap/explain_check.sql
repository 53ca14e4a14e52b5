-- drift.explain_check(): the PSI of a check taken apart, and that the parts add up.
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SELECT plan(28);

CREATE ROLE explain_owner;
CREATE ROLE explain_stranger;
CREATE SCHEMA explained AUTHORIZATION explain_owner;
SET LOCAL ROLE explain_owner;
SET LOCAL search_path = explained, public;

-- Shops sell more online than they did, where amounts are larger; online amounts grew too; letter has rare categories.
CREATE TABLE before AS
	SELECT CASE WHEN i % 10 < 7 THEN 'shop' ELSE 'online' END AS channel, (i * 7919 % 1000) / 10.0 + CASE WHEN i % 10 < 7 THEN 0 ELSE 60 END AS amount,
		i % 12 AS month, CASE WHEN i % 400 = 0 THEN 'rare' ELSE chr(97 + i % 3) END AS letter, 1 AS constant
	FROM generate_series(1, 8000) AS i;
CREATE TABLE sales AS
	SELECT timestamptz '2030-03-01 00:00+00' + i * interval '20 seconds' AS at,
		CASE WHEN i % 10 < 4 THEN 'shop' WHEN i % 10 < 9 THEN 'online' ELSE 'phone' END AS channel,
		(i * 7919 % 1000) / 10.0 + CASE WHEN i % 10 < 4 THEN 0 ELSE 75 END AS amount,
		i % 12 AS month, CASE WHEN i % 500 = 0 THEN 'rare' WHEN i % 7 = 0 THEN 'new' ELSE chr(97 + i % 3) END AS letter, 1 AS constant
	FROM generate_series(1, 4320) AS i;

SELECT drift.create_baseline('before', 'explained.before', segment => 'channel') \g /dev/null
SELECT drift.create_monitor('sales', 'explained.sales', time_column => 'at', baseline => 'before', segment => 'channel',
	columns => '{amount,month,letter,constant}') \g /dev/null
CREATE TEMPORARY TABLE run AS SELECT * FROM drift.run_check('sales', '2030-03-02 00:00+00');
CREATE TEMPORARY TABLE e AS SELECT x.* FROM run, drift.explain_check(check_id) AS x;
CREATE TEMPORARY TABLE d AS SELECT x.* FROM run, unnest('{amount,month,letter,constant}'::text[]) AS f, drift.explain_check(check_id, f) AS x;

-- sums
SELECT is((SELECT array_agg(feature ORDER BY feature) FROM e WHERE part = 'column'), '{amount,constant,letter,month}', 'all columns are explained');
SELECT is((SELECT count(*) FROM e, run, drift.check_features AS f
	WHERE f.check_id = run.check_id AND f.segment = '' AND f.column_name = e.feature AND part = 'column' AND abs(e.contribution - f.psi) < 1e-12), 4::bigint, 'the PSI is that of the check');
SELECT is_empty($$SELECT feature FROM e GROUP BY feature HAVING abs(sum(contribution) FILTER (WHERE part = 'bin') - min(contribution) FILTER (WHERE part = 'column')) > 1e-12$$,
	'bins add up to it');
SELECT is_empty($$SELECT feature FROM e GROUP BY feature HAVING abs(sum(contribution) FILTER (WHERE part = 'segment') - min(contribution) FILTER (WHERE part = 'column')) > 1e-12$$,
	'and so do segments');
SELECT is_empty($$SELECT feature, bin FROM d GROUP BY feature, bin HAVING abs(sum(contribution) FILTER (WHERE part = 'segment bin') - min(contribution) FILTER (WHERE part = 'bin')) > 1e-12$$,
	'the segments of a bin add up to the bin');
SELECT is_empty($$SELECT feature, segment FROM d WHERE part IN ('segment', 'segment bin') GROUP BY feature, segment
	HAVING abs(sum(contribution) FILTER (WHERE part = 'segment bin') - min(contribution) FILTER (WHERE part = 'segment')) > 1e-12$$,
	'and the bins of a segment to the segment');
SELECT is_empty($$SELECT * FROM e WHERE abs(contribution - mix - within) > 1e-12$$, 'mix and within are all of it');
SELECT is_empty($$SELECT feature FROM e GROUP BY feature HAVING abs(sum(mix) FILTER (WHERE part = 'segment') - min(mix) FILTER (WHERE part = 'column')) > 1e-12$$,
	'those of the segments add up to that of the column');
SELECT is_empty($$SELECT feature, part FROM e WHERE psi_share IS NOT NULL GROUP BY feature, part HAVING abs(sum(psi_share) - 1) > 1e-9$$, 'shares of the PSI add up to one');
SELECT is_empty($$SELECT feature, part FROM d WHERE part <> 'column' GROUP BY feature, part HAVING abs(sum(share_reference) - 1) > 1e-9 OR abs(sum(share_current) - 1) > 1e-9$$,
	'and shares of the rows');

-- against the definition, from the rows
SELECT results_eq(
	$$SELECT segment, round(share_reference::numeric, 6), round(share_current::numeric, 6) FROM e WHERE part = 'segment' AND feature = 'month' ORDER BY segment$$,
	$$SELECT coalesce(b.channel, s.channel), round(coalesce(b.n, 0) / 8000.0, 6), round(s.n::numeric / sum(s.n) OVER (), 6)
		FROM (SELECT channel, count(*) AS n FROM before GROUP BY 1) AS b
		FULL JOIN (SELECT channel, count(*) AS n FROM sales WHERE at < '2030-03-02' GROUP BY 1) AS s USING (channel) ORDER BY 1$$,
	'segments have their shares of the rows');
SELECT ok((SELECT abs(e.own_psi - x.psi) < 1e-12 FROM e, (
		SELECT sum(drift_internal.psi_contribution(p, q)) AS psi
		FROM (SELECT month, count(*) / sum(count(*)) OVER () AS p FROM before WHERE channel = 'online' GROUP BY 1) AS b
		JOIN (SELECT month, count(*) / sum(count(*)) OVER () AS q FROM sales WHERE channel = 'online' AND at < '2030-03-02' GROUP BY 1) AS s USING (month)
	) AS x WHERE part = 'segment' AND feature = 'month' AND segment = 'online'), 'the PSI of a segment is that of its rows');
SELECT ok((SELECT abs(d.contribution - x.term) < 1e-12
	FROM d, (
		SELECT (q_s - p_s) * ln(q / p) AS term
		FROM (SELECT count(*) / 8000.0::float8 AS p, count(*) FILTER (WHERE channel = 'online') / 8000.0::float8 AS p_s FROM before WHERE letter = 'a') AS b,
			(SELECT count(*) FILTER (WHERE letter = 'a') / count(*)::float8 AS q, count(*) FILTER (WHERE letter = 'a' AND channel = 'online') / count(*)::float8 AS q_s
				FROM sales WHERE at < '2030-03-02') AS s
	) AS x
	WHERE d.part = 'segment bin' AND d.feature = 'letter' AND d.bin = 'a' AND d.segment = 'online'), 'a cell is (q_s - p_s) ln(q / p)');

-- what it says
SELECT is((SELECT feature FROM e WHERE part = 'column' AND rank = 1), (SELECT feature FROM e WHERE part = 'column' ORDER BY contribution DESC LIMIT 1), 'ranked by what they add');
SELECT is((SELECT array_agg(DISTINCT part ORDER BY part) FROM e), '{bin,column,segment}', 'all columns together are explained without the bins of segments');
SELECT is((SELECT array_agg(DISTINCT part ORDER BY part) FROM d), '{bin,column,segment,"segment bin"}', 'one column with them');
SELECT ok((SELECT own_psi IS NULL AND within = 0 AND mix = contribution FROM e WHERE part = 'segment' AND feature = 'amount' AND segment = 'phone'), 'a new segment is a change of the mixture');
SELECT ok((SELECT contribution = 0 AND psi_share IS NULL FROM e WHERE part = 'column' AND feature = 'constant'), 'what did not change has no shares to explain');
SELECT is((SELECT count(*) FROM e WHERE part = 'bin' AND feature = 'letter' AND bin = '(other)'), 1::bigint, 'rare categories are one bin');
SELECT ok((SELECT psi_share > 0.5 FROM e WHERE part = 'bin' AND feature = 'letter' AND bin = 'new'), 'a new category is what changed');
SELECT matches((SELECT sentence FROM e WHERE part = 'column' AND feature = 'amount'), '^PSI [0-9.]+; [0-9.]+ % of it because segments have other shares of the rows, [0-9.]+ % inside them$', 'a sentence on the column');
SELECT matches((SELECT sentence FROM e WHERE part = 'segment' AND feature = 'amount' AND segment = 'shop'), '^''shop'': 70\.0 % to 40\.0 % of the rows; -?[0-9.]+ % of the PSI; its own PSI is [0-9.e-]+$', 'on a segment');
SELECT matches((SELECT sentence FROM e WHERE part = 'bin' AND feature = 'letter' AND bin = 'new'), '^new: 0\.0 % to 1[0-9.]+ % of the rows; [0-9.]+ % of the PSI$', 'on a bin');

-- what is refused
SELECT throws_ok($$SELECT drift.explain_check(check_id, 'nothing') FROM run$$, '42703', NULL, 'a column the check did not look at');
SELECT throws_ok($$SELECT drift.explain_check(0)$$, '42704', 'there is no check 0', 'a check that there is not');
RESET ROLE;
SELECT set_config('explained.check', (SELECT check_id::text FROM run), true) \g /dev/null
SET LOCAL ROLE explain_stranger;
SELECT throws_ok($$SELECT drift.explain_check(current_setting('explained.check')::bigint)$$, '42704', NULL, 'a stranger is told that there is none');
RESET ROLE;
DELETE FROM drift.windows;
SET LOCAL ROLE explain_owner;
SELECT throws_ok($$SELECT drift.explain_check(check_id) FROM run$$, '55000', NULL, 'windows that are gone');

-- without segments
SELECT drift.create_monitor('plain', 'explained.sales', time_column => 'at', baseline => 'before', columns => '{amount}') \g /dev/null
SELECT check_id AS plain FROM drift.run_check('plain', '2030-03-02 00:00+00') \gset
SELECT is((SELECT array_agg(DISTINCT part ORDER BY part) FROM drift.explain_check(:plain)), '{bin,column}', 'a monitor without segments has bins only');

SELECT * FROM finish();
ROLLBACK;
