-- Models made by arithmetic, so that tests need no files: complete trees in the
-- form that XGBoost 2.1 saves them in, features f0, f1, ...
--
--   SELECT drift.import_model('xgboost', models.xgboost(100, 6, 30))

SET client_min_messages = warning;
DROP SCHEMA IF EXISTS models CASCADE; -- tests that read them share a database
RESET client_min_messages;
CREATE SCHEMA models;

-- A number in 0 .. 999 for a node of a tree.
CREATE FUNCTION models.digits(tree integer, node integer, stream integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
	SELECT ((tree * 7919 + node * 7907 + stream * 104729 + (tree + 1) * (node + 3) * 31) % 1000)
$$;

CREATE FUNCTION models.tree(tree integer, depth integer, features integer) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_build_object(
		'id', tree,
		'left_children', jsonb_agg(CASE WHEN is_leaf THEN -1 ELSE 2 * node + 1 END ORDER BY node),
		'right_children', jsonb_agg(CASE WHEN is_leaf THEN -1 ELSE 2 * node + 2 END ORDER BY node),
		'parents', jsonb_agg(CASE WHEN node = 0 THEN 2147483647 ELSE (node - 1) / 2 END ORDER BY node),
		'split_indices', jsonb_agg(CASE WHEN is_leaf THEN 0 ELSE models.digits(tree, node, 1) % features END ORDER BY node),
		'split_conditions', jsonb_agg(CASE WHEN is_leaf THEN models.digits(tree, node, 2) / 5000.0 - 0.1
			ELSE models.digits(tree, node, 3) / 1000.0 END ORDER BY node),
		'default_left', jsonb_agg(models.digits(tree, node, 4) % 2 ORDER BY node),
		'split_type', jsonb_agg(0 ORDER BY node),
		'loss_changes', jsonb_agg(CASE WHEN is_leaf THEN 0 ELSE 1 + node % 3 END ORDER BY node),
		'sum_hessian', jsonb_agg(2 ^ depth / (node + 1) ORDER BY node),
		'base_weights', jsonb_agg(0 ORDER BY node),
		'categories', '[]'::jsonb, 'categories_nodes', '[]'::jsonb, 'categories_segments', '[]'::jsonb, 'categories_sizes', '[]'::jsonb,
		'tree_param', jsonb_build_object('num_deleted', '0', 'num_feature', features::text, 'num_nodes', count(*)::text, 'size_leaf_vector', '1'))
	FROM (SELECT node, node >= (1 << depth) - 1 AS is_leaf FROM generate_series(0, (2 << depth) - 2) AS node) AS n
$$;

CREATE FUNCTION models.xgboost(trees integer, depth integer, features integer, objective text DEFAULT 'binary:logistic', classes integer DEFAULT 0)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_build_object(
		'version', '[2, 1, 4]'::jsonb,
		'learner', jsonb_build_object(
			'attributes', '{}'::jsonb,
			'feature_names', (SELECT jsonb_agg('f' || i ORDER BY i) FROM generate_series(0, features - 1) AS i),
			'feature_types', (SELECT jsonb_agg('float'::text) FROM generate_series(1, features)),
			'learner_model_param', jsonb_build_object('base_score', '5E-1', 'boost_from_average', '1', 'num_class', classes::text,
				'num_feature', features::text, 'num_target', '1'),
			'objective', jsonb_build_object('name', objective),
			'gradient_booster', jsonb_build_object('name', 'gbtree', 'model', jsonb_build_object(
				'gbtree_model_param', jsonb_build_object('num_parallel_tree', '1', 'num_trees', trees::text),
				'tree_info', (SELECT jsonb_agg(t % greatest(classes, 1) ORDER BY t) FROM generate_series(0, trees - 1) AS t),
				'trees', (SELECT jsonb_agg(models.tree(t, depth, features) ORDER BY t) FROM generate_series(0, trees - 1) AS t)))))::text
$$;

-- What the same trees answer, walked in SQL: margins are sums of float4, as XGBoost's are.
CREATE FUNCTION models.margin(trees integer, depth integer, features integer, x real[], base real DEFAULT 0) RETURNS real LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	total real := base;
	node integer;
	value real;
BEGIN
	FOR tree IN 0 .. trees - 1 LOOP
		node := 0;
		FOR level IN 1 .. depth LOOP
			value := x[1 + models.digits(tree, node, 1) % features];
			node := 2 * node + CASE WHEN value IS NULL OR value = 'NaN' THEN 2 - models.digits(tree, node, 4) % 2
				WHEN value < (models.digits(tree, node, 3) / 1000.0)::real THEN 1 ELSE 2 END;
		END LOOP;
		total := total + (models.digits(tree, node, 2) / 5000.0 - 0.1)::real;
	END LOOP;
	RETURN total;
END
$$;
