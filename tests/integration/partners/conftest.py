"""People of partner organisations, and publications as the needs room keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.core.revisions import touch
from app.needs.domain import Period
from app.needs.models import Publication, PublishedCell
from tests.conftest import account_of


@pytest.fixture
def partner(sign_in):
    return sign_in("partner:awo", "en")


@pytest.fixture
def person(session) -> Callable[[str], User]:
    """``person("partner:awo")`` gives somebody's account."""

    def found(who: str) -> User:
        return session.scalars(select(User).where(User.email == account_of(who))).one()

    return found


@pytest.fixture
def published(session) -> Callable[..., None]:
    """``published("2025", {("city-topics", "city", "housing"): 30})`` puts a publication in; ``None`` is hidden."""

    def publish(name: str, cells: Mapping[tuple[str, str, str], int | None]) -> None:
        period = Period.named(name)
        row = Publication(period=name, first_day=period.first_day, last_day=period.last_day, threshold=5)
        session.add(row)
        session.flush()
        session.add_all(
            PublishedCell(publication_id=row.id, listed=table, row=area, column=column, block=number, reports=value)
            for number, ((table, area, column), value) in enumerate(cells.items())
        )
        touch("needs")
        session.flush()

    return publish
