"""Writing golden files: what the generators of this folder share."""
import csv
import math
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, made_by, header, rows):
    """One golden file: a comment that names generator and library versions, the column names, the rows."""
    with open(os.path.join(HERE, name), 'w', newline='') as file:
        file.write('# %s\n' % made_by)
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(header)
        writer.writerows([text(cell) for cell in row] for row in rows)


def text(cell):
    """The shortest form that reads back as the same double; NULL is empty."""
    if cell is None:
        return ''
    if isinstance(cell, str) or isinstance(cell, (int, np.integer)):
        return str(cell)
    if math.isnan(cell):
        return 'NaN'
    if math.isinf(cell):
        return 'Infinity' if cell > 0 else '-Infinity'
    return repr(float(cell))


def agree(a, b, relative=1e-9, absolute=0.0):
    assert math.isclose(a, b, rel_tol=relative, abs_tol=absolute), (a, b)
