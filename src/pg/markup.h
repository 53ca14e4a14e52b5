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
#include "utils/jsonb.h"

/* Adds text as it is to be read, between tags or in an attribute in double quotes. */
extern void AppendMarkup(StringInfo out, const char *bytes, int length);

/* A number on an axis: three significant digits. */
extern void AppendAxisNumber(StringInfo out, double value);

/* What the box shows: left to right, bottom to top. */
typedef struct Plot
{
	StringInfo out;
	double left, right;
	double bottom, top;
} Plot;

/* Opens a picture of a class of the style sheet; the title says what it shows to those who do not see it, and an empty one that the text beside it does. */
extern void BeginPlot(Plot *plot, StringInfo out, const char *class_name, const text *title);
extern void EndPlot(Plot *plot);

/* Paths, of a class of the style sheet. Points may lie outside, where the box cuts them off. */
extern void BeginPath(Plot *plot, const char *class_name);
extern void AppendPoint(Plot *plot, char command, double x, double y);
extern void EndPath(Plot *plot);

/* Numbers along the bottom, evenly spaced. */
extern void AppendAxis(Plot *plot, int labels);

/* The numbers of an array that is a member of an object, NaN for what is none; NULL and n = 0 where there is no such array. */
extern double *JsonNumbers(Jsonb *object, const char *key, int *n);

#endif
