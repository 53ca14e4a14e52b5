#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "compat.h"
#include "pg/markup.h"

/* How many bytes from here on are a character that no page may have; 0: none */
static int
ForbiddenBytes(const unsigned char *p, int left)
{
	if (*p < 0x20 || *p == 0x7f)
		return *p == '\t' || *p == '\n' || *p == '\r' ? 0 : 1;
	if (*p < 0x80 || GetDatabaseEncoding() != PG_UTF8)
		return 0;
	if (left >= 2 && p[0] == 0xc2 && p[1] < 0xa0) /* the other controls */
		return 2;
	if (left >= 3 && p[0] == 0xef && ((p[1] == 0xb7 && p[2] >= 0x90 && p[2] <= 0xaf) || (p[1] == 0xbf && p[2] >= 0xbe)))
		return 3;
	if (left >= 4 && p[0] >= 0xf0 && (p[1] & 0x0f) == 0x0f && p[2] == 0xbf && p[3] >= 0xbe)
		return 4;
	return 0;
}

static const char *
EntityOf(char c)
{
	switch (c)
	{
		case '&':
			return "&amp;";
		case '<':
			return "&lt;";
		case '>':
			return "&gt;";
		case '"':
			return "&quot;";
		case '\'':
			return "&#39;";
		default:
			return NULL;
	}
}

void
AppendMarkup(StringInfo out, const char *bytes, int length)
{
	int start = 0;

	for (int i = 0; i < length;)
	{
		const char *entity = EntityOf(bytes[i]);
		int forbidden = entity ? 0 : ForbiddenBytes((const unsigned char *) bytes + i, length - i);

		if (entity == NULL && forbidden == 0)
		{
			i++;
			continue;
		}
		appendBinaryStringInfo(out, bytes + start, i - start);
		appendStringInfoString(out, entity ? entity : "&#65533;");
		i += entity ? 1 : forbidden;
		start = i;
	}
	appendBinaryStringInfo(out, bytes + start, length - start);
}

void
AppendName(StringInfo out, const char *bytes, int length, int most)
{
	int shown = pg_mbcharcliplen(bytes, length, Max(most, 0));

	AppendMarkup(out, bytes, shown);
	if (shown < length)
		appendStringInfoString(out, "&#8230;");
}

PG_FUNCTION_INFO_V1(drift_html_text);

Datum
drift_html_text(PG_FUNCTION_ARGS)
{
	StringInfoData out;

	initStringInfo(&out);
	if (!PG_ARGISNULL(0))
	{
		text *content = PG_GETARG_TEXT_PP(0);

		AppendMarkup(&out, VARDATA_ANY(content), VARSIZE_ANY_EXHDR(content));
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

PG_FUNCTION_INFO_V1(drift_html_name);

Datum
drift_html_name(PG_FUNCTION_ARGS)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "<bdi>");
	if (!PG_ARGISNULL(0))
	{
		text *name = PG_GETARG_TEXT_PP(0);

		AppendName(&out, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name),
				   PG_ARGISNULL(1) ? PG_INT32_MAX : PG_GETARG_INT32(1));
	}
	appendStringInfoString(&out, "</bdi>");
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
