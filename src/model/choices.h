/*
 * choices.h
 *		Conditions on categories, answered for a row all at once.
 *
 * Every node that asks for a set or for equality is a test with a cell of its
 * own, whose code is 0 where the row goes left and else 1. The tests of a
 * feature are together: for each category a row of a table has their answers
 * as bits, and one more for values that are no category of any test and one
 * for the missing. So the cells of a row are filled eight at a time, and the
 * nodes become such that compare a code with 1.
 */
#ifndef DRIFT_MODEL_CHOICES_H
#define DRIFT_MODEL_CHOICES_H

#include "model/room.h"

/* Tests of one feature that agree in what they ask for and in what is missing. */
typedef struct DriftChoice
{
	uint32_t slot;
	uint8_t kind;    /* DriftNodeKind */
	uint8_t missing; /* DriftMissing */
	uint32_t cell;   /* of the first test */
	uint32_t tests;
	uint32_t bytes;   /* of a row: eight tests each */
	uint64_t rows;    /* of categories: of sets the numbers below; behind them, others and missing */
	uint64_t *values; /* of equality: codes of the categories, as codes.h has tables */
	uint32_t half;
	uint8_t *answers; /* [row][bytes] */
} DriftChoice;

typedef struct DriftChoices
{
	uint32_t n;
	DriftChoice *choice;
	uint32_t *cell_of; /* for each node of the model that is a test; NULL where there are none or they were too many */
	uint16_t *spread;  /* for each byte the codes of its bits, from the lowest */
	uint32_t end;      /* behind the last cell */
} DriftChoices;

/*
 * Makes the choices of a model, with cells from first_cell on, if all cells
 * have numbers of 16 bits and tables are not large beside the model.
 */
void drift_choices_make(DriftChoices *c, const DriftModel *m, uint32_t first_cell, DriftRoom *room);

/* Fills the cells of the tests for the row in slots. */
void drift_choices_fill(const DriftChoices *c, const double *slots, uint16_t *codes);

#endif
