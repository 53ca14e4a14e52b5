#include "postgres.h"

#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "guc.h"
#include "pg/model.h"
#include "pg/model_cache.h"

/* Models by digest, and in the order of their last use: the head is the latest. */
static HTAB *models = NULL;
static dlist_head in_order = DLIST_STATIC_INIT(in_order);
static Size total = 0;

static void
CreateCache(void)
{
	HASHCTL control = {.keysize = DRIFT_MODEL_DIGEST, .entrysize = sizeof(CachedModel), .hcxt = TopMemoryContext};

	models = hash_create("drift models", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static void
Drop(CachedModel *cached)
{
	MemoryContext context = cached->context;

	total -= cached->bytes;
	dlist_delete(&cached->used);
	hash_search(models, cached->digest, HASH_REMOVE, NULL);
	MemoryContextDelete(context);
}

/* Make room: models that nobody refers to go, the least recently used first */
static void
Shrink(void)
{
	dlist_node *node = dlist_is_empty(&in_order) ? NULL : dlist_tail_node(&in_order);

	while (node != NULL && total > (Size) drift_model_cache_size * 1024)
	{
		CachedModel *cached = dlist_container(CachedModel, used, node);

		node = dlist_has_prev(&in_order, node) ? dlist_prev_node(&in_order, node) : NULL;
		if (cached->references == 0)
			Drop(cached);
	}
}

static void
LetGo(void *arg)
{
	ModelReference *reference = arg;

	if (reference->held == NULL)
		return;
	reference->held->references--;
	reference->held = NULL;
	Shrink();
}

ModelReference *
ModelRefer(MemoryContext owner)
{
	ModelReference *reference = MemoryContextAllocZero(owner, sizeof(ModelReference));

	reference->end.func = LetGo;
	reference->end.arg = reference;
	MemoryContextRegisterResetCallback(owner, &reference->end);
	return reference;
}

/* Get the digest, of a model on disk without the rest of it */
static void
ReadDigest(Datum model, uint8 *digest)
{
	struct varlena *head = (struct varlena *) DatumGetPointer(model);

	if (!VARATT_IS_4B_U(head))
		head = PG_DETOAST_DATUM_SLICE(model, 0, offsetof(DriftModel, section) - VARHDRSZ);
	if (VARSIZE(head) < offsetof(DriftModel, section))
		ModelDetoast(model); /* which says what is wrong */
	memcpy(digest, (char *) head + offsetof(DriftModel, digest), DRIFT_MODEL_DIGEST);
	if ((Pointer) head != DatumGetPointer(model))
		pfree(head);
}

/* A copy of the model in the current memory context */
static const DriftModel *
CopyModel(Datum model)
{
	const DriftModel *m = ModelDetoast(model);
	void *copy = (void *) m;

	if ((Pointer) m == DatumGetPointer(model))
	{
		copy = palloc(VARSIZE(m));
		memcpy(copy, m, VARSIZE(m));
	}
	return copy;
}

/* Prepare a model in a context of its own, which is the query's until everything has gone well */
static CachedModel *
Prepare(Datum model, const uint8 *digest)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "drift model", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	DriftHost *host = palloc(sizeof(DriftHost));
	const DriftModel *m = CopyModel(model);
	DriftScorer *scorer;
	CachedModel *cached;

	*host = ModelHost(context);
	scorer = drift_scorer_create(m, host);
	MemoryContextSwitchTo(old);
	cached = hash_search(models, digest, HASH_ENTER, NULL);
	MemoryContextSetParent(context, TopMemoryContext);
	cached->context = context;
	cached->model = m;
	cached->scorer = scorer;
	cached->explainer = NULL;
	cached->bytes = MemoryContextMemAllocated(context, true);
	cached->references = 0;
	total += cached->bytes;
	dlist_push_head(&in_order, &cached->used);
	ereport(DEBUG1, (errmsg_internal("drift prepared a model")));
	return cached;
}

DriftExplainer *
ModelExplainer(CachedModel *held)
{
	MemoryContext context;
	MemoryContext old;
	DriftHost *host;
	DriftExplainer *explainer;

	if (held->explainer != NULL)
		return held->explainer;
	if (!drift_can_explain(held->model))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("the model cannot be explained"),
						errdetail("Its file does not say how many rows of the training came to each node."),
						errhint("The files that XGBoost and LightGBM save do, ONNX does not.")));
	context = AllocSetContextCreate(CurrentMemoryContext, "drift explainer", ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(context);
	host = palloc(sizeof(DriftHost));
	*host = ModelHost(context);
	explainer = drift_explainer_create(held->model, host);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, held->context);
	held->explainer = explainer;
	held->bytes += MemoryContextMemAllocated(context, true);
	total += MemoryContextMemAllocated(context, true);
	return explainer;
}

/* Remember where the model lies, so that it need not be looked at again */
static void
NotePlace(ModelReference *reference, Datum model)
{
	const char *bytes = DatumGetPointer(model);

	reference->placed = VARATT_IS_EXTERNAL_ONDISK(bytes);
	if (reference->placed)
		memcpy(&reference->place, VARDATA_EXTERNAL(bytes), sizeof(varatt_external));
}

static CachedModel *
FindCached(const uint8 *digest)
{
	CachedModel *cached;

	if (models == NULL)
		CreateCache();
	cached = hash_search(models, digest, HASH_FIND, NULL);
	if (cached != NULL)
		dlist_move_head(&in_order, &cached->used);
	return cached;
}

static void
Refer(ModelReference *reference, CachedModel *cached)
{
	cached->references++;
	if (reference->held != NULL)
		reference->held->references--;
	reference->held = cached;
	reference->placed = false;
}

void
ModelHold(ModelReference *reference, Datum model)
{
	uint8 digest[DRIFT_MODEL_DIGEST];
	CachedModel *cached;

	ReadDigest(model, digest);
	cached = FindCached(digest);
	if (cached == NULL)
		cached = Prepare(model, digest);
	Refer(reference, cached);
	NotePlace(reference, model);
	Shrink();
}

bool
ModelHoldDigest(ModelReference *reference, const uint8 *digest)
{
	CachedModel *cached = FindCached(digest);

	if (cached == NULL)
		return false;
	Refer(reference, cached);
	Shrink();
	return true;
}
