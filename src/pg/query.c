/*
 * query.c
 *		Text that names data: a relation, or one query that reads.
 *
 * Such text is embedded as a subquery. It must therefore be complete by itself:
 * what parses alone as exactly one SELECT cannot close the parenthesis that is
 * put around it. Nothing here executes the text.
 */
#include "postgres.h"

#include <ctype.h>

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "parser/analyze.h"
#include "parser/parser.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

#include "pg/query.h"

/* Point an error at its place in the source text, not in the statement that passed the text on */
static void
PlaceError(void *source)
{
	int position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery((const char *) source);
	}
}

/* Skip white space and comments, which may come before the first word */
static const char *
SkipBlank(const char *s)
{
	for (;;)
	{
		if (scanner_isspace(*s))
			s++;
		else if (s[0] == '-' && s[1] == '-')
			s += strcspn(s, "\r\n");
		else if (s[0] == '/' && s[1] == '*')
		{
			int depth = 0;

			do
			{
				if (s[0] == '/' && s[1] == '*')
				{
					depth++;
					s += 2;
				}
				else if (s[0] == '*' && s[1] == '/')
				{
					depth--;
					s += 2;
				}
				else if (*s == '\0')
					return s;
				else
					s++;
			} while (depth > 0);
		}
		else
			return s;
	}
}

/* Does the text begin as a query does, so that it cannot be a relation's name? */
static bool
BeginsLikeQuery(const char *text)
{
	static const char *const words[] = {"select", "with", "values", "table"};
	const char *s = SkipBlank(text);
	size_t length = 0;

	if (*s == '(')
		return true;

	while (isalnum((unsigned char) s[length]) || s[length] == '_' || s[length] == '$' || IS_HIGHBIT_SET(s[length]))
		length++;

	for (int i = 0; i < lengthof(words); i++)
		if (length == strlen(words[i]) && pg_strncasecmp(s, words[i], length) == 0)
			return true;

	return false;
}

/* Refuse what PostgreSQL accepts as a SELECT but what does more than read */
static void
CheckReads(SelectStmt *select)
{
	ListCell *lc;

	check_stack_depth();

	if (select->intoClause != NULL)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("SELECT INTO is not a source of data"),
						errdetail("It would create a table.")));

	if (select->lockingClause != NIL)
		ereport(ERROR, (errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION), errmsg("a source of data cannot lock rows"),
						errhint("Leave out FOR UPDATE or FOR SHARE.")));

	if (select->withClause != NULL)
	{
		foreach (lc, select->withClause->ctes)
		{
			CommonTableExpr *cte = lfirst_node(CommonTableExpr, lc);

			if (!IsA(cte->ctequery, SelectStmt))
				ereport(ERROR,
						(errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION), errmsg("a source of data cannot change data"),
						 errdetail("The WITH query \"%s\" is not a SELECT.", cte->ctename)));

			CheckReads((SelectStmt *) cte->ctequery);
		}
	}

	if (select->op != SETOP_NONE)
	{
		CheckReads(select->larg);
		CheckReads(select->rarg);
	}
}

/* Parse the text as exactly one query; syntax errors keep their position */
static RawStmt *
ParseQuery(const char *text)
{
	List *statements;
	RawStmt *statement;
	ErrorContextCallback place = {.previous = error_context_stack, .callback = PlaceError, .arg = (void *) text};

	error_context_stack = &place;
	statements = raw_parser(text, RAW_PARSE_DEFAULT);
	error_context_stack = place.previous;

	if (list_length(statements) != 1)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR),
						statements == NIL ? errmsg("source of data is empty")
										  : errmsg("source of data holds %d statements", list_length(statements)),
						errhint("Give a relation's name or exactly one SELECT, WITH, VALUES or TABLE query.")));

	statement = linitial_node(RawStmt, statements);

	if (!IsA(statement->stmt, SelectStmt))
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("source of data is not a query"),
						errhint("Give a relation's name or exactly one SELECT, WITH, VALUES or TABLE query.")));

	CheckReads((SelectStmt *) statement->stmt);
	return statement;
}

void
CheckQuery(const char *text)
{
	(void) ParseQuery(text);
}

/* The text of the one statement, without the semicolon that may end it and, as from PostgreSQL 18 on, what is before it */
static char *
StatementText(const char *text, const RawStmt *statement)
{
	const char *from = text + Max(statement->stmt_location, 0);
	const char *start = SkipBlank(from);

	return statement->stmt_len > 0 ? pnstrdup(start, statement->stmt_len - (start - from)) : pstrdup(start);
}

/* Turn a relation's name, found by the search path, into the query that reads it */
static char *
RelationQuery(List *names)
{
	RangeVar *relation = makeRangeVarFromNameList(names);
	Oid oid = RangeVarGetRelid(relation, NoLock, false);

	switch (get_rel_relkind(oid))
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_VIEW:
		case RELKIND_MATVIEW:
		case RELKIND_FOREIGN_TABLE:
			break;
		default:
			ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
							errmsg("\"%s\" is not a source of data", NameListToString(names)),
							errdetail("It is neither a table nor a view.")));
	}

	return psprintf("SELECT * FROM %s",
					quote_qualified_identifier(get_namespace_name(get_rel_namespace(oid)), get_rel_name(oid)));
}

/* Get the query that a source text stands for */
static char *
SourceQuery(const char *text)
{
	List *names;

	if (!BeginsLikeQuery(text) && SplitIdentifierString(pstrdup(text), '.', &names) && names != NIL)
		return RelationQuery(textToQualifiedNameList(cstring_to_text(text)));

	return StatementText(text, ParseQuery(text));
}

/* Find what the names in a query stand for, without running it */
static Query *
AnalyzeQuery(const char *source)
{
	RawStmt *statement = ParseQuery(source);
	Query *query;
	ErrorContextCallback place = {.previous = error_context_stack, .callback = PlaceError, .arg = (void *) source};

	error_context_stack = &place;
	query = parse_analyze_fixedparams(statement, source, NULL, 0, NULL);
	error_context_stack = place.previous;

	return query;
}

PG_FUNCTION_INFO_V1(drift_source_query);
Datum
drift_source_query(PG_FUNCTION_ARGS)
{
	char *source = text_to_cstring(PG_GETARG_TEXT_PP(0));

	PG_RETURN_TEXT_P(cstring_to_text(SourceQuery(source)));
}

/* List the columns a source text yields: ordinal, name, type, what it is under its domains, its modifier. Analysed, never executed. */
PG_FUNCTION_INFO_V1(drift_source_columns);
Datum
drift_source_columns(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	char *source = SourceQuery(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	Query *query = AnalyzeQuery(source);
	ListCell *lc;

	InitMaterializedSRF(fcinfo, 0);

	foreach (lc, query->targetList)
	{
		TargetEntry *entry = lfirst_node(TargetEntry, lc);
		Datum values[6];
		bool nulls[6] = {false};
		Oid type = exprType((Node *) entry->expr);
		int32 modifier = exprTypmod((Node *) entry->expr);

		if (entry->resjunk)
			continue;

		values[0] = Int32GetDatum(entry->resno);
		values[1] = CStringGetTextDatum(entry->resname);
		values[2] = ObjectIdGetDatum(type);
		values[3] = CStringGetTextDatum(format_type_with_typemod(type, exprTypmod((Node *) entry->expr)));
		values[4] = ObjectIdGetDatum(getBaseType(type));
		values[5] = Int32GetDatum(modifier);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}

	return (Datum) 0;
}
