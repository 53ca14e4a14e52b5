/*
 * query.h
 *		Text that is one query.
 */
#ifndef DRIFT_PG_QUERY_H
#define DRIFT_PG_QUERY_H

/* An error unless the text is exactly one query that reads, whatever was put together to it */
extern void CheckQuery(const char *text);

#endif
