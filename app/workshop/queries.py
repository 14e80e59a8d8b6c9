"""The selects of the workshop: a draft that is about to change, and what reports of the past said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import repeat

from sqlalchemy import Text, cast, func, select

from app.core.codes import State
from app.core.database import db
from app.places import queries as places
from app.reports.models import Report
from app.reports.service import area_names
from app.routing.domain import RoutingFacts
from app.routing.models import RuleChange, RuleSet

LEFT_ASIDE = (State.SPAM, State.ABUSE, State.WITHDRAWN)
"""Nobody would work on these again."""


def to_change(set_id: int) -> RuleSet | None:
    """A set of rules, held until the end of the transaction, so that two people cannot change it at once."""
    return db.session.scalars(
        select(RuleSet)
        .where(RuleSet.id == set_id)
        .order_by(RuleSet.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def latest_change(set_id: int) -> int:
    """The last change of a set; 0 before the first."""
    return db.session.scalar(select(func.max(RuleChange.id)).where(RuleChange.set_id == set_id)) or 0


def reports_since(moment: datetime) -> Iterator[RoutingFacts]:
    """What the reports since a moment said, as far as it stands in the clear: one by one, alike ones together.

    Reports that some office must not learn of are left out: their facts are sealed. Of discrimination only the larger
    area is known.
    """
    said = (
        Report.kind, Report.topic, cast(Report.grounds, Text), cast(Report.forms, Text), cast(Report.targets, Text),
        Report.wish, Report.area_id, Report.coarse_area_id,
    )  # fmt: skip
    # Reports that say the same are counted by the database: a hundred thousand of them are a few thousand rows. No
    # cursor walks over them, because a request that only reads has no transaction on PostgreSQL.
    rows = db.session.execute(
        select(*said, func.count())
        .where(Report.received_at >= moment, Report.restricted.is_(False), Report.state.not_in(LEFT_ASIDE))
        .group_by(*said)
        .order_by(*said)
    )
    for kind, topic, grounds, forms, targets, wish, area_id, coarse_id, count in rows:
        facts = RoutingFacts(
            kind=kind,
            topic=topic,
            grounds=_codes(grounds),
            forms=_codes(forms),
            areas=_areas(area_id if area_id is not None else coarse_id),
            targets=_codes(targets),
            wish=wish,
        )
        yield from repeat(facts, count)


def _codes(raw: str) -> frozenset[str]:
    return frozenset(json.loads(raw))


def _areas(area_id: int | None) -> frozenset[str]:
    card = places.area_by_id(area_id) if area_id is not None else None
    if card is None:
        return frozenset()
    if card.level == places.city().needs_level:
        return area_names(card)
    return frozenset({f"{card.level}:{card.key}"})
