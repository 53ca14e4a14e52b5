/*
 * category_codes.h
 *		Categories as whole numbers, 0, 1, 2 in the order in which they come.
 */
#ifndef DRIFT_PG_CATEGORY_CODES_H
#define DRIFT_PG_CATEGORY_CODES_H

#include "pg/value.h"

typedef struct CategoryCodes CategoryCodes;

extern CategoryCodes *CategoryCodesCreate(MemoryContext context);

/* One whose owner looks after its memory */
extern CategoryCodes *CategoryCodesCreateUnlimited(MemoryContext context);
extern Size CategoryCodesBytes(const CategoryCodes *codes);

/* The number of a category, which is kept if it is new; error 53400 when there are too many of them for memory. */
extern uint64 CategoryCode(CategoryCodes *codes, const CategoryBytes *category);

extern int64 CategoryCodesCount(const CategoryCodes *codes);

/* Writes the categories to an array with room for all, each to the place of its number; their bytes live as long as codes. */
extern void CategoryCodesLabels(const CategoryCodes *codes, CategoryBytes *labels);

#endif
