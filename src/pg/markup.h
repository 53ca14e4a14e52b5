/*
 * markup.h
 *		Text and plots as HTML and SVG.
 *
 * A plot is a box of 400 by 120 units that the page stretches over the room
 * it has: lines keep their width, and whatever is to be read stands outside.
 */
#ifndef DRIFT_PG_MARKUP_H
#define DRIFT_PG_MARKUP_H

#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/jsonb.h"

/* Adds text as it is to be read, between tags or in an attribute in double quotes. */
extern void AppendMarkup(StringInfo out, const char *bytes, int length);

/* The same of a name that may be long: so many letters of it, and dots if there are more. */
extern void AppendName(StringInfo out, const char *bytes, int length, int most);

/* A share as a percentage, as short as an axis wants it. */
extern void AppendShortPercent(StringInfo out, double share);

/* What the box shows: left to right, bottom to top. */
typedef struct Plot
{
	StringInfo out;
	double left, right;
	double bottom, top;
} Plot;

/* What the numbers of an axis are. */
typedef enum AxisUnit
{
	AXIS_NUMBER,
	AXIS_SHARE,
	AXIS_DATE,
	AXIS_TIME,
	AXIS_NONE
} AxisUnit;

/* Opens a picture of a class of the style sheet; the title says what it shows to those who do not see it, and an empty
 * one that the text beside it does. */
extern void BeginPlot(Plot *plot, StringInfo out, const char *class_name, const text *title);
extern void EndPlot(Plot *plot);

/* A picture in a frame with numbers at its left; what follows EndPlot() stands below. */
extern void BeginFrame(Plot *plot, StringInfo out, const text *title, AxisUnit left);
extern void AppendAxis(Plot *plot, AxisUnit unit);
extern void EndFrame(Plot *plot);

/* Bottom and top so that these numbers lie between them, and they and the middle are round. */
extern void SetRoundHeight(Plot *plot, double least, double greatest);

/* Paths, of a class of the style sheet. Points may lie outside, where the box cuts them off. */
extern void BeginPath(Plot *plot, const char *class_name);
extern void AppendPoint(Plot *plot, char command, double x, double y);
extern void AppendDot(Plot *plot, double x, double y);
extern void EndPath(Plot *plot);

/* A line through numbers at such places, with gaps where they are NaN; one that stands alone is a dot. */
extern void AppendLine(Plot *plot, const char *class_name, const double *x, const double *y, int n);

/* The numbers of an array, NaN for those that are NULL or infinite. */
extern double *NumbersWithGaps(ArrayType *array, int *n);

/* The numbers of an array that is a member of an object, NaN for what is none; NULL and n = 0 where there is no such array. */
extern double *JsonNumbers(Jsonb *object, const char *key, int *n);

#endif
