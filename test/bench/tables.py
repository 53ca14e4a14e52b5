"""The tables of the benchmark: made by the server, the same in every run."""

NORMAL = 'sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())'

# The current side is a little off, as data that somebody watches are.
SHAPES = {
    'normal': f'{NORMAL} + 0.05 * is_current::integer',
    'lognormal': f'exp(2 * {NORMAL} + 0.05 * is_current::integer)',
    'tied': 'floor((1000 + 10 * is_current::integer) * random())',
}

# Ten columns of the shapes that features have.
FEATURES = {
    'f1': SHAPES['normal'],
    'f2': f'10 + 3 * {NORMAL}',
    'f3': f'exp({NORMAL})',
    'f4': SHAPES['lognormal'],
    'f5': 'random()',
    'f6': '-ln(1 - random())',
    'f7': SHAPES['tied'],
    'f8': f'round(100 * {NORMAL}) / 100',
    'f9': f'{NORMAL} + 4 * (random() < 0.3)::integer',
    'f10': NORMAL,
}


def create(server, name, columns, rows):
    """A table with every page in memory and known to be visible."""
    expressions = ', '.join(f'{expression} AS {column}' for column, expression in columns.items())
    server.run('SELECT setseed(0.5)')
    server.run(f"""
        CREATE TABLE {name} AS
        SELECT {expressions}
        FROM (SELECT i, random() < 0.5 AS is_current FROM generate_series(1, {rows}) AS i OFFSET 0) AS labelled""")
    settle(server, name)


def settle(server, name):
    server.run(f'VACUUM ANALYZE {name}')
    server.run(f"SELECT pg_prewarm('{name}')")
    server.run('CHECKPOINT')


def create_wide(server, name, rows):
    create(server, name, {**FEATURES, 'is_current': 'is_current', 'category': "'group ' || i % 20"}, rows)


def create_narrow(server, name, shape, rows):
    create(server, name, {'x': SHAPES[shape], 'is_current': 'is_current'}, rows)


def create_part(server, name, whole, rows):
    server.run(f'CREATE TABLE {name} AS SELECT * FROM {whole} LIMIT {rows}')
    settle(server, name)
