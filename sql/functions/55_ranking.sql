-- rankings: one for each group of rows

CREATE OR REPLACE FUNCTION drift_internal.ranking_accum(internal, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_ranking_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.ranking_accum(internal, float8, float8) IS 'Adds a row; private to the aggregates of rankings';

CREATE OR REPLACE FUNCTION drift_internal.ranking_accum(internal, float8, float8, integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_ranking_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.ranking_accum(internal, float8, float8, integer) IS 'Adds a row of a ranking whose first k places count; private to the aggregates of rankings';

CREATE OR REPLACE FUNCTION drift_internal.ranking_accum(internal, float8, float8, integer, text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_ranking_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.ranking_accum(internal, float8, float8, integer, text) IS 'Adds a row of a ranking with a given gain; private to drift.ndcg';

CREATE OR REPLACE FUNCTION drift_internal.ranking_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_ranking_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.ranking_combine(internal, internal) IS 'Adds the rows of a parallel worker; private to the aggregates of rankings';

CREATE OR REPLACE FUNCTION drift_internal.ranking_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_ranking_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.ranking_serialize(internal) IS 'Rows of a parallel worker as bytes; private to the aggregates of rankings';

CREATE OR REPLACE FUNCTION drift_internal.ranking_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_ranking_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.ranking_deserialize(bytea, internal) IS 'Rows of a parallel worker from bytes; private to the aggregates of rankings';

CREATE OR REPLACE FUNCTION drift_internal.ndcg(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_ndcg_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.ndcg(internal) IS 'Final function of drift.ndcg';

CREATE OR REPLACE FUNCTION drift_internal.average_precision_at_k(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_average_precision_at_k_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.average_precision_at_k(internal) IS 'Final function of drift.average_precision_at_k';

CREATE OR REPLACE FUNCTION drift_internal.precision_at_k(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_precision_at_k_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.precision_at_k(internal) IS 'Final function of drift.precision_at_k';

CREATE OR REPLACE FUNCTION drift_internal.recall_at_k(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_recall_at_k_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.recall_at_k(internal) IS 'Final function of drift.recall_at_k';

CREATE OR REPLACE FUNCTION drift_internal.hit_rate_at_k(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_hit_rate_at_k_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.hit_rate_at_k(internal) IS 'Final function of drift.hit_rate_at_k';

CREATE OR REPLACE FUNCTION drift_internal.reciprocal_rank(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_reciprocal_rank_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.reciprocal_rank(internal) IS 'Final function of drift.reciprocal_rank';

CREATE OR REPLACE FUNCTION drift_internal.ranking_metrics(internal) RETURNS drift.ranking_result
	AS 'MODULE_PATHNAME', 'drift_ranking_metrics_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.ranking_metrics(internal) IS 'Final function of drift.ranking_metrics';

-- aggregates

CREATE OR REPLACE AGGREGATE drift.ndcg(score float8, relevance float8) (
	SFUNC = drift_internal.ranking_accum,
	STYPE = internal,
	SSPACE = 1024,
	COMBINEFUNC = drift_internal.ranking_combine,
	SERIALFUNC = drift_internal.ranking_serialize,
	DESERIALFUNC = drift_internal.ranking_deserialize,
	FINALFUNC = drift_internal.ndcg,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.ndcg(score float8, relevance float8) IS 'Normalised discounted cumulative gain of a ranking: GROUP BY query; equal scores count as the mean of all their orders, as in scikit-learn; NULL without a relevant row';

CREATE OR REPLACE AGGREGATE drift.ndcg(score float8, relevance float8, k integer) (
	SFUNC = drift_internal.ranking_accum,
	STYPE = internal,
	SSPACE = 1024,
	COMBINEFUNC = drift_internal.ranking_combine,
	SERIALFUNC = drift_internal.ranking_serialize,
	DESERIALFUNC = drift_internal.ranking_deserialize,
	FINALFUNC = drift_internal.ndcg,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.ndcg(score float8, relevance float8, k integer) IS 'Normalised discounted cumulative gain of the first k places of a ranking';

CREATE OR REPLACE AGGREGATE drift.ndcg(score float8, relevance float8, k integer, gain text) (
	SFUNC = drift_internal.ranking_accum,
	STYPE = internal,
	SSPACE = 1024,
	COMBINEFUNC = drift_internal.ranking_combine,
	SERIALFUNC = drift_internal.ranking_serialize,
	DESERIALFUNC = drift_internal.ranking_deserialize,
	FINALFUNC = drift_internal.ndcg,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.ndcg(score float8, relevance float8, k integer, gain text) IS 'Normalised discounted cumulative gain of the first k places, where a row gains its relevance (linear) or 2 to the power of it less 1 (exponential)';

CREATE OR REPLACE AGGREGATE drift.average_precision_at_k(score float8, relevance float8, k integer) (
	SFUNC = drift_internal.ranking_accum,
	STYPE = internal,
	SSPACE = 1024,
	COMBINEFUNC = drift_internal.ranking_combine,
	SERIALFUNC = drift_internal.ranking_serialize,
	DESERIALFUNC = drift_internal.ranking_deserialize,
	FINALFUNC = drift_internal.average_precision_at_k,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.average_precision_at_k(score float8, relevance float8, k integer) IS 'Mean over the relevant rows, at most k of them, of the precision of the places down to each; its mean over queries is MAP; NULL without a relevant row';

CREATE OR REPLACE AGGREGATE drift.precision_at_k(score float8, relevance float8, k integer) (
	SFUNC = drift_internal.ranking_accum,
	STYPE = internal,
	SSPACE = 1024,
	COMBINEFUNC = drift_internal.ranking_combine,
	SERIALFUNC = drift_internal.ranking_serialize,
	DESERIALFUNC = drift_internal.ranking_deserialize,
	FINALFUNC = drift_internal.precision_at_k,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.precision_at_k(score float8, relevance float8, k integer) IS 'Share of relevant rows in the first k places of a ranking, of k';

CREATE OR REPLACE AGGREGATE drift.recall_at_k(score float8, relevance float8, k integer) (
	SFUNC = drift_internal.ranking_accum,
	STYPE = internal,
	SSPACE = 1024,
	COMBINEFUNC = drift_internal.ranking_combine,
	SERIALFUNC = drift_internal.ranking_serialize,
	DESERIALFUNC = drift_internal.ranking_deserialize,
	FINALFUNC = drift_internal.recall_at_k,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.recall_at_k(score float8, relevance float8, k integer) IS 'Share of the relevant rows that is in the first k places of a ranking; NULL without a relevant row';

CREATE OR REPLACE AGGREGATE drift.hit_rate_at_k(score float8, relevance float8, k integer) (
	SFUNC = drift_internal.ranking_accum,
	STYPE = internal,
	SSPACE = 1024,
	COMBINEFUNC = drift_internal.ranking_combine,
	SERIALFUNC = drift_internal.ranking_serialize,
	DESERIALFUNC = drift_internal.ranking_deserialize,
	FINALFUNC = drift_internal.hit_rate_at_k,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.hit_rate_at_k(score float8, relevance float8, k integer) IS '1 where a relevant row is in the first k places of a ranking, else 0; with equal scores the probability of it; NULL without a relevant row';

CREATE OR REPLACE AGGREGATE drift.reciprocal_rank(score float8, relevance float8) (
	SFUNC = drift_internal.ranking_accum,
	STYPE = internal,
	SSPACE = 1024,
	COMBINEFUNC = drift_internal.ranking_combine,
	SERIALFUNC = drift_internal.ranking_serialize,
	DESERIALFUNC = drift_internal.ranking_deserialize,
	FINALFUNC = drift_internal.reciprocal_rank,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.reciprocal_rank(score float8, relevance float8) IS '1 over the place of the first relevant row; its mean over queries is MRR; NULL without a relevant row';

CREATE OR REPLACE AGGREGATE drift.reciprocal_rank(score float8, relevance float8, k integer) (
	SFUNC = drift_internal.ranking_accum,
	STYPE = internal,
	SSPACE = 1024,
	COMBINEFUNC = drift_internal.ranking_combine,
	SERIALFUNC = drift_internal.ranking_serialize,
	DESERIALFUNC = drift_internal.ranking_deserialize,
	FINALFUNC = drift_internal.reciprocal_rank,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.reciprocal_rank(score float8, relevance float8, k integer) IS '1 over the place of the first relevant row, 0 where that is past k; NULL without a relevant row';

CREATE OR REPLACE AGGREGATE drift.ranking_metrics(score float8, relevance float8, k integer) (
	SFUNC = drift_internal.ranking_accum,
	STYPE = internal,
	SSPACE = 1024,
	COMBINEFUNC = drift_internal.ranking_combine,
	SERIALFUNC = drift_internal.ranking_serialize,
	DESERIALFUNC = drift_internal.ranking_deserialize,
	FINALFUNC = drift_internal.ranking_metrics,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.ranking_metrics(score float8, relevance float8, k integer) IS 'All metrics of the first k places of a ranking in one pass';
