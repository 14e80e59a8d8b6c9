"""Every question to the database about where people live."""

from __future__ import annotations

import numpy as np
from sqlalchemy import func, select

from app.core.database import db
from app.core.revisions import remembered
from app.places.population.domain import GridCard
from app.places.population.models import Cell, Grid
from app.places.population.raster import Cells


@remembered("places", most=1)
def grid() -> GridCard | None:
    """The grid that has been imported."""
    row = db.session.execute(select(Grid.source, Grid.day).order_by(Grid.id)).first()
    if row is None:
        return None
    cells, residents = db.session.execute(select(func.count(), func.coalesce(func.sum(Cell.residents), 0))).one()
    return GridCard(row.source, row.day, cells, int(residents))


def cells() -> Cells:
    """The inhabited cells as rows of x, y and residents, from the south-west."""
    rows = db.session.execute(select(Cell.x, Cell.y, Cell.residents).order_by(Cell.x, Cell.y)).all()
    return np.asarray([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 3)
