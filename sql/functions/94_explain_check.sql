-- what drives a change: the PSI of a check taken apart by bin and by segment
--
-- A bin adds (q - p) ln(q / p) to the PSI, where p and q are its shares of the reference and of the current rows.
-- Both are sums over segments, so that the term is one too: a segment with shares p_s and q_s of all rows in the bin
-- adds (q_s - p_s) ln(q / p). With w and w' its share of all rows, and p_s = w a, q_s = w' b, that is
-- (w' - w) (a + b) / 2 by a change of its weight and (w + w') (b - a) / 2 by a change inside it, times ln(q / p).

-- drift.psi() raises shares to 1e-4. Where it does, the parts are scaled so that they still add up to the term.
CREATE OR REPLACE FUNCTION drift_internal.psi_weight(share_reference float8, share_current float8) RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN share_current = share_reference THEN 0
		ELSE drift_internal.psi_contribution(share_reference, share_current) / (share_current - share_reference) END
$$;

COMMENT ON FUNCTION drift_internal.psi_weight(float8, float8) IS
	'what the difference of the shares of a bin is multiplied by to give what the bin adds to the PSI';

-- A baseline may have more segments than the fifty that windows keep apart.
CREATE OR REPLACE FUNCTION drift_internal.folded_segment(segment text, current_segments text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN segment <> '' AND segment <> ALL (current_segments) AND '(other)' = ANY (current_segments) THEN '(other)' ELSE segment END
$$;

COMMENT ON FUNCTION drift_internal.folded_segment(text, text[]) IS
	'segment of the windows that a segment of a baseline belongs to';

CREATE OR REPLACE FUNCTION drift_internal.explained_profiles(checked drift.checks, monitor drift.monitors)
	RETURNS TABLE (column_id smallint, segment text, reference drift.profile, current drift.profile)
	LANGUAGE sql STABLE ROWS 60
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH paired AS MATERIALIZED (
		SELECT p.*
		FROM drift_internal.paired_profiles(checked, monitor, drift_internal.known_spans(checked, monitor)) AS p
		WHERE drift.value_count(p.profile) > 0
	), folded AS (
		SELECT p.column_id, drift_internal.folded_segment(p.segment, n.segments) AS segment, p.is_current, p.profile
		FROM paired AS p,
			(SELECT coalesce(array_agg(DISTINCT c.segment) FILTER (WHERE c.is_current), '{}') AS segments FROM paired AS c) AS n
	)
	SELECT f.column_id, f.segment, drift.merge_agg(f.profile) FILTER (WHERE NOT f.is_current), drift.merge_agg(f.profile) FILTER (WHERE f.is_current)
	FROM folded AS f
	GROUP BY f.column_id, f.segment
$$;

COMMENT ON FUNCTION drift_internal.explained_profiles(drift.checks, drift.monitors) IS
	'profiles that a check was made of, by column and segment; the empty segment is all rows, NULL a side without values';

-- Rows that no segment's profile places are a segment of their own: summaries do not know where all their rows lie.
CREATE OR REPLACE FUNCTION drift_internal.psi_cells(reference drift.profile, current drift.profile,
	segments text[], segment_reference drift.profile[], segment_current drift.profile[])
	RETURNS SETOF drift_internal.psi_cell
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH bin AS (
		SELECT b.*, sum(b.n_reference) OVER ()::float8 AS n, sum(b.n_current) OVER ()::float8 AS m
		FROM drift_internal.psi_bins(reference, current) WITH ORDINALITY AS b
	), part AS (
		SELECT b.ordinality, s.segment, coalesce(s.r[b.ordinality], 0) AS n_reference, coalesce(s.c[b.ordinality], 0) AS n_current
		FROM bin AS b, (
			SELECT u.segment, drift_internal.psi_bin_rows(reference, current, segment_reference[u.ordinality]) AS r,
				drift_internal.psi_bin_rows(reference, current, segment_current[u.ordinality]) AS c
			FROM unnest(segments) WITH ORDINALITY AS u(segment, ordinality)
		) AS s
	), cell AS (
		SELECT b.ordinality, '' AS segment, b.n_reference, b.n_current FROM bin AS b
		UNION ALL
		SELECT p.ordinality, p.segment, p.n_reference, p.n_current FROM part AS p
		UNION ALL
		SELECT b.ordinality, NULL, b.n_reference - sum(p.n_reference), b.n_current - sum(p.n_current)
		FROM bin AS b
		JOIN part AS p USING (ordinality)
		GROUP BY b.ordinality, b.n_reference, b.n_current
		HAVING (b.n_reference, b.n_current) <> (sum(p.n_reference), sum(p.n_current))
	)
	SELECT b.bin, b.lower, b.upper, b.label, c.segment, c.n_reference / b.n, c.n_current / b.m,
		drift_internal.psi_weight(b.n_reference / b.n, b.n_current / b.m)
	FROM bin AS b
	JOIN cell AS c USING (ordinality)
$$;

COMMENT ON FUNCTION drift_internal.psi_cells(drift.profile, drift.profile, text[], drift.profile[], drift.profile[]) IS
	'the cells of a PSI: each bin of two profiles, in all and in segments';

CREATE OR REPLACE FUNCTION drift_internal.explained_columns(checked drift.checks, monitor drift.monitors, column_name text)
	RETURNS TABLE (column_name text, role text, value_type text, cells drift_internal.psi_cell[])
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH profile AS MATERIALIZED (
		SELECT * FROM drift_internal.explained_profiles(checked, monitor)
	)
	SELECT c.column_name, c.role, c.value_type, ARRAY(
			SELECT x FROM drift_internal.psi_cells(a.reference, a.current, s.segments, s.reference, s.current) AS x)
	FROM profile AS a
	JOIN drift.monitor_columns AS c ON c.monitor_id = (monitor).monitor_id AND c.column_id = a.column_id
	JOIN drift.check_features AS f ON f.check_id = (checked).check_id AND f.segment = '' AND f.role = c.role AND f.column_name = c.column_name,
		LATERAL (
			SELECT array_agg(p.segment) AS segments, array_agg(p.reference) AS reference, array_agg(p.current) AS current
			FROM profile AS p
			WHERE p.column_id = a.column_id AND p.segment <> ''
		) AS s
	WHERE a.segment = '' AND a.reference IS NOT NULL AND a.current IS NOT NULL AND f.psi IS NOT NULL
		AND (explained_columns.column_name IS NULL OR c.column_name = explained_columns.column_name)
$$;

COMMENT ON FUNCTION drift_internal.explained_columns(drift.checks, drift.monitors, text) IS
	'cells of the PSI of each column of a check that has one, or of the columns of one name';

-- Where a segment has rows on one side only, all it adds is a change of its weight.
CREATE OR REPLACE FUNCTION drift_internal.psi_parts(cells drift_internal.psi_cell[], whole boolean)
	RETURNS TABLE (segment text, share_reference float8, share_current float8, contribution float8, within float8, own_psi float8)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.segment, min(s.w), min(s.v), sum(s.weight * (s.share_current - s.share_reference)),
		sum(CASE WHEN s.on_both THEN s.weight * (s.w + s.v) / 2 * (s.share_current / s.v - s.share_reference / s.w) ELSE 0 END),
		sum(CASE WHEN s.on_both THEN drift_internal.psi_contribution(s.share_reference / s.w, s.share_current / s.v) END)
	FROM (
		SELECT t.*, t.segment IS NOT NULL AND t.w > 0 AND t.v > 0 AS on_both
		FROM (
			SELECT c.*, sum(c.share_reference) OVER (PARTITION BY c.segment) AS w, sum(c.share_current) OVER (PARTITION BY c.segment) AS v
			FROM unnest(cells) AS c
			WHERE (c.segment IS NOT DISTINCT FROM '') = whole
		) AS t
	) AS s
	GROUP BY s.segment
$$;

COMMENT ON FUNCTION drift_internal.psi_parts(drift_internal.psi_cell[], boolean) IS
	'what all rows (whole) or each of the segments add to a PSI, how much of that by a change inside them, and their PSI for themselves';

CREATE OR REPLACE FUNCTION drift_internal.segment_text(segment text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(quote_literal(segment), 'rows of no known segment')
$$;

COMMENT ON FUNCTION drift_internal.segment_text(text) IS 'a segment in a sentence';

-- Columns, bins, segments and bins of segments, each with what it adds; a column has mix and within if there are segments.
CREATE OR REPLACE FUNCTION drift_internal.explained_parts(cells drift_internal.psi_cell[], value_type text)
	RETURNS TABLE (part text, segment text, bin text, share_reference float8, share_current float8, contribution float8, within float8, own_psi float8)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH segment AS MATERIALIZED (
		SELECT p.* FROM drift_internal.psi_parts(cells, false) AS p
	)
	SELECT 'column', '', NULL, w.share_reference, w.share_current, w.contribution, (SELECT sum(s.within) FROM segment AS s), w.contribution
	FROM drift_internal.psi_parts(cells, true) AS w
	UNION ALL
	SELECT 'segment', s.segment, NULL, s.share_reference, s.share_current, s.contribution, s.within, s.own_psi FROM segment AS s
	UNION ALL
	SELECT CASE WHEN c.segment = '' THEN 'bin' ELSE 'segment bin' END, c.segment, coalesce(drift_internal.range_text(c.lower, c.upper, value_type), c.label),
		c.share_reference, c.share_current, c.weight * (c.share_current - c.share_reference), NULL, NULL
	FROM unnest(cells) AS c
$$;

COMMENT ON FUNCTION drift_internal.explained_parts(drift_internal.psi_cell[], text) IS
	'what a column, its bins, its segments and their bins add to its PSI';

CREATE OR REPLACE FUNCTION drift_internal.part_text(part text, segment text, bin text, share_reference float8, share_current float8,
	contribution float8, psi_share float8, within float8, own_psi float8)
	RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE part
			WHEN 'column' THEN concat_ws('; ', 'PSI ' || drift_internal.short_number(contribution),
				CASE WHEN contribution > 0 AND within IS NOT NULL THEN format('%s of it because segments have other shares of the rows, %s inside them',
					drift_internal.percent((contribution - within) / contribution), drift_internal.percent(within / contribution)) END)
			WHEN 'segment' THEN concat_ws('; ',
				format('%s: %s to %s of the rows', drift_internal.segment_text(segment), drift_internal.percent(share_reference), drift_internal.percent(share_current)),
				drift_internal.percent(psi_share) || ' of the PSI', 'its own PSI is ' || drift_internal.short_number(own_psi))
			ELSE concat_ws('; ',
				format('%s%s: %s to %s of the rows', bin, CASE WHEN part = 'segment bin' THEN ' in ' || drift_internal.segment_text(segment) END,
					drift_internal.percent(share_reference), drift_internal.percent(share_current)),
				drift_internal.percent(psi_share) || ' of the PSI')
		END
$$;

COMMENT ON FUNCTION drift_internal.part_text(text, text, text, float8, float8, float8, float8, float8, float8) IS
	'sentence on what a part adds to a PSI';

-- What one may not see is not there.
CREATE OR REPLACE FUNCTION drift_internal.find_check(check_id bigint, OUT checked drift.checks, OUT monitor drift.monitors)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT * INTO checked FROM drift.checks AS c WHERE c.check_id = find_check.check_id;
	SELECT * INTO monitor FROM drift.monitors AS m WHERE m.monitor_id = checked.monitor_id;

	IF monitor.monitor_id IS NULL OR NOT drift_internal.sees_monitor(monitor) THEN
		RAISE EXCEPTION 'there is no check %', check_id
			USING ERRCODE = 'undefined_object', HINT = 'drift.checks lists the checks that you may see.';
	END IF;
	PERFORM drift_internal.check_monitor(monitor, 'run', monitor.name);
END
$$;

COMMENT ON FUNCTION drift_internal.find_check(bigint) IS
	'a check and its monitor for members of the owner, or an error: that there is none, also where the acting role may not see it';

CREATE OR REPLACE FUNCTION drift_internal.check_explainable(checked drift.checks, monitor drift.monitors, column_name text) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF column_name IS NOT NULL AND NOT EXISTS (
		SELECT FROM drift.check_features AS f WHERE f.check_id = checked.check_id AND f.column_name = check_explainable.column_name)
	THEN
		RAISE EXCEPTION 'check % did not look at a column "%"', checked.check_id, column_name
			USING ERRCODE = 'undefined_column', HINT = 'drift.check_features lists the columns of a check.';
	ELSIF checked.n_current > 0 AND NOT EXISTS (SELECT FROM drift_internal.merged_windows(monitor.monitor_id, checked.current_span)) THEN
		RAISE EXCEPTION 'the windows of check % are gone', checked.check_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = format('Monitor "%s" has no windows from %s to %s.', monitor.name, lower(checked.current_span), upper(checked.current_span)),
				HINT = 'monitoring.max_history_days says how long they are kept; drift.rebuild_windows() makes them again while the rows are there.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_explainable(drift.checks, drift.monitors, text) IS
	'raises an error for a column that a check did not look at, and where nothing of what it looked at is left';

CREATE OR REPLACE FUNCTION drift.explain_check(check_id bigint, column_name text DEFAULT NULL)
	RETURNS TABLE (part text, rank bigint, feature text, role text, segment text, bin text, share_reference float8, share_current float8,
		contribution float8, psi_share float8, mix float8, within float8, own_psi float8, sentence text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT record := drift_internal.find_check(check_id);
BEGIN
	PERFORM drift_internal.check_explainable(found.checked, found.monitor, column_name);

	RETURN QUERY
		SELECT p.part, row_number() OVER (PARTITION BY p.part ORDER BY p.contribution DESC, c.role, c.column_name, p.segment, p.bin),
			c.column_name, c.role, p.segment, p.bin, p.share_reference, p.share_current, p.contribution, s.psi_share,
			p.contribution - p.within, p.within, p.own_psi,
			drift_internal.part_text(p.part, p.segment, p.bin, p.share_reference, p.share_current, p.contribution, s.psi_share, p.within, p.own_psi)
		FROM drift_internal.explained_columns(found.checked, found.monitor, column_name) AS c,
			LATERAL drift_internal.explained_parts(c.cells, c.value_type) AS p,
			LATERAL (SELECT p.contribution / nullif(sum(x.weight * (x.share_current - x.share_reference)), 0) AS psi_share
				FROM unnest(c.cells) AS x WHERE x.segment = '') AS s
		WHERE p.part <> 'segment bin' OR explain_check.column_name IS NOT NULL
		ORDER BY array_position('{column,segment,bin,segment bin}', p.part), 2;
END
$$;

COMMENT ON FUNCTION drift.explain_check(bigint, text) IS
	'what drives the changes that a check saw: the PSI of each column, or of one, taken apart exactly by bin and by segment, the largest parts first; part is column, segment, bin or, for one column, segment bin';
