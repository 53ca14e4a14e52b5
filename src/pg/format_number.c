#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "pg/format_number.h"
#include "stats/profile.h"

/* A date in ISO form, whatever DateStyle says; NULL if it is out of range */
static char *
FormatDate(double days)
{
	char buf[MAXDATELEN + 1];
	struct pg_tm tm = {0};
	double julian = floor(days) + UNIX_EPOCH_JDATE;

	if (!(julian >= 0.0 && julian < DATE_END_JULIAN))
		return NULL;
	j2date((int) julian, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, buf);
	return pstrdup(buf);
}

/* A time of UTC in ISO form, whatever DateStyle and TimeZone say; NULL if it is out of range */
static char *
FormatTimestamp(double seconds)
{
	char buf[MAXDATELEN + 1];
	struct pg_tm tm = {0};
	fsec_t fsec;
	double since_2000 = seconds - (double) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;

	if (!(since_2000 > (double) MIN_TIMESTAMP / USECS_PER_SEC && since_2000 < (double) END_TIMESTAMP / USECS_PER_SEC) ||
		timestamp2tm((Timestamp) rint(since_2000 * USECS_PER_SEC), NULL, &tm, &fsec, NULL, NULL) != 0)
		return NULL;
	EncodeDateTime(&tm, fsec, false, 0, NULL, USE_ISO_DATES, buf);
	return pstrdup(buf);
}

char *
FormatNumber(uint8 value_type, double x)
{
	char *text = NULL;

	if (value_type == DRIFT_VALUE_DATE)
		text = FormatDate(x);
	else if (value_type == DRIFT_VALUE_TIMESTAMP)
		text = FormatTimestamp(x);
	if (text == NULL)
	{
		text = palloc(DOUBLE_SHORTEST_DECIMAL_LEN);
		double_to_shortest_decimal_buf(x, text);
	}
	return text;
}
