"""A session with the server."""

import io

import psycopg2


class Server:
    def __init__(self, **settings):
        options = ' '.join(f'-c {name}={value}' for name, value in settings.items())
        self.connection = psycopg2.connect('', options=options)
        self.connection.autocommit = True

    def run(self, sql):
        with self.connection.cursor() as cursor:
            cursor.execute(sql)

    def row(self, sql):
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()

    def rows(self, sql):
        """All rows, a few at a time."""
        self.connection.autocommit = False
        with self.connection, self.connection.cursor('rows') as cursor:
            cursor.itersize = 10_000
            cursor.execute(sql)
            yield from cursor
        self.connection.autocommit = True

    def value(self, sql):
        return self.row(sql)[0]

    def timed(self, sql):
        """The statement as an action of a round."""
        return lambda: self.run(sql)

    def copy(self, sql):
        """The bytes that COPY sends."""
        out = io.BytesIO()
        with self.connection.cursor() as cursor:
            cursor.copy_expert(sql, out)
        return out.getbuffer()
