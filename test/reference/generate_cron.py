#!/usr/bin/python3
"""Writes cron.csv: when random cron expressions come next.

    python3 test/reference/generate_cron.py

Needs croniter; the first line of the file says which version wrote it. Croniter does not know the rule of cron
that day and weekday must both fit where one of them begins with a star, so it is told for each expression.
Days after the 28th are left out, since it gives up on expressions that skip months.
"""
import datetime
import importlib.metadata
import random

import croniter
import golden

ROWS = 500
MONTHS = 'JAN feb Mar apr MAY jun jul aug sep oct nov DEC'.split()
WEEKDAYS = 'SUN mon Tue wed THU fri SAT'.split()
FIELDS = [(0, 59, None), (0, 23, None), (1, 28, None), (1, 12, MONTHS), (0, 6, WEEKDAYS)]


def number(draw, low, high, names):
    value = draw.randint(low, high)
    return names[value - low] if names and draw.random() < 0.5 else str(value)


def field(draw, low, high, names):
    kind = draw.random()
    if kind < 0.3:
        return '*'
    if kind < 0.45:
        return '*/%d' % draw.randint(2, high // 2)
    if kind < 0.7:
        return ','.join(number(draw, low, high, names) for _ in range(draw.randint(1, 3)))
    first = draw.randint(low, high - 1)
    step = '/%d' % draw.randint(1, 4) if draw.random() < 0.4 else ''
    return '%d-%d%s' % (first, draw.randint(first + 1, high), step)


def row(draw):
    fields = [field(draw, *limits) for limits in FIELDS]
    cron = ' '.join(fields)
    both = fields[2].startswith('*') or fields[4].startswith('*')
    after = datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=draw.randint(0, 3 * 365 * 86400))
    following = croniter.croniter(cron, after, day_or=not both).get_next(datetime.datetime)
    return cron, after.isoformat(' '), following.isoformat(' ')


draw = random.Random(20260101)
golden.write('cron.csv', 'generate_cron.py: croniter %s' % importlib.metadata.version('croniter'), ['cron', 'after', 'following'],
             [row(draw) for _ in range(ROWS)])
