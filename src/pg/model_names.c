#include "postgres.h"

#include "lib/stringinfo.h"

#include "compat.h"
#include "pg/model_names.h"

/* Names that an error lists before it only counts them */
#define LISTED_NAMES 50

/* A name and where it was offered. */
typedef struct Offer
{
	DriftLabel name;
	uint32 place;
} Offer;

static int
CompareNames(const DriftLabel *a, const DriftLabel *b)
{
	if (a->length != b->length)
		return a->length < b->length ? -1 : 1;
	return memcmp(a->bytes, b->bytes, a->length);
}

static int
CompareOffers(const void *a, const void *b)
{
	return CompareNames(&((const Offer *) a)->name, &((const Offer *) b)->name);
}

static Offer *
SortOffers(const DriftLabel *names, uint32 n)
{
	Offer *offers = palloc(sizeof(Offer) * (n + 1));

	for (uint32 i = 0; i < n; i++)
		offers[i] = (Offer){names[i], i};
	qsort(offers, n, sizeof(Offer), CompareOffers);
	return offers;
}

static const Offer *
FindOffer(const Offer *offers, uint32 n, DriftLabel name)
{
	Offer wanted = {name, 0};

	return bsearch(&wanted, offers, n, sizeof(Offer), CompareOffers);
}

/* Is there another of the same name beside it? */
static bool
HasTwin(const Offer *offers, uint32 n, const Offer *offer)
{
	return (offer > offers && CompareOffers(offer, offer - 1) == 0) ||
		   (offer + 1 < offers + n && CompareOffers(offer, offer + 1) == 0);
}

static void
ListName(StringInfo list, DriftLabel name, uint32 listed)
{
	if (listed < LISTED_NAMES)
		appendStringInfo(list, "%s\"%.*s\"", listed > 0 ? ", " : "", (int) name.length, name.bytes);
	else if (listed == LISTED_NAMES)
		appendStringInfoString(list, " and more");
}

DriftLabel
ModelInputLabel(const DriftModel *m, uint32 input)
{
	const DriftInput *inputs = drift_model_section(m, DRIFT_SECTION_INPUTS);
	DriftLabel name;

	name.bytes = drift_model_string(m, inputs[input].name, &name.length);
	return name;
}

static void
RaiseMissing(const DriftModel *m, const char *offer, const DriftLabel *names, const Offer *offers, uint32 n)
{
	StringInfoData missing;
	StringInfoData offered;
	uint32 count = 0;

	initStringInfo(&missing);
	initStringInfo(&offered);
	for (uint32 i = 0; i < drift_model_count(m, DRIFT_SECTION_INPUTS); i++)
		if (FindOffer(offers, n, ModelInputLabel(m, i)) == NULL)
			ListName(&missing, ModelInputLabel(m, i), count++);
	for (uint32 i = 0; i < n; i++)
		ListName(&offered, names[i], i);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg_plural("the %s lacks %u feature of the model", "the %s lacks %u features of the model",
								  count, offer, count),
					errdetail("Missing: %s. Offered: %s.", missing.data, n > 0 ? offered.data : "nothing"),
					errhint("Names are compared letter by letter; drift.describe() lists those of the model.")));
}

void
ModelRequireNames(const DriftModel *m)
{
	uint32 n = drift_model_count(m, DRIFT_SECTION_INPUTS);
	DriftLabel *names = palloc(sizeof(DriftLabel) * n);
	Offer *offers;

	for (uint32 i = 0; i < n; i++)
		names[i] = ModelInputLabel(m, i);
	offers = SortOffers(names, n);
	for (uint32 i = 1; i < n; i++)
		if (CompareOffers(&offers[i - 1], &offers[i]) == 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("the model has several inputs of the name \"%.*s\"", (int) offers[i].name.length,
								   offers[i].name.bytes),
							errhint("Such a model takes an array, in the order that drift.describe() shows.")));
	pfree(offers);
	pfree(names);
}

void
ModelFindInputs(const DriftModel *m, const char *offer, const DriftLabel *offered, uint32 n_offered, uint32 *places)
{
	Offer *offers = SortOffers(offered, n_offered);

	ModelRequireNames(m);
	for (uint32 i = 0; i < drift_model_count(m, DRIFT_SECTION_INPUTS); i++)
	{
		DriftLabel name = ModelInputLabel(m, i);
		const Offer *found = FindOffer(offers, n_offered, name);

		if (found == NULL)
			RaiseMissing(m, offer, offered, offers, n_offered);
		if (HasTwin(offers, n_offered, found))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the %s has feature \"%.*s\" more than once", offer, (int) name.length, name.bytes)));
		places[i] = found->place;
	}
	pfree(offers);
}
