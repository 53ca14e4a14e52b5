#include "train/linear_block.h"

#define PAIRS (DRIFT_BLOCK / 2)
#define COLUMN(block, j) ((const Pair *) ((block) + (size_t) (j) *DRIFT_BLOCK))

/* Two rows at a time: what the least machine does in one instruction. Compilers know vectors of this form. */
typedef double Pair __attribute__((vector_size(16), aligned(8), may_alias));

void
drift_block_margins(const double *block, uint32_t columns, const double *coefficients, double *margins)
{
	Pair *sums = (Pair *) margins;

	for (uint32_t j = 0; j < columns; j++)
	{
		const Pair *column = COLUMN(block, j);
		Pair factor = {coefficients[j], coefficients[j]};

		for (int i = 0; i < PAIRS; i++)
			sums[i] += factor * column[i];
	}
}

void
drift_block_gradient(const double *block, uint32_t columns, const double *residuals, double *gradient)
{
	const Pair *r = (const Pair *) residuals;

	for (uint32_t j = 0; j < columns; j++)
	{
		const Pair *column = COLUMN(block, j);
		Pair a = {0};
		Pair b = {0};

		for (int i = 0; i < PAIRS; i += 2)
		{
			a += column[i] * r[i];
			b += column[i + 1] * r[i + 1];
		}
		a += b;
		gradient[j] += a[0] + a[1];
	}
}

static void
weigh(const Pair *column, const Pair *weights, Pair *weighted)
{
	for (int i = 0; i < PAIRS; i++)
		weighted[i] = column[i] * weights[i];
}

/* Products of two weighted columns with the columns of a tile. */
static void
multiply_tile(const Pair *u, const Pair *v, const double *tile, double products[2][DRIFT_TILE])
{
	const Pair *a = COLUMN(tile, 0);
	const Pair *b = COLUMN(tile, 1);
	const Pair *c = COLUMN(tile, 2);
	const Pair *d = COLUMN(tile, 3);
	Pair ua = {0}, ub = {0}, uc = {0}, ud = {0};
	Pair va = {0}, vb = {0}, vc = {0}, vd = {0};

	for (int i = 0; i < PAIRS; i++)
	{
		ua += u[i] * a[i];
		ub += u[i] * b[i];
		uc += u[i] * c[i];
		ud += u[i] * d[i];
		va += v[i] * a[i];
		vb += v[i] * b[i];
		vc += v[i] * c[i];
		vd += v[i] * d[i];
	}
	products[0][0] = ua[0] + ua[1];
	products[0][1] = ub[0] + ub[1];
	products[0][2] = uc[0] + uc[1];
	products[0][3] = ud[0] + ud[1];
	products[1][0] = va[0] + va[1];
	products[1][1] = vb[0] + vb[1];
	products[1][2] = vc[0] + vc[1];
	products[1][3] = vd[0] + vd[1];
}

static void
add_tile(double products[2][DRIFT_TILE], uint32_t row, uint32_t columns, uint32_t first, double *matrix, size_t stride)
{
	for (uint32_t r = row; r < row + 2 && r < columns; r++)
		for (uint32_t k = first; k < first + DRIFT_TILE && k <= r; k++)
			matrix[r * stride + k] += products[r - row][k - first];
}

void
drift_block_gram(const double *block, uint32_t columns, const double *weights, double *matrix, size_t stride)
{
	Pair u[PAIRS];
	Pair v[PAIRS];
	double products[2][DRIFT_TILE];

	for (uint32_t row = 0; row < columns; row += 2)
	{
		weigh(COLUMN(block, row), (const Pair *) weights, u);
		weigh(COLUMN(block, row + 1), (const Pair *) weights, v);
		for (uint32_t first = 0; first <= row + 1 && first < columns; first += DRIFT_TILE)
		{
			multiply_tile(u, v, block + (size_t) first * DRIFT_BLOCK, products);
			add_tile(products, row, columns, first, matrix, stride);
		}
	}
}
