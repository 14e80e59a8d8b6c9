"""The verbs that write where people live. They flush and never commit."""

from __future__ import annotations

from datetime import date

import numpy as np
from sqlalchemy import delete

from app.core.database import db, write
from app.core.revisions import touch
from app.places.population import queries
from app.places.population.models import Cell, Grid
from app.places.population.raster import Cells
from app.places.service import BODY


def replace_grid(cells: Cells, source: str, day: date | None) -> bool:
    """Put a census's grid, rows of x, y and residents, in the place of the old one; says whether anything changed."""
    known = queries.grid()
    if known is not None and (known.source, known.day) == (source, day) and np.array_equal(queries.cells(), cells):
        return False
    drop_grid()
    db.session.add(Grid(source=source, day=day))
    write(Cell, *({"x": x, "y": y, "residents": residents} for x, y, residents in cells.tolist()))
    db.session.flush()
    touch(BODY)
    return True


def drop_grid() -> None:
    """Forget the census: what the base map shows as built holds again."""
    db.session.execute(delete(Cell))
    db.session.execute(delete(Grid))
    touch(BODY)
