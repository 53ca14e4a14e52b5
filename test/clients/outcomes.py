"""Every type that an outcome may have, as psycopg sends it: with its type or without, as text or binary, prepared or not."""

import datetime
import decimal
import uuid

import psycopg
from psycopg.types.json import Jsonb

EXPECTED = [
    ('diabetic', 'diabetic', None),
    ('1', '1', 1.0),
    (1, '1', 1.0),
    (2 ** 40, str(2 ** 40), float(2 ** 40)),
    (2.5, '2.5', 2.5),
    (decimal.Decimal('2.50'), '2.5', 2.5),
    (True, 'true', None),
    (None, None, None),
    (float('nan'), None, None),
    ('', '', None),
    ('Ünïcode "quoted" \' \\', 'Ünïcode "quoted" \' \\', None),
]

RECORD = 'SELECT outcome_id, prediction_id, matched, repeated FROM drift.record_outcome(%{0}, %{0})'
OUTCOME = 'SELECT actual, actual_value FROM typed_log_outcomes WHERE outcome_id = %s'


def predict(connection, x):
    prediction_id, score = connection.execute(
        'SELECT prediction_id, score FROM drift.predict(%s, %s, %s)', ('typed', Jsonb({'x': x}), 'k')).fetchone()
    assert isinstance(prediction_id, uuid.UUID) and score == x
    return prediction_id


def record(connection, statement, value, prepare):
    prediction_id = predict(connection, 1.5)
    outcome_id, found, matched, repeated = connection.execute(statement, (prediction_id, value), prepare=prepare).fetchone()
    assert found == prediction_id and matched and not repeated, (value, found, matched, repeated)
    return connection.execute(OUTCOME, (outcome_id,)).fetchone()


with psycopg.connect(autocommit=True) as connection:
    for value, actual, number in EXPECTED:
        for form in 's', 't', 'b':
            if value is None and form == 'b':
                continue
            for prepare in False, True:
                assert record(connection, RECORD.format(form), value, prepare) == (actual, number), (value, form, prepare)

    # a time is none, and what comes is an error that can be told from others
    try:
        record(connection, RECORD.format('s'), datetime.date(2026, 1, 1), False)
        raise SystemExit('a date was recorded')
    except psycopg.errors.DatatypeMismatch as error:
        assert error.diag.message_hint

    # a transaction that rolls back leaves neither
    before = connection.execute('SELECT count(*) FROM typed_log').fetchone()
    with connection.transaction(force_rollback=True):
        record(connection, RECORD.format('s'), 1, False)
    assert connection.execute('SELECT count(*) FROM typed_log').fetchone() == before
